// Entries from one log to the next: asks, the stream frame, and what a consumer holds of it until a turn takes it.
//
// The stream frame (frozen), msgpack:
//
//   { 1 producer [site, service, instance, epoch], 2 error (0, or error_fork), 3 head turn, 4 head entry,
//     5 [ [first turn, last turn, root there, first entry, count, known [[service, entry]…],
//          [[entry, envelope]…] for the consumer], … ] }
//
// A slice with entries for the consumer is one turn; turns without may be merged, the last one's root and the
// count of all of them.  `known` is the turn's causal past (record.h).
#include <stdlib.h>
#include <string.h>

#include "runtime/engine_private.h"

#define serve_scan_bytes (8u << 20) // of records looked at for one ask

enum { key_producer = 1, key_error, key_head_turn, key_head_entry, key_slices };

static bool same_log(const struct log_name *a, const struct log_name *b)
{
	return a->site == b->site && a->service == b->service && a->instance == b->instance;
}

// ---- the producer

struct serving {
	struct engine *engine;
	struct log_view view;
	uint64_t consumer_bit; // as in message_receivers
	struct buffer slices, entries, known;
	size_t slice_count;
	size_t scanned;
	// a run of turns without entries for the consumer, not yet written
	uint64_t run_first, run_last, run_first_entry, run_count;
	struct hash run_root;
};

static void put_slice_head(struct serving *s, uint64_t first, uint64_t last, const struct hash *root,
			   uint64_t first_entry, uint64_t count)
{
	pack_array(&s->slices, 7);
	pack_unsigned(&s->slices, first);
	pack_unsigned(&s->slices, last);
	pack_hash(&s->slices, root);
	pack_unsigned(&s->slices, first_entry);
	pack_unsigned(&s->slices, count);
	s->slice_count++;
}

static void end_run(struct serving *s)
{
	if (!s->run_first)
		return;
	put_slice_head(s, s->run_first, s->run_last, &s->run_root, s->run_first_entry, s->run_count);
	pack_array(&s->slices, 0);
	pack_array(&s->slices, 0);
	s->run_first = 0;
}

// The entries of a turn that go to the consumer, into s->entries.
static size_t pick_entries(struct serving *s, struct record *r)
{
	size_t count = 0;

	buffer_clear(&s->entries);
	for (size_t i = 0; i < r->entry_count; i++) {
		struct bytes envelope = record_next_entry(r);
		if (!(message_receivers(envelope_type(envelope)) & s->consumer_bit))
			continue;
		pack_array(&s->entries, 2);
		pack_unsigned(&s->entries, r->head.first_entry + i);
		pack_bin(&s->entries, envelope);
		count++;
	}
	return count;
}

// A turn without entries for the consumer.
static void add_to_run(struct serving *s, const struct turn_note *turn)
{
	if (!s->run_first) {
		s->run_first = turn->turn;
		s->run_first_entry = turn->first_entry;
		s->run_count = 0;
	}
	s->run_last = turn->turn;
	s->run_root = turn->root;
	s->run_count += turn->entry_count;
}

static enum error serve_turn(struct serving *s, uint64_t turn)
{
	const struct turn_note *note = &s->engine->noted[turn % engine_noted_max];
	struct bytes bytes;
	struct record r;

	if (note->turn == turn && !(note->receivers & s->consumer_bit)) {
		add_to_run(s, note);
		return error_none;
	}
	enum error e = log_turn(&s->view, turn, &bytes);
	if (e || record_open(&r, bytes))
		return e < 0 ? e : error_corrupt;
	s->scanned += bytes.size;
	size_t count = pick_entries(s, &r);
	if (count == 0) {
		add_to_run(s, &(struct turn_note){ .turn = turn, .first_entry = r.head.first_entry,
						   .entry_count = r.entry_count, .root = r.head.root });
		return error_none;
	}
	end_run(s);
	put_slice_head(s, turn, turn, &r.head.root, r.head.first_entry, r.entry_count);
	pack_array(&s->slices, r.known_count);
	buffer_append(&s->slices, r.known.at, (size_t)(r.covered.data + r.covered.size - r.known.at));
	pack_array(&s->slices, count);
	buffer_append(&s->slices, s->entries.data, s->entries.size);
	return error_none;
}

static enum error serve_turns(struct serving *s, uint64_t after, uint32_t credit)
{
	enum error e = error_none;

	for (uint64_t turn = after + 1; !e && turn <= s->view.head_turn; turn++) {
		e = serve_turn(s, turn);
		if (s->slices.size >= credit || s->scanned >= serve_scan_bytes)
			break;
	}
	end_run(s);
	return e ? e : s->slices.failed || s->entries.failed ? error_no_memory : error_none;
}

static void put_frame(struct engine *e, enum error error, const struct serving *s, struct buffer *out)
{
	pack_map(out, 5);
	pack_unsigned(out, key_producer);
	pack_array(out, 4);
	pack_unsigned(out, e->log.site);
	pack_unsigned(out, e->log.service);
	pack_unsigned(out, e->log.instance);
	pack_unsigned(out, e->log.epoch);
	pack_unsigned(out, key_error);
	pack_unsigned(out, (unsigned)error);
	pack_unsigned(out, key_head_turn);
	pack_unsigned(out, e->meta.head_turn);
	pack_unsigned(out, key_head_entry);
	pack_unsigned(out, e->meta.head_entry);
	pack_unsigned(out, key_slices);
	pack_array(out, s ? s->slice_count : 0);
	if (s)
		buffer_append(out, s->slices.data, s->slices.size);
}

// Whether the consumer's past is this log's: the same root at the turn that it has reached.
static enum error check_root(struct engine *e, struct log_view *view, const struct log_ask *ask)
{
	struct record_head head;
	struct bytes record;

	if (ask->producer.epoch && ask->producer.epoch != e->log.epoch)
		return error_fork;
	if (ask->durable_entry > e->meta.head_entry) // in the middle of a turn that is not here
		return error_fork;
	if (ask->turn == 0)
		return error_none;
	if (ask->turn > e->meta.head_turn)
		return error_fork;
	if (ask->turn == e->meta.head_turn)
		return hash_equal(&ask->root, &e->meta.root) ? error_none : error_fork;
	enum error error = log_turn(view, ask->turn, &record);
	if (error < 0)
		return error;
	if (error || record_head_decode(record, &head))
		return error_corrupt;
	return hash_equal(&ask->root, &head.root) ? error_none : error_fork;
}

static struct consumer *consumer_of(struct engine *e, const struct log_name *name)
{
	size_t i = 0;

	while (i < e->consumer_count && !same_log(&e->consumers[i].name, name))
		i++;
	if (i == engine_consumers_max)
		return NULL;
	if (i == e->consumer_count)
		e->consumer_count++;
	e->consumers[i].name = *name;
	return &e->consumers[i];
}

// A consumer that has reached the head waits, and nothing is read for it: txn has not begun then.
static enum error serve(struct engine *e, const struct log_ask *ask, struct consumer *consumer,
			struct store_txn *txn, struct buffer *answer)
{
	uint16_t reader = ask->consumer.service;
	struct serving s = { .engine = e, .view = engine_view(e, txn) };

	if (reader < engine_services_max)
		s.consumer_bit = UINT64_C(1) << reader;
	enum error error = check_root(e, &s.view, ask);
	if (error == error_fork) {
		put_frame(e, error_fork, NULL, answer);
		if (!consumer->forked)
			fork_found(e, &e->log, &ask->consumer, ask->turn);
		consumer->forked = true;
		if (ask->turn > e->meta.head_turn || ask->durable_entry > e->meta.head_entry || e->halt)
			restored_old_copy(e, ask->consumer.service, ask->turn, ask->durable_entry);
		return error_fork;
	}
	if (!error)
		error = restored_heard(e, ask->consumer.service);
	if (error)
		return error;
	if (consumer->forked) {
		consumer->forked = false;
		fork_ended(e, e->log.service, reader, ask->turn);
	}
	if (ask->credit == 0) {
		put_frame(e, error_none, NULL, answer);
		return answer->failed ? error_no_memory : error_none;
	}
	consumer->parked = ask->turn == e->meta.head_turn;
	if (consumer->parked)
		return error_pending;
	error = serve_turns(&s, ask->turn, ask->credit);
	if (!error)
		put_frame(e, error_none, &s, answer);
	buffer_deinit(&s.slices);
	buffer_deinit(&s.entries);
	return error ? error : answer->failed ? error_no_memory : error_none;
}

enum error engine_serve_ask(struct engine *e, struct bytes bytes, struct buffer *answer)
{
	struct store_txn txn = { 0 };
	struct log_ask ask;

	ensure(!e->done_with);
	if (log_ask_decode(bytes, &ask))
		return error_malformed;
	if (!same_log(&ask.producer, &e->log))
		return error_refused;
	struct consumer *consumer = consumer_of(e, &ask.consumer);
	if (!consumer)
		return error_refused;
	if (ask.durable_turn <= e->meta.head_turn) {
		consumer->durable_turn = ask.durable_turn;
		consumer->durable_entry = ask.durable_entry;
	}
	if (ask.turn != e->meta.head_turn)
		store_begin(e->store, false, &txn);
#ifdef TDV_FAULTS
	enum error error = serve(e, &ask, consumer, e->dies ? &e->work.txn : &txn, answer);
#else
	enum error error = txn.fault ? txn.fault : serve(e, &ask, consumer, &txn, answer);
#endif
	store_abort(&txn);
	return engine_fail(e, error);
}

enum error engine_ask_consumer(struct bytes bytes, struct log_name *consumer)
{
	struct log_ask ask;

	if (log_ask_decode(bytes, &ask))
		return error_malformed;
	*consumer = ask.consumer;
	return error_none;
}

// ---- the consumer: asking

struct source *source_of(struct engine *e, uint16_t service)
{
	for (size_t i = 0; i < e->source_count; i++)
		if (e->sources[i].service == service)
			return &e->sources[i];
	return NULL;
}

// What is forked is asked now and then whether it still is: the right copy may have come back.  What was taken from it stands, so
// that a copy without that does not pass.  It is us who are an old copy: nothing but a start with another one changes that.
int64_t source_ask_ms(const struct engine *e, const struct source *s, int64_t boot_ms)
{
	int64_t repeat_ms = (int64_t)e->limits.ask_repeat_ms * (s->forked ? engine_forked_slower : 1);

	if (s->forked ? e->halt == halt_old_copy : s->frame_count == engine_frames_max)
		return INT64_MAX;
	return s->asked ? s->asked_ms + repeat_ms : boot_ms;
}

enum error engine_next_ask(struct engine *e, uint16_t service, int64_t boot_ms, struct buffer *out)
{
	struct source *s = source_of(e, service);

	if (!s || boot_ms < source_ask_ms(e, s, boot_ms))
		return error_pending;
	struct log_ask ask = {
		.consumer = e->log,
		.producer = { e->log.site, service, e->log.instance, s->name.epoch },
		.turn = s->received_turn,
		.root = s->received_root,
		.durable_turn = s->durable_turn,
		.durable_entry = s->durable_entry,
		.credit = s->forked ? 0 : e->limits.credit_bytes,
	};
	log_ask_encode(&ask, out);
	s->asked = true;
	s->asked_ms = boot_ms;
	return out->failed ? error_no_memory : error_none;
}

void engine_ask_anew(struct engine *e, uint16_t service)
{
	struct source *s = source_of(e, service);

	if (s)
		s->asked = false;
}

// ---- the consumer: receiving

struct frame_head {
	struct log_name producer;
	enum error error;
	uint64_t head_turn, head_entry;
	size_t slices;
};

static void unpack_frame_head(struct unpack *u, struct frame_head *h)
{
	if (unpack_map(u, 5) != 5)
		u->bad = true;
	unpack_key(u, key_producer);
	if (unpack_array(u, 4) != 4)
		u->bad = true;
	h->producer.site = (uint32_t)unpack_unsigned(u, UINT32_MAX);
	h->producer.service = (uint16_t)unpack_unsigned(u, UINT16_MAX);
	h->producer.instance = (uint16_t)unpack_unsigned(u, UINT16_MAX);
	h->producer.epoch = (uint32_t)unpack_unsigned(u, UINT32_MAX);
	unpack_key(u, key_error);
	h->error = (enum error)unpack_unsigned(u, error_fork);
	unpack_key(u, key_head_turn);
	h->head_turn = unpack_unsigned(u, UINT64_MAX);
	unpack_key(u, key_head_entry);
	h->head_entry = unpack_unsigned(u, UINT64_MAX);
	unpack_key(u, key_slices);
	h->slices = unpack_array(u, UINT32_MAX);
}

static void unpack_slice(struct unpack *u, struct slice *s)
{
	if (unpack_array(u, 7) != 7)
		u->bad = true;
	s->first_turn = unpack_unsigned(u, UINT64_MAX);
	s->turn = unpack_unsigned(u, UINT64_MAX);
	s->root = unpack_hash(u);
	s->first_entry = unpack_unsigned(u, UINT64_MAX);
	s->count = unpack_unsigned(u, UINT32_MAX);
	s->known_count = unpack_array(u, engine_services_max);
	for (size_t i = 0; !u->bad && i < s->known_count; i++) {
		if (unpack_array(u, 2) != 2)
			u->bad = true;
		s->known[i].service = (uint16_t)unpack_unsigned(u, engine_services_max - 1);
		s->known[i].entry = unpack_unsigned(u, UINT64_MAX);
	}
	s->entries_left = unpack_array(u, UINT32_MAX);
}

// Entries ascend and are the slice's own, and each is a number with bytes.
static void check_entries(struct unpack *u, const struct slice *s)
{
	uint64_t least = s->first_entry;

	for (size_t i = 0; !u->bad && i < s->entries_left; i++) {
		if (unpack_array(u, 2) != 2)
			u->bad = true;
		uint64_t number = unpack_unsigned(u, UINT64_MAX);
		unpack_bin(u, 65535);
		if (number < least || number - s->first_entry >= s->count)
			u->bad = true;
		least = number + 1;
	}
}

// The whole frame, before any of it is believed.
static enum error check_slices(struct unpack u, size_t count, uint64_t *first, uint64_t *last, struct hash *root)
{
	struct slice s;

	*first = *last = 0;
	for (size_t i = 0; !u.bad && i < count; i++) {
		unpack_slice(&u, &s);
		check_entries(&u, &s);
		if (s.turn < s.first_turn || s.first_turn == 0 || (*last && s.first_turn != *last + 1) ||
		    (s.entries_left && s.first_turn != s.turn))
			u.bad = true;
		if (i == 0)
			*first = s.first_turn;
		*last = s.turn;
		*root = s.root;
	}
	return u.bad || u.at != u.end ? error_malformed : error_none;
}

static enum error stop_source(struct engine *e, struct source *s, uint64_t turn)
{
	if (!s->forked)
		fork_found(e, &s->name, &e->log, turn);
	s->forked = true;
	return error_fork;
}

static void go_on(struct engine *e, struct source *s, const struct frame_head *h)
{
	s->forked = s->asked = false;
	s->head_turn = h->head_turn;
	s->head_entry = h->head_entry;
	fork_ended(e, s->service, e->log.service, s->received_turn);
}

static enum error keep_frame(struct source *s, struct bytes bytes, const struct unpack *u, size_t slices)
{
	struct frame *f = &s->frames[s->frame_count];

	f->data = malloc(bytes.size);
	if (!f->data)
		return error_no_memory;
	memcpy(f->data, bytes.data, bytes.size);
	f->slices = unpack_part(f->data + (u->at - bytes.data), f->data + bytes.size);
	f->slices_left = slices;
	s->frame_count++;
	return error_none;
}

static enum error refuse(struct engine *e, enum error error, const char *why)
{
	if (e->frames_refused++ == 0)
		log_warn("stream_refused reason=%s", why);
	return error;
}

enum error engine_take_stream(struct engine *e, struct bytes bytes, int64_t boot_ms)
{
	struct frame_head h = { 0 };
	struct unpack u;
	uint64_t first, last;
	struct hash root;

	ensure(!e->done_with);
	unpack_init(&u, bytes);
	unpack_frame_head(&u, &h);
	if (u.bad)
		return refuse(e, error_malformed, "head");
	struct source *s = source_of(e, h.producer.service);
	if (!s || h.producer.site != e->log.site || h.producer.instance != e->log.instance)
		return refuse(e, error_refused, "source");
	// Only a frame without slices answers the ask whether it still is: any other is late.
	if (s->forked && (h.error || h.slices || e->halt == halt_old_copy))
		return error_fork;
	s->heard = true;
	s->name = h.producer;
	if (h.error == error_fork)
		return stop_source(e, s, s->received_turn);
	if (s->forked)
		go_on(e, s, &h);
	if (check_slices(u, h.slices, &first, &last, &root))
		return refuse(e, error_malformed, "slices");
	if (h.head_turn >= s->head_turn) {
		s->head_turn = h.head_turn;
		s->head_entry = h.head_entry;
	}
	if (last <= s->received_turn)
		return error_exists;
	if (first > s->received_turn + 1 && !fault_is(gap_taken)) {
		s->asked = false;
		return error_gap;
	}
	if (s->frame_count == engine_frames_max)
		return error_exists; // not asked for: it will be
	enum error error = keep_frame(s, bytes, &u, h.slices);
	if (error)
		return engine_fail(e, error);
	s->received_turn = last;
	s->received_root = root;
	s->asked = false;
	source_settle(s);
	// Only entries make a position worth a turn of its own: if empty turns did, the idle turn of each service would be the
	// news of the next, and a pipeline at rest would write for ever.
	if (s->entry != s->durable_entry && e->moved_ms == INT64_MAX)
		e->moved_ms = boot_ms;
	return error_none;
}

// ---- the consumer: taking

static void pass(struct source *s, const struct slice *slice)
{
	s->turn = slice->turn;
	s->root = slice->root;
	if (slice->count && slice->first_entry + slice->count - 1 > s->entry)
		s->entry = slice->first_entry + slice->count - 1;
}

// The next entry of the open slice that was not taken by a turn before; false: none is left, and the next slice follows.
static bool next_of_slice(struct source *s)
{
	struct unpack *u = &s->frames[0].slices;

	while (s->slice.entries_left > 0) {
		unpack_array(u, 2);
		s->next_entry = unpack_unsigned(u, UINT64_MAX);
		s->next_envelope = unpack_bin(u, 65535);
		s->slice.entries_left--;
		if (s->next_entry > s->entry || fault_is(entries_again))
			return true;
	}
	return false;
}

static void drop_first_frame(struct source *s)
{
	free(s->frames[0].data);
	s->frame_count--;
	memmove(&s->frames[0], &s->frames[1], s->frame_count * sizeof s->frames[0]);
}

void source_settle(struct source *s)
{
	while (!s->slice_open && s->frame_count > 0) {
		struct frame *f = &s->frames[0];
		if (f->slices_left == 0) {
			drop_first_frame(s);
			continue;
		}
		unpack_slice(&f->slices, &s->slice);
		f->slices_left--;
		if (s->slice.turn <= s->turn) // overlapping a frame before
			unpack_skip(&f->slices, s->slice.entries_left);
		else if (next_of_slice(s))
			s->slice_open = true;
		else
			pass(s, &s->slice);
	}
}

// A slice may be taken only after everything that its producer knew of the logs that this service reads as
// well: so an effect never overtakes its cause, whatever way it came.  What is waited for exists already, so
// that nobody waits for ever.
bool source_ready(struct engine *e, struct source *s)
{
	s->waiting = false;
	if (!s->slice_open || s->forked)
		return false;
	for (size_t i = 0; i < s->slice.known_count; i++) {
		const struct log_position *known = &s->slice.known[i];
		struct source *other = source_of(e, known->service);
		if (known->service == e->log.service && known->entry > e->meta.head_entry) {
			stop_source(e, s, s->slice.turn); // it has seen what we never wrote: we are an old copy
			restored_old_copy(e, s->service, 0, known->entry);
			return false;
		}
		if (other && other != s && other->entry < known->entry && !fault_is(causes_overtaken))
			s->waiting = true;
	}
	return !s->waiting;
}

void source_take(struct engine *e, struct source *s, uint64_t *entry, struct bytes *envelope)
{
	for (size_t i = 0; i < s->slice.known_count; i++) {
		const struct log_position *known = &s->slice.known[i];
		if (known->service != e->log.service && known->entry > e->known[known->service])
			e->known[known->service] = known->entry;
	}
	s->slice.known_count = 0; // its other entries know no more
	*entry = s->next_entry;
	*envelope = s->next_envelope;
	s->entry = s->next_entry;
	if (next_of_slice(s))
		return;
	pass(s, &s->slice);
	s->slice_open = false;
}

bool source_moved(const struct source *s)
{
	return s->entry != s->durable_entry || s->turn != s->durable_turn;
}

void source_deinit(struct source *s)
{
	while (s->frame_count > 0)
		drop_first_frame(s);
}
