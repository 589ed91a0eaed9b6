// The only door to the network.  The fold decides whether a submission is new (certificate, terminal and sequence
// are its id; the same id with the same content is the same act, with other content a conflict), whether its signer
// may do it at all, and under which number it goes on to the service that carries it out, row by row; it keeps what
// came of it for the submitter, and the letters of those who have nobody to ask: receivers of shipments, the
// facility.  It never judges what an act means, and never sees personal data: the door (door.c) has put them into the
// vault before, and what stands here are the vault's numbers.
#include "intake/intake.h"

#include <string.h>

#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "domain/act.h"
#include "gen/intake.h"
#include "intake/door.h"
#include "intake/passing.h"
#include "intake/records.h"

#define administrator 1 // number of the site's first certificate

// ---- passing a submission on ----

// How each act goes on (passing.h); enrolments end here.
static const struct passing_form *const forms[] = {
	[act_import_organisations] = &intake_pass_organisations,
	[act_import_members] = &intake_pass_members,
	[act_update_members] = &intake_pass_updates,
	[act_transfer_members] = &intake_pass_transfers,
	[act_end_organisations] = &intake_pass_endings,
	[act_resolve_duplicates] = &intake_pass_duplicates,
	[act_report_exits] = &intake_pass_exits,
	[act_submit_list] = &intake_pass_list,
	[act_adjudicate] = &intake_pass_adjudication,
	[act_withdraw] = &intake_pass_withdrawals,
	[act_appraise] = &intake_pass_list_act,
	[act_decide] = &intake_pass_list_act,
	[act_approve] = &intake_pass_list_act,
	[act_consolidate] = &intake_pass_consolidation,
	[act_grant_numbers] = &intake_pass_numbers,
	[act_place_order] = &intake_pass_order,
	[act_answer_order] = &intake_pass_answers,
	[act_report_prints] = &intake_pass_prints,
	[act_pack_boxes] = &intake_pass_boxes,
	[act_keep_stock] = &intake_pass_stock,
	[act_change_order] = &intake_pass_order_change,
	[act_ship] = &intake_pass_shipping,
	[act_receive] = &intake_pass_receiving,
	[act_hand_over] = &intake_pass_hand_overs,
	[act_report_cards] = &intake_pass_worth_act,
	[act_decide_cards] = &intake_pass_worth_act,
	[act_destroy_cards] = &intake_pass_worth_act,
	[act_collect_cards] = &intake_pass_place_act,
	[act_pack_cards] = &intake_pass_place_act,
	[act_explain_box] = &intake_pass_place_act,
	[act_settle_cards] = &intake_pass_place_act,
	[act_plan_campaign] = &intake_pass_checks,
	[act_open_campaign] = &intake_pass_checks,
	[act_file_checks] = &intake_pass_checks,
	[act_consolidate_checks] = &intake_pass_checks,
	[act_settle_difference] = &intake_pass_checks,
	[act_decide_checks] = &intake_pass_checks,
	[act_stamp_cards] = &intake_pass_checks,
	[act_return_checked] = &intake_pass_checks,
	[act_report_checks] = &intake_pass_checks,
	[act_close_campaign] = &intake_pass_checks,
	[act_late_check] = &intake_pass_checks,
};

static void pass_end(struct turn *t, const struct passing *p)
{
	turn_subject(t, 0);
	forms[p->act]->end(t, p);
}

// What does not fit this turn waits in a table for the next ones, so that a long file starves nobody.
static void put_by(struct turn *t, const struct passing *p, const struct coded_item *items, size_t count)
{
	struct intake_work_row work = {
		.act = p->act, .list = p->list, .next = 0, .end = (uint32_t)count, .rows = p->rows, .root = p->root,
		.head = p->head,
	};

	intake_work_put(t->tx, p->submission, &work);
	for (size_t i = 0; i < count; i++) {
		struct intake_work_items_row row = { items[i].row, items[i].body };
		intake_work_items_put(t->tx, p->submission, (uint32_t)i, &row);
	}
	leave_submission_going(t, &(struct submission_going){ .submission = p->submission });
}

static void pass_on(struct turn *t, const struct passing *p, const struct coded_item *items, size_t count)
{
	const struct passing_form *form = forms[p->act];
	size_t done = 0;

	if (form->open)
		form->open(t, p);
	// One entry is kept for the end.
	for (; done < count && (form->whole || turn_room(t) > 1); done++)
		form->row(t, p, items[done].row, items[done].body);
	if (done < count)
		put_by(t, p, items + done, count - done);
	else
		pass_end(t, p);
}

static void on_submission_going(struct turn *t, const struct origin *o, const struct submission_going *m)
{
	static uint8_t head[2000], body[2000]; // copies: a row read lives only until the next write
	struct intake_work_row work;
	struct intake_work_items_row item;
	(void)o;

	if (!intake_work_get(t->tx, m->submission, &work))
		return;
	memcpy(head, work.head.data, work.head.size);
	work.head.data = head;
	struct passing p = { m->submission, work.act, work.list, work.rows, work.root, work.head };

	for (; work.next < work.end && turn_room(t) > 1; work.next++) {
		if (!intake_work_items_get(t->tx, m->submission, work.next, &item))
			return; // the store's fault: the turn is lost anyway
		memcpy(body, item.body.data, item.body.size);
		forms[p.act]->row(t, &p, item.row, bytes_of(body, item.body.size));
		intake_work_items_delete(t->tx, m->submission, work.next);
	}
	if (work.next < work.end) {
		intake_work_put(t->tx, m->submission, &work);
		leave_submission_going(t, m);
		return;
	}
	intake_work_delete(t->tx, m->submission);
	pass_end(t, &p);
}

// ---- certificates ----

static void on_administrator_named(struct turn *t, const struct origin *o, const struct administrator_named *m)
{
	struct intake_certificates_row row = {
		.fingerprint = m->fingerprint, .public_key = m->public_key, .role = role_administrator,
	};
	(void)o;

	if (!intake_certificates_get(t->tx, administrator, NULL))
		intake_certificate_new(t->tx, &row);
}

// ---- submissions ----

static void error_put(struct turn *t, uint64_t submission, enum service_id by, struct row_error error)
{
	intake_row_errors_put(t->tx, submission, error.row, by, error.field, &(struct intake_row_errors_row){ error.reason });
}

static void enrol_all(struct turn *t, uint64_t submission, struct intake_submissions_row *s,
		      const struct coded_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct coded_officer officer;
		ensure(coded_officer_decode(items[i].body, &officer) == error_none);
		struct row_error error = intake_enrol(t->tx, submission, &officer);
		if (error.reason == reason_none) {
			s->accepted++;
		} else {
			error_put(t, submission, service_id_intake, error);
			s->errors++;
			s->refused++;
		}
	}
	s->state = outcome_state_done;
}

static void reply_receipt(struct turn *t, uint64_t submission, const struct intake_submissions_row *s,
			  const struct hash *certificate)
{
	static struct receipt receipt;

	intake_receipt(t->tx, submission, s, certificate, &receipt);
	if (fault_is(receipt_differs))
		receipt.submission += s->state == outcome_state_done;
	turn_reply(t, message_type_receipt, turn_encoded(t, &receipt_shape, &receipt));
}

static void reply_conflict(struct turn *t, const struct submission_header *h, const struct hash *content)
{
	static struct receipt receipt;

	memset(&receipt, 0, sizeof receipt);
	receipt.certificate = h->certificate;
	receipt.terminal = h->terminal;
	receipt.sequence = h->sequence;
	receipt.state = receipt_state_refused;
	receipt.content = *content;
	receipt.errors[0] = (struct row_error){ 0, field_whole, reason_conflict };
	receipt.errors_count = 1;
	receipt.errors_total = 1;
	turn_reply(t, message_type_receipt, turn_encoded(t, &receipt_shape, &receipt));
}

// Decides whether the act is taken, and keeps the errors.
static void judge(struct turn *t, uint64_t submission, struct intake_submissions_row *s, struct row_error authority,
		  const struct submission_taken *m)
{
	struct row_error first = authority;

	s->errors = m->errors_total;
	if (authority.reason != reason_none) {
		s->errors = 1;
		error_put(t, submission, service_id_intake, authority);
	} else {
		for (size_t i = 0; i < m->errors_count; i++)
			error_put(t, submission, service_id_intake, m->errors[i]);
		if (m->errors_count > 0 && (m->errors[0].row == 0 || !act_nature(s->act)->by_row))
			first = m->errors[0];
	}
	s->receipt = first.reason == reason_none ? receipt_state_taken : receipt_state_refused;
	s->reason = first.reason;
	s->field = first.field;
	if (s->receipt == receipt_state_refused) {
		s->state = outcome_state_done;
		s->refused = s->rows;
		return;
	}
	s->state = outcome_state_pending;
	s->passed = (uint32_t)m->items_count - act_nature(s->act)->has_head;
	s->refused = s->rows - s->passed;
	if (s->passed == 0 && s->rows > 0) // every row of an import was refused: nothing is left to be carried out
		s->state = outcome_state_done;
}

static void carry_out(struct turn *t, uint64_t submission, struct intake_submissions_row *s, struct hash root,
		      const struct submission_taken *m)
{
	struct intake_counters_row counters = { 0 };
	size_t heads = act_nature(s->act)->has_head;
	struct passing p = { .submission = submission, .act = s->act, .rows = s->passed, .root = root };

	if (s->act == act_enrol_officers) {
		enrol_all(t, submission, s, m->items, m->items_count);
		return;
	}
	if (heads)
		p.head = m->items[0].body;
	if (s->act == act_submit_list || s->act == act_adjudicate) {
		intake_counters_get(t->tx, 1, &counters);
		p.list = ++counters.lists;
		intake_counters_put(t->tx, 1, &counters);
	}
	pass_on(t, &p, m->items + heads, m->items_count - heads);
}

static uint64_t submission_number(struct turn *t)
{
	struct intake_counters_row counters = { 0 };

	intake_counters_get(t->tx, 1, &counters);
	counters.submissions++;
	intake_counters_put(t->tx, 1, &counters);
	return counters.submissions;
}

// What follows is done on the signer's authority.
static void act_for(struct turn *t, uint64_t submission, const struct intake_certificates_row *certificate,
		    const struct intake_submissions_row *s)
{
	struct origin origin = {
		.source = service_id_intake, .submission = submission, .actor = s->certificate,
		.person = certificate->person, .role = (uint8_t)certificate->role, .organisation = s->organisation,
	};

	turn_origin(t, &origin);
}

static void take_new(struct turn *t, const struct submission_header *h, const struct intake_certificates_row *certificate,
		     uint64_t certificate_number, const struct submission_taken *m)
{
	struct row_error authority =
		intake_authority(t->tx, certificate->role, certificate->organisation, h->act, h->organisation);
	struct intake_submissions_row s = {
		.certificate = certificate_number, .terminal = h->terminal, .sequence = h->sequence, .act = h->act,
		.organisation = h->organisation, .content = m->content, .time = t->time_ms, .field = field_whole,
	};
	uint64_t submission = submission_number(t);

	act_for(t, submission, certificate, &s);
	s.rows = h->count - (h->count > 0 && act_nature(h->act)->has_head);
	judge(t, submission, &s, authority, m);
	if (s.state == outcome_state_pending)
		carry_out(t, submission, &s, h->root, m);
	intake_submissions_put(t->tx, submission, &s);
	intake_acts_put(t->tx, s.certificate, s.terminal, s.sequence, &(struct intake_acts_row){ submission });
	reply_receipt(t, submission, &s, &h->certificate);
}

static void on_submission_taken(struct turn *t, const struct origin *o, const struct submission_taken *m)
{
	struct submission_header h;
	struct intake_fingerprints_row number;
	struct intake_certificates_row certificate;
	struct intake_acts_row known;
	struct intake_submissions_row s;
	(void)o;

	ensure(submission_header_decode(m->header, &h) == error_none);
	if (!intake_fingerprints_get(t->tx, &h.certificate, &number) ||
	    !intake_certificates_get(t->tx, number.certificate, &certificate))
		return; // the door knew it, so this is the store's fault
	if (fault_is(act_twice) || !intake_acts_get(t->tx, number.certificate, h.terminal, h.sequence, &known)) {
		// Seen by the door, unknown here: what it saw was set aside.  The submitter tries again.
		if (!m->again)
			take_new(t, &h, &certificate, number.certificate, m);
		return;
	}
	if (!intake_submissions_get(t->tx, known.submission, &s))
		return;
	if (hash_equal(&s.content, &m->content))
		reply_receipt(t, known.submission, &s, &h.certificate);
	else
		reply_conflict(t, &h, &m->content);
}

// ---- what came of it ----

static void on_row_refused(struct turn *t, const struct origin *o, const struct row_refused *m)
{
	error_put(t, m->submission, (enum service_id)o->source, (struct row_error){ m->row, m->field, m->reason });
}

static void on_act_closed(struct turn *t, const struct origin *o, const struct act_closed *m)
{
	struct intake_submissions_row s;
	(void)o;

	if (!intake_submissions_get(t->tx, m->submission, &s) || s.state == outcome_state_done)
		return; // the first word stands
	s.state = outcome_state_done;
	s.reason = m->reason;
	s.field = m->field;
	s.accepted = m->accepted;
	s.refused = m->refused + (s.rows - s.passed);
	s.number = m->number;
	s.has_number = m->has_number;
	s.more = m->more;
	intake_submissions_put(t->tx, m->submission, &s);
}

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	struct intake_organisations_row row = { .name = m->name, .level = m->level, .parent = m->parent };
	(void)o;

	intake_organisations_put(t->tx, m->code, &row);
}

static void on_member_registered(struct turn *t, const struct origin *o, const struct member_registered *m)
{
	(void)o;
	intake_members_put(t->tx, m->member, &(struct intake_members_row){ m->record });
}

static void on_organisation_merged(struct turn *t, const struct origin *o, const struct organisation_merged *m)
{
	(void)o;
	intake_successors_put(t->tx, m->code, &(struct intake_successors_row){ m->into });
}

static void on_duplicate_held(struct turn *t, const struct origin *o, const struct duplicate_held *m)
{
	(void)o;
	intake_duplicates_put(t->tx, m->duplicate,
			      &(struct intake_duplicates_row){ .person = m->member, .record = m->record,
							       .twin = m->field == field_profile_number });
}

static void on_duplicate_resolved(struct turn *t, const struct origin *o, const struct duplicate_resolved *m)
{
	(void)o;
	intake_duplicates_delete(t->tx, m->duplicate);
}

// ---- letters ----

static void letter_put(struct turn *t, uint64_t organisation, uint16_t type, struct bytes body)
{
	struct intake_mailboxes_row box = { 0 };
	struct intake_letters_row letter = { .type = type, .time = t->time_ms, .body = body };

	uint64_t addressee = intake_addressee(t->tx, organisation);
	organisation = addressee ? addressee : organisation; // closed without a successor: on record, though nobody reads it
	intake_mailboxes_get(t->tx, organisation, &box);
	box.letters++;
	intake_mailboxes_put(t->tx, organisation, &box);
	intake_letters_put(t->tx, organisation, box.letters, &letter);
}

static void on_order_opened(struct turn *t, const struct origin *o, const struct order_opened *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_opened, turn_encoded(t, &order_opened_shape, m));
}

static void on_record_ordered(struct turn *t, const struct origin *o, const struct record_ordered *m)
{
	(void)o;
	intake_cards_put(t->tx, m->number, &(struct intake_cards_row){ m->member });
	letter_put(t, m->facility, message_type_record_ordered, turn_encoded(t, &record_ordered_shape, m));
}

static void on_order_ended(struct turn *t, const struct origin *o, const struct order_ended *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_ended, turn_encoded(t, &order_ended_shape, m));
}

static void on_order_changed(struct turn *t, const struct origin *o, const struct order_changed *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_changed, turn_encoded(t, &order_changed_shape, m));
}

static void on_record_stopped(struct turn *t, const struct origin *o, const struct record_stopped *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_record_stopped, turn_encoded(t, &record_stopped_shape, m));
}

static void on_order_reminded(struct turn *t, const struct origin *o, const struct order_reminded *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_reminded, turn_encoded(t, &order_reminded_shape, m));
}

static void on_order_escalated(struct turn *t, const struct origin *o, const struct order_escalated *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_order_escalated, turn_encoded(t, &order_escalated_shape, m));
}

static void on_stock_moved(struct turn *t, const struct origin *o, const struct stock_moved *m)
{
	(void)o;
	letter_put(t, m->place, message_type_stock_moved, turn_encoded(t, &stock_moved_shape, m));
}

static void on_shipment_sent(struct turn *t, const struct origin *o, const struct shipment_sent *m)
{
	(void)o;
	letter_put(t, m->to, message_type_shipment_sent, turn_encoded(t, &shipment_sent_shape, m));
}

static void on_shipment_box(struct turn *t, const struct origin *o, const struct shipment_box *m)
{
	(void)o;
	letter_put(t, m->to, message_type_shipment_box, turn_encoded(t, &shipment_box_shape, m));
}

static void on_request_news(struct turn *t, const struct origin *o, const struct request_news *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_request_news, turn_encoded(t, &request_news_shape, m));
}

static void on_request_overdue(struct turn *t, const struct origin *o, const struct request_overdue *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_request_overdue, turn_encoded(t, &request_overdue_shape, m));
}

static void on_stage_overdue(struct turn *t, const struct origin *o, const struct stage_overdue *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_stage_overdue, turn_encoded(t, &stage_overdue_shape, m));
}

static void on_recovery_due(struct turn *t, const struct origin *o, const struct recovery_due *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_recovery_due, turn_encoded(t, &recovery_due_shape, m));
}

static void on_campaign_notice(struct turn *t, const struct origin *o, const struct campaign_notice *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_campaign_notice, turn_encoded(t, &campaign_notice_shape, m));
}

static void on_checks_filed(struct turn *t, const struct origin *o, const struct checks_filed *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_checks_filed, turn_encoded(t, &checks_filed_shape, m));
}

static void on_difference_found(struct turn *t, const struct origin *o, const struct difference_found *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_difference_found, turn_encoded(t, &difference_found_shape, m));
}

static void on_checks_overdue(struct turn *t, const struct origin *o, const struct checks_overdue *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_checks_overdue, turn_encoded(t, &checks_overdue_shape, m));
}

static void on_check_missed(struct turn *t, const struct origin *o, const struct check_missed *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_check_missed, turn_encoded(t, &check_missed_shape, m));
}

const struct service intake_service = {
	.name = "intake",
	.id = service_id_intake,
	.fold_version = 1,
	.inputs = intake_inputs,
	.tables = intake_tables,
	.queries = intake_questions,
	.adapters_open = intake_adapters_open,
	.adapters_close = intake_adapters_close,
	.door = &intake_door,
	.sources = intake_sources,
};
