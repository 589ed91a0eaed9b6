// Whether an imported row may enter: form, order of dates, the tree, duplicates (domain.md §5).  Reads
// tables, changes none.
#include "base/when.h"
#include "domain/organisation.h"
#include "registry/registry.h"

#define code_max UINT64_C(999999999999) // 12 digits
#define boxes_all 0x0f                  // of a paper card: boxes 1 to 4

static struct registry_fault fault(enum field field, enum reason reason)
{
	return (struct registry_fault){ field, reason };
}

static const struct registry_fault no_fault = { field_whole, reason_none };

// --- organisations ---

// The code is registered: the same row once more, or another one under its code?
static struct registry_fault organisation_again(const struct registry_organisations_row *known,
						const struct organisation_offered *offer)
{
	if (!bytes_equal(known->name, offer->name))
		return fault(field_name_, reason_differs);
	if (known->level != offer->level)
		return fault(field_level, reason_differs);
	if (known->parent != offer->parent)
		return fault(field_parent, reason_differs);
	if (known->valid_from != offer->valid_from)
		return fault(field_valid_from, reason_differs);
	if (known->has_party_code != offer->has_party_code ||
	    (known->has_party_code && known->party_code != offer->party_code))
		return fault(field_party_code, reason_differs);
	if (known->remote != offer->remote || known->connectivity != offer->connectivity)
		return fault(field_connectivity, reason_differs);
	return fault(field_code, reason_already_done);
}

static struct registry_fault party_code_fault(struct store_txn *tx, const struct organisation_offered *offer)
{
	if (!offer->has_party_code)
		return no_fault;
	if (offer->level != org_level_attached)
		return fault(field_party_code, reason_wrong_level);
	if (offer->party_code < 1 || offer->party_code > 99)
		return fault(field_party_code, reason_out_of_range);
	if (registry_party_codes_get(tx, offer->party_code, NULL))
		return fault(field_party_code, reason_duplicate);
	return no_fault;
}

static struct registry_fault parent_fault(struct store_txn *tx, const struct organisation_offered *offer)
{
	if (offer->level == org_level_central) {
		struct registry_totals_row totals;
		if (offer->parent != 0)
			return fault(field_parent, reason_wrong_level);
		if (registry_totals_get(tx, 1, &totals) && totals.has_centre)
			return fault(field_level, reason_duplicate);
		return no_fault;
	}
	if (offer->parent == 0)
		return fault(field_parent, reason_missing);
	if (offer->parent == offer->code)
		return fault(field_parent, reason_cycle);
	struct registry_organisations_row parent;
	if (!registry_organisations_get(tx, offer->parent, &parent))
		return fault(field_parent, reason_unknown);
	if (parent.has_ended)
		return fault(field_parent, reason_organisation_ended);
	// Levels grow downwards, so a tree that obeys this has no cycle.  A level may be left out: a
	// grassroots organisation may belong to a province directly.
	if (parent.level >= offer->level)
		return fault(field_level, reason_wrong_level);
	return no_fault;
}

struct registry_fault registry_organisation_fault(struct store_txn *tx,
						  const struct organisation_offered *offer)
{
	struct registry_organisations_row known;
	if (offer->code == 0 || offer->code > code_max)
		return fault(field_code, reason_malformed);
	if (registry_organisations_get(tx, offer->code, &known))
		return organisation_again(&known, offer);
	if (offer->name.size == 0)
		return fault(field_name_, reason_missing);
	struct registry_fault found = party_code_fault(tx, offer);
	return found.reason != reason_none ? found : parent_fault(tx, offer);
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
static struct registry_fault member_again(const struct coded_member *known, const struct coded_member *m)
{
	if (known->admission_date != m->admission_date)
		return fault(field_admission_date, reason_differs);
	if (!same_date(known->has_official_date, known->official_date, m->has_official_date,
		       m->official_date))
		return fault(field_official_date, reason_differs);
	if (known->type != m->type)
		return fault(field_type, reason_differs);
	if (known->status != m->status ||
	    !same_date(known->has_status_date, known->status_date, m->has_status_date, m->status_date))
		return fault(field_status, reason_differs);
	if (known->home_cell != m->home_cell)
		return fault(field_home_cell, reason_differs);
	if (known->present_cell != m->present_cell)
		return fault(field_present_cell, reason_differs);
	if (!same_optional(known->has_photo, known->photo, m->has_photo, m->photo))
		return fault(field_photo, reason_differs);
	if (!same_date(known->has_discipline_until, known->discipline_until, m->has_discipline_until,
		       m->discipline_until))
		return fault(field_discipline, reason_differs);
	if (!same_optional(known->has_card_number, known->card_number, m->has_card_number, m->card_number) ||
	    !same_card(known, m))
		return fault(field_card_number, reason_differs);
	return fault(field_profile_number, reason_already_done);
}

static struct registry_fault dates_fault(const struct coded_member *m, int32_t today)
{
	if (m->admission_date > today)
		return fault(field_admission_date, reason_out_of_range);
	if (m->type == member_type_probationary && m->has_official_date)
		return fault(field_official_date, reason_not_official);
	if (m->type == member_type_official && !m->has_official_date)
		return fault(field_official_date, reason_missing);
	if (m->has_official_date && m->official_date < m->admission_date)
		return fault(field_official_date, reason_date_order);
	if (m->has_official_date && m->official_date > today)
		return fault(field_official_date, reason_out_of_range);
	if (m->has_status_date && m->status_date < m->admission_date)
		return fault(field_status, reason_date_order);
	return no_fault;
}

struct registry_fault registry_cell_fault(struct store_txn *tx, uint64_t cell, enum field field)
{
	struct registry_organisations_row row;
	if (!registry_organisations_get(tx, cell, &row))
		return fault(field, reason_unknown);
	if (row.has_ended)
		return fault(field, reason_organisation_ended);
	return organisation_has_members(row.level) ? no_fault : fault(field, reason_wrong_level);
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

struct registry_fault registry_move_fault(struct store_txn *tx, uint64_t cell, enum field field)
{
	struct registry_fault found = registry_cell_fault(tx, cell, field);
	return found.reason == reason_none && registry_has_below(tx, cell) ? fault(field, reason_wrong_level) : found;
}

// NN.NNNNNN: the code of a centrally attached organisation and a running number, neither of them zero
// (12-HD/BTCTW).
static bool number_well_formed(uint32_t number)
{
	uint32_t code = number / 1000000, running = number % 1000000;
	return code >= 1 && code <= 99 && running >= 1;
}

// The card in use when the site starts (domain.md §6.0).
static struct registry_fault card_fault(struct store_txn *tx, const struct coded_member *m, int32_t today)
{
	if (!m->has_card_number) {
		bool rest = m->has_card_generation || m->has_card_issued || m->has_stamped_boxes;
		return rest ? fault(field_card_number, reason_missing) : no_fault;
	}
	if (!number_well_formed(m->card_number))
		return fault(field_card_number, reason_malformed);
	if (m->type != member_type_official)
		return fault(field_card_number, reason_not_official);
	if (!m->has_card_generation)
		return fault(field_card_generation, reason_missing);
	if (!m->has_card_issued)
		return fault(field_card_issued, reason_missing);
	if (m->card_issued < m->admission_date)
		return fault(field_card_issued, reason_date_order);
	if (m->card_issued > today)
		return fault(field_card_issued, reason_out_of_range);
	if (m->has_stamped_boxes && (m->stamped_boxes & ~boxes_all) != 0)
		return fault(field_stamped_boxes, reason_out_of_range);
	if (registry_card_numbers_get(tx, m->card_number, NULL))
		return fault(field_card_number, reason_duplicate);
	return no_fault;
}

struct registry_fault registry_member_fault(struct store_txn *tx, const struct coded_member *m, int32_t today)
{
	struct registry_members_row known;
	if (registry_members_get(tx, m->member, &known))
		return member_again(&known.data, m);
	struct registry_fault found = dates_fault(m, today);
	if (found.reason == reason_none)
		found = registry_cell_fault(tx, m->home_cell, field_home_cell);
	if (found.reason == reason_none)
		found = registry_cell_fault(tx, m->present_cell, field_present_cell);
	if (found.reason == reason_none)
		found = card_fault(tx, m, today);
	return found;
}

struct registry_fault registry_change_fault(struct store_txn *tx, const struct coded_member *was,
					    const struct coded_member *now, int32_t today)
{
	struct registry_fault found = dates_fault(now, today);
	// A member of a cell that has ended meanwhile keeps it until they are moved.
	if (found.reason == reason_none && now->home_cell != was->home_cell)
		found = registry_move_fault(tx, now->home_cell, field_home_cell);
	if (found.reason == reason_none && now->present_cell != was->present_cell)
		found = registry_move_fault(tx, now->present_cell, field_present_cell);
	return found;
}

uint64_t registry_shared_with(struct store_txn *tx, const struct identity_found *m)
{
	for (size_t i = 0; i < m->persons_count; i++)
		if (m->persons[i] != m->member && registry_members_get(tx, m->persons[i], NULL))
			return m->persons[i];
	return m->more ? m->persons[0] : 0;
}
