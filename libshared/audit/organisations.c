// Organisations and members: the registry, its indexes, and what others mirror of them.  Each check compares two sets; a
// weight counts how often an element is in its set, so that counters are compared with what they count.
#include "audit/checks.h"
#include "gen/approval_tables.h"
#include "gen/delivery_tables.h"
#include "gen/intake_tables.h"
#include "gen/printing_tables.h"
#include "gen/registry_tables.h"
#include "gen/revocation_tables.h"
#include "gen/verification_tables.h"

// ---- organisations: the registry's, and everybody's mirror ----

TREE_VIEW(registry_organisations, registry)
TREE_VIEW(intake_organisations, intake)
TREE_VIEW(verification_organisations, verification)
TREE_VIEW(approval_organisations, approval)
TREE_VIEW(printing_organisations, printing)
TREE_VIEW(delivery_organisations, delivery)
TREE_VIEW(revocation_organisations, revocation)
VIEW(organisations_below, registry, organisations)
{
	sink_add(s, k->code, r->parent, 1);
}
KEY_VIEW(children, registry, children)
{
	sink_add(s, k->code, k->parent, 1);
}
VIEW(ended_organisations, registry, organisations)
{
	if (r->has_ended)
		sink_add(s, k->code, 0, 1);
}
VIEW(intake_successors, intake, successors)
{
	sink_add(s, k->code, 0, 1);
}

// ---- members ----

VIEW(members_of_cells, registry, members)
{
	sink_add(s, k->member, r->data.home_cell, 1);
	if (r->data.present_cell != r->data.home_cell)
		sink_add(s, k->member, r->data.present_cell, 1);
}
KEY_VIEW(cell_members, registry, cell_members)
{
	sink_add(s, k->member, k->cell, 1);
}
VIEW(registry_duplicates, registry, duplicates)
{
	sink_add(s, k->duplicate, r->data.member, 1);
}
VIEW(held_members, registry, held_members)
{
	sink_add(s, r->duplicate, k->member, 1);
}
VIEW(intake_duplicates, intake, duplicates)
{
	sink_add(s, k->duplicate, r->person, 1);
}
VIEW(records_registered, registry, members)
{
	sink_add(s, k->member, r->data.record, 1);
}
VIEW(records_at_the_door, intake, members)
{
	sink_add(s, k->member, r->record, 1);
}
VIEW(registry_members, registry, members)
{
	sink_add(s, k->member, r->version, 1);
}
VIEW(verification_members, verification, members)
{
	sink_add(s, k->member, r->version, 1);
}

#define MIRROR(of, vi, en)                                                                                         \
	{                                                                                                          \
		0, { "tổ chức {0}: cấp và cấp trên ghi ở hồ sơ và ở " vi " khác nhau",                             \
		     "organisation {0}: the registry and " en " place it differently" },                           \
			.left = { &registry_organisations }, .right = { &(of) }                                      \
	}

const struct check audit_organisations[] = {
	MIRROR(intake_organisations, "tiếp nhận", "intake"),
	MIRROR(verification_organisations, "thẩm tra", "verification"),
	MIRROR(approval_organisations, "phê duyệt", "approval"),
	MIRROR(printing_organisations, "lệnh in", "printing"),
	MIRROR(delivery_organisations, "giao nhận", "delivery"),
	MIRROR(revocation_organisations, "giá trị thẻ", "revocation"),
	{ 0, { "tổ chức {0}: cấp trên ghi là {1}, theo danh mục trực thuộc là {2}",
	       "organisation {0}: its parent is {1}, by the index {2}" },
	  .left = { &organisations_below }, .right = { &children } },
	{ 0, { "tổ chức {0}: hồ sơ và tiếp nhận không cùng biết là đã kết thúc",
	       "organisation {0}: ended in the registry or in intake, not in both" },
	  .left = { &ended_organisations }, .right = { &intake_successors } },
	{ 0, { "đảng viên {0}: thuộc chi bộ {1}, theo danh mục chi bộ là {2}",
	       "member {0}: of cell {1}, by the index {2}" },
	  .left = { &members_of_cells }, .right = { &cell_members } },
	{ 0, { "hồ sơ trùng {0}: của đảng viên {1}, theo danh mục giữ lại {2}",
	       "double entry {0}: of member {1}, by the index {2}" },
	  .left = { &registry_duplicates }, .right = { &held_members } },
	{ 0, { "hồ sơ trùng {0}: của đảng viên {1} theo hồ sơ, {2} theo tiếp nhận",
	       "double entry {0}: of member {1} in the registry, {2} in intake" },
	  .left = { &registry_duplicates }, .right = { &intake_duplicates } },
	{ 0, { "đảng viên {0}: bản ghi {1} theo hồ sơ, {2} theo tiếp nhận",
	       "member {0}: record {1} in the registry, {2} at the door" },
	  .left = { &records_registered }, .right = { &records_at_the_door } },
	{ 0, { "đảng viên {0}: hồ sơ phiên bản {1}, thẩm tra biết phiên bản {2}",
	       "member {0}: version {1} in the registry, {2} in verification" },
	  .left = { &registry_members }, .right = { &verification_members } },
	check_end,
};
