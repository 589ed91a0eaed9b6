// What a card is worth, as a transcript: what officers report, committees decide and becomes of holders; destruction;
// and, in one table, what each of these does to a card in each state.
#include "base/subject.h"
#include "gen/revocation_tables.h"
#include "revocation/revocation.h"
#include "service/transcript.h"
#include "test.h"

enum { lan = 101, number = 44000017, cell = 31, other_cell = 32, committee = 3 };

static struct transcript *begin(void)
{
	struct transcript *s = transcript_new(&revocation_service);
	tell(s, registry, organisation_registered, .code = committee, .name = bytes_of_text("…"), .level = org_level_grassroots);
	for (uint64_t code = cell; code <= other_cell; code++)
		tell(s, registry, organisation_registered, .code = code, .name = bytes_of_text("…"), .level = org_level_cell,
		     .parent = committee);
	by(s, .submission = 4, .person = 7, .role = role_cell_officer, .organisation = cell);
	transcript_skip(s);
	return s;
}

static void day(struct transcript *s, const char *date, int32_t *out)
{
	(void)s;
	check(date_parse(date, out));
}

static void opened(struct transcript *s, const char *issued)
{
	int32_t date;
	day(s, issued, &date);
	tell(s, registry, card_opened, .member = lan, .card = card_of(lan, 1), .number = number,
	     .generation = card_generation_paper_2003, .issued = date, .cell = cell, .status = member_status_active);
}

// A replacement is ordered, and made.
static void reserved(struct transcript *s, unsigned copy)
{
	tell(s, printing, card_reserved, .card = card_of(lan, copy), .number = number, .request = item_of(1, 1), .order = 2,
	     .index = 1, .has_old_card = copy > 1, .old_card = card_of(lan, copy - 1));
}

static void made(struct transcript *s, unsigned copy)
{
	reserved(s, copy);
	tell(s, printing, card_produced, .card = card_of(lan, copy), .number = number, .order = 2, .index = 1,
	     .serial = { 0, 0, 0, 0, 0, 0, 0, (uint8_t)copy }, .request = item_of(1, 1), .cell = cell, .facility = 9);
}

static void handed_over(struct transcript *s, unsigned copy, bool collected)
{
	tell(s, delivery, card_handed_over, .card = card_of(lan, copy), .has_old_card = copy > 1,
	     .old_card = card_of(lan, copy - 1), .old_collected = collected, .receipt = receipt_kind_signed_sheet,
	     .date = date_from_civil(2026, 3, 2), .cell = cell);
}

static void becomes(struct transcript *s, enum member_status from, enum member_status to, const char *date)
{
	struct member_status_changed m = { .member = lan, .from = from, .to = to };
	struct buffer body = { 0 };
	day(s, date, &m.date);
	member_status_changed_encode(&m, &body);
	transcript_tell_as(s, service_id_registry, message_type_member_status_changed, buffer_bytes(&body),
			   "member %u: %s, since %s", lan, member_status_name(to), date);
	buffer_deinit(&body);
}

static void collected(struct transcript *s, unsigned copy, enum card_case matter)
{
	tell(s, delivery, card_reported, .card = card_of(lan, copy), .matter = matter, .organisation = cell);
}

// ---- acts, told in words ----

struct act_head {
	const char *decision, *date, *explanation; // NULL: none
	bool minutes;
	uint64_t committee[4], witnesses[2];
	size_t committee_count, witnesses_count;
};

static void act_opened(struct transcript *s, uint64_t submission, enum act act, const struct act_head *h)
{
	struct worth_act_opened m = { .submission = submission, .act = act };
	struct buffer body = { 0 };
	m.head.has_decision_number = h->decision != NULL;
	m.head.decision_number = bytes_of_text(h->decision ? h->decision : "");
	m.head.has_decision_date = h->date != NULL;
	if (h->date)
		day(s, h->date, &m.head.decision_date);
	m.head.has_explanation = h->explanation != NULL;
	m.head.explanation = bytes_of_text(h->explanation ? h->explanation : "");
	m.head.has_minutes = h->minutes;
	m.head.minutes = 5;
	m.head.committee_count = h->committee_count;
	m.head.witnesses_count = h->witnesses_count;
	memcpy(m.head.committee, h->committee, sizeof h->committee);
	memcpy(m.head.witnesses, h->witnesses, sizeof h->witnesses);
	worth_act_opened_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_worth_act_opened, buffer_bytes(&body), "%s %llu%s%s%s%s%s",
			   act_name(act), (unsigned long long)submission, h->decision ? ", decision " : "",
			   h->decision ? h->decision : "", h->date ? " of " : "", h->date ? h->date : "",
			   h->minutes ? ", with minutes" : "");
	buffer_deinit(&body);
}

// A row speaks of Lan's card; copy 0: it does not say which.
static void act_row(struct transcript *s, uint64_t submission, enum act act, uint32_t row, enum card_case matter,
		    unsigned copy, const char *date)
{
	struct worth_act_row m = { .submission = submission, .act = act };
	struct buffer body = { 0 };
	m.card = (struct coded_card){ .row = row, .member = lan, .number = number, .copy = (uint8_t)copy, .has_copy = copy != 0,
				      .has_matter = true, .matter = matter, .has_date = date != NULL };
	if (date)
		day(s, date, &m.card.date);
	worth_act_row_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_worth_act_row, buffer_bytes(&body), "row %u: %s%s%.0u%s%s", row,
			   card_case_name(matter), copy ? ", copy " : "", copy, date ? " on " : "", date ? date : "");
	buffer_deinit(&body);
}

static void act_ends(struct transcript *s, uint64_t submission, enum act act, uint32_t rows)
{
	struct buffer body = { 0 };
	worth_act_ended_encode(&(struct worth_act_ended){ .submission = submission, .act = act, .rows = rows }, &body);
	transcript_tell_as(s, service_id_intake, message_type_worth_act_ended, buffer_bytes(&body), "%s %llu ends", act_name(act),
			   (unsigned long long)submission);
	buffer_deinit(&body);
}

// One act of one row.
static void report_on(struct transcript *s, uint64_t submission, enum card_case matter, const char *date)
{
	act_opened(s, submission, act_report_cards, &(struct act_head){ .minutes = false });
	act_row(s, submission, act_report_cards, 1, matter, 0, date);
	act_ends(s, submission, act_report_cards, 1);
}

static void decide(struct transcript *s, uint64_t submission, enum card_case matter, const char *date)
{
	act_opened(s, submission, act_decide_cards,
		   &(struct act_head){ .decision = "7-QD", .date = date, .explanation = "moved away, never answered" });
	act_row(s, submission, act_decide_cards, 1, matter, 0, NULL);
	act_ends(s, submission, act_decide_cards, 1);
}

static void destroy(struct transcript *s, uint64_t submission, unsigned copy, const struct act_head *h)
{
	act_opened(s, submission, act_destroy_cards, h);
	act_row(s, submission, act_destroy_cards, 1, card_case_destroy, copy, NULL);
	act_ends(s, submission, act_destroy_cards, 1);
}

// ---- loss and damage ----

test(a_lost_card_that_is_found_before_its_replacement_is_ordered_is_valid_again)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	report_on(s, 10, card_case_loss, "2026-02-25");
	report_on(s, 11, card_case_loss, "2026-02-26");
	report_on(s, 12, card_case_found, "2026-03-01");
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: loss on 2026-02-25\n"
	       "  -> record: card_decided card 101/1, matter loss, date 2026-02-25 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-02-25 [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: report_cards 11\n"
	       "intake: row 1: loss on 2026-02-26\n"
	       "  -> intake: row_refused submission 11, row 1, field card_number, reason wrong_state [member 101]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 12\n"
	       "intake: row 1: found on 2026-03-01\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-03-01 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to active, event found, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event found, since 2026-03-01 [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_lost_card_that_is_found_after_its_replacement_was_ordered_is_owed)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	report_on(s, 10, card_case_loss, "2026-02-25");
	reserved(s, 2);
	transcript_skip(s);
	report_on(s, 12, card_case_found, "2026-03-01");
	collected(s, 1, card_case_recover);
	expect(s,
	       "intake: report_cards 12\n"
	       "intake: row 1: found on 2026-03-01\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-03-01 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to recovery_due, event found_late, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity recovery_due, event found_late, since 2026-03-01 [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "delivery: card_reported card 101/1, matter recover, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from recovery_due, to ended, event collected, number 44.000017 [member 101]\n");
	transcript_free(s);
}

test(a_replacement_that_is_not_made_after_all_leaves_the_way_back_open)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	report_on(s, 10, card_case_loss, NULL);
	reserved(s, 2);
	tell(s, printing, card_cancelled, .card = card_of(lan, 2), .order = 2, .index = 1, .reason = reason_facility_data);
	transcript_skip(s);
	report_on(s, 12, card_case_found, NULL);
	expect(s,
	       "intake: report_cards 12\n"
	       "intake: row 1: found\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to active, event found, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event found, since 2026-03-02 [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_damaged_card_may_still_be_lost_and_is_superseded_by_its_replacement)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	report_on(s, 10, card_case_damage, NULL);
	report_on(s, 11, card_case_loss, NULL);
	made(s, 2);
	transcript_skip(s);
	handed_over(s, 2, false);
	expect(s,
	       "delivery: card_handed_over card 101/2, old_card 101/1, old_collected no, receipt signed_sheet, date 2026-03-02, cell 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to superseded, event replacement_handed_over, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity superseded, event replacement_handed_over, since 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, event handed_over, number 44.000017 [member 101]\n");
	transcript_free(s);
}

test(what_is_reported_comes_after_the_card_was_given_and_not_in_the_future)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	report_on(s, 10, card_case_loss, "2011-01-25");
	report_on(s, 11, card_case_damage, "2026-03-03");
	report_on(s, 12, card_case_misuse, "1950-01-01");
	report_on(s, 13, card_case_loss, "2026-02-25");
	report_on(s, 14, card_case_found, "2026-02-24");
	report_on(s, 15, card_case_found, "2026-02-25");
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: loss on 2011-01-25\n"
	       "  -> intake: row_refused submission 10, row 1, field date, reason date_order [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 11\n"
	       "intake: row 1: damage on 2026-03-03\n"
	       "  -> intake: row_refused submission 11, row 1, field date, reason out_of_range [member 101]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 12\n"
	       "intake: row 1: misuse on 1950-01-01\n"
	       "  -> intake: row_refused submission 12, row 1, field date, reason date_order [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 13\n"
	       "intake: row 1: loss on 2026-02-25\n"
	       "  -> record: card_decided card 101/1, matter loss, date 2026-02-25 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-02-25 [member 101]\n"
	       "intake: report_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: report_cards 14\n"
	       "intake: row 1: found on 2026-02-24\n"
	       "  -> intake: row_refused submission 14, row 1, field date, reason date_order [member 101]\n"
	       "intake: report_cards 14 ends\n"
	       "  -> intake: act_closed submission 14, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 15\n"
	       "intake: row 1: found on 2026-02-25\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-02-25 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to active, event found, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event found, since 2026-02-25 [member 101]\n"
	       "intake: report_cards 15 ends\n"
	       "  -> intake: act_closed submission 15, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(misuse_is_on_record_and_changes_nothing)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	made(s, 2);
	transcript_skip(s);
	act_opened(s, 10, act_report_cards, &(struct act_head){ .minutes = false });
	act_row(s, 10, act_report_cards, 1, card_case_misuse, 1, "2026-02-25");
	act_row(s, 10, act_report_cards, 2, card_case_misuse, 2, NULL); // not handed over yet
	act_row(s, 10, act_report_cards, 3, card_case_suspend, 1, NULL); // that is a decision
	act_row(s, 10, act_report_cards, 4, card_case_loss, 9, NULL);
	act_ends(s, 10, act_report_cards, 4);
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: misuse, copy 1 on 2026-02-25\n"
	       "  -> record: misuse_reported card 101/1, validity active, date 2026-02-25 [member 101]\n"
	       "intake: row 2: misuse, copy 2\n"
	       "  -> intake: row_refused submission 10, row 2, field card_number, reason wrong_state [member 101]\n"
	       "intake: row 3: suspend, copy 1\n"
	       "  -> intake: row_refused submission 10, row 3, field matter, reason other_kind [member 101]\n"
	       "intake: row 4: loss, copy 9\n"
	       "  -> intake: row_refused submission 10, row 4, field card_number, reason unknown [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 1, refused 3, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(only_officers_within_whose_subtree_the_holder_is_report)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	by(s, .submission = 10, .person = 8, .role = role_cell_officer, .organisation = other_cell);
	report_on(s, 10, card_case_loss, NULL);
	tell(s, registry, member_moved, .member = lan, .from = cell, .to = other_cell, .date = date_from_civil(2026, 3, 1));
	report_on(s, 11, card_case_loss, NULL);
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: loss\n"
	       "  -> intake: row_refused submission 10, row 1, field organisation, reason outside_subtree [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 32]\n"
	       "registry: member_moved member 101, from 31, to 32, date 2026-03-01\n"
	       "intake: report_cards 11\n"
	       "intake: row 1: loss\n"
	       "  -> record: card_decided card 101/1, matter loss, date 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-03-02 [member 101]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 1, refused 0, more 0 [organisation 32]\n");
	transcript_free(s);
}

// ---- decisions ----

test(a_card_is_suspended_and_resumed_by_dated_decisions)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	act_opened(s, 10, act_decide_cards, &(struct act_head){ .decision = "7-QD" });
	act_row(s, 10, act_decide_cards, 1, card_case_suspend, 0, NULL);
	act_ends(s, 10, act_decide_cards, 1);
	decide(s, 11, card_case_suspend, "1900-01-01");
	decide(s, 12, card_case_suspend, "2026-03-03");
	decide(s, 13, card_case_suspend, "2026-02-10");
	decide(s, 14, card_case_resume, "2026-02-09");
	decide(s, 15, card_case_resume, "2026-02-27");
	expect(s,
	       "intake: decide_cards 10, decision 7-QD\n"
	       "intake: row 1: suspend\n"
	       "intake: decide_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason no_minutes, field decision, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 11, decision 7-QD of 1900-01-01\n"
	       "intake: row 1: suspend\n"
	       "  -> intake: row_refused submission 11, row 1, field decision, reason date_order [member 101]\n"
	       "intake: decide_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 12, decision 7-QD of 2026-03-03\n"
	       "intake: row 1: suspend\n"
	       "  -> intake: row_refused submission 12, row 1, field decision, reason out_of_range [member 101]\n"
	       "intake: decide_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 13, decision 7-QD of 2026-02-10\n"
	       "intake: row 1: suspend\n"
	       "  -> record: card_decided card 101/1, matter suspend, date 2026-02-10, decision_number 7-QD, explanation moved away, never answered [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to suspended, event suspended_by_decision, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity suspended, event suspended_by_decision, since 2026-02-10 [member 101]\n"
	       "intake: decide_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: decide_cards 14, decision 7-QD of 2026-02-09\n"
	       "intake: row 1: resume\n"
	       "  -> intake: row_refused submission 14, row 1, field decision, reason date_order [member 101]\n"
	       "intake: decide_cards 14 ends\n"
	       "  -> intake: act_closed submission 14, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 15, decision 7-QD of 2026-02-27\n"
	       "intake: row 1: resume\n"
	       "  -> record: card_decided card 101/1, matter resume, date 2026-02-27, decision_number 7-QD, explanation moved away, never answered [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from suspended, to active, event resumed, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event resumed, since 2026-02-27 [member 101]\n"
	       "intake: decide_cards 15 ends\n"
	       "  -> intake: act_closed submission 15, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_card_that_cannot_be_recovered_is_explained)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	becomes(s, member_status_active, member_status_expelled, "2026-02-20");
	transcript_skip(s);
	act_opened(s, 10, act_decide_cards, &(struct act_head){ .decision = "7-QD", .date = "2026-02-25" });
	act_row(s, 10, act_decide_cards, 1, card_case_unrecoverable, 0, NULL);
	act_ends(s, 10, act_decide_cards, 1);
	decide(s, 11, card_case_unrecoverable, "2026-02-19");
	decide(s, 12, card_case_unrecoverable, "2026-02-25");
	decide(s, 13, card_case_unrecoverable, "2026-02-25");
	expect(s,
	       "intake: decide_cards 10, decision 7-QD of 2026-02-25\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> intake: row_refused submission 10, row 1, field reason, reason missing [member 101]\n"
	       "intake: decide_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 11, decision 7-QD of 2026-02-19\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> intake: row_refused submission 11, row 1, field decision, reason date_order [member 101]\n"
	       "intake: decide_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 12, decision 7-QD of 2026-02-25\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> record: card_decided card 101/1, matter unrecoverable, date 2026-02-25, decision_number 7-QD, explanation moved away, never answered [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from recovery_due, to unrecoverable, event not_recovered, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity unrecoverable, event not_recovered, since 2026-02-25 [member 101]\n"
	       "intake: decide_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: decide_cards 13, decision 7-QD of 2026-02-25\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> intake: row_refused submission 13, row 1, field card_number, reason wrong_state [member 101]\n"
	       "intake: decide_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n");
	transcript_free(s);
}

// ---- exit, death, abroad ----

test(who_leaves_owes_the_card_and_what_was_on_its_way_is_cancelled)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	made(s, 2);
	transcript_skip(s);
	becomes(s, member_status_active, member_status_resigned, "2026-02-20");
	collected(s, 1, card_case_recover);
	collected(s, 2, card_case_undelivered); // it comes back up, spoiled already
	made(s, 3);                             // the printer had it in hand
	expect(s,
	       "registry: member 101: resigned, since 2026-02-20\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to recovery_due, event holder_left, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity recovery_due, event holder_left, since 2026-02-20 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to spoiled, event cancelled, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/2, validity spoiled, event cancelled, since 2026-02-20 [member 101]\n"
	       "  -> verification: request_undelivered request 1/1, member 101, reason holder_left [member 101]\n"
	       "delivery: card_reported card 101/1, matter recover, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from recovery_due, to ended, event collected, number 44.000017 [member 101]\n"
	       "delivery: card_reported card 101/2, matter undelivered, organisation 31\n"
	       "printing: card_reserved card 101/3, number 44.000017, request 1/1, order 2, index 1, old_card 101/2\n"
	       "  -> verification inspection: validity_changed card 101/3, from not_yet_active, to spoiled, event cancelled, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/3, validity spoiled, event cancelled, since 2026-03-02 [member 101]\n"
	       "  -> verification: request_undelivered request 1/1, member 101, reason holder_left [member 101]\n"
	       "printing: card_produced card 101/3, number 44.000017, order 2, index 1, serial 0000000000000003, public_key 00000000…, request 1/1, cell 31, facility 9\n");
	transcript_free(s);
}

test(the_family_keeps_the_card_of_who_died)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	becomes(s, member_status_active, member_status_deceased, "2026-02-20");
	report_on(s, 10, card_case_loss, NULL);
	expect(s,
	       "registry: member 101: deceased, since 2026-02-20\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to retained_by_family, event holder_died, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity retained_by_family, event holder_died, since 2026-02-20 [member 101]\n"
	       "intake: report_cards 10\n"
	       "intake: row 1: loss\n"
	       "  -> intake: row_refused submission 10, row 1, field card_number, reason wrong_state [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_card_is_suspended_abroad_and_valid_again_at_home_with_the_new_one_in_its_place)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	made(s, 2);
	transcript_skip(s);
	becomes(s, member_status_active, member_status_abroad, "2026-02-20");
	handed_over(s, 2, true);
	becomes(s, member_status_abroad, member_status_active, "2026-03-02");
	expect(s,
	       "registry: member 101: abroad, since 2026-02-20\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to suspended, event suspended_by_decision, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity suspended, event suspended_by_decision, since 2026-02-20 [member 101]\n"
	       "delivery: card_handed_over card 101/2, old_card 101/1, old_collected yes, receipt signed_sheet, date 2026-03-02, cell 31\n"
	       "  -> record: event_refused card 101/1, state suspended, event replacement_handed_over, reason wrong_state [member 101]\n"
	       "  -> record: event_refused card 101/2, state not_yet_active, event handed_over, reason old_card_missing [member 101]\n"
	       "  -> delivery: card_standing card 101/2, validity not_yet_active, event handed_over, since 2026-03-02 [member 101]\n"
	       "registry: member 101: active, since 2026-03-02\n"
	       "  -> verification inspection: validity_changed card 101/1, from suspended, to active, event resumed, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event resumed, since 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to superseded, event replacement_handed_over, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity superseded, event replacement_handed_over, since 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, event handed_over, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/2, validity active, event handed_over, since 2026-03-02 [member 101]\n");
	transcript_free(s);
}

test(a_card_that_could_not_be_handed_over_ends_its_request)
{
	struct transcript *s = begin();
	made(s, 1);
	transcript_skip(s);
	collected(s, 1, card_case_undelivered);
	collected(s, 1, card_case_written_off);
	expect(s,
	       "delivery: card_reported card 101/1, matter undelivered, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from not_yet_active, to spoiled, event cancelled, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity spoiled, event cancelled, since 2026-03-02 [member 101]\n"
	       "  -> verification: request_undelivered request 1/1, member 101, reason undelivered [member 101]\n"
	       "delivery: card_reported card 101/1, matter written_off, organisation 31\n");
	transcript_free(s);
}

test(a_card_that_an_organisation_lost_for_good_is_lost)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	collected(s, 1, card_case_written_off);
	expect(s,
	       "delivery: card_reported card 101/1, matter written_off, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-03-02 [member 101]\n");
	transcript_free(s);
}

// ---- destruction ----

#define minutes_of(...) \
	(&(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 23 }, .committee_count = 3, \
			     .witnesses = { 31 }, .witnesses_count = 1, __VA_ARGS__ })

static struct transcript *ended(void)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	made(s, 2);
	handed_over(s, 2, true);
	transcript_skip(s);
	return s;
}

test(ended_cards_are_destroyed_under_minutes_of_three_and_witnesses)
{
	struct transcript *s = ended();
	act_opened(s, 10, act_destroy_cards, minutes_of(.date = "2026-03-02"));
	act_row(s, 10, act_destroy_cards, 1, card_case_destroy, 0, NULL);
	act_row(s, 10, act_destroy_cards, 2, card_case_destroy, 2, NULL); // it is in use
	act_row(s, 10, act_destroy_cards, 3, card_case_destroy, 3, NULL); // there is none
	act_ends(s, 10, act_destroy_cards, 3);
	expect(s,
	       "intake: destroy_cards 10, decision 3/BB of 2026-03-02, with minutes\n"
	       "intake: row 1: destroy\n"
	       "  -> delivery: destruction_ordered submission 10, row 1, card 101/1 [member 101]\n"
	       "intake: row 2: destroy, copy 2\n"
	       "  -> intake: row_refused submission 10, row 2, field card_number, reason not_destroyable [member 101]\n"
	       "intake: row 3: destroy, copy 3\n"
	       "  -> intake: row_refused submission 10, row 3, field card_number, reason unknown [member 101]\n"
	       "intake: destroy_cards 10 ends\n"
	       "  -> delivery: destruction_ended submission 10, refused 2, decision_number 3/BB, minutes 5, committee [21, 22, 23], witnesses [31] [organisation 31]\n");
	transcript_free(s);
}

test(what_a_destruction_needs)
{
	struct transcript *s = ended();
	destroy(s, 10, 1, &(struct act_head){ .minutes = true, .committee = { 21, 22, 23 }, .committee_count = 3,
					      .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 11, 1, &(struct act_head){ .decision = "3/BB", .committee = { 21, 22, 23 }, .committee_count = 3,
					      .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 12, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22 },
					      .committee_count = 2, .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 13, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 22 },
					      .committee_count = 3, .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 14, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 23 },
					      .committee_count = 3 });
	destroy(s, 15, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 23 },
					      .committee_count = 3, .witnesses = { 23 }, .witnesses_count = 1 });
	destroy(s, 16, 1, minutes_of(.date = "2026-03-01")); // it ended on 2 March
	expect(s,
	       "intake: destroy_cards 10, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason no_minutes, field decision, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 11, decision 3/BB\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason no_minutes, field minutes, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 12, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 13, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 14, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 14 ends\n"
	       "  -> intake: act_closed submission 14, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 15, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 15 ends\n"
	       "  -> intake: act_closed submission 15, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 16, decision 3/BB of 2026-03-01, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "  -> intake: row_refused submission 16, row 1, field decision, reason date_order [member 101]\n"
	       "intake: destroy_cards 16 ends\n"
	       "  -> intake: act_closed submission 16, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n");
	transcript_free(s);
}

// An act whose opening cannot be read is refused as a whole when its rows come.
test(rows_without_their_opening_are_refused)
{
	struct transcript *s = ended();
	act_row(s, 10, act_report_cards, 1, card_case_loss, 0, NULL);
	act_ends(s, 10, act_report_cards, 1);
	act_ends(s, 11, act_report_cards, 2);
	expect(s,
	       "intake: row 1: loss\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason unknown, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason unknown, field whole, accepted 0, refused 2, more 0 [organisation 31]\n");
	transcript_free(s);
}

// ---- domain.md §3: every state, and what comes of each thing that can happen to a card in it ----

static void to_active(struct transcript *s)
{
	opened(s, "2011-01-26");
}
static void to_new(struct transcript *s)
{
	made(s, 1);
}
static void to_suspended(struct transcript *s)
{
	to_active(s);
	decide(s, 90, card_case_suspend, "2026-02-10");
}
static void to_unstamped(struct transcript *s)
{
	to_active(s);
	tell(s, inspection, check_missed, .card = card_of(lan, 1), .campaign = 1);
}
static void to_damaged(struct transcript *s)
{
	to_active(s);
	report_on(s, 90, card_case_damage, NULL);
}
static void to_lost(struct transcript *s)
{
	to_active(s);
	report_on(s, 90, card_case_loss, NULL);
}
static void to_lost_and_replaced(struct transcript *s)
{
	to_lost(s);
	reserved(s, 2);
}
static void to_superseded(struct transcript *s)
{
	to_active(s);
	made(s, 2);
	handed_over(s, 2, false);
}
static void to_recovery_due(struct transcript *s)
{
	to_active(s);
	becomes(s, member_status_active, member_status_expelled, "2026-02-20");
}
static void to_unrecoverable(struct transcript *s)
{
	to_recovery_due(s);
	decide(s, 90, card_case_unrecoverable, "2026-02-25");
}
static void to_family(struct transcript *s)
{
	to_active(s);
	becomes(s, member_status_active, member_status_deceased, "2026-02-20");
}
static void to_ended(struct transcript *s)
{
	to_recovery_due(s);
	collected(s, 1, card_case_recover);
}
static void to_spoiled(struct transcript *s)
{
	reserved(s, 1);
	tell(s, printing, card_spoiled, .card = card_of(lan, 1), .order = 2, .index = 1, .reason = reason_quality_failed,
	     .facility = 9);
}

static void by_loss(struct transcript *s)
{
	report_on(s, 91, card_case_loss, NULL);
}
static void by_damage(struct transcript *s)
{
	report_on(s, 91, card_case_damage, NULL);
}
static void by_finding(struct transcript *s)
{
	report_on(s, 91, card_case_found, NULL);
}
static void by_suspension(struct transcript *s)
{
	decide(s, 91, card_case_suspend, "2026-03-02");
}
static void by_resumption(struct transcript *s)
{
	decide(s, 91, card_case_resume, "2026-03-02");
}
static void by_giving_up(struct transcript *s)
{
	decide(s, 91, card_case_unrecoverable, "2026-03-02");
}
static void by_exit(struct transcript *s)
{
	becomes(s, member_status_active, member_status_removed, "2026-03-02");
}
static void by_death(struct transcript *s)
{
	becomes(s, member_status_active, member_status_deceased, "2026-03-02");
}
static void by_recovery(struct transcript *s)
{
	collected(s, 1, card_case_recover);
}
static void by_hand_over(struct transcript *s)
{
	handed_over(s, 1, false);
}
static void by_replacement(struct transcript *s)
{
	made(s, 2);
	handed_over(s, 2, true);
}
static void by_campaign(struct transcript *s)
{
	tell(s, inspection, check_missed, .card = card_of(lan, 1), .campaign = 2);
}
static void by_late_check(struct transcript *s)
{
	tell(s, inspection, check_made_late, .card = card_of(lan, 1), .campaign = 1);
}
static void by_destruction(struct transcript *s)
{
	destroy(s, 91, 1, minutes_of(.date = "2026-03-02"));
}

static enum card_validity validity(struct transcript *s, unsigned copy)
{
	struct store_txn tx;
	struct revocation_cards_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	revocation_cards_get(&tx, card_of(lan, copy), &row);
	store_abort(&tx);
	return row.validity;
}

// "." where the card stays what it is: refused, or it does not concern it.
static void what_comes_of(struct buffer *text, void (*state)(struct transcript *), void (*event)(struct transcript *))
{
	struct transcript *s = begin();
	state(s);
	enum card_validity before = validity(s, 1);
	transcript_skip(s);
	event(s);
	enum card_validity after = validity(s, 1);
	const char *said = transcript_said(s);
	if (event == by_destruction)
		buffer_append_text(text, strstr(said, "destruction_ordered") ? " destroyed" : " .");
	else
		buffer_printf(text, " %s", after == before ? "." : card_validity_name(after));
	// Whatever was submitted and changed nothing, not even another copy, was refused with a reason.
	if (strstr(said, "row 1:") && !strstr(said, "validity_changed") && !strstr(said, "destruction_ordered"))
		check(strstr(said, "row_refused"));
	transcript_free(s);
}

test(what_each_event_makes_of_a_card_in_each_state)
{
	static const struct {
		const char *name;
		void (*act)(struct transcript *);
	} states[] = {
		{ "not_yet_active", to_new }, { "active", to_active }, { "suspended", to_suspended },
		{ "unstamped", to_unstamped }, { "damaged", to_damaged }, { "lost", to_lost },
		{ "lost, replacement ordered", to_lost_and_replaced }, { "superseded", to_superseded },
		{ "recovery_due", to_recovery_due }, { "unrecoverable", to_unrecoverable },
		{ "retained_by_family", to_family }, { "ended", to_ended }, { "spoiled", to_spoiled },
	}, events[] = {
		{ "hand-over", by_hand_over }, { "loss", by_loss }, { "damage", by_damage }, { "found", by_finding },
		{ "suspended", by_suspension }, { "resumed", by_resumption }, { "campaign closed", by_campaign },
		{ "late check", by_late_check }, { "exit", by_exit }, { "death", by_death }, { "recovered", by_recovery },
		{ "given up", by_giving_up }, { "replacement handed over, old one collected", by_replacement },
		{ "destruction", by_destruction },
	};
	struct buffer text = { 0 };
	for (size_t e = 0; e < sizeof events / sizeof events[0]; e++) {
		buffer_printf(&text, "%s:", events[e].name);
		for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
			what_comes_of(&text, states[i].act, events[e].act);
		buffer_append_text(&text, "\n");
	}
	buffer_append(&text, "", 1);
	// In the order of `states`, column by column.
	check_text((const char *)text.data,
		   "hand-over: active . . . . . . . . . . . .\n"
		   "loss: . lost . lost lost . . . . . . . .\n"
		   "damage: . damaged . damaged . . . . . . . . .\n"
		   "found: . . . . . active recovery_due . . . . . .\n"
		   "suspended: . suspended . suspended . . . . . . . . .\n"
		   "resumed: . . active . . . . . . . . . .\n"
		   "campaign closed: . unstamped . . . . . . . . . . .\n"
		   "late check: . . . active . . . . . . . . .\n"
		   "exit: spoiled recovery_due recovery_due recovery_due recovery_due recovery_due recovery_due . . . . . .\n"
		   "death: spoiled retained_by_family retained_by_family retained_by_family retained_by_family retained_by_family retained_by_family . . . . . .\n"
		   "recovered: . . . . . . . ended ended . . . .\n"
		   "given up: . . . . . . . . unrecoverable . . . .\n"
		   "replacement handed over, old one collected: . ended . ended ended ended ended . ended . . . .\n"
		   "destruction: . . . . . . . . . . . destroyed destroyed\n");
	buffer_deinit(&text);
}

int main(void)
{
	run(a_lost_card_that_is_found_before_its_replacement_is_ordered_is_valid_again);
	run(a_lost_card_that_is_found_after_its_replacement_was_ordered_is_owed);
	run(a_replacement_that_is_not_made_after_all_leaves_the_way_back_open);
	run(a_damaged_card_may_still_be_lost_and_is_superseded_by_its_replacement);
	run(what_is_reported_comes_after_the_card_was_given_and_not_in_the_future);
	run(misuse_is_on_record_and_changes_nothing);
	run(only_officers_within_whose_subtree_the_holder_is_report);
	run(a_card_is_suspended_and_resumed_by_dated_decisions);
	run(a_card_that_cannot_be_recovered_is_explained);
	run(who_leaves_owes_the_card_and_what_was_on_its_way_is_cancelled);
	run(the_family_keeps_the_card_of_who_died);
	run(a_card_is_suspended_abroad_and_valid_again_at_home_with_the_new_one_in_its_place);
	run(a_card_that_could_not_be_handed_over_ends_its_request);
	run(a_card_that_an_organisation_lost_for_good_is_lost);
	run(ended_cards_are_destroyed_under_minutes_of_three_and_witnesses);
	run(what_a_destruction_needs);
	run(rows_without_their_opening_are_refused);
	run(what_each_event_makes_of_a_card_in_each_state);
	return test_summary();
}
