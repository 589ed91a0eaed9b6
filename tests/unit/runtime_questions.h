// Questions to an engine's query socket, without the socket.
#ifndef TDV_TESTS_UNIT_RUNTIME_QUESTIONS_H
#define TDV_TESTS_UNIT_RUNTIME_QUESTIONS_H

#include "runtime_nodes.h"

static struct buffer ask, answer;

// Asks what is encoded in `ask` and empties it; what is said comes into `answer`.
static enum error question(int node, uint16_t type)
{
	uint16_t type_of_answer;
	buffer_clear(&answer);
	enum error e = engine_query(nodes[node].engine, type, buffer_bytes(&ask), boot, &type_of_answer, &answer);
	buffer_clear(&ask);
	return e;
}

// query_of(node, log_query, 1, 5): the message with these fields.
#define query_of(node, kind, ...) (kind##_encode(&(struct kind){ __VA_ARGS__ }, &ask), question(node, message_type_##kind))

static inline void questions_deinit(void)
{
	buffer_deinit(&ask);
	buffer_deinit(&answer);
}

#endif
