// The registry decides who is a member and where, and which organisations there are: a mirror of the member
// database, filled by imports.  A row enters when it fits the tree, its dates are in order, it is new, and
// nobody else who is registered has the same citizen id, which an adapter looks up in the vault.  Every row
// that does not is told to the submitter with its field and reason, and the act is closed when the last of
// them is settled.  The registry never judges whether somebody is entitled to a card (verification), nor what
// a card is worth (revocation); it never sees a name, a birth date or a citizen id.
#include "registry/registry.h"

#include <string.h>

#include "base/subject.h"
#include "gen/registry.h"

// --- an import: counted row by row, closed once ---

static struct registry_imports_row import_of(struct turn *t, uint64_t submission)
{
	struct registry_imports_row import = { 0 };
	registry_imports_get(t->tx, submission, &import);
	return import;
}

static void close_if_settled(struct turn *t, uint64_t submission, const struct registry_imports_row *import)
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

static void count_row(struct turn *t, uint64_t submission, bool accepted, bool was_open)
{
	struct registry_imports_row import = import_of(t, submission);
	if (accepted)
		import.accepted++;
	else
		import.refused++;
	if (was_open)
		import.open--;
	close_if_settled(t, submission, &import);
}

static void refuse_row(struct turn *t, uint64_t submission, uint32_t row, struct registry_fault fault)
{
	emit_row_refused(t, &(struct row_refused){ .submission = submission,
						   .row = row,
						   .field = fault.field,
						   .reason = fault.reason });
}

// --- organisations ---

static void register_organisation(struct turn *t, const struct organisation_offered *m)
{
	registry_organisations_put(t->tx, m->code,
				   &(struct registry_organisations_row){ .level = m->level,
									 .parent = m->parent,
									 .has_party_code = m->has_party_code,
									 .party_code = m->party_code,
									 .valid_from = m->valid_from,
									 .name = m->name,
									 .remote = m->remote,
									 .connectivity = m->connectivity });
	if (m->has_party_code)
		registry_party_codes_put(t->tx, m->party_code,
					 &(struct registry_party_codes_row){ .organisation = m->code });
	if (m->level == org_level_central) {
		struct registry_totals_row totals = { 0 };
		registry_totals_get(t->tx, 1, &totals);
		totals.has_centre = true;
		totals.centre = m->code;
		registry_totals_put(t->tx, 1, &totals);
	}
	emit_organisation_registered(t,
				     &(struct organisation_registered){ .code = m->code,
									.name = m->name,
									.level = m->level,
									.parent = m->parent,
									.valid_from = m->valid_from,
									.has_party_code = m->has_party_code,
									.party_code = m->party_code,
									.remote = m->remote });
}

static void settle_organisation(struct turn *t, const struct organisation_offered *m,
				struct registry_fault fault)
{
	turn_subject(t,
		     fault.reason == reason_malformed ? 0 : subject_of(subject_kind_organisation, m->code));
	if (fault.reason == reason_none)
		register_organisation(t, m);
	else
		refuse_row(t, m->submission, m->row, fault);
	count_row(t, m->submission, fault.reason == reason_none, false);
}

static void keep_waiting(struct turn *t, const struct organisation_offered *m)
{
	registry_waiting_organisations_put(
		t->tx, m->submission, m->parent, m->row,
		&(struct registry_waiting_organisations_row){ .code = m->code,
							      .level = m->level,
							      .has_party_code = m->has_party_code,
							      .party_code = m->party_code,
							      .valid_from = m->valid_from,
							      .name = m->name,
							      .remote = m->remote,
							      .connectivity = m->connectivity });
	registry_waiting_codes_put(t->tx, m->submission, m->code,
				   &(struct registry_waiting_codes_row){ .parent = m->parent });
}

// The door has checked that the actor is the administrator or the central board: both act for the whole tree,
// so that there is no subtree to check here.
static void on_organisation_offered(struct turn *t, const struct origin *o,
				    const struct organisation_offered *m)
{
	(void)o;
	struct registry_fault fault = registry_organisation_fault(t->tx, m);
	if (fault.field == field_parent && fault.reason == reason_unknown)
		keep_waiting(t, m);
	else
		settle_organisation(t, m, fault);
}

// Rows that wait and whose parents wait for each other in a ring, as against a chain that ends nowhere.
static bool in_a_ring(struct turn *t, uint64_t submission, uint64_t code)
{
	uint64_t at = code;
	struct registry_waiting_codes_row row;
	for (unsigned steps = 0; steps < 2000 && registry_waiting_codes_get(t->tx, submission, at, &row);
	     steps++) {
		at = row.parent;
		if (at == code)
			return true;
	}
	return false;
}

// Takes a waiting row out.  Its name is copied: a row is good only until the next write.
static struct organisation_offered take_waiting(struct turn *t,
						const struct registry_waiting_organisations_key *key,
						const struct registry_waiting_organisations_row *row,
						uint8_t name[300])
{
	memcpy(name, row->name.data, row->name.size);
	struct organisation_offered m = { .submission = key->submission,
					  .row = key->row,
					  .code = row->code,
					  .name = bytes_of(name, row->name.size),
					  .level = row->level,
					  .parent = key->parent,
					  .valid_from = row->valid_from,
					  .has_party_code = row->has_party_code,
					  .party_code = row->party_code,
					  .remote = row->remote,
					  .connectivity = row->connectivity };
	registry_waiting_organisations_delete(t->tx, key->submission, key->parent, key->row);
	return m;
}

// One row of a pass: true when it is settled.
static bool settle_waiting(struct turn *t, const struct registry_waiting_organisations_key *key,
			   const struct registry_waiting_organisations_row *row, bool give_up)
{
	uint8_t name[300];
	bool parent_known = registry_organisations_get(t->tx, key->parent, NULL);
	if (!parent_known && !give_up)
		return false;
	struct organisation_offered m = take_waiting(t, key, row, name);
	struct registry_fault fault = registry_organisation_fault(t->tx, &m);
	if (fault.field == field_parent && fault.reason == reason_unknown &&
	    in_a_ring(t, m.submission, m.code))
		fault.reason = reason_cycle;
	settle_organisation(t, &m, fault);
	return true;
}

static void forget_waiting_codes(struct turn *t, uint64_t submission)
{
	struct registry_waiting_codes_key key;
	while (registry_waiting_codes_first(t->tx, submission, 0, &key, NULL) && key.submission == submission)
		registry_waiting_codes_delete(t->tx, submission, key.code);
}

// Passes over the rows that wait, parents before children whatever their order in the file.  A pass that
// registers nothing is the last but one: what is left has no parent, and is refused.
static void settle_all_waiting(struct turn *t, struct organisations_settle at)
{
	struct registry_waiting_organisations_key key;
	struct registry_waiting_organisations_row row;
	for (;;) {
		bool found = registry_waiting_organisations_first(t->tx, at.submission, at.parent, at.row,
								  &key, &row) &&
			     key.submission == at.submission;
		if (!found && (at.give_up || (at.parent == 0 && at.row == 0)))
			break;
		if (!found) {
			at = (struct organisations_settle){ .submission = at.submission,
							    .give_up = !at.progress };
			continue;
		}
		if (turn_room(t) == 0) {
			leave_organisations_settle(t, &at);
			return;
		}
		if (settle_waiting(t, &key, &row, at.give_up))
			at.progress = true;
		at.parent = key.parent;
		at.row = key.row + 1;
	}
	forget_waiting_codes(t, at.submission);
	struct registry_imports_row import = import_of(t, at.submission);
	import.ended = true;
	close_if_settled(t, at.submission, &import);
}

static void on_organisations_settle(struct turn *t, const struct origin *o,
				    const struct organisations_settle *m)
{
	(void)o;
	settle_all_waiting(t, *m);
}

// --- members ---

static void register_member(struct turn *t, const struct coded_member *m)
{
	struct registry_totals_row totals = { 0 };
	registry_totals_get(t->tx, 1, &totals);
	totals.version++;
	registry_totals_put(t->tx, 1, &totals);
	registry_members_put(t->tx, m->member,
			     &(struct registry_members_row){ .version = totals.version, .data = *m });
	emit_member_registered(t,
			       &(struct member_registered){ .member = m->member,
							    .version = totals.version,
							    .record = m->record,
							    .type = m->type,
							    .status = m->status,
							    .has_official_date = m->has_official_date,
							    .official_date = m->official_date,
							    .home_cell = m->home_cell,
							    .present_cell = m->present_cell,
							    .has_photo = m->has_photo,
							    .photo = m->photo,
							    .has_discipline_until = m->has_discipline_until,
							    .discipline_until = m->discipline_until });
}

// The card is where its holder is, hence the present cell (D4).
static void open_card(struct turn *t, const struct coded_member *m)
{
	registry_card_numbers_put(t->tx, m->card_number,
				  &(struct registry_card_numbers_row){ .member = m->member });
	emit_card_opened(t, &(struct card_opened){ .member = m->member,
						   .card = card_of(m->member, 1),
						   .number = m->card_number,
						   .generation = m->card_generation,
						   .issued = m->card_issued,
						   .boxes = m->has_stamped_boxes ? m->stamped_boxes : 0,
						   .cell = m->present_cell,
						   .status = m->status });
}

static void settle_member(struct turn *t, uint64_t submission, const struct coded_member *m,
			  struct registry_fault fault, bool was_open)
{
	turn_subject(t, subject_of(subject_kind_member, m->member));
	if (fault.reason == reason_none) {
		register_member(t, m);
		if (m->has_card_number)
			open_card(t, m);
	} else {
		refuse_row(t, submission, m->row, fault);
	}
	count_row(t, submission, fault.reason == reason_none, was_open);
}

static void on_member_offered(struct turn *t, const struct origin *o, const struct member_offered *m)
{
	(void)o;
	struct registry_fault fault = registry_member_fault(t->tx, &m->member, turn_date(t));
	if (fault.reason != reason_none) {
		settle_member(t, m->submission, &m->member, fault, false);
		return;
	}
	struct registry_imports_row import = import_of(t, m->submission);
	import.open++;
	registry_imports_put(t->tx, m->submission, &import);
	registry_pending_members_put(t->tx, m->submission, m->member.row,
				     &(struct registry_pending_members_row){ .data = m->member });
	turn_subject(t, subject_of(subject_kind_member, m->member.member));
	ask_identity_lookup(t, &(struct identity_lookup){ .submission = m->submission,
							  .row = m->member.row,
							  .member = m->member.member,
							  .record = m->member.record });
}

// Persons who were never registered (a row refused for another reason) do not count: two rows that share a
// citizen id are settled one after the other, so that the first to be registered wins.
static bool shared_with_a_member(struct turn *t, const struct identity_found *m)
{
	for (size_t i = 0; i < m->persons_count; i++)
		if (m->persons[i] != m->member && registry_members_get(t->tx, m->persons[i], NULL))
			return true;
	return m->more;
}

static void on_identity_found(struct turn *t, const struct origin *o, const struct identity_found *m)
{
	(void)o;
	struct registry_pending_members_row pending;
	if (!registry_pending_members_get(t->tx, m->submission, m->row, &pending))
		return; // the effect's first answer settled the row; the runtime passes on no second one
	registry_pending_members_delete(t->tx, m->submission, m->row);
	// Again: rows that were answered meanwhile may have taken the person or the card number.
	struct registry_fault fault = registry_member_fault(t->tx, &pending.data, turn_date(t));
	if (fault.reason == reason_none && !m->known)
		fault = (struct registry_fault){ field_citizen_id, reason_missing };
	if (fault.reason == reason_none && shared_with_a_member(t, m))
		fault = (struct registry_fault){ field_citizen_id, reason_identity_shared };
	settle_member(t, m->submission, &pending.data, fault, true);
}

static void on_import_ended(struct turn *t, const struct origin *o, const struct import_ended *m)
{
	(void)o;
	if (m->act == act_import_organisations) {
		settle_all_waiting(t, (struct organisations_settle){ .submission = m->submission });
		return;
	}
	struct registry_imports_row import = import_of(t, m->submission);
	import.ended = true;
	close_if_settled(t, m->submission, &import);
}

const struct service registry_service = {
	.name = "registry",
	.id = service_id_registry,
	.fold_version = 1,
	.inputs = registry_inputs,
	.tables = registry_tables,
	.adapters = registry_adapters,
	.adapters_open = registry_adapters_open,
	.adapters_close = registry_adapters_close,
	.sources = registry_sources,
};
