// Three small services on real engines, and a transport between them that can lose, double and delay frames.
//
//	intake        takes operations (local), sends each n to verification; told that n is closed, it sends approval
//	              the act on n
//	verification  keeps n, tells approval of it and intake that it is closed
//	approval      keeps n from verification, and marks it when the act on n comes: an act that overtakes its list
//	              is an error
//
// Bodies are 9 bytes: an operation and n.  The message numbers are the product's, so that routes are real.
#ifndef TDV_TESTS_RUNTIME_NODES_H
#define TDV_TESTS_RUNTIME_NODES_H

#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "runtime/engine.h"
#include "runtime/turn.h"
#include "test.h"

enum { op_send = 1, op_ask, op_timer, op_walk, op_bad, op_crowd, op_kill };
enum { local_type = 0x0101, answer_type = 0x0281, effect_type = 0x0280, timer_type = 0x0290, walk_type = 0x0291 };

static const struct store_table rows_table = { .name = "rows", .index = 0, .version = 1 };
static const struct store_table marks_table = { .name = "marks", .index = 1, .version = 1 };
static const struct store_table *const node_tables[] = { &rows_table, &marks_table, NULL };

static int overtaken;	// acts that came before their list
static uint64_t deadly; // the n whose handling ends the process
static uint32_t rooms[64], rooms_count;

static inline struct bytes op_bytes(uint8_t op, uint64_t n)
{
	static uint8_t body[9];
	body[0] = op;
	put_u64(body + 1, n);
	return bytes_of(body, sizeof body);
}

static inline uint64_t row_of(struct store_txn *tx, const struct store_table *table, uint64_t n)
{
	uint8_t key[8];
	struct bytes value;
	put_u64(key, n);
	return store_get(tx, table, bytes_of(key, 8), &value) ? get_u64(value.data) : 0;
}

static inline void row_add(struct store_txn *tx, const struct store_table *table, uint64_t n, uint64_t by)
{
	uint8_t key[8], value[8];
	put_u64(key, n);
	put_u64(value, row_of(tx, table, n) + by);
	store_put(tx, table, bytes_of(key, 8), bytes_of(value, 8));
}

static inline enum error parse(struct bytes body, uint8_t *op, uint64_t *n)
{
	if (body.size != 9)
		return error_malformed;
	*op = body.data[0];
	*n = get_u64(body.data + 1);
	if (deadly && *n == deadly)
		_exit(3);
	return error_none;
}

// ---- intake

static inline void walk(struct turn *t, uint64_t left)
{
	rooms[rooms_count++ % 64] = turn_room(t);
	for (; left > 0 && turn_room(t) > 0; left--)
		turn_emit(t, message_type_list_opened, op_bytes(op_walk, left));
	if (left)
		turn_continue(t, walk_type, op_bytes(op_walk, left));
}

static inline enum error intake_local(struct turn *t, const struct origin *o, struct bytes body)
{
	uint8_t op;
	uint64_t n;
	(void)o;
	if (parse(body, &op, &n))
		return error_malformed;
	turn_subject(t, n);
	row_add(t->tx, &rows_table, n, 1);
	if (op == op_send || op == op_crowd || op == op_kill)
		turn_emit(t, message_type_list_opened, op_bytes(op, n));
	if (op == op_bad) // 3 bytes: verification's schema refuses it
		turn_emit(t, message_type_list_opened, bytes_of("bad", 3));
	if (op == op_ask)
		turn_ask(t, effect_type, body);
	if (op == op_timer)
		turn_timer(t, timer_type, t->time_ms + (int64_t)n, body);
	if (op == op_walk)
		walk(t, n);
	turn_reply(t, message_type_act_closed, op_bytes(op, n));
	return error_none;
}

static inline enum error intake_walk(struct turn *t, const struct origin *o, struct bytes body)
{
	(void)o;
	walk(t, get_u64(body.data + 1));
	return error_none;
}

static inline enum error intake_closed(struct turn *t, const struct origin *o, struct bytes body)
{
	uint8_t op;
	uint64_t n;
	(void)o;
	if (parse(body, &op, &n))
		return error_malformed;
	row_add(t->tx, &marks_table, n, 1);
	turn_emit(t, message_type_list_act_given, op_bytes(op, n));
	return error_none;
}

static inline enum error intake_answer(struct turn *t, const struct origin *o, struct bytes body)
{
	row_add(t->tx, &marks_table, o->effect, 1);
	turn_emit(t, message_type_list_opened, op_bytes(op_ask, get_u64(body.data + 1)));
	return error_none;
}

static inline enum error intake_timer(struct turn *t, const struct origin *o, struct bytes body)
{
	(void)o;
	row_add(t->tx, &marks_table, get_u64(body.data + 1), 1);
	return error_none;
}

static const struct service_input intake_test_inputs[] = {
	{ local_type, input_kind_local, intake_local },
	{ message_type_act_closed, input_kind_message, intake_closed },
	{ answer_type, input_kind_answer, intake_answer },
	{ timer_type, input_kind_timer, intake_timer },
	{ walk_type, input_kind_continuation, intake_walk },
	{ 0, input_kind_message, NULL },
};

static int performed;
static inline enum error perform_echo(void *context, uint64_t id, struct bytes body, struct buffer *answer)
{
	(void)context;
	(void)id;
	performed++;
	buffer_append(answer, body.data, body.size);
	return error_none;
}
static const struct service_adapter intake_adapters[] = { { effect_type, answer_type, perform_echo },
							  { 0, 0, NULL } };
static const uint16_t intake_test_sources[] = { service_id_verification, 0 };

// ---- verification

static inline enum error verification_list(struct turn *t, const struct origin *o, struct bytes body)
{
	uint8_t op;
	uint64_t n;
	(void)o;
	if (parse(body, &op, &n))
		return error_malformed;
	row_add(t->tx, &rows_table, n, 1);
	turn_subject(t, n);
	turn_emit(t, message_type_verified_list_opened, op_bytes(op, n));
	if (op != op_crowd)
		turn_emit(t, message_type_act_closed, op_bytes(op, n));
	return error_none;
}

static const struct service_input verification_test_inputs[] = {
	{ message_type_list_opened, input_kind_message, verification_list },
	{ 0, input_kind_message, NULL },
};
static const uint16_t verification_test_sources[] = { service_id_intake, 0 };

// ---- approval

static inline enum error approval_list(struct turn *t, const struct origin *o, struct bytes body)
{
	(void)o;
	row_add(t->tx, &rows_table, get_u64(body.data + 1), 1);
	return error_none;
}

static inline enum error approval_act(struct turn *t, const struct origin *o, struct bytes body)
{
	uint64_t n = get_u64(body.data + 1);
	(void)o;
	if (row_of(t->tx, &rows_table, n) == 0)
		overtaken++;
	row_add(t->tx, &marks_table, n, 1);
	return error_none;
}

static const struct service_input approval_test_inputs[] = {
	{ message_type_verified_list_opened, input_kind_message, approval_list },
	{ message_type_list_act_given, input_kind_message, approval_act },
	{ 0, input_kind_message, NULL },
};
static const uint16_t approval_test_sources[] = { service_id_intake, service_id_verification, 0 };

// ---- nodes

enum { intake, verification, approval, node_count };

static struct service node_services[node_count] = {
	{ .name = "intake",
	  .id = service_id_intake,
	  .fold_version = 1,
	  .inputs = intake_test_inputs,
	  .tables = node_tables,
	  .adapters = intake_adapters,
	  .sources = intake_test_sources },
	{ .name = "verification",
	  .id = service_id_verification,
	  .fold_version = 1,
	  .inputs = verification_test_inputs,
	  .tables = node_tables,
	  .sources = verification_test_sources },
	{ .name = "approval",
	  .id = service_id_approval,
	  .fold_version = 1,
	  .inputs = approval_test_inputs,
	  .tables = node_tables,
	  .sources = approval_test_sources },
};

struct node {
	struct engine *engine;
	struct engine_options options;
	char folder[300];
	struct buffer asks[node_count]; // sent, unanswered, by producer
	int crash_at;			// enum engine_point, -1: never
	int crash_after;		// so many more passes
};

static char home[256];
static struct node nodes[node_count];
static int64_t wall = 1800000000000, boot = 1000000;
static unsigned fate; // of frames: 0 all arrive; else a random state
static struct engine_limits limits;

static inline unsigned chance(unsigned of)
{
	fate = fate * 1103515245u + 12345u;
	return (fate >> 16) % of;
}

static inline bool crash(void *context, enum engine_point point)
{
	struct node *node = context;
	if (node->crash_at != (int)point || node->crash_after-- > 0)
		return false;
	node->crash_at = -1;
	return true;
}

static inline void node_open(int i)
{
	struct node *node = &nodes[i];
	snprintf(node->folder, sizeof node->folder, "%s/state/%s", home, node_services[i].name);
	node->options = (struct engine_options){ .service = &node_services[i],
						 .folder = node->folder,
						 .log = { .site = 1 },
						 .map_bytes = 256u << 20,
						 .limits = limits,
						 .crash = crash,
						 .crash_context = node };
	ensure(engine_open(&node->engine, &node->options) == error_none);
}

static inline void node_close(int i)
{
	engine_close(nodes[i].engine);
	nodes[i].engine = NULL;
	for (int p = 0; p < node_count; p++)
		buffer_clear(&nodes[i].asks[p]);
}

static inline void node_reopen(int i)
{
	node_close(i);
	node_open(i);
}

static inline void nodes_open(void)
{
	log_open("test", log_level_fatal, 0);
	snprintf(home, sizeof home, "%s", test_folder());
	overtaken = performed = 0;
	rooms_count = 0;
	fate = 0;
	for (int i = 0; i < node_count; i++) {
		nodes[i].crash_at = -1;
		node_open(i);
	}
}

static inline void remove_folder(const char *path)
{
	char command[400];
	snprintf(command, sizeof command, "rm -rf '%s'", path);
	ensure(system(command) == 0);
}

static inline void nodes_close(void)
{
	for (int i = 0; i < node_count; i++) {
		node_close(i);
		for (int p = 0; p < node_count; p++)
			buffer_deinit(&nodes[i].asks[p]);
	}
	remove_folder(home);
	memset(&limits, 0, sizeof limits);
}

static int crashes;
static inline bool survive(int i, enum error e)
{
	if (e >= 0)
		return true;
	ensure(e == error_interrupted);
	crashes++;
	node_reopen(i);
	return false;
}

// What one consumer asks of one producer, and what comes back.
static inline bool carry(int c, int p)
{
	struct node *consumer = &nodes[c];
	struct buffer ask = { 0 }, answer = { 0 };
	bool news = false;

	if (engine_next_ask(consumer->engine, node_services[p].id, boot, &ask) == error_none) {
		buffer_clear(&consumer->asks[p]);
		buffer_append(&consumer->asks[p], ask.data, ask.size);
	}
	if (consumer->asks[p].size > 0 && !(fate && chance(8) == 0)) {
		enum error e = engine_serve_ask(nodes[p].engine, buffer_bytes(&consumer->asks[p]), &answer);
		if (e != error_pending)
			buffer_clear(&consumer->asks[p]);
		int copies = !fate ? 1 : chance(8) == 0 ? 0 : chance(8) == 0 ? 2 : 1;
		for (; (e == error_none || e == error_fork) && copies > 0; copies--)
			news |= engine_take_stream(consumer->engine, buffer_bytes(&answer), boot) == error_none;
	}
	buffer_deinit(&ask);
	buffer_deinit(&answer);
	return news;
}

static int replies;
static inline bool turn_of(int i)
{
	struct engine_reply reply;
	enum error e = engine_turn(nodes[i].engine, wall, boot);
	if (!survive(i, e) || e)
		return e < 0;
	while (engine_next_reply(nodes[i].engine, &reply))
		replies++;
	return true;
}

// Until nothing moves any more; time goes on so that lost asks are repeated.
static inline void pump(void)
{
	for (int quiet = 0, rounds = 0; quiet < 3 && rounds < 100000; rounds++) {
		bool moved = false;
		for (int c = 0; c < node_count; c++)
			for (int p = 0; p < node_count; p++)
				moved |= c != p && carry(c, p);
		for (int i = 0; i < node_count; i++) {
			moved |= turn_of(i);
			enum error e = engine_perform(nodes[i].engine, NULL, 16, boot);
			moved |= survive(i, e) && e == error_none;
			e = engine_archive_step(nodes[i].engine);
			moved |= survive(i, e) && e == error_none;
		}
		quiet = moved ? 0 : quiet + 1;
		wall += moved && !fate ? 1 : 1000;
		boot += moved && !fate ? 1 : 1000;
	}
}

static inline void submit(uint8_t op, uint64_t n)
{
	struct origin o = { .actor = 7, .submission = n };
	enum error e = engine_take_local(nodes[intake].engine, n, &o, local_type, op_bytes(op, n));
	ensure(e == error_none);
}

static inline uint64_t value_at(int node, const struct store_table *table, uint64_t n)
{
	struct store_txn txn;
	store_begin(engine_store(nodes[node].engine), false, &txn);
	uint64_t v = row_of(&txn, table, n);
	store_abort(&txn);
	return v;
}

static inline uint64_t rows_in(int node, const struct store_table *table)
{
	struct store_txn txn;
	store_begin(engine_store(nodes[node].engine), false, &txn);
	uint64_t v = store_count(&txn, table);
	store_abort(&txn);
	return v;
}

static inline const struct service_status *status_of(int node)
{
	static struct service_status status;
	ensure(engine_status(nodes[node].engine, &status) == error_none);
	return &status;
}

// An operator's act, in a turn of its own; what it came to.
static inline uint64_t node_act(int node, enum operator_act what, uint64_t number)
{
	struct engine_reply reply;
	struct operator_answer answer = { 99 };

	engine_take_act(nodes[node].engine, 5, what, number);
	check(engine_turn(nodes[node].engine, wall, boot) == error_none);
	check(engine_next_reply(nodes[node].engine, &reply));
	check_u64(reply.type, message_type_operator_answer);
	check(operator_answer_decode(reply.body, &answer) == error_none);
	return answer.done;
}

#endif
