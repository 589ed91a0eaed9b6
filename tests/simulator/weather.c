#include "simulator/weather.h"

const char *injection_text(enum injection injection)
{
	static const char *const texts[] = {
#define INJECTION(name, text) text,
		INJECTIONS(INJECTION)
#undef INJECTION
	};
	return texts[injection];
}

// Some seeds are rough in every way, some are quiet but for one thing: so that what hides behind another fault is seen too.
static uint32_t maybe(struct chance *c, uint32_t one_in, uint32_t most)
{
	return chance_below(c, one_in) == 0 ? chance_below(c, most + 1) : 0;
}

static uint32_t mostly(struct chance *c, uint32_t most)
{
	return chance_below(c, 4) ? chance_below(c, most + 1) : 0;
}

struct weather weather_drawn(struct chance *c)
{
	return (struct weather){
		.crash = mostly(c, 25),
		.between = mostly(c, 15),
		.clean_stop = chance_below(c, 2),
		.slow = chance_below(c, 400),
		.frozen = mostly(c, 10),
		.lost = chance_below(c, 120),
		.doubled = chance_below(c, 120),
		.delayed = chance_below(c, 250),
		.held_back = 300,
		.garbled = chance_below(c, 60),
		.cut = mostly(c, 40),
		.clock_steps = mostly(c, 200),
		.clock_jumps = maybe(c, 2, 150),
		.adapter_waits = maybe(c, 2, 200),
		.adapter_fails = maybe(c, 2, 60),
		.adapter_dies = maybe(c, 2, 60),
		.late_answer = chance_below(c, 600),
		.twice_answer = chance_below(c, 500),
	};
}
