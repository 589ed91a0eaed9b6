// What is told to whom: outcomes to the submitter, letters to organisations.
#include "scene_intake.h"

test(the_submitter_is_told_what_came_of_every_row)
{
	struct transcript *s = site();
	a_list_of_two(s);
	transcript_skip(s);
	tell(s, verification, row_refused, .submission = 3, .row = 2, .field = field_profile_number,
	     .reason = reason_not_official);
	tell(s, approval, act_closed, .submission = 3, .accepted = 1, .refused = 1, .has_number = true, .number = 1);
	check_u64(outcome_of(s, 3).state, outcome_state_done);
	check_u64(outcome_of(s, 3).accepted, 1);
	check_u64(outcome_of(s, 3).refused, 1);
	check_u64(outcome_of(s, 3).number, 1);
	tell(s, approval, act_closed, .submission = 3, .accepted = 2); // the first word stands
	check_u64(outcome_of(s, 3).accepted, 1);
	transcript_skip(s);
	submit_again(s); // what came later is not in the receipt
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state taken, "
		  "submission 3, content eaadcf8c…, errors [], errors_total 0\n");
	transcript_free(s);
}

// Pages of an outcome never cut a row's errors in two: the row stands on the next page with all of them.
test(a_long_outcome_is_read_page_by_page_and_a_rows_errors_stay_together)
{
	static struct outcome page;
	struct transcript *s = site();
	struct store_txn tx;
	struct intake_submissions_row row;
	uint64_t after = 0, rows = 0, errors = 0, pages = 0;
	a_list_of_two(s);
	transcript_mute(s);
	for (uint32_t i = 1; i <= 250; i++) { // the last ones of a page have two errors each
		tell(s, verification, row_refused, .submission = 3, .row = i, .field = field_profile_number,
		     .reason = reason_unknown);
		if (i > 150)
			tell(s, verification, row_refused, .submission = 3, .row = i, .field = field_photo,
			     .reason = reason_missing);
	}
	store_begin(transcript_store(s), false, &tx);
	check(intake_submissions_get(&tx, 3, &row));
	do {
		intake_outcome(&tx, 3, &row, after, &page);
		check(page.errors_count <= 200);
		for (size_t k = 0; k < page.errors_count; k++) {
			rows += k == 0 || page.errors[k].row != page.errors[k - 1].row;
			check(page.errors[k].row > after);
		}
		errors += page.errors_count;
		after = page.errors_count ? page.errors[page.errors_count - 1].row : UINT32_MAX;
		pages++;
	} while (page.errors_more && pages < 10);
	intake_outcome(&tx, 3, &row, UINT32_MAX, &page);
	check_u64(page.errors_count, 0);
	store_abort(&tx);
	check_u64(rows, 250); // none twice, none cut
	check_u64(errors, 350);
	check_u64(pages, 2);
	transcript_free(s);
}

static uint64_t letters_of(struct transcript *s, uint64_t organisation)
{
	struct intake_mailboxes_row row = { 0 };
	look(s, intake_mailboxes, organisation, &row);
	return row.letters;
}

test(letters_wait_for_their_addressee)
{
	struct transcript *s = site();
	tell(s, printing, order_opened, .order = 2, .facility = 9, .template = 1, .quantity = 1, .attached = 2);
	tell(s, printing, record_ordered, .order = 2, .index = 1, .facility = 9, .member = 101, .card = card_of(101, 2),
	     .number = 44000017, .cell = 31, .photo = 5);
	tell(s, printing, order_ended, .order = 2, .facility = 9, .quantity = 1);
	tell(s, delivery, shipment_sent, .shipment = 6, .from = 2, .to = 31, .boxes = 1, .cards = 46,
	     .waybill = bytes_of_text("VD 1"));
	tell(s, delivery, shipment_box, .shipment = 6, .to = 31, .box = item_of(2, 1), .cards = 46, .destination = 31,
	     .seal = bytes_of_text("N 1"));
	check_u64(letters_of(s, 9), 3);
	check_u64(letters_of(s, 31), 2);
	check_u64(letters_of(s, 2), 0);
	transcript_free(s);
}

test(letters_to_a_merged_organisation_go_to_its_successor_and_nobody_acts_for_it)
{
	struct transcript *s = site();
	tell(s, registry, organisation_merged, .code = 31, .into = 2, .date = 20514, .decision = bytes_of_text("3-QĐ/TU"));
	tell(s, delivery, shipment_sent, .shipment = 6, .from = 9, .to = 31, .boxes = 1, .cards = 46,
	     .waybill = bytes_of_text("VD 1"));
	check_u64(letters_of(s, 31), 0);
	check_u64(letters_of(s, 2), 1);
	a_first_card(s, binh, 31, 101);
	check_u64(outcome_of(s, 3).reason, reason_organisation_ended);
	transcript_free(s);
}

int main(void)
{
	run(the_submitter_is_told_what_came_of_every_row);
	run(a_long_outcome_is_read_page_by_page_and_a_rows_errors_stay_together);
	run(letters_wait_for_their_addressee);
	run(letters_to_a_merged_organisation_go_to_its_successor_and_nobody_acts_for_it);
	submissions_deinit();
	return test_summary();
}
