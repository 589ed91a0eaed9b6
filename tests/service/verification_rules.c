// Who may have a card, rule by rule.
#include "scene_verification.h"
#include "verification/eligibility.h"

// What rules the tests have seen broken, and kept: see the last test.
static bool broken[64], kept[64];

static void note(struct transcript *s, uint64_t request)
{
	struct store_txn tx;
	struct verification_requests_row row;
	const struct eligibility *e = &verification_eligibility;
	store_begin(transcript_store(s), false, &tx);
	if (verification_requests_get(&tx, request, &row)) {
		int bit = verification_case(e, row.kind, row.reason, date("2026-03-02"));
		for (size_t i = 0; i < e->rules_count; i++) {
			if (row.has_rule && bytes_equal(row.rule, bytes_of_text(e->rules[i].name)))
				broken[i] = true;
			if (row.state == request_state_verified && bit >= 0 && e->rules[i].cases >> bit & 1)
				kept[i] = true;
		}
	}
	store_abort(&tx);
}

static void submit(struct transcript *s, uint64_t request, uint64_t member)
{
	offer(s, request, member);
	note(s, request);
}

// The first row of a list of its own.
static void submit_exchange(struct transcript *s, uint64_t list, uint64_t member)
{
	offer_exchange(s, list, member);
	note(s, item_of(list, 1));
}

static void submit_new(struct transcript *s, uint64_t list, uint64_t member)
{
	offer_new(s, list, member);
	note(s, item_of(list, 1));
}

static void submit_with_number(struct transcript *s, uint64_t request, uint64_t member, uint32_t number)
{
	tell(s, intake, request_offered, .submission = 5, .request = request, .member = member,
	     .has_card_number = true, .card_number = number);
	note(s, request);
}

test(somebody_who_is_not_in_the_registry_is_returned)
{
	struct transcript *s = begin();
	submit_exchange(s, 1, 999);
	expect(s, "intake: request_offered submission 5, request 1/1, member 999, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 999, state returned, "
		  "field profile_number, reason unknown, rule in-registry [member 999, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field profile_number, reason unknown, "
		  "request 1/1 [member 999, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 999, state returned, field photo, "
		  "reason photo_missing, rule photo [member 999, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 999, rule 2]\n");
	transcript_free(s);
}

test(a_cell_asks_for_its_own_members_only)
{
	struct member_registered m = official(lan);
	m.home_cell = m.present_cell = 32;
	struct transcript *s = begin_with_card(m);
	submit_exchange(s, 1, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule own-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field present_cell, reason other_cell, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

// D4
test(a_member_in_temporary_activity_is_asked_for_by_the_cell_where_they_are)
{
	struct member_registered there = official(lan), here = official(minh);
	there.status = here.status = member_status_temp_activity;
	there.present_cell = 32;
	here.home_cell = 32;
	struct transcript *s = begin_with_card(there);
	know_with_card(s, here);
	open_exchange(s, 1);
	submit(s, item_of(1, 1), lan);
	submit(s, item_of(1, 2), minh);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule temporary-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field present_cell, reason other_cell, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_enclosed no\n"
		  "  -> approval: request_verified request 1/2, member 102, photo 2102, old_card 102/1, "
		  "registry_version 102, list 1 [member 102, rule 2]\n");
	transcript_free(s);
}

// C2
test(a_probationary_member_gets_no_card)
{
	struct member_registered m = official(lan);
	m.type = member_type_probationary;
	struct transcript *s = begin_with(m);
	submit_exchange(s, 1, lan);
	submit_new(s, 2, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, field type, "
		  "reason not_official, rule official-exch [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field type, reason not_official, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, field type, "
		  "reason not_official, rule official-new [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field type, reason not_official, "
		  "request 2/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(who_is_not_in_full_standing_gets_no_card)
{
	struct transcript *s = begin();
	open_exchange(s, 1);
	uint32_t row = 0;
	for (unsigned status = member_status_active; status <= member_status_deceased; status++) {
		struct member_registered m = official(200 + status);
		m.status = (enum member_status)status;
		know_with_card(s, m);
		row++;
		submit(s, item_of(1, row), m.member);
		check_u64(strstr(transcript_said(s), "request_verified") != NULL,
			  status <= member_status_temp_activity);
	}
	transcript_free(s);
}

test(a_member_under_discipline_waits_for_a_person_and_the_request_stays_open)
{
	struct transcript *s = begin_with_card(disciplined(lan, "2026-03-02")); // today is within
	submit_exchange(s, 1, lan);
	submit_exchange(s, 2, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field discipline, "
		  "reason held_discipline, rule discipline [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field discipline, reason held_discipline, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, field whole, "
		  "reason open_request, rule one-open-request [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field whole, reason open_request, "
		  "request 2/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(discipline_that_has_ended_is_no_obstacle)
{
	struct transcript *s = begin_with_card(disciplined(lan, "2026-03-01"));
	submit_exchange(s, 1, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_first_card_is_for_a_member_who_never_had_one)
{
	struct transcript *s = begin_with(official(lan));
	know_with_card(s, official(minh));
	open_new(s, 1);
	submit(s, item_of(1, 1), lan);
	submit(s, item_of(1, 2), minh);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, "
		  "registry_version 101, list 1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 102, state rejected, "
		  "field card_number, reason holds_card, rule no-card-yet [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field card_number, reason holds_card, "
		  "request 1/2 [member 102, rule 2]\n");
	transcript_free(s);
}

test(a_card_that_was_spoiled_in_print_is_no_card)
{
	struct transcript *s = begin_with(official(lan));
	validity(s, lan, 1, card_validity_not_yet_active, card_validity_spoiled,
		 card_validity_event_spoiled_in_print);
	submit_new(s, 1, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, "
		  "registry_version 101, list 1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_chip_card_is_not_exchanged_in_the_campaign)
{
	struct transcript *s = begin_with(official(lan));
	validity(s, lan, 1, card_validity_not_yet_active, card_validity_active,
		 card_validity_event_handed_over);
	submit_exchange(s, 1, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_generation, reason already_done, rule card-of-2003 [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_generation, "
		  "reason already_done, request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_card_that_is_not_valid_is_not_exchanged)
{
	struct transcript *s = begin_with_card(official(lan));
	validity(s, lan, 1, card_validity_active, card_validity_unstamped,
		 card_validity_event_campaign_closed);
	submit_exchange(s, 1, lan);
	validity(s, lan, 1, card_validity_unstamped, card_validity_active, card_validity_event_late_check);
	submit_exchange(s, 2, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_number, reason card_not_valid, rule card-valid [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason card_not_valid, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 2/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_card_number_other_than_the_registrys_waits_for_a_person)
{
	struct transcript *s = begin_with_card(official(lan));
	know_with_card(s, official(minh));
	know(s, official(hoa));
	open_exchange(s, 1);
	submit_with_number(s, item_of(1, 1), lan, 44000999);
	submit_with_number(s, item_of(1, 2), minh, 44000102);
	open_new(s, 2);
	submit_with_number(s, item_of(2, 1), hoa, 44000103);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_number 44000999, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field card_number, "
		  "reason held_mismatch, rule number-matches [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason held_mismatch, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_number 44000102, "
		  "card_enclosed no\n"
		  "  -> approval: request_verified request 1/2, member 102, photo 2102, old_card 102/1, "
		  "registry_version 102, list 1 [member 102, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 103, card_number 44000103, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 103, state on_hold, field card_number, "
		  "reason held_mismatch, rule number-matches [member 103, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason held_mismatch, "
		  "request 2/1 [member 103, rule 2]\n");
	transcript_free(s);
}

test(without_a_photo_a_request_is_returned_and_goes_on_when_it_comes_again_with_one)
{
	struct member_registered m = official(lan);
	m.has_photo = false;
	struct transcript *s = begin_with_card(m);
	submit_exchange(s, 1, lan);
	open_exchange(s, 2);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(2, 1), .member = lan,
	     .has_photo = true, .photo = 77);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n");
	transcript_free(s);
}

// --- lost, damaged, changed, misprinted cards (12-HD/BTCTW; D11; domain.md §6.3, §6.4) ---

// What the cell enclosed with the row.
struct enclosed {
	bool review, card;
	enum loss_assessment loss; // 0: none
};

static void submit_enclosing(struct transcript *s, uint64_t request, uint64_t member, struct enclosed e)
{
	tell(s, intake, request_offered, .submission = 5, .request = request, .member = member, .has_evidence = e.review,
	     .evidence = 55, .card_enclosed = e.card, .has_loss = e.loss != 0, .loss = e.loss);
	note(s, request);
	note(s, item_of(1, 1)); // when it was corrected
}

// The first row of a list of its own.
static void submit_for(struct transcript *s, uint64_t list, enum request_reason reason, uint64_t member, struct enclosed e)
{
	open_quietly(s, list, reason == request_reason_lost ? request_kind_reissue : request_kind_exchange, reason);
	submit_enclosing(s, item_of(list, 1), member, e);
}

test(a_lost_card_is_issued_again_when_the_loss_was_reported_reviewed_and_found_justified)
{
	struct transcript *s = begin_with_card(official(lan));
	submit_for(s, 1, request_reason_lost, lan, (struct enclosed){ 0 });
	reported_lost(s, lan);
	submit_for(s, 2, request_reason_lost, lan, (struct enclosed){ .review = true, .loss = loss_assessment_justified });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, "
		  "field card_number, reason not_reported, rule loss-reported [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason not_reported, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field evidence, "
		  "reason missing, rule review [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field evidence, reason missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field loss, "
		  "reason missing, rule loss-assessed [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field loss, reason missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n");
	transcript_free(s);
}

test(what_a_row_lacks_is_named)
{
	struct transcript *s = begin_with_card(official(lan));
	know_with_card(s, official(minh));
	know_with_card(s, official(hoa));
	reported_lost(s, lan);
	reported_lost(s, minh);
	reported_damaged(s, hoa);
	open_quietly(s, 1, request_kind_reissue, request_reason_lost);
	submit_enclosing(s, item_of(1, 1), lan, (struct enclosed){ .loss = loss_assessment_justified });
	submit_enclosing(s, item_of(1, 2), minh, (struct enclosed){ .review = true });
	submit_for(s, 2, request_reason_damaged, hoa, (struct enclosed){ .review = true });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, loss justified, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field evidence, "
		  "reason missing, rule review [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field evidence, reason missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, evidence 55, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 102, state returned, field loss, "
		  "reason missing, rule loss-assessed [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field loss, reason missing, "
		  "request 1/2 [member 102, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 103, evidence 55, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 103, state returned, field old_card, "
		  "reason old_card_missing, rule damaged-card [member 103, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field old_card, reason old_card_missing, "
		  "request 2/1 [member 103, rule 2]\n");
	transcript_free(s);
}

test(an_unjustified_loss_waits_for_the_inspection_commission)
{
	struct transcript *s = begin_with_card(official(lan));
	reported_lost(s, lan);
	submit_for(s, 1, request_reason_lost, lan, (struct enclosed){ .review = true, .loss = loss_assessment_unjustified });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "loss unjustified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field loss, "
		  "reason held_loss, rule loss-justified [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field loss, reason held_loss, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_damaged_card_goes_up_with_form_3)
{
	struct transcript *s = begin_with_card(official(lan));
	submit_for(s, 1, request_reason_damaged, lan, (struct enclosed){ .review = true });
	reported_damaged(s, lan);
	submit_for(s, 2, request_reason_damaged, lan, (struct enclosed){ .card = true });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, "
		  "field card_number, reason not_reported, rule damage-reported [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason not_reported, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field old_card, "
		  "reason old_card_missing, rule damaged-card [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field old_card, reason old_card_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed yes\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "  -> delivery: card_enclosed card 101/1, request 1/1, member 101, cell 31 [member 101, "
		  "rule 2]\n");
	transcript_free(s);
}

test(changed_data_and_a_misprint_are_exchanged_while_the_card_is_in_use)
{
	static const enum request_reason reasons[] = { request_reason_info_change, request_reason_print_error };
	for (size_t i = 0; i < array_size(reasons); i++) {
		struct transcript *s = begin_with(official(lan));
		struct member_registered probationary = official(minh);
		probationary.type = member_type_probationary;
		know(s, probationary);
		know(s, official(hoa));
		holds_paper_card(s, lan);
		open_quietly(s, 1, request_kind_exchange, reasons[i]);
		submit_enclosing(s, item_of(1, 1), lan, (struct enclosed){ 0 });
		check(strstr(transcript_said(s), "state returned, field evidence, reason missing, rule statement"));
		submit_enclosing(s, item_of(1, 2), minh, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "state rejected, field type, reason not_official, rule official"));
		submit_enclosing(s, item_of(1, 3), hoa, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "state rejected, field card_number, reason holds_no_card, rule has-card"));
		submit_for(s, 2, reasons[i], lan, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "request_verified request 1/1, member 101"));
		transcript_free(s);
		s = begin_with_card(official(lan));
		reported_lost(s, lan);
		submit_for(s, 1, reasons[i], lan, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "state rejected, field card_number, reason card_not_valid, rule card-in-use"));
		transcript_free(s);
	}
}

// Nobody need judge what is refused anyway.
test(a_hold_decides_only_when_nothing_else_is_wrong)
{
	struct transcript *s = begin_with(disciplined(lan, "2026-03-02"));
	submit_exchange(s, 1, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_number, reason holds_no_card, rule holds-card [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason holds_no_card, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

// --- dates and drafts (A4, B1), on a table of the test's own ---

static bool refused_on(struct eligibility_provision provision, const char *day)
{
	const struct eligibility_rule rule = { .name = "no-photo",
					       .cases = 1,
					       .needs_count = 1,
					       .needs = { { eligibility_fact_request_photo, 1 << 1 } },
					       .state = request_state_returned,
					       .field = field_photo,
					       .reason = reason_photo_missing,
					       .provision = provision };
	const struct eligibility rules = { .rules = &rule, .rules_count = 1 };
	const struct eligibility_facts no_photo = { 0 };
	return verification_judge(&rules, 0, date(day), &no_photo) != NULL;
}

test(a_rule_is_enforced_from_its_first_day_to_its_last)
{
	struct eligibility_provision p = { .from = date("2026-02-09"), .until = date("2026-06-30") };
	check(!refused_on(p, "2026-02-08"));
	check(refused_on(p, "2026-02-09"));
	check(refused_on(p, "2026-06-30"));
	check(!refused_on(p, "2026-07-01"));
}

test(a_draft_is_never_enforced)
{
	struct eligibility_provision p = { .draft = true, .from = INT32_MIN, .until = INT32_MAX };
	check(!refused_on(p, "2026-03-02"));
}

test(every_rule_in_force_was_broken_above_and_kept)
{
	const struct eligibility *e = &verification_eligibility;
	for (size_t i = 0; i < e->rules_count; i++) {
		if (e->rules[i].provision.draft)
			continue;
		if (!broken[i] || !kept[i])
			printf("# rule %s: broken %d, kept %d\n", e->rules[i].name, broken[i], kept[i]);
		check(broken[i] && kept[i]);
	}
}

int main(void)
{
	run(somebody_who_is_not_in_the_registry_is_returned);
	run(a_cell_asks_for_its_own_members_only);
	run(a_member_in_temporary_activity_is_asked_for_by_the_cell_where_they_are);
	run(a_probationary_member_gets_no_card);
	run(who_is_not_in_full_standing_gets_no_card);
	run(a_member_under_discipline_waits_for_a_person_and_the_request_stays_open);
	run(discipline_that_has_ended_is_no_obstacle);
	run(a_first_card_is_for_a_member_who_never_had_one);
	run(a_card_that_was_spoiled_in_print_is_no_card);
	run(a_chip_card_is_not_exchanged_in_the_campaign);
	run(a_card_that_is_not_valid_is_not_exchanged);
	run(a_card_number_other_than_the_registrys_waits_for_a_person);
	run(without_a_photo_a_request_is_returned_and_goes_on_when_it_comes_again_with_one);
	run(a_lost_card_is_issued_again_when_the_loss_was_reported_reviewed_and_found_justified);
	run(what_a_row_lacks_is_named);
	run(an_unjustified_loss_waits_for_the_inspection_commission);
	run(a_damaged_card_goes_up_with_form_3);
	run(changed_data_and_a_misprint_are_exchanged_while_the_card_is_in_use);
	run(a_hold_decides_only_when_nothing_else_is_wrong);
	run(a_rule_is_enforced_from_its_first_day_to_its_last);
	run(a_draft_is_never_enforced);
	run(every_rule_in_force_was_broken_above_and_kept);
	return test_summary();
}
