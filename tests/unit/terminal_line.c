// A terminal against a door that misbehaves.
#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/signature.h"
#include "terminal/endpoint.h"
#include "terminal/terminal.h"
#include "test.h"

// The codec keeps one zone a thread, for ever; here threads end.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:msgpack_zone_new\n";
}

// ---- the door: a thread that answers by a script ----

struct door {
	void *zmq, *socket;
	pthread_t thread;
	char home[128];
	struct key *key, *officer;
	void (*script)(struct door *d, struct bytes frame);
	char line[256]; // identity of who asks
	size_t line_size;
	char first_line[256];
	size_t first_line_size;
	struct buffer first; // the first frame that came
	unsigned frames;
	uint64_t sequence_on_disk;
	struct hash waiting[128]; // attachments of which nothing was said yet
	size_t waiting_count;
};

static void answer(struct door *d, uint16_t type, const struct codec_shape *shape, const void *value)
{
	struct buffer out = { 0 };
	put_u16(buffer_extend(&out, 2), type);
	codec_encode(shape, value, &out);
	zmq_send(d->socket, d->line, d->line_size, ZMQ_SNDMORE);
	zmq_send(d->socket, out.data, out.size, 0);
	buffer_deinit(&out);
}

static void *live(void *context)
{
	struct door *d = context;
	static uint8_t bytes[100000];
	for (;;) {
		int size = zmq_recv(d->socket, d->line, sizeof d->line, 0);
		if (size < 0)
			return NULL; // the context ends
		d->line_size = (size_t)size;
		size = zmq_recv(d->socket, bytes, sizeof bytes, 0);
		if (size < 0)
			return NULL;
		struct bytes frame = bytes_of(bytes, (size_t)size);
		if (d->frames++ == 0) {
			memcpy(d->first_line, d->line, d->line_size);
			d->first_line_size = d->line_size;
			buffer_append(&d->first, frame.data, frame.size);
		}
		d->script(d, frame);
	}
}

static void write_key(const struct door *d, const char *name, const struct key *key, bool public_half)
{
	struct buffer pem = { 0 };
	char path[256];
	snprintf(path, sizeof path, "%s/keys/%s", d->home, name);
	ensure((public_half ? key_write_public(key, &pem) : key_write_private(key, &pem)) == error_none);
	ensure(file_write_atomic(path, buffer_bytes(&pem), 0600) == error_none);
	buffer_deinit(&pem);
}

static struct door *open_door(void (*script)(struct door *d, struct bytes frame))
{
	struct door *d = calloc(1, sizeof *d);
	char path[256];
	int zero = 0;
	ensure(d);
	snprintf(d->home, sizeof d->home, "%s", test_folder());
	snprintf(path, sizeof path, "%s/run", d->home);
	ensure(mkdir(path, 0700) == 0);
	snprintf(path, sizeof path, "%s/keys", d->home);
	ensure(mkdir(path, 0700) == 0);
	ensure(key_generate(&d->key) == error_none && key_generate(&d->officer) == error_none);
	write_key(d, "door.pub", d->key, true);
	write_key(d, "officer.pem", d->officer, false);
	d->script = script;
	d->zmq = zmq_ctx_new();
	d->socket = zmq_socket(d->zmq, ZMQ_ROUTER);
	zmq_setsockopt(d->socket, ZMQ_LINGER, &zero, sizeof zero);
	snprintf(path, sizeof path, "ipc://%s/run/door", d->home);
	ensure(zmq_bind(d->socket, path) == 0);
	ensure(pthread_create(&d->thread, NULL, live, d) == 0);
	return d;
}

static void remove_file(const struct door *d, const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", d->home, name);
	remove(path);
}

static void close_door(struct door *d)
{
	zmq_ctx_shutdown(d->zmq);
	pthread_join(d->thread, NULL);
	zmq_close(d->socket);
	zmq_ctx_term(d->zmq);
	static const char *const files[] = { "keys/door.pub", "keys/officer.pem", "keys", "sequence", "run/door", "run", "" };
	for (size_t i = 0; i < array_size(files); i++)
		remove_file(d, files[i]);
	key_free(d->key);
	key_free(d->officer);
	buffer_deinit(&d->first);
	free(d);
}

static struct terminal *open_terminal(const struct door *d)
{
	struct terminal *t = NULL;
	char key[256], sequence[256];
	snprintf(key, sizeof key, "%s/keys/officer.pem", d->home);
	snprintf(sequence, sizeof sequence, "%s/sequence", d->home);
	struct terminal_options options = { .home = d->home, .key_path = key, .sequence_path = sequence, .organisation = 31,
					    .terminal = 7, .patience_ms = 300 };
	ensure(terminal_open(&t, &options) == error_none);
	return t;
}

// A terminal on its line to a door.
struct visit {
	struct door *door;
	struct terminal *terminal;
};

static struct visit visit_begin(void (*script)(struct door *d, struct bytes frame))
{
	struct door *d = open_door(script);
	return (struct visit){ d, open_terminal(d) };
}

static void visit_end(struct visit *v)
{
	terminal_close(v->terminal);
	close_door(v->door);
}

// ---- what the door says ----

static void sign_receipt(struct door *d, const struct key *key, struct bytes frame, uint64_t sequence_off)
{
	static struct submission s;
	struct submission_header h;
	struct signed_receipt signed_receipt = { .count = 1 };
	static struct receipt receipt;
	struct buffer encoded = { 0 }, signed_bytes = { 0 };
	ensure(get_u16(frame.data) == message_type_submission);
	ensure(submission_decode(bytes_of(frame.data + 2, frame.size - 2), &s) == error_none);
	ensure(submission_header_decode(s.header, &h) == error_none);
	receipt = (struct receipt){ .certificate = h.certificate, .terminal = h.terminal, .sequence = h.sequence + sequence_off,
				    .state = receipt_state_taken, .submission = 3, .has_submission = true,
				    .content = digest_sha256(s.header) };
	receipt_encode(&receipt, &encoded);
	signed_receipt.receipt = buffer_bytes(&encoded);
	signed_receipt.root = merkle_leaf(signed_receipt.receipt);
	buffer_append_text(&signed_bytes, "TDV receipt 1");
	buffer_append(&signed_bytes, signed_receipt.root.byte, 32);
	ensure(signature_make(key, buffer_bytes(&signed_bytes), signed_receipt.signature) == error_none);
	answer(d, message_type_signed_receipt, &signed_receipt_shape, &signed_receipt);
	buffer_deinit(&encoded);
	buffer_deinit(&signed_bytes);
}

static void say_refused(struct door *d, enum wire_fault fault, const struct hash *content)
{
	struct wire_refused no = { .fault = fault, .detail = bytes_of_text("a test") };
	if (content) {
		no.content = *content;
		no.has_content = true;
	}
	answer(d, message_type_wire_refused, &wire_refused_shape, &no);
}

static void read_sequence(struct door *d)
{
	char path[256];
	struct buffer text = { 0 };
	snprintf(path, sizeof path, "%s/sequence", d->home);
	if (file_read(path, 100, &text) == error_none) {
		buffer_append(&text, "", 1);
		d->sequence_on_disk = strtoull((const char *)text.data, NULL, 10);
	}
	buffer_deinit(&text);
}

static void deaf_once(struct door *d, struct bytes frame)
{
	if (d->frames > 1)
		sign_receipt(d, d->key, frame, 0);
}

static void busy_twice(struct door *d, struct bytes frame)
{
	if (d->frames < 3)
		say_refused(d, wire_fault_busy, NULL);
	else
		sign_receipt(d, d->key, frame, 0);
}

// Of every attachment; anybody else's question is not for it.
static void always_busy_with_attachments(struct door *d, struct bytes frame)
{
	static struct attachment_put put;
	ensure(attachment_put_decode(bytes_of(frame.data + 2, frame.size - 2), &put) == error_none);
	struct hash sha256 = digest_sha256(put.content);
	say_refused(d, wire_fault_busy, &sha256);
}

static void forging(struct door *d, struct bytes frame)
{
	struct key *other;
	ensure(key_generate(&other) == error_none);
	sign_receipt(d, other, frame, 0);
	key_free(other);
}

static void confused(struct door *d, struct bytes frame)
{
	sign_receipt(d, d->key, frame, 1); // of another act
	sign_receipt(d, d->key, frame, 0);
}

static void honest(struct door *d, struct bytes frame)
{
	read_sequence(d);
	sign_receipt(d, d->key, frame, 0);
}

// Refuses the second act, and keeps what each was signed with.
static uint8_t signatures[3][64];
static void second_refused(struct door *d, struct bytes frame)
{
	static struct submission s;
	ensure(d->frames <= array_size(signatures));
	ensure(submission_decode(bytes_of(frame.data + 2, frame.size - 2), &s) == error_none);
	memcpy(signatures[d->frames - 1], s.signature, sizeof s.signature);
	check(s.has_proof && s.proof.count == 3 && s.proof.index == d->frames - 1);
	if (d->frames == 2)
		say_refused(d, wire_fault_signature, NULL);
	else
		honest(d, frame);
}

// Says nothing; of a group, only the first may come.
static void deaf(struct door *d, struct bytes frame)
{
	static struct submission s;
	(void)d;
	ensure(submission_decode(bytes_of(frame.data + 2, frame.size - 2), &s) == error_none);
	check(s.has_proof && s.proof.count == 3 && s.proof.index == 0);
}

static void refusing(struct door *d, struct bytes frame)
{
	(void)frame;
	say_refused(d, wire_fault_signature, NULL);
}

// Says what became of attachments in reverse, ten at a time, and takes none that begins with 'x'.
static void backwards(struct door *d, struct bytes frame)
{
	struct attachment_put put;
	ensure(attachment_put_decode(bytes_of(frame.data + 2, frame.size - 2), &put) == error_none);
	struct hash sha256 = digest_sha256(put.content);
	d->waiting[d->waiting_count++] = sha256;
	if (put.content.data[0] == 'x') {
		d->waiting_count--;
		say_refused(d, wire_fault_malformed, &sha256);
	}
	if (d->frames % 10 != 0)
		return;
	while (d->waiting_count > 0) {
		struct attachment_taken taken = { d->waiting[--d->waiting_count], 1 };
		answer(d, message_type_attachment_taken, &attachment_taken_shape, &taken);
	}
}

static void send_photo(struct door *d, uint64_t letter, const char *photo, bool opens)
{
	struct buffer about = { 0 }, box = { 0 };
	buffer_append_text(&about, "TDV fetch 1");
	put_u64(buffer_extend(&about, 8), letter);
	ensure(box_seal(opens ? d->officer : d->key, buffer_bytes(&about), bytes_of_text(photo), &box) == error_none);
	answer(d, message_type_attachment, &attachment_shape, &(struct attachment){ letter, buffer_bytes(&box) });
	buffer_deinit(&about);
	buffer_deinit(&box);
}

// A stranger's frame goes before the right one.
static void injected(struct door *d, struct bytes frame)
{
	(void)frame;
	send_photo(d, 5, "not theirs", false);
	send_photo(d, 4, "four", true);
	send_photo(d, 5, "five", true);
}

static void never_opens(struct door *d, struct bytes frame)
{
	(void)frame;
	send_photo(d, 4, "four", true);
	send_photo(d, 5, "not theirs", false);
}

static void half_of_them(struct door *d, struct bytes frame)
{
	(void)frame;
	send_photo(d, 5, "not theirs", false);
}

// ---- claims ----

static enum error send_one(struct terminal *t, int timeout_ms)
{
	static struct receipt receipt;
	terminal_begin(t, act_consolidate);
	terminal_add(t, bytes_of_text("\x82\x01\x03\x02\x06"));
	return terminal_send(t, timeout_ms, &receipt);
}

test(an_act_without_an_answer_is_sent_again_as_it_was_on_a_fresh_line)
{
	struct visit v = visit_begin(deaf_once);
	check(send_one(v.terminal, 10000) == error_none);
	check_u64(v.door->frames, 2);
	check(v.door->line_size != v.door->first_line_size || memcmp(v.door->line, v.door->first_line, v.door->line_size) != 0);
	visit_end(&v);
}

test(a_busy_door_is_asked_again)
{
	struct visit v = visit_begin(busy_twice);
	check(send_one(v.terminal, 10000) == error_none);
	check_u64(v.door->frames, 3);
	visit_end(&v);
}

test(a_receipt_that_another_key_signed_is_not_believed)
{
	struct visit v = visit_begin(forging);
	check(send_one(v.terminal, 10000) == error_signature);
	visit_end(&v);
}

test(a_receipt_of_another_act_is_passed_over)
{
	struct visit v = visit_begin(confused);
	check(send_one(v.terminal, 10000) == error_none);
	check_u64(v.door->frames, 1);
	visit_end(&v);
}

test(a_sequence_is_on_disk_before_its_act_leaves_and_is_never_used_again)
{
	struct visit v = visit_begin(honest);
	check(send_one(v.terminal, 10000) == error_none);
	check_u64(v.door->sequence_on_disk, 1);
	terminal_close(v.terminal);
	v.terminal = open_terminal(v.door);
	check(send_one(v.terminal, 10000) == error_none);
	check_u64(terminal_sequence(v.terminal), 2);
	check_u64(v.door->sequence_on_disk, 2);
	visit_end(&v);
}

struct heard_of {
	enum error e[3];
	uint64_t sequence[3];
	size_t count;
};

static void hear_of(void *context, size_t place, enum error e, const struct receipt *receipt)
{
	struct heard_of *h = context;
	ensure(place == h->count && place < array_size(h->e));
	h->e[place] = e;
	h->sequence[place] = e == error_none ? receipt->sequence : 0;
	h->count++;
}

static void keep_three(struct terminal *terminal)
{
	uint64_t sequence;
	for (unsigned i = 0; i < 3; i++) {
		terminal_begin(terminal, act_consolidate);
		terminal_add(terminal, bytes_of_text("\x82\x01\x03\x02\x06"));
		check(terminal_keep(terminal, &sequence) == error_none);
		check_u64(sequence, i + 1);
	}
}

test(acts_that_were_kept_go_in_order_under_one_signature_and_a_refused_one_does_not_stop_the_others)
{
	struct visit v = visit_begin(second_refused);
	struct heard_of heard = { 0 };
	keep_three(v.terminal);
	terminal_send_kept(v.terminal, 10000, hear_of, &heard);
	check_u64(heard.count, 3);
	check(heard.e[0] == error_none && heard.e[1] == error_refused && heard.e[2] == error_none);
	check(heard.sequence[0] == 1 && heard.sequence[2] == 3);
	check(memcmp(signatures[0], signatures[1], 64) == 0 && memcmp(signatures[0], signatures[2], 64) == 0);
	check_u64(v.door->sequence_on_disk, 3); // of all, before the first left
	terminal_send_kept(v.terminal, 10000, hear_of, &heard);
	check_u64(heard.count, 3); // none is kept any more
	visit_end(&v);
}

test(a_silent_door_is_waited_for_once_and_not_for_each_act_that_was_kept)
{
	struct visit v = visit_begin(deaf);
	struct heard_of heard = { 0 };
	keep_three(v.terminal);
	terminal_send_kept(v.terminal, 300, hear_of, &heard);
	check_u64(heard.count, 3);
	for (size_t i = 0; i < 3; i++)
		check(heard.e[i] == error_pending);
	visit_end(&v);
}

test(a_refusal_says_why)
{
	struct visit v = visit_begin(refusing);
	check(send_one(v.terminal, 10000) == error_refused);
	check(strstr(terminal_fault(v.terminal), "a test") != NULL);
	visit_end(&v);
}

// Nobody has shown who answers there: what it says is printed on an officer's screen.
static void painting(struct door *d, struct bytes frame)
{
	struct wire_refused no = { .fault = wire_fault_signature,
				   .detail = bytes_of_text("a\x1b[2Jb\nc\x7f" "d\xc2\x9b" "2Je \xc4\x90") };
	(void)frame;
	answer(d, message_type_wire_refused, &wire_refused_shape, &no);
}

test(a_refusal_does_not_steer_the_screen)
{
	struct visit v = visit_begin(painting);
	enum wire_fault fault;
	const char *detail;
	check(send_one(v.terminal, 10000) == error_refused);
	check(terminal_refusal(v.terminal, &fault, &detail));
	check_text(detail, "a [2Jb c d  2Je \xc4\x90");
	check(strstr(terminal_fault(v.terminal), detail) != NULL);
	visit_end(&v);
}

test(nobody_at_the_door_is_an_error_when_the_time_is_over)
{
	struct visit v = visit_begin(deaf_once);
	check(send_one(v.terminal, 300) == error_pending); // had it asked a second time, there were a receipt
	visit_end(&v);
}

test(refused_attachments_do_not_stop_the_others)
{
	struct visit v = visit_begin(backwards);
	struct bytes contents[100];
	struct hash hashes[100];
	static char texts[100][16];
	for (unsigned i = 0; i < 100; i++) {
		snprintf(texts[i], sizeof texts[i], "%c%u", i % 9 == 4 ? 'x' : 'a', i);
		contents[i] = bytes_of_text(texts[i]);
	}
	check(terminal_put_attachments(v.terminal, contents, 100, hashes) == error_refused);
	for (unsigned i = 0; i < 100; i++) {
		struct hash sha256 = digest_sha256(contents[i]);
		check(i % 9 == 4 ? hash_is_zero(&hashes[i]) : hash_equal(&hashes[i], &sha256));
	}
	check_u64(v.door->frames, 100);
	visit_end(&v);
}

test(a_door_that_stays_busy_is_given_up_and_its_reason_told)
{
	struct visit v = visit_begin(always_busy_with_attachments);
	struct bytes content = bytes_of_text("photo");
	struct hash hash;
	enum wire_fault fault;
	const char *detail;
	check(terminal_put_attachments(v.terminal, &content, 1, &hash) == error_pending);
	check(hash_is_zero(&hash));
	check(terminal_refusal(v.terminal, &fault, &detail));
	check_u64(fault, wire_fault_busy);
	check_text(detail, "a test");
	check(v.door->frames > 1);
	visit_end(&v);
}

static enum error fetch_two(void (*script)(struct door *d, struct bytes frame), int timeout_ms, struct buffer photos[2])
{
	struct visit v = visit_begin(script);
	enum error e = terminal_fetch_many(v.terminal, (uint64_t[]){ 4, 5 }, 2, timeout_ms, photos);
	visit_end(&v);
	return e;
}

test(a_photo_that_does_not_open_is_waited_for_and_is_none_in_the_end)
{
	struct buffer photos[2] = { 0 };
	check(fetch_two(injected, 10000, photos) == error_none);
	check(bytes_equal(buffer_bytes(&photos[0]), bytes_of_text("four")));
	check(bytes_equal(buffer_bytes(&photos[1]), bytes_of_text("five")));
	check(fetch_two(never_opens, 300, photos) == error_none);
	check(bytes_equal(buffer_bytes(&photos[0]), bytes_of_text("four")));
	check_u64(photos[1].size, 0);
	check(fetch_two(half_of_them, 300, photos) == error_pending); // of the other nothing was heard
	buffer_deinit(&photos[0]);
	buffer_deinit(&photos[1]);
}

test(a_door_at_the_end_of_a_long_path_is_reached)
{
	char home[200], run[220], path[260], endpoint[endpoint_max];
	const char *base = test_folder();
	int size = snprintf(home, sizeof home, "%s/", base);
	memset(home + size, 'd', (size_t)(150 - size));
	home[150] = 0;
	snprintf(run, sizeof run, "%s/run", home);
	snprintf(path, sizeof path, "%s/door", run);
	ensure(mkdir(home, 0700) == 0 && mkdir(run, 0700) == 0);
	check(endpoint_of_site(home, endpoint) == error_none);
	void *zmq = zmq_ctx_new(), *socket = zmq_socket(zmq, ZMQ_ROUTER);
	check(zmq_bind(socket, endpoint) == 0);
	check(access(path, F_OK) == 0);
	zmq_close(socket);
	zmq_ctx_term(zmq);
	unlink(path);
	rmdir(run);
	rmdir(home);
	rmdir(base);
}

int main(void)
{
	log_open("terminal_line", log_level_fatal, 0);
	run(an_act_without_an_answer_is_sent_again_as_it_was_on_a_fresh_line);
	run(a_busy_door_is_asked_again);
	run(a_receipt_that_another_key_signed_is_not_believed);
	run(a_receipt_of_another_act_is_passed_over);
	run(a_sequence_is_on_disk_before_its_act_leaves_and_is_never_used_again);
	run(acts_that_were_kept_go_in_order_under_one_signature_and_a_refused_one_does_not_stop_the_others);
	run(a_silent_door_is_waited_for_once_and_not_for_each_act_that_was_kept);
	run(a_refusal_says_why);
	run(a_refusal_does_not_steer_the_screen);
	run(nobody_at_the_door_is_an_error_when_the_time_is_over);
	run(refused_attachments_do_not_stop_the_others);
	run(a_door_that_stays_busy_is_given_up_and_its_reason_told);
	run(a_photo_that_does_not_open_is_waited_for_and_is_none_in_the_end);
	run(a_door_at_the_end_of_a_long_path_is_reached);
	return test_summary();
}
