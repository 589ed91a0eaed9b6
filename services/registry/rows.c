#include "registry/rows.h"

#include "base/subject.h"
#include "domain/organisation.h"
#include "gen/registry_emit.h"

struct registry_imports_row registry_import_of(struct turn *t, uint64_t submission)
{
	struct registry_imports_row import = { 0 };
	registry_imports_get(t->tx, submission, &import);
	return import;
}

void registry_close_if_settled(struct turn *t, uint64_t submission, const struct registry_imports_row *import)
{
	if (!import->ended || import->open > 0) {
		registry_imports_put(t->tx, submission, import);
		return;
	}
	registry_imports_delete(t->tx, submission);
	turn_subject(t, 0);
	emit_act_closed(t, &(struct act_closed){ .submission = submission,
						 .reason = reason_none,
						 .accepted = import->accepted,
						 .refused = import->refused });
}

void registry_count_row(struct turn *t, uint64_t submission, bool accepted, bool was_open)
{
	struct registry_imports_row import = registry_import_of(t, submission);
	if (accepted)
		import.accepted++;
	else
		import.refused++;
	if (was_open)
		import.open--;
	registry_close_if_settled(t, submission, &import);
}

void registry_refuse_row(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal)
{
	emit_row_refused(t, &(struct row_refused){ .submission = submission,
						   .row = row,
						   .field = refusal.field,
						   .reason = refusal.reason });
}

void registry_settle_row(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal)
{
	if (refusal.reason != reason_none)
		registry_refuse_row(t, submission, row, refusal);
	registry_count_row(t, submission, refusal.reason == reason_none, false);
}

void registry_row_waits(struct turn *t, uint64_t submission)
{
	struct registry_imports_row import = registry_import_of(t, submission);
	import.open++;
	registry_imports_put(t->tx, submission, &import);
}

organisation_parent_of(registry)

bool registry_reaches(struct store_txn *tx, const struct origin *o, uint64_t organisation)
{
	struct organisation_tree tree = { tx, parent_of };
	// The administrator belongs to no organisation and keeps the whole site's registry.
	return o->role == role_administrator || organisation_within(&tree, organisation, o->organisation);
}
