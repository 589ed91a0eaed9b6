// A commune that never was: organisations, members, officers, lists and photos of the right form and size,
// the same for the same seed.  No row is a real person's: names are drawn from lists, numbers are
// permutations.
#ifndef TDV_SEED_SEED_H
#define TDV_SEED_SEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/when.h"
#include "gen/messages.h"

// --- chance (random.c): xoshiro256**, by Blackman and Vigna, seeded by splitmix64

struct chance {
	uint64_t state[4];
};
void chance_init(struct chance *c, uint64_t seed, uint64_t stream);
uint64_t chance_next(struct chance *c);
uint32_t chance_below(struct chance *c, uint32_t n);       // 0 … n-1
int chance_between(struct chance *c, int least, int most); // both inclusive
bool chance_permille(struct chance *c, uint32_t permille);
// A permutation of 0 … 999,999: running numbers that do not look like a list's.
uint32_t scatter(uint64_t seed, uint32_t n);

// --- organisations (tree.c)

struct unit {
	uint64_t code;
	char name[160];
	enum org_level level;
	uint64_t parent;
	uint16_t party_code; // 0: none
	int32_t valid_from;
	bool remote;
	enum connectivity connectivity;
	bool has_members;
	uint32_t first, members; // of the persons
};

struct tree {
	struct unit *units;
	size_t count;
	size_t commune; // index of the superior organisation
	size_t facility, province, centre;
};
// `organisations` below the commune, `members` spread over those that have any.
bool tree_make(struct tree *tree, uint64_t seed, uint32_t organisations, uint32_t members);
void tree_deinit(struct tree *tree);

// --- persons (people.c)

struct person {
	char name[64];
	int32_t birth, admission, official, status_date, discipline_until, card_issued; // date_none: none
	enum sex sex;
	enum member_type type;
	enum member_status status;
	char citizen[13], phone[11], profile[10];
	uint64_t home, present;
	uint32_t card_number; // 0: none
	uint8_t boxes;
	uint32_t index; // of the photo
	bool officer;   // acts for an organisation, so that nobody gets two offices
};
// One person of a unit: `index` is their place among all, which makes their numbers unique.
void person_make(struct person *p, struct chance *c, uint64_t seed, uint32_t index, const struct unit *unit,
		 int32_t today);
// An officer of an organisation above the commune.
void person_make_stranger(struct person *p, struct chance *c, uint64_t seed, uint32_t index, int32_t today);
// Official, active and in full standing: may hold an office and change the card.
bool person_in_standing(const struct person *p, int32_t today);

// --- photos (photo.c)

// The photos of `count` persons into `folder`/PROFILE.jpg, JPEG of 2x3 ratio, on as many threads as
// there are processors; false when one could not be written.
bool photos_write(uint64_t seed, const struct person *persons, size_t count, const char *folder);
// A scan of a hand-over sheet with so many signatures; false when it could not be written.
bool receipt_write(uint64_t seed, uint64_t cell, uint32_t lines, const char *path);

// --- files (files.c)

struct seed {
	uint64_t seed;
	int32_t today;
	const char *out;
	struct tree tree;
	struct person *persons;
	size_t count;
};
bool files_write(const struct seed *seed);

// --- officers (officers.c)

struct officer {
	char login[32];
	enum role role;
	uint64_t organisation;
	struct person person;
};
// One for every role and organisation that acts in the main job, all different persons; cells of more than
// `second_above` members get an assisting volunteer as well.  Marks those of seed->persons that hold an
// office.
struct officer *officers_make(struct seed *seed, size_t *count);
#define second_above 70

#endif
