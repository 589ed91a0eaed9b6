// Delivery, as a transcript: cards that are missing, turn up or are written off; destruction; and the machine of places.
#include "service/scene_delivery.h"

// The new cards 7/2 and 8/2 are in cell 44111, which the officer of `by` speaks for.
static struct transcript *in_cell(void)
{
	struct transcript *s = scene_in_cell();
	by(s, .submission = 50, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	return s;
}

#define because .has_explanation = true, .explanation = bytes_of_text("burnt with the office")

test(a_card_that_is_missing_turns_up_or_is_written_off)
{
	struct transcript *s = in_cell();
	acts(s, 50, settle_cards, head(0), { card_case_missing, 7, 2, NULL }, { card_case_missing, 8, 2, NULL });
	check_ledger(s, "44111 members paper_2003: 2\n");
	acts(s, 51, settle_cards, head(0), { card_case_turned_up, 7, 2, NULL }, { card_case_written_off, 8, 2, NULL });
	acts(s, 52, settle_cards, head(because), { card_case_written_off, 8, 2, NULL }, { card_case_written_off, 8, 2, NULL });
	expect(s,
	       "intake: settle_cards 50\n"
	       "intake: row 1: missing, card 44.000007, copy 2\n"
	       "  -> record: card_moved card 7/2, place missing, custodian 44111, matter missing [member 7]\n"
	       "intake: row 2: missing, card 44.000008, copy 2\n"
	       "  -> record: card_moved card 8/2, place missing, custodian 44111, matter missing [member 8]\n"
	       "intake: settle_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason none, field whole, accepted 2, refused 0, more 0 [organisation 44111]\n"
	       "intake: settle_cards 51\n"
	       "intake: row 1: turned_up, card 44.000007, copy 2\n"
	       "  -> record: card_moved card 7/2, place custody, custodian 44111, matter turned_up [member 7]\n"
	       "intake: row 2: written_off, card 44.000008, copy 2\n"
	       "  -> intake: row_refused submission 51, row 2, field reason, reason missing [member 8]\n"
	       "intake: settle_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 1, refused 1, more 0 [organisation 44111]\n"
	       "intake: settle_cards 52, \"burnt with the office\"\n"
	       "intake: row 1: written_off, card 44.000008, copy 2\n"
	       "  -> record: card_moved card 8/2, place missing, custodian 44111, matter written_off [member 8]\n"
	       "  -> revocation: card_reported card 8/2, matter written_off, organisation 44111 [member 8]\n"
	       "intake: row 2: written_off, card 44.000008, copy 2\n"
	       "  -> intake: row_refused submission 52, row 2, field card_number, reason already_done [member 8]\n"
	       "intake: settle_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 1, refused 1, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 custody chip_2025: 1\n44111 members paper_2003: 2\n");
	check_text(place_of(s, card_of(8, 2)), "missing 44111");
	transcript_free(s);
}

test(only_what_an_organisation_has_goes_missing_there_and_nothing_twice)
{
	struct transcript *s = in_cell();
	acts(s, 50, settle_cards, head(because), { card_case_missing, 7, 1, NULL }, { card_case_turned_up, 7, 2, NULL },
	     { card_case_written_off, 7, 2, NULL }, { card_case_recover, 7, 2, NULL }, { card_case_missing, 7, 2, "2026-03-01" },
	     { card_case_missing, 7, 2, NULL }, { card_case_missing, 7, 2, NULL });
	by(s, .submission = 51, .actor = 6, .person = 4, .role = role_cell_officer, .organisation = 44112);
	acts(s, 51, settle_cards, head(because), { card_case_turned_up, 7, 2, NULL }, { card_case_missing, 8, 2, NULL });
	expect(s,
	       "intake: settle_cards 50, \"burnt with the office\"\n"
	       "intake: row 1: missing, card 44.000007, copy 1\n"
	       "  -> intake: row_refused submission 50, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: row 2: turned_up, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 50, row 2, field card_number, reason wrong_state [member 7]\n"
	       "intake: row 3: written_off, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 50, row 3, field card_number, reason wrong_state [member 7]\n"
	       "intake: row 4: recover, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 50, row 4, field matter, reason other_kind [member 7]\n"
	       "intake: row 5: missing, card 44.000007, copy 2 on 2026-03-01\n"
	       "  -> intake: row_refused submission 50, row 5, field date, reason date_order [member 7]\n"
	       "intake: row 6: missing, card 44.000007, copy 2\n"
	       "  -> record: card_moved card 7/2, place missing, custodian 44111, matter missing [member 7]\n"
	       "intake: row 7: missing, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 50, row 7, field card_number, reason not_here [member 7]\n"
	       "intake: settle_cards 50 ends\n"
	       "  -> intake: act_closed submission 50, reason none, field whole, accepted 1, refused 6, more 0 [organisation 44111]\n"
	       "intake: settle_cards 51, \"burnt with the office\"\n"
	       "intake: row 1: turned_up, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 51, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: row 2: missing, card 44.000008, copy 2\n"
	       "  -> intake: row_refused submission 51, row 2, field card_number, reason not_here [member 8]\n"
	       "intake: settle_cards 51 ends\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 0, refused 2, more 0 [organisation 44112]\n");
	transcript_free(s);
}

test(a_missing_card_can_be_neither_handed_over_nor_packed_until_it_turns_up)
{
	struct transcript *s = in_cell();
	acts(s, 50, settle_cards, head(0), { card_case_missing, 7, 2, NULL });
	transcript_skip(s);
	handed_over(s, 51, 7, true, true);
	acts(s, 52, pack_cards, head(.has_seal = true, .seal = bytes_of_text("S-9")), { card_case_undelivered, 7, 2, NULL });
	acts(s, 53, settle_cards, head(0), { card_case_turned_up, 7, 2, NULL });
	handed_over(s, 54, 7, true, true);
	expect(s,
	       "intake: hand_over_given submission 51, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> intake: row_refused submission 51, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: hand_overs_ended submission 51, rows 1\n"
	       "  -> intake: act_closed submission 51, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: pack_cards 52, seal S-9\n"
	       "intake: row 1: undelivered, card 44.000007, copy 2\n"
	       "  -> intake: row_refused submission 52, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: pack_cards 52 ends\n"
	       "  -> intake: act_closed submission 52, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44111]\n"
	       "intake: settle_cards 53\n"
	       "intake: row 1: turned_up, card 44.000007, copy 2\n"
	       "  -> record: card_moved card 7/2, place custody, custodian 44111, matter turned_up [member 7]\n"
	       "intake: settle_cards 53 ends\n"
	       "  -> intake: act_closed submission 53, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n"
	       "intake: hand_over_given submission 54, member 7, card_number 44000007, receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1\n"
	       "  -> revocation: card_handed_over card 7/2, old_card 7/1, old_collected yes, receipt signed_sheet, proof 9, date 2026-03-02, cell 44111 [member 7]\n"
	       "  -> record: old_card_collected card 7/1, cell 44111 [member 7]\n"
	       "  -> verification: request_delivered request 5/7, member 7 [member 7]\n"
	       "intake: hand_overs_ended submission 54, rows 1\n"
	       "  -> intake: act_closed submission 54, reason none, field whole, accepted 1, refused 0, more 0 [organisation 44111]\n");
	check_ledger(s, "44111 custody paper_2003: 1\n44111 custody chip_2025: 1\n44111 members paper_2003: 1\n"
			"44111 members chip_2025: 1\n");
	transcript_free(s);
}

// ---- destruction: revocation has looked at minutes, committee, witnesses and worth; delivery has the cards ----

static void ordered(struct transcript *s, uint64_t submission, uint32_t row, uint64_t card)
{
	tell(s, revocation, destruction_ordered, .submission = submission, .row = row, .card = card);
}

static void destruction_ends(struct transcript *s, uint64_t submission, uint32_t refused)
{
	tell(s, revocation, destruction_ended, .submission = submission, .refused = refused,
	     .decision_number = bytes_of_text("3/BB-HTTD"), .minutes = 8, .committee = { 21, 22, 23 }, .committee_count = 3,
	     .witnesses = { 31, 32 }, .witnesses_count = 2);
}

// Old cards 7/1 and 8/1 are recovered and at the centre.
static struct transcript *at_the_centre(void)
{
	static const uint64_t way[] = { 44111, 4411, 441, 44, 1 };
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	by(s, .submission = 50, .actor = 5, .person = 3, .role = role_cell_officer, .organisation = 44111);
	for (uint64_t member = 7; member <= 8; member++) {
		old_card(s, member, 44111);
		standing(s, card_of(member, 1), card_validity_superseded, "2026-02-20");
	}
	acts(s, 50, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL }, { card_case_recover, 8, 0, NULL });
	acts(s, 51, pack_cards, head(.has_seal = true, .seal = bytes_of_text("S-9")), { card_case_destruction, 7, 0, NULL },
	     { card_case_destruction, 8, 0, NULL });
	for (uint64_t i = 0; i < 4; i++) {
		by(s, .submission = 60 + i, .actor = 5, .person = 3, .organisation = way[i]);
		shipped(s, 60 + i);
		by(s, .submission = 70 + i, .actor = 5, .person = 3, .organisation = way[i + 1]);
		counted(s, 70 + i, i + 1, (UINT64_C(1) << 48) + 1, 2, true);
	}
	by(s, .submission = 80, .actor = 9, .person = 9, .role = role_central_board, .organisation = 1);
	transcript_skip(s);
	return s;
}

test(cards_are_destroyed_at_the_centre_and_counted_by_generation)
{
	struct transcript *s = at_the_centre();
	tell(s, printing, card_spoiled, .card = card_of(12, 2), .order = 1, .index = 12, .reason = reason_quality_failed,
	     .facility = print_shop);
	ordered(s, 80, 1, card_of(7, 1));
	ordered(s, 80, 2, card_of(8, 1));
	ordered(s, 80, 3, card_of(12, 2)); // spoiled, and still at the facility
	destruction_ends(s, 80, 1);
	expect(s,
	       "printing: card_spoiled card 12/2, order 1, index 12, reason quality_failed, facility 90\n"
	       "revocation: destruction_ordered submission 80, row 1, card 7/1\n"
	       "  -> record: card_moved card 7/1, place destroyed, custodian 1, matter destroy [member 7]\n"
	       "revocation: destruction_ordered submission 80, row 2, card 8/1\n"
	       "  -> record: card_moved card 8/1, place destroyed, custodian 1, matter destroy [member 8]\n"
	       "revocation: destruction_ordered submission 80, row 3, card 12/2\n"
	       "  -> record: card_moved card 12/2, place destroyed, custodian 90, matter destroy [member 12]\n"
	       "revocation: destruction_ended submission 80, refused 1, decision_number 3/BB-HTTD, minutes 8, committee [21, 22, 23], witnesses [31, 32]\n"
	       "  -> record: cards_destroyed submission 80, organisation 1, decision_number 3/BB-HTTD, minutes 8, committee [21, 22, 23], witnesses [31, 32], paper 2, chip 1 [organisation 1]\n"
	       "  -> intake: act_closed submission 80, reason none, field whole, accepted 3, refused 1, more 0 [organisation 1]\n");
	check_ledger(s, "");
	check_text(place_of(s, card_of(7, 1)), "destroyed 1");
	check_text(place_of(s, card_of(12, 2)), "destroyed 90");
	transcript_free(s);
}

test(only_what_is_at_hand_is_destroyed_and_only_once)
{
	struct transcript *s = at_the_centre();
	old_card(s, 9, 44111);
	ordered(s, 80, 1, card_of(9, 1));
	ordered(s, 80, 2, card_of(99, 1));
	ordered(s, 80, 3, card_of(7, 1));
	ordered(s, 80, 4, card_of(7, 1));
	destruction_ends(s, 80, 0);
	expect(s,
	       "registry: card_opened member 9, card 9/1, number 44.000009, generation paper_2003, issued 1970-01-01, boxes 0, cell 44111, status active\n"
	       "revocation: destruction_ordered submission 80, row 1, card 9/1\n"
	       "  -> intake: row_refused submission 80, row 1, field card_number, reason not_here [member 9]\n"
	       "revocation: destruction_ordered submission 80, row 2, card 99/1\n"
	       "  -> intake: row_refused submission 80, row 2, field card_number, reason unknown [member 99]\n"
	       "revocation: destruction_ordered submission 80, row 3, card 7/1\n"
	       "  -> record: card_moved card 7/1, place destroyed, custodian 1, matter destroy [member 7]\n"
	       "revocation: destruction_ordered submission 80, row 4, card 7/1\n"
	       "  -> intake: row_refused submission 80, row 4, field card_number, reason already_done [member 7]\n"
	       "revocation: destruction_ended submission 80, refused 0, decision_number 3/BB-HTTD, minutes 8, committee [21, 22, 23], witnesses [31, 32]\n"
	       "  -> record: cards_destroyed submission 80, organisation 1, decision_number 3/BB-HTTD, minutes 8, committee [21, 22, 23], witnesses [31, 32], paper 1, chip 0 [organisation 1]\n"
	       "  -> intake: act_closed submission 80, reason none, field whole, accepted 1, refused 3, more 0 [organisation 1]\n");
	check_ledger(s, "1 custody paper_2003: 1\n44111 members paper_2003: 1\n");
	transcript_free(s);
}

test(a_destruction_of_which_every_row_is_refused_leaves_no_minutes)
{
	struct transcript *s = at_the_centre();
	by(s, .submission = 80, .actor = 9, .person = 9, .role = role_central_board, .organisation = 44);
	ordered(s, 80, 1, card_of(7, 1));
	destruction_ends(s, 80, 0);
	expect(s,
	       "revocation: destruction_ordered submission 80, row 1, card 7/1\n"
	       "  -> intake: row_refused submission 80, row 1, field card_number, reason not_here [member 7]\n"
	       "revocation: destruction_ended submission 80, refused 0, decision_number 3/BB-HTTD, minutes 8, committee [21, 22, 23], witnesses [31, 32]\n"
	       "  -> intake: act_closed submission 80, reason none, field whole, accepted 0, refused 1, more 0 [organisation 44]\n");
	transcript_free(s);
}

test(nothing_leaves_destroyed)
{
	struct transcript *s = at_the_centre();
	ordered(s, 80, 1, card_of(7, 1));
	destruction_ends(s, 80, 0);
	transcript_skip(s);
	acts(s, 81, collect_cards, head(with_minutes), { card_case_recover, 7, 0, NULL }, { card_case_inspect, 7, 0, NULL },
	     { card_case_give_back, 7, 0, NULL });
	acts(s, 82, pack_cards, head(.has_to = true, .to = 44, .has_seal = true, .seal = bytes_of_text("S-1")),
	     { card_case_destruction, 7, 0, NULL }, { card_case_travel, 7, 0, NULL });
	acts(s, 83, settle_cards, head(because), { card_case_missing, 7, 0, NULL }, { card_case_turned_up, 7, 0, NULL },
	     { card_case_written_off, 7, 0, NULL });
	standing(s, card_of(7, 1), card_validity_retained_by_family, "2026-03-01");
	tell(s, registry, member_moved, .member = 7, .from = 44111, .to = 44112, .date = date("2026-03-01"));
	tell(s, verification, card_enclosed, .card = card_of(7, 1), .request = 5 << 16 | 7, .member = 7, .cell = 44111);
	expect(s,
	       "intake: collect_cards 81, decision 12/BB, minutes 5\n"
	       "intake: row 1: recover, card 44.000007\n"
	       "  -> intake: row_refused submission 81, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: row 2: inspect, card 44.000007\n"
	       "  -> intake: row_refused submission 81, row 2, field card_number, reason not_here [member 7]\n"
	       "intake: row 3: give_back, card 44.000007\n"
	       "  -> intake: row_refused submission 81, row 3, field card_number, reason not_here [member 7]\n"
	       "intake: collect_cards 81 ends\n"
	       "  -> intake: act_closed submission 81, reason none, field whole, accepted 0, refused 3, more 0 [organisation 1]\n"
	       "intake: pack_cards 82, to 44, seal S-1\n"
	       "intake: row 1: destruction, card 44.000007\n"
	       "  -> intake: row_refused submission 82, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: row 2: travel, card 44.000007\n"
	       "  -> intake: row_refused submission 82, row 2, field card_number, reason not_here [member 7]\n"
	       "intake: pack_cards 82 ends\n"
	       "  -> intake: act_closed submission 82, reason none, field whole, accepted 0, refused 2, more 0 [organisation 1]\n"
	       "intake: settle_cards 83, \"burnt with the office\"\n"
	       "intake: row 1: missing, card 44.000007\n"
	       "  -> intake: row_refused submission 83, row 1, field card_number, reason not_here [member 7]\n"
	       "intake: row 2: turned_up, card 44.000007\n"
	       "  -> intake: row_refused submission 83, row 2, field card_number, reason wrong_state [member 7]\n"
	       "intake: row 3: written_off, card 44.000007\n"
	       "  -> intake: row_refused submission 83, row 3, field card_number, reason wrong_state [member 7]\n"
	       "intake: settle_cards 83 ends\n"
	       "  -> intake: act_closed submission 83, reason none, field whole, accepted 0, refused 3, more 0 [organisation 1]\n"
	       "revocation: card_standing card 7/1, validity retained_by_family, event holder_left, since 2026-03-01\n"
	       "registry: member_moved member 7, from 44111, to 44112, date 2026-03-01\n"
	       "verification: card_enclosed card 7/1, request 5/7, member 7, cell 44111\n"
	       "  -> record: card_event_refused card 7/1, place destroyed, event collected, reason wrong_state [member 7]\n");
	check_text(place_of(s, card_of(7, 1)), "destroyed 1");
	transcript_free(s);
}

// ---- questions ----

static enum error asked(struct transcript *s, uint16_t type, struct bytes question, struct buffer *answer)
{
	enum error e = error_malformed;
	struct store_txn tx;
	buffer_clear(answer);
	store_begin(transcript_store(s), false, &tx);
	for (const struct service_query *q = delivery_service.queries; q->type; q++)
		if (q->type == type)
			e = (q->run)(&tx, question, answer); // in brackets: not the macro
	store_abort(&tx);
	return e;
}

static const char *card_told(struct transcript *s, uint64_t number)
{
	static char text[160];
	static struct buffer question, answer;
	struct card_place_answer a;
	buffer_clear(&question);
	card_place_query_encode(&(struct card_place_query){ number }, &question);
	enum error e = asked(s, message_type_card_place_query, buffer_bytes(&question), &answer);
	if (e != error_none)
		return error_name(e);
	check(card_place_answer_decode(buffer_bytes(&answer), &a) == error_none);
	snprintf(text, sizeof text, "%u, %s, %s %llu, box %llu, shipment %llu", a.number, card_generation_name(a.generation),
		 card_place_name(a.place), (unsigned long long)a.custodian, (unsigned long long)a.box,
		 (unsigned long long)a.shipment);
	return text;
}

// Line by line: opening, received, delivered, sent on, spoiled or lost, destroyed, closing.
static const char *ledger_told(struct transcript *s, uint64_t organisation)
{
	static char text[400];
	static struct buffer question, answer;
	static struct ledger_answer a;
	size_t n = 0;
	buffer_clear(&question);
	ledger_query_encode(&(struct ledger_query){ organisation }, &question);
	check(asked(s, message_type_ledger_query, buffer_bytes(&question), &answer) == error_none);
	check(ledger_answer_decode(buffer_bytes(&answer), &a) == error_none);
	text[0] = '\0';
	for (size_t i = 0; i < a.lines_count; i++) {
		const struct ledger_line *l = &a.lines[i];
		n += (size_t)snprintf(text + n, sizeof text - n, "%s %s: %llu %llu %llu %llu %llu %llu %llu\n",
				      account_name(l->account), card_generation_name(l->generation),
				      (unsigned long long)l->opening, (unsigned long long)l->received,
				      (unsigned long long)l->delivered, (unsigned long long)l->sent_on,
				      (unsigned long long)l->spoiled_or_lost, (unsigned long long)l->destroyed,
				      (unsigned long long)l->closing);
	}
	return text;
}

test(where_a_card_is_and_what_a_ledger_says_is_told_to_whoever_asks)
{
	struct transcript *s = in_cell();
	handed_over(s, 40, 7, true, true);
	acts(s, 50, settle_cards, head(0), { card_case_missing, 8, 2, NULL });
	check_text(card_told(s, card_of(7, 2)), "44000007, chip_2025, member 44111, box 65537, shipment 4");
	check_text(card_told(s, card_of(7, 1)), "44000007, paper_2003, custody 44111, box 0, shipment 0");
	check_text(card_told(s, card_of(8, 2)), "44000008, chip_2025, missing 44111, box 65537, shipment 4");
	check_text(card_told(s, card_of(99, 1)), "absent");
	check_text(ledger_told(s, 44111), "custody paper_2003: 0 1 0 0 0 0 1\n"
					  "custody chip_2025: 0 2 1 0 1 0 0\n"
					  "members paper_2003: 2 0 0 1 0 0 1\n"
					  "members chip_2025: 0 1 0 0 0 0 1\n");
	check_text(ledger_told(s, 999), "");
	transcript_free(s);
	s = scene(); // still in its box, on its way
	check_text(card_told(s, card_of(7, 2)), "44000007, chip_2025, in_transit 90, box 65537, shipment 1");
	transcript_free(s);
}

// ---- the machine ----

// domain.md §3, where a card can be: a row for each place, what happens to it in columns; "." has no way.
test(the_machine_of_places)
{
	struct buffer text = { 0 };
	enum card_place to;
	for (unsigned from = card_place_stock; from <= card_place_missing; from++) {
		buffer_printf(&text, "%s:", card_place_name((enum card_place)from));
		for (unsigned event = card_place_event_produced; event <= card_place_event_returned; event++)
			if (card_place_step((enum card_place)from, (enum card_place_event)event, &to))
				buffer_printf(&text, " %s > %s;", card_place_event_name((enum card_place_event)event),
					      card_place_name(to));
		buffer_append_text(&text, "\n");
	}
	buffer_append(&text, "", 1);
	check_text((const char *)text.data,
		   "stock: produced > facility;\n"
		   "facility: sent > in_transit; destroyed > destroyed;\n"
		   "in_transit: received > custody; missed > missing;\n"
		   "custody: sent > in_transit; handed_over > member; missed > missing; destroyed > destroyed; returned > family;\n"
		   "member: collected > custody; holder_died > family;\n"
		   "family:\n"
		   "destroyed:\n"
		   "missing: found > custody;\n");
	buffer_deinit(&text);
}

int main(void)
{
	run(a_card_that_is_missing_turns_up_or_is_written_off);
	run(only_what_an_organisation_has_goes_missing_there_and_nothing_twice);
	run(a_missing_card_can_be_neither_handed_over_nor_packed_until_it_turns_up);
	run(cards_are_destroyed_at_the_centre_and_counted_by_generation);
	run(only_what_is_at_hand_is_destroyed_and_only_once);
	run(a_destruction_of_which_every_row_is_refused_leaves_no_minutes);
	run(nothing_leaves_destroyed);
	run(where_a_card_is_and_what_a_ledger_says_is_told_to_whoever_asks);
	run(the_machine_of_places);
	return test_summary();
}
