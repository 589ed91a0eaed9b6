// Delivery, as a transcript: boxes that organisations pack themselves: up for destruction, undelivered back, to another
// cell, to inspection and back; boxes whose count differs; what an ended organisation leaves.
#include "service/scene_delivery.h"

#define parcel(n) ((UINT64_C(1) << 48) + (n))

static void officer_of(struct transcript *s, uint64_t organisation)
{
	by(s, .submission = 50, .actor = 5, .person = 3, .organisation = organisation,
	   .role = organisation > 9999 ? role_cell_officer : organisation > 999 ? role_grassroots_appraiser :
		   organisation > 99   ? role_superior_board : organisation > 9 ? role_provincial_board : role_central_board);
}

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

#define sealed .has_seal = true, .seal = bytes_of_text("S-9")

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
	tell(s, registry, member_moved, .member = 7, .from = 44111, .to = 44112, .date = date_from_civil(2026, 3, 1));
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

// ---- counts that differ ----

// Two boxes on their way from the province to the commune, as shipment 2.
static struct transcript *two_boxes(void)
{
	struct transcript *s = scene();
	produced(s, 9, 44112);
	by(s, .submission = 11, .actor = 3, .organisation = print_shop);
	filled(s, 1 << 16 | 2, 44112, 9, 9);
	facility_sends(s, 11, 1);
	officer_of(s, 44);
	counted(s, 20, 1, 1 << 16 | 1, 2, true);
	counted(s, 21, 2, 1 << 16 | 2, 1, true);
	shipped(s, 22);
	officer_of(s, 441);
	transcript_skip(s);
	return s;
}

static void check_open(struct transcript *s, uint64_t shipment, uint32_t received, uint32_t boxes)
{
	struct store_txn tx;
	struct delivery_shipments_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	check(delivery_shipments_get(&tx, shipment, &row));
	store_abort(&tx);
	check_u64(row.received, received);
	check_u64(row.boxes, boxes);
}

test(a_shipment_is_received_in_parts_and_closes_when_the_difference_is_explained)
{
	struct transcript *s = two_boxes();
	counted(s, 30, 3, 1 << 16 | 2, 1, true);
	counted(s, 31, 3, 1 << 16 | 1, 1, true);
	check_open(s, 3, 1, 2);
	shipped(s, 32); // what was received goes on without the rest
	acts(s, 33, explain_box, head(.has_shipment = true, .shipment = 3, .has_box = true, .box = 1 << 16 | 1,
				      .has_counted = true, .counted = 1, .has_explanation = true,
				      .explanation = bytes_of_text("one fell out"), .has_minutes = true, .minutes = 6),
	     { card_case_missing, 8, 0, NULL });
	expect(s,
	       "intake: box_counted submission 30, row 1, shipment 3, box 1/2, counted 1, seal_intact yes\n"
	       "  -> record: box_moved box 1/2, place custody, custodian 441, shipment 3, declared 1, counted 1 [box 65538]\n"
	       "intake: receiving_ended submission 30, shipment 3, rows 1\n"
	       "  -> intake: act_closed submission 30, reason none, field whole, accepted 1, refused 0, number 3, more 0 [shipment 3]\n"
	       "intake: box_counted submission 31, row 1, shipment 3, box 1/1, counted 1, seal_intact yes\n"
	       "  -> record: discrepancy_found shipment 3, box 1/1, declared 2, counted 1, seal_intact yes [shipment 3]\n"
	       "  -> intake: row_refused submission 31, row 1, field count, reason count_differs [shipment 3]\n"
	       "intake: receiving_ended submission 31, shipment 3, rows 1\n"
	       "  -> intake: act_closed submission 31, reason none, field whole, accepted 0, refused 1, number 3, more 0 [shipment 3]\n"
	       "intake: shipping_ordered submission 32, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 4, from 441, to 4411, boxes 1, cards 1, waybill VD-2 [shipment 4]\n"
	       "  -> record: box_moved box 1/2, place in_transit, custodian 441, shipment 4, declared 1 [box 65538]\n"
	       "  -> intake: shipment_box shipment 4, to 4411, box 1/2, cards 1, destination 44112, seal S-1 [shipment 4]\n"
	       "  -> intake: act_closed submission 32, reason none, field whole, accepted 1, refused 0, number 4, more 0 [shipment 4]\n"
	       "intake: explain_box 33, shipment 3, counted 1, minutes 6, \"one fell out\"\n"
	       "intake: row 1: missing, card 44.000008\n"
	       "intake: explain_box 33 ends\n"
	       "  -> record: card_moved card 8/2, place missing, custodian 441, matter missing, minutes 6 [member 8]\n"
	       "  -> record: box_explained shipment 3, box 1/1, counted 1, missing 1, explanation one fell out, minutes 6 [shipment 3]\n"
	       "  -> record: box_moved box 1/1, place custody, custodian 441, shipment 3, declared 1, counted 1 [box 65537]\n"
	       "  -> record: discrepancy_settled shipment 3, box 1/1, counted 1 [box 65537]\n"
	       "  -> intake: act_closed submission 33, reason none, field whole, accepted 1, refused 0, number 3, more 0 [organisation 441]\n");
	check_open(s, 3, 2, 2);
	check_text(place_of(s, card_of(8, 2)), "missing 441");
	check_ledger(s, "441 custody chip_2025: 1\n44111 members paper_2003: 2\n");
	transcript_free(s);
}

#define explained(...) head(.has_shipment = true, .shipment = 3, .has_box = true, .box = 1 << 16 | 1, __VA_ARGS__)
#define because .has_explanation = true, .explanation = bytes_of_text("because")

test(an_explanation_that_does_not_add_up_changes_nothing)
{
	struct transcript *s = two_boxes();
	counted(s, 31, 3, 1 << 16 | 1, 1, true);
	transcript_skip(s);
	acts(s, 40, explain_box, explained(because, .has_counted = true, .counted = 2), { card_case_missing, 8, 0, NULL });
	check_text(place_of(s, card_of(8, 2)), "in_transit 44");
	acts(s, 41, explain_box, explained(because, .has_counted = true, .counted = 0), { card_case_missing, 8, 0, NULL },
	     { card_case_missing, 8, 0, NULL });
	acts(s, 42, explain_box, explained(because, .has_counted = true, .counted = 1), { card_case_missing, 9, 0, NULL });
	acts(s, 43, explain_box, explained(because, .has_counted = true, .counted = 1), { card_case_turned_up, 8, 0, NULL });
	expect(s,
	       "intake: explain_box 40, shipment 3, counted 2, \"because\"\n"
	       "intake: row 1: missing, card 44.000008\n"
	       "intake: explain_box 40 ends\n"
	       "  -> intake: act_closed submission 40, reason count_differs, field count, accepted 0, refused 1, number 3, more 0 [organisation 441]\n"
	       "intake: explain_box 41, shipment 3, counted 0, \"because\"\n"
	       "intake: row 1: missing, card 44.000008\n"
	       "intake: row 2: missing, card 44.000008\n"
	       "  -> intake: row_refused submission 41, row 2, field card_number, reason already_done [member 8]\n"
	       "intake: explain_box 41 ends\n"
	       "  -> intake: act_closed submission 41, reason count_differs, field count, accepted 0, refused 2, number 3, more 0 [organisation 441]\n"
	       "intake: explain_box 42, shipment 3, counted 1, \"because\"\n"
	       "intake: row 1: missing, card 44.000009\n"
	       "  -> intake: row_refused submission 42, row 1, field card_number, reason not_here [member 9]\n"
	       "intake: explain_box 42 ends\n"
	       "  -> intake: act_closed submission 42, reason count_differs, field count, accepted 0, refused 1, number 3, more 0 [organisation 441]\n"
	       "intake: explain_box 43, shipment 3, counted 1, \"because\"\n"
	       "intake: row 1: turned_up, card 44.000008\n"
	       "  -> intake: row_refused submission 43, row 1, field matter, reason other_kind [member 8]\n"
	       "intake: explain_box 43 ends\n"
	       "  -> intake: act_closed submission 43, reason count_differs, field count, accepted 0, refused 1, number 3, more 0 [organisation 441]\n");
	check_open(s, 3, 0, 2);
	transcript_free(s);
}

test(what_an_explanation_needs)
{
	struct transcript *s = two_boxes();
	act_given(s, 40, act_explain_box, explained(because, .has_counted = true, .counted = 2), NULL, 0);
	counted(s, 31, 3, 1 << 16 | 1, 2, false);
	transcript_skip(s);
	act_given(s, 41, act_explain_box, explained(.has_counted = true, .counted = 2), NULL, 0);
	act_given(s, 42, act_explain_box, explained(because), NULL, 0);
	act_given(s, 43, act_explain_box, head(because, .has_counted = true, .counted = 2), NULL, 0);
	act_given(s, 44, act_explain_box, head(because, .has_counted = true, .counted = 2, .has_shipment = true, .shipment = 3),
		  NULL, 0);
	officer_of(s, 44);
	act_given(s, 45, act_explain_box, explained(because, .has_counted = true, .counted = 2), NULL, 0);
	officer_of(s, 441);
	act_given(s, 46, act_explain_box, explained(because, .has_counted = true, .counted = 2), NULL, 0);
	act_given(s, 47, act_explain_box, explained(because, .has_counted = true, .counted = 2), NULL, 0);
	expect(s,
	       "intake: explain_box 41, shipment 3, counted 2\n"
	       "intake: explain_box 41 ends\n"
	       "  -> intake: act_closed submission 41, reason missing, field reason, accepted 0, refused 0, more 0 [organisation 441]\n"
	       "intake: explain_box 42, shipment 3, \"because\"\n"
	       "intake: explain_box 42 ends\n"
	       "  -> intake: act_closed submission 42, reason missing, field count, accepted 0, refused 0, more 0 [organisation 441]\n"
	       "intake: explain_box 43, counted 2, \"because\"\n"
	       "intake: explain_box 43 ends\n"
	       "  -> intake: act_closed submission 43, reason unknown, field shipment, accepted 0, refused 0, more 0 [organisation 441]\n"
	       "intake: explain_box 44, shipment 3, counted 2, \"because\"\n"
	       "intake: explain_box 44 ends\n"
	       "  -> intake: act_closed submission 44, reason unknown, field box, accepted 0, refused 0, more 0 [organisation 441]\n"
	       "intake: explain_box 45, shipment 3, counted 2, \"because\"\n"
	       "intake: explain_box 45 ends\n"
	       "  -> intake: act_closed submission 45, reason not_addressee, field shipment, accepted 0, refused 0, more 0 [organisation 44]\n"
	       "intake: explain_box 46, shipment 3, counted 2, \"because\"\n"
	       "intake: explain_box 46 ends\n"
	       "  -> record: box_explained shipment 3, box 1/1, counted 2, missing 0, explanation because [shipment 3]\n"
	       "  -> record: box_moved box 1/1, place custody, custodian 441, shipment 3, declared 2, counted 2 [box 65537]\n"
	       "  -> record: discrepancy_settled shipment 3, box 1/1, counted 2 [box 65537]\n"
	       "  -> intake: act_closed submission 46, reason none, field whole, accepted 0, refused 0, number 3, more 0 [organisation 441]\n"
	       "intake: explain_box 47, shipment 3, counted 2, \"because\"\n"
	       "intake: explain_box 47 ends\n"
	       "  -> intake: act_closed submission 47, reason already_done, field box, accepted 0, refused 0, more 0 [organisation 441]\n");
	transcript_free(s);
}

// ---- an organisation ended ----

// Cards that an organisation's books sent on otherwise than by a shipment.
static uint64_t passed_on(struct transcript *s, uint64_t organisation)
{
	struct store_txn tx;
	struct delivery_ledger_row chip = { 0 }, paper = { 0 };
	store_begin(transcript_store(s), false, &tx);
	delivery_ledger_get(&tx, organisation, account_custody, card_generation_chip_2025, &chip);
	delivery_ledger_get(&tx, organisation, account_custody, card_generation_paper_2003, &paper);
	store_abort(&tx);
	check_u64(chip.passed_on + paper.passed_on, chip.sent_on + paper.sent_on);
	return chip.passed_on + paper.passed_on;
}

// Cell 44111 is merged into 44112: what it holds, what waits for it and what is on its way to it go to the successor.
test(what_an_ended_cell_held_and_awaited_is_its_successors)
{
	struct transcript *s = scene_in_cell(); // box 1/1 with two cards in 44111
	produced(s, 9, 44111);
	produced(s, 10, 44111);
	old_card(s, 11, 44111);
	by(s, .submission = 11, .actor = 3, .organisation = print_shop);
	filled(s, 1 << 16 | 2, 44111, 9, 9);
	filled(s, 1 << 16 | 3, 44111, 10, 10);
	facility_sends(s, 11, 2);
	officer_of(s, 44);
	counted(s, 20, 5, 1 << 16 | 2, 1, true);
	shipped(s, 21); // box 1/2 is on its way to the commune; 1/3 still to the province
	officer_of(s, 44111);
	acts(s, 22, collect_cards, head(0), { card_case_inspect, 11, 0, NULL }); // a loose card
	transcript_skip(s);
	tell(s, registry, organisation_merged, .code = 44111, .into = 44112, .date = date_from_civil(2026, 3, 2));
	officer_of(s, 441);
	counted(s, 30, 6, 1 << 16 | 2, 1, true);
	shipped(s, 31);
	expect(s,
	       "registry: organisation_merged code 44111, into 44112, date 2026-03-02, decision \n"
	       "  -> record: box_moved box 1/1, place custody, custodian 44112, shipment 4, declared 2 [box 65537]\n"
	       "  -> record: box_moved box 1/2, place in_transit, custodian 44, shipment 6, declared 1 [box 65538]\n"
	       "  -> record: box_moved box 1/3, place in_transit, custodian 90, shipment 5, declared 1 [box 65539]\n"
	       "  -> record: card_moved card 11/1, place custody, custodian 44112 [member 11]\n"
	       "intake: box_counted submission 30, row 1, shipment 6, box 1/2, counted 1, seal_intact yes\n"
	       "  -> record: box_moved box 1/2, place custody, custodian 441, shipment 6, declared 1, counted 1 [box 65538]\n"
	       "intake: receiving_ended submission 30, shipment 6, rows 1\n"
	       "  -> intake: act_closed submission 30, reason none, field whole, accepted 1, refused 0, number 6, more 0 [shipment 6]\n"
	       "intake: shipping_ordered submission 31, waybill VD-2\n"
	       "  -> intake: shipment_sent shipment 7, from 441, to 4411, boxes 1, cards 1, waybill VD-2 [shipment 7]\n"
	       "  -> record: box_moved box 1/2, place in_transit, custodian 441, shipment 7, declared 1 [box 65538]\n"
	       "  -> intake: shipment_box shipment 7, to 4411, box 1/2, cards 1, destination 44112, seal S-1 [shipment 7]\n"
	       "  -> intake: act_closed submission 31, reason none, field whole, accepted 1, refused 0, number 7, more 0 [shipment 7]\n");
	check_ledger(s, "44111 members paper_2003: 2\n44112 custody paper_2003: 1\n44112 custody chip_2025: 2\n");
	check_u64(passed_on(s, 44111), 3); // two of box 1/1, the loose one
	transcript_free(s);
}

test(a_box_packed_for_a_cell_that_is_merged_into_the_packer_stays_and_is_handed_over)
{
	struct transcript *s = scene_in_cell();
	officer_of(s, 44111);
	tell(s, registry, member_moved, .member = 7, .from = 44111, .to = 44112, .date = date_from_civil(2026, 3, 1));
	acts(s, 51, pack_cards, head(sealed, .has_to = true, .to = 44112), { card_case_redistribution, 7, 2, NULL });
	by(s, .submission = 0);
	tell(s, registry, organisation_merged, .code = 44112, .into = 44111, .date = date_from_civil(2026, 3, 2));
	officer_of(s, 44111);
	transcript_skip(s);
	shipped(s, 60); // nothing waits
	expect(s, "intake: shipping_ordered submission 60, waybill VD-2\n"
		  "  -> intake: act_closed submission 60, reason empty, field box, accepted 0, refused 0, more 0\n");
	check_text(place_of(s, card_of(7, 2)), "custody 44111");
	transcript_free(s);
}

test(what_an_ended_cell_missed_turns_up_in_its_successors_books)
{
	struct transcript *s = scene_in_cell(); // box 1/1 with two cards in 44111
	officer_of(s, 44111);
	acts(s, 22, settle_cards, head(0), { card_case_missing, 8, 0, NULL });
	transcript_skip(s);
	tell(s, registry, organisation_merged, .code = 44111, .into = 44112, .date = date_from_civil(2026, 3, 2));
	check_text(place_of(s, card_of(8, 2)), "missing 44112");
	officer_of(s, 44112);
	acts(s, 23, settle_cards, head(0), { card_case_turned_up, 8, 0, NULL });
	expect(s, "registry: organisation_merged code 44111, into 44112, date 2026-03-02, decision \n"
		  "  -> record: box_moved box 1/1, place custody, custodian 44112, shipment 4, "
		  "declared 1 [box 65537]\n"
		  "  -> record: card_moved card 8/2, place missing, custodian 44112 [member 8]\n"
		  "intake: settle_cards 23\n"
		  "intake: row 1: turned_up, card 44.000008\n"
		  "  -> record: card_moved card 8/2, place custody, custodian 44112, "
		  "matter turned_up [member 8]\n"
		  "intake: settle_cards 23 ends\n"
		  "  -> intake: act_closed submission 23, reason none, field whole, accepted 1, refused 0, "
		  "more 0 [organisation 44112]\n");
	check_text(place_of(s, card_of(8, 2)), "custody 44112");
	check_ledger(s, "44111 members paper_2003: 2\n44112 custody chip_2025: 2\n");
	transcript_free(s);
}

// Committee 4411 is merged into 4413, and its cells go with it: a box that waits there for a cell, one that waits in the
// commune for the committee, one on its way to it, a card that it misses, and boxes that have nothing to do with it.
static struct transcript *committee_with_boxes(const struct engine_limits *limits)
{
	struct transcript *s = transcript_new_with(&delivery_service, limits);
	tree(s);
	organisation(s, 4413, org_level_grassroots, 441);
	old_card(s, 20, 4411);
	by(s, .submission = 10, .actor = 3, .organisation = print_shop);
	for (uint64_t member = 1; member <= 5; member++) {
		produced(s, member, member == 5 ? 4412 : 44111);
		filled(s, 1 << 16 | member, member == 5 ? 4412 : 44111, member, member);
	}
	facility_sends(s, 10, 5);
	officer_of(s, 44);
	for (uint64_t box = 1; box <= 5; box++)
		counted(s, 20, 1, 1 << 16 | box, 1, true);
	tell(s, intake, shipping_ordered, .submission = 21, .has_to = true, .to = 441, .waybill = bytes_of_text("VD-2"));
	officer_of(s, 441);
	counted(s, 22, 2, 1 << 16 | 1, 1, true);
	counted(s, 23, 2, 1 << 16 | 2, 1, true);
	tell(s, intake, shipping_ordered, .submission = 24, .has_to = true, .to = 4411, .waybill = bytes_of_text("VD-3"));
	officer_of(s, 4411);
	counted(s, 25, 3, 1 << 16 | 1, 1, true); // 1/1 waits in the committee, 1/2 is on its way to it
	officer_of(s, 441);
	counted(s, 26, 2, 1 << 16 | 3, 1, true); // 1/3 waits in the commune for the committee, 1/5 for cell 4412
	counted(s, 27, 2, 1 << 16 | 5, 1, true);
	officer_of(s, 4411);
	acts(s, 28, collect_cards, head(0), { card_case_inspect, 20, 0, NULL });
	acts(s, 29, settle_cards, head(0), { card_case_missing, 20, 0, NULL });
	transcript_skip(s);
	organisation(s, 44111, org_level_cell, 4413);
	organisation(s, 44112, org_level_cell, 4413);
	organisation(s, 4411, org_level_grassroots, 4413);
	transcript_skip(s);
	return s;
}

static void check_merged(struct transcript *s)
{
	check_text(place_of(s, 1 << 8 | 2), "custody 4413");
	check_text(place_of(s, 3 << 8 | 2), "custody 441");
	check_text(place_of(s, card_of(20, 1)), "missing 4413");
	officer_of(s, 4413);
	counted(s, 40, 3, 1 << 16 | 2, 1, true); // what was on its way to the ended one
	shipped(s, 41);
	officer_of(s, 441);
	shipped(s, 42);
	officer_of(s, 44111);
	counted(s, 43, 4, 1 << 16 | 1, 1, true);
	counted(s, 44, 4, 1 << 16 | 2, 1, true);
	check_text(place_of(s, 1 << 8 | 2), "custody 44111");
	check_text(place_of(s, 2 << 8 | 2), "custody 44111");
	check_u64(passed_on(s, 4411), 2); // box 1/1 and the missing card
}

test(what_waits_in_an_ended_committee_and_for_it_goes_to_its_successor)
{
	struct transcript *s = committee_with_boxes(&(struct engine_limits){ 0 });
	tell(s, registry, organisation_merged, .code = 4411, .into = 4413, .date = date_from_civil(2026, 3, 2));
	expect(s,
	       "registry: organisation_merged code 4411, into 4413, date 2026-03-02, decision \n"
	       "  -> record: box_moved box 1/1, place custody, custodian 4413, shipment 3, declared 1 [box 65537]\n"
	       "  -> record: box_moved box 1/3, place custody, custodian 441, shipment 2, declared 1 [box 65539]\n"
	       "  -> record: card_moved card 20/1, place missing, custodian 4413 [member 20]\n");
	check_merged(s);
	transcript_free(s);
}

// The same over many turns that hold little, while others go on working.
test(a_merger_that_is_longer_than_a_turn_ends_the_same)
{
	const struct engine_limits small = { .batch_entries = 3 };
	struct transcript *s = committee_with_boxes(&small);
	transcript_mute(s);
	tell(s, registry, organisation_merged, .code = 4411, .into = 4413, .date = date_from_civil(2026, 3, 2));
	check_merged(s);
	transcript_free(s);
}

int main(void)
{
	run(a_box_for_destruction_goes_up_level_by_level_to_the_centre);
	run(into_a_box_goes_only_what_is_in_the_packers_hands_and_fits_its_purpose);
	run(an_undelivered_card_goes_back_up_and_revocation_hears_of_it);
	run(a_new_card_is_sent_on_to_the_cell_where_its_member_is_now);
	run(a_valid_card_travels_up_for_inspection_and_back);
	run(a_shipment_is_received_in_parts_and_closes_when_the_difference_is_explained);
	run(an_explanation_that_does_not_add_up_changes_nothing);
	run(what_an_explanation_needs);
	run(a_box_packed_for_a_cell_that_is_merged_into_the_packer_stays_and_is_handed_over);
	run(what_an_ended_cell_missed_turns_up_in_its_successors_books);
	run(what_an_ended_cell_held_and_awaited_is_its_successors);
	run(what_waits_in_an_ended_committee_and_for_it_goes_to_its_successor);
	run(a_merger_that_is_longer_than_a_turn_ends_the_same);
	return test_summary();
}
