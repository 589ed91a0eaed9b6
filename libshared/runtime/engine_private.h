// Inside the engine: what its files share.  Nobody else includes this.
#ifndef TDV_RUNTIME_ENGINE_PRIVATE_H
#define TDV_RUNTIME_ENGINE_PRIVATE_H

#include <limits.h>

#include "base/ensure.h"
#include "base/fault.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "runtime/archive.h"
#include "runtime/attempt.h"
#include "runtime/engine.h"
#include "runtime/record.h"
#include "runtime/tables.h"
#include "runtime/turn.h"

#define engine_sources_max 16
#define engine_consumers_max 16
#define engine_services_max 64 // enum service_id is smaller
#define engine_frames_max 2    // of a source, received and not yet taken
#define engine_chunk 64        // inputs of one source, before the next one's turn
#define engine_noted_max 64    // of the newest turns since the start it is remembered for whom they are
#define engine_trim_step 8     // turns deleted by a turn, once they are archived
#define engine_forked_slower 10 // times ask_repeat_ms: how often a forked source is asked whether it still is
#define engine_away 16         // times hot_turns: whoever is so far behind is served from segments

// ---- inputs in memory

struct waiting {
	struct waiting *next;
	enum record_input kind; // local, answer, act
	uint64_t token, number; // number: effect, or what the act is about
	uint16_t type;          // act: enum operator_act
	struct origin origin;
	size_t size;
	uint8_t body[];
};

struct waiting_queue {
	struct waiting *first, *last;
	size_t count, bytes;
};
enum error waiting_add(struct waiting_queue *q, const struct waiting *head, struct bytes body);
struct waiting *waiting_take(struct waiting_queue *q); // the caller frees it; NULL: empty

// ---- sources

// A stretch of a producer's turns.  One with entries for this service is a single turn.
struct slice {
	uint64_t first_turn, turn;
	struct hash root;
	uint64_t first_entry, count;
	struct log_position known[engine_services_max];
	size_t known_count;
	size_t entries_left;
};

struct frame {
	uint8_t *data;
	struct unpack slices; // in the midst of the open one's entries, if one is
	size_t slices_left;
};

struct source {
	uint16_t service;
	bool heard, forked, waiting;
	// What a committed turn holds.
	uint64_t durable_entry, durable_turn;
	// What was taken, or passed over because it is for others: ahead of the above between turns.
	uint64_t entry, turn;
	struct hash root;
	// What was received.
	uint64_t received_turn;
	struct hash received_root;
	struct frame frames[engine_frames_max];
	size_t frame_count;
	struct slice slice; // the first of frames[0]
	bool slice_open;
	uint64_t next_entry; // of the slice, with its envelope
	struct bytes next_envelope;
	struct log_name name; // as the producer calls itself
	uint64_t head_entry, head_turn;
	bool asked;
	int64_t asked_ms;
};

struct consumer {
	struct log_name name;
	uint64_t durable_turn, durable_entry;
	bool parked, forked;
};

// A turn of this log, so that those whom it does not concern need no look at its entries.
struct turn_note {
	uint64_t turn; // 0: none
	uint64_t receivers; // of its entries, a bit each
	uint64_t first_entry, entry_count;
	struct hash root;
};

// ---- the turn under way

struct left_reply {
	uint64_t token;
	uint16_t type;
	size_t at, size; // in work.reply_bytes
};

struct work {
	struct turn turn; // first: handlers hold a pointer to it
	struct engine *engine;
	struct store_txn txn;
	struct meta_row meta_before;
	uint64_t number;
	// the input under way
	struct origin authority;
	uint64_t subject;
	uint32_t rule_version;
	uint32_t share_end; // `produced` at which this input should stop
	bool replied, replies_open; // somebody waits for the reply
	uint64_t token;
	// the record
	struct buffer inputs, entries, leaves, record;
	size_t input_count, entry_count;
	uint64_t first_entry;
	uint64_t receivers; // of the entries, a bit each
	uint32_t produced;  // entries, effects, timers
	uint32_t index;     // of effects and timers
	uint32_t handled;   // inputs
	bool changed;       // something happened that has to be written
	uint64_t effect_last; // the newest asked in this turn; 0: none
	uint64_t moved_from[engine_sources_max]; // durable_entry + 1, or after the last range recorded
	uint64_t moved_turn[engine_sources_max];
	struct buffer envelope, scratch, row, body;
	struct buffer replies, reply_bytes; // struct left_reply; bodies
	size_t replies_read;
};

struct engine {
	const struct service *service;
	struct engine_limits limits;
	struct log_name log;
	char folder[PATH_MAX];
	bool sync;
	bool (*crash)(void *context, enum engine_point point);
	void *crash_context;
	bool done_with; // a negative error was returned
	bool replaying;

	struct store *store;
	struct runtime_tables table;
	struct meta_row meta;
	struct merkle_frontier tree;
	struct archive archive;
	struct segment_writer segment; // being written, or sealed and not yet in the store
	bool segment_noted;            // the transaction under way says so
	uint64_t unarchived_bytes;
	uint64_t first_turn;           // in LMDB
	struct attempt attempt;
	uint32_t cautious;             // turns of one input still to go after a turn was interrupted

	struct source sources[engine_sources_max];
	size_t source_count;
	uint64_t known[engine_services_max], known_stored[engine_services_max];
	struct consumer consumers[engine_consumers_max];
	size_t consumer_count;
	struct turn_note noted[engine_noted_max]; // by turn % engine_noted_max

	struct waiting_queue locals, answers; // acts go with the locals
	size_t lane; // where the next turn begins

	// clocks and timers
	bool clock_seen, steady;
	int64_t wall_ms, boot_ms;               // last seen
	int64_t steady_wall_ms, steady_boot_ms; // while the wall clock is not believed
	int64_t accepted_off_ms;                // of the wall clock against the boot clock, when an operator accepted it
	int64_t timer_next_ms;                  // INT64_MAX: none
	int64_t moved_ms;                       // boot time when a position first moved without a turn; INT64_MAX: none
	bool paused;
	int64_t paused_until_ms;

	uint64_t effect_offered, effect_newest;
	struct buffer effect_body;
	int64_t effect_retry_ms; // an adapter said error_pending
	uint64_t answers_dropped, frames_refused, quarantine_logged;
	uint64_t continuations, quarantined, effects_open, timers;
	bool clean_before;
	bool checkpoint_due; // the last turn is a migration and has none
	bool admission;
	enum halt halt;
	uint64_t unheard; // services that have to ask after a restore, a bit each
	bool forked; // this log for one of its readers, or one that it reads
	int64_t housekeeping_ms, readers_ms; // boot time of the next

	bool snapshot_open;
	struct store_txn snapshot;
	struct meta_row snapshot_meta;
	uint64_t snapshot_number;
	int64_t snapshot_until_ms;

	struct work work;
#ifdef TDV_FAULTS
	bool dies; // at its next turn; fault send_before_commit
#endif
};

bool engine_crashes(struct engine *e, enum engine_point point);
enum error engine_fail(struct engine *e, enum error error); // remembers that a negative error was returned

// ---- stream.c
struct source *source_of(struct engine *e, uint16_t service);
void source_settle(struct source *s); // passes over what is for others; opens the next slice with entries
bool source_ready(struct engine *e, struct source *s);  // its next entry may be taken now
void source_take(struct engine *e, struct source *s, uint64_t *entry, struct bytes *envelope);
void source_deinit(struct source *s);
bool source_moved(const struct source *s); // beyond what is durable
// Boot time of its next ask; INT64_MAX: none.
int64_t source_ask_ms(const struct engine *e, const struct source *s, int64_t boot_ms);

// ---- fork.c
void fork_found(struct engine *e, const struct log_name *producer, const struct log_name *consumer, uint64_t turn);
void fork_ended(struct engine *e, uint16_t producer, uint16_t consumer, uint64_t turn); // on either side of it

// ---- turn.c: the frame around inputs, for turns and for replay
void work_init(struct engine *e);
void work_deinit(struct engine *e);
void work_begin(struct engine *e, int64_t time_ms);
void work_abort(struct engine *e);
enum error work_finish(struct engine *e); // writes cursors, record and meta into the transaction
void work_committed(struct engine *e);
// A row of the runtime's own, encoded in w->row; half of one is not written.
void work_put_row(struct work *w, struct store_txn *txn, const struct store_table *table, struct runtime_key key);
void work_reply(struct engine *e, uint64_t token, uint16_t type, struct bytes body);
void meta_put(struct engine *e, struct store_txn *txn);

// ---- input.c: one input, into its handler and into the record.  `set_aside`: not 0 when a replayed record says so
void feed_entry(struct engine *e, uint16_t source, uint64_t entry, struct bytes envelope, uint8_t set_aside);
void feed_range(struct engine *e, struct source *s);
bool feed_waiting(struct engine *e, const struct waiting *w, uint8_t set_aside); // false: dropped
void feed_timer(struct engine *e, int64_t due_ms, uint64_t id, uint8_t set_aside);
void feed_continuation(struct engine *e, uint64_t number, uint32_t room, uint8_t set_aside);
void feed_migration(struct engine *e);
// Runs the handler for an input of the given kind; positive errors: refused by its schema.
enum error work_run(struct engine *e, enum input_kind kind, uint16_t type, const struct origin *o, struct bytes body);
enum error work_run_entry(struct engine *e, struct bytes envelope, struct origin *o); // o: source and entry in, all out

// ---- timers.c
int64_t clock_turn_time(struct engine *e, int64_t wall_ms, int64_t boot_ms);
void clock_accept(struct engine *e);           // an operator accepts it as it was last looked at
bool clock_is_as_accepted(const struct engine *e); // it has not jumped since
void timers_look(struct engine *e, struct store_txn *txn);

// ---- quarantine.c
void quarantine_put(struct engine *e, enum record_input kind, uint16_t type, uint8_t cause, const struct origin *o,
		    struct bytes body);
uint64_t quarantine_act(struct engine *e, enum operator_act act, uint64_t number);

// ---- entry_line.c: what a log line may say about an entry: numbers, never data
#define entry_fields_size 200
// " message=… member=17 list=3 request=3-2"; empty: it does not decode.
char *entry_fields(struct bytes envelope, char out[entry_fields_size]);
void entries_tell(struct engine *e); // those of the turn that was committed, at level debug

// ---- archiver.c
void archive_note(struct engine *e, struct store_txn *txn); // a sealed segment, into the transaction
void archive_noted(struct engine *e);                       // which was committed
void archive_trim(struct engine *e, struct store_txn *txn);
enum error archive_checkpoint(struct engine *e);
enum error archive_checkpoint_look(struct engine *e); // whether the last process has left one to be made
void engine_housekeeping(struct engine *e, int64_t boot_ms);

// ---- restored.c
enum error restored_load(struct engine *e);
// A consumer has asked for what follows a position that is in this log.
enum error restored_heard(struct engine *e, uint16_t consumer);
// A sealed segment ends with `turn`, which this store never wrote.
void restored_behind_segments(struct engine *e, uint64_t turn);
// A peer has seen `turn` or `entry` (the other one 0) of this log, which never were.
void restored_old_copy(struct engine *e, uint16_t peer, uint64_t turn, uint64_t entry);

// ---- query.c
void snapshot_release(struct engine *e);
void snapshot_expire(struct engine *e, int64_t boot_ms);

// ---- engine.c
struct log_view engine_view(struct engine *e, struct store_txn *txn);

#endif
