// What happens to cards goes on to delivery, which knows where they are, and to revocation, which knows their worth.
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/intake_emit.h"
#include "intake/passing.h"

// ---- to delivery: boxes and hand-overs ----

static void end_shipping(struct turn *t, const struct passing *p)
{
	struct shipping_head h;
	ensure(shipping_head_decode(p->head, &h) == error_none);
	struct shipping_ordered m = { .submission = p->submission, .to = h.to, .has_to = h.has_to, .waybill = h.waybill };

	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_shipping_ordered(t, &m);
}

const struct passing_form intake_pass_shipping = { NULL, NULL, end_shipping, true };

static uint64_t shipment_of(const struct passing *p)
{
	struct receiving_head h;

	ensure(receiving_head_decode(p->head, &h) == error_none);
	return h.shipment;
}

static void pass_box_count(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct box_count_row r;
	ensure(box_count_row_decode(body, &r) == error_none);
	struct box_counted m = {
		.submission = p->submission, .row = row, .shipment = shipment_of(p), .box = r.box, .counted = r.counted,
		.seal_intact = r.seal_intact,
	};

	turn_subject(t, subject_of(subject_kind_box, r.box));
	emit_box_counted(t, &m);
}

static void end_receiving(struct turn *t, const struct passing *p)
{
	struct receiving_ended m = { .submission = p->submission, .shipment = shipment_of(p), .rows = p->rows };

	turn_subject(t, subject_of(subject_kind_shipment, m.shipment));
	emit_receiving_ended(t, &m);
}

const struct passing_form intake_pass_receiving = { NULL, pass_box_count, end_receiving, false };

static void pass_hand_over(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct coded_hand_over r;
	ensure(coded_hand_over_decode(body, &r) == error_none);
	struct hand_over_given m = {
		.submission = p->submission, .member = r.member, .card_number = r.card_number, .receipt = r.receipt,
		.proof = r.proof, .has_proof = r.has_proof, .old_collected = r.old_collected, .date = r.date, .row = row,
	};

	turn_subject(t, subject_of(subject_kind_member, r.member));
	emit_hand_over_given(t, &m);
}

static void end_hand_overs(struct turn *t, const struct passing *p)
{
	emit_hand_overs_ended(t, &(struct hand_overs_ended){ .submission = p->submission, .rows = p->rows });
}

const struct passing_form intake_pass_hand_overs = { NULL, pass_hand_over, end_hand_overs, false };

// ---- acts on single cards ----

struct coded_card_head intake_card_head_of(const struct passing *p)
{
	struct coded_card_head head;
	ensure(coded_card_head_decode(p->head, &head) == error_none);
	return head;
}

struct coded_card intake_card_of_row(struct turn *t, struct bytes body)
{
	struct coded_card card;
	ensure(coded_card_decode(body, &card) == error_none);
	turn_subject(t, subject_of(subject_kind_member, card.member));
	return card;
}

static void open_worth_act(struct turn *t, const struct passing *p)
{
	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_worth_act_opened(t, &(struct worth_act_opened){ .submission = p->submission, .act = p->act,
		.head = intake_card_head_of(p) });
}

static void pass_worth(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	(void)row;
	emit_worth_act_row(t, &(struct worth_act_row){ .submission = p->submission, .act = p->act,
		.card = intake_card_of_row(t, body) });
}

static void end_worth_act(struct turn *t, const struct passing *p)
{
	emit_worth_act_ended(t, &(struct worth_act_ended){ .submission = p->submission, .act = p->act, .rows = p->rows });
}

const struct passing_form intake_pass_worth_act = { open_worth_act, pass_worth, end_worth_act, false };

static void open_place_act(struct turn *t, const struct passing *p)
{
	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_place_act_opened(t, &(struct place_act_opened){ .submission = p->submission, .act = p->act,
		.head = intake_card_head_of(p) });
}

static void pass_place(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	(void)row;
	emit_place_act_row(t, &(struct place_act_row){ .submission = p->submission, .act = p->act,
		.card = intake_card_of_row(t, body) });
}

static void end_place_act(struct turn *t, const struct passing *p)
{
	emit_place_act_ended(t, &(struct place_act_ended){ .submission = p->submission, .act = p->act, .rows = p->rows });
}

const struct passing_form intake_pass_place_act = { open_place_act, pass_place, end_place_act, false };
