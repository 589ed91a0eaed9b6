// What is logged, kept as text.
#ifndef TDV_TESTS_UNIT_RUNTIME_SAID_H
#define TDV_TESTS_UNIT_RUNTIME_SAID_H

#include "runtime_nodes.h"

static char said[8000];

static inline bool keep_line(const char *service, enum log_level level, const char *line)
{
	size_t n = strlen(said);
	(void)service, (void)level;
	snprintf(said + n, sizeof said - n, "%s\n", line);
	return true;
}

// At `level` and worse, until listen_no_more().
static inline void listen_in(enum log_level level)
{
	said[0] = 0;
	log_open("test", level, 0);
	log_sink(keep_line);
}

static inline void listen_no_more(void)
{
	log_sink(NULL);
	log_open("test", log_level_fatal, 0);
}

// What a start comes to; its lines are in `said`.
static inline enum error start_again(int node)
{
	node_close(node);
	listen_in(log_level_warn);
	enum error e = engine_open(&nodes[node].engine, &nodes[node].options);
	listen_no_more();
	return e;
}

#endif
