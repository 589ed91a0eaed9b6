// The turn record: its bytes are frozen.
#include "runtime/record.h"
#include "test.h"

static const struct origin authority = { .source = 1,
					 .submission = 7,
					 .actor = 300,
					 .person = 70000,
					 .role = 3,
					 .organisation = 4600,
					 .rule_version = 2 };

static struct hash hash_of(uint8_t byte)
{
	struct hash h;
	memset(h.byte, byte, sizeof h.byte);
	return h;
}

// One of each kind.
static const struct record_item items[] = {
	{ .kind = record_input_range, .source = 3, .from = 5, .to = 70000, .turn = 9 },
	{ .kind = record_input_local,
	  .type = 0x0101,
	  .authority = { .source = 1 },
	  .body = { (const uint8_t *)"local", 5 } },
	{ .kind = record_input_answer,
	  .type = 0x0281,
	  .number = 2 << 16 | 1,
	  .body = { (const uint8_t *)"answer", 6 } },
	{ .kind = record_input_timer,
	  .type = 0x0290,
	  .due_ms = 1800000000000,
	  .number = 65537,
	  .body = { (const uint8_t *)"t", 1 } },
	{ .kind = record_input_act, .type = operator_act_quarantine_drop, .number = 12 },
	{ .kind = record_input_continuation, .number = 4, .room = 512 },
	{ .kind = record_input_set_aside,
	  .type = record_input_range,
	  .source = 3,
	  .number = 6,
	  .cause = record_cause_killed },
	{ .kind = record_input_migration, .from = 1, .to = 2 },
};
#define item_count (sizeof items / sizeof items[0])

static void build(struct buffer *out, struct merkle_frontier *tree)
{
	static const struct log_position known[] = { { 1, 17 }, { 3, 70000 } };
	struct buffer inputs = { 0 }, entries = { 0 };
	struct hash leaves[2];
	struct bytes a = bytes_of("first", 5), b = bytes_of("second", 6);

	for (size_t i = 0; i < item_count; i++) {
		struct record_item item = items[i];
		item.root = hash_of(0x11);
		item.after = hash_of(0x22);
		if (item.kind == record_input_local || item.kind == record_input_timer)
			item.authority = authority;
		record_item_encode(&item, &inputs);
	}
	record_entry_put(&entries, a);
	record_entry_put(&entries, b);
	leaves[0] = merkle_leaf(a);
	leaves[1] = merkle_leaf(b);
	struct record_parts parts = { .turn = 10,
				      .time_ms = 1799999999999,
				      .fold_version = 2,
				      .first_entry = 400,
				      .room_entries = 1024,
				      .room_bytes = 1 << 20,
				      .inputs = buffer_bytes(&inputs),
				      .input_count = item_count,
				      .known = known,
				      .known_count = 2,
				      .entries = buffer_bytes(&entries),
				      .leaves = leaves,
				      .entry_count = 2 };
	record_encode(&parts, tree, out);
	buffer_deinit(&inputs);
	buffer_deinit(&entries);
}

static const char golden[] =
	"8a010a02cf000001a3185c4fff03c4209f8764ab822a032adcaabab15c57650bfe168262fe23e1f151045e18118442d1"
	"04c4209f8764ab822a032adcaabab15c57650bfe168262fe23e1f151045e18118442d1050206cd01900792cd0400ce00"
	"100000089896010305ce0001117009c42011111111111111111111111111111111111111111111111111111111111111"
	"119402cd0101c417870101030704cd012c05ce00011170060307cd11f80802c4056c6f63616c9403cd0281ce00020001"
	"c406616e737765729604cd0290cf000001a3185c5000ce00010001c417870101030704cd012c05ce00011170060307cd"
	"11f80802c401749305020c930604cd02009507010306ccff95080102c420111111111111111111111111111111111111"
	"1111111111111111111111111111c4202222222222222222222222222222222222222222222222222222222222222222"
	"09929201119203ce000111700a92c4056669727374c4067365636f6e64";

test(its_bytes_are_frozen)
{
	static char hex[2000];
	struct buffer out = { 0 };
	struct merkle_frontier tree = { 0 };

	build(&out, &tree);
	check(out.size * 2 < sizeof hex);
	hex_encode(out.data, out.size, hex);
	check_text(hex, golden);
	buffer_deinit(&out);
}

test(what_is_written_is_read)
{
	struct buffer out = { 0 };
	struct merkle_frontier tree = { 0 };
	struct record r;
	struct record_item item;
	struct log_position known;

	build(&out, &tree);
	check(record_open(&r, buffer_bytes(&out)) == error_none);
	check_u64(r.head.turn, 10);
	check_u64((uint64_t)r.head.time_ms, 1799999999999);
	check_u64(r.head.fold_version, 2);
	check_u64(r.head.first_entry, 400);
	check_u64(r.head.room_entries, 1024);
	check_u64(r.input_count, item_count);
	for (size_t i = 0; i < item_count; i++) {
		check(record_next_item(&r, &item) == error_none);
		check_u64(item.kind, items[i].kind);
		check_u64(item.number, items[i].number);
		check_u64(item.from, items[i].from);
		check_u64(item.to, items[i].to);
		check_u64(item.type, items[i].type);
		check_u64(item.room, items[i].room);
		check_u64(item.cause, items[i].cause);
		check_u64((uint64_t)item.due_ms, (uint64_t)items[i].due_ms);
		check(bytes_equal(item.body, items[i].body));
		if (item.kind == record_input_local) {
			check_u64(item.authority.submission, authority.submission);
			check_u64(item.authority.actor, authority.actor);
			check_u64(item.authority.person, authority.person);
			check_u64(item.authority.role, authority.role);
			check_u64(item.authority.organisation, authority.organisation);
			check_u64(item.authority.rule_version, authority.rule_version);
		}
	}
	check(record_next_known(&r, &known) == error_none && known.service == 1 && known.entry == 17);
	check(record_next_known(&r, &known) == error_none && known.service == 3 && known.entry == 70000);
	struct bytes first = record_next_entry(&r), second = record_next_entry(&r);
	check(first.size == 5 && memcmp(first.data, "first", 5) == 0);
	check(second.size == 6 && memcmp(second.data, "second", 6) == 0);
	buffer_deinit(&out);
}

test(the_leaf_covers_every_byte_but_itself_and_the_root)
{
	struct buffer out = { 0 };
	struct merkle_frontier tree = { 0 };
	struct record r;

	build(&out, &tree);
	check(record_open(&r, buffer_bytes(&out)) == error_none);
	struct hash leaf = record_leaf(&r);
	check(hash_equal(&leaf, &r.head.leaf));
	size_t leaf_at = 16,
	       root_end = leaf_at + 32 + 3 + 32; // after the map's head, turn, time, and the bin's own head
	for (size_t i = 0; i < out.size; i++) {
		out.data[i] ^= 1;
		bool opens = record_open(&r, buffer_bytes(&out)) == error_none;
		leaf = record_leaf(&r);
		bool in_hashes = i >= leaf_at && i < root_end;
		check(!opens || in_hashes || !hash_equal(&leaf, &r.head.leaf));
		out.data[i] ^= 1;
	}
	buffer_deinit(&out);
}

test(a_cut_record_is_malformed)
{
	struct buffer out = { 0 };
	struct merkle_frontier tree = { 0 };
	struct record r;

	build(&out, &tree);
	for (size_t size = 0; size < out.size; size++)
		check(record_open(&r, bytes_of(out.data, size)) == error_malformed);
	buffer_append(&out, "", 1);
	check(record_open(&r, buffer_bytes(&out)) == error_malformed);
	buffer_deinit(&out);
}

test(the_root_is_that_of_the_tree_over_all_turns)
{
	struct merkle_frontier tree = { 0 };
	struct hash leaves[5];
	struct record r;

	for (int i = 0; i < 5; i++) {
		struct buffer out = { 0 };
		build(&out, &tree);
		check(record_open(&r, buffer_bytes(&out)) == error_none);
		leaves[i] = r.head.leaf;
		struct hash copy[5];
		memcpy(copy, leaves, sizeof copy);
		struct hash root = merkle_root(copy, (size_t)i + 1);
		check(hash_equal(&root, &r.head.root));
		buffer_deinit(&out);
	}
}

test(the_type_of_an_envelope_is_read_in_front)
{
	for (unsigned type = 1; type < 65536; type += 37) {
		struct buffer out = { 0 };
		struct envelope v = {
			.type = (uint16_t)type, .body = bytes_of("x", 1), .has_subject = type % 2, .subject = 5
		};
		envelope_encode(&v, &out);
		check_u64(envelope_type(buffer_bytes(&out)), type);
		buffer_deinit(&out);
	}
	check_u64(envelope_type(bytes_of("bad", 3)), 0);
	check_u64(envelope_type(bytes_of("", 0)), 0);
}

int main(void)
{
	run(its_bytes_are_frozen);
	run(what_is_written_is_read);
	run(the_leaf_covers_every_byte_but_itself_and_the_root);
	run(a_cut_record_is_malformed);
	run(the_root_is_that_of_the_tree_over_all_turns);
	run(the_type_of_an_envelope_is_read_in_front);
	return test_summary();
}
