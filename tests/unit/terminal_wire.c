// The part of WIRE.md that lies between the markers is printed by this program, so it says what the code does.
//
//	terminal_wire --write WIRE.md    replaces that part
//	terminal_wire --sign             makes new signatures and boxes for the examples, to be pasted below: they are random
#include <jansson.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "gen/messages.h"
#include "test.h"

static const char officer_pem[] = "-----BEGIN PRIVATE KEY-----\n"
				  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgY8rDeLpADSaeA4p1\n"
				  "UhebVHO+DF1aKjRYRnVHv0c/mNWhRANCAAQ4SdkvP8Rum6SbLugzo+cp5nR0//mm\n"
				  "HCeB99v4V93x0KcJdogZlUYn26lYMiUpLR7Pv1EYnpL/NLNso3Du8BEA\n"
				  "-----END PRIVATE KEY-----\n";
static const char door_pem[] = "-----BEGIN PRIVATE KEY-----\n"
			       "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrq2VELxqkqeOqzfJ\n"
			       "m0v03S7Y02ImH48b+DnKBP914R+hRANCAATegjfhfDWZu+BcYGH8wYaZdNpeSt3h\n"
			       "UeKduN4k4wJBYWs479tLRFQHbjon++o1Yv95PVzZr2h+NNsxVmpi6NlS\n"
			       "-----END PRIVATE KEY-----\n";

// ECDSA is random: made once by --sign, verified by the tests.
static const char *const made[] = {
#include "terminal_wire.made"
};
enum { made_submission, made_receipt, made_read, made_attachment, made_fetch, made_fetch_many, made_letter_box, made_photo_box, made_count };

#define text(t) { (const uint8_t *)(t), sizeof(t) - 1 }
#define day(d) (20514 + (d)) // 2026-03-02 and later
#define instant INT64_C(1772420400000)

static const char photo[] = "\xff\xd8\xff\xe0 a photo";

// ---- what the examples are about ----

static struct {
	struct key *officer, *door;
	struct buffer spki, header, receipt, read, record, print, root_signed;
	struct hash certificate, photo, root, receipts[3], path[64];
	size_t path_count;
	struct buffer item[3];
	struct bytes box, photo_box;
	struct buffer boxes[2];
} e;

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
static struct item items[3];
static struct submission submission;
static struct submission_header submission_header;
static struct receipt receipt;
static struct signed_receipt signed_receipt;
static struct attachment_put attachment_put;
static struct attachment_taken attachment_taken;
static struct signed_read signed_read;
static struct read_header read_header;
static struct outcome outcome;
static struct mail_page mail_page;
static struct print_data print_data;
static struct attachment_get attachment_get;
static struct attachments_get attachments_get;
static struct attachment attachment;
static struct record_ordered record_ordered;
static struct buffer bodies[3];

static void make_items(void)
{
	list_head = (struct list_head){ request_kind_exchange, request_reason_campaign, day(0) };
	list_row = (struct list_row){ .profile_number = text("123456AB"), .photo = e.photo, .has_photo = true };
	other_row = (struct list_row){ .profile_number = text("123457C"), .photo = e.photo, .has_photo = true,
				       .card_number = 44000017, .has_card_number = true };
	list_head_encode(&list_head, &bodies[0]);
	list_row_encode(&list_row, &bodies[1]);
	list_row_encode(&other_row, &bodies[2]);
	for (unsigned i = 0; i < 3; i++) {
		memset(items[i].salt, 0xa0 + (int)i, sizeof items[i].salt);
		items[i].body = buffer_bytes(&bodies[i]);
		item_encode(&items[i], &e.item[i]);
		submission.items[i] = buffer_bytes(&e.item[i]);
	}
	submission.items_count = 3;
}

static void make_submission(void)
{
	struct hash leaves[3];
	for (unsigned i = 0; i < 3; i++)
		leaves[i] = merkle_leaf(submission.items[i]);
	e.root = merkle_root(leaves, 3);
	submission_header = (struct submission_header){
		.act = act_submit_list, .purpose = text("TDV submission 1"), .certificate = e.certificate, .terminal = 77,
		.sequence = 5, .time = instant, .organisation = 31, .count = 3, .root = e.root,
	};
	submission_header_encode(&submission_header, &e.header);
	submission.header = buffer_bytes(&e.header);
	unhex(made[made_submission], submission.signature, 64);
}

// A turn with three receipts: this one is the second.
static void make_receipt(void)
{
	struct hash scratch[3];
	receipt = (struct receipt){ .certificate = e.certificate, .terminal = 77, .sequence = 5, .state = receipt_state_refused,
				    .submission = 9, .has_submission = true, .content = digest_sha256(submission.header),
				    .errors = { { 2, field_profile_number, reason_unknown } }, .errors_count = 1,
				    .errors_total = 1 };
	receipt_encode(&receipt, &e.receipt);
	e.receipts[0] = merkle_leaf(bytes_of_text("the receipt of somebody else"));
	e.receipts[1] = merkle_leaf(buffer_bytes(&e.receipt));
	e.receipts[2] = merkle_leaf(bytes_of_text("one more"));
	memcpy(scratch, e.receipts, sizeof scratch);
	signed_receipt.root = merkle_root(scratch, 3);
	signed_receipt.receipt = buffer_bytes(&e.receipt);
	signed_receipt.path_count = merkle_path(e.receipts, 3, 1, e.path);
	memcpy(signed_receipt.path, e.path, signed_receipt.path_count * sizeof e.path[0]);
	signed_receipt.index = 1;
	signed_receipt.count = 3;
	buffer_append_text(&e.root_signed, "TDV receipt 1");
	buffer_append(&e.root_signed, signed_receipt.root.byte, 32);
	unhex(made[made_receipt], signed_receipt.signature, 64);
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
					    .certificate = e.certificate, .time = instant, .terminal = 77,
					    .has_terminal = true, .sequence = 5, .has_sequence = true };
	read_header_encode(&read_header, &e.read);
	signed_read.header = buffer_bytes(&e.read);
	unhex(made[made_read], signed_read.signature, 64);
	outcome = (struct outcome){ .state = outcome_state_done, .submission = 9, .has_submission = true,
				    .reason = reason_unknown, .field = field_profile_number, .refused = 2,
				    .errors = { { 2, field_profile_number, reason_unknown } }, .errors_count = 1 };
	record_ordered = (struct record_ordered){ .order = 2, .index = 1, .facility = 900, .member = 101,
						  .card = card_of(101, 2), .number = 44500001, .cell = 31, .photo = 6 };
	record_ordered_encode(&record_ordered, &e.record);
	print_data = (struct print_data){ .full_name = text("Nguyễn Văn An"), .birth_date = 3773, .sex = sex_male,
					  .profile_number = text("123456AB"), .cell_name = text("Chi bộ 1"),
					  .official_date = 13149, .has_official_date = true, .photo = e.photo };
	print_data_encode(&print_data, &e.print);
	e.box = box_of(made_letter_box, &e.boxes[0]);
	mail_page.letters_count = 1;
	mail_page.letters[0] = (struct letter){ .number = 2, .type = message_type_record_ordered, .time = instant,
						.body = buffer_bytes(&e.record), .sealed = e.box, .has_sealed = true };
	attachment_get = (struct attachment_get){ .certificate = e.certificate, .letter = 2, .organisation = 900 };
	unhex(made[made_fetch], attachment_get.signature, 64);
	attachments_get = (struct attachments_get){ .certificate = e.certificate, .letters = { 2, 3 }, .letters_count = 2,
						    .organisation = 900 };
	unhex(made[made_fetch_many], attachments_get.signature, 64);
	e.photo_box = box_of(made_photo_box, &e.boxes[1]);
	attachment = (struct attachment){ 2, e.photo_box };
}

static void make_everything(void)
{
	ensure(key_read_private(bytes_with_zero(officer_pem, sizeof officer_pem), &e.officer) == error_none);
	ensure(key_read_private(bytes_with_zero(door_pem, sizeof door_pem), &e.door) == error_none);
	ensure(key_write_public_der(e.officer, &e.spki) == error_none);
	e.certificate = digest_sha256(buffer_bytes(&e.spki));
	e.photo = digest_sha256(bytes_of_text(photo));
	make_items();
	make_submission();
	make_receipt();
	make_reads();
	attachment_put = (struct attachment_put){ .certificate = e.certificate, .content = bytes_of_text(photo) };
	unhex(made[made_attachment], attachment_put.signature, 64);
	attachment_taken = (struct attachment_taken){ e.photo, sizeof photo - 1 };
}

// ---- every frame, with an example ----

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
static const struct {
	uint16_t type;
	const struct codec_shape *shape;
	const void *value;
} examples[] = {
	example(submission),	   example(submission_header), { message_type_item, &item_shape, &items[1] },
	example(receipt),	   example(signed_receipt),    example(attachment_put),
	example(attachment_taken), example(signed_read),       example(read_header),
	example(outcome),	   example(mail_page),	       example(print_data),
	example(attachment_get),   example(attachments_get),   example(attachment),
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

static const struct codec_values *const enums[] = {
	&act_values,	      &role_values,	  &wire_fault_values,	  &receipt_state_values, &outcome_state_values,
	&wire_read_values,    &field_values,	  &reason_values,	  &request_kind_values,	 &request_reason_values,
	&org_level_values,    &connectivity_values, &sex_values,	  &member_type_values,	 &member_status_values,
	&card_generation_values, &receipt_kind_values, &loss_assessment_values, &order_change_values, &stock_event_values, &request_state_values,
	&check_result_values,
};

static const struct codec_shape *const structs[] = { &row_error_shape, &letter_shape, &check_figures_shape };

// ---- printing ----

static void print_hex(struct buffer *out, const char *label, struct bytes b)
{
	char digits[65];
	if (label)
		buffer_printf(out, "%s\n", label);
	for (size_t at = 0; at < b.size; at += 32) {
		size_t n = b.size - at < 32 ? b.size - at : 32;
		hex_encode(b.data + at, n, digits);
		buffer_printf(out, "    %s\n", digits);
	}
}

static void print_hash(struct buffer *out, const char *label, const struct hash *h)
{
	print_hex(out, label, bytes_of_hash(h));
}

static const char *const kinds[] = {
	[codec_kind_u8] = "u8",	      [codec_kind_u16] = "u16",		[codec_kind_u32] = "u32",   [codec_kind_u64] = "u64",
	[codec_kind_i64] = "i64",     [codec_kind_bool] = "bool",	[codec_kind_date] = "date", [codec_kind_instant] = "instant",
	[codec_kind_hash] = "hash",   [codec_kind_fixed] = "fixed",	[codec_kind_bytes] = "bytes",
	[codec_kind_text] = "text",   [codec_kind_enum] = "enum",	[codec_kind_struct] = "",
};

static void print_fields(struct buffer *out, const struct codec_shape *shape)
{
	buffer_append_text(out, "| key | field | type |\n|---|---|---|\n");
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		buffer_printf(out, "| %u | %s%s | ", f->key, f->name, f->has_at ? ", may be absent" : "");
		if (f->items)
			buffer_printf(out, "array of at most %u: ", f->items);
		buffer_append_text(out, kinds[f->kind]);
		if (f->size)
			buffer_printf(out, " %u", f->size);
		if (f->values)
			buffer_printf(out, " %s", f->values->name);
		if (f->shape)
			buffer_append_text(out, f->shape->name);
		buffer_append_text(out, " |\n");
	}
	buffer_append_text(out, "\n");
}

static void print_enum(struct buffer *out, const struct codec_values *values)
{
	buffer_printf(out, "**%s**: ", values->name);
	for (size_t i = 0; i < values->count; i++)
		buffer_printf(out, "%s%u %s", i ? ", " : "", values->list[i].number, values->list[i].name);
	buffer_append_text(out, "\n\n");
}

static void print_example(struct buffer *out, size_t i)
{
	struct buffer bytes = { 0 };
	uint8_t number[2];
	put_u16(number, examples[i].type);
	buffer_append(&bytes, number, sizeof number);
	codec_encode(examples[i].shape, examples[i].value, &bytes);
	buffer_printf(out, "### 0x%04x %s\n\n", examples[i].type, examples[i].shape->name);
	print_fields(out, examples[i].shape);
	json_t *json = codec_json(examples[i].shape, examples[i].value);
	char *shown = json_dumps(json, JSON_INDENT(0));
	buffer_printf(out, "    %s\n\n", shown);
	print_hex(out, NULL, buffer_bytes(&bytes));
	buffer_append_text(out, "\n");
	free(shown);
	json_decref(json);
	buffer_deinit(&bytes);
}

static void print_keys(struct buffer *out)
{
	buffer_append_text(out, "The officer's private key, so that you can try:\n\n");
	for (const char *at = officer_pem; *at; at = strchr(at, '\n') + 1)
		buffer_printf(out, "    %.*s\n", (int)strcspn(at, "\n"), at);
	print_hex(out, "\nIts public key, SubjectPublicKeyInfo in DER:\n", buffer_bytes(&e.spki));
	print_hash(out, "\nThe certificate, SHA-256 of that:\n", &e.certificate);
}

static void print_act(struct buffer *out)
{
	struct buffer frame = { 0 };
	uint8_t number[2];
	static const char *const what[] = { "\nThe head, a list_head (exchange, campaign, 2026-03-02), and its item with salt a0…:\n",
					    "\nRow 1, a list_row, and its item with salt a1…:\n",
					    "\nRow 2, a list_row with the old card's number, and its item with salt a2…:\n" };
	for (unsigned i = 0; i < 3; i++) {
		struct hash leaf = merkle_leaf(submission.items[i]);
		print_hex(out, what[i], items[i].body);
		print_hex(out, "", submission.items[i]);
		print_hash(out, "\nIts leaf, SHA-256(00 || item):\n", &leaf);
	}
	print_hash(out, "\nThe root, node(node(leaf 0, leaf 1), leaf 2):\n", &e.root);
	print_hex(out, "\nThe submission_header (terminal 77, sequence 5, organisation 31):\n", submission.header);
	print_hex(out, "\nThe officer's signature over the header, r || s (yours will differ: ECDSA is random):\n",
		  bytes_of(submission.signature, 64));
	put_u16(number, message_type_submission);
	buffer_append(&frame, number, 2);
	submission_encode(&submission, &frame);
	print_hex(out, "\nWhat is sent, one ZeroMQ frame:\n", buffer_bytes(&frame));
	buffer_deinit(&frame);
}

static void print_answer(struct buffer *out)
{
	struct buffer frame = { 0 }, pem = { 0 };
	uint8_t number[2];
	put_u16(number, message_type_signed_receipt);
	buffer_append(&frame, number, 2);
	signed_receipt_encode(&signed_receipt, &frame);
	print_hex(out, "\nWhat comes back: the list was refused, since nobody has the profile number of row 2.\n",
		  buffer_bytes(&frame));
	print_hex(out, "\nThe receipt in it:\n", signed_receipt.receipt);
	print_hash(out, "\nIts field 6, `content`, is SHA-256 of the header above:\n", &receipt.content);
	print_hash(out, "\nThe receipt's leaf, SHA-256(00 || receipt); it is number 1 of 3:\n", &e.receipts[1]);
	for (size_t i = 0; i < signed_receipt.path_count; i++)
		print_hash(out, i ? "" : "\nThe path, the leaf of number 0 on its left, then the leaf of number 2 on the right:\n",
			   &signed_receipt.path[i]);
	print_hash(out, "\nWhere they lead, the root:\n", &signed_receipt.root);
	print_hex(out, "\nWhat the door's key signs, 'TDV receipt 1' || root:\n", buffer_bytes(&e.root_signed));
	ensure(key_write_public(e.door, &pem) == error_none);
	buffer_append(&pem, "", 1);
	buffer_append_text(out, "\nThe door's public key (keys/door.pub of this site):\n\n");
	for (const char *at = (const char *)pem.data; *at; at = strchr(at, '\n') + 1)
		buffer_printf(out, "    %.*s\n", (int)strcspn(at, "\n"), at);
	buffer_deinit(&pem);
	buffer_deinit(&frame);
}

static void print_all(struct buffer *out)
{
	buffer_append_text(out, "## Numbers\n\n");
	for (size_t i = 0; i < array_size(enums); i++)
		print_enum(out, enums[i]);
	buffer_append_text(out, "## Structs inside frames\n\n");
	for (size_t i = 0; i < array_size(structs); i++) {
		buffer_printf(out, "### %s\n\n", structs[i]->name);
		print_fields(out, structs[i]);
	}
	buffer_append_text(out, "## Frames\n\nEach with its fields, an example as people read it, and the example's bytes with the "
				"frame's number in front.\n\n");
	for (size_t i = 0; i < array_size(examples); i++)
		print_example(out, i);
	buffer_append_text(out, "## A worked example\n\n");
	print_keys(out);
	print_act(out);
	print_answer(out);
	buffer_append_text(out, "\n");
}

// ---- the file ----

static const char begins[] = "<!-- from here: printed by tests/unit/terminal_wire.c -->\n";
static const char ends[] = "<!-- to here -->\n";

// Where the printed part of a file begins and ends.
static bool find_part(const struct buffer *file, size_t *from, size_t *to)
{
	const char *all = (const char *)file->data;
	const char *begin = strstr(all, begins), *end = strstr(all, ends);
	if (!begin || !end || end < begin)
		return false;
	*from = (size_t)(begin - all) + sizeof begins - 1;
	*to = (size_t)(end - all);
	return true;
}

static bool read_all(const char *path, struct buffer *file)
{
	bool read = file_read(path, 1 << 20, file) == error_none;
	buffer_append(file, "", 1);
	return read && !file->failed;
}

static int write_file(const char *path)
{
	struct buffer file = { 0 }, whole = { 0 };
	size_t from, to;
	if (!read_all(path, &file) || !find_part(&file, &from, &to))
		return 2;
	buffer_append(&whole, file.data, from);
	print_all(&whole);
	buffer_append(&whole, file.data + to, file.size - 1 - to);
	return file_write_atomic(path, buffer_bytes(&whole), 0644) == error_none ? 0 : 1;
}

static void print_made(const char *comment, struct bytes b)
{
	printf("\t// %s\n", comment);
	for (size_t at = 0; at < b.size; at += 48) {
		size_t n = b.size - at < 48 ? b.size - at : 48;
		char digits[97];
		hex_encode(b.data + at, n, digits);
		printf("\t\"%s\"%s\n", digits, at + n == b.size ? "," : "");
	}
}

// What each made thing is made of.
static void attachment_signed(struct buffer *out)
{
	buffer_append_text(out, "TDV attachment 1");
	buffer_append(out, e.photo.byte, 32);
}

static void fetch_signed(struct buffer *out)
{
	buffer_append_text(out, "TDV fetch 1");
	put_u64(buffer_extend(out, 8), 2);
}

static void fetch_many_signed(struct buffer *out)
{
	buffer_append_text(out, "TDV fetch 2");
	put_u64(buffer_extend(out, 8), 2);
	put_u64(buffer_extend(out, 8), 3);
}

static void letter_about(struct buffer *out)
{
	buffer_append_text(out, "TDV letter 1");
	buffer_append(out, e.record.data, e.record.size);
}

static int sign_all(void)
{
	static const char *const names[] = { "submission", "receipt", "read", "attachment", "fetch", "fetch of many" };
	struct buffer put = { 0 }, fetch = { 0 }, fetch_many = { 0 }, about = { 0 }, letter_box = { 0 }, photo_box = { 0 };
	attachment_signed(&put);
	fetch_signed(&fetch);
	fetch_many_signed(&fetch_many);
	letter_about(&about);
	struct bytes data[] = { submission.header, buffer_bytes(&e.root_signed), signed_read.header, buffer_bytes(&put),
				buffer_bytes(&fetch), buffer_bytes(&fetch_many) };
	for (unsigned i = 0; i < array_size(data); i++) {
		uint8_t signature[64];
		ensure(signature_make(i == made_receipt ? e.door : e.officer, data[i], signature) == error_none);
		print_made(names[i], bytes_of(signature, 64));
	}
	ensure(box_seal(e.officer, buffer_bytes(&about), buffer_bytes(&e.print), &letter_box) == error_none);
	ensure(box_seal(e.officer, buffer_bytes(&fetch), bytes_of_text(photo), &photo_box) == error_none);
	print_made("the letter's box", buffer_bytes(&letter_box));
	print_made("the photo's box", buffer_bytes(&photo_box));
	return 0;
}

// ---- claims ----

test(WIRE_md_says_what_the_code_does)
{
	struct buffer file = { 0 }, now = { 0 };
	size_t from = 0, to = 0;
	check(read_all("WIRE.md", &file));
	check(file.data && find_part(&file, &from, &to));
	print_all(&now);
	bool same = from > 0 && bytes_equal(bytes_of(file.data + from, to - from), buffer_bytes(&now));
	check(same);
	if (!same)
		printf("# terminal_wire --write WIRE.md brings it up to date (after --sign, if a signed message changed)\n");
	buffer_deinit(&file);
	buffer_deinit(&now);
}

test(every_example_is_whole)
{
	for (size_t i = 0; i < array_size(examples); i++) {
		struct buffer bytes = { 0 };
		codec_encode(examples[i].shape, examples[i].value, &bytes);
		check(message_check(examples[i].type, buffer_bytes(&bytes)) == error_none);
		buffer_deinit(&bytes);
	}
}

test(every_frame_of_the_wire_has_an_example)
{
	for (size_t i = 0; i < message_type_count; i++) {
		bool found = false;
		if (message_types[i] < 0x1000 || message_types[i] >= 0x2000)
			continue;
		for (size_t j = 0; j < array_size(examples); j++)
			found |= examples[j].type == message_types[i];
		if (!found)
			printf("# 0x%04x %s has none\n", message_types[i], message_name(message_types[i]));
		check(found);
	}
}

test(the_signatures_of_the_examples_verify)
{
	struct buffer put = { 0 }, fetch = { 0 }, fetch_many = { 0 };
	attachment_signed(&put);
	fetch_signed(&fetch);
	fetch_many_signed(&fetch_many);
	check(signature_verify(e.officer, submission.header, submission.signature) == error_none);
	check(signature_verify(e.door, buffer_bytes(&e.root_signed), signed_receipt.signature) == error_none);
	check(signature_verify(e.officer, signed_read.header, signed_read.signature) == error_none);
	check(signature_verify(e.officer, buffer_bytes(&put), attachment_put.signature) == error_none);
	check(signature_verify(e.officer, buffer_bytes(&fetch), attachment_get.signature) == error_none);
	check(signature_verify(e.officer, buffer_bytes(&fetch_many), attachments_get.signature) == error_none);
	check(merkle_path_verifies(e.receipts[1], 1, 3, signed_receipt.path, signed_receipt.path_count, &signed_receipt.root));
	buffer_deinit(&put);
	buffer_deinit(&fetch);
	buffer_deinit(&fetch_many);
}

test(the_boxes_of_the_examples_open)
{
	struct buffer about = { 0 }, fetch = { 0 }, plain = { 0 };
	letter_about(&about);
	fetch_signed(&fetch);
	check(box_open(e.officer, buffer_bytes(&about), e.box, &plain) == error_none);
	check(bytes_equal(buffer_bytes(&plain), buffer_bytes(&e.print)));
	buffer_clear(&plain);
	check(box_open(e.officer, buffer_bytes(&fetch), e.photo_box, &plain) == error_none);
	check(bytes_equal(buffer_bytes(&plain), bytes_of_text(photo)));
	buffer_deinit(&about);
	buffer_deinit(&fetch);
	buffer_deinit(&plain);
}

int main(int argc, char **argv)
{
	ensure(array_size(made) == made_count);
	make_everything();
	officer_row.public_key = buffer_bytes(&e.spki);
	print_row.public_key = digest_sha256(bytes_of_text("a chip's public key"));
	hand_over_row.proof = digest_sha256(bytes_of_text("a scan"));
	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_file(argv[2]);
	if (argc == 2 && strcmp(argv[1], "--sign") == 0)
		return sign_all();
	run(WIRE_md_says_what_the_code_does);
	run(every_example_is_whole);
	run(every_frame_of_the_wire_has_an_example);
	run(the_signatures_of_the_examples_verify);
	run(the_boxes_of_the_examples_open);
	return test_summary();
}
