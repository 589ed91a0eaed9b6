// schemas/races.table, read as it stands: what comes of a strike at each state of a request and each place of a card.
#ifndef TDV_SIMULATOR_RACES_TABLE_H
#define TDV_SIMULATOR_RACES_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#define races_max 240

enum strike {
	strike_loss, strike_damage, strike_death, strike_exit, strike_transfer, strike_merge, strike_withdrawal, strike_hold,
	strike_count
};

struct race {
	enum strike strike;
	bool card;             // a card line; else a request line
	char at[24];           // the state, or the new card's place
	char after[4][24];     // the state; or old card's worth, new card's worth, new card's place, hand-over
	char said[200];        // the line without its words
};

const char *strike_name(enum strike strike);
// False: it cannot be read, or a line is none.  `why` is for people.
bool races_read(const char *path, char *why, size_t why_size);
size_t races_count(void);
const struct race *race_at(size_t index);
// NULL: there is no such line.
const struct race *race_find(bool card, enum strike strike, const char *at);
size_t race_index(const struct race *race);

#endif
