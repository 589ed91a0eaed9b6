// A story told once, in one weather, judged, and what is told of it.
#ifndef TDV_SIMULATOR_TELLING_H
#define TDV_SIMULATOR_TELLING_H

#include "simulator/races_table.h"
#include "simulator/site.h"

struct telling {
	struct buffer transcript, outcome;
	struct site_figures figures;
	struct hash digest;   // of all that happened, in its order
	uint64_t entries;
	size_t cards;
	bool pairs[races_max]; // of races.table, that were brought about and compared
	bool good;
};

enum telling_story { telling_usual, telling_pairs, telling_midway }; // story.h

// The story of the world, calm when `storm` is 0, until all has come to rest; audited and replayed.  `folder`: where it runs, as
// long as it does, so that it can be removed when the process dies; empty afterwards.
void telling_tell(struct telling *telling, enum telling_story which, uint64_t world, uint64_t storm, char *folder, size_t size);
void telling_deinit(struct telling *telling);

// The end of a transcript.
void telling_tail(const struct buffer *transcript, struct buffer *out);
// The first lines at which two outcomes differ.
void telling_difference(const struct buffer *calm, const struct buffer *rough, struct buffer *out);
// The first line of a transcript that says what is wrong, without its time; `why` when none does.
void telling_finding(const struct buffer *transcript, const char *why, char *out, size_t size);

#endif
