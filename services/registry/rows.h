// Inside the registry: rows of an act, counted one by one; the act is closed once, when the last is settled.
// And members: the only place that writes one, so that everybody who mirrors members hears of every change.
#ifndef TDV_SERVICES_REGISTRY_ROWS_H
#define TDV_SERVICES_REGISTRY_ROWS_H

#include "registry/registry.h"
#include "runtime/turn.h"

// --- rows.c

struct registry_imports_row registry_import_of(struct turn *t, uint64_t submission);
// Keeps the count, or closes the act: its end was seen and no row is open.
void registry_close_if_settled(struct turn *t, uint64_t submission, const struct registry_imports_row *import);
void registry_count_row(struct turn *t, uint64_t submission, bool accepted, bool was_open);
void registry_refuse_row(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal);
// The row has its end: told when refused, counted either way.
void registry_settle_row(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal);
// One more row waits: for the vault, for a long walk.
void registry_row_waits(struct turn *t, uint64_t submission);

// --- members.c

// A member enters, with the card in use when there is one.
void registry_member_open(struct turn *t, const struct coded_member *m);
// A registered member changes into *now: a new version; a change of status or of the present cell is told to those
// who follow it.  `decision` may be empty.
void registry_member_set(struct turn *t, const struct coded_member *now, int32_t date, struct bytes decision);
// The status alone: exit, death, abroad and back.
void registry_status_set(struct turn *t, uint64_t member, enum member_status status, int32_t date, struct bytes decision);
bool registry_in_standing(enum member_status status);

// --- the acts, one file each: an input of registry.c goes straight on to its function here

void registry_update(struct turn *t, const struct update_offered *m);                             // updates.c
bool registry_update_identified(struct turn *t, const struct identity_found *m);                  // false: not of an update
void registry_transfer(struct turn *t, const struct origin *o, const struct transfer_offered *m); // transfers.c
void registry_exit(struct turn *t, const struct origin *o, const struct exit_reported *m);        // exits.c
void registry_ending(struct turn *t, const struct origin *o, const struct ending_offered *m);     // endings.c
void registry_ending_goes_on(struct turn *t, const struct ending_going *m);
// A row of an import that speaks of a registered member, or seems to: held for a person.  duplicates.c
void registry_hold(struct turn *t, uint64_t submission, const struct coded_member *m, enum field field, uint64_t with);
void registry_rule(struct turn *t, const struct duplicate_ruled *m);

// Whether the actor's subtree holds the organisation (domain.md §4).
bool registry_reaches(struct store_txn *tx, const struct origin *o, uint64_t organisation);

#endif
