// The business of a small world from its registry to the last card handed over, with what people do wrong on the way:
// the wrong person, the wrong role, the wrong order, twice, forgotten, miscounted.  Who does what, right or wrong, is a
// function of the world's seed; so a run under faults comes to the same end as a calm one.
#ifndef TDV_SIMULATOR_STORY_H
#define TDV_SIMULATOR_STORY_H

#include "simulator/clerk.h"
#include "simulator/races_table.h"
#include "simulator/world.h"

#define story_lists_max 160
#define story_rows_max 40
#define story_records_max 400

struct story_list {
	uint64_t cell, number;
	enum request_kind kind;
	size_t people[story_rows_max];
	bool passed[story_rows_max];   // by verification, and kept since
	bool withdrawn[story_rows_max];
	enum reason why[story_rows_max];          // it did not pass
	uint64_t requests[story_rows_max];        // under which the row goes on: not its own when it was corrected or released
	struct errand *ruling;                    // that made the list; NULL: its own submission
	size_t count;
	struct errand *errand;
	bool appraised;
	uint64_t group;
};

struct story_group {
	uint64_t commune, number;
	enum request_kind kind;
	struct errand *errand;
	uint64_t order;
};

enum record_stage { record_offered, record_answered, record_refused, record_good, record_spoiled, record_boxed };

struct story_record {
	uint64_t order, cell, box;
	uint32_t index, number;
	size_t person;
	enum record_stage stage;
	unsigned attempt;
};

struct story {
	struct world world;
	struct office office;
	struct site *site;
	uint64_t seed;
	struct story_list lists[story_lists_max];
	size_t list_count;
	struct story_group groups[16];
	size_t group_count;
	struct story_record records[story_records_max];
	size_t record_count;
	size_t letters_read;      // of the office's letters, by the facility
	uint32_t boxes;           // numbered by the facility
	size_t cards_handed_over;
	bool timing_decides;      // what comes of it depends on who came first: calm and rough need not be the same
	bool pairs[races_max];    // of races.table: it was brought about, and compared
};

// False: it did not come to its end; the transcript says why.  `watch` is called now and then, or NULL.
bool story_tell(struct story *story, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		struct buffer *transcript);
// The same of another story: every pair of races.table and nothing else.
bool story_tell_pairs(struct story *story, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		      struct buffer *transcript);
bool story_tell_midway(struct story *story, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		       struct buffer *transcript);
void story_deinit(struct story *story);
// What every act came to, a line each, in the order of the story.
void story_outcomes(const struct story *story, struct buffer *out);

// The parts, in order.
bool story_registry(struct story *story);  // photos, organisations, members, officers
bool story_lists(struct story *story);
bool story_requests(struct story *story);  // corrections, rulings, first withdrawals
bool story_registry_changes(struct story *story); // updates, double entries, transfers, a merger
bool story_approval(struct story *story);  // appraise, consolidate, decide, approve
bool story_printing(struct story *story);
bool story_boxes(struct story *story);     // packed, sent, received, down to the cells
bool story_hand_over(struct story *story);
bool story_life(struct story *story);      // lost, damaged, left, died; recovered and sent up
bool story_inspection(struct story *story); // campaigns: filed, stamped, closed, checked late

bool story_races(struct story *story);     // one state or place of races.table, another with each seed
bool story_races_all(struct story *story); // all of them
bool story_races_midway(struct story *story); // strikes while a request is taken from one state to the next

// Rounds until everything that was put out has been taken by everybody.
bool story_settle(struct story *story);
void story_organisation_add(struct story *story, struct errand *errand, const struct place *place);
void story_member_add(struct story *story, struct errand *errand, const struct person *person);
void story_officer_add(struct story *story, struct errand *errand, const struct clerk *clerk, const struct person *person);
// Finds the member's number, as `tdv trace` does.
bool story_resolve(struct story *story, struct person *person);

bool story_withdraw(struct story *story, const char *when);
bool story_withdraw_at_the_press(struct story *story);
bool story_withdraw_too_late(struct story *story);
bool story_orders_change(struct story *story); // held, released, put first
bool story_facility_silent(struct story *story); // for weeks, in some worlds
bool story_time(struct story *story);          // what was left undone becomes due
// Rounds until nobody has anything to do, timers included: before a step that may depend on what nobody has an outcome of.
bool story_rest(struct story *story);
bool story_days_pass(struct story *story, unsigned days); // a day after the other, each with what it brings
bool story_stock(struct story *story);         // blanks
bool story_numbers(struct story *story);       // a block of card numbers

// How many of a group's requests are still on their way.
size_t story_group_size(const struct story *story, const struct story_group *group);

// What became of the lists from the n-th on.
void story_lists_settle(struct story *story, size_t from);

// A chance that is the same in every run of the world.
bool story_fate(const struct story *story, const char *question, uint64_t number, uint32_t per_mille);

#endif
