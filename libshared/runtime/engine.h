// The engine: one service's fold over logs, without sockets and without a clock.
//
// A transport (the daemon, the simulator) carries bytes between engines and calls engine_turn; every byte that
// an engine hands out is a frame of schemas/runtime.schema.  All order that matters stands here: nothing that
// engine_turn hands out existed before the turn was on disk, and losing, doubling, delaying or reordering any
// frame, or stopping the process at any instruction, changes neither what is in the store nor what is put out.
//
// Errors: negative ones mean that this engine is done with: engine_close it and open it again (a daemon ends).
// One thread.
#ifndef TDV_RUNTIME_ENGINE_H
#define TDV_RUNTIME_ENGINE_H

#include "base/bytes.h"
#include "base/error.h"
#include "gen/messages.h" // the frames of schemas/runtime.schema
#include "runtime/service.h"

//
// A folder that was restored from a backup holds a file `restored`: a line `heard-by` with the ids of the services that read
// this log (engine_mark_restored).  Until each has asked, and none has seen more than the folder holds, the engine writes no
// turn and takes no local input; then the file goes.  An engine that learns at any time that a peer has seen turns which it
// never wrote is an old copy: it logs `old_copy` once, and writes no turn until a newer copy is in its place
// (service_status.halt).

struct engine;

// Zero means the default in brackets.
struct engine_limits {
	uint32_t batch_inputs;    // a turn takes at most [2048]
	uint32_t batch_entries;   // a turn should put out at most [4096]
	uint32_t batch_bytes;     // of entries put out, and of inputs recorded in full, each [1 MiB]
	uint32_t credit_bytes;    // asked for at a time, for each source [512 KiB]
	uint32_t local_inputs;    // wait at most [512], and [8 MiB] of them
	uint32_t segment_bytes;   // of an archive segment [8 MiB]
	uint32_t hot_turns;       // stay in LMDB after they were archived and consumed [1024]
	uint32_t ask_repeat_ms;   // an unanswered ask is repeated after [1000]
	uint32_t idle_cursor_ms;  // a position that moved over entries for others only is made durable after [60000]
	uint32_t clock_jump_ms;   // against the boot clock, holds the timers [5 minutes]
	uint64_t clock_absent_ms; // between the last turn and a start, holds the timers [7 days]
	uint32_t strikes;         // an input that killed the process so often goes to quarantine [3]
	uint64_t reserve_bytes;   // free disk and map below which local inputs are refused admission [64 MiB]
};

// Steps at which the simulator may stop an engine.
enum engine_point {
	engine_point_before_turn,    // input is there, nothing begun
	engine_point_before_commit,  // handlers have run
	engine_point_after_commit,   // on disk, nothing has left
	engine_point_before_perform, // an effect is to be performed
	engine_point_after_perform,  // it was, and nobody has heard
	engine_point_archive,        // a segment is written and synced, the store does not know
	engine_point_count,
};

struct engine_options {
	const struct service *service;
	const char *folder;      // HOME/state/<service>; made when absent
	struct log_name log;     // service 0: the service's id; epoch 0: what the folder holds, 1 in a new one
	size_t map_bytes;        // 0: 1 GiB, sparse
	bool sync;               // false in the simulator only
	struct engine_limits limits;
	// True: crash here.  The call that asked returns error_interrupted having done nothing more.  NULL in
	// daemons.
	bool (*crash)(void *context, enum engine_point point);
	void *crash_context;
};

// error_fork: the folder holds another log than options->log names.  error_version: written by newer code.
// Other positive errors: none.
enum error engine_open(struct engine **engine, const struct engine_options *options);
// A clean stop: archives every turn and leaves the mark.  The engine still has to be closed.
enum error engine_stop(struct engine *engine);
// Without engine_stop before it: as abrupt as a kill.
void engine_close(struct engine *engine);

// Writes the file `restored` into a folder that no engine has open.  `readers` ends with 0.
enum error engine_mark_restored(const char *folder, const uint16_t *readers);

const struct service *engine_service(const struct engine *engine);
struct store *engine_store(struct engine *engine); // for reading between turns, and for tests

// --- as a consumer: for each of service->sources ---

// An ask to be sent to `source` now; error_pending: none now.  Asked again after every stream that was taken and
// every turn.
enum error engine_next_ask(struct engine *engine, uint16_t source, int64_t boot_ms, struct buffer *ask);
// The source is there again: what it was asked is lost, and need not be waited for.
void engine_ask_anew(struct engine *engine, uint16_t source);
// A stream frame that came in, from whomever it says.  error_none: there may be something to do; else it was dropped
// without harm: error_malformed, error_exists (nothing new), error_gap (asked again by itself), error_refused
// (not a source of this service), error_fork (the source is stopped; logged once, shown in the status).
enum error engine_take_stream(struct engine *engine, struct bytes frame, int64_t boot_ms);

// --- as a producer ---

// Appends the answer to `answer`.  error_pending: at the head; keep the ask (one for each consumer: the newest)
// and serve it again after the next turn that returned error_none.  error_fork: the roots differ; `answer` says
// so to the consumer and has to be sent.  error_malformed, error_refused: drop the ask.
enum error engine_serve_ask(struct engine *engine, struct bytes ask, struct buffer *answer);
// Who asks, so that a transport keeps one parked ask for each; error_malformed.
enum error engine_ask_consumer(struct bytes ask, struct log_name *consumer);

// --- inputs that no other log holds ---

// error_pending: not now; the queue is full, disk or map is at the reserve, or the engine is halted.  `token` comes back with the
// reply; the turn that takes it holds it in full.
enum error engine_take_local(struct engine *engine, uint64_t token, const struct origin *o, uint16_t type,
			     struct bytes body);

// An operator's act (quarantine_retry, quarantine_drop, accept_clock).  The reply is an operator_answer.  The clock is accepted
// as the engine saw it last: when it has jumped once more before the turn that takes the act, nothing is done.
enum error engine_take_act(struct engine *engine, uint64_t token, enum operator_act act, uint64_t number);

// The answer to an effect: the first that a turn takes counts.  error_pending: the queue is full.
enum error engine_take_answer(struct engine *engine, uint64_t effect, uint16_t type, struct bytes body);

// --- the turn ---

// error_none: a turn was written; error_pending: nothing to do.  wall_ms: CLOCK_REALTIME, boot_ms: CLOCK_BOOTTIME.
enum error engine_turn(struct engine *engine, int64_t wall_ms, int64_t boot_ms);
// The next turn migrates what older code has left: it reads and copies the whole store, which may take minutes.
bool engine_migrates(const struct engine *engine);

// What the last turn left for those who brought local inputs in: one for each of them, in order.  type 0: nothing.
struct engine_reply {
	uint64_t token;
	uint16_t type;
	struct bytes body; // until the next turn
};
bool engine_next_reply(struct engine *engine, struct engine_reply *reply);

// --- effects ---

struct engine_effect {
	uint64_t id;
	uint16_t type;
	struct bytes body; // until the next call of any engine function
};
// Open effects that were not handed out since engine_open, oldest first.  error_pending: none.
enum error engine_next_effect(struct engine *engine, struct engine_effect *effect);
// Performs at most `max` open effects by service->adapters and takes their answers.  error_none: some were;
// error_pending: none to perform now.
enum error engine_perform(struct engine *engine, void *adapters_context, uint32_t max, int64_t boot_ms);

// --- between turns ---

// A bounded step of archiving and of housekeeping.  error_none: there is more to do; error_pending: not now.
enum error engine_archive_step(struct engine *engine);
// Every sealed segment is there, with the ends that it was sealed with, and the last one whole: a daemon looks before it starts.
// error_corrupt: the log names the file.  Where segments go further than the store, the engine is an old copy.
enum error engine_archive_check(struct engine *e);
// All turns are in sealed, synced segments when this returns.  error_refused: not those of an old copy.
enum error engine_archive_now(struct engine *engine);

// What time it is for a turn that begins now: a wall clock that jumped is not believed (README.md, "Time").
int64_t engine_time_ms(struct engine *engine, int64_t wall_ms, int64_t boot_ms);
// Until when a transport may wait, in boot time, if nothing arrives: a timer, an ask to be repeated.
// INT64_MAX: for ever.
int64_t engine_wake_ms(struct engine *engine, int64_t wall_ms, int64_t boot_ms);

// No turns until engine_resume or `until_boot_ms`; engine_turn returns error_pending.  Frames are still taken.
void engine_pause(struct engine *engine, int64_t until_boot_ms);
void engine_resume(struct engine *engine);

// --- what is to be seen ---

enum error engine_status(struct engine *engine, struct service_status *status);

// A query of schemas/runtime.schema or of service->queries.  Appends the encoded answer of type
// `*answer_type`.  Positive errors go to who asked: error_malformed, error_absent, error_bounds, error_refused.
enum error engine_query(struct engine *engine, uint16_t type, struct bytes ask, int64_t boot_ms, uint16_t *answer_type,
			struct buffer *answer);

#endif
