// The examples of WIRE.md: what a frame holds is what a commune, its facility and their officers would send.
#include "terminal_wire.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"

const char wire_officer_pem[] = "-----BEGIN PRIVATE KEY-----\n"
				  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgY8rDeLpADSaeA4p1\n"
				  "UhebVHO+DF1aKjRYRnVHv0c/mNWhRANCAAQ4SdkvP8Rum6SbLugzo+cp5nR0//mm\n"
				  "HCeB99v4V93x0KcJdogZlUYn26lYMiUpLR7Pv1EYnpL/NLNso3Du8BEA\n"
				  "-----END PRIVATE KEY-----\n";
static const char door_pem[] = "-----BEGIN PRIVATE KEY-----\n"
			       "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrq2VELxqkqeOqzfJ\n"
			       "m0v03S7Y02ImH48b+DnKBP914R+hRANCAATegjfhfDWZu+BcYGH8wYaZdNpeSt3h\n"
			       "UeKduN4k4wJBYWs479tLRFQHbjon++o1Yv95PVzZr2h+NNsxVmpi6NlS\n"
			       "-----END PRIVATE KEY-----\n";

static const char *const made[] = {
#include "terminal_wire.made"
};

#define text(t) { (const uint8_t *)(t), sizeof(t) - 1 }
#define day(d) (20514 + (d)) // 2026-03-02 and later
#define instant INT64_C(1772420400000)

struct wire wire;
const char wire_photo[] = "\xff\xd8\xff\xe0 a photo";

static struct bytes bytes_with_zero(const char *pem, size_t size)
{
	return bytes_of(pem, size - 1);
}

static void unhex(const char *hex, void *out, size_t size)
{
	ensure(hex_decode(hex, out, size));
}

static struct list_head list_head;
static struct list_row list_row, other_row;
static struct submission_header submission_header;
static struct attachment_taken attachment_taken;
static struct read_header read_header;
static struct outcome outcome;
static struct mail_page mail_page;
static struct print_data print_data;
static struct attachment attachment;
static struct record_ordered record_ordered;
static struct buffer bodies[3];

static void make_items(void)
{
	list_head = (struct list_head){ request_kind_exchange, request_reason_campaign, day(0) };
	list_row = (struct list_row){ .profile_number = text("123456AB"), .photo = wire.photo, .has_photo = true };
	other_row = (struct list_row){ .profile_number = text("123457C"), .photo = wire.photo, .has_photo = true,
				       .card_number = 44000017, .has_card_number = true };
	list_head_encode(&list_head, &bodies[0]);
	list_row_encode(&list_row, &bodies[1]);
	list_row_encode(&other_row, &bodies[2]);
	for (unsigned i = 0; i < 3; i++) {
		memset(wire.items[i].salt, 0xa0 + (int)i, sizeof wire.items[i].salt);
		wire.items[i].body = buffer_bytes(&bodies[i]);
		item_encode(&wire.items[i], &wire.item[i]);
		wire.submission.items[i] = buffer_bytes(&wire.item[i]);
	}
	wire.submission.items_count = 3;
}

static void make_submission(void)
{
	struct hash leaves[3];
	for (unsigned i = 0; i < 3; i++)
		leaves[i] = merkle_leaf(wire.submission.items[i]);
	wire.root = merkle_root(leaves, 3);
	submission_header = (struct submission_header){
		.act = act_submit_list, .purpose = text("TDV submission 1"), .certificate = wire.certificate, .terminal = 77,
		.sequence = 5, .time = instant, .organisation = 31, .count = 3, .root = wire.root,
	};
	submission_header_encode(&submission_header, &wire.header);
	wire.submission.header = buffer_bytes(&wire.header);
	unhex(made[made_submission], wire.submission.signature, 64);
}

static struct hash header_leaf(struct bytes header)
{
	struct hash hash = digest_sha256(header);
	return merkle_leaf(bytes_of_hash(&hash));
}

// The act above and another, for which no signature of their own is needed.
static void make_next(void)
{
	struct hash scratch[2];
	struct submission_header next_header = submission_header;
	next_header.sequence = 6;
	submission_header_encode(&next_header, &wire.next_header);
	wire.next = wire.submission;
	wire.next.header = buffer_bytes(&wire.next_header);
	wire.headers[0] = header_leaf(wire.submission.header);
	wire.headers[1] = header_leaf(wire.next.header);
	memcpy(scratch, wire.headers, sizeof scratch);
	wire.next.has_proof = true;
	wire.next.proof = (struct group_proof){ .path = { wire.headers[0] }, .path_count = 1, .index = 1, .count = 2,
						.root = merkle_root(scratch, 2) };
	unhex(made[made_submissions], wire.next.signature, 64);
}

// A turn with three receipts: this one is the second.
static void make_receipt(void)
{
	struct hash scratch[3];
	wire.receipt = (struct receipt){ .certificate = wire.certificate, .terminal = 77, .sequence = 5,
					 .state = receipt_state_refused, .submission = 9, .has_submission = true,
					 .content = digest_sha256(wire.submission.header),
					 .errors = { { 2, field_profile_number, reason_unknown } }, .errors_count = 1,
					 .errors_total = 1 };
	receipt_encode(&wire.receipt, &wire.receipt_encoded);
	wire.receipts[0] = merkle_leaf(bytes_of_text("the receipt of somebody else"));
	wire.receipts[1] = merkle_leaf(buffer_bytes(&wire.receipt_encoded));
	wire.receipts[2] = merkle_leaf(bytes_of_text("one more"));
	memcpy(scratch, wire.receipts, sizeof scratch);
	wire.signed_receipt.root = merkle_root(scratch, 3);
	wire.signed_receipt.receipt = buffer_bytes(&wire.receipt_encoded);
	wire.signed_receipt.path_count = merkle_path(wire.receipts, 3, 1, wire.path);
	memcpy(wire.signed_receipt.path, wire.path, wire.signed_receipt.path_count * sizeof wire.path[0]);
	wire.signed_receipt.index = 1;
	wire.signed_receipt.count = 3;
	buffer_append_text(&wire.root_signed, "TDV receipt 1");
	buffer_append(&wire.root_signed, wire.signed_receipt.root.byte, 32);
	unhex(made[made_receipt], wire.signed_receipt.signature, 64);
}

static struct bytes box_of(unsigned which, struct buffer *out)
{
	size_t size = strlen(made[which]) / 2;
	buffer_clear(out);
	unhex(made[which], buffer_extend(out, size), size);
	return buffer_bytes(out);
}

static void make_reads(void)
{
	read_header = (struct read_header){ .read = wire_read_outcome, .purpose = text("TDV read 1"),
					    .certificate = wire.certificate, .time = instant, .terminal = 77,
					    .has_terminal = true, .sequence = 5, .has_sequence = true };
	read_header_encode(&read_header, &wire.read);
	wire.signed_read.header = buffer_bytes(&wire.read);
	unhex(made[made_read], wire.signed_read.signature, 64);
	outcome = (struct outcome){ .state = outcome_state_done, .submission = 9, .has_submission = true,
				    .reason = reason_unknown, .field = field_profile_number, .refused = 2,
				    .errors = { { 2, field_profile_number, reason_unknown } }, .errors_count = 1 };
	record_ordered = (struct record_ordered){ .order = 2, .index = 1, .facility = 900, .member = 101,
						  .card = card_of(101, 2), .number = 44500001, .cell = 31, .photo = 6 };
	record_ordered_encode(&record_ordered, &wire.record);
	print_data = (struct print_data){ .full_name = text("Nguyễn Văn An"), .birth_date = 3773, .sex = sex_male,
					  .profile_number = text("123456AB"), .cell_name = text("Chi bộ 1"),
					  .official_date = 13149, .has_official_date = true, .photo = wire.photo };
	print_data_encode(&print_data, &wire.print);
	wire.box = box_of(made_letter_box, &wire.boxes[0]);
	mail_page.letters_count = 1;
	mail_page.letters[0] = (struct letter){ .number = 2, .type = message_type_record_ordered, .time = instant,
						.body = buffer_bytes(&wire.record), .sealed = wire.box, .has_sealed = true };
	wire.attachment_get = (struct attachment_get){ .certificate = wire.certificate, .letter = 2, .organisation = 900 };
	unhex(made[made_fetch], wire.attachment_get.signature, 64);
	wire.attachments_get = (struct attachments_get){ .certificate = wire.certificate, .letters = { 2, 3 }, .letters_count = 2,
							 .organisation = 900 };
	unhex(made[made_fetch_many], wire.attachments_get.signature, 64);
	wire.photo_box = box_of(made_photo_box, &wire.boxes[1]);
	attachment = (struct attachment){ 2, wire.photo_box };
}

void wire_attachment_signed(struct buffer *out)
{
	buffer_append_text(out, "TDV attachment 1");
	buffer_append(out, wire.photo.byte, 32);
}

void wire_submissions_signed(struct buffer *out)
{
	buffer_append_text(out, "TDV submissions 1");
	buffer_append(out, wire.next.proof.root.byte, 32);
}

void wire_fetch_signed(struct buffer *out)
{
	buffer_append_text(out, "TDV fetch 1");
	put_u64(buffer_extend(out, 8), 2);
}

void wire_fetch_many_signed(struct buffer *out)
{
	buffer_append_text(out, "TDV fetch 2");
	put_u64(buffer_extend(out, 8), 2);
	put_u64(buffer_extend(out, 8), 3);
}

void wire_letter_about(struct buffer *out)
{
	buffer_append_text(out, "TDV letter 1");
	buffer_append(out, wire.record.data, wire.record.size);
}

// ---- every frame, with an example

static struct wire_refused wire_refused = { wire_fault_busy, text("too much is under way"), .sequence = 5, .has_sequence = true };
static struct organisation_row organisation_row = { 31, text("Chi bộ 1"), org_level_cell, 30, day(0), .remote = true,
						    .connectivity = connectivity_offline };
static struct member_row member_row = {
	text("Nguyễn Văn An"), 3773, sex_male, text("001080000001"), text("0912 345 678"), true, text("123456AB"), 12784, 13149, true,
	member_type_official, member_status_active, .home_cell = 31, .present_cell = 31, .card_number = 44000017,
	.has_card_number = true, .card_generation = card_generation_paper_2003, .has_card_generation = true,
	.card_issued = 14610, .has_card_issued = true, .stamped_boxes = 15, .has_stamped_boxes = true,
};
static struct officer_row officer_row = { .full_name = text("Trần Thị Bình"), .citizen_id = text("001180000001"),
					  .role = role_cell_officer, .organisation = 31 };
static struct list_act_head list_act_head = { 4, text("12-QĐ/BTV"), true, day(0), true };
static struct leave_out_row leave_out_row = { (UINT64_C(5) << 16) + 3, reason_under_discipline };
static struct consolidation_head consolidation_head = { request_kind_exchange, request_reason_campaign };
static struct list_ref_row list_ref_row = { 5 };
static struct number_block_row number_block_row = { 44, 500001, 500999 };
static struct order_head order_head = { 4, 900, 1, 25000 };
static struct facility_head facility_head = { 2 };
static struct record_answer_row record_answer_row = { 1, true, reason_none };
static struct print_row print_row = { 1, true, { 1, 2, 3, 4, 5, 6, 7, 8 }, true, .has_public_key = true };
static struct packing_head packing_head = { 2, text("VD 1") };
static struct box_row box_row = { 1, 31, text("N 1"), { 1 }, 1 };
static struct shipping_head shipping_head = { .waybill = text("VD 2") };
static struct receiving_head receiving_head = { 6 };
static struct box_count_row box_count_row = { (UINT64_C(2) << 16) + 1, 46, true };
static struct hand_over_row hand_over_row = { .card_number = 44500001, .receipt = receipt_kind_signed_sheet, .has_proof = true,
					      .old_collected = true, .date = day(30) };
static struct adjudication_head adjudication_head = { .list = 3, .decision_number = text("8-KL/UBKT"), .has_decision_number = true,
						      .decision_date = day(20), .has_decision_date = true };
static struct ruling_row ruling_row = { (UINT64_C(3) << 16) + 4, true, reason_none };
static struct withdrawal_row withdrawal_row = { (UINT64_C(3) << 16) + 5 };
static struct order_change_head order_change_head = { 2, order_change_priority, 9, true };
static struct readdress_row readdress_row = { 31, 32 };
static struct stock_row stock_row = { stock_event_transferred, 1, 900, true, 400, text("VD 3"), true };
static struct update_head update_head = { true };
static struct update_row update_row = { .profile_number = text("123456HN"), .phone = text("0900000000"), .has_phone = true,
					.present_cell = 32, .has_present_cell = true };
static struct transfer_row transfer_row = { text("123456HN"), 32, transfer_scope_official, day(21), text("9-QD/TU") };
static struct ending_row ending_row = { .code = 31, .has_into = true, .into = 32, .date = day(22), .decision = text("10-QD/TU") };
static struct duplicate_row duplicate_row = { .duplicate = 4, .verdict = duplicate_verdict_same };
static struct card_act_head card_act_head = { .decision_number = text("11-BB"), .has_decision_number = true,
					      .decision_date = day(23), .has_decision_date = true,
					      .seal = text("N 9"), .has_seal = true };
static struct card_row card_row = { .card_number = 44500001, .has_card_number = true, .copy = 2, .has_copy = true };
static struct check_head check_head = { .has_campaign = true, .campaign = 4, .has_meeting = true, .meeting = day(24),
					.has_briefing = true, .briefing = day(23), .has_members = true, .members = 46,
					.has_collected = true, .collected = 45 };
static struct check_row check_row = { .has_card_number = true, .card_number = 44500001, .has_result = true,
				      .result = check_result_ok };
static struct campaign_notice campaign_notice = { 31, 4, 4, act_file_checks, day(30) };
static struct checks_filed checks_filed = { 20, 31, act_file_checks, .has_campaign = true, .campaign = 4,
					    .figures = { .members = 46, .registered = 46, .collected = 45, .ok = 45, .lost = 1 },
					    .has_meeting = true, .meeting = day(24), .has_briefing = true, .briefing = day(23) };
static struct difference_found difference_found = { 31, 4, 46, 47, 1 };
static struct checks_overdue checks_overdue = { 31, 4, act_file_checks, day(30) };
static struct check_missed check_missed = { (UINT64_C(101) << 8) + 1, 4, 31, 44500001, day(36) };
static struct order_changed order_changed = { .order = 2, .facility = 900, .change = order_change_priority, .has_priority = true,
					      .priority = 9 };
static struct record_stopped record_stopped = { 2, 1, 900, reason_withdrawn };
static struct order_reminded order_reminded = { 2, 900, day(30), 1, 0, 0 };
static struct order_escalated order_escalated = { 2, 1, 900, day(30), 1, 0, 0 };
static struct stock_moved stock_moved = { .place = 900, .event = stock_event_transferred, .has_from = true, .from = 1,
					  .quantity = 400, .stock = 400 };
static struct request_news request_news = { 31, (UINT64_C(3) << 16) + 5, 101, request_state_returned, field_photo,
					    reason_facility_photo, .due = day(30), .has_due = true };
static struct request_overdue request_overdue = { 31, (UINT64_C(3) << 16) + 5, 101, request_state_returned, day(30) };
static struct stage_overdue stage_overdue = { 20, act_consolidate, 3, day(30) };
static struct order_opened order_opened = { 2, 900, 1, 1, 10 };
static struct order_ended order_ended = { 2, 900, 1 };
static struct shipment_sent shipment_sent = { 6, 10, 20, 1, 46, text("VD 1") };
static struct shipment_box shipment_box = { 6, 20, (UINT64_C(2) << 16) + 1, 46, 31, text("N 1") };

#define example(n) { message_type_##n, &n##_shape, &(n) }
#define worked(n) { message_type_##n, &n##_shape, &wire.n }
const struct wire_example wire_examples[] = {
	worked(submission),	   example(submission_header), { message_type_item, &item_shape, &wire.items[1] },
	worked(receipt),	   worked(signed_receipt),     worked(attachment_put),
	example(attachment_taken), worked(signed_read),	       example(read_header),
	example(outcome),	   example(mail_page),	       example(print_data),
	worked(attachment_get),	   worked(attachments_get),    example(attachment),
	example(wire_refused),
	example(organisation_row), example(member_row),	       example(officer_row),
	example(list_head),	   example(list_row),	       example(list_act_head),
	example(leave_out_row),	   example(consolidation_head), example(list_ref_row),
	example(number_block_row), example(order_head),	       example(facility_head),
	example(record_answer_row), example(print_row),	       example(packing_head),
	example(box_row),	   example(shipping_head),     example(receiving_head),
	example(box_count_row),	   example(hand_over_row),     example(order_opened),
	example(record_ordered),   example(order_ended),       example(shipment_sent),
	example(shipment_box),	   example(adjudication_head), example(ruling_row),
	example(withdrawal_row),   example(request_news),      example(request_overdue),
	example(order_change_head), example(readdress_row),     example(stock_row),
	example(order_changed),	   example(record_stopped),    example(order_reminded),
	example(order_escalated),  example(stock_moved),
	example(stage_overdue),	   example(update_head),       example(update_row),
	example(transfer_row),	   example(ending_row),	       example(duplicate_row),
	example(card_act_head),	   example(card_row),
	example(check_head),	   example(check_row),	       example(campaign_notice),
	example(checks_filed),	   example(difference_found),  example(checks_overdue),
	example(check_missed),
};
const size_t wire_example_count = array_size(wire_examples);

void wire_make(void)
{
	ensure(array_size(made) == made_count);
	ensure(key_read_private(bytes_with_zero(wire_officer_pem, sizeof wire_officer_pem), &wire.officer) == error_none);
	ensure(key_read_private(bytes_with_zero(door_pem, sizeof door_pem), &wire.door) == error_none);
	ensure(key_write_public_der(wire.officer, &wire.spki) == error_none);
	wire.certificate = digest_sha256(buffer_bytes(&wire.spki));
	wire.photo = digest_sha256(bytes_of_text(wire_photo));
	make_items();
	make_submission();
	make_next();
	make_receipt();
	make_reads();
	wire.attachment_put = (struct attachment_put){ .certificate = wire.certificate, .content = bytes_of_text(wire_photo) };
	unhex(made[made_attachment], wire.attachment_put.signature, 64);
	attachment_taken = (struct attachment_taken){ wire.photo, sizeof wire_photo - 1 };
	officer_row.public_key = buffer_bytes(&wire.spki);
	print_row.public_key = digest_sha256(bytes_of_text("a chip's public key"));
	hand_over_row.proof = digest_sha256(bytes_of_text("a scan"));
}
