// The faults, and how rough it is.  Where each of them stands:
//
//   the process     crash_here (site.c): killed at each point of a turn, engine.h's enum engine_point: before it, before its
//                   commit, after the commit and before anything has left, before and after an effect, while it archives;
//                   dies_here: between any two steps of the daemon's loop, e.g. when the door has stored a photo and the
//                   fold has not taken the act, or when one receipt of three has left; clean stops; stops that last
//   time            slow rounds, and processes that stand still for seconds while frames pile up (process_round)
//   the network     lost, doubled, delayed, held back and reordered frames, links that are cut in one direction (network.c);
//                   garbled copies from a stranger at the door; terminals that send again because an answer was lost, or
//                   because somebody pressed the key once more (clerk.c)
//   the clock       small steps, jumps of hours, jumps of months that are put right later (clock_round, weather.c); the timers
//                   that a jump holds go on when an operator has accepted the clock (operator_round)
//   adapters        that cannot now, that fail and take the daemon with them, that did it and died before they could say so,
//                   that answer late, twice, or after the next one (adapters.c)
//   people          the wrong person, role, order, count, twice, too late (story*.c); a facility that refuses, spoils, stays
//                   silent for weeks and returns (story_printing.c, story_time.c)
//
// All of it is drawn from the seed, and none of it but the people's may change what comes out.
#ifndef TDV_SIMULATOR_WEATHER_H
#define TDV_SIMULATOR_WEATHER_H

#include <stdint.h>

#include "simulator/chance.h"

// Per mille, but for those that say otherwise.
struct weather {
	uint32_t crash;        // of a service, at each point that it passes
	uint32_t between;      // the same between two steps of its loop; per 10,000
	uint32_t clean_stop;   // of a service, each round
	uint32_t slow;         // a service misses a round
	uint32_t frozen;       // a service stands still for a while; each round, per 10,000
	uint32_t lost, doubled, delayed; // a frame
	uint32_t held_back;    // a frame waits for the next round, behind others
	uint32_t garbled;      // a copy of a frame to the door comes garbled, from a stranger
	uint32_t cut;          // a link is cut in one direction for a while; each round, per 10,000
	uint32_t clock_steps, clock_jumps; // each round, per 100,000
	uint32_t adapter_waits, adapter_fails, adapter_dies;
	uint32_t late_answer, twice_answer; // an adapter's
};

// What happened, for the figures.  The first are enum engine_point.
#define INJECTIONS(INJECTION)                                                       \
	INJECTION(killed_before_turn, "killed before a turn")                       \
	INJECTION(killed_before_commit, "killed before the commit")                 \
	INJECTION(killed_after_commit, "killed after the commit")                   \
	INJECTION(killed_before_perform, "killed before an effect")                 \
	INJECTION(killed_after_perform, "killed after an effect")                   \
	INJECTION(killed_archiving, "killed while it archives")                     \
	INJECTION(killed_between, "killed between two steps")                       \
	INJECTION(killed_in_adapter, "killed in an adapter")                        \
	INJECTION(stopped, "stopped cleanly")                                       \
	INJECTION(round_missed, "missed a round")                                   \
	INJECTION(frozen, "stood still")                                            \
	INJECTION(frame_lost, "frame lost")                                         \
	INJECTION(frame_doubled, "frame doubled")                                   \
	INJECTION(frame_delayed, "frame delayed")                                   \
	INJECTION(frame_held_back, "frame held back")                               \
	INJECTION(frame_garbled, "frame garbled")                                   \
	INJECTION(frame_cut, "frame on a cut link")                                 \
	INJECTION(frame_resent, "resent by a terminal")                             \
	INJECTION(clock_stepped, "clock stepped")                                   \
	INJECTION(clock_hours, "clock jumped by hours")                             \
	INJECTION(clock_months, "clock jumped by months")                           \
	INJECTION(clock_accepted, "clock accepted")                                 \
	INJECTION(adapter_waited, "adapter could not")                              \
	INJECTION(adapter_failed, "adapter failed")                                 \
	INJECTION(answer_late, "answer late")                                       \
	INJECTION(answer_doubled, "answer doubled")

enum injection {
#define INJECTION(name, text) injection_##name,
	INJECTIONS(INJECTION)
#undef INJECTION
	injection_count
};
const char *injection_text(enum injection injection);

struct weather weather_drawn(struct chance *chance);

#endif
