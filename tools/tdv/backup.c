// tdv backup DIR: the whole site as it is at one instant, taken while it runs.
//
// The daemons are held still between two turns only until LMDB's read transactions have begun, one for each environment; what
// is written afterwards is what they saw then.  Segments are sealed and never change; the vault's packs only grow, and
// its index is fixed after the door's log, so that it holds at least what the log refers to.
#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "gen/tables.h"
#include "gen/intake_tables.h"
#include "gen/printing_tables.h"
#include "gen/verification_tables.h"
#include "runtime/settings.h"
#include "store/copy.h"
#include "verbs.h"

#define hold_ms 10000 // after which a daemon goes on by itself
#define tries 10
#define part_size (256u << 10)

// ---- files

bool backup_make_folders(const char *path)
{
	char folder[4096];

	snprintf(folder, sizeof folder, "%s", path);
	for (char *slash = folder + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
			complain(_("%s cannot be made: %s"), folder, strerror(errno));
			return false;
		}
	}
	return true;
}

bool backup_sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd >= 0 && fsync(fd) == 0;

	if (!synced)
		complain("%s: %s", folder, strerror(errno));
	if (fd >= 0)
		close(fd);
	return synced;
}

static bool write_whole(int fd, const uint8_t *at, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool copy_bytes(int in, int out, uint64_t limit, uint64_t *size, struct digest *digest)
{
	static uint8_t part[part_size];

	for (*size = 0; *size < limit;) {
		size_t step = limit - *size < part_size ? (size_t)(limit - *size) : part_size;
		ssize_t n = read(in, part, step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		digest_add(digest, bytes_of(part, (size_t)n));
		if (out >= 0 && !write_whole(out, part, (size_t)n))
			return false;
		*size += (uint64_t)n;
	}
	return true;
}

bool backup_copy_file(const char *from, const char *to, uint64_t limit, uint64_t *size, struct hash *hash)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
	bool copied = in >= 0;

	if (!copied)
		complain("%s: %s", from, strerror(errno));
	if (copied && to) {
		copied = backup_make_folders(to);
		out = copied ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
		if (copied && out < 0)
			complain("%s: %s", to, strerror(errno));
		copied = out >= 0;
	}
	struct digest *digest = digest_new();
	if (copied && (!copy_bytes(in, out, limit, size, digest) || (out >= 0 && fsync(out) < 0))) {
		complain("%s: %s", to ? to : from, strerror(errno));
		copied = false;
	}
	*hash = digest_end_free(digest);
	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
	return copied;
}

json_t *backup_file_json(const char *path, uint64_t size, const struct hash *digest)
{
	return json_pack("{s:s, s:I, s:o}", "path", path, "size", (json_int_t)size, "sha256", json_hash(digest));
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s, (void)kind, (void)at;
	return remove(path);
}

void backup_remove(const char *folder)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

// ---- the vault and the logs

struct references {
	uint64_t member, record, attachment;
};

static void keep_most(uint64_t *most, uint64_t number)
{
	*most = number > *most ? number : *most;
}

static void refer(struct references *r, const struct store_table *table, struct bytes key, struct bytes value)
{
	if (table == &intake_members_table) {
		struct intake_members_row row;
		if (key.size == 8 && !intake_members_row_decode(value, &row)) {
			keep_most(&r->member, get_u64(key.data));
			keep_most(&r->record, row.record);
		}
	} else if (table == &verification_requests_table) {
		struct verification_requests_row row;
		if (!verification_requests_row_decode(value, &row)) {
			keep_most(&r->attachment, row.has_photo ? row.photo : 0);
			keep_most(&r->attachment, row.has_evidence ? row.evidence : 0);
		}
	} else {
		struct printing_records_row row;
		if (!printing_records_row_decode(value, &row))
			keep_most(&r->attachment, row.photo);
	}
}

static enum error find_references(struct cut *cut, struct references *r)
{
	static const struct {
		uint16_t service;
		const struct store_table *table;
	} where[] = { { service_id_intake, &intake_members_table },
		      { service_id_verification, &verification_requests_table },
		      { service_id_printing, &printing_records_table } };
	enum error e = error_none;

	for (size_t i = 0; !e && i < array_size(where); i++) {
		struct cut_walk *walk;
		struct bytes key, value;
		e = cut_walk_open(cut, where[i].service, where[i].table->name, &walk);
		while (!e && !(e = cut_walk_next(walk, &key, &value)))
			refer(r, where[i].table, key, value);
		cut_walk_close(walk);
		e = e == error_absent ? error_none : e;
	}
	return e;
}

bool backup_vault_agrees(struct cut *cut, const char *folder, struct vault_newest *newest)
{
	struct references r = { 0 };
	enum error e = vault_newest_of(folder, newest);

	if (e == error_absent) { // nothing was ever put into it
		*newest = (struct vault_newest){ 0 };
		e = error_none;
	}
	if (!e)
		e = find_references(cut, &r);
	if (e)
		complain(_("%s cannot be read: %s"), folder, error_name(e));
	if (e)
		return false;
	if (r.member <= newest->person && r.record <= newest->record && r.attachment <= newest->attachment)
		return true;
	complain(_("the vault is behind the logs: they know member %llu, record %llu and attachment %llu; it ends at %llu, "
		   "%llu and %llu. It needs the vault of the same backup or a newer one."),
		 (unsigned long long)r.member, (unsigned long long)r.record, (unsigned long long)r.attachment,
		 (unsigned long long)newest->person, (unsigned long long)newest->record, (unsigned long long)newest->attachment);
	return false;
}

// ---- one instant

struct backup {
	const struct site *site;
	char folder[4096], keys[4096]; // where to; keys empty: without
	bool running;
	struct store_copy *copies[cut_services_max]; // by service; 0: the vault's index
	uint64_t head_turn[cut_services_max];
	double pause_ms;
	json_t *files;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1000000;
}

static bool open_copies(struct backup *b)
{
	char folder[4096];
	enum error e = error_none;

	for (size_t i = 0; !e && service_names[i]; i++) {
		uint16_t service = service_number(service_names[i]);
		e = store_copy_open(&b->copies[service], home_path(b->site, folder, "state/%s", service_names[i]));
	}
	if (!e) {
		e = store_copy_open(&b->copies[0], home_path(b->site, folder, "vault/index"));
		e = e == error_absent ? error_none : e; // a young site
	}
	if (e == error_absent)
		complain(_("%s holds no environment: has this site ever been up?"), folder);
	else if (e)
		complain(_("%s cannot be read: %s"), folder, error_name(e));
	return !e;
}

static void close_copies(struct backup *b)
{
	for (size_t i = 0; i < cut_services_max; i++) {
		store_copy_close(b->copies[i]);
		b->copies[i] = NULL;
	}
}

static enum error hold(const struct backup *b, uint16_t service, uint64_t *head_turn)
{
	struct pause_query question = { .timeout = hold_ms };
	struct buffer backing = { 0 };
	struct paused answer = { 0 };
	enum error e = ask_for(b->site, service, pause_query, &question, paused, &answer, &backing);

	*head_turn = answer.head_turn;
	buffer_deinit(&backing);
	return e;
}

static void let_go(const struct backup *b, uint16_t service)
{
	struct resume_query question = { 0 };
	struct buffer backing = { 0 };
	struct paused answer;

	ask_for(b->site, service, resume_query, &question, paused, &answer, &backing);
	buffer_deinit(&backing);
}

// A daemon that was started again meanwhile is not held any more.
static enum error still_held(const struct backup *b, uint16_t service)
{
	static struct service_status status;
	struct status_query question = { .tables = false };
	struct buffer backing = { 0 };
	enum error e = ask_for(b->site, service, status_query, &question, service_status, &status, &backing);

	buffer_deinit(&backing);
	if (!e && (!status.paused || status.head_turn != b->head_turn[service]))
		e = error_interrupted;
	return e;
}

static enum error fix_copies(struct backup *b)
{
	enum error e = error_none;

	for (uint16_t i = 1; !e && i < cut_services_max; i++)
		e = b->copies[i] ? store_copy_fix(b->copies[i]) : error_none;
	if (!e && b->copies[0]) // after the door's own
		e = store_copy_fix(b->copies[0]);
	return e;
}

static enum error take_once(struct backup *b, uint16_t *failing)
{
	uint16_t held[cut_services_max];
	size_t count = 0;
	enum error e = error_none;
	double began = now_ms();

	for (size_t i = 0; !e && b->running && service_names[i]; i++) {
		*failing = service_number(service_names[i]);
		e = hold(b, *failing, &b->head_turn[*failing]);
		if (!e)
			held[count++] = *failing;
	}
	if (!e)
		e = fix_copies(b);
	for (size_t i = 0; !e && i < count; i++) {
		*failing = held[i];
		e = still_held(b, held[i]);
	}
	for (size_t i = 0; i < count; i++)
		let_go(b, held[i]);
	b->pause_ms = b->running ? now_ms() - began : 0;
	return e;
}

static bool take(struct backup *b)
{
	uint16_t failing = 0;
	enum error e = error_interrupted;

	for (int i = 0; i < tries && (e == error_interrupted || e == error_pending); i++) {
		close_copies(b);
		if (!open_copies(b))
			return false;
		e = take_once(b, &failing);
	}
	if (e == error_interrupted)
		complain("%s", _("the daemons could not be held still together: the machine is too busy"));
	else if (e)
		ask_failed(b->site, failing, e);
	return !e;
}

// All run, or none does: *running.  Complains of anything else.
static bool look_who_runs(struct backup *b)
{
	static struct service_status status;
	struct status_query question = { .tables = false };
	struct buffer backing = { 0 };
	size_t alive = 0, count = 0;
	const char *missing = "";

	ask_patience(2000);
	for (; service_names[count]; count++) {
		uint16_t service = service_number(service_names[count]);
		bool answers = !ask_for(b->site, service, status_query, &question, service_status, &status, &backing);
		alive += answers ? 1 : 0;
		if (!answers)
			missing = service_names[count];
		if (alive == 0 && count == 0)
			ask_patience(300);
	}
	ask_patience(0);
	buffer_deinit(&backing);
	b->running = alive > 0;
	if (alive && alive < count)
		complain(_("%s does not answer while others do: a backup needs all daemons up, or all down"), missing);
	return alive == 0 || alive == count;
}

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
		complain(_("%s could not be written: %s"), to, error_name(e));
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
		complain(_("%s could not be written: %s"), path, error_name(e));
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

static int backup(struct backup *b)
{
	char made[24], digest_text[65];
	struct vault_newest newest = { 0 };
	struct hash digest;
	json_t *services = NULL;

	if (!look_who_runs(b) || !take(b))
		return exit_refused;
	instant_format(clock_wall_ms(), made);
	double began = now_ms();
	if (!write_all(b, &services, &newest)) {
		json_decref(services);
		complain(_("%s is not a whole backup: it has no manifest"), b->folder);
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
	say(b->site, _("%s holds the site as it was on %s: %zu files, %.1f MiB, written in %.1f s."), b->folder, made, files,
	    (double)bytes / (1024 * 1024), (now_ms() - began) / 1000);
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
		complain("%s: %s", folder, strerror(errno));
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
	close_copies(&b);
	json_decref(b.files);
	return status;
}
