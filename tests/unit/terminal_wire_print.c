// How WIRE.md shows frames, numbers and the worked example.
#include "terminal_wire.h"

#include <jansson.h>
#include <string.h>

#include "base/ensure.h"

static const struct codec_values *const enums[] = {
	&act_values,	      &role_values,	  &wire_fault_values,	  &receipt_state_values, &outcome_state_values,
	&wire_read_values,    &field_values,	  &reason_values,	  &request_kind_values,	 &request_reason_values,
	&org_level_values,    &connectivity_values, &sex_values,	  &member_type_values,	 &member_status_values,
	&card_generation_values, &receipt_kind_values, &loss_assessment_values, &order_change_values, &stock_event_values, &request_state_values,
	&check_result_values,
};

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

// Every struct that a frame holds, once.
static void print_structs(struct buffer *out)
{
	const struct codec_shape *printed[16];
	size_t count = 0;

	for (size_t i = 0; i < wire_example_count; i++) {
		const struct codec_shape *frame = wire_examples[i].shape;
		for (size_t k = 0; k < frame->count; k++) {
			const struct codec_shape *inside = frame->fields[k].shape;
			size_t at = 0;
			while (at < count && printed[at] != inside)
				at++;
			if (!inside || at < count)
				continue;
			ensure(count < array_size(printed));
			printed[count++] = inside;
			buffer_printf(out, "### %s\n\n", inside->name);
			print_fields(out, inside);
		}
	}
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
	put_u16(number, wire_examples[i].type);
	buffer_append(&bytes, number, sizeof number);
	codec_encode(wire_examples[i].shape, wire_examples[i].value, &bytes);
	buffer_printf(out, "### 0x%04x %s\n\n", wire_examples[i].type, wire_examples[i].shape->name);
	print_fields(out, wire_examples[i].shape);
	json_t *json = codec_json(wire_examples[i].shape, wire_examples[i].value);
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
	for (const char *at = wire_officer_pem; *at; at = strchr(at, '\n') + 1)
		buffer_printf(out, "    %.*s\n", (int)strcspn(at, "\n"), at);
	print_hex(out, "\nIts public key, SubjectPublicKeyInfo in DER:\n", buffer_bytes(&wire.spki));
	print_hash(out, "\nThe certificate, SHA-256 of that:\n", &wire.certificate);
}

static void print_act(struct buffer *out)
{
	struct buffer frame = { 0 };
	uint8_t number[2];
	static const char *const what[] = { "\nThe head, a list_head (exchange, campaign, 2026-03-02), and its item with salt a0…:\n",
					    "\nRow 1, a list_row, and its item with salt a1…:\n",
					    "\nRow 2, a list_row with the old card's number, and its item with salt a2…:\n" };
	for (unsigned i = 0; i < 3; i++) {
		struct hash leaf = merkle_leaf(wire.submission.items[i]);
		print_hex(out, what[i], wire.items[i].body);
		print_hex(out, "", wire.submission.items[i]);
		print_hash(out, "\nIts leaf, SHA-256(00 || item):\n", &leaf);
	}
	print_hash(out, "\nThe root, node(node(leaf 0, leaf 1), leaf 2):\n", &wire.root);
	print_hex(out, "\nThe submission_header (terminal 77, sequence 5, organisation 31):\n", wire.submission.header);
	print_hex(out, "\nThe officer's signature over the header, r || s (yours will differ: ECDSA is random):\n",
		  bytes_of(wire.submission.signature, 64));
	put_u16(number, message_type_submission);
	buffer_append(&frame, number, 2);
	submission_encode(&wire.submission, &frame);
	print_hex(out, "\nWhat is sent, one ZeroMQ frame:\n", buffer_bytes(&frame));
	buffer_deinit(&frame);
}

static void print_next(struct buffer *out)
{
	struct buffer frame = { 0 }, about = { 0 };
	uint8_t number[2];
	print_hex(out, "\nTwo acts under one signature: the one above, and the same rows with sequence 6, whose header is:\n",
		  wire.next.header);
	print_hash(out, "\nThe leaf of the first, SHA-256(00 || SHA-256(header)), and that of the second:\n", &wire.headers[0]);
	print_hash(out, "", &wire.headers[1]);
	print_hash(out, "\nThe root, node(leaf 0, leaf 1):\n", &wire.next.proof.root);
	wire_submissions_signed(&about);
	print_hex(out, "\nWhat the officer's key signs, once for both, 'TDV submissions 1' || root:\n", buffer_bytes(&about));
	put_u16(number, message_type_submission);
	buffer_append(&frame, number, 2);
	submission_encode(&wire.next, &frame);
	print_hex(out, "\nWhat is sent of the second act, with that signature and its proof (field 4: the path, index 1, count 2, "
		       "the root):\n", buffer_bytes(&frame));
	buffer_deinit(&about);
	buffer_deinit(&frame);
}

static void print_answer(struct buffer *out)
{
	struct buffer frame = { 0 }, pem = { 0 };
	uint8_t number[2];
	put_u16(number, message_type_signed_receipt);
	buffer_append(&frame, number, 2);
	signed_receipt_encode(&wire.signed_receipt, &frame);
	print_hex(out, "\nWhat comes back: the list was refused, since nobody has the profile number of row 2.\n",
		  buffer_bytes(&frame));
	print_hex(out, "\nThe receipt in it:\n", wire.signed_receipt.receipt);
	print_hash(out, "\nIts field 6, `content`, is SHA-256 of the header above:\n", &wire.receipt.content);
	print_hash(out, "\nThe receipt's leaf, SHA-256(00 || receipt); it is number 1 of 3:\n", &wire.receipts[1]);
	for (size_t i = 0; i < wire.signed_receipt.path_count; i++)
		print_hash(out, i ? "" : "\nThe path, the leaf of number 0 on its left, then the leaf of number 2 on the right:\n",
			   &wire.signed_receipt.path[i]);
	print_hash(out, "\nWhere they lead, the root:\n", &wire.signed_receipt.root);
	print_hex(out, "\nWhat the door's key signs, 'TDV receipt 1' || root:\n", buffer_bytes(&wire.root_signed));
	ensure(key_write_public(wire.door, &pem) == error_none);
	buffer_append(&pem, "", 1);
	buffer_append_text(out, "\nThe door's public key (keys/door.pub of this site):\n\n");
	for (const char *at = (const char *)pem.data; *at; at = strchr(at, '\n') + 1)
		buffer_printf(out, "    %.*s\n", (int)strcspn(at, "\n"), at);
	buffer_deinit(&pem);
	buffer_deinit(&frame);
}

void wire_print(struct buffer *out)
{
	buffer_append_text(out, "## Numbers\n\n");
	for (size_t i = 0; i < array_size(enums); i++)
		print_enum(out, enums[i]);
	buffer_append_text(out, "## Structs inside frames\n\n");
	print_structs(out);
	buffer_append_text(out, "## Frames\n\nEach with its fields, an example as people read it, and the example's bytes with the "
				"frame's number in front.\n\n");
	for (size_t i = 0; i < wire_example_count; i++)
		print_example(out, i);
	buffer_append_text(out, "## A worked example\n\n");
	print_keys(out);
	print_act(out);
	print_answer(out);
	print_next(out);
	buffer_append_text(out, "\n");
}
