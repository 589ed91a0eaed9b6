// Who may take a list one stage further, and what for an act on it would be refused.
#ifndef TDV_SERVICES_APPROVAL_STAGES_H
#define TDV_SERVICES_APPROVAL_STAGES_H

#include "domain/dated.h"
#include "domain/refusal.h"
#include "gen/approval_tables.h"
#include "runtime/service.h"
#include "runtime/turn.h"

// One row for each act on lists (domain.md §3, §4).
struct approval_stage {
	enum act act;
	enum list_stage from, to;
	enum role role;
	enum org_level level;
	bool on_group;           // the act names a group; else a list
	bool takes_submitters;   // those who submitted may do it (domain.md §3 names the acts that they may not)
	bool needs_decision;     // number and date of the decision (A13)
};

// NULL: not an act on lists.
const struct approval_stage *approval_stage_of(enum act act);

// What is emitted next is about the list or group of the act.
void approval_subject_whole(struct turn *t, const struct approval_stage *act, uint64_t number);

// Whether this person may do it at all: role and level.
struct refusal approval_actor_refusal(struct store_txn *tx, const struct origin *o, const struct approval_stage *stage);
// Whether `below`, a cell or a superior, belongs to the actor's organisation.
bool approval_reaches(struct store_txn *tx, const struct origin *o, uint64_t below);
// The organisation of that level above a cell or superior; 0: none.
uint64_t approval_above(struct store_txn *tx, uint64_t code, enum org_level level);

// A number that the rules file sets for an act, from day to day.
struct approval_setting {
	enum act act;
	const struct dated_value *values;
	size_t count;
};
// How many persons have to sign an act on that day; at least 1.
uint32_t approval_quorum_of(enum act act, int32_t day);
// Of the rules file; ends with act 0.  Tests put their own in its place.
extern const struct approval_setting *approval_quorums;
// Working days that an act may take; 0: the rules name none.
uint32_t approval_days_of(enum act act, int32_t day);

// The superior of a cell; 0: none.
uint64_t approval_superior_of(struct store_txn *tx, uint64_t cell);
// The list that a request stands in now: that of its number, unless it was released or corrected.
uint64_t approval_list_of(struct store_txn *tx, uint64_t request);

#endif
