// tdv backup DIR: the whole site as it is at one instant, taken while it runs.
//
// What is written is what the transactions of that instant saw (backup_instant.c).  Segments are sealed and never change;
// the vault's packs only grow, and its index is fixed after the door's log, so that it holds at least what the log refers to.
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_instant.h"
#include "crypto/digest.h"
#include "runtime/settings.h"
#include "verbs.h"

// ---- writing

static void note(struct backup *b, const char *path, uint64_t size, const struct hash *digest)
{
	json_array_append_new(b->files, backup_file_json(path, size, digest));
}

static bool write_copy(struct backup *b, struct store_copy *copy, const char *path)
{
	char to[4200];
	uint64_t size;
	struct hash digest;

	snprintf(to, sizeof to, "%s/%s", b->folder, path);
	if (!backup_make_folders(to))
		return false;
	enum error e = store_copy_write(copy, to, &size, &digest);
	if (e)
		complain(_("%s could not be written: %s"), to, language_error(e));
	else
		note(b, path, size, &digest);
	return !e;
}

static bool copy_one(struct backup *b, const char *path, uint64_t limit)
{
	char from[4096], to[4200];
	uint64_t size = 0;
	struct hash digest;

	home_path(b->site, from, "%s", path);
	snprintf(to, sizeof to, "%s/%s", b->folder, path);
	if (!backup_copy_file(from, to, limit, &size, &digest))
		return false;
	note(b, path, size, &digest);
	return true;
}

// Only those that the copied environment knows of: what was sealed later is not in its log.
static bool copy_segments(struct backup *b, struct cut *cut, const struct service *service)
{
	struct cut_walk *walk;
	struct bytes key, value;
	char path[200];
	bool copied = true;
	enum error e = cut_walk_open(cut, service->id, "runtime.archive", &walk);

	while (!e && copied && !(e = cut_walk_next(walk, &key, &value))) {
		snprintf(path, sizeof path, "state/%s/log/%020llu.seg", service->name, (unsigned long long)get_u64(key.data));
		copied = copy_one(b, path, UINT64_MAX);
	}
	cut_walk_close(walk);
	return copied && e == error_absent;
}

// Where replay starts after a change of the fold.
static bool copy_checkpoints(struct backup *b, const struct service *service, uint64_t head_turn)
{
	char folder[4096], path[400];
	DIR *dir = opendir(home_path(b->site, folder, "state/%s", service->name));
	bool copied = true;

	for (struct dirent *f; copied && dir && (f = readdir(dir));) {
		if (strncmp(f->d_name, "checkpoint-", 11) != 0 || strtoull(f->d_name + 11, NULL, 10) > head_turn)
			continue;
		snprintf(path, sizeof path, "state/%s/%.64s/data.mdb", service->name, f->d_name);
		copied = copy_one(b, path, UINT64_MAX);
	}
	if (dir)
		closedir(dir);
	return copied;
}

static json_t *service_json(const struct cut_service *s)
{
	json_t *positions = json_object();

	for (size_t i = 0; i < s->position_count; i++)
		json_object_set_new(positions, codec_value_name(&service_id_values, s->positions[i].service),
				    json_integer((json_int_t)s->positions[i].entry));
	return json_pack("{s:s, s:[I,i,i,I], s:I, s:I, s:o, s:o}", "service", s->service->name, "log", (json_int_t)s->log.site,
			 (int)s->log.service, (int)s->log.instance, (json_int_t)s->log.epoch, "turn", (json_int_t)s->head_turn,
			 "entry", (json_int_t)s->head_entry, "root", json_hash(&s->root), "positions", positions);
}

static bool write_service(struct backup *b, const struct service *service, struct cut *cut, json_t *services)
{
	char path[200], folder[4200];
	struct cut one;

	snprintf(path, sizeof path, "state/%s/data.mdb", service->name);
	if (!write_copy(b, b->copies[service->id], path))
		return false;
	snprintf(folder, sizeof folder, "%s/state/%s", b->folder, service->name);
	if (!cut_read_folder(b->site, service->id, folder, &one))
		return false;
	const struct cut_service *s = &one.services[service->id];
	bool done = copy_segments(b, &one, service) && copy_checkpoints(b, service, s->head_turn);
	if (done && b->running && s->head_turn != b->head_turn[service->id]) {
		complain(_("the copy of %s is not of the instant at which it was held: turn %llu instead of %llu"), service->name,
			 (unsigned long long)s->head_turn, (unsigned long long)b->head_turn[service->id]);
		done = false;
	}
	json_array_append_new(services, service_json(s));
	cut->services[service->id] = one.services[service->id]; // and is released with the others
	return done;
}

static bool write_vault(struct backup *b)
{
	char path[200], from[4096];
	struct stat s;

	if (!b->copies[0])
		return true;
	if (!write_copy(b, b->copies[0], "vault/index/data.mdb") || !copy_one(b, "vault/person-keys", UINT64_MAX))
		return false;
	for (unsigned i = 1;; i++) {
		snprintf(path, sizeof path, "vault/pack-%06u", i);
		if (stat(home_path(b->site, from, "%s", path), &s) < 0)
			return errno == ENOENT;
		if (!copy_one(b, path, (uint64_t)s.st_size))
			return false;
	}
}

// LMDB leaves lock files beside what was read; they are of no use to anybody.
static void remove_locks(const struct backup *b)
{
	char path[4200];

	for (size_t i = 0; service_names[i]; i++) {
		snprintf(path, sizeof path, "%s/state/%s/lock.mdb", b->folder, service_names[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/vault/index/lock.mdb", b->folder);
	unlink(path);
}

static bool write_manifest(const char *folder, json_t *take, struct hash *digest)
{
	char path[4200];
	char *text = json_dumps(take, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	enum error e = error_no_memory;

	snprintf(path, sizeof path, "%s/" backup_manifest, folder);
	if (text) {
		*digest = digest_sha256(bytes_of_text(text));
		e = file_write_atomic(path, bytes_of_text(text), 0600);
	}
	if (e)
		complain(_("%s could not be written: %s"), path, language_error(e));
	free(text);
	json_decref(take);
	return !e;
}

// ---- keys

static bool copy_key_folder(const struct backup *b, const char *under, json_t *files)
{
	char folder[4096], from[4400], to[4400], path[400];
	DIR *dir = opendir(home_path(b->site, folder, "keys%s", under));
	bool copied = true;
	struct stat s;

	for (struct dirent *f; copied && dir && (f = readdir(dir));) {
		size_t n = strlen(f->d_name);
		uint64_t size = 0;
		struct hash digest;
		snprintf(from, sizeof from, "%s/%s", folder, f->d_name);
		if ((n > 5 && strcmp(f->d_name + n - 5, ".lock") == 0) || stat(from, &s) < 0 || !S_ISREG(s.st_mode))
			continue;
		snprintf(path, sizeof path, "%s%s%.200s", under[0] ? under + 1 : "", under[0] ? "/" : "", f->d_name);
		snprintf(to, sizeof to, "%.4000s/%.390s", b->keys, path);
		copied = backup_copy_file(from, to, UINT64_MAX, &size, &digest);
		json_array_append_new(files, backup_file_json(path, size, &digest));
	}
	if (dir)
		closedir(dir);
	return copied;
}

// After the rest: the sequences that lie beside the keys are then at least those that the door knows.
static bool write_keys(const struct backup *b)
{
	char path[4200];
	struct hash digest;

	if (!b->keys[0])
		return true;
	snprintf(path, sizeof path, "%s/.", b->keys);
	json_t *files = json_array();
	bool written = backup_make_folders(path) && copy_key_folder(b, "", files) && copy_key_folder(b, "/officers", files);
	json_t *manifest = json_pack("{s:s, s:o}", "format", backup_format, "files", files);
	if (!written)
		json_decref(manifest);
	return written && write_manifest(b->keys, manifest, &digest);
}

// ---- the verb

static uint32_t site_number(const struct site *site)
{
	struct buffer complaint = { 0 };
	struct settings settings;

	if (settings_of_home(site->home, &settings, &complaint))
		settings_default(&settings);
	buffer_deinit(&complaint);
	return settings.site;
}

static bool write_all(struct backup *b, json_t **services, struct vault_newest *newest)
{
	struct cut cut = { .site = b->site, .offline = true };
	char path[4200];
	bool done = true;

	*services = json_array();
	for (size_t i = 0; done && service_names[i]; i++)
		done = write_service(b, service_known(service_number(service_names[i])), &cut, *services);
	done = done && write_vault(b);
	snprintf(path, sizeof path, "%s/vault", b->folder);
	done = done && backup_vault_agrees(&cut, path, newest);
	cut_release(&cut);
	remove_locks(b);
	if (done && access(home_path(b->site, path, "tdv.conf"), F_OK) == 0)
		done = copy_one(b, "tdv.conf", UINT64_MAX);
	return done && write_keys(b);
}

static uint64_t bytes_of_files(const json_t *files)
{
	uint64_t bytes = 0;
	const json_t *file;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)files, i, file)
		bytes += (uint64_t)json_integer_value(json_object_get(file, "size"));
	return bytes;
}

// Before anything is read: where nothing can be written nothing was begun, and the fault alone says it.
static bool make_folders(const struct backup *b)
{
	char path[4200];

	snprintf(path, sizeof path, "%s/.", b->keys);
	if (b->keys[0] && !backup_make_folders(path))
		return false;
	snprintf(path, sizeof path, "%s/.", b->folder);
	return backup_make_folders(path);
}

static int backup(struct backup *b)
{
	char made[24], shown[date_text_max], digest_text[65];
	struct vault_newest newest = { 0 };
	struct hash digest;
	json_t *services = NULL;

	if (!backup_look_who_runs(b) || !make_folders(b) || !backup_take(b))
		return exit_refused;
	instant_format(clock_wall_ms(), made);
	double began = backup_now_ms();
	if (!write_all(b, &services, &newest)) {
		json_decref(services);
		complain(_("what was written to %s before that is no backup: remove it"), b->folder);
		return exit_refused;
	}
	size_t files = json_array_size(b->files);
	uint64_t bytes = bytes_of_files(b->files);
	json_t *manifest = json_pack("{s:s, s:s, s:I, s:f, s:o, s:{s:I, s:I, s:I}, s:O}", "format", backup_format, "made", made,
				     "site", (json_int_t)site_number(b->site), "pause_ms", b->pause_ms, "services", services,
				     "vault", "persons", (json_int_t)newest.person, "records", (json_int_t)newest.record,
				     "attachments", (json_int_t)newest.attachment, "files", b->files);
	if (!write_manifest(b->folder, manifest, &digest))
		return exit_refused;
	hex_encode(digest.byte, sizeof digest.byte, digest_text);
	say(b->site, _("%s holds the site as it was on %s: %zu files, %.1f MiB, written in %.1f s."), b->folder, date_text(made, shown), files,
	    (double)bytes / (1024 * 1024), (backup_now_ms() - began) / 1000);
	if (b->running)
		say(b->site, _("The daemons were held still for %.1f ms."), b->pause_ms);
	say(b->site, _("Its manifest's SHA-256, to be kept elsewhere: %s"), digest_text);
	if (b->keys[0])
		say(b->site, _("The keys are in %s: keep them apart from the rest, and under lock."), b->keys);
	else
		say(b->site, "%s", _("The keys are not in it: without them nobody can read the vault, nor can this site go on."));
	output_json(b->site, json_pack("{s:s, s:s, s:f, s:b, s:I, s:I, s:s, s:s}", "backup", b->folder, "made", made, "pause_ms",
				       b->pause_ms, "running", b->running, "files", (json_int_t)files, "bytes", (json_int_t)bytes,
				       "manifest", digest_text, "keys", b->keys));
	return exit_done;
}

static bool folder_is_empty(const char *folder)
{
	DIR *dir = opendir(folder);
	bool empty = !dir && errno == ENOENT;

	if (!dir && !empty)
		complain("%s: %s", folder, language_errno(errno));
	for (struct dirent *f; dir && (f = readdir(dir));)
		if (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0) {
			complain(_("%s holds something already; a backup needs a folder of its own"), folder);
			closedir(dir);
			return false;
		}
	if (dir)
		closedir(dir);
	return empty || dir;
}

int run_backup(struct site *site, int argc, char **argv)
{
	bool without_keys = false;
	const char *keys = NULL;
	const struct option_row options[] = {
		{ "without-keys", option_kind_flag, &without_keys, NULL, N_("leaves the keys where they are") },
		{ "keys", option_kind_text, &keys, N_("DIR"), N_("where the keys go (DIR/keys)") },
		{ 0 },
	};
	struct backup b = { .site = site };
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	if (without_keys && keys)
		return usage_wrong(site, "%s", _("--keys and --without-keys exclude each other"));
	if (!home_exists(site))
		return exit_refused;
	snprintf(b.folder, sizeof b.folder, "%s", argv[0]);
	if (!without_keys)
		snprintf(b.keys, sizeof b.keys, "%s%s", keys ? keys : argv[0], keys ? "" : "/keys");
	if (!folder_is_empty(b.folder) || (keys && !folder_is_empty(keys)))
		return exit_refused;
	signal(SIGPIPE, SIG_IGN); // a copy given up in the middle ends its thread
	b.files = json_array();
	status = backup(&b);
	backup_close_copies(&b);
	json_decref(b.files);
	return status;
}
