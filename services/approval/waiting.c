#include "approval/waiting.h"

#include "approval/stages.h"

// A list whose cell has another superior now: that one's board is shown it, and can take it up.
static void follow(struct turn *t, const struct approval_ready_key *key)
{
	struct approval_lists_row list;
	if (!approval_lists_get(t->tx, key->list, &list))
		return;
	uint64_t now = approval_superior_of(t->tx, list.cell);
	if (now == key->superior || now == 0)
		return;
	approval_ready_delete(t->tx, key->superior, key->kind, key->reason, key->list);
	approval_ready_put(t->tx, now, key->kind, key->reason, key->list);
}

static void move_lists(struct turn *t, uint64_t former)
{
	struct approval_ready_key key = { 0 };
	for (struct approval_ready_key at = { .superior = former };
	     approval_ready_first(t->tx, former, at.kind, at.reason, at.list, &key) && key.superior == former;
	     at = key, at.list++)
		follow(t, &key);
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

// Before version 3 a list stayed with the board that it had come to, wherever its cell went.
void approval_waiting_migrate(struct turn *t, uint32_t from)
{
	struct approval_ready_key key = { 0 };
	if (from >= 3000)
		return;
	for (struct approval_ready_key at = { 0 };
	     approval_ready_first(t->tx, at.superior, at.kind, at.reason, at.list, &key); at = key, at.list++)
		follow(t, &key);
}
