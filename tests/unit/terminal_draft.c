// The frame of an act, as the door reads it.
#include "terminal/draft.h"

#include <string.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "test.h"

static struct draft draft;
static struct submission m;
static struct submission_header header;

// Signs what the draft holds, and reads it as the door does.
static struct hash signed_by(struct key *key, struct buffer *frame)
{
	struct draft_signer by = { .key = key, .organisation = 31, .terminal = 7, .sequence = 9 };
	struct hash content;

	ensure(key_fingerprint(key, &by.certificate) == error_none);
	ensure(draft_sign(&draft, &by, frame, &content) == error_none);
	ensure(frame->size > 2 && get_u16(frame->data) == message_type_submission);
	check(submission_decode(bytes_of(frame->data + 2, frame->size - 2), &m) == error_none);
	check(submission_header_decode(m.header, &header) == error_none);
	check(hash_equal(&header.certificate, &by.certificate));
	return content;
}

static struct hash root_of_items(void)
{
	struct hash leaves[8];

	ensure(m.items_count <= array_size(leaves));
	for (size_t i = 0; i < m.items_count; i++)
		leaves[i] = merkle_leaf(m.items[i]);
	return merkle_root(leaves, m.items_count);
}

test(a_header_names_the_act_its_signer_and_every_item)
{
	struct key *key;
	struct buffer frame = { 0 };

	ensure(key_generate(&key) == error_none);
	draft_begin(&draft, act_receive);
	draft_add(&draft, &receiving_head_shape, &(struct receiving_head){ .shipment = 6 });
	for (uint32_t i = 1; i <= 2; i++)
		draft_add(&draft, &box_count_row_shape, &(struct box_count_row){ .box = i, .counted = 40 + i });
	struct hash content = signed_by(key, &frame), is = digest_sha256(m.header), root = root_of_items();
	check(header.act == act_receive && bytes_equal(header.purpose, bytes_of_text(purpose_submission)));
	check_u64(header.organisation, 31);
	check_u64(header.terminal, 7);
	check_u64(header.sequence, 9);
	check_u64(header.count, 3);
	check_u64(m.items_count, 3);
	check(!m.has_proof);
	check(hash_equal(&header.root, &root));
	check(hash_equal(&content, &is));
	check(signature_verify(key, m.header, m.signature) == error_none);
	struct item item = { 0 };
	struct box_count_row row = { 0 };
	check(item_decode(m.items[2], &item) == error_none && box_count_row_decode(item.body, &row) == error_none);
	check_u64(row.counted, 42);
	buffer_deinit(&frame);
	key_free(key);
}

test(the_same_row_twice_is_two_items_that_tell_nothing_of_each_other)
{
	struct key *key;
	struct buffer frame = { 0 };

	ensure(key_generate(&key) == error_none);
	draft_begin(&draft, act_withdraw);
	for (int i = 0; i < 2; i++)
		draft_add(&draft, &withdrawal_row_shape, &(struct withdrawal_row){ .request = 5 });
	signed_by(key, &frame);
	check_u64(m.items_count, 2);
	check(!bytes_equal(m.items[0], m.items[1]));
	buffer_deinit(&frame);
	key_free(key);
}

test(a_draft_begun_again_holds_nothing_of_the_act_before)
{
	struct key *key;
	struct buffer frame = { 0 };

	ensure(key_generate(&key) == error_none);
	draft_begin(&draft, act_withdraw);
	draft_add(&draft, &withdrawal_row_shape, &(struct withdrawal_row){ .request = 5 });
	draft_begin(&draft, act_appraise);
	signed_by(key, &frame);
	struct hash root = root_of_items();
	check(header.act == act_appraise && header.count == 0 && m.items_count == 0);
	check(hash_equal(&header.root, &root));
	buffer_deinit(&frame);
	key_free(key);
}

// Several acts, one signature: what each frame holds shows that its header is among those that were signed.
test(acts_that_are_signed_together_each_show_it)
{
	enum { acts = 5 };
	struct key *key;
	struct buffer frame[acts] = { 0 }, *frames[acts];
	struct hash content[acts], leaves[acts];
	struct purposed what;
	uint8_t signature[64];

	ensure(key_generate(&key) == error_none);
	struct draft_signer by = { .key = key, .organisation = 31, .terminal = 7, .sequence = 9 };
	ensure(key_fingerprint(key, &by.certificate) == error_none);
	for (uint32_t i = 0; i < acts; i++, by.sequence++) {
		draft_begin(&draft, act_withdraw);
		draft_add(&draft, &withdrawal_row_shape, &(struct withdrawal_row){ .request = 5 + i });
		frames[i] = &frame[i];
		ensure(draft_write(&draft, &by, frames[i], &content[i]) == error_none);
		leaves[i] = merkle_leaf(bytes_of_hash(&content[i]));
	}
	struct hash root = merkle_root(leaves, acts);
	check(draft_sign_written(frames, acts, key) == error_none);
	for (uint32_t i = 0; i < acts; i++) {
		check(submission_decode(bytes_of(frame[i].data + 2, frame[i].size - 2), &m) == error_none);
		check(submission_header_decode(m.header, &header) == error_none);
		check_u64(header.sequence, 9 + i);
		check_u64(m.items_count, 1);
		check(m.has_proof && m.proof.index == i && m.proof.count == acts && hash_equal(&m.proof.root, &root));
		check(merkle_path_verifies(merkle_leaf(bytes_of_hash(&content[i])), i, acts, m.proof.path, m.proof.path_count, &root));
		check(i == 0 || memcmp(signature, m.signature, sizeof signature) == 0);
		memcpy(signature, m.signature, sizeof signature);
	}
	check(signature_verify(key, purposed_hash(&what, purpose_submissions, &root), signature) == error_none);
	check(signature_verify(key, m.header, signature) == error_signature);
	for (size_t i = 0; i < acts; i++)
		buffer_deinit(&frame[i]);
	key_free(key);
}

int main(void)
{
	run(a_header_names_the_act_its_signer_and_every_item);
	run(the_same_row_twice_is_two_items_that_tell_nothing_of_each_other);
	run(acts_that_are_signed_together_each_show_it);
	run(a_draft_begun_again_holds_nothing_of_the_act_before);
	draft_deinit(&draft);
	return test_summary();
}
