#include "seed.h"

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void chance_init(struct chance *c, uint64_t seed, uint64_t stream)
{
	uint64_t x = seed ^ stream * UINT64_C(0xd1342543de82ef95);
	for (int i = 0; i < 4; i++)
		c->state[i] = splitmix(&x);
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t chance_next(struct chance *c)
{
	uint64_t *s = c->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint32_t chance_below(struct chance *c, uint32_t n)
{
	return (uint32_t)((chance_next(c) >> 32) * n >> 32);
}

int chance_between(struct chance *c, int least, int most)
{
	return least + (int)chance_below(c, (uint32_t)(most - least + 1));
}

bool chance_permille(struct chance *c, uint32_t permille)
{
	return chance_below(c, 1000) < permille;
}

uint32_t scatter(uint64_t seed, uint32_t n)
{
	// 387,420,489 = 3^18 has no factor in common with 10^6.
	return (uint32_t)((n * UINT64_C(387420489) + seed * UINT64_C(7919)) % 1000000);
}
