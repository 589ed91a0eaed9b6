#include "approval/waiting.h"

#include "approval/stages.h"

// Lists of those that have another superior now: that one's board is shown them, and can take them up.
static void move_lists(struct turn *t, uint64_t former)
{
	struct approval_ready_key key = { 0 };
	struct approval_lists_row list;
	uint64_t now;
	for (struct approval_ready_key at = { .superior = former };
	     approval_ready_first(t->tx, former, at.kind, at.reason, at.list, &key) && key.superior == former;
	     at = key, at.list++) {
		if (!approval_lists_get(t->tx, key.list, &list))
			continue;
		now = approval_superior_of(t->tx, list.cell);
		if (now == former || now == 0)
			continue;
		approval_ready_delete(t->tx, former, key.kind, key.reason, key.list);
		approval_ready_put(t->tx, now, key.kind, key.reason, key.list);
	}
}

// Registered, or moved below another: a cell or a committee may be under another superior then.  A superior that is
// merged is told as one below its successor; its groups keep its code, which lies within the successor's subtree.
void approval_organisation_stands(struct turn *t, const struct organisation_registered *m)
{
	struct approval_organisations_row row;
	bool moved = approval_organisations_get(t->tx, m->code, &row) && row.parent != m->parent;
	uint64_t former = moved ? approval_superior_of(t->tx, m->code) : 0;
	approval_organisations_put(t->tx, m->code,
				   &(struct approval_organisations_row){ .parent = m->parent, .level = m->level });
	if (former != 0 && former != approval_superior_of(t->tx, m->code))
		move_lists(t, former);
}
