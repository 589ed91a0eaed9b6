// Delivery, as a transcript: boxes that organisations pack themselves: up for destruction, undelivered back, to another
// cell, to inspection and back.
#include "service/scene_delivery.h"

#define parcel(n) ((UINT64_C(1) << 48) + (n))

// Cards 7/1 and 8/1 of 2003 are collected in cell 44111, and are due.
static struct transcript *collected(void)
{
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	officer_of(s, 44111);
	for (uint64_t member = 7; member <= 8; member++) {
		old_card(s, member, 44111);
		standing(s, card_of(member, 1), card_validity_superseded, "2026-02-20");
	}
	acts(s, 50, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL }, { card_case_recover, 8, 0, NULL });
	transcript_skip(s);
	return s;
}

// From `from` to `to`, counted there.
static void goes(struct transcript *s, uint64_t from, uint64_t to, uint64_t shipment, uint64_t box, uint32_t cards)
{
	officer_of(s, from);
	shipped(s, 60 + shipment);
	officer_of(s, to);
	counted(s, 70 + shipment, shipment, box, cards, true);
}

test(a_box_for_destruction_goes_up_level_by_level_to_the_centre)
{
	struct transcript *s = collected();
	acts(s, 51, pack_cards, head(sealed), { card_case_destruction, 7, 0, NULL }, { card_case_destruction, 8, 0, NULL });
	check_ledger(s, "44111 custody paper_2003: 2\n");
	goes(s, 44111, 4411, 1, parcel(1), 2);
	expect(s,
	       "intake: pack_cards 51, seal S-9\n"
	       "intake: row 1: destruction, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 44111, matter destruction, box parcel 1 [member 7]\n"
	       "intake: row 2: destruction, card 44.000008\n"
	       "  -> record: card_moved card 8/1, place custody, custodian 44111, matter destruction, box parcel 1 [member 8]\n"
	       "intake: pack_cards 51 ends\n"
	       "  -> record: box_moved box parcel 1, place custody, custodian 44111, shipment 0, declared 2 [box 281474976710657]\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 2, refused 0, number parcel 1, more 0 [organisation 44111]\n"
	       "intake: shipping_ordered submission 61, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 1, from 44111, to 4411, boxes 1, cards 2, waybill VD-2 [shipment 1]\n"
	       "  -> record: box_moved box parcel 1, place in_transit, custodian 44111, shipment 1, declared 2 [box 281474976710657]\n"
	       "  -> intake: shipment_box shipment 1, to 4411, box parcel 1, cards 2, destination 1, seal S-9 [shipment 1]\n"
	       "  -> intake: act_closed submission 61, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n"
	       "intake: box_counted submission 71, row 1, shipment 1, box parcel 1, counted 2, seal_intact yes\n"
	       "  -> record: box_moved box parcel 1, place custody, custodian 4411, shipment 1, declared 2, counted 2 [box 281474976710657]\n"
	       "intake: receiving_ended submission 71, shipment 1, rows 1\n"
	       "  -> intake: act_closed submission 71, reason none, field whole, accepted 1, refused 0, number 1, more 0 [shipment 1]\n");
	check_ledger(s, "4411 custody paper_2003: 2\n");
	goes(s, 4411, 441, 2, parcel(1), 2);
	check_ledger(s, "441 custody paper_2003: 2\n");
	goes(s, 441, 44, 3, parcel(1), 2);
	check_ledger(s, "44 custody paper_2003: 2\n");
	transcript_skip(s);
	officer_of(s, 44);
	shipped(s, 64);
	check_ledger(s, "");
	officer_of(s, 1);
	counted(s, 74, 4, parcel(1), 2, true);
	shipped(s, 65);
	expect(s,
	       "intake: shipping_ordered submission 64, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 4, from 44, to 1, boxes 1, cards 2, waybill VD-2 [shipment 4]\n"
	       "  -> record: box_moved box parcel 1, place in_transit, custodian 44, shipment 4, declared 2 [box 281474976710657]\n"
	       "  -> intake: shipment_box shipment 4, to 1, box parcel 1, cards 2, destination 1, seal S-9 [shipment 4]\n"
	       "  -> intake: act_closed submission 64, reason none, field whole, accepted 1, refused 0, number 4, more 0 [shipment 4]\n"
	       "intake: box_counted submission 74, row 1, shipment 4, box parcel 1, counted 2, seal_intact yes\n"
	       "  -> record: box_moved box parcel 1, place custody, custodian 1, shipment 4, declared 2, counted 2 [box 281474976710657]\n"
	       "intake: receiving_ended submission 74, shipment 4, rows 1\n"
	       "  -> intake: act_closed submission 74, reason none, field whole, accepted 1, refused 0, number 4, more 0 [shipment 4]\n"
	       "intake: shipping_ordered submission 65, waybill VD-2\n"
	       "  -> intake: act_closed submission 65, reason empty, field box, accepted 0, refused 0, more 0\n");
	check_ledger(s, "1 custody paper_2003: 2\n");
	check_text(place_of(s, card_of(7, 1)), "custody 1");
	transcript_free(s);
}

test(into_a_box_goes_only_what_is_in_the_packers_hands_and_fits_its_purpose)
{
	struct transcript *s = scene_in_cell(); // new cards 7/2, 8/2 in the cell, 7/1 and 8/1 at home
	officer_of(s, 44111);
	acts(s, 50, pack_cards, head(0), { card_case_undelivered, 7, 2, NULL });
	acts(s, 51, pack_cards, head(sealed, .has_to = true, .to = 999), { card_case_undelivered, 7, 2, NULL });
	acts(s, 52, pack_cards, head(sealed, .has_to = true, .to = 44111), { card_case_undelivered, 7, 2, NULL });
	acts(s, 53, pack_cards, head(sealed), { card_case_destruction, 7, 1, NULL }, { card_case_destruction, 7, 2, NULL },
	     { card_case_redistribution, 7, 2, NULL }, { card_case_travel, 7, 2, NULL }, { card_case_recover, 7, 2, NULL },
	     { card_case_undelivered, 9, 0, NULL });
	officer_of(s, 44112);
	acts(s, 54, pack_cards, head(sealed), { card_case_undelivered, 7, 2, NULL });
	expect(s,
	       "intake: pack_cards 50\n"
	       "intake: row 1: undelivered, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 50, row 1, field seal, reason missing [member 7]\n"
	       "intake: pack_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason missing, field seal, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: pack_cards 51, to 999, seal S-9\n"
	       "intake: row 1: undelivered, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 51, row 1, field organisation, reason unknown [member 7]\n"
	       "intake: pack_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason unknown, field organisation, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: pack_cards 52, to 44111, seal S-9\n"
	       "intake: row 1: undelivered, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 52, row 1, field organisation, reason wrong_state [member 7]\n"
	       "intake: pack_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason wrong_state, field organisation, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: pack_cards 53, seal S-9\n"
	       "intake: row 1: destruction, card 44.000007, copy 1\n"
	       "  -> intake: row_refused submission 53, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: row 2: destruction, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 53, row 2, field matter, reason not_due [member 7]\n"
	       "intake: row 3: redistribution, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 53, row 3, field matter, reason wrong_state [member 7]\n"
	       "intake: row 4: travel, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 53, row 4, field matter, reason wrong_state [member 7]\n"
	       "intake: row 5: recover, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 53, row 5, field matter, reason other_kind [member 7]\n"
	       "intake: row 6: undelivered, card 44.000009\n"
	       "  -> intake: row_refused submission 53, row 6, field card_number, reason unknown [member 9]\n"
	       "intake: pack_cards 53 ends\n"
	       "  -> intake: act_closed submission 53, reason none, field whole, accepted 0, refused 6, more 0 [organisation 44111]\n"
	       "intake: pack_cards 54, seal S-9\n"
	       "intake: row 1: undelivered, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 54, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: pack_cards 54 ends\n"
	       "  -> intake: act_closed submission 54, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44112]\n");
	transcript_free(s);
}

// A box of both generations: the old card for destruction, the new one that could not be handed over.
test(an_undelivered_card_goes_back_up_and_revocation_hears_of_it)
{
	struct transcript *s = scene_in_cell();
	officer_of(s, 44111);
	standing(s, card_of(7, 1), card_validity_recovery_due, "2026-03-01");
	acts(s, 50, collect_cards, head(with_minutes), { card_case_recover, 7, 1, NULL });
	transcript_skip(s);
	acts(s, 51, pack_cards, head(sealed), { card_case_undelivered, 8, 0, NULL }, { card_case_destruction, 7, 0, NULL });
	handed_over(s, 52, 8, true, true);
	expect(s,
	       "intake: pack_cards 51, seal S-9\n"
	       "intake: row 1: undelivered, card 44.000008\n"
	       "  -> record: card_moved card 8/2, place custody, custodian 44111, matter undelivered, box parcel 1 [member 8]\n"
	       "  -> revocation: card_reported card 8/2, matter undelivered, organisation 44111 [member 8]\n"
	       "intake: row 2: destruction, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 44111, matter destruction, box parcel 1 [member 7]\n"
	       "intake: pack_cards 51 ends\n"
	       "  -> record: box_moved box parcel 1, place custody, custodian 44111, shipment 0, declared 2 [box 281474976710657]\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 2, refused 0, number parcel 1, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 52, member 8, card_number 44000008, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 52, row 1, field card_number, reason not_here [member 8]\n"
	       "intake: hand_overs_ended submission 52, rows 1\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 custody paper_2003: 1\n44111 custody chip_2025: 2\n44111 members paper_2003: 1\n");
	goes(s, 44111, 4411, 5, parcel(1), 2);
	check_ledger(s, "4411 custody paper_2003: 1\n4411 custody chip_2025: 1\n44111 custody chip_2025: 1\n"
			"44111 members paper_2003: 1\n");
	transcript_free(s);
}

test(a_new_card_is_sent_on_to_the_cell_where_its_member_is_now)
{
	struct transcript *s = scene_in_cell();
	officer_of(s, 44111);
	tell(s, registry, member_moved, .member = 7, .from = 44111, .to = 44112, .date = date("2026-03-01"));
	transcript_skip(s);
	acts(s, 51, pack_cards, head(sealed, .has_to = true, .to = 44112), { card_case_redistribution, 7, 2, NULL });
	goes(s, 44111, 4411, 5, parcel(1), 1);
	goes(s, 4411, 44112, 6, parcel(1), 1);
	expect(s,
	       "intake: pack_cards 51, to 44112, seal S-9\n"
	       "intake: row 1: redistribution, card 44.000007, copy 2\n"
	       "  -> record: card_moved card 7/2, place custody, custodian 44111, matter redistribution, box parcel 1 [member 7]\n"
	       "intake: pack_cards 51 ends\n"
	       "  -> record: box_moved box parcel 1, place custody, custodian 44111, shipment 0, declared 1 [box 281474976710657]\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 1, refused 0, number parcel 1, more 0 [organisation 44111]\n"
	       "intake: shipping_ordered submission 65, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 5, from 44111, to 4411, boxes 1, cards 1, waybill VD-2 [shipment 5]\n"
	       "  -> record: box_moved box parcel 1, place in_transit, custodian 44111, shipment 5, declared 1 [box 281474976710657]\n"
	       "  -> intake: shipment_box shipment 5, to 4411, box parcel 1, cards 1, destination 44112, seal S-9 [shipment 5]\n"
	       "  -> intake: act_closed submission 65, reason none, field whole, accepted 1, refused 0, number 5, more 0 [shipment 5]\n"
	       "intake: box_counted submission 75, row 1, shipment 5, box parcel 1, counted 1, seal_intact yes\n"
	       "  -> record: box_moved box parcel 1, place custody, custodian 4411, shipment 5, declared 1, counted 1 [box 281474976710657]\n"
	       "intake: receiving_ended submission 75, shipment 5, rows 1\n"
	       "  -> intake: act_closed submission 75, reason none, field whole, accepted 1, refused 0, number 5, more 0 [shipment 5]\n"
	       "intake: shipping_ordered submission 66, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 6, from 4411, to 44112, boxes 1, cards 1, waybill VD-2 [shipment 6]\n"
	       "  -> record: box_moved box parcel 1, place in_transit, custodian 4411, shipment 6, declared 1 [box 281474976710657]\n"
	       "  -> intake: shipment_box shipment 6, to 44112, box parcel 1, cards 1, destination 44112, seal S-9 [shipment 6]\n"
	       "  -> intake: act_closed submission 66, reason none, field whole, accepted 1, refused 0, number 6, more 0 [shipment 6]\n"
	       "intake: box_counted submission 76, row 1, shipment 6, box parcel 1, counted 1, seal_intact yes\n"
	       "  -> record: box_moved box parcel 1, place custody, custodian 44112, shipment 6, declared 1, counted 1 [box 281474976710657]\n"
	       "intake: receiving_ended submission 76, shipment 6, rows 1\n"
	       "  -> intake: act_closed submission 76, reason none, field whole, accepted 1, refused 0, number 6, more 0 [shipment 6]\n");
	by(s, .submission = 80, .actor = 6, .person = 4, .role = role_cell_officer, .organisation = 44112);
	handed_over(s, 80, 7, true, true);
	expect(s,
	       "intake: hand_over_given submission 80, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> revocation: card_handed_over card 7/2, old_card 7/1, old_collected yes, receipt signed_sheet, proof 9, date 2026-03-02, cell 44112 [member 7]\n"
	       "  -> record: old_card_collected card 7/1, cell 44112 [member 7]\n"
	       "  -> verification: request_delivered request 5/7, member 7 [member 7]\n"
	       "intake: hand_overs_ended submission 80, rows 1\n"
	       "  -> intake: act_closed submission 80, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44112]\n");
	check_ledger(s, "44111 custody chip_2025: 1\n44111 members paper_2003: 1\n44112 custody paper_2003: 1\n"
			"44112 members chip_2025: 1\n");
	transcript_free(s);
}

// D12, D14, D16: collected for inspection, up to the commune, stamped there, and back to the cell and the member.
test(a_valid_card_travels_up_for_inspection_and_back)
{
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	old_card(s, 7, 44111);
	officer_of(s, 44111);
	acts(s, 50, collect_cards, head(0), { card_case_inspect, 7, 0, NULL });
	acts(s, 51, pack_cards, head(sealed, .has_to = true, .to = 441), { card_case_travel, 7, 0, NULL });
	goes(s, 44111, 4411, 1, parcel(1), 1);
	goes(s, 4411, 441, 2, parcel(1), 1);
	transcript_skip(s);
	acts(s, 52, pack_cards, head(sealed, .has_to = true, .to = 44111), { card_case_travel, 7, 0, NULL });
	goes(s, 441, 4411, 3, parcel(2), 1);
	goes(s, 4411, 44111, 4, parcel(2), 1);
	acts(s, 53, collect_cards, head(0), { card_case_give_back, 7, 0, NULL });
	expect(s,
	       "intake: pack_cards 52, to 44111, seal S-9\n"
	       "intake: row 1: travel, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place custody, custodian 441, matter travel, box parcel 2 [member 7]\n"
	       "intake: pack_cards 52 ends\n"
	       "  -> record: box_moved box parcel 2, place custody, custodian 441, shipment 0, declared 1 [box 281474976710658]\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 1, refused 0, number parcel 2, more 0 [organisation 441]\n"
	       "intake: shipping_ordered submission 63, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 3, from 441, to 4411, boxes 1, cards 1, waybill VD-2 [shipment 3]\n"
	       "  -> record: box_moved box parcel 2, place in_transit, custodian 441, shipment 3, declared 1 [box 281474976710658]\n"
	       "  -> intake: shipment_box shipment 3, to 4411, box parcel 2, cards 1, destination 44111, seal S-9 [shipment 3]\n"
	       "  -> intake: act_closed submission 63, reason none, field whole, accepted 1, refused 0, number 3, more 0 [shipment 3]\n"
	       "intake: box_counted submission 73, row 1, shipment 3, box parcel 2, counted 1, seal_intact yes\n"
	       "  -> record: box_moved box parcel 2, place custody, custodian 4411, shipment 3, declared 1, counted 1 [box 281474976710658]\n"
	       "intake: receiving_ended submission 73, shipment 3, rows 1\n"
	       "  -> intake: act_closed submission 73, reason none, field whole, accepted 1, refused 0, number 3, more 0 [shipment 3]\n"
	       "intake: shipping_ordered submission 64, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 4, from 4411, to 44111, boxes 1, cards 1, waybill VD-2 [shipment 4]\n"
	       "  -> record: box_moved box parcel 2, place in_transit, custodian 4411, shipment 4, declared 1 [box 281474976710658]\n"
	       "  -> intake: shipment_box shipment 4, to 44111, box parcel 2, cards 1, destination 44111, seal S-9 [shipment 4]\n"
	       "  -> intake: act_closed submission 64, reason none, field whole, accepted 1, refused 0, number 4, more 0 [shipment 4]\n"
	       "intake: box_counted submission 74, row 1, shipment 4, box parcel 2, counted 1, seal_intact yes\n"
	       "  -> record: box_moved box parcel 2, place custody, custodian 44111, shipment 4, declared 1, counted 1 [box 281474976710658]\n"
	       "intake: receiving_ended submission 74, shipment 4, rows 1\n"
	       "  -> intake: act_closed submission 74, reason none, field whole, accepted 1, refused 0, number 4, more 0 [shipment 4]\n"
	       "intake: collect_cards 53\n"
	       "intake: row 1: give_back, card 44.000007\n"
	       "  -> record: card_moved card 7/1, place member, custodian 44111, matter give_back [member 7]\n"
	       "intake: collect_cards 53 ends\n"
	       "  -> intake: act_closed submission 53, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 members paper_2003: 1\n");
	transcript_free(s);
}

int main(void)
{
	run(a_box_for_destruction_goes_up_level_by_level_to_the_centre);
	run(into_a_box_goes_only_what_is_in_the_packers_hands_and_fits_its_purpose);
	run(an_undelivered_card_goes_back_up_and_revocation_hears_of_it);
	run(a_new_card_is_sent_on_to_the_cell_where_its_member_is_now);
	run(a_valid_card_travels_up_for_inspection_and_back);
	return test_summary();
}
