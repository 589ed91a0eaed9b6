// What a service is to the runtime: a name, its inputs, its tables.  A handler sees a turn, where its input
// came from and the decoded message; it has no socket, no file, no clock and no randomness.
#ifndef TDV_RUNTIME_SERVICE_H
#define TDV_RUNTIME_SERVICE_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/when.h"
#include "store/store.h"

struct turn;

// Where an input came from and on whose authority: the envelope of the entry (schemas/common.schema: envelope)
// as the handler may read it.  What a handler emits carries the same authority and cause unless it says otherwise.
struct origin {
	uint16_t source;        // enum service_id of the sender; of the service itself for answers, timers and local inputs
	uint64_t entry;         // number of the entry in the sender's log; 0 for what came from no log
	uint64_t submission;    // the door's number of the submission that all this began with; 0: none
	uint64_t actor;         // number of the certificate that signed it; 0: nobody, a timer or an operator
	uint64_t person;        // the person that the certificate names
	uint8_t role;           // enum role
	uint64_t organisation;  // for which the person acted
	uint32_t rule_version;  // of the rules that the sender decided under; 0: no rule applied
	uint64_t effect;        // of an answer: the effect's id
};

enum input_kind { input_kind_message, input_kind_answer, input_kind_timer, input_kind_local, input_kind_continuation };

// One row of the generated dispatch table.  `run` decodes into a static struct and calls the handler;
// error_malformed or error_bounds sends the input to quarantine.
struct service_input {
	uint16_t type; // enum message_type
	enum input_kind kind;
	enum error (*run)(struct turn *t, const struct origin *o, struct bytes body);
};

// A read-only question at the query socket: decodes `ask`, reads through `txn`, appends the encoded answer.
// error_malformed: a bad question; error_absent: no such thing.
struct service_query {
	uint16_t type;
	enum error (*run)(struct store_txn *txn, struct bytes ask, struct buffer *answer);
};

// An adapter performs effects after the commit, in the daemon's thread, and answers with a message of type
// `answer`.  It must be repeatable: after a crash every open effect is offered again.
struct service_adapter {
	uint16_t effect;
	uint16_t answer;
	enum error (*perform)(void *context, uint64_t effect_id, struct bytes body, struct buffer *answer);
};

// The door to the network (the intake service only).  It owns a ZeroMQ socket, checks and completes what arrives
// (signatures, the vault) and hands it to the fold as a local input; the reply that the handler leaves with
// turn_reply goes back after the commit.  In the simulator the same functions run without a socket.
struct door_sink; // the runtime's: where a door puts its inputs
// `token` comes back with the reply.  error_pending: the runtime's queue is full, stop reading (back-pressure).
enum error door_input(struct door_sink *sink, uint64_t token, const struct origin *o, uint16_t type, struct bytes body);

struct service_door {
	// zmq_context: NULL in the simulator.
	enum error (*open)(void **door, const char *home, void *adapters_context, void *zmq_context);
	void (*close)(void *door);
	void *(*socket)(void *door); // to poll for reading; NULL in the simulator
	// One batch of what is readable: reads through `txn`, answers reads at once, passes submissions on with
	// door_input, then makes the vault durable.  Called between turns.
	enum error (*receive)(void *door, struct store_txn *txn, struct door_sink *sink, int64_t wall_ms);
	// After the commit, once for each input that was passed on: what the handler left (empty: nothing, a
	// duplicate that is pending).
	void (*reply)(void *door, uint64_t token, uint16_t type, struct bytes body);
	// After the last reply of a turn: signs the turn's receipts once and sends them.
	enum error (*flush)(void *door);
	// Without a socket (the simulator): a frame from terminal `from`, checked and completed as by
	// `receive`; and what is for which terminal: false when nothing is left; *frame lives until the next
	// call.
	enum error (*put)(void *door, struct store_txn *txn, struct door_sink *sink, int64_t wall_ms, uint64_t from,
			  struct bytes frame);
	bool (*take)(void *door, uint64_t *to, struct bytes *frame);
};

struct service {
	const char *name;
	uint16_t id;                  // enum service_id
	uint32_t fold_version;        // raised when a handler or a table changes its meaning
	const struct service_input *inputs; // ends with type 0
	const struct store_table *const *tables;
	const struct service_query *queries;    // ends with type 0, or NULL
	const struct service_adapter *adapters; // ends with effect 0, or NULL
	// Called once in the first turn after `from` became older than fold_version.  NULL: nothing to do.
	void (*migrate)(struct turn *t, uint32_t from);
	// Opens and closes what adapters need (the vault); NULL when there are none.  `txn` reads the service's records
	// as its last turn left them.
	enum error (*adapters_open)(void **context, const char *home, struct store_txn *txn);
	void (*adapters_close)(void *context);
	const struct service_door *door; // NULL but for intake
	const uint16_t *sources; // ids of the services that send it something; ends with 0 (generated)
};

#endif
