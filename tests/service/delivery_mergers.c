// Delivery, as a transcript: what an organisation that ended held, awaited and missed.
#include "service/scene_delivery.h"

// Cards that an organisation's books sent on otherwise than by a shipment.
static uint64_t passed_on(struct transcript *s, uint64_t organisation)
{
	struct delivery_ledger_row chip = { 0 }, paper = { 0 };
	look(s, delivery_ledger, organisation, account_custody, card_generation_chip_2025, &chip);
	look(s, delivery_ledger, organisation, account_custody, card_generation_paper_2003, &paper);
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
	tell(s, registry, organisation_merged, .code = 44111, .into = 44112, .date = date("2026-03-02"));
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
	tell(s, registry, member_moved, .member = 7, .from = 44111, .to = 44112, .date = date("2026-03-01"));
	acts(s, 51, pack_cards, head(sealed, .has_to = true, .to = 44112), { card_case_redistribution, 7, 2, NULL });
	by(s, .submission = 0);
	tell(s, registry, organisation_merged, .code = 44112, .into = 44111, .date = date("2026-03-02"));
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
	tell(s, registry, organisation_merged, .code = 44111, .into = 44112, .date = date("2026-03-02"));
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
	tell(s, registry, organisation_merged, .code = 4411, .into = 4413, .date = date("2026-03-02"));
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
	tell(s, registry, organisation_merged, .code = 4411, .into = 4413, .date = date("2026-03-02"));
	check_merged(s);
	transcript_free(s);
}

int main(void)
{
	run(what_an_ended_cell_held_and_awaited_is_its_successors);
	run(a_box_packed_for_a_cell_that_is_merged_into_the_packer_stays_and_is_handed_over);
	run(what_an_ended_cell_missed_turns_up_in_its_successors_books);
	run(what_waits_in_an_ended_committee_and_for_it_goes_to_its_successor);
	run(a_merger_that_is_longer_than_a_turn_ends_the_same);
	return test_summary();
}
