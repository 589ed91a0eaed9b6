// Delivery, as a transcript: cards that organisations collect from members, and give back to them or to a family.
#include "service/scene_delivery.h"

// Member 7 has card 7/1 of the generation of 2003 at home.
static struct transcript *at_home(void)
{
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	old_card(s, 7, 44111);
	by(s, .submission = 50, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	transcript_skip(s);
	return s;
}

test(a_card_that_is_due_is_collected_with_minutes_and_its_cell_is_told_to)
{
	struct transcript *s = at_home();
	standing(s, card_of(7, 1), card_validity_recovery_due, "2026-02-20");
	acts(s, 50, collect_cards, head(0), { card_case_recover, 7, 0, NULL });
	acts(s, 51, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL });
	expect(s,
	       "revocation: card_standing card 7/1, validity recovery_due, event holder_left, since 2026-02-20\n"
	       "  -> intake: recovery_due organisation 44111, card 7/1, number 44.000007, validity recovery_due [member 7]\n"
	       "intake: collect_cards 50\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 50, row 1, field minutes, reason no_minutes [member 7]\n"
	       "intake: collect_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: collect_cards 51, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 44111, matter recover, minutes 5 [member 7]\n"
	       "  -> revocation: card_reported card 7/1, matter recover, organisation 44111 [member 7]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 custody paper_2003: 1\n");
	transcript_free(s);
}

test(a_card_is_recovered_once_and_not_before_it_is_due)
{
	struct transcript *s = at_home();
	acts(s, 50, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL });
	standing(s, card_of(7, 1), card_validity_recovery_due, "2026-02-20");
	acts(s, 51, collect_cards, head(with_minutes, .has_decision_date = true, .decision_date = date("1900-01-01")),
	     { card_case_recover, 7, 0, NULL });
	acts(s, 52, collect_cards, head(with_minutes), { card_case_recover, 7, 0, "2026-02-19" });
	acts(s, 53, collect_cards, head(with_minutes), { card_case_recover, 7, 0, "2026-03-03" });
	acts(s, 54, collect_cards, head(with_minutes, .has_decision_date = true, .decision_date = date("2026-02-21")),
	     { card_case_recover, 7, 0, "2026-02-20" });
	acts(s, 55, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL });
	expect(s,
	       "intake: collect_cards 50, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 50, row 1, field card_number, reason not_due [member 7]\n"
	       "intake: collect_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "revocation: card_standing card 7/1, validity recovery_due, event holder_left, since 2026-02-20\n"
	       "  -> intake: recovery_due organisation 44111, card 7/1, number 44.000007, validity recovery_due [member 7]\n"
	       "intake: collect_cards 51, decision 12/BB of 1900-01-01, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 51, row 1, field decision, reason date_order [member 7]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: collect_cards 52, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007 on 2026-02-19\n"
	       "  -> intake: row_refused submission 52, row 1, field date, reason date_order [member 7]\n"
	       "intake: collect_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: collect_cards 53, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007 on 2026-03-03\n"
	       "  -> intake: row_refused submission 53, row 1, field date, reason out_of_range [member 7]\n"
	       "intake: collect_cards 53 ends\n"
	       "  -> intake: act_closed submission 53, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: collect_cards 54, decision 12/BB of 2026-02-21, minutes 5\n"
	       "intake: row 1: recover, card 44.000007 on 2026-02-20\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 44111, matter recover, minutes 5 [member 7]\n"
	       "  -> revocation: card_reported card 7/1, matter recover, organisation 44111 [member 7]\n"
	       "intake: collect_cards 54 ends\n"
	       "  -> intake: act_closed submission 54, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n"
	       "intake: collect_cards 55, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 55, row 1, field card_number, reason already_done [member 7]\n"
	       "intake: collect_cards 55 ends\n"
	       "  -> intake: act_closed submission 55, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	transcript_free(s);
}

test(only_the_cell_and_those_above_it_collect)
{
	struct transcript *s = at_home();
	standing(s, card_of(7, 1), card_validity_superseded, "2026-02-20");
	by(s, .submission = 50, .actor = 6, .person = 4, .role = role_cell_officer, .organisation = 44112);
	acts(s, 50, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL }, { card_case_recover, 9, 0, NULL });
	by(s, .submission = 51, .actor = 7, .person = 2, .role = role_grassroots_appraiser, .organisation = 4411);
	acts(s, 51, collect_cards, head(with_minutes), { card_case_recover, 7, 2, NULL }, { card_case_recover, 7, 1, NULL });
	expect(s,
	       "revocation: card_standing card 7/1, validity superseded, event holder_left, since 2026-02-20\n"
	       "  -> intake: recovery_due organisation 44111, card 7/1, number 44.000007, validity superseded [member 7]\n"
	       "intake: collect_cards 50, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 50, row 1, field organisation, reason outside_subtree [member 7]\n"
	       "intake: row 2: recover, card 44.000009\n"
	       "  -> intake: row_refused submission 50, row 2, field card_number, reason unknown [member 9]\n"
	       "intake: collect_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason none, field whole, accepted 0, refused 2, more 0 [organisation 44112]\n"
	       "intake: collect_cards 51, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 51, row 1, field card_number, reason unknown [member 7]\n"
	       "intake: row 2: recover, card 44.000007, copy 1\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 4411, matter recover, minutes 5 [member 7]\n"
	       "  -> revocation: card_reported card 7/1, matter recover, organisation 4411 [member 7]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 1, refused 1, more 0 [organisation 4411]\n");
	check_ledger(s, "4411 custody paper_2003: 1\n");
	transcript_free(s);
}

// D12, D16: a valid card is collected, inspected and given back; nobody's worth changes.
test(a_valid_card_is_collected_for_inspection_and_given_back)
{
	struct transcript *s = at_home();
	acts(s, 50, collect_cards, head(0), { card_case_inspect, 7, 0, NULL });
	acts(s, 51, collect_cards, head(0), { card_case_inspect, 7, 0, NULL });
	acts(s, 52, collect_cards, head(0), { card_case_give_back, 7, 0, NULL });
	acts(s, 53, collect_cards, head(0), { card_case_give_back, 7, 0, NULL });
	expect(s,
	       "intake: collect_cards 50\n"
	       "intake: row 1: inspect, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 44111, matter inspect [member 7]\n"
	       "intake: collect_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n"
	       "intake: collect_cards 51\n"
	       "intake: row 1: inspect, card 44.000007\n"
	       "  -> intake: row_refused submission 51, row 1, field card_number, reason already_done [member 7]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: collect_cards 52\n"
	       "intake: row 1: give_back, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place member, custodian 44111, matter give_back [member 7]\n"
	       "intake: collect_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n"
	       "intake: collect_cards 53\n"
	       "intake: row 1: give_back, card 44.000007\n"
	       "  -> intake: row_refused submission 53, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: collect_cards 53 ends\n"
	       "  -> intake: act_closed submission 53, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 members paper_2003: 1\n");
	transcript_free(s);
}

test(a_card_that_is_due_goes_neither_to_inspection_nor_back)
{
	struct transcript *s = at_home();
	standing(s, card_of(7, 1), card_validity_recovery_due, "2026-02-20");
	acts(s, 50, collect_cards, head(0), { card_case_inspect, 7, 0, NULL });
	acts(s, 51, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL });
	transcript_skip(s);
	acts(s, 52, collect_cards, head(0), { card_case_give_back, 7, 0, NULL });
	acts(s, 53, collect_cards, head(0), { card_case_destruction, 7, 0, NULL });
	expect(s,
	       "intake: collect_cards 52\n"
	       "intake: row 1: give_back, card 44.000007\n"
	       "  -> intake: row_refused submission 52, row 1, field card_number, reason barred [member 7]\n"
	       "intake: collect_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: collect_cards 53\n"
	       "intake: row 1: destruction, card 44.000007\n"
	       "  -> intake: row_refused submission 53, row 1, field matter, reason other_kind [member 7]\n"
	       "intake: collect_cards 53 ends\n"
	       "  -> intake: act_closed submission 53, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	transcript_free(s);
}

// It was collected for a campaign that closed without its check (D2): its holder waits for the late check with it.
test(an_unstamped_card_goes_back_to_its_holder)
{
	struct transcript *s = at_home();
	acts(s, 50, collect_cards, head(0), { card_case_inspect, 7, 0, NULL });
	standing(s, card_of(7, 1), card_validity_unstamped, "2026-02-20");
	transcript_skip(s);
	acts(s, 51, collect_cards, head(0), { card_case_give_back, 7, 0, NULL });
	expect(s,
	       "intake: collect_cards 51\n"
	       "intake: row 1: give_back, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place member, custodian 44111, matter give_back [member 7]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n");
	transcript_free(s);
}

// Its holder was expelled while it was being inspected: the cell has it, but it counts as recovered only with minutes.
test(a_card_that_becomes_due_while_an_organisation_has_it_is_recovered_there)
{
	struct transcript *s = at_home();
	acts(s, 50, collect_cards, head(0), { card_case_inspect, 7, 0, NULL });
	standing(s, card_of(7, 1), card_validity_recovery_due, "2026-03-01");
	transcript_skip(s);
	by(s, .submission = 51, .actor = 7, .person = 2, .role = role_grassroots_appraiser, .organisation = 4411);
	acts(s, 51, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL });
	by(s, .submission = 52, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	acts(s, 52, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL });
	acts(s, 53, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL });
	expect(s,
	       "intake: collect_cards 51, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 51, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 0, refused 1, more 0 [organisation 4411]\n"
	       "intake: collect_cards 52, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 44111, matter recover, minutes 5 [member 7]\n"
	       "  -> revocation: card_reported card 7/1, matter recover, organisation 44111 [member 7]\n"
	       "intake: collect_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n"
	       "intake: collect_cards 53, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 53, row 1, field card_number, reason already_done [member 7]\n"
	       "intake: collect_cards 53 ends\n"
	       "  -> intake: act_closed submission 53, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 custody paper_2003: 1\n");
	transcript_free(s);
}

test(the_family_keeps_the_card_and_gets_it_back_when_the_cell_had_it)
{
	struct transcript *s = at_home();
	old_card(s, 8, 44111);
	acts(s, 50, collect_cards, head(0), { card_case_inspect, 7, 0, NULL });
	transcript_skip(s);
	standing(s, card_of(7, 1), card_validity_retained_by_family, "2026-03-01");
	standing(s, card_of(8, 1), card_validity_retained_by_family, "2026-03-01");
	acts(s, 51, collect_cards, head(with_minutes), { card_case_recover, 8, 0, NULL }, { card_case_inspect, 8, 0, NULL });
	acts(s, 52, collect_cards, head(0), { card_case_give_back, 7, 0, NULL });
	expect(s,
	       "revocation: card_standing card 7/1, validity retained_by_family, event holder_left, since 2026-03-01\n"
	       "revocation: card_standing card 8/1, validity retained_by_family, event holder_left, since 2026-03-01\n"
	       "  -> record: card_moved card 8/1, place family, custodian 44111 [member 8]\n"
	       "intake: collect_cards 51, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000008\n"
	       "  -> intake: row_refused submission 51, row 1, field card_number, reason not_here [member 8]\n"
	       "intake: row 2: inspect, card 44.000008\n"
	       "  -> intake: row_refused submission 51, row 2, field card_number, reason not_here [member 8]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 0, refused 2, more 0 [organisation 44111]\n"
	       "intake: collect_cards 52\n"
	       "intake: row 1: give_back, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place family, custodian 44111, matter give_back [member 7]\n"
	       "intake: collect_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n");
	check_text(place_of(s, card_of(7, 1)), "family 44111");
	check_ledger(s, "44111 members paper_2003: 2\n");
	transcript_free(s);
}

// A new card reaches its member by a hand-over with a receipt, and not as if it had been theirs.
test(a_new_card_is_not_given_back)
{
	struct transcript *s = scene_in_cell();
	by(s, .submission = 50, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	acts(s, 50, collect_cards, head(0), { card_case_give_back, 7, 2, NULL });
	acts(s, 51, collect_cards, head(0), { card_case_give_back, 7, 1, NULL });
	expect(s,
	       "intake: collect_cards 50\n"
	       "intake: row 1: give_back, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 50, row 1, field card_number, reason barred [member 7]\n"
	       "intake: collect_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: collect_cards 51\n"
	       "intake: row 1: give_back, card 44.000007, copy 1\n"
	       "  -> intake: row_refused submission 51, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: collect_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	transcript_free(s);
}

static void handed_over_on(struct transcript *s, uint64_t submission, int32_t date)
{
	tell(s, intake, hand_over_given, .submission = submission, .member = 7, .card_number = 44000007,
	     .receipt = receipt_kind_signed_sheet, .has_proof = true, .proof = 9, .old_collected = true, .date = date,
	     .row = 1);
}

test(a_hand_over_is_not_dated_before_the_card_was_sent_to_the_cell_nor_in_the_future)
{
	struct transcript *s = scene_in_cell(); // sent on 2 March
	transcript_day(s, "2026-03-09");
	by(s, .submission = 40, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	handed_over_on(s, 40, date("1950-01-01"));
	handed_over_on(s, 41, date("2026-03-01"));
	handed_over_on(s, 42, date("2026-03-10"));
	handed_over_on(s, 43, date("2026-03-02"));
	expect(s,
	       "intake: hand_over_given submission 40, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 1950-01-01, row 1\n"
	       "  -> intake: row_refused submission 40, row 1, field date, reason date_order [member 7]\n"
	       "intake: hand_over_given submission 41, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-01, row 1\n"
	       "  -> intake: row_refused submission 41, row 1, field date, reason date_order [member 7]\n"
	       "intake: hand_over_given submission 42, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-10, row 1\n"
	       "  -> intake: row_refused submission 42, row 1, field date, reason out_of_range [member 7]\n"
	       "intake: hand_over_given submission 43, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> revocation: card_handed_over card 7/2, old_card 7/1, old_collected yes, receipt signed_sheet, proof 9, date 2026-03-02, cell 44111 [member 7]\n"
	       "  -> record: old_card_collected card 7/1, cell 44111 [member 7]\n"
	       "  -> verification: request_delivered request 5/7, member 7 [member 7]\n");
	transcript_free(s);
}

// Form 3 (D11): the damaged card goes up with the request; one that is not with the member cannot be enclosed.
test(a_damaged_card_is_enclosed_with_form_3_once)
{
	struct transcript *s = at_home();
	for (int i = 0; i < 2; i++)
		tell(s, verification, card_enclosed, .card = card_of(7, 1), .request = 5 << 16 | 7, .member = 7, .cell = 44111);
	tell(s, verification, card_enclosed, .card = card_of(9, 1), .request = 5 << 16 | 9, .member = 9, .cell = 44111);
	expect(s,
	       "verification: card_enclosed card 7/1, request 5/7, member 7, cell 44111\n"
	       "  -> record: old_card_collected card 7/1, cell 44111 [member 7]\n"
	       "verification: card_enclosed card 7/1, request 5/7, member 7, cell 44111\n"
	       "  -> record: card_event_refused card 7/1, place custody, event collected, reason wrong_state [member 7]\n"
	       "verification: card_enclosed card 9/1, request 5/9, member 9, cell 44111\n"
	       "  -> record: card_event_refused card 9/1, event collected, reason unknown [member 9]\n");
	check_ledger(s, "44111 custody paper_2003: 1\n");
	transcript_free(s);
}

test(cards_follow_a_member_who_moves_in_the_ledgers_of_both_cells)
{
	struct transcript *s = at_home();
	tell(s, registry, member_moved, .member = 7, .from = 44111, .to = 44112, .date = date("2026-03-01"));
	tell(s, registry, member_moved, .member = 7, .from = 44111, .to = 44112, .date = date("2026-03-01"));
	expect(s,
	       "registry: member_moved member 7, from 44111, to 44112, date 2026-03-01\n"
	       "  -> record: card_moved card 7/1, place member, custodian 44112 [member 7]\n"
	       "registry: member_moved member 7, from 44111, to 44112, date 2026-03-01\n");
	check_ledger(s, "44112 members paper_2003: 1\n");
	transcript_free(s);
}

int main(void)
{
	run(a_card_that_is_due_is_collected_with_minutes_and_its_cell_is_told_to);
	run(a_card_is_recovered_once_and_not_before_it_is_due);
	run(only_the_cell_and_those_above_it_collect);
	run(a_valid_card_is_collected_for_inspection_and_given_back);
	run(an_unstamped_card_goes_back_to_its_holder);
	run(a_card_that_is_due_goes_neither_to_inspection_nor_back);
	run(a_card_that_becomes_due_while_an_organisation_has_it_is_recovered_there);
	run(the_family_keeps_the_card_and_gets_it_back_when_the_cell_had_it);
	run(a_new_card_is_not_given_back);
	run(a_hand_over_is_not_dated_before_the_card_was_sent_to_the_cell_nor_in_the_future);
	run(a_damaged_card_is_enclosed_with_form_3_once);
	run(cards_follow_a_member_who_moves_in_the_ledgers_of_both_cells);
	return test_summary();
}
