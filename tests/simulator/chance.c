#include "simulator/chance.h"

// SplitMix64 (Steele, Lea, Flood 2014).
uint64_t chance_next(struct chance *chance)
{
	uint64_t v = chance->state += UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ (v >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ (v >> 27)) * UINT64_C(0x94d049bb133111eb);
	return v ^ (v >> 31);
}

uint32_t chance_below(struct chance *chance, uint32_t n)
{
	return (uint32_t)(chance_next(chance) % n);
}

uint32_t chance_from(struct chance *chance, uint32_t least, uint32_t most)
{
	return least + chance_below(chance, most - least + 1);
}

bool chance_in(struct chance *chance, uint32_t per_mille)
{
	return per_mille != 0 && chance_below(chance, 1000) < per_mille;
}

uint64_t fate(uint64_t seed, const char *question, uint64_t number)
{
	struct chance chance = { .state = seed * 31 + number };
	for (; *question; question++)
		chance.state = chance_next(&chance) + (uint64_t)(unsigned char)*question;
	return chance_next(&chance);
}

bool fate_in(uint64_t seed, const char *question, uint64_t number, uint32_t per_mille)
{
	return fate(seed, question, number) % 1000 < per_mille;
}
