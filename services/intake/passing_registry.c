// Acts on members and organisations go on to the registry.
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/intake_emit.h"
#include "intake/passing.h"

static void end_import(struct turn *t, const struct passing *p)
{
	emit_import_ended(t, &(struct import_ended){ .submission = p->submission, .act = p->act, .rows = p->rows });
}

static void pass_organisation(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct organisation_row r;
	ensure(organisation_row_decode(body, &r) == error_none);
	struct organisation_offered m = {
		.submission = p->submission, .row = row, .code = r.code, .name = r.name, .level = r.level, .parent = r.parent,
		.valid_from = r.valid_from, .party_code = r.party_code, .has_party_code = r.has_party_code,
		.remote = r.remote, .connectivity = r.connectivity,
	};

	turn_subject(t, subject_of(subject_kind_organisation, r.code));
	emit_organisation_offered(t, &m);
}

const struct passing_form intake_pass_organisations = { NULL, pass_organisation, end_import, false };

static void pass_member(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct member_offered m = { .submission = p->submission };

	ensure(coded_member_decode(body, &m.member) == error_none && m.member.row == row);
	turn_subject(t, subject_of(subject_kind_member, m.member.member));
	emit_member_offered(t, &m);
}

const struct passing_form intake_pass_members = { NULL, pass_member, end_import, false };

static void pass_update(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct update_offered m = { .submission = p->submission };
	struct update_head h;

	ensure(update_head_decode(p->head, &h) == error_none);
	ensure(coded_update_decode(body, &m.update) == error_none && m.update.row == row);
	m.dry_run = h.dry_run;
	turn_subject(t, subject_of(subject_kind_member, m.update.member));
	emit_update_offered(t, &m);
}

const struct passing_form intake_pass_updates = { NULL, pass_update, end_import, false };

static void pass_transfer(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct transfer_offered m = { .submission = p->submission };

	ensure(coded_transfer_decode(body, &m.transfer) == error_none && m.transfer.row == row);
	turn_subject(t, subject_of(subject_kind_member, m.transfer.member));
	emit_transfer_offered(t, &m);
}

const struct passing_form intake_pass_transfers = { NULL, pass_transfer, end_import, false };

static void pass_ending(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct ending_row r;
	ensure(ending_row_decode(body, &r) == error_none);
	struct ending_offered m = {
		.submission = p->submission, .row = row, .code = r.code, .into = r.into, .has_into = r.has_into,
		.date = r.date, .decision = r.decision,
	};

	turn_subject(t, subject_of(subject_kind_organisation, r.code));
	emit_ending_offered(t, &m);
}

const struct passing_form intake_pass_endings = { NULL, pass_ending, end_import, false };

static void pass_duplicate(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct duplicate_ruled m = { .submission = p->submission };

	ensure(coded_ruling_decode(body, &m.ruling) == error_none && m.ruling.row == row);
	emit_duplicate_ruled(t, &m);
}

const struct passing_form intake_pass_duplicates = { NULL, pass_duplicate, end_import, false };

static void pass_exit(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct coded_card_head head = intake_card_head_of(p);
	struct coded_card card = intake_card_of_row(t, body);

	emit_exit_reported(t, &(struct exit_reported){ .submission = p->submission, .row = row, .member = card.member,
						       .status = card.status, .date = card.has_date ? card.date : turn_date(t),
						       .decision_number = head.decision_number,
						       .has_decision_number = head.has_decision_number });
}

static void end_exits(struct turn *t, const struct passing *p)
{
	emit_exits_ended(t, &(struct exits_ended){ .submission = p->submission, .rows = p->rows });
}

const struct passing_form intake_pass_exits = { NULL, pass_exit, end_exits, false };
