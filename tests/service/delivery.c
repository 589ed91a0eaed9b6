// Delivery, as a transcript: how boxes go down, and how cards are handed over.
#include "service/scene_delivery.h"

test(a_box_goes_down_level_by_level_and_is_counted_at_each)
{
	struct transcript *s = scene();
	transcript_skip(s);
	by(s, .submission = 20, .actor = 4, .organisation = 44);
	counted(s, 20, 1, 1 << 16 | 1, 2, true);
	shipped(s, 21);
	by(s, .submission = 22, .actor = 4, .organisation = 441);
	counted(s, 22, 2, 1 << 16 | 1, 2, true);
	expect(s,
	       "intake: box_counted submission 20, row 1, shipment 1, box 1/1, counted 2, seal_intact yes\n"
	       "  -> record: box_moved box 1/1, place custody, custodian 44, shipment 1, declared 2, counted 2 [box 65537]\n"
	       "intake: receiving_ended submission 20, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 20, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "intake: shipping_ordered submission 21, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 2, from 44, to 441, boxes 1, cards 2, waybill VD-2 [shipment 2]\n"
	       "  -> record: box_moved box 1/1, place in_transit, custodian 44, shipment 2, declared 2 [box 65537]\n"
	       "  -> intake: shipment_box shipment 2, to 441, box 1/1, cards 2, destination 44111, seal S-1 [shipment 2]\n"
	       "  -> intake: act_closed submission 21, reason none, field whole, accepted 1, refused 0, number 2, more 0 [shipment 2]\n"
	       "intake: box_counted submission 22, row 1, shipment 2, box 1/1, counted 2, seal_intact yes\n"
	       "  -> record: box_moved box 1/1, place custody, custodian 441, shipment 2, declared 2, counted 2 [box 65537]\n"
	       "intake: receiving_ended submission 22, shipment 2, rows 1\n"
	       "  -> intake: act_closed submission 22, reason none, field whole, accepted 1, refused 0, number 2, more 0 [shipment 2]\n");
	check_ledger(s, "441 custody chip_2025: 2\n44111 members paper_2003: 2\n");
	transcript_free(s);
}

test(a_cell_directly_below_the_superior_is_reached_in_one_step)
{
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	produced(s, 9, 4412);
	by(s, .submission = 10, .actor = 3, .organisation = print_shop);
	filled(s, 1 << 16 | 2, 4412, 9, 9);
	facility_sends(s, 10, 1);
	by(s, .submission = 20, .actor = 4, .organisation = 44);
	counted(s, 20, 1, 1 << 16 | 2, 1, true);
	shipped(s, 21);
	by(s, .submission = 22, .actor = 4, .organisation = 441);
	counted(s, 22, 2, 1 << 16 | 2, 1, true);
	transcript_skip(s);
	shipped(s, 23);
	expect(s,
	       "intake: shipping_ordered submission 23, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 3, from 441, to 4412, boxes 1, cards 1, waybill VD-2 [shipment 3]\n"
	       "  -> record: box_moved box 1/2, place in_transit, custodian 441, shipment 3, declared 1 [box 65538]\n"
	       "  -> intake: shipment_box shipment 3, to 4412, box 1/2, cards 1, destination 4412, seal S-1 [shipment 3]\n"
	       "  -> intake: act_closed submission 23, reason none, field whole, accepted 1, refused 0, number 3, more 0 [shipment 3]\n");
	transcript_free(s);
}

test(one_shipment_goes_to_each_organisation_below)
{
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	by(s, .submission = 10, .actor = 3, .organisation = print_shop);
	produced(s, 7, 44111);
	produced(s, 8, 44112);
	produced(s, 9, 4412);
	filled(s, 1 << 16 | 1, 44111, 7, 7);
	filled(s, 1 << 16 | 2, 44112, 8, 8);
	filled(s, 1 << 16 | 3, 4412, 9, 9);
	facility_sends(s, 10, 3);
	by(s, .submission = 20, .actor = 4, .organisation = 44);
	for (uint64_t box = 1; box <= 3; box++)
		counted(s, 20 + box, 1, 1 << 16 | box, 1, true);
	shipped(s, 24);
	by(s, .submission = 25, .actor = 4, .organisation = 441);
	for (uint64_t box = 1; box <= 3; box++)
		counted(s, 25 + box, 2, 1 << 16 | box, 1, true);
	transcript_skip(s);
	shipped(s, 30);
	expect(s,
	       "intake: shipping_ordered submission 30, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 3, from 441, to 4411, boxes 2, cards 2, waybill VD-2 [shipment 3]\n"
	       "  -> intake: shipment_sent shipment 4, from 441, to 4412, boxes 1, cards 1, waybill VD-2 [shipment 4]\n"
	       "  -> record: box_moved box 1/1, place in_transit, custodian 441, shipment 3, declared 1 [box 65537]\n"
	       "  -> intake: shipment_box shipment 3, to 4411, box 1/1, cards 1, destination 44111, seal S-1 [shipment 3]\n"
	       "  -> record: box_moved box 1/2, place in_transit, custodian 441, shipment 3, declared 1 [box 65538]\n"
	       "  -> intake: shipment_box shipment 3, to 4411, box 1/2, cards 1, destination 44112, seal S-1 [shipment 3]\n"
	       "  -> record: box_moved box 1/3, place in_transit, custodian 441, shipment 4, declared 1 [box 65539]\n"
	       "  -> intake: shipment_box shipment 4, to 4412, box 1/3, cards 1, destination 4412, seal S-1 [shipment 4]\n"
	       "  -> intake: act_closed submission 30, reason none, field whole, accepted 3, refused 0, number 3, more 1 [shipment 4]\n");
	shipped(s, 31);
	expect(s,
	       "intake: shipping_ordered submission 31, waybill VD-2\n"
	       "  -> intake: act_closed submission 31, reason empty, field box, accepted 0, refused 0, more 0\n");
	check_ledger(s, "");
	transcript_free(s);
}

test(only_the_named_organisation_is_sent_to)
{
	struct transcript *s = scene();
	by(s, .submission = 20, .actor = 4, .organisation = 44);
	counted(s, 20, 1, 1 << 16 | 1, 2, true);
	transcript_skip(s);
	tell(s, intake, shipping_ordered, .submission = 21, .has_to = true, .to = 4411, .waybill = bytes_of_text("VD-2"));
	tell(s, intake, shipping_ordered, .submission = 22, .has_to = true, .to = 999, .waybill = bytes_of_text("VD-2"));
	tell(s, intake, shipping_ordered, .submission = 23, .has_to = true, .to = 441, .waybill = bytes_of_text("VD-2"));
	expect(s,
	       "intake: shipping_ordered submission 21, to 4411, waybill VD-2\n"
	       "  -> intake: act_closed submission 21, reason outside_subtree, field organisation, accepted 0, refused 0, more 0\n"
	       "intake: shipping_ordered submission 22, to 999, waybill VD-2\n"
	       "  -> intake: act_closed submission 22, reason unknown, field organisation, accepted 0, refused 0, more 0\n"
	       "intake: shipping_ordered submission 23, to 441, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 2, from 44, to 441, boxes 1, cards 2, waybill VD-2 [shipment 2]\n"
	       "  -> record: box_moved box 1/1, place in_transit, custodian 44, shipment 2, declared 2 [box 65537]\n"
	       "  -> intake: shipment_box shipment 2, to 441, box 1/1, cards 2, destination 44111, seal S-1 [shipment 2]\n"
	       "  -> intake: act_closed submission 23, reason none, field whole, accepted 1, refused 0, number 2, more 0 [shipment 2]\n");
	transcript_free(s);
}

test(a_count_that_differs_keeps_the_box_on_its_way_until_it_is_corrected)
{
	struct transcript *s = scene();
	transcript_skip(s);
	by(s, .submission = 20, .actor = 4, .organisation = 44);
	counted(s, 20, 1, 1 << 16 | 1, 1, true);
	counted(s, 21, 1, 1 << 16 | 1, 2, true);
	counted(s, 22, 1, 1 << 16 | 1, 2, true);
	expect(s,
	       "intake: box_counted submission 20, row 1, shipment 1, box 1/1, counted 1, seal_intact yes\n"
	       "  -> record: discrepancy_found shipment 1, box 1/1, declared 2, counted 1, seal_intact yes [shipment 1]\n"
	       "  -> intake: row_refused submission 20, row 1, field count, reason count_differs [shipment 1]\n"
	       "intake: receiving_ended submission 20, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 20, reason none, field whole, accepted 0, refused 1, number 1, more 0 [shipment 1]\n"
	       "intake: box_counted submission 21, row 1, shipment 1, box 1/1, counted 2, seal_intact yes\n"
	       "  -> record: box_moved box 1/1, place custody, custodian 44, shipment 1, declared 2, counted 2 [box 65537]\n"
	       "  -> record: discrepancy_settled shipment 1, box 1/1, counted 2 [box 65537]\n"
	       "intake: receiving_ended submission 21, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 21, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "intake: box_counted submission 22, row 1, shipment 1, box 1/1, counted 2, seal_intact yes\n"
	       "  -> intake: row_refused submission 22, row 1, field box, reason already_done [shipment 1]\n"
	       "intake: receiving_ended submission 22, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 22, reason none, field whole, accepted 0, refused 1, number 1, more 0 [shipment 1]\n");
	transcript_free(s);
}

test(a_broken_seal_does_not_become_whole)
{
	struct transcript *s = scene();
	transcript_skip(s);
	by(s, .submission = 20, .actor = 4, .organisation = 44);
	counted(s, 20, 1, 1 << 16 | 1, 2, false);
	counted(s, 21, 1, 1 << 16 | 1, 2, true);
	expect(s,
	       "intake: box_counted submission 20, row 1, shipment 1, box 1/1, counted 2, seal_intact no\n"
	       "  -> record: discrepancy_found shipment 1, box 1/1, declared 2, counted 2, seal_intact no [shipment 1]\n"
	       "  -> intake: row_refused submission 20, row 1, field box, reason count_differs [shipment 1]\n"
	       "intake: receiving_ended submission 20, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 20, reason none, field whole, accepted 0, refused 1, number 1, more 0 [shipment 1]\n"
	       "intake: box_counted submission 21, row 1, shipment 1, box 1/1, counted 2, seal_intact yes\n"
	       "  -> intake: row_refused submission 21, row 1, field box, reason wrong_state [shipment 1]\n"
	       "intake: receiving_ended submission 21, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 21, reason none, field whole, accepted 0, refused 1, number 1, more 0 [shipment 1]\n");
	check_ledger(s, "44111 members paper_2003: 2\n");
	transcript_free(s);
}

test(only_the_receiver_receives_and_only_what_was_sent)
{
	struct transcript *s = scene();
	transcript_skip(s);
	by(s, .submission = 20, .actor = 4, .organisation = 441);
	counted(s, 20, 1, 1 << 16 | 1, 2, true);
	by(s, .submission = 21, .actor = 4, .organisation = 44);
	counted(s, 21, 2, 1 << 16 | 1, 2, true);
	counted(s, 22, 1, 1 << 16 | 9, 2, true);
	expect(s,
	       "intake: box_counted submission 20, row 1, shipment 1, box 1/1, counted 2, seal_intact yes\n"
	       "  -> intake: row_refused submission 20, row 1, field shipment, reason not_addressee [shipment 1]\n"
	       "intake: receiving_ended submission 20, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 20, reason none, field whole, accepted 0, refused 1, number 1, more 0 [shipment 1]\n"
	       "intake: box_counted submission 21, row 1, shipment 2, box 1/1, counted 2, seal_intact yes\n"
	       "  -> intake: row_refused submission 21, row 1, field shipment, reason unknown [shipment 2]\n"
	       "intake: receiving_ended submission 21, shipment 2, rows 1\n"
	       "  -> intake: act_closed submission 21, reason none, field whole, accepted 0, refused 1, number 2, more 0 [shipment 2]\n"
	       "intake: box_counted submission 22, row 1, shipment 1, box 1/9, counted 2, seal_intact yes\n"
	       "  -> intake: row_refused submission 22, row 1, field box, reason unknown [shipment 1]\n"
	       "intake: receiving_ended submission 22, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 22, reason none, field whole, accepted 0, refused 1, number 1, more 0 [shipment 1]\n");
	transcript_free(s);
}

test(at_hand_over_the_member_signs_and_the_old_card_comes_in)
{
	struct transcript *s = scene_in_cell();
	by(s, .submission = 40, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	handed_over(s, 40, 7, false, true);
	handed_over(s, 41, 7, true, false);
	handed_over(s, 42, 7, true, true);
	handed_over(s, 43, 7, true, true);
	handed_over(s, 44, 6, true, true);
	expect(s,
	       "intake: hand_over_given submission 40, member 7, card_number 44000007, receipt signed_sheet, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 40, row 1, field receipt, reason no_receipt [member 7]\n"
	       "intake: hand_overs_ended submission 40, rows 1\n"
	       "  -> intake: act_closed submission 40, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 41, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected no, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 41, row 1, field old_card, reason old_card_missing [member 7]\n"
	       "intake: hand_overs_ended submission 41, rows 1\n"
	       "  -> intake: act_closed submission 41, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 42, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> revocation: card_handed_over card 7/2, old_card 7/1, old_collected yes, receipt signed_sheet, proof 9, date 2026-03-02, cell 44111 [member 7]\n"
	       "  -> record: old_card_collected card 7/1, cell 44111 [member 7]\n"
	       "  -> verification: request_delivered request 5/7, member 7 [member 7]\n"
	       "intake: hand_overs_ended submission 42, rows 1\n"
	       "  -> intake: act_closed submission 42, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 43, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 43, row 1, field card_number, reason already_done [member 7]\n"
	       "intake: hand_overs_ended submission 43, rows 1\n"
	       "  -> intake: act_closed submission 43, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 44, member 6, card_number 44000006, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 44, row 1, field card_number, reason unknown [member 6]\n"
	       "intake: hand_overs_ended submission 44, rows 1\n"
	       "  -> intake: act_closed submission 44, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 custody paper_2003: 1\n"
			"44111 custody chip_2025: 1\n"
			"44111 members paper_2003: 1\n"
			"44111 members chip_2025: 1\n");
	transcript_free(s);
}

test(nobody_hands_their_own_card_over_the_committee_above_does)
{
	struct transcript *s = scene_in_cell();
	by(s, .submission = 40, .actor = 5, .person = 7, .role = role_cell_officer, .organisation = 44111);
	handed_over(s, 40, 7, true, true);
	by(s, .submission = 41, .actor = 6, .person = 3, .role = role_cell_officer, .organisation = 44112);
	handed_over(s, 41, 7, true, true);
	by(s, .submission = 42, .actor = 7, .person = 2, .role = role_grassroots_appraiser, .organisation = 4411);
	handed_over(s, 42, 7, true, true);
	expect(s,
	       "intake: hand_over_given submission 40, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 40, row 1, field actor, reason own_card [member 7]\n"
	       "intake: hand_overs_ended submission 40, rows 1\n"
	       "  -> intake: act_closed submission 40, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 41, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 41, row 1, field organisation, reason outside_subtree [member 7]\n"
	       "intake: hand_overs_ended submission 41, rows 1\n"
	       "  -> intake: act_closed submission 41, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44112]\n"
	       "intake: hand_over_given submission 42, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> revocation: card_handed_over card 7/2, old_card 7/1, old_collected yes, receipt signed_sheet, proof 9, date 2026-03-02, cell 44111 [member 7]\n"
	       "  -> record: old_card_collected card 7/1, cell 44111 [member 7]\n"
	       "  -> verification: request_delivered request 5/7, member 7 [member 7]\n"
	       "intake: hand_overs_ended submission 42, rows 1\n"
	       "  -> intake: act_closed submission 42, reason none, field whole, accepted 1, refused 0, more 0 [organisation 4411]\n");
	transcript_free(s);
}

test(a_card_is_not_handed_over_before_it_reached_the_cell)
{
	struct transcript *s = scene();
	produced(s, 9, 44111);
	transcript_skip(s);
	by(s, .submission = 40, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	handed_over(s, 40, 7, true, true);
	handed_over(s, 41, 9, true, true);
	expect(s,
	       "intake: hand_over_given submission 40, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 40, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: hand_overs_ended submission 40, rows 1\n"
	       "  -> intake: act_closed submission 40, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 41, member 9, card_number 44000009, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 41, row 1, field card_number, reason not_here [member 9]\n"
	       "intake: hand_overs_ended submission 41, rows 1\n"
	       "  -> intake: act_closed submission 41, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	transcript_free(s);
}

test(a_spoiled_card_stays_at_the_facility)
{
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	transcript_skip(s);
	by(s, .submission = 9, .actor = 3, .organisation = print_shop);
	tell(s, printing, card_spoiled, .card = 7 << 8 | 2, .order = 1, .index = 7, .reason = reason_quality_failed,
	     .facility = print_shop);
	produced(s, 8, 44111);
	tell(s, printing, card_spoiled, .card = 8 << 8 | 2, .order = 1, .index = 8, .reason = reason_quality_failed,
	     .facility = print_shop);
	tell(s, printing, card_spoiled, .card = 8 << 8 | 2, .order = 1, .index = 8, .reason = reason_quality_failed,
	     .facility = print_shop);
	filled(s, 1 << 16 | 1, 44111, 7, 8);
	facility_sends(s, 10, 0);
	expect(s,
	       "printing: card_spoiled card 7/2, order 1, index 7, reason quality_failed, facility 90\n"
	       "printing: card_produced card 8/2, number 44.000008, order 1, index 8, serial 0000000000000000, public_key 00000000…, request 5/8, cell 44111, old_card 8/1, facility 90\n"
	       "printing: card_spoiled card 8/2, order 1, index 8, reason quality_failed, facility 90\n"
	       "printing: card_spoiled card 8/2, order 1, index 8, reason quality_failed, facility 90\n"
	       "  -> record: card_event_refused card 8/2, place facility, event produced, reason already_done [member 8]\n"
	       "printing: box_filled box 1/1, order 1, destination 44111, seal S-1, cards [1794, 2050]\n"
	       "  -> record: card_event_refused card 7/2, place facility, event sent, reason wrong_state [member 7]\n"
	       "  -> record: card_event_refused card 8/2, place facility, event sent, reason wrong_state [member 8]\n"
	       "printing: boxes_sent submission 10, order 1, facility 90, to 44, waybill VD-1, boxes 0, refused 0\n"
	       "  -> intake: act_closed submission 10, reason empty, field box, accepted 0, refused 0, more 0\n");
	check_ledger(s, "");
	transcript_free(s);
}

// A turn that holds few entries: the boxes leave over several, and what is received meanwhile waits for the next shipment.
test(a_shipment_larger_than_a_turn_leaves_in_several)
{
	const struct engine_limits small = { .batch_entries = 4 };
	struct transcript *s = transcript_new_with(&delivery_service, &small);
	tree(s);
	by(s, .submission = 10, .actor = 3, .organisation = print_shop);
	for (uint64_t member = 1; member <= 6; member++) {
		produced(s, member, 44111);
		filled(s, 1 << 16 | member, 44111, member, member);
	}
	facility_sends(s, 10, 6);
	by(s, .submission = 20, .actor = 4, .organisation = 44);
	transcript_hold(s);
	for (uint64_t box = 1; box <= 4; box++)
		counted(s, 20 + box, 1, 1 << 16 | box, 1, true);
	transcript_skip(s);
	shipped(s, 30);
	counted(s, 31, 1, 1 << 16 | 5, 1, true);
	shipped(s, 32);
	counted(s, 33, 1, 1 << 16 | 6, 1, true);
	transcript_release(s);
	expect(s,
	       "intake: shipping_ordered submission 30, waybill VD-2\n"
	       "intake: box_counted submission 31, row 1, shipment 1, box 1/5, counted 1, seal_intact yes\n"
	       "intake: receiving_ended submission 31, shipment 1, rows 1\n"
	       "intake: shipping_ordered submission 32, waybill VD-2\n"
	       "intake: box_counted submission 33, row 1, shipment 1, box 1/6, counted 1, seal_intact yes\n"
	       "intake: receiving_ended submission 33, shipment 1, rows 1\n"
	       "  -> record: box_moved box 1/1, place custody, custodian 44, shipment 1, declared 1, counted 1 [box 65537]\n"
	       "  -> intake: act_closed submission 21, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "  -> record: box_moved box 1/2, place custody, custodian 44, shipment 1, declared 1, counted 1 [box 65538]\n"
	       "  -> intake: act_closed submission 22, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "  -> record: box_moved box 1/3, place custody, custodian 44, shipment 1, declared 1, counted 1 [box 65539]\n"
	       "  -> intake: act_closed submission 23, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "  -> record: box_moved box 1/4, place custody, custodian 44, shipment 1, declared 1, counted 1 [box 65540]\n"
	       "  -> intake: act_closed submission 24, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "  -> intake: shipment_sent shipment 2, from 44, to 441, boxes 4, cards 4, waybill VD-2 [shipment 2]\n"
	       "  -> record: box_moved box 1/1, place in_transit, custodian 44, shipment 2, declared 1 [box 65537]\n"
	       "  -> intake: shipment_box shipment 2, to 441, box 1/1, cards 1, destination 44111, seal S-1 [shipment 2]\n"
	       "  -> record: box_moved box 1/5, place custody, custodian 44, shipment 1, declared 1, counted 1 [box 65541]\n"
	       "  -> record: box_moved box 1/2, place in_transit, custodian 44, shipment 2, declared 1 [box 65538]\n"
	       "  -> intake: shipment_box shipment 2, to 441, box 1/2, cards 1, destination 44111, seal S-1 [shipment 2]\n"
	       "  -> record: box_moved box 1/3, place in_transit, custodian 44, shipment 2, declared 1 [box 65539]\n"
	       "  -> intake: shipment_box shipment 2, to 441, box 1/3, cards 1, destination 44111, seal S-1 [shipment 2]\n"
	       "  -> record: box_moved box 1/4, place in_transit, custodian 44, shipment 2, declared 1 [box 65540]\n"
	       "  -> intake: shipment_box shipment 2, to 441, box 1/4, cards 1, destination 44111, seal S-1 [shipment 2]\n"
	       "  -> intake: act_closed submission 30, reason none, field whole, accepted 4, refused 0, number 2, more 0 [shipment 2]\n"
	       "  -> intake: act_closed submission 31, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "  -> intake: shipment_sent shipment 3, from 44, to 441, boxes 1, cards 1, waybill VD-2 [shipment 3]\n"
	       "  -> record: box_moved box 1/5, place in_transit, custodian 44, shipment 3, declared 1 [box 65541]\n"
	       "  -> intake: shipment_box shipment 3, to 441, box 1/5, cards 1, destination 44111, seal S-1 [shipment 3]\n"
	       "  -> intake: act_closed submission 32, reason none, field whole, accepted 1, refused 0, number 3, more 0 [shipment 3]\n"
	       "  -> record: box_moved box 1/6, place custody, custodian 44, shipment 1, declared 1, counted 1 [box 65542]\n"
	       "  -> intake: act_closed submission 33, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n");
	check_ledger(s, "44 custody chip_2025: 1\n");
	transcript_free(s);
}

int main(void)
{
	run(a_box_goes_down_level_by_level_and_is_counted_at_each);
	run(a_cell_directly_below_the_superior_is_reached_in_one_step);
	run(one_shipment_goes_to_each_organisation_below);
	run(only_the_named_organisation_is_sent_to);
	run(a_count_that_differs_keeps_the_box_on_its_way_until_it_is_corrected);
	run(a_broken_seal_does_not_become_whole);
	run(only_the_receiver_receives_and_only_what_was_sent);
	run(at_hand_over_the_member_signs_and_the_old_card_comes_in);
	run(nobody_hands_their_own_card_over_the_committee_above_does);
	run(a_card_is_not_handed_over_before_it_reached_the_cell);
	run(a_spoiled_card_stays_at_the_facility);
	run(a_shipment_larger_than_a_turn_leaves_in_several);
	return test_summary();
}
