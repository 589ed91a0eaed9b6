// Cuts of stores that nobody writes: as far as running daemons would have come.
#include <stdio.h>

#include "runtime/record.h"
#include "snapshot.h"

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
	for (size_t i = 0; services_known[i]; i++)
		if (!read_failed(site, services_known[i]->id, read_one(cut, services_known[i]->id)))
			return false;
	for (size_t i = 0; services_known[i]; i++) {
		struct cut_service *s = &cut->services[services_known[i]->id];
		for (size_t k = 0; k < s->position_count; k++)
			if (!read_failed(site, s->positions[k].service, compare_past(cut, s, k)) ||
			    !read_failed(site, s->positions[k].service, pass_over(cut, s, &s->positions[k])))
				return false;
	}
	return true;
}
