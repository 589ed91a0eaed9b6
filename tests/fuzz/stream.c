// Frames between daemons: asks to a producer, stream frames to a consumer, questions at a query socket; all on real engines.
//
// The first byte chooses; a question has its type in the next two.
#include "fuzz/fuzz.h"
#include "unit/runtime_nodes.h"

enum { to_consumer, to_producer, as_question, choices };

// A producer with a log of a few turns and a consumer that has read the half of it.
static void site_open(void)
{
	fuzz_in_memory();
	nodes_open();
	submit(op_send, 1);
	submit(op_timer, 5);
	pump();
	submit(op_send, 2);
	submit(op_bad, 3);
	while (turn_of(intake))
		;
}

static void site_new(void)
{
	nodes_close();
	site_open();
}

static void consume(struct bytes frame)
{
	enum error error = engine_take_stream(nodes[verification].engine, frame, boot);

	ensure(error == error_none || error == error_malformed || error == error_exists || error == error_gap ||
	       error == error_refused || error == error_fork || error == error_pending);
	if (error == error_malformed)
		return;
	for (int i = 0; i < 3; i++) {
		error = engine_turn(nodes[verification].engine, wall, boot);
		ensure(error == error_none || error == error_pending);
	}
	site_new();
}

static void ask(struct bytes frame)
{
	struct buffer answer = { 0 };
	struct log_name consumer;
	enum error named = engine_ask_consumer(frame, &consumer);
	enum error error = engine_serve_ask(nodes[intake].engine, frame, &answer);

	ensure((named == error_malformed) == (error == error_malformed));
	ensure(error == error_none || error == error_pending || error == error_fork || error == error_malformed ||
	       error == error_refused);
	ensure((error == error_none || error == error_fork) == (answer.size > 0));
	buffer_deinit(&answer);
	if (error == error_fork) // it may have learnt that it is an old copy, and say so on disk
		site_new();
	else if (error != error_malformed && error != error_refused)
		node_reopen(intake);
}

static void question(struct bytes rest)
{
	struct buffer answer = { 0 };
	uint16_t type;

	if (rest.size < 2)
		return;
	enum error error = engine_query(nodes[intake].engine, get_u16(rest.data), bytes_of(rest.data + 2, rest.size - 2), boot,
					&type, &answer);
	ensure(error >= 0);
	buffer_deinit(&answer);
	if (error == error_none) // it may have paused the daemon
		node_reopen(intake);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (!nodes[intake].engine)
		site_open();
	struct bytes rest = bytes_of(data + 1, size - 1);
	switch (data[0] % choices) {
	case to_consumer:
		consume(rest);
		break;
	case to_producer:
		ask(rest);
		break;
	default:
		question(rest);
		break;
	}
	return 0;
}

// ---- seeds ----

static void seed_question(struct fuzz_seeds *seeds, uint16_t type, struct buffer *body)
{
	struct buffer seed = { 0 };
	uint8_t number[2];

	put_u16(number, type);
	buffer_append(&seed, number, sizeof number);
	buffer_append(&seed, body->data, body->size);
	fuzz_seed(seeds, as_question, buffer_bytes(&seed));
	buffer_deinit(&seed);
	buffer_clear(body);
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	struct buffer frame = { 0 }, stream = { 0 };

	if (nodes[intake].engine)
		nodes_close();
	site_open();
	boot += 2000;
	ensure(engine_next_ask(nodes[verification].engine, node_services[intake].id, boot, &frame) == error_none);
	ensure(engine_serve_ask(nodes[intake].engine, buffer_bytes(&frame), &stream) == error_none);
	nodes_close();
	fuzz_seed(seeds, to_producer, buffer_bytes(&frame));
	fuzz_seed(seeds, to_consumer, buffer_bytes(&stream));

	buffer_clear(&frame);
	status_query_encode(&(const struct status_query){ 0 }, &frame);
	seed_question(seeds, message_type_status_query, &frame);
	log_query_encode(&(const struct log_query){ .from = 1, .limit = 10 }, &frame);
	seed_question(seeds, message_type_log_query, &frame);
	pause_query_encode(&(const struct pause_query){ .timeout = 100 }, &frame);
	seed_question(seeds, message_type_pause_query, &frame);
	buffer_deinit(&frame);
	buffer_deinit(&stream);
}
