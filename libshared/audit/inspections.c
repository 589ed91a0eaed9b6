// What inspection keeps, beside the registry and revocation, and beside itself: its mirrors, who missed a check, what a campaign
// counts; and one stamp for each card and box.
#include "audit/checks.h"
#include "base/bytes.h"
#include "base/subject.h"
#include "gen/inspection_tables.h"
#include "gen/registry_tables.h"
#include "gen/revocation_tables.h"

// ---- mirrors ----

TREE_VIEW(registered_organisations, registry)
TREE_VIEW(inspection_organisations, inspection)
VIEW(inspection_parents, inspection, organisations)
{
	sink_add(s, k->code, r->parent, 1);
}
KEY_VIEW(inspection_children, inspection, children)
{
	sink_add(s, k->code, k->parent, 1);
}

static uint64_t member_as(uint64_t cell, enum member_type type, enum member_status status)
{
	return cell * 64 + (uint64_t)type * 16 + (uint64_t)status;
}

VIEW(registered_members, registry, members)
{
	sink_add(s, k->member, member_as(r->data.present_cell, r->data.type, r->data.status), 1);
}
VIEW(inspection_members, inspection, members)
{
	sink_add(s, k->member, member_as(r->cell, r->type, r->status), 1);
}
VIEW(members_by_cell, inspection, members)
{
	sink_add(s, k->member, r->cell, 1);
}
KEY_VIEW(inspection_cell_members, inspection, cell_members)
{
	sink_add(s, k->member, k->cell, 1);
}

// One that never came to its holder is no card yet.
VIEW(cards_worth, revocation, cards)
{
	if (r->validity != card_validity_not_yet_active && r->validity != card_validity_spoiled)
		sink_add(s, k->card, (uint64_t)r->validity * 4 + r->generation, 1);
}
VIEW(inspection_cards, inspection, cards)
{
	if (r->validity != card_validity_spoiled)
		sink_add(s, k->card, (uint64_t)r->validity * 4 + r->generation, 1);
}

// ---- who missed a check (D2) ----

VIEW(missed, inspection, missed)
{
	sink_add(s, k->card, 0, 1);
}
VIEW(unchecked, revocation, cards)
{
	if (r->unchecked)
		sink_add(s, k->card, 0, 1);
}
// What may be used missed no check, and what is unstamped missed one: nothing is in the first, as in the second.
VIEW(worth_in_spite_of_its_check, revocation, cards)
{
	bool wrong = r->unchecked ? r->validity == card_validity_active : r->validity == card_validity_unstamped;
	if (wrong)
		sink_add(s, k->card, r->validity, 1);
}
VIEW(no_card, revocation, cards)
{
}

// ---- what a campaign counts ----

// Parts by campaign * 16 + what is counted of them.
enum counted { cells = 1, grassroots, superiors, cells_filed, grassroots_filed, decided, stamping, returned, reported };

static void add_count(struct sink *s, uint64_t campaign, enum counted what, uint32_t count)
{
	sink_add(s, campaign * 16 + what, 0, count);
}

VIEW(campaign_counts, inspection, campaigns)
{
	add_count(s, k->campaign, cells, r->cells);
	add_count(s, k->campaign, grassroots, r->grassroots);
	add_count(s, k->campaign, superiors, r->superiors);
	add_count(s, k->campaign, cells_filed, r->cells_filed);
	add_count(s, k->campaign, grassroots_filed, r->grassroots_filed);
	add_count(s, k->campaign, decided, r->decided);
	add_count(s, k->campaign, stamping, r->stamping);
	add_count(s, k->campaign, returned, r->returned);
	add_count(s, k->campaign, reported, r->reported);
}
VIEW(parts_counted, inspection, parts)
{
	bool filed = r->furthest >= campaign_part_filed, superior = k->level == org_level_superior;
	if (k->level == org_level_cell) {
		add_count(s, k->campaign, cells, 1);
		add_count(s, k->campaign, cells_filed, filed);
	} else if (k->level == org_level_grassroots) {
		add_count(s, k->campaign, grassroots, 1);
		add_count(s, k->campaign, grassroots_filed, filed);
	}
	add_count(s, k->campaign, superiors, superior);
	add_count(s, k->campaign, decided, superior && r->furthest >= campaign_part_decided);
	add_count(s, k->campaign, stamping, superior && r->furthest >= campaign_part_stamping);
	add_count(s, k->campaign, returned, superior && r->furthest >= campaign_part_returned);
	add_count(s, k->campaign, reported, superior && r->furthest >= campaign_part_reported);
}
VIEW(results_by_cell, inspection, results)
{
	sink_add(s, k->campaign << 40 | k->member, r->cell, 1);
}
KEY_VIEW(cell_results, inspection, cell_results)
{
	sink_add(s, k->campaign << 40 | k->member, k->cell, 1);
}
// Of each cell, by campaign: what it says in all.
VIEW(results_counted, inspection, results)
{
	sink_add(s, r->cell, k->campaign, 1);
}
VIEW(figures_of_cells, inspection, parts)
{
	const struct check_figures *f = &r->figures;
	if (k->level == org_level_cell)
		sink_add(s, k->organisation, k->campaign,
			 (int64_t)f->ok + f->damaged + f->lost + f->not_presented + f->misused);
}

const struct check audit_inspections[] = {
	{ 0, { "tổ chức {0}: cấp và cấp trên ghi ở hồ sơ và ở kiểm tra thẻ khác nhau",
	       "organisation {0}: the registry and inspection place it differently" },
	  .left = { &registered_organisations }, .right = { &inspection_organisations } },
	{ 0, { "tổ chức {0}: kiểm tra thẻ ghi cấp trên là {1}, theo danh mục trực thuộc là {2}",
	       "organisation {0}: its parent in inspection is {1}, by the index {2}" },
	  .left = { &inspection_parents }, .right = { &inspection_children } },
	{ 0, { "đảng viên {0}: hồ sơ và kiểm tra thẻ ghi khác nhau (chi bộ*64+loại*16+tình trạng: {1}, {2})",
	       "member {0}: the registry and inspection differ (cell*64+type*16+status: {1}, {2})" },
	  .left = { &registered_members }, .right = { &inspection_members } },
	{ 0, { "đảng viên {0}: kiểm tra thẻ ghi chi bộ {1}, theo danh mục chi bộ là {2}",
	       "member {0}: of cell {1} in inspection, by the index {2}" },
	  .left = { &members_by_cell }, .right = { &inspection_cell_members } },
	{ 0, { "thẻ {0c}: giá trị thẻ và kiểm tra thẻ ghi khác nhau (giá trị*4+thế hệ: {1}, {2})",
	       "card {0c}: revocation and inspection differ (validity*4+generation: {1}, {2})" },
	  .left = { &cards_worth }, .right = { &inspection_cards } },
	{ 0, { "thẻ {0c}: kiểm tra thẻ và giá trị thẻ không cùng ghi là hết đợt mà chưa kiểm tra ({1}, {2})",
	       "card {0c}: missed its check in inspection or in revocation, not in both ({1}, {2})" },
	  .left = { &missed }, .right = { &unchecked } },
	{ 0, { "thẻ {0c}: giá trị {1v} không hợp với việc kiểm tra", "card {0c}: validity {1v} does not fit its check" },
	  .left = { &worth_in_spite_of_its_check }, .right = { &no_card } },
	{ 0, { "đợt kiểm tra*16+mục {0}: ghi {1}, đếm từng nơi {2}", "campaign*16+figure {0}: {1} noted, {2} counted" },
	  .left = { &campaign_counts }, .right = { &parts_counted } },
	{ 0, { "kết quả {0}: của chi bộ {1}, theo danh mục là {2}", "result {0}: of cell {1}, by the index {2}" },
	  .left = { &results_by_cell }, .right = { &cell_results } },
	{ 0, { "chi bộ {0}: báo {1} kết quả, có {2}", "cell {0}: {1} results in its figures, {2} there" },
	  .left = { &figures_of_cells }, .right = { &results_counted },
	  .services = { service_id_intake, service_id_inspection } }, // a filing's rows come before its end
	check_end,
};

// ---- one stamp for each card and box ----

static bool next_stamp(struct walk *walk, struct inspection_stamps_key *key)
{
	if (!walk_row(walk))
		return false;
	return inspection_stamps_key_decode(walk->key, key) || walk_corrupt(walk);
}

// The boxes of a card are those that it came with, which only a first copy does, and those that were stamped.
static enum error boxes_are_stamped(struct audit *audit, const struct check *check)
{
	struct inspection_cards_key at = { 0 };
	struct inspection_cards_row card = { 0 };
	struct inspection_stamps_key stamp = { 0 };
	struct walk cards, stamps;
	walk_open(&cards, audit, service_id_inspection, "cards");
	walk_open(&stamps, audit, service_id_inspection, "stamps");
	bool has_stamp = next_stamp(&stamps, &stamp);
	while (walk_next(&cards, inspection_cards, &at, &card)) {
		uint32_t stamped = 0;
		for (; has_stamp && stamp.card < at.card; has_stamp = next_stamp(&stamps, &stamp))
			audit_find(audit, check, stamp.card, 0, stamp.box); // of no card
		for (; has_stamp && stamp.card == at.card; has_stamp = next_stamp(&stamps, &stamp))
			stamped |= UINT32_C(1) << ((stamp.box - 1) & 31);
		uint32_t others = card.boxes & ~stamped;
		if ((stamped & ~card.boxes) != 0 || (others != 0 && card_copy(at.card) != 1))
			audit_find(audit, check, at.card, card.boxes, stamped);
	}
	enum error error = walk_close(&cards), other = walk_close(&stamps);
	return error != error_none ? error : other;
}

const struct check audit_inspection_rules[] = {
	{ 0, { "thẻ {0c}: ô kiểm tra {1}, theo từng dấu {2}", "card {0c}: boxes {1}, by the stamps {2}" },
	  .run = boxes_are_stamped, .services = { service_id_inspection } },
	check_end,
};
