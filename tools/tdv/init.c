// tdv init: a home with an administrator's key and a number for this terminal.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "crypto/signature.h"
#include "runtime/settings.h"
#include "verbs.h"

static bool make_folder(const struct site *site, const char *name)
{
	char path[4096];

	if (mkdir(home_path(site, path, "%s", name), 0700) == 0 || errno == EEXIST)
		return true;
	complain("%s: %s", path, language_errno(errno));
	return false;
}

static bool write_file(const struct site *site, const char *name, struct bytes content, unsigned mode)
{
	char path[4096];
	enum error e = file_write_atomic(home_path(site, path, "%s", name), content, mode);

	if (e)
		complain(_("%s could not be written: %s"), path, language_error(e));
	return !e;
}

static bool make_administrator(const struct site *site)
{
	struct buffer private_pem = { 0 }, public_pem = { 0 };
	struct key *key = NULL;
	bool ok = false;

	if (key_generate(&key) || key_write_private(key, &private_pem) || key_write_public(key, &public_pem))
		complain("%s", _("no key could be made: OpenSSL failed"));
	else
		ok = write_file(site, "keys/administrator.pub.pem", buffer_bytes(&public_pem), 0644) &&
		     write_file(site, "keys/administrator.pem", buffer_bytes(&private_pem), 0600);
	if (key)
		key_free(key);
	if (private_pem.data)
		explicit_bzero(private_pem.data, private_pem.size);
	buffer_deinit(&private_pem);
	buffer_deinit(&public_pem);
	return ok;
}

static bool make_terminal(const struct site *site)
{
	char text[16];
	uint32_t number;

	random_bytes(&number, sizeof number);
	int n = snprintf(text, sizeof text, "%u\n", number >> 1 | 1);
	return write_file(site, "keys/terminal", bytes_of(text, (size_t)n), 0600);
}

static bool init_settings(const struct site *site)
{
	char path[4096];
	enum error e = settings_write_default(home_path(site, path, "tdv.conf"));

	if (e && e != error_exists)
		complain(_("%s could not be written: %s"), path, language_error(e));
	return !e || e == error_exists;
}

int run_init(struct site *site, int argc, char **argv)
{
	static const char *const folders[] = { "", "run", "state", "keys", "keys/officers", NULL };
	char path[4096];
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on)
		return status;
	if (access(home_path(site, path, "keys/administrator.pem"), F_OK) == 0) {
		complain(_("%s is a site already; nothing was changed"), site->home);
		return exit_refused;
	}
	if (home_holds_records(site)) {
		complain(_("%s holds a site's records, but no keys: put that site's keys into %s/keys"), site->home, site->home);
		return exit_refused;
	}
	for (const char *const *f = folders; *f; f++)
		if (!make_folder(site, *f))
			return exit_refused;
	if (!make_terminal(site) || !init_settings(site) || !make_administrator(site))
		return exit_refused;
	say(site, _("%s is a site now. Next: `tdv up --home %s` starts its daemons."), site->home,
	    site->home);
	say(site, _("Its administrator's key is keys/administrator.pem: whoever holds it enrols officers. "
		    "Keep a copy elsewhere."));
	output_json(site,
		    json_pack("{s:s, s:s}", "home", site->home, "administrator", "keys/administrator.pem"));
	return exit_done;
}
