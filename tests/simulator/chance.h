// Seeded chance.  What happens to the world (who is ineligible, who is left out) is a function of the seed and of what it
// happens to, so that it is the same in every run; what happens to machines is drawn one after the other.
#ifndef TDV_SIMULATOR_CHANCE_H
#define TDV_SIMULATOR_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

uint64_t chance_next(struct chance *chance);
uint32_t chance_below(struct chance *chance, uint32_t n);             // 0 to n - 1; n > 0
uint32_t chance_from(struct chance *chance, uint32_t least, uint32_t most);
bool chance_in(struct chance *chance, uint32_t per_mille);

// The same for the same seed, question and number.
uint64_t fate(uint64_t seed, const char *question, uint64_t number);
bool fate_in(uint64_t seed, const char *question, uint64_t number, uint32_t per_mille);

#endif
