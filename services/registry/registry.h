// Registry: members and organisations, mirrored from the member database.
#ifndef TDV_SERVICES_REGISTRY_H
#define TDV_SERVICES_REGISTRY_H

#include "domain/refusal.h"
#include "gen/registry_tables.h"
#include "runtime/service.h"

extern const struct service registry_service;

// check.c: whether a row may enter, by what the tables hold now.
// An unknown parent is reason_unknown at field_parent: it may still come.
struct refusal registry_organisation_refusal(struct store_txn *tx, const struct organisation_offered *offer);
struct refusal registry_member_refusal(struct store_txn *tx, const struct coded_member *m, int32_t today);
// The same of a registered member that changes.
struct refusal registry_change_refusal(struct store_txn *tx, const struct coded_member *was,
				       const struct coded_member *now, int32_t today);
// A cell that a member may be moved to: it has not ended, and has members of its own.  A committee that has cells below it has no
// officer of a cell, who would file for the member.  (Imports take members as they are.)
struct refusal registry_move_refusal(struct store_txn *tx, uint64_t cell, enum field field);
bool registry_has_below(struct store_txn *tx, uint64_t code); // organisations that have not ended
// A registered member, other than this one, with the same citizen id; 0: none.  Persons who were never
// registered (a row refused for another reason) do not count: two rows that share a citizen id are settled one
// after the other, so that the first to be registered wins.
uint64_t registry_shared_with(struct store_txn *tx, const struct identity_found *m);

// adapters.c: the adapter of effect identity_lookup, which reads the door's vault.
extern const struct service_adapter registry_adapters[];
enum error registry_adapters_open(void **context, const char *home, struct store_txn *txn);
void registry_adapters_close(void *context);

#endif
