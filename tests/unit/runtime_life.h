// What the three services of runtime_nodes.h live through.
#ifndef TDV_TESTS_UNIT_RUNTIME_LIFE_H
#define TDV_TESTS_UNIT_RUNTIME_LIFE_H

#include <sys/wait.h>

#include "runtime_nodes.h"

// Everything that a turn can take in: entries, local inputs, answers, timers, walks, refusals, acts.
static inline void live(int rounds)
{
	struct engine_reply reply;
	for (int r = 0; r < rounds; r++) {
		uint64_t n = (uint64_t)r * 100;
		for (uint64_t i = 1; i <= 5; i++)
			submit(op_send, n + i);
		submit(op_ask, n + 6);
		submit(op_timer, n + 1000);
		submit(op_walk, 150);
		submit(op_bad, n + 8);
		submit(op_crowd, n + 9);
		pump();
		wall += 5000;
		boot += 5000;
		pump();
	}
	engine_take_act(nodes[verification].engine, 1, operator_act_quarantine_drop, 1);
	ensure(engine_turn(nodes[verification].engine, wall, boot) == error_none);
	while (engine_next_reply(nodes[verification].engine, &reply))
		;
	pump();
}

static inline void open_all(void)
{
	limits.batch_entries = 64;
	limits.segment_bytes = 3000;
	limits.hot_turns = 2;
	nodes_open();
}

static inline void stop_all(void)
{
	for (int i = 0; i < node_count; i++)
		ensure(engine_stop(nodes[i].engine) == error_none);
	for (int i = 0; i < node_count; i++)
		node_close(i);
}

// In a child, since it dies of it.
static inline int pump_in_child(uint64_t n)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		deadly = n;
		for (int i = 0; i < node_count; i++)
			node_open(i);
		pump();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

// Five lists, of which the third ends the process that handles it: three times, then it is set aside.  All are down afterwards.
static inline void third_of_five_kills(void)
{
	for (uint64_t n = 1; n <= 5; n++)
		submit(op_send, n);
	turn_of(intake);
	for (int i = 0; i < node_count; i++)
		node_close(i);
	for (int life = 0; life < 4; life++)
		check_u64(pump_in_child(3), life < 3 ? 3 : 0);
}

#endif
