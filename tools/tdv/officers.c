#include "officers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "ask.h"
#include "base/ensure.h"
#include "domain/organisation.h"

static bool read_officer(const struct site *site, const char *file, struct officer *officer)
{
	char path[4096];
	json_t *json = json_load_file(home_path(site, path, "keys/officers/%s", file), 0, NULL);
	const char *login = json_string_value(json_object_get(json, "login")),
		   *role = json_string_value(json_object_get(json, "role"));
	const char *certificate = json_string_value(json_object_get(json, "certificate"));
	uint16_t number;
	bool ok = login && role && strlen(login) < sizeof officer->login &&
		  codec_value_from_name(&role_values, role, &number) && certificate &&
		  hex_decode(certificate, &officer->certificate, sizeof officer->certificate);

	if (ok) {
		snprintf(officer->login, sizeof officer->login, "%s", login);
		officer->role = (enum role)number;
		officer->organisation = (uint64_t)json_integer_value(json_object_get(json, "organisation"));
	} else {
		complain(_("%s is not what `tdv officers enrol` wrote; the officer is left out"), path);
	}
	json_decref(json);
	return ok;
}

static int compare_officers(const void *a, const void *b)
{
	return strcmp(((const struct officer *)a)->login, ((const struct officer *)b)->login);
}

const struct officer *officer_named(const struct officers *officers, const char *login)
{
	for (size_t i = 0; i < officers->count; i++)
		if (strcmp(officers->list[i].login, login) == 0)
			return &officers->list[i];
	return NULL;
}

static const struct officer *named_or_complain(const struct officers *officers, const char *login)
{
	const struct officer *officer = officer_named(officers, login);

	if (!officer)
		complain(_("this home has no key of an officer \"%s\"; `tdv officers enrol FILE` makes keys"),
			 login);
	return officer;
}

void officers_deinit(struct officers *officers)
{
	free(officers->list);
	*officers = (struct officers){ 0 };
}

bool officers_read(const struct site *site, struct officers *officers)
{
	char path[4096];
	DIR *folder = opendir(home_path(site, path, "keys/officers"));
	const struct dirent *entry;
	size_t capacity = 0;

	*officers = (struct officers){ 0 };
	if (!folder) {
		if (home_exists(site))
			complain("%s: %s", path, language_errno(errno));
		return false;
	}
	while ((entry = readdir(folder))) {
		size_t n = strlen(entry->d_name);
		if (n < 6 || strcmp(entry->d_name + n - 5, ".json") != 0)
			continue;
		if (officers->count == capacity) {
			capacity = capacity ? capacity * 2 : 64;
			officers->list = realloc(officers->list, capacity * sizeof *officers->list);
			ensure(officers->list);
		}
		officers->count += read_officer(site, entry->d_name, &officers->list[officers->count]);
	}
	closedir(folder);
	if (officers->count)
		qsort(officers->list, officers->count, sizeof *officers->list, compare_officers);
	// Whom --as names is looked for before any work is: for somebody unknown nothing would ever be found to do.
	if (!site->as || strcmp(site->as, "administrator") == 0 || named_or_complain(officers, site->as))
		return true;
	officers_deinit(officers);
	return false;
}

const struct officer *officer_of_certificate(const struct officers *officers, const struct hash *certificate)
{
	for (size_t i = 0; i < officers->count; i++)
		if (hash_equal(&officers->list[i].certificate, certificate))
			return &officers->list[i];
	return NULL;
}

// Roles are tried in the order of their numbers: a cell's own officer before a volunteer who assists.
const struct officer *officer_fitting(const struct site *site, const struct officers *officers, enum act act,
				      uint64_t organisation)
{
	const struct officer *best = NULL;

	if (site->as)
		return officer_named(officers, site->as);
	for (size_t i = 0; i < officers->count; i++) {
		const struct officer *o = &officers->list[i];
		if (o->organisation == organisation && role_may(o->role, act) &&
		    (!best || o->role < best->role))
			best = o;
	}
	return best;
}

const struct officer *officer_for(const struct site *site, const struct officers *officers, enum act act,
				  uint64_t organisation, const char *login)
{
	if (login && *login)
		return named_or_complain(officers, login);
	if (site->as)
		return named_or_complain(officers, site->as);
	const struct officer *officer = officer_fitting(site, officers, act, organisation);
	if (!officer)
		complain(_("this home has no key of an officer who may do this for organisation %llu (%s); "
			   "--as LOGIN names one"),
			 (unsigned long long)organisation, language_label(&act_values, act));
	return officer;
}

const struct officer *officer_any(const struct site *site, const struct officers *officers, enum act act)
{
	const struct officer *only = NULL;
	size_t fitting = 0;

	if (site->as)
		return named_or_complain(officers, site->as);
	for (size_t i = 0; i < officers->count; i++) {
		if (role_may(officers->list[i].role, act)) {
			only = &officers->list[i];
			fitting++;
		}
	}
	if (fitting == 0)
		complain(_("this home has no key of an officer who may do this (%s); `tdv officers enrol "
			   "FILE` makes keys"),
			 language_label(&act_values, act));
	else if (fitting > 1)
		complain(_("%zu officers of this home may do this (%s); say which with --as LOGIN"), fitting,
			 language_label(&act_values, act));
	return fitting == 1 ? only : NULL;
}

enum error connection_open(const struct site *site, const struct officer *officer,
			   struct connection *connection)
{
	char key[4096], sequence[4096], lock[4096];
	bool administrator = officer->role == role_administrator;

	*connection = (struct connection){ .lock = -1 };
	if (!site->door && ask_is_vain(site, service_id_intake))
		return error_pending;
	home_path(site, key, administrator ? "keys/%s.pem" : "keys/officers/%s.pem", officer->login);
	home_path(site, sequence, administrator ? "keys/%s.sequence" : "keys/officers/%s.sequence",
		  officer->login);
	home_path(site, lock, administrator ? "keys/%s.lock" : "keys/officers/%s.lock", officer->login);
	connection->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (connection->lock < 0)
		return error_from_errno(errno);
	if (flock(connection->lock, LOCK_EX) < 0)
		return error_busy;
	const struct terminal_options options = {
		.home = site->door ? NULL : site->home,
		.endpoint = site->door,
		.key_path = key,
		.sequence_path = sequence,
		.organisation = officer->organisation,
		.terminal = home_terminal(site),
	};
	return terminal_open(&connection->terminal, &options);
}

void connection_close(struct connection *connection)
{
	if (connection->terminal)
		terminal_close(connection->terminal);
	if (connection->lock >= 0)
		close(connection->lock);
	*connection = (struct connection){ .lock = -1 };
}
