// Whether an imported row may enter: form, order of dates, the tree, duplicates (domain.md §5).  Reads
// tables, changes none.
#include "base/when.h"
#include "domain/organisation.h"
#include "registry/registry.h"

#define code_max UINT64_C(999999999999) // 12 digits
#define boxes_all 0x0f                  // of a paper card: boxes 1 to 4

// --- organisations ---

// The code is registered: the same row once more, or another one under its code?
static struct refusal organisation_again(const struct registry_organisations_row *known,
					 const struct organisation_offered *offer)
{
	if (!bytes_equal(known->name, offer->name))
		return refused(name_, differs);
	if (known->level != offer->level)
		return refused(level, differs);
	if (known->parent != offer->parent)
		return refused(parent, differs);
	if (known->valid_from != offer->valid_from)
		return refused(valid_from, differs);
	if (known->has_party_code != offer->has_party_code ||
	    (known->has_party_code && known->party_code != offer->party_code))
		return refused(party_code, differs);
	if (known->remote != offer->remote || known->connectivity != offer->connectivity)
		return refused(connectivity, differs);
	return refused(code, already_done);
}

static struct refusal party_code_refusal(struct store_txn *tx, const struct organisation_offered *offer)
{
	if (!offer->has_party_code)
		return carried_out;
	if (offer->level != org_level_attached)
		return refused(party_code, wrong_level);
	if (offer->party_code < 1 || offer->party_code > 99)
		return refused(party_code, out_of_range);
	if (registry_party_codes_get(tx, offer->party_code, NULL))
		return refused(party_code, duplicate);
	return carried_out;
}

static struct refusal parent_refusal(struct store_txn *tx, const struct organisation_offered *offer)
{
	if (offer->level == org_level_central) {
		struct registry_totals_row totals;
		if (offer->parent != 0)
			return refused(parent, wrong_level);
		if (registry_totals_get(tx, 1, &totals) && totals.has_centre)
			return refused(level, duplicate);
		return carried_out;
	}
	if (offer->parent == 0)
		return refused(parent, missing);
	if (offer->parent == offer->code)
		return refused(parent, cycle);
	struct registry_organisations_row parent;
	if (!registry_organisations_get(tx, offer->parent, &parent))
		return refused(parent, unknown);
	if (parent.has_ended)
		return refused(parent, organisation_ended);
	// Levels grow downwards, so a tree that obeys this has no cycle.  A level may be left out: a
	// grassroots organisation may belong to a province directly.
	if (parent.level >= offer->level)
		return refused(level, wrong_level);
	return carried_out;
}

struct refusal registry_organisation_refusal(struct store_txn *tx, const struct organisation_offered *offer)
{
	struct registry_organisations_row known;
	if (offer->code == 0 || offer->code > code_max)
		return refused(code, malformed);
	if (registry_organisations_get(tx, offer->code, &known))
		return organisation_again(&known, offer);
	if (offer->name.size == 0)
		return refused(name_, missing);
	struct refusal found = party_code_refusal(tx, offer);
	return found.reason != reason_none ? found : parent_refusal(tx, offer);
}

// --- members ---

static bool same_optional(bool has_a, uint64_t a, bool has_b, uint64_t b)
{
	return has_a == has_b && (!has_a || a == b);
}

static bool same_date(bool has_a, int32_t a, bool has_b, int32_t b)
{
	return has_a == has_b && (!has_a || a == b);
}

static bool same_card(const struct coded_member *a, const struct coded_member *b)
{
	return same_optional(a->has_card_generation, a->card_generation, b->has_card_generation,
			     b->card_generation) &&
	       same_date(a->has_card_issued, a->card_issued, b->has_card_issued, b->card_issued) &&
	       same_optional(a->has_stamped_boxes, a->stamped_boxes, b->has_stamped_boxes, b->stamped_boxes);
}

// The member is registered.  Personal data cannot be compared here: the door does; what should change comes by
// an update (updates.c).
static struct refusal member_again(const struct coded_member *known, const struct coded_member *m)
{
	if (known->admission_date != m->admission_date)
		return refused(admission_date, differs);
	if (!same_date(known->has_official_date, known->official_date, m->has_official_date,
		       m->official_date))
		return refused(official_date, differs);
	if (known->type != m->type)
		return refused(type, differs);
	if (known->status != m->status ||
	    !same_date(known->has_status_date, known->status_date, m->has_status_date, m->status_date))
		return refused(status, differs);
	if (known->home_cell != m->home_cell)
		return refused(home_cell, differs);
	if (known->present_cell != m->present_cell)
		return refused(present_cell, differs);
	if (!same_optional(known->has_photo, known->photo, m->has_photo, m->photo))
		return refused(photo, differs);
	if (!same_date(known->has_discipline_until, known->discipline_until, m->has_discipline_until,
		       m->discipline_until))
		return refused(discipline, differs);
	if (!same_optional(known->has_card_number, known->card_number, m->has_card_number, m->card_number) ||
	    !same_card(known, m))
		return refused(card_number, differs);
	return refused(profile_number, already_done);
}

static struct refusal dates_refusal(const struct coded_member *m, int32_t today)
{
	if (m->admission_date > today)
		return refused(admission_date, out_of_range);
	if (m->type == member_type_probationary && m->has_official_date)
		return refused(official_date, not_official);
	if (m->type == member_type_official && !m->has_official_date)
		return refused(official_date, missing);
	if (m->has_official_date && m->official_date < m->admission_date)
		return refused(official_date, date_order);
	if (m->has_official_date && m->official_date > today)
		return refused(official_date, out_of_range);
	if (m->has_status_date && m->status_date < m->admission_date)
		return refused(status, date_order);
	return carried_out;
}

// A cell that members may belong to today.
static struct refusal cell_refusal(struct store_txn *tx, uint64_t cell, enum field field)
{
	struct registry_organisations_row row;
	if (!registry_organisations_get(tx, cell, &row))
		return (struct refusal){ field, reason_unknown };
	if (row.has_ended)
		return (struct refusal){ field, reason_organisation_ended };
	return organisation_has_members(row.level) ? carried_out : (struct refusal){ field, reason_wrong_level };
}

bool registry_has_below(struct store_txn *tx, uint64_t code)
{
	struct registry_children_key key;
	struct registry_organisations_row row;
	uint64_t from = 0;
	while (registry_children_first(tx, code, from, &key) && key.parent == code) {
		if (registry_organisations_get(tx, key.code, &row) && !row.has_ended)
			return true;
		from = key.code + 1;
	}
	return false;
}

struct refusal registry_move_refusal(struct store_txn *tx, uint64_t cell, enum field field)
{
	struct refusal found = cell_refusal(tx, cell, field);
	if (found.reason == reason_none && registry_has_below(tx, cell))
		return (struct refusal){ field, reason_wrong_level };
	return found;
}

// NN.NNNNNN: the code of a centrally attached organisation and a running number, neither of them zero
// (12-HD/BTCTW).
static bool number_well_formed(uint32_t number)
{
	uint32_t code = number / 1000000, running = number % 1000000;
	return code >= 1 && code <= 99 && running >= 1;
}

// The card in use when the site starts (domain.md §6.0).
static struct refusal card_refusal(struct store_txn *tx, const struct coded_member *m, int32_t today)
{
	if (!m->has_card_number) {
		bool rest = m->has_card_generation || m->has_card_issued || m->has_stamped_boxes;
		return rest ? refused(card_number, missing) : carried_out;
	}
	if (!number_well_formed(m->card_number))
		return refused(card_number, malformed);
	if (m->type != member_type_official)
		return refused(card_number, not_official);
	if (!m->has_card_generation)
		return refused(card_generation, missing);
	if (!m->has_card_issued)
		return refused(card_issued, missing);
	if (m->card_issued < m->admission_date)
		return refused(card_issued, date_order);
	if (m->card_issued > today)
		return refused(card_issued, out_of_range);
	if (m->has_stamped_boxes && (m->stamped_boxes & ~boxes_all) != 0)
		return refused(stamped_boxes, out_of_range);
	if (registry_card_numbers_get(tx, m->card_number, NULL))
		return refused(card_number, duplicate);
	return carried_out;
}

struct refusal registry_member_refusal(struct store_txn *tx, const struct coded_member *m, int32_t today)
{
	struct registry_members_row known;
	if (registry_members_get(tx, m->member, &known))
		return member_again(&known.data, m);
	struct refusal found = dates_refusal(m, today);
	if (found.reason == reason_none)
		found = cell_refusal(tx, m->home_cell, field_home_cell);
	if (found.reason == reason_none)
		found = cell_refusal(tx, m->present_cell, field_present_cell);
	if (found.reason == reason_none)
		found = card_refusal(tx, m, today);
	return found;
}

struct refusal registry_change_refusal(struct store_txn *tx, const struct coded_member *was,
				       const struct coded_member *now, int32_t today)
{
	struct refusal found = dates_refusal(now, today);
	// A member of a cell that has ended meanwhile keeps it until they are moved.
	if (found.reason == reason_none && now->home_cell != was->home_cell)
		found = registry_move_refusal(tx, now->home_cell, field_home_cell);
	if (found.reason == reason_none && now->present_cell != was->present_cell)
		found = registry_move_refusal(tx, now->present_cell, field_present_cell);
	return found;
}

uint64_t registry_shared_with(struct store_txn *tx, const struct identity_found *m)
{
	for (size_t i = 0; i < m->persons_count; i++)
		if (m->persons[i] != m->member && registry_members_get(tx, m->persons[i], NULL))
			return m->persons[i];
	return m->more ? m->persons[0] : 0;
}
