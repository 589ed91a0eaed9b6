// tdv replay SERVICE: its state rebuilt from its recorded turns in a folder aside, and compared with what it
// has.
#include "runtime/replay.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "runtime/log_reader.h"
#include "runtime/settings.h"
#include "snapshot.h"
#include "verbs.h"

#define hex_shown 64

struct replaying {
	const struct site *site;
	const struct service *service;
	char recorded[4096], sources[4096], folder[4096];
	struct replay_report report;
};

// ---- the folder aside

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s, (void)kind, (void)at;
	return remove(path);
}

static void folder_remove(const char *folder)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static bool folder_make(const char *folder)
{
	if (mkdir(folder, 0700) == 0 || errno == EEXIST)
		return true;
	complain(_("%s cannot be made: %s"), folder, language_errno(errno));
	return false;
}

static bool begin(struct replaying *r)
{
	char path[4096];

	home_path(r->site, r->recorded, "state/%s", r->service->name);
	home_path(r->site, r->sources, "state");
	home_path(r->site, r->folder, "replay/%s-%ld", r->service->name, (long)getpid());
	return folder_make(home_path(r->site, path, "replay")) && folder_make(r->folder);
}

static void end(struct replaying *r, bool keep)
{
	char path[4096];

	if (!keep) {
		folder_remove(r->folder);
		rmdir(home_path(r->site, path, "replay")); // when nobody else is at it
	}
	replay_report_deinit(&r->report);
}

static size_t map_bytes(const struct site *site)
{
	struct buffer complaint = { 0 };
	struct settings settings;

	settings_default(&settings);
	if (settings_of_home(site->home, &settings, &complaint))
		settings_default(&settings);
	buffer_deinit(&complaint);
	return (size_t)settings.map_mib << 20;
}

static bool run(struct replaying *r, bool segments_only, uint64_t through_turn)
{
	struct replay_options options = { .service = r->service,
					  .recorded = r->recorded,
					  .folder = r->folder,
					  .sources = r->sources,
					  .segments_only = segments_only,
					  .through_turn = through_turn,
					  .map_bytes = map_bytes(r->site) };
	enum error e = replay_run(&options, &r->report);

	if (e == error_absent)
		complain(_("%s has recorded nothing"), r->recorded);
	else if (e == error_corrupt)
		complain(_("%s: a segment under log/ is missing, or not what was sealed"), r->recorded);
	else if (e)
		complain(_("the replay of %s could not be ended: %s"), r->service->name, language_error(e));
	return !e;
}

// ---- against a running daemon: its snapshot, and everything up to it in segments

// What the service has taken of others was on their disks before: they are archived after its snapshot was
// opened.
static bool archive_all(const struct replaying *r, uint64_t head_turn)
{
	uint64_t through = 0;

	if (!ask_archive(r->site, r->service->id, &through))
		return false;
	ensure(through >= head_turn);
	for (const uint16_t *source = r->service->sources; source && *source; source++)
		if (service_known(*source) && !ask_archive(r->site, *source, &through))
			return false;
	return true;
}

struct keeping {
	struct cut *cut;
	atomic_bool done;
};

// A snapshot that nobody reads is given up after a minute, and a replay may take longer.
static void *keep(void *context)
{
	struct keeping *k = context;

	while (!atomic_load(&k->done)) {
		poll(NULL, 0, 50);
		cut_keep(k->cut);
	}
	return NULL;
}

static bool run_beside(struct replaying *r, struct cut *cut)
{
	struct keeping keeping = { .cut = cut };
	pthread_t thread;

	ensure(pthread_create(&thread, NULL, keep, &keeping) == 0);
	bool done = run(r, true, cut->services[r->service->id].head_turn);
	atomic_store(&keeping.done, true);
	pthread_join(thread, NULL);
	return done;
}

static int compare_keys(struct bytes a, struct bytes b)
{
	int c = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

	return c ? c : a.size < b.size ? -1 : a.size > b.size;
}

static void differ(struct replaying *r, const char *table, struct bytes key, struct bytes recorded,
		   struct bytes replayed)
{
	struct replay_report *report = &r->report;

	report->difference = replay_difference_table;
	snprintf(report->table, sizeof report->table, "%s", table);
	buffer_append(&report->key, key.data, key.size);
	buffer_append(&report->recorded, recorded.data, recorded.size);
	buffer_append(&report->replayed, replayed.data, replayed.size);
}

// The first row that is not the same in the snapshot and in what was rebuilt.
static enum error compare_table(struct replaying *r, struct cut *cut, struct cut *rebuilt, const char *table)
{
	struct bytes key[2], value[2], nothing = { 0 };
	struct cut_walk *walk[2] = { NULL, NULL };
	enum error e = cut_walk_open(cut, r->service->id, table, &walk[0]), end[2];

	if (!e)
		e = cut_walk_open(rebuilt, r->service->id, table, &walk[1]);
	for (int i = 0; !e && i < 2; i++)
		end[i] = cut_walk_next(walk[i], &key[i], &value[i]);
	while (!e && (!end[0] || !end[1])) {
		int c = end[1] ? -1 : end[0] ? 1 : compare_keys(key[0], key[1]);
		if (c || !bytes_equal(value[0], value[1])) {
			differ(r, table, c <= 0 ? key[0] : key[1], c <= 0 ? value[0] : nothing,
			       c >= 0 ? value[1] : nothing);
			break;
		}
		for (int i = 0; i < 2; i++)
			end[i] = cut_walk_next(walk[i], &key[i], &value[i]);
	}
	for (int i = 0; !e && i < 2; i++)
		e = end[i] && end[i] != error_absent ? end[i] : e;
	cut_walk_close(walk[0]);
	cut_walk_close(walk[1]);
	return e;
}

static enum error compare_tables(struct replaying *r, struct cut *cut, struct cut *rebuilt)
{
	const struct cut_service *s = &cut->services[r->service->id];
	enum error e = error_none;

	for (size_t i = 0; !e && i < s->has_count && !r->report.difference; i++) {
		if (s->has[i].local)
			continue;
		r->report.tables++;
		e = compare_table(r, cut, rebuilt, s->has[i].name);
	}
	return e;
}

static bool compare_with_snapshot(struct replaying *r, struct cut *cut)
{
	struct cut rebuilt;
	enum error e = error_none;
	bool read = cut_read_folder(r->site, r->service->id, r->folder, &rebuilt);

	if (read && rebuilt.services[r->service->id].head_turn != cut->services[r->service->id].head_turn)
		e = error_gap;
	if (read && !e)
		e = compare_tables(r, cut, &rebuilt);
	cut_release(&rebuilt);
	if (e == error_interrupted)
		complain(
			"%s",
			_("a snapshot was lost: its daemon was ended, or somebody else took one; ask again"));
	else if (e)
		complain(_("the replay of %s could not be ended: %s"), r->service->name, language_error(e));
	return read && !e;
}

static bool replay_running(struct replaying *r)
{
	struct cut cut;

	bool done = cut_take_one(r->site, r->service->id, &cut) &&
		    archive_all(r, cut.services[r->service->id].head_turn) && run_beside(r, &cut) &&
		    (r->report.difference || compare_with_snapshot(r, &cut));
	cut_release(&cut);
	return done;
}

// ---- a lost environment

static bool may_restore(const struct replaying *r)
{
	struct log_reader *reader;
	char path[4096];

	if (access(home_path(r->site, path, "state/%s/data.mdb", r->service->name), F_OK) == 0) {
		complain(_("%s is there: --restore is for an environment that was lost; move it away first"),
			 path);
		return false;
	}
	enum error e = log_reader_open(&reader, r->recorded, NULL, true);
	if (e) {
		complain(e == error_absent ? _("%s has recorded nothing")
					   : _("the segments of %s cannot be read"),
			 r->recorded);
		return false;
	}
	uint64_t head = log_reader_head_turn(reader);
	log_reader_close(reader);
	uint64_t seen;
	const struct service *reader_ahead = cut_reader_ahead(r->site, r->service->id, head, &seen);
	if (reader_ahead)
		complain(_("%s has taken turns of %s that were in the lost environment only: restore a backup copy instead"),
			 reader_ahead->name, r->service->name);
	return !reader_ahead;
}

// Built aside beside the segments, synced, and put in place in one step.
static bool restore(struct replaying *r)
{
	char log[4200], link[4200], from[4200], to[4200];

	snprintf(log, sizeof log, "../../state/%s/log", r->service->name);
	snprintf(link, sizeof link, "%s/log", r->folder);
	snprintf(from, sizeof from, "%s/data.mdb", r->folder);
	snprintf(to, sizeof to, "%s/data.mdb", r->recorded);
	if (symlink(log, link) < 0) {
		complain(_("%s cannot be made: %s"), link, language_errno(errno));
		return false;
	}
	if (!run(r, true, 0) || r->report.difference)
		return false;
	if (rename(from, to) < 0 || folder_sync(r->recorded)) {
		complain(_("%s cannot be put in place: %s"), to, language_errno(errno));
		return false;
	}
	return true;
}

// ---- what came out

static const char *difference_text(enum replay_difference difference)
{
	switch (difference) {
	case replay_difference_none:
		return _("equal");
	case replay_difference_record:
		return _(
			"the record is not what was written: its bytes do not fit its hash, or it is missing");
	case replay_difference_input:
		return _("an input cannot be found again");
	case replay_difference_turn:
		return _("the turn comes out differently");
	case replay_difference_entry:
		return _("the turn puts out another entry");
	case replay_difference_table:
		return _("a row of a table differs");
	case replay_difference_version:
		return _("it was recorded by other code and there is no checkpoint to start from");
	}
	return "?";
}

static const char *difference_name(enum replay_difference difference)
{
	static const char *const names[] = { "none", "record", "input", "turn", "entry", "table", "version" };

	return (size_t)difference < array_size(names) ? names[difference] : "?";
}

static json_t *hex_json(const struct buffer *b)
{
	char *hex = malloc(2 * b->size + 1);

	ensure(hex);
	hex_encode(b->data, b->size, hex);
	json_t *j = json_string(hex);
	free(hex);
	return j;
}

// A row as fields, or as bytes when it does not decode; null: there is none.
static json_t *row_json(const struct replaying *r, const struct buffer *value)
{
	const struct store_table *table = strncmp(r->report.table, "runtime.", 8) == 0
						  ? NULL
						  : table_by_name(r->service->id, r->report.table);
	json_t *j = NULL;

	if (value->size == 0)
		return json_null();
	if (table)
		j = table_json(table, buffer_bytes(&r->report.key), buffer_bytes(value));
	return j ? j : hex_json(value);
}

static void say_row(const struct site *site, const char *which, const json_t *row)
{
	char *text = json_is_null(row) ? NULL : json_dumps(row, JSON_ENCODE_ANY | JSON_PRESERVE_ORDER);

	complain("  %s: %.600s", which, text ? text : _("no row"));
	free(text);
	(void)site;
}

static void complain_difference(const struct replaying *r, const json_t *recorded, const json_t *replayed)
{
	const struct replay_report *report = &r->report;
	char hex[2 * hex_shown + 1];

	if (report->difference == replay_difference_table) {
		hex_encode(report->key.data, report->key.size < hex_shown ? report->key.size : hex_shown,
			   hex);
		complain(_("%s differs: table %s, key %s"), r->service->name, report->table, hex);
		say_row(r->site, _("it has"), recorded);
		say_row(r->site, _("rebuilt"), replayed);
	} else if (report->entry) {
		complain(_("%s differs: turn %llu, entry %llu: %s"), r->service->name,
			 (unsigned long long)report->turn, (unsigned long long)report->entry,
			 difference_text(report->difference));
	} else {
		complain(_("%s differs: turn %llu: %s"), r->service->name, (unsigned long long)report->turn,
			 difference_text(report->difference));
	}
}

static int tell(const struct replaying *r, bool restored)
{
	const struct replay_report *report = &r->report;
	json_t *j = json_pack("{s:s, s:b, s:I, s:I, s:I, s:i, s:s, s:b}", "service", r->service->name,
			      "equal", !report->difference, "first_turn", (json_int_t)report->first_turn,
			      "turns", (json_int_t)report->turns, "entries", (json_int_t)report->entries,
			      "tables", (int)report->tables, "difference",
			      difference_name(report->difference), "restored", restored);

	say(r->site, _("%s: %llu turns from turn %llu, %llu entries, %u tables compared"), r->service->name,
	    (unsigned long long)report->turns, (unsigned long long)report->first_turn,
	    (unsigned long long)report->entries, report->tables);
	if (report->difference == replay_difference_table) {
		json_t *recorded = row_json(r, &report->recorded), *replayed = row_json(r, &report->replayed);
		complain_difference(r, recorded, replayed);
		json_object_set_new(j, "table", json_string(report->table));
		json_object_set_new(j, "key", hex_json(&report->key));
		json_object_set_new(j, "recorded", recorded);
		json_object_set_new(j, "rebuilt", replayed);
	} else if (report->difference) {
		complain_difference(r, NULL, NULL);
		json_object_set_new(j, "turn", json_integer((json_int_t)report->turn));
		if (report->entry)
			json_object_set_new(j, "entry", json_integer((json_int_t)report->entry));
	} else if (restored) {
		say(r->site, _("Rebuilt and put in place: start the daemon."));
	} else if (report->tables) {
		say(r->site, _("Equal: every turn, every entry, every row."));
	} else {
		say(r->site,
		    _("Every turn and entry is equal; there was no environment to compare the tables with (--restore puts one in place)."));
	}
	output_json(r->site, j);
	return report->difference ? exit_refused : exit_done;
}

static bool answers(const struct site *site, uint16_t service)
{
	struct status_query question = { 0 };
	struct service_status *status = calloc(1, sizeof *status);
	struct buffer backing = { 0 };

	ensure(status);
	ask_patience(300);
	bool alive = ask_for(site, service, status_query, &question, service_status, status, &backing) !=
		     error_pending;
	ask_patience(0);
	free(status);
	buffer_deinit(&backing);
	return alive;
}

int run_replay(struct site *site, int argc, char **argv)
{
	bool offline = false, put_back = false, keep_folder = false;
	const struct option_row options[] = {
		{ "offline", option_kind_flag, &offline, NULL,
		  N_("reads the files and asks no daemon; also when the environment is gone") },
		{ "restore", option_kind_flag, &put_back, NULL,
		  N_("puts the rebuilt environment in the place of one that was lost") },
		{ "keep", option_kind_flag, &keep_folder, NULL,
		  N_("leaves the rebuilt environment under HOME/replay") },
		{ 0 },
	};
	struct replaying r = { .site = site };
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	r.service = service_known(service_number(argv[0]));
	if (!r.service)
		return usage_wrong(site, _("no such service: %s"), argv[0]);
	if (!home_exists(site))
		return exit_refused;
	if (put_back && answers(site, r.service->id)) {
		complain(_("%s is running: its environment is there"), r.service->name);
		return exit_refused;
	}
	bool done = begin(&r);
	if (done && put_back)
		done = may_restore(&r) && (restore(&r) || r.report.difference);
	else if (done)
		done = offline ? run(&r, false, 0) : replay_running(&r);
	status = done ? tell(&r, put_back && !r.report.difference) : exit_refused;
	if (done && keep_folder)
		say(site, _("Kept: %s"), r.folder);
	end(&r, keep_folder);
	return status;
}
