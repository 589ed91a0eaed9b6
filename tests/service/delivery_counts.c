// Delivery, as a transcript: boxes whose count differs, and how the difference is explained.
#include "service/scene_delivery.h"

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
	struct delivery_shipments_row row = { 0 };
	check(look(s, delivery_shipments, shipment, &row));
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

test(a_torn_box_that_was_explained_is_received_whole_at_the_next_level)
{
	struct transcript *s = two_boxes();
	counted(s, 30, 3, 1 << 16 | 1, 2, false);
	acts(s, 31, explain_box, explained(because, .has_counted = true, .counted = 2));
	shipped(s, 32);
	officer_of(s, 4411);
	transcript_skip(s);
	counted(s, 33, 4, 1 << 16 | 1, 2, true);
	check(strstr(transcript_said(s), "box_moved box 1/1, place custody, custodian 4411, shipment 4, declared 2, counted 2"));
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

int main(void)
{
	run(a_shipment_is_received_in_parts_and_closes_when_the_difference_is_explained);
	run(an_explanation_that_does_not_add_up_changes_nothing);
	run(a_torn_box_that_was_explained_is_received_whole_at_the_next_level);
	run(what_an_explanation_needs);
	return test_summary();
}
