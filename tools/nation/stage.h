// Inside stages: what they share.
#ifndef TDV_NATION_STAGE_H
#define TDV_NATION_STAGE_H

#include "nation.h"

struct stage {
	struct nation *n;
	struct crowd *c;
	struct job *jobs;
	size_t count, capacity;
	struct counted_box *boxes; // receive, by shipment
	size_t box_count, box_capacity;
	struct ready_card *cards; // hand_over, by cell
	size_t card_count, card_capacity;
	uint64_t units; // what the stage's rate counts
};

struct counted_box {
	uint64_t shipment, box;
	uint32_t left;
};

struct ready_card {
	uint64_t cell;
	uint32_t number;
	bool replaces;
};

// What later stages need of earlier ones.
struct stage_made {
	uint64_t *list; // of the place with that index; 0: none
	uint64_t *group; // of the commune
};
extern struct stage_made stage_made;

// Room for one more.
void *stage_grown(void *list, size_t count, size_t *capacity, size_t size);
struct job *stage_job(struct stage *s, const struct official *by, enum act act, uint64_t about);
uint64_t stage_accepted(const struct stage *s);
bool stage_jobs_run(struct stage *s, void (*fill)(void *, const struct job *, struct packet *),
		    void (*photo)(void *, const struct job *, size_t, struct buffer *), size_t under_way);

// ---- stages_cards.c ----

bool stage_print(struct stage *s);
bool stage_ship(struct stage *s);
bool stage_receive(struct stage *s);
bool stage_hand_over(struct stage *s);

#endif
