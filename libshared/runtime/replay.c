#include "runtime/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/engine_private.h"
#include "runtime/log_reader.h"

#define bytes_shown 40

struct replay {
	const struct replay_options *options;
	struct replay_report *report;
	struct engine *engine;
	struct log_reader *recorded;
	struct log_reader *sources[engine_sources_max]; // opened when they are needed
	// set-asides of the turn, for what follows them
	struct record_item aside[64];
	size_t aside_count;
};

static void differ(struct replay *p, enum replay_difference difference, uint64_t turn, uint64_t entry)
{
	if (p->report->difference)
		return;
	p->report->difference = difference;
	p->report->turn = turn;
	p->report->entry = entry;
}

// ---- inputs

static uint8_t take_aside(struct replay *p, enum record_input kind, uint16_t source, uint64_t number)
{
	for (size_t i = 0; i < p->aside_count; i++) {
		const struct record_item *a = &p->aside[i];
		if (a->type == kind && a->source == source && a->number == number)
			return a->cause;
	}
	return 0;
}

static enum error source_reader(struct replay *p, const struct source *s, struct log_reader **out)
{
	struct log_reader **reader = &p->sources[s - p->engine->sources];
	char folder[PATH_MAX];

	if (!*reader) {
		snprintf(folder, sizeof folder, "%s/%s", p->options->sources,
			 service_id_name((enum service_id)s->service));
		enum error e = log_reader_open(reader, folder, NULL, p->options->segments_only);
		if (e)
			return e;
	}
	*out = *reader;
	return error_none;
}

static enum error feed_recorded_range(struct replay *p, const struct record_item *item)
{
	struct engine *e = p->engine;
	struct source *s = source_of(e, item->source);
	struct log_reader *reader = NULL;
	struct log_reader_entry entry;

	if (!s) {
		differ(p, replay_difference_input, e->work.number, 0);
		return error_none;
	}
	enum error error = item->from <= item->to ? source_reader(p, s, &reader) : error_none;
	for (uint64_t number = item->from; !error && number <= item->to; number++) {
		error = log_reader_entry(reader, number, &entry);
		if (!error && message_goes_to(envelope_type(entry.envelope), e->service->id))
			feed_entry(e, s->service, number, entry.envelope,
				   take_aside(p, record_input_range, s->service, number));
	}
	if (error == error_absent || error == error_corrupt) {
		differ(p, replay_difference_input, e->work.number, item->from);
		return error_none;
	}
	s->entry = item->to;
	s->turn = item->turn;
	s->root = item->root;
	feed_range(e, s);
	return error;
}

static enum error feed_recorded_waiting(struct replay *p, const struct record_item *item)
{
	struct waiting head = {
		.kind = item->kind, .number = item->number, .type = item->type, .origin = item->authority
	};
	struct waiting_queue queue = { 0 };
	struct hash digest = digest_sha256(item->body);
	uint8_t cause = item->kind == record_input_local
				? take_aside(p, item->kind, item->type, get_u64(digest.byte))
				: take_aside(p, item->kind, 0, item->number);
	enum error e = waiting_add(&queue, &head, item->body);

	if (e)
		return e;
	struct waiting *w = waiting_take(&queue);
	if (!feed_waiting(p->engine, w, cause))
		differ(p, replay_difference_input, p->engine->work.number, 0);
	free(w);
	return error_none;
}

static enum error feed_item(struct replay *p, const struct record_item *item)
{
	struct engine *e = p->engine;

	switch (item->kind) {
	case record_input_range: return feed_recorded_range(p, item);
	case record_input_local:
	case record_input_answer:
	case record_input_act: return feed_recorded_waiting(p, item);
	case record_input_timer:
		feed_timer(e, item->due_ms, item->number, take_aside(p, item->kind, 0, item->number));
		break;
	case record_input_continuation:
		feed_continuation(e, item->number, item->room, take_aside(p, item->kind, 0, item->number));
		break;
	case record_input_set_aside:
		if (p->aside_count < array_size(p->aside))
			p->aside[p->aside_count++] = *item;
		break;
	case record_input_migration:
		if (item->from == e->meta.fold_version && item->to == e->service->fold_version)
			feed_migration(e);
		else
			differ(p, replay_difference_version, e->work.number, 0);
		break;
	}
	return error_none;
}

// ---- one turn

// Where the two records differ: at an entry, or before.
static void find_difference(struct replay *p, struct bytes recorded, struct bytes replayed)
{
	struct record a, b;

	if (record_open(&a, recorded) || record_open(&b, replayed) || !bytes_equal(a.covered, b.covered)) {
		differ(p, replay_difference_turn, p->engine->work.number, 0);
		return;
	}
	for (uint64_t number = a.head.first_entry; a.entry_count && b.entry_count;
	     number++, a.entry_count--, b.entry_count--)
		if (!bytes_equal(record_next_entry(&a), record_next_entry(&b)))
			differ(p, replay_difference_entry, p->engine->work.number, number);
	if (a.entry_count != b.entry_count)
		differ(p, replay_difference_entry, p->engine->work.number, p->engine->meta.head_entry);
	differ(p, replay_difference_turn, p->engine->work.number, 0);
}

static void take_known(struct replay *p, struct record *r)
{
	struct log_position known;

	for (size_t i = 0; i < r->known_count; i++)
		if (!record_next_known(r, &known) && known.service < engine_services_max)
			p->engine->known[known.service] = known.entry;
}

static enum error feed_turn(struct replay *p, struct record *r)
{
	struct engine *e = p->engine;
	struct record_item item;
	enum error error = error_none;

	p->aside_count = 0;
	e->limits.batch_entries = r->head.room_entries;
	e->limits.batch_bytes = r->head.room_bytes;
	work_begin(e, r->head.time_ms);
	for (size_t i = 0; !error && i < r->input_count && !e->work.txn.fault && !p->report->difference; i++) {
		error = record_next_item(r, &item);
		if (!error)
			error = feed_item(p, &item);
	}
	take_known(p, r);
	return error == error_malformed ? error_corrupt : error;
}

// A fault of the store that a wrong record led to, not the disk.
static bool is_difference(enum error e)
{
	return e == error_corrupt;
}

static enum error replay_turn(struct replay *p, uint64_t turn)
{
	struct engine *e = p->engine;
	struct bytes bytes;
	struct record r;
	enum error error = log_reader_turn(p->recorded, turn, &bytes);

	if (error == error_absent || is_difference(error) || (!error && record_open(&r, bytes)) ||
	    (!error && r.head.turn != turn)) {
		differ(p, replay_difference_record, turn, 0);
		return error_none;
	}
	if (error)
		return error;
	struct hash leaf = record_leaf(&r);
	if (!hash_equal(&leaf, &r.head.leaf)) {
		differ(p, replay_difference_record, turn, 0);
		return error_none;
	}
	error = feed_turn(p, &r);
	if (!error && !p->report->difference)
		error = work_finish(e);
	if (!error && !p->report->difference && !bytes_equal(buffer_bytes(&e->work.record), bytes))
		find_difference(p, bytes, buffer_bytes(&e->work.record));
	if (is_difference(error)) {
		differ(p, replay_difference_turn, turn, 0);
		error = error_none;
	}
	if (error || p->report->difference) {
		work_abort(e);
		return error;
	}
	p->report->turns++;
	p->report->entries += e->work.entry_count;
	error = store_commit(&e->work.txn);
	if (!error)
		work_committed(e);
	return error;
}

// ---- tables

static void keep_row(struct replay *p, const struct store_table *table, struct bytes key, struct bytes recorded,
		     struct bytes replayed)
{
	struct replay_report *r = p->report;

	differ(p, replay_difference_table, p->engine->meta.head_turn, 0);
	snprintf(r->table, sizeof r->table, "%s", table->name);
	buffer_append(&r->key, key.data, key.size);
	buffer_append(&r->recorded, recorded.data, recorded.size);
	buffer_append(&r->replayed, replayed.data, replayed.size);
}

static int compare_keys(struct bytes a, struct bytes b)
{
	int c = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

	return c ? c : a.size < b.size ? -1 : a.size > b.size;
}

// The first row that is not the same in both.
static void find_row(struct replay *p, const struct store_table *table, const struct store_table *theirs,
		     struct store_txn *mine)
{
	struct store_walk a, b;

	store_walk_init(&a, log_reader_txn(p->recorded), theirs, (struct bytes){ 0 });
	store_walk_init(&b, mine, table, (struct bytes){ 0 });
	bool more_a = store_walk_next(&a), more_b = store_walk_next(&b);
	while ((more_a || more_b) && !p->report->difference) {
		int c = !more_b ? -1 : !more_a ? 1 : compare_keys(a.key, b.key);
		if (c || !bytes_equal(a.value, b.value))
			keep_row(p, table, c <= 0 ? a.key : b.key, c <= 0 ? a.value : (struct bytes){ 0 },
				 c >= 0 ? b.value : (struct bytes){ 0 });
		more_a = c <= 0 ? store_walk_next(&a) : more_a;
		more_b = c >= 0 ? store_walk_next(&b) : more_b;
	}
	store_walk_deinit(&a);
	store_walk_deinit(&b);
}

static enum error compare_tables(struct replay *p)
{
	const struct runtime_tables *theirs = log_reader_tables(p->recorded);
	const struct runtime_tables *mine = &p->engine->table;
	struct store_txn *recorded = log_reader_txn(p->recorded), txn;

	if (!recorded || log_reader_head_turn(p->recorded) != p->engine->meta.head_turn)
		return error_none;
	store_begin(p->engine->store, false, &txn);
	for (size_t i = 0; mine->all[i] && !txn.fault && !recorded->fault && !p->report->difference; i++) {
		if (mine->all[i]->local)
			continue;
		struct hash a = store_table_digest(recorded, theirs->all[i]),
			    b = store_table_digest(&txn, mine->all[i]);
		p->report->tables++;
		if (!hash_equal(&a, &b))
			find_row(p, mine->all[i], theirs->all[i], &txn);
	}
	enum error e = txn.fault ? txn.fault : recorded->fault;
	store_abort(&txn);
	return e;
}

// ---- where to begin

static enum error first_fold_version(struct replay *p, uint32_t *version)
{
	struct record_head head;
	struct bytes record;
	enum error e = log_reader_turn(p->recorded, 1, &record);

	*version = p->options->service->fold_version;
	if (e)
		return e == error_absent ? error_none : e;
	if (record_head_decode(record, &head))
		return error_corrupt;
	*version = head.fold_version;
	return error_none;
}

// The newest checkpoint, as the name of its folder; false: none.
static bool find_checkpoint(const char *folder, char name[64])
{
	DIR *dir = opendir(folder);

	name[0] = 0;
	for (struct dirent *f; dir && (f = readdir(dir));)
		if (strncmp(f->d_name, "checkpoint-", 11) == 0 && strlen(f->d_name) == 31 &&
		    strcmp(f->d_name, name) > 0)
			snprintf(name, 64, "%.63s", f->d_name);
	if (dir)
		closedir(dir);
	return name[0] != 0;
}

static enum error copy_base(const struct replay_options *o, const char *from)
{
	char to[PATH_MAX];
	struct store *store = NULL;
	struct runtime_tables table;

	if ((size_t)snprintf(to, sizeof to, "%s", o->folder) >= sizeof to)
		return error_io;
	runtime_tables_init(&table, o->service->tables);
	struct store_options options = { .folder = from, .read_only = true, .tables = table.all };
	enum error e = store_open(&store, &options);
	if (!e)
		e = store_copy(store, to);
	store_close(store);
	return e;
}

static enum error begin(struct replay *p)
{
	const struct replay_options *o = p->options;
	struct log_name name = log_reader_name(p->recorded);
	char checkpoint[64], path[PATH_MAX];
	uint32_t version;

	snprintf(path, sizeof path, "%s/data.mdb", o->folder);
	if (access(path, F_OK) == 0)
		return error_exists;
	enum error e = first_fold_version(p, &version);
	bool from_nothing =
		!o->base && (version == o->service->fold_version || !find_checkpoint(o->recorded, checkpoint));
	if (!from_nothing && !o->base)
		snprintf(path, sizeof path, "%.4000s/%s", o->recorded, checkpoint);
	if (!e && !from_nothing)
		e = copy_base(o, o->base ? o->base : path);
	struct engine_options options = {
		.service = o->service, .folder = o->folder, .log = name, .map_bytes = o->map_bytes
	};
	if (!e)
		e = engine_open(&p->engine, &options);
	if (e)
		return e;
	p->engine->replaying = true;
	if (from_nothing)
		p->engine->meta.fold_version = version;
	p->report->first_turn = p->engine->meta.head_turn + 1;
	if (version != o->service->fold_version && from_nothing)
		differ(p, replay_difference_version, 1, 0);
	return error_none;
}

// ---- the end: what was rebuilt can be gone on with

static enum error note_segments(struct engine *e, const struct archive *archive)
{
	struct store_txn txn;

	store_begin(e->store, true, &txn);
	for (size_t i = 0; i < archive->count && archive->list[i].last_turn <= e->meta.head_turn; i++) {
		const struct segment *s = &archive->list[i];
		struct runtime_key key = runtime_key_u64(s->first_turn);
		struct archive_row row = { s->last_turn, s->first_entry, s->next_entry - 1, s->bytes, s->digest };
		buffer_clear(&e->work.row);
		archive_row_encode(&row, &e->work.row);
		work_put_row(&e->work, &txn, &e->table.archive, key);
		e->meta.archived_turn = s->last_turn;
	}
	e->meta.clean = true;
	meta_put(e, &txn);
	return store_commit(&txn);
}

// Turns that are in segments need not be in LMDB as well.
static enum error drop_archived(struct engine *e)
{
	enum error error = error_none;
	struct store_txn txn;

	while (!error && e->first_turn <= e->meta.archived_turn) {
		store_begin(e->store, true, &txn);
		for (int i = 0; i < 1000 && e->first_turn <= e->meta.archived_turn && !txn.fault;
		     i++, e->first_turn++) {
			struct runtime_key key = runtime_key_u64(e->first_turn);
			store_delete(&txn, &e->table.turns, runtime_key_bytes(key));
		}
		error = store_commit(&txn);
	}
	return error;
}

static enum error adopt_segments(struct engine *e)
{
	char log[PATH_MAX];
	struct archive found;

	snprintf(log, sizeof log, "%.4000s/log", e->folder);
	enum error error = archive_open(&found, log, true);
	if (error)
		return error;
	error = note_segments(e, &found);
	archive_close(&found);
	return error ? error : drop_archived(e);
}

static enum error sync_environment(const char *folder)
{
	char path[PATH_MAX];
	enum error e = error_none;

	snprintf(path, sizeof path, "%.4000s/data.mdb", folder);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		e = error_from_errno(errno);
	if (fd >= 0)
		close(fd);
	return e;
}

static enum error run(struct replay *p)
{
	uint64_t last = log_reader_head_turn(p->recorded);
	enum error e = begin(p);

	if (p->options->through_turn && p->options->through_turn < last)
		last = p->options->through_turn;
	for (uint64_t turn = p->report->first_turn; !e && turn <= last && !p->report->difference; turn++)
		e = replay_turn(p, turn);
	if (!e && !p->report->difference)
		e = compare_tables(p);
	if (!e && !p->report->difference)
		e = adopt_segments(p->engine);
	if (!e)
		e = sync_environment(p->options->folder);
	return e;
}

enum error replay_run(const struct replay_options *options, struct replay_report *report)
{
	struct replay p = { .options = options, .report = report };

	memset(report, 0, sizeof *report);
	enum error e =
		log_reader_open(&p.recorded, options->recorded, options->service->tables, options->segments_only);
	if (!e)
		e = run(&p);
	for (size_t i = 0; i < array_size(p.sources); i++)
		log_reader_close(p.sources[i]);
	engine_close(p.engine);
	log_reader_close(p.recorded);
	return e;
}

void replay_report_deinit(struct replay_report *r)
{
	buffer_deinit(&r->key);
	buffer_deinit(&r->recorded);
	buffer_deinit(&r->replayed);
}

// ---- for people

static void put_hex(struct buffer *out, const struct buffer *b, const char *nothing)
{
	char hex[2 * bytes_shown + 1];

	if (b->size == 0) {
		buffer_append_text(out, nothing);
		return;
	}
	hex_encode(b->data, b->size < bytes_shown ? b->size : bytes_shown, hex);
	buffer_printf(out, "%s%s", hex, b->size > bytes_shown ? "…" : "");
}

void replay_report_text(const struct replay_report *r, struct buffer *out)
{
	static const char *const texts[] = {
		[replay_difference_none] = "equal",
		[replay_difference_record] =
			"the record is not what was written: its bytes do not fit its hash, or it is missing",
		[replay_difference_input] = "an input cannot be found again",
		[replay_difference_turn] = "the turn comes out differently",
		[replay_difference_entry] = "the turn puts out another entry",
		[replay_difference_table] = "a table differs",
		[replay_difference_version] =
			"it was recorded by other code and there is no checkpoint to start from",
	};
	buffer_printf(out, "%llu turns from %llu, %llu entries, %u tables: ", (unsigned long long)r->turns,
		      (unsigned long long)r->first_turn, (unsigned long long)r->entries, r->tables);
	if (r->difference == replay_difference_table) {
		buffer_printf(out, "table %s differs at key ", r->table);
		put_hex(out, &r->key, "(empty)");
		buffer_append_text(out, ": recorded ");
		put_hex(out, &r->recorded, "no row");
		buffer_append_text(out, ", replayed ");
		put_hex(out, &r->replayed, "no row");
		return;
	}
	if (r->difference)
		buffer_printf(out, "turn %llu: ", (unsigned long long)r->turn);
	if (r->difference == replay_difference_entry || (r->difference == replay_difference_input && r->entry))
		buffer_printf(out, "entry %llu: ", (unsigned long long)r->entry);
	buffer_append_text(out, texts[r->difference]);
}
