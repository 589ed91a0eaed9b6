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
#include "registry/rows.h"

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
	registry_children_put(t->tx, m->parent, m->code);
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
				struct refusal refusal)
{
	turn_subject(t,
		     refusal.reason == reason_malformed ? 0 : subject_of(subject_kind_organisation, m->code));
	if (refusal.reason == reason_none)
		register_organisation(t, m);
	else
		registry_refuse_row(t, m->submission, m->row, refusal);
	registry_count_row(t, m->submission, refusal.reason == reason_none, false);
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
	struct refusal refusal = registry_organisation_refusal(t->tx, m);
	if (refusal.field == field_parent && refusal.reason == reason_unknown)
		keep_waiting(t, m);
	else
		settle_organisation(t, m, refusal);
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
	struct refusal refusal = registry_organisation_refusal(t->tx, &m);
	if (refusal.field == field_parent && refusal.reason == reason_unknown &&
	    in_a_ring(t, m.submission, m.code))
		refusal.reason = reason_cycle;
	settle_organisation(t, &m, refusal);
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
	struct registry_imports_row import = registry_import_of(t, at.submission);
	import.ended = true;
	registry_close_if_settled(t, at.submission, &import);
}

static void on_organisations_settle(struct turn *t, const struct origin *o,
				    const struct organisations_settle *m)
{
	(void)o;
	settle_all_waiting(t, *m);
}

// --- members ---

static void settle_member(struct turn *t, uint64_t submission, const struct coded_member *m,
			  struct refusal refusal, bool was_open)
{
	turn_subject(t, subject_of(subject_kind_member, m->member));
	if (refusal.reason == reason_none) {
		registry_member_open(t, m);
	} else {
		registry_refuse_row(t, submission, m->row, refusal);
	}
	registry_count_row(t, submission, refusal.reason == reason_none, was_open);
}

static void on_member_offered(struct turn *t, const struct origin *o, const struct member_offered *m)
{
	(void)o;
	struct refusal refusal = registry_member_refusal(t->tx, &m->member, turn_date(t));
	turn_subject(t, subject_of(subject_kind_member, m->member.member));
	if (refusal.reason == reason_none && m->member.has_twin) {
		registry_hold(t, m->submission, &m->member, field_profile_number, m->member.twin);
		refusal = refused(profile_number, duplicate);
	}
	if (refusal.reason != reason_none) {
		settle_member(t, m->submission, &m->member, refusal, false);
		return;
	}
	struct registry_imports_row import = registry_import_of(t, m->submission);
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

static void on_identity_found(struct turn *t, const struct origin *o, const struct identity_found *m)
{
	(void)o;
	struct registry_pending_members_row pending;
	if (registry_update_identified(t, m))
		return;
	if (!registry_pending_members_get(t->tx, m->submission, m->row, &pending))
		return; // the effect's first answer settled the row; the runtime passes on no second one
	registry_pending_members_delete(t->tx, m->submission, m->row);
	// Again: rows that were answered meanwhile may have taken the person or the card number.
	struct refusal refusal = registry_member_refusal(t->tx, &pending.data, turn_date(t));
	if (refusal.reason == reason_none && !m->known)
		refusal = refused(citizen_id, missing);
	if (refusal.reason == reason_none && registry_shared_with(t->tx, m) != 0) {
		refusal = refused(citizen_id, identity_shared);
		turn_subject(t, subject_of(subject_kind_member, m->member));
		registry_hold(t, m->submission, &pending.data, field_citizen_id, registry_shared_with(t->tx, m));
	}
	settle_member(t, m->submission, &pending.data, refusal, true);
}

static void on_update_offered(struct turn *t, const struct origin *o, const struct update_offered *m)
{
	(void)o;
	registry_update(t, m);
}

static void on_transfer_offered(struct turn *t, const struct origin *o, const struct transfer_offered *m)
{
	registry_transfer(t, o, m);
}

static void on_ending_offered(struct turn *t, const struct origin *o, const struct ending_offered *m)
{
	registry_ending(t, o, m);
}

static void on_ending_going(struct turn *t, const struct origin *o, const struct ending_going *m)
{
	(void)o;
	registry_ending_goes_on(t, m);
}

static void on_duplicate_ruled(struct turn *t, const struct origin *o, const struct duplicate_ruled *m)
{
	(void)o;
	registry_rule(t, m);
}

static void on_exit_reported(struct turn *t, const struct origin *o, const struct exit_reported *m)
{
	registry_exit(t, o, m);
}

static void rows_ended(struct turn *t, uint64_t submission)
{
	struct registry_imports_row import = registry_import_of(t, submission);
	import.ended = true;
	registry_close_if_settled(t, submission, &import);
}

static void on_exits_ended(struct turn *t, const struct origin *o, const struct exits_ended *m)
{
	(void)o;
	rows_ended(t, m->submission);
}

static void on_import_ended(struct turn *t, const struct origin *o, const struct import_ended *m)
{
	(void)o;
	if (m->act == act_import_organisations) {
		settle_all_waiting(t, (struct organisations_settle){ .submission = m->submission });
		return;
	}
	rows_ended(t, m->submission);
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
