#include "snapshot.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "approval/approval.h"
#include "base/ensure.h"
#include "delivery/delivery.h"
#include "inspection/inspection.h"
#include "intake/intake.h"
#include "printing/printing.h"
#include "registry/registry.h"
#include "revocation/revocation.h"
#include "runtime/record.h"
#include "verification/verification.h"

#define pause_ms 10000 // after which a daemon goes on by itself
#define keep_ms 15000
#define look_ms 100

static const struct service *const known[] = { &intake_service,    &registry_service, &verification_service,
					       &approval_service,  &printing_service, &delivery_service,
					       &inspection_service, &revocation_service };

const struct service *service_known(uint16_t number)
{
	for (size_t i = 0; i < array_size(known); i++)
		if (known[i]->id == number)
			return known[i];
	return NULL;
}

// ---- of running daemons

static enum error pause_one(const struct site *site, uint16_t service, struct paused *answer)
{
	struct pause_query question = { .timeout = pause_ms };
	struct buffer backing = { 0 };
	enum error e = ask_for(site, service, pause_query, &question, paused, answer, &backing);

	buffer_deinit(&backing);
	return e;
}

static void resume_one(const struct site *site, uint16_t service)
{
	struct resume_query question = { 0 };
	struct buffer backing = { 0 };
	struct paused answer;

	ask_for(site, service, resume_query, &question, paused, &answer, &backing);
	buffer_deinit(&backing);
}

static enum error status_of(const struct site *site, uint16_t service, struct service_status *status)
{
	struct status_query question = { .tables = false };
	struct buffer backing = { 0 };
	enum error e = ask_for(site, service, status_query, &question, service_status, status, &backing);

	buffer_deinit(&backing);
	return e;
}

static enum error snapshot_one(struct cut *cut, uint16_t service)
{
	struct cut_service *s = &cut->services[service];
	struct snapshot_query question = { 0 };
	struct buffer backing = { 0 };
	struct snapshot_opened *answer = calloc(1, sizeof *answer);

	ensure(answer);
	enum error e = ask_for(cut->site, service, snapshot_query, &question, snapshot_opened, answer,
			       &backing);
	if (!e) {
		s->open = true;
		s->service = service_known(service);
		s->snapshot = answer->snapshot;
		s->log = answer->log;
		s->head_turn = answer->head_turn;
		s->head_entry = answer->head_entry;
		s->root = answer->root;
		s->asked_ms = clock_boot_ms();
		s->position_count = answer->cursors_count;
		for (size_t i = 0; i < answer->cursors_count; i++)
			s->positions[i] = answer->cursors[i];
		s->has_count = answer->tables_count;
		for (size_t i = 0; i < answer->tables_count; i++) {
			const struct table_status *t = &answer->tables[i];
			snprintf(s->has[i].name, sizeof s->has[i].name, "%.*s", (int)t->name.size,
				 (const char *)t->name.data);
			s->has[i].local = t->local;
			s->has[i].rows = t->rows;
		}
	}
	free(answer);
	buffer_deinit(&backing);
	return e;
}

// What was taken or passed over, which may be beyond the durable cursors of the snapshot.
static void put_positions(struct cut_service *s, const struct service_status *status)
{
	s->position_count = status->sources_count < cut_services_max ? status->sources_count
								     : cut_services_max;
	for (size_t i = 0; i < s->position_count; i++) {
		s->positions[i] = (struct log_position){ status->sources[i].service,
							 status->sources[i].entry };
		s->forked[i] = status->sources[i].state == source_state_forked;
	}
}

// All are paused: what is read of each now belongs together.
static enum error open_snapshots(struct cut *cut, struct service_status *status, uint16_t *failing)
{
	enum error e = error_none;

	for (size_t i = 0; !e && i < array_size(known); i++) {
		*failing = known[i]->id;
		e = status_of(cut->site, known[i]->id, status);
		if (!e)
			e = snapshot_one(cut, known[i]->id);
		if (!e && (!status->paused || status->head_turn != cut->services[known[i]->id].head_turn))
			e = error_interrupted; // it went on by itself: the others were too slow
		if (!e)
			put_positions(&cut->services[known[i]->id], status);
	}
	return e;
}

static enum error take_once(struct cut *cut, uint16_t *failing)
{
	struct service_status *status = calloc(1, sizeof *status);
	struct paused paused;
	enum error e = error_none;
	size_t count = 0;

	ensure(status);
	while (!e && count < array_size(known)) {
		*failing = known[count]->id;
		e = pause_one(cut->site, known[count]->id, &paused);
		count += !e;
	}
	if (!e)
		e = open_snapshots(cut, status, failing);
	for (size_t i = 0; i < count; i++)
		resume_one(cut->site, known[i]->id);
	free(status);
	return e;
}

static uint64_t head_in(const struct cut *cut, uint16_t service)
{
	return service < cut_services_max && cut->services[service].open ? cut->services[service].head_entry
									 : 0;
}

static bool positions_at_rest(const struct cut *cut)
{
	for (size_t i = 0; i < array_size(known); i++) {
		const struct cut_service *s = &cut->services[known[i]->id];
		for (size_t k = 0; k < s->position_count; k++)
			if (s->positions[k].entry < head_in(cut, s->positions[k].service))
				return false;
	}
	return true;
}

// By their own word, without pausing anybody.  A daemon that does not answer is at no rest.
static bool seem_at_rest(struct cut *cut)
{
	struct service_status *status = calloc(1, sizeof *status);
	bool rest = true;

	ensure(status);
	for (size_t i = 0; rest && i < array_size(known); i++) {
		struct cut_service *s = &cut->services[known[i]->id];
		rest = !status_of(cut->site, known[i]->id, status);
		rest = rest && status->continuations == 0 && status->effects_open == 0 &&
		       status->inputs_waiting == 0;
		s->open = rest;
		s->head_entry = status->head_entry;
		put_positions(s, status);
	}
	rest = rest && positions_at_rest(cut);
	memset(cut->services, 0, sizeof cut->services);
	free(status);
	return rest;
}

static bool cut_at_rest(struct cut *cut)
{
	static const char *const going_on[] = { "runtime.continuations", "runtime.effects" };
	struct bytes key, value;
	struct cut_walk *walk;
	bool rest = positions_at_rest(cut);

	for (size_t i = 0; rest && i < array_size(known); i++)
		for (size_t k = 0; rest && k < array_size(going_on); k++) {
			rest = !cut_walk_open(cut, known[i]->id, going_on[k], &walk);
			rest = rest && cut_walk_next(walk, &key, &value) == error_absent;
			cut_walk_close(walk);
		}
	return rest;
}

bool cut_take(const struct site *site, uint32_t wait_s, struct cut *cut)
{
	int64_t until = clock_boot_ms() + (int64_t)wait_s * 1000;
	uint16_t failing = 0;
	enum error e;

	*cut = (struct cut){ .site = site };
	for (;;) {
		while (clock_boot_ms() < until && !seem_at_rest(cut))
			poll(NULL, 0, look_ms);
		bool last = clock_boot_ms() >= until;
		e = take_once(cut, &failing);
		if (last || (e != error_interrupted && (e || cut_at_rest(cut))))
			break;
		cut_release(cut);
		*cut = (struct cut){ .site = site };
	}
	if (e == error_interrupted)
		complain("%s", _("the daemons could not be held still together: the machine is too busy"));
	else if (e)
		ask_failed(site, failing, e);
	return !e;
}

bool cut_take_one(const struct site *site, uint16_t service, struct cut *cut)
{
	*cut = (struct cut){ .site = site };
	enum error e = snapshot_one(cut, service);

	if (e)
		ask_failed(site, service, e);
	return !e;
}

static void release_one(struct cut *cut, uint16_t service)
{
	struct release_query question = { .snapshot = cut->services[service].snapshot };
	struct buffer backing = { 0 };
	struct nothing answer;

	ask_for(cut->site, service, release_query, &question, nothing, &answer, &backing);
	buffer_deinit(&backing);
}

// ---- of stores that nobody writes

bool cut_daemons_run(const struct site *site)
{
	struct service_status *status = calloc(1, sizeof *status);
	bool run = false;

	ensure(status);
	ask_patience(300);
	for (size_t i = 0; !run && i < array_size(known); i++) {
		run = status_of(site, known[i]->id, status) != error_pending;
		if (run)
			complain(_("%s is running; without --offline the daemons are asked"), known[i]->name);
	}
	ask_patience(0);
	free(status);
	return run;
}

static enum error read_meta(struct cut_service *s)
{
	struct runtime_key key = runtime_key_u16(0);
	struct meta_row row;
	struct bytes value;

	if (!store_get(&s->txn, &s->tables.meta, runtime_key_bytes(key), &value))
		return s->txn.fault ? s->txn.fault : error_absent;
	if (meta_row_decode(value, &row))
		return error_corrupt;
	s->log = row.log;
	s->head_turn = row.head_turn;
	s->head_entry = row.head_entry;
	s->root = row.root;
	return error_none;
}

static enum error read_cursors(struct cut_service *s)
{
	struct cursor_row row;
	struct store_walk walk;
	enum error e = error_none;

	store_walk_init(&walk, &s->txn, &s->tables.cursors, (struct bytes){ 0 });
	while (!e && store_walk_next(&walk)) {
		if (walk.key.size != 2 || cursor_row_decode(walk.value, &row))
			e = error_corrupt;
		else if (row.source && s->position_count < cut_services_max) {
			size_t i = s->position_count++;
			s->positions[i] = (struct log_position){ get_u16(walk.key.data), row.entry };
			s->past[i] = (struct past){ row.turn, row.root };
		}
	}
	store_walk_deinit(&walk);
	return e ? e : s->txn.fault;
}

static enum error read_folder(struct cut *cut, uint16_t service, const char *folder)
{
	struct cut_service *s = &cut->services[service];
	char log[4200];

	s->service = service_known(service);
	runtime_tables_init(&s->tables, s->service->tables);
	snprintf(log, sizeof log, "%s/log", folder);
	struct store_options options = { .folder = folder, .read_only = true, .tables = s->tables.all };
	enum error e = store_open(&s->store, &options);
	if (e)
		return e;
	store_begin(s->store, false, &s->txn);
	s->open = true;
	e = s->txn.fault;
	for (size_t i = 0; s->tables.all[i]; i++, s->has_count++) {
		const struct store_table *t = s->tables.all[i];
		snprintf(s->has[i].name, sizeof s->has[i].name, "%s", t->name);
		s->has[i].local = t->local;
		s->has[i].rows = store_count(&s->txn, t);
	}
	if (!e)
		e = archive_open(&s->archive, log, true);
	if (!e)
		e = read_meta(s);
	return e ? e : read_cursors(s);
}

static enum error read_one(struct cut *cut, uint16_t service)
{
	char folder[4096];

	return read_folder(cut, service,
			   home_path(cut->site, folder, "state/%s", service_known(service)->name));
}

// The consumer's past is the producer's log: the same root at the turn that it has reached.
static enum error compare_past(struct cut *cut, struct cut_service *s, size_t i)
{
	const struct past *past = &s->past[i];
	struct cut_service *producer = s->positions[i].service < cut_services_max
					       ? &cut->services[s->positions[i].service]
					       : NULL;
	struct record_head head;
	struct bytes bytes;

	if (!producer || !producer->open || past->turn == 0)
		return error_none;
	if (past->turn >= producer->head_turn) {
		s->forked[i] = past->turn > producer->head_turn || !hash_equal(&past->root, &producer->root);
		return error_none;
	}
	struct log_view view = { &producer->txn, &producer->tables.turns, &producer->archive,
				 producer->head_turn, producer->head_entry };
	enum error e = log_turn(&view, past->turn, &bytes);
	if (!e && record_head_decode(bytes, &head))
		e = error_corrupt;
	if (!e)
		s->forked[i] = !hash_equal(&past->root, &head.root);
	return e;
}

// Whether the consumer has to take any entry of a turn that lies beyond its position.
static enum error move_over(struct cut_service *producer, uint64_t turn, uint16_t consumer,
			    struct log_position *position)
{
	struct log_view view = { &producer->txn, &producer->tables.turns, &producer->archive,
				 producer->head_turn, producer->head_entry };
	struct bytes bytes;
	struct record r;
	enum error e = log_turn(&view, turn, &bytes);

	if (!e && record_open(&r, bytes))
		e = error_corrupt;
	for (size_t i = 0; !e && i < r.entry_count; i++) {
		struct bytes envelope = record_next_entry(&r);
		uint64_t number = r.head.first_entry + i;
		if (number <= position->entry)
			continue;
		if (message_goes_to(envelope_type(envelope), consumer))
			return error_pending;
		position->entry = number;
	}
	return e;
}

// A consumer's cursor stays behind entries that are for others; a running daemon would have passed over them.
static enum error pass_over(struct cut *cut, struct cut_service *s, struct log_position *position)
{
	struct cut_service *producer = position->service < cut_services_max
					       ? &cut->services[position->service]
					       : NULL;
	uint64_t turn;

	if (!producer || !producer->open || position->entry >= producer->head_entry)
		return error_none;
	struct log_view view = { &producer->txn, &producer->tables.turns, &producer->archive,
				 producer->head_turn, producer->head_entry };
	enum error e = log_turn_of_entry(&view, position->entry + 1, &turn);
	for (; !e && turn <= producer->head_turn; turn++)
		e = move_over(producer, turn, s->service->id, position);
	return e == error_pending ? error_none : e;
}

static bool read_failed(const struct site *site, uint16_t service, enum error e)
{
	const char *name = codec_value_name(&service_id_values, service);

	if (e == error_absent)
		complain(_("%s/state/%s holds no environment"), site->home, name);
	else if (e)
		complain(_("%s/state/%s cannot be read: %s"), site->home, name, language_error(e));
	return !e;
}

bool cut_read_one(const struct site *site, uint16_t service, struct cut *cut)
{
	*cut = (struct cut){ .site = site, .offline = true };
	return read_failed(site, service, read_one(cut, service));
}

bool cut_read_folder(const struct site *site, uint16_t service, const char *folder, struct cut *cut)
{
	*cut = (struct cut){ .site = site, .offline = true };
	enum error e = read_folder(cut, service, folder);

	if (e)
		complain(_("%s cannot be read: %s"), folder, language_error(e));
	return !e;
}

bool cut_read(const struct site *site, struct cut *cut)
{
	*cut = (struct cut){ .site = site, .offline = true };
	for (size_t i = 0; i < array_size(known); i++)
		if (!read_failed(site, known[i]->id, read_one(cut, known[i]->id)))
			return false;
	for (size_t i = 0; i < array_size(known); i++) {
		struct cut_service *s = &cut->services[known[i]->id];
		for (size_t k = 0; k < s->position_count; k++)
			if (!read_failed(site, s->positions[k].service, compare_past(cut, s, k)) ||
			    !read_failed(site, s->positions[k].service, pass_over(cut, s, &s->positions[k])))
				return false;
	}
	return true;
}

void cut_release(struct cut *cut)
{
	for (uint16_t i = 0; i < cut_services_max; i++) {
		struct cut_service *s = &cut->services[i];
		if (cut->offline && s->store) {
			store_abort(&s->txn);
			archive_close(&s->archive);
			store_close(s->store);
		} else if (!cut->offline && s->open) {
			release_one(cut, i);
		}
		s->open = false;
		s->store = NULL;
	}
}

// ---- who reads whom

void service_readers(uint16_t service, uint16_t *out)
{
	for (size_t i = 0; i < array_size(known); i++)
		for (const uint16_t *source = known[i]->sources; source && *source; source++)
			if (*source == service)
				*out++ = known[i]->id;
	*out = 0;
}

static uint64_t turn_taken(const struct site *site, uint16_t reader, uint16_t service)
{
	struct cut cut;
	struct cut_walk *walk = NULL;
	struct bytes key = { 0 }, value = { 0 };
	struct cursor_row row = { 0 };
	uint64_t turn = 0;

	if (cut_read_one(site, reader, &cut) && !cut_walk_open(&cut, reader, "runtime.cursors", &walk))
		while (!cut_walk_next(walk, &key, &value))
			// NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): the page was decoded
			if (key.size == 2 && get_u16(key.data) == service && !cursor_row_decode(value, &row) && row.source)
				turn = row.turn;
	cut_walk_close(walk);
	cut_release(&cut);
	return turn;
}

const struct service *cut_reader_ahead(const struct site *site, uint16_t service, uint64_t head_turn, uint64_t *seen)
{
	uint16_t readers[cut_services_max];
	char path[4096];

	service_readers(service, readers);
	for (size_t i = 0; readers[i]; i++) {
		const struct service *reader = service_known(readers[i]);
		if (access(home_path(site, path, "state/%s/data.mdb", reader->name), F_OK) != 0)
			continue;
		*seen = turn_taken(site, reader->id, service);
		if (*seen > head_turn)
			return reader;
	}
	return NULL;
}

// ---- walks

struct cut_walk {
	struct cut *cut;
	struct cut_service *service;
	char table[64];
	struct store_walk rows; // offline
	struct buffer backing;  // online
	struct scan_answer *page;
	size_t at;
	uint8_t last[store_key_max];
	size_t last_size;
};

static bool has_table(const struct cut_service *s, const char *name)
{
	for (size_t i = 0; i < s->has_count; i++)
		if (strcmp(s->has[i].name, name) == 0)
			return true;
	return false;
}

enum error cut_walk_open(struct cut *cut, uint16_t service, const char *table, struct cut_walk **out)
{
	struct cut_service *s = service < cut_services_max ? &cut->services[service] : NULL;

	*out = NULL;
	if (!s || !s->open || !has_table(s, table))
		return error_absent;
	struct cut_walk *walk = calloc(1, sizeof *walk);
	ensure(walk);
	walk->cut = cut;
	walk->service = s;
	snprintf(walk->table, sizeof walk->table, "%s", table);
	if (cut->offline) {
		store_walk_init(&walk->rows, &s->txn, runtime_table_by_name(&s->tables, bytes_of_text(table)),
				(struct bytes){ 0 });
	} else {
		walk->page = malloc(sizeof *walk->page);
		ensure(walk->page);
		walk->page->rows_count = 0;
		walk->page->more = true;
	}
	*out = walk;
	return error_none;
}

static enum error next_page(struct cut_walk *walk)
{
	struct cut_service *s = walk->service;
	struct scan_query question = { .snapshot = s->snapshot,
				       .table = bytes_of_text(walk->table),
				       .after = bytes_of(walk->last, walk->last_size) };

	if (!walk->page->more)
		return error_absent;
	enum error e = ask_for(walk->cut->site, s->service->id, scan_query, &question, scan_answer,
			       walk->page, &walk->backing);
	s->asked_ms = clock_boot_ms();
	walk->at = 0;
	if (e)
		return e > 0 ? error_interrupted : e;
	if (walk->page->rows_count == 0)
		return error_absent;
	struct bytes last = walk->page->rows[walk->page->rows_count - 1].key;
	ensure(last.size <= sizeof walk->last);
	memcpy(walk->last, last.data, last.size);
	walk->last_size = last.size;
	cut_keep(walk->cut);
	return error_none;
}

enum error cut_walk_next(struct cut_walk *walk, struct bytes *key, struct bytes *value)
{
	struct cut *cut = walk->cut;

	if (cut->offline) {
		if (!store_walk_next(&walk->rows))
			return walk->service->txn.fault ? walk->service->txn.fault : error_absent;
		*key = walk->rows.key;
		*value = walk->rows.value;
	} else {
		enum error e = walk->at == walk->page->rows_count ? next_page(walk) : error_none;
		if (e)
			return e;
		*key = walk->page->rows[walk->at].key;
		*value = walk->page->rows[walk->at++].value;
	}
	cut->last_service = walk->service->service->id;
	memcpy(cut->last_table, walk->table, sizeof cut->last_table);
	cut->last_key = *key;
	return error_none;
}

void cut_walk_close(struct cut_walk *walk)
{
	if (!walk)
		return;
	if (walk->cut->offline)
		store_walk_deinit(&walk->rows);
	free(walk->page);
	buffer_deinit(&walk->backing);
	free(walk);
}

void cut_keep(struct cut *cut)
{
	int64_t now = clock_boot_ms();

	for (uint16_t i = 0; i < cut_services_max; i++) {
		struct cut_service *s = &cut->services[i];
		if (cut->offline || !s->open || now - s->asked_ms < keep_ms)
			continue;
		struct scan_query question = { .snapshot = s->snapshot,
					       .table = bytes_of_text("runtime.meta"),
					       .limit = 1 };
		struct scan_answer *answer = malloc(sizeof *answer);
		struct buffer backing = { 0 };
		ensure(answer);
		ask_for(cut->site, i, scan_query, &question, scan_answer, answer, &backing);
		s->asked_ms = now;
		free(answer);
		buffer_deinit(&backing);
	}
}
