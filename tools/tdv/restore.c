// tdv restore DIR: a backup into an empty home, or one service's part into a stopped site.
//
// Every file is checked against the manifest, and checked again as it was written, before anything takes its place; what takes
// its place then waits until all who read its log have asked (engine_mark_restored), so that a copy which is older than its
// readers does nothing.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "backup.h"
#include "base/ensure.h"
#include "manifest.h"
#include "runtime/engine.h"
#include "runtime/log_reader.h"
#include "runtime/replay.h"
#include "runtime/settings.h"
#include "verbs.h"

#define staging ".restoring"

struct restore {
	struct site *site;
	const char *folder; // the backup
	char keys[4096];    // empty: there are none
	json_t *manifest, *key_manifest;
	const struct service *service; // NULL: all
	uint64_t replayed;             // turns, on top of the copy
	bool keys_missing;
};

// ---- the manifest

#define manifest_bytes_max (256u << 20)

static json_t *read_manifest(const char *folder)
{
	char path[4200], why[manifest_why_size] = "";
	struct buffer text = { 0 };
	json_t *manifest = NULL;

	snprintf(path, sizeof path, "%s/" backup_manifest, folder);
	enum error e = file_read(path, manifest_bytes_max, &text);
	if (e == error_none)
		manifest = manifest_parse(buffer_bytes(&text), why);
	if (!manifest)
		complain(_("%s is no whole backup: %s"), folder,
			 e == error_absent ? _("it has no manifest") : e ? language_error(e) : why);
	buffer_deinit(&text);
	return manifest;
}

static bool of_service(const struct restore *r, const char *path)
{
	char prefix[80];

	if (!r->service)
		return true;
	snprintf(prefix, sizeof prefix, "state/%s/", r->service->name);
	return strncmp(path, prefix, strlen(prefix)) == 0;
}

static bool file_agrees(const char *whole, const json_t *file, const char *to)
{
	const char *expected = json_string_value(json_object_get(file, "sha256"));
	uint64_t size = 0;
	struct hash digest;
	char text[65];

	if (!backup_copy_file(whole, to, UINT64_MAX, &size, &digest))
		return false;
	hex_encode(digest.byte, sizeof digest.byte, text);
	if (expected && strcmp(text, expected) == 0 && (json_int_t)size == json_integer_value(json_object_get(file, "size")))
		return true;
	complain(_("%s is not what was backed up: its SHA-256 does not match. Nothing was restored."), whole);
	return false;
}

// Checks them where they lie, with `to` NULL; else copies them below `to` and checks what was read.
static bool each_file(const struct restore *r, const char *folder, const json_t *manifest, const char *to)
{
	const json_t *file;
	char whole[4600], target[4600];
	size_t i;

	json_array_foreach(json_object_get(manifest, "files"), i, file) {
		const char *path = json_string_value(json_object_get(file, "path"));
		if (manifest == r->manifest && !of_service(r, path))
			continue;
		snprintf(whole, sizeof whole, "%.4000s/%.400s", folder, path);
		if (to)
			snprintf(target, sizeof target, "%.4000s/%.400s", to, path);
		if (!file_agrees(whole, file, to ? target : NULL))
			return false;
	}
	return true;
}

static const json_t *service_row(const struct restore *r, const char *name)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(r->manifest, "services"), i, row)
		if (strcmp(json_string_value(json_object_get(row, "service")), name) == 0)
			return row;
	return NULL;
}

static bool root_agrees(const struct restore *r, const struct cut_service *s)
{
	const json_t *row = service_row(r, s->service->name);
	char root[65];

	hex_encode(s->root.byte, sizeof s->root.byte, root);
	const char *expected = json_string_value(json_object_get(row, "root"));
	json_int_t turn = json_integer_value(json_object_get(row, "turn"));
	if (expected && strcmp(expected, root) == 0 && turn == (json_int_t)s->head_turn)
		return true;
	complain(_("the copy of %s does not end where its manifest says: turn %llu"), s->service->name, (unsigned long long)s->head_turn);
	return false;
}

// ---- what is there

static bool open_backup(struct restore *r, const char *keys)
{
	char path[4200];

	r->manifest = read_manifest(r->folder);
	if (!r->manifest)
		return false;
	for (size_t i = 0; service_names[i]; i++)
		if (!service_row(r, service_names[i])) {
			complain(_("%s holds nothing of %s"), r->folder, service_names[i]);
			return false;
		}
	if (r->service)
		return true;
	snprintf(path, sizeof path, "%s%s/" backup_manifest, keys ? keys : r->folder, keys ? "" : "/keys");
	if (!keys && access(path, F_OK) < 0)
		return true;
	snprintf(r->keys, sizeof r->keys, "%s%s", keys ? keys : r->folder, keys ? "" : "/keys");
	r->key_manifest = read_manifest(r->keys);
	return r->key_manifest != NULL;
}

// A home for the whole site: nothing but an empty run/ and settings, and keys if the backup brings none.
static bool home_is_empty(const struct restore *r)
{
	static const char *const names[] = { "state", "vault", "keys" };
	const char *running;
	char path[4096];

	if (access(home_path(r->site, path, "run"), F_OK) == 0 && (running = cut_daemon_running(r->site))) {
		complain(_("%s is running: a backup is restored into an empty home, or stop the site first (`tdv down --home %s`)"), running,
			 r->site->home);
		return false;
	}
	for (size_t i = 0; i < array_size(names); i++)
		if (folder_holds_anything(home_path(r->site, path, "%s", names[i])) &&
		    (strcmp(names[i], "keys") != 0 || r->keys[0])) {
			complain(_("%s holds something already: a backup is restored into an empty home"), path);
			return false;
		}
	return true;
}

static bool writer_is_away(const struct restore *r)
{
	char path[4096];
	int fd = open(home_path(r->site, path, "state/%s/writer.lock", r->service->name), O_RDWR | O_CLOEXEC);
	bool away = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0;

	if (fd >= 0)
		close(fd);
	if (!away)
		complain(_("%s is running: stop the site first (`tdv down`)"), r->service->name);
	return away;
}

static bool place_is_free(const struct restore *r)
{
	char path[4096];

	if (!home_exists(r->site) || !writer_is_away(r))
		return false;
	if (access(home_path(r->site, path, "state/%s/data.mdb", r->service->name), F_OK) != 0)
		return true;
	complain(_("%s is there: --service is for a state that was lost; move it away first, and leave log/ beside it"), path);
	return false;
}

// ---- the whole site

static bool mark(const struct restore *r, const struct service *service, const char *folder)
{
	uint16_t readers[cut_services_max];

	service_readers(service->id, readers);
	enum error e = engine_mark_restored(folder, readers);
	if (e)
		complain(_("%s could not be written: %s"), folder, language_error(e));
	(void)r;
	return !e;
}

static bool check_staged(const struct restore *r, const char *stage)
{
	struct cut cut = { .site = r->site, .offline = true };
	struct vault_newest newest;
	char folder[4600];
	bool good = true;

	for (size_t i = 0; good && service_names[i]; i++) {
		const struct service *service = service_known(service_number(service_names[i]));
		struct cut one;
		snprintf(folder, sizeof folder, "%s/state/%s", stage, service->name);
		good = cut_read_folder(r->site, service->id, folder, &one);
		if (good)
			cut.services[service->id] = one.services[service->id];
		good = good && root_agrees(r, &cut.services[service->id]) && mark(r, service, folder);
	}
	snprintf(folder, sizeof folder, "%s/vault", stage);
	good = good && backup_vault_agrees(&cut, folder, &newest);
	cut_release(&cut);
	return good;
}

static bool move_into_home(const struct restore *r, const char *stage, const char *name)
{
	char from[4600], to[4096];

	snprintf(from, sizeof from, "%s/%s", stage, name);
	home_path(r->site, to, "%s", name);
	if (access(from, F_OK) < 0)
		return true;
	rmdir(to);
	if (rename(from, to) == 0)
		return true;
	complain(_("%s cannot be put in place: %s"), to, language_errno(errno));
	return false;
}

static bool restore_site(struct restore *r)
{
	static const char *const names[] = { "vault", "state", "tdv.conf", "keys" };
	char stage[4096], keys[4200], run[4096];

	home_path(r->site, stage, staging);
	backup_remove(stage);
	snprintf(keys, sizeof keys, "%s/keys", stage);
	bool done = backup_make_folders(keys) && each_file(r, r->folder, r->manifest, stage) &&
		    (!r->keys[0] || each_file(r, r->keys, r->key_manifest, keys)) && check_staged(r, stage);
	for (size_t i = 0; done && i < array_size(names); i++)
		done = move_into_home(r, stage, names[i]);
	backup_remove(stage);
	if (mkdir(home_path(r->site, run, "run"), 0700) < 0 && errno != EEXIST)
		complain(_("%s cannot be made: %s"), run, language_errno(errno));
	r->keys_missing = access(home_path(r->site, keys, "keys/vault.key"), F_OK) < 0;
	return done && backup_sync_folder(r->site->home);
}

// ---- one service

// Segments that the home has lost come back; one that it has is the same as the backup's or of another history.
static bool restore_segments(const struct restore *r)
{
	const json_t *file;
	char whole[4600], target[4096];
	size_t i;

	json_array_foreach(json_object_get(r->manifest, "files"), i, file) {
		const char *path = json_string_value(json_object_get(file, "path"));
		size_t n = strlen(path);
		if (!of_service(r, path) || n < 4 || strcmp(path + n - 4, ".seg") != 0)
			continue;
		snprintf(whole, sizeof whole, "%.4000s/%.400s", r->folder, path);
		bool there = access(home_path(r->site, target, "%s", path), F_OK) == 0;
		if (!file_agrees(there ? target : whole, file, there ? NULL : target))
			return false;
	}
	return true;
}

static uint64_t last_turn_in_segments(const struct restore *r)
{
	struct log_reader *reader;
	char folder[4096];
	uint64_t turn = 0;

	if (!log_reader_open(&reader, home_path(r->site, folder, "state/%s", r->service->name), NULL, true)) {
		turn = log_reader_head_turn(reader);
		log_reader_close(reader);
	}
	return turn;
}

static size_t map_bytes(const struct site *site)
{
	struct buffer complaint = { 0 };
	struct settings settings;

	if (settings_of_home(site->home, &settings, &complaint))
		settings_default(&settings);
	buffer_deinit(&complaint);
	return (size_t)settings.map_mib << 20;
}

// What is newer than the copy and lies in segments is replayed on top of it.
static bool catch_up(struct restore *r, const char *stage, const char *base)
{
	struct replay_report report;
	struct buffer text = { 0 };
	char recorded[4096], sources[4096], link[4200], log[4200];

	home_path(r->site, recorded, "state/%s", r->service->name);
	home_path(r->site, sources, "state");
	snprintf(log, sizeof log, "../state/%s/log", r->service->name);
	snprintf(link, sizeof link, "%s/log", stage);
	if (symlink(log, link) < 0) {
		complain(_("%s cannot be made: %s"), link, language_errno(errno));
		return false;
	}
	struct replay_options options = { .service = r->service, .recorded = recorded, .folder = stage, .sources = sources,
					  .base = base, .segments_only = true, .map_bytes = map_bytes(r->site) };
	enum error e = replay_run(&options, &report);
	if (e) {
		complain(_("the replay of %s could not be ended: %s"), r->service->name, language_error(e));
	} else if (report.difference) {
		replay_report_text(&report, &text);
		buffer_append(&text, "", 1);
		complain("%s: %s", r->service->name, (const char *)text.data);
		buffer_deinit(&text);
	}
	r->replayed = report.turns;
	bool done = !e && !report.difference;
	replay_report_deinit(&report);
	return done;
}

static bool reader_is_ahead(const struct restore *r, uint64_t head_turn)
{
	uint64_t seen;
	const struct service *ahead = cut_reader_ahead(r->site, r->service->id, head_turn, &seen);

	if (ahead)
		complain(_("old copy: %s has taken turns of %s through %llu; this copy ends at %llu, and no segment holds the rest. Restore a newer "
			   "copy, or all services from one backup into an empty home."),
			 ahead->name, r->service->name, (unsigned long long)seen, (unsigned long long)head_turn);
	return ahead != NULL;
}

static bool put_in_place(const struct restore *r, const char *from)
{
	char folder[4096], to[4200], path[4200];

	home_path(r->site, folder, "state/%s", r->service->name);
	snprintf(to, sizeof to, "%s/data.mdb", folder);
	snprintf(path, sizeof path, "%s/attempt", folder);
	unlink(path); // of the process that wrote what was lost
	if (mark(r, r->service, folder) && rename(from, to) == 0)
		return backup_sync_folder(folder);
	complain(_("%s cannot be put in place: %s"), to, language_errno(errno));
	return false;
}

static bool restore_service(struct restore *r)
{
	char stage[4096], base[4200], copy[4300], folder[4096];
	uint64_t head = (uint64_t)json_integer_value(json_object_get(service_row(r, r->service->name), "turn"));
	const json_t *file;
	size_t i;

	home_path(r->site, stage, staging);
	home_path(r->site, folder, "state/%s/log/.", r->service->name);
	snprintf(base, sizeof base, "%s/base", stage);
	snprintf(copy, sizeof copy, "%s/data.mdb", base);
	backup_remove(stage);
	bool done = backup_make_folders(copy) && backup_make_folders(folder) && restore_segments(r);
	json_array_foreach(json_object_get(r->manifest, "files"), i, file) {
		char whole[4600], path[200];
		snprintf(path, sizeof path, "state/%s/data.mdb", r->service->name);
		if (!done || strcmp(json_string_value(json_object_get(file, "path")), path) != 0)
			continue;
		snprintf(whole, sizeof whole, "%.4000s/%.190s", r->folder, path);
		done = file_agrees(whole, file, copy);
	}
	uint64_t sealed = done ? last_turn_in_segments(r) : 0;
	done = done && !reader_is_ahead(r, sealed > head ? sealed : head);
	if (done && sealed > head) {
		done = catch_up(r, stage, base);
		snprintf(copy, sizeof copy, "%s/data.mdb", stage);
	}
	done = done && put_in_place(r, copy);
	backup_remove(stage);
	return done;
}

// ---- the verb

static void tell(const struct restore *r)
{
	const char *instant = json_string_value(json_object_get(r->manifest, "made"));
	char made[date_text_max];

	date_text(instant ? instant : "?", made);
	if (r->service) {
		say(r->site, _("%s is what it was on %s; %llu turns that lay in its segments came on top of it."), r->service->name, made,
		    (unsigned long long)r->replayed);
		say(r->site, _("When it starts it waits until all who read it have asked, then goes on. Next: `tdv up --home %s`."), r->site->home);
	} else {
		say(r->site, _("%s is what the site was on %s. Every byte is as its manifest says."), r->site->home, made);
		say(r->site, "%s", _("Receipts that were given later are not in it: terminals ask for the outcome of their acts, and send again what the "
				     "door does not know. Who holds letters that the door does not know is told so."));
		if (r->keys_missing)
			say(r->site, "%s", _("The keys are not here yet: put them under keys/ before the daemons start."));
		say(r->site, _("Next: `tdv up --home %s`, then `tdv audit --home %s`."), r->site->home, r->site->home);
	}
	output_json(r->site, json_pack("{s:s, s:s, s:s, s:I, s:b}", "home", r->site->home, "made", instant ? instant : "",
				       "service", r->service ? r->service->name : "", "replayed", (json_int_t)r->replayed,
				       "keys", !r->keys_missing));
}

static bool restore(struct restore *r, const char *keys)
{
	if (!open_backup(r, keys))
		return false;
	if (r->service ? !place_is_free(r) : !home_is_empty(r))
		return false;
	if (!each_file(r, r->folder, r->manifest, NULL) || (r->keys[0] && !each_file(r, r->keys, r->key_manifest, NULL)))
		return false;
	return r->service ? restore_service(r) : restore_site(r);
}

int run_restore(struct site *site, int argc, char **argv)
{
	const char *keys = NULL, *service = NULL;
	const struct option_row options[] = {
		{ "keys", option_kind_text, &keys, N_("DIR"), N_("where the keys are (DIR/keys, when it is there)") },
		{ "service", option_kind_text, &service, N_("SERVICE"), N_("one service alone, into a stopped site that lost its state") },
		{ 0 },
	};
	struct restore r = { .site = site };
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	if (service && !(r.service = service_known(service_number(service))))
		return usage_wrong(site, _("no such service: %s"), service);
	r.folder = argv[0];
	bool done = restore(&r, keys);
	if (done)
		tell(&r);
	json_decref(r.manifest);
	json_decref(r.key_manifest);
	return done ? exit_done : exit_refused;
}
