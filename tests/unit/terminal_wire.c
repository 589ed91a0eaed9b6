// The part of WIRE.md that lies between the markers is printed by this program, so it says what the code does.
//
//	terminal_wire --write WIRE.md    replaces that part
//	terminal_wire --sign             makes new signatures and boxes for the examples, to be pasted into terminal_wire.made
#include "terminal_wire.h"

#include "base/ensure.h"
#include "test.h"

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
	wire_print(&whole);
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

static int sign_all(void)
{
	static const char *const names[] = { "submission", "receipt", "read", "attachment", "fetch", "fetch of many",
					     "submissions" };
	struct buffer put = { 0 }, fetch = { 0 }, fetch_many = { 0 }, many = { 0 }, about = { 0 }, letter_box = { 0 }, photo_box = { 0 };
	wire_attachment_signed(&put);
	wire_fetch_signed(&fetch);
	wire_fetch_many_signed(&fetch_many);
	wire_submissions_signed(&many);
	wire_letter_about(&about);
	struct bytes data[] = { wire.submission.header, buffer_bytes(&wire.root_signed), wire.signed_read.header,
				buffer_bytes(&put), buffer_bytes(&fetch), buffer_bytes(&fetch_many), buffer_bytes(&many) };
	for (unsigned i = 0; i < array_size(data); i++) {
		uint8_t signature[64];
		ensure(signature_make(i == made_receipt ? wire.door : wire.officer, data[i], signature) == error_none);
		print_made(names[i], bytes_of(signature, 64));
	}
	ensure(box_seal(wire.officer, buffer_bytes(&about), buffer_bytes(&wire.print), &letter_box) == error_none);
	ensure(box_seal(wire.officer, buffer_bytes(&fetch), bytes_of_text(wire_photo), &photo_box) == error_none);
	print_made("the letter's box", buffer_bytes(&letter_box));
	print_made("the photo's box", buffer_bytes(&photo_box));
	return 0;
}

// ---- claims

test(WIRE_md_says_what_the_code_does)
{
	struct buffer file = { 0 }, now = { 0 };
	size_t from = 0, to = 0;
	check(read_all("WIRE.md", &file));
	check(file.data && find_part(&file, &from, &to));
	wire_print(&now);
	bool same = from > 0 && bytes_equal(bytes_of(file.data + from, to - from), buffer_bytes(&now));
	check(same);
	if (!same)
		printf("# terminal_wire --write WIRE.md brings it up to date (after --sign, if a signed message changed)\n");
	buffer_deinit(&file);
	buffer_deinit(&now);
}

test(every_example_is_whole)
{
	for (size_t i = 0; i < wire_example_count; i++) {
		struct buffer bytes = { 0 };
		codec_encode(wire_examples[i].shape, wire_examples[i].value, &bytes);
		check(message_check(wire_examples[i].type, buffer_bytes(&bytes)) == error_none);
		buffer_deinit(&bytes);
	}
}

test(every_frame_of_the_wire_has_an_example)
{
	for (size_t i = 0; i < message_type_count; i++) {
		bool found = false;
		if (message_types[i] < 0x1000 || message_types[i] >= 0x2000)
			continue;
		for (size_t j = 0; j < wire_example_count; j++)
			found |= wire_examples[j].type == message_types[i];
		if (!found)
			printf("# 0x%04x %s has none\n", message_types[i], message_name(message_types[i]));
		check(found);
	}
}

test(the_signatures_of_the_examples_verify)
{
	struct buffer put = { 0 }, fetch = { 0 }, fetch_many = { 0 }, many = { 0 };
	wire_attachment_signed(&put);
	wire_fetch_signed(&fetch);
	wire_fetch_many_signed(&fetch_many);
	wire_submissions_signed(&many);
	check(signature_verify(wire.officer, buffer_bytes(&many), wire.next.signature) == error_none);
	const struct group_proof *proof = &wire.next.proof;
	check(merkle_path_verifies(wire.headers[1], proof->index, proof->count, proof->path, proof->path_count, &proof->root));
	check(signature_verify(wire.officer, wire.submission.header, wire.submission.signature) == error_none);
	check(signature_verify(wire.door, buffer_bytes(&wire.root_signed), wire.signed_receipt.signature) == error_none);
	check(signature_verify(wire.officer, wire.signed_read.header, wire.signed_read.signature) == error_none);
	check(signature_verify(wire.officer, buffer_bytes(&put), wire.attachment_put.signature) == error_none);
	check(signature_verify(wire.officer, buffer_bytes(&fetch), wire.attachment_get.signature) == error_none);
	check(signature_verify(wire.officer, buffer_bytes(&fetch_many), wire.attachments_get.signature) == error_none);
	check(merkle_path_verifies(wire.receipts[1], 1, 3, wire.signed_receipt.path, wire.signed_receipt.path_count,
				   &wire.signed_receipt.root));
	buffer_deinit(&put);
	buffer_deinit(&fetch);
	buffer_deinit(&fetch_many);
	buffer_deinit(&many);
}

test(the_boxes_of_the_examples_open)
{
	struct buffer about = { 0 }, fetch = { 0 }, plain = { 0 };
	wire_letter_about(&about);
	wire_fetch_signed(&fetch);
	check(box_open(wire.officer, buffer_bytes(&about), wire.box, &plain) == error_none);
	check(bytes_equal(buffer_bytes(&plain), buffer_bytes(&wire.print)));
	buffer_clear(&plain);
	check(box_open(wire.officer, buffer_bytes(&fetch), wire.photo_box, &plain) == error_none);
	check(bytes_equal(buffer_bytes(&plain), bytes_of_text(wire_photo)));
	buffer_deinit(&about);
	buffer_deinit(&fetch);
	buffer_deinit(&plain);
}

int main(int argc, char **argv)
{
	wire_make();
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
