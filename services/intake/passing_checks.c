// Campaigns and checks of cards go on to inspection.
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/intake_emit.h"
#include "intake/passing.h"

static void open_checks(struct turn *t, const struct passing *p)
{
	struct check_act_opened m = { .submission = p->submission, .act = p->act };

	ensure(coded_check_head_decode(p->head, &m.head) == error_none);
	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_check_act_opened(t, &m);
}

static void pass_check(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct check_act_row m = { .submission = p->submission, .act = p->act };

	ensure(coded_check_decode(body, &m.check) == error_none && m.check.row == row);
	turn_subject(t, subject_of(subject_kind_member, m.check.member));
	emit_check_act_row(t, &m);
}

static void end_checks(struct turn *t, const struct passing *p)
{
	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_check_act_ended(t, &(struct check_act_ended){ .submission = p->submission, .act = p->act, .rows = p->rows });
}

const struct passing_form intake_pass_checks = { open_checks, pass_check, end_checks, false };
