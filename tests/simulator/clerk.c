#include "simulator/clerk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "terminal/draft.h"

#define rounds_max 60000
#define clerks_max 96
#define watch_rounds 1000
#define together_max 5 // acts under one signature

// ---- clerks ----

// Making a key takes longer than all that a clerk signs with it, and which key it is makes no difference.
static struct key *key_of(uint32_t number)
{
	static struct key *keys[clerks_max];
	ensure(number < clerks_max);
	if (!keys[number])
		ensure(key_generate(&keys[number]) == error_none);
	return keys[number];
}

void clerk_init(struct clerk *clerk, uint32_t number, enum role role, uint64_t organisation, uint32_t person)
{
	struct buffer spki = { 0 };
	*clerk = (struct clerk){ .role = role, .organisation = organisation, .person = person, .number = number,
				 .key = key_of(number) };
	ensure(key_write_public_der(clerk->key, &spki) == error_none && spki.size <= sizeof clerk->spki);
	memcpy(clerk->spki, spki.data, spki.size);
	clerk->spki_size = spki.size;
	clerk->certificate = digest_sha256(buffer_bytes(&spki));
	buffer_deinit(&spki);
}

// ---- frames ----

static void sign(const struct clerk *clerk, struct bytes data, uint8_t signature[64])
{
	ensure(signature_make(clerk->key, data, signature) == error_none);
}

static struct errand *errand_new(struct office *office, struct clerk *clerk)
{
	if (office->count == office->capacity) {
		office->capacity = office->capacity ? 2 * office->capacity : 64;
		office->errands = realloc(office->errands, office->capacity * sizeof(struct errand *)); // NOLINT(bugprone-sizeof-expression): pointers it is
		ensure(office->errands);
	}
	struct errand *errand = calloc(1, sizeof *errand);
	ensure(errand);
	errand->clerk = clerk;
	office->errands[office->count++] = errand;
	return errand;
}

struct errand *office_attachment(struct office *office, struct clerk *clerk, struct bytes content, struct hash *sha256)
{
	struct errand *errand = errand_new(office, clerk);
	struct attachment_put put = { .certificate = clerk->certificate, .content = content };
	struct purposed about;
	*sha256 = errand->sha256 = digest_sha256(content);
	sign(clerk, purposed_hash(&about, purpose_attachment, sha256), put.signature);
	ensure(wire_frame(&errand->frame, message_type_attachment_put, &attachment_put_shape, &put) == error_none);
	errand->kind = errand_attachment;
	snprintf(errand->label, sizeof errand->label, "attachment of %zu bytes", content.size);
	return errand;
}

struct errand *office_act(struct office *office, struct clerk *clerk, enum act act, const char *label, ...)
{
	struct errand *errand = errand_new(office, clerk);
	va_list arguments;
	errand->kind = errand_act;
	errand->act = act;
	va_start(arguments, label);
	vsnprintf(errand->label, sizeof errand->label, label, arguments);
	va_end(arguments);
	return errand;
}

void errand_add(struct office *office, struct errand *errand, struct bytes body)
{
	struct item item = { .body = body };
	uint64_t salt = fate(office->seed, "salt", office->count * 1000 + errand->item_count);
	ensure(errand->item_count < array_size(errand->items));
	put_u64(item.salt, salt);
	item_encode(&item, &errand->items[errand->item_count++]);
}

struct errand *office_mail(struct office *office, struct clerk *clerk)
{
	struct errand *errand = errand_new(office, clerk);
	errand->kind = errand_mail;
	for (size_t i = 0; i < office->letter_count; i++)
		if (office->letters[i].organisation == clerk->organisation && office->letters[i].number > errand->after)
			errand->after = office->letters[i].number;
	snprintf(errand->label, sizeof errand->label, "mail after letter %llu", (unsigned long long)errand->after);
	return errand;
}

struct errand *office_conflict(struct office *office, const struct errand *done)
{
	struct errand *errand = errand_new(office, done->clerk);
	errand->kind = errand_conflict;
	errand->act = done->act;
	errand->sequence = done->sequence;
	snprintf(errand->label, sizeof errand->label, "other content under sequence %llu", (unsigned long long)done->sequence);
	add(office, errand, list_head, .kind = request_kind_reissue, .reason = request_reason_lost, .period = 1);
	return errand;
}

static void submission_write(struct office *office, struct errand *errand)
{
	static struct submission submission;
	static struct hash leaves[array_size(errand->items)];
	struct clerk *clerk = errand->clerk;
	struct buffer header = { 0 };
	if (errand->kind == errand_act)
		errand->sequence = ++clerk->sequence;
	struct submission_header h = {
		.act = errand->act, .purpose = bytes_of_text(purpose_submission), .certificate = clerk->certificate,
		.terminal = clerk->number, .sequence = errand->sequence, .time = site_now_ms(office->site),
		.organisation = clerk->organisation, .count = (uint32_t)errand->item_count,
	};
	submission.items_count = errand->item_count;
	for (size_t i = 0; i < errand->item_count; i++) {
		submission.items[i] = buffer_bytes(&errand->items[i]);
		leaves[i] = merkle_leaf(submission.items[i]);
	}
	h.root = merkle_root(leaves, errand->item_count);
	submission_header_encode(&h, &header);
	submission.header = buffer_bytes(&header);
	ensure(wire_frame(&errand->frame, message_type_submission, &submission_shape, &submission) == error_none);
	buffer_deinit(&header);
}

// The errand's frame; now and then with those of the clerk's next acts, under one signature.
static void submission_build(struct office *office, size_t index)
{
	struct errand *errand = office->errands[index];
	struct buffer *frames[together_max] = { &errand->frame };
	size_t count = 1, most = fate(office->seed, "together", index) % together_max + 1;
	submission_write(office, errand);
	for (size_t i = index + 1; i < office->count && count < most && errand->kind == errand_act; i++) {
		struct errand *next = office->errands[i];
		if (next->clerk != errand->clerk || next->kind != errand_act || next->frame.size > 0)
			continue;
		submission_write(office, next);
		errand->together = next->together = true;
		frames[count++] = &next->frame;
	}
	ensure(draft_sign_written(frames, count, errand->clerk->key) == error_none);
}

static void read_build(struct office *office, struct errand *errand)
{
	struct clerk *clerk = errand->clerk;
	struct buffer header = { 0 };
	bool mail = errand->kind == errand_mail;
	struct read_header h = {
		.read = mail ? wire_read_mail : wire_read_outcome, .purpose = bytes_of_text(purpose_read),
		.certificate = clerk->certificate, .time = site_now_ms(office->site), .has_terminal = !mail,
		.terminal = clerk->number, .has_sequence = !mail, .sequence = errand->sequence, .has_organisation = mail,
		.organisation = clerk->organisation, .after = mail ? errand->after : 0,
	};
	struct signed_read read;
	read_header_encode(&h, &header);
	read.header = buffer_bytes(&header);
	sign(clerk, read.header, read.signature);
	ensure(wire_frame(&errand->frame, message_type_signed_read, &signed_read_shape, &read) == error_none);
	buffer_deinit(&header);
}

// ---- sending ----

// Who an answer is for: the errand, and which of its frames it answers.
static uint64_t line_of(size_t index, uint32_t stage)
{
	return (uint64_t)index << 16 | (stage & 0xffff);
}

static void post(struct office *office, size_t index)
{
	struct errand *errand = office->errands[index];
	struct chance *c = site_chance(office->site);
	site_post(office->site, line_of(index, errand->stage), buffer_bytes(&errand->frame), errand->asked > 0);
	errand->asked++;
	errand->again_ms = site_now_ms(office->site) + chance_from(c, 40, 60 + 40 * (errand->asked < 20 ? errand->asked : 20));
}

static void errand_round(struct office *office, size_t index)
{
	struct errand *errand = office->errands[index];
	if (site_now_ms(office->site) < errand->again_ms)
		return;
	if (errand->asked == 0) {
		bool act = errand->kind == errand_act || errand->kind == errand_conflict;
		if (act && errand->frame.size == 0)
			submission_build(office, index);
		else if (errand->kind == errand_mail)
			read_build(office, errand);
		if (act)
			site_say(office->site, "%s of %llu: %s", role_name(errand->clerk->role),
				 (unsigned long long)errand->clerk->organisation, errand->label);
	}
	post(office, index);
}

// ---- arrivals ----

static void fail(struct office *office, const struct errand *errand, const char *what)
{
	site_say(office->site, "FAILED  %s of %llu: %s: %s", role_name(errand->clerk->role),
		 (unsigned long long)errand->clerk->organisation, errand->label, what);
	office->failed = true;
}

static void receipt_arrived(struct office *office, size_t index, struct bytes body)
{
	struct errand *errand = office->errands[index];
	static struct signed_receipt in;
	static struct receipt receipt;
	bool act = errand->kind == errand_act || errand->kind == errand_conflict;
	if (!act || signed_receipt_decode(body, &in) != error_none ||
	    receipt_decode(in.receipt, &receipt) != error_none)
		return fail(office, errand, "a receipt that is none");
	if (receipt.sequence != errand->sequence || !hash_equal(&receipt.certificate, &errand->clerk->certificate))
		return fail(office, errand, "somebody else's receipt");
	if (errand->kind == errand_conflict) {
		errand->done = receipt.state == receipt_state_refused && receipt.errors_count == 1 &&
			       receipt.errors[0].reason == reason_conflict;
		return errand->done ? (void)0 : fail(office, errand, "taken, though another act has its sequence");
	}
	if (errand->receipt.size && !bytes_equal(buffer_bytes(&errand->receipt), in.receipt))
		return fail(office, errand, "two receipts that differ for one act");
	buffer_clear(&errand->receipt);
	buffer_append(&errand->receipt, in.receipt.data, in.receipt.size);
	if (errand->receipted)
		return;
	// Now and then the terminal's operator presses the key once more.
	if (chance_in(site_chance(office->site), site_weather(office->site)->doubled))
		site_post(office->site, line_of(index, errand->stage), buffer_bytes(&errand->frame), true);
	errand->receipted = true;
	office->together += errand->together;
	errand->stage++;
	errand->asked = 0;
	read_build(office, errand);
	errand->again_ms = 0;
	errand->asked = 1;
}

static void outcome_arrived(struct office *office, struct errand *errand, struct bytes body)
{
	if (outcome_decode(body, &errand->outcome) != error_none)
		return fail(office, errand, "an outcome that is none");
	const struct outcome *o = &errand->outcome;
	if (o->state == outcome_state_unknown)
		return fail(office, errand, "receipted, and unknown");
	if (o->state != outcome_state_done)
		return;
	errand->done = true;
	bool good = o->reason == reason_none && o->refused == 0, bad = o->accepted == 0 && (o->reason != reason_none || o->refused);
	if ((errand->expectation == expect_success && !good) || (errand->expectation == expect_refusal && !bad))
		fail(office, errand, good ? "should have been refused" : "should have been carried out");
	site_say(office->site, "  %s: %s, accepted %u, refused %u, number %llu%s%s", errand->label, reason_name(o->reason),
		 o->accepted, o->refused, (unsigned long long)o->number, o->more ? " and more" : "",
		 o->errors_count ? ":" : "");
	for (size_t i = 0; i < o->errors_count; i++)
		site_say(office->site, "    row %u: %s %s", o->errors[i].row, field_name(o->errors[i].field),
			 reason_name(o->errors[i].reason));
}

static void letter_keep(struct office *office, uint64_t organisation, const struct letter *letter)
{
	if (office->letter_count == office->letter_capacity) {
		office->letter_capacity = office->letter_capacity ? 2 * office->letter_capacity : 256;
		office->letters = realloc(office->letters, office->letter_capacity * sizeof *office->letters);
		ensure(office->letters);
	}
	struct letter_kept *kept = &office->letters[office->letter_count++];
	*kept = (struct letter_kept){ .organisation = organisation, .number = letter->number, .type = letter->type };
	ensure(letter->body.size <= sizeof kept->body);
	memcpy(kept->body, letter->body.data, letter->body.size);
	kept->size = letter->body.size;
}

static void mail_arrived(struct office *office, struct errand *errand, struct bytes body)
{
	static struct mail_page page;
	if (errand->kind != errand_mail || mail_page_decode(body, &page) != error_none)
		return fail(office, errand, "a page of mail that is none");
	for (size_t i = 0; i < page.letters_count; i++) {
		if (page.letters[i].number != errand->after + 1)
			return fail(office, errand, "letters are not numbered one after the other");
		errand->after = page.letters[i].number;
		letter_keep(office, errand->clerk->organisation, &page.letters[i]);
	}
	errand->done = !page.more;
	errand->stage++;
	errand->asked = 0;
}

static void refusal_arrived(struct office *office, struct errand *errand, struct bytes body)
{
	struct wire_refused refused;
	char what[300];
	if (wire_refused_decode(body, &refused) != error_none)
		return fail(office, errand, "a refusal that is none");
	if (refused.fault == wire_fault_busy || refused.fault == wire_fault_clock)
		return; // it is sent again; the door's clock is wrong, for a while
	snprintf(what, sizeof what, "refused at the door: %s: %.*s", wire_fault_name(refused.fault), (int)refused.detail.size,
		 (const char *)refused.detail.data);
	fail(office, errand, what);
}

static void arrived(void *context, uint64_t to, struct bytes frame)
{
	struct office *office = context;
	if (to == site_stranger)
		return;
	size_t index = (size_t)(to >> 16);
	ensure(index < office->count && frame.size >= 2);
	struct errand *errand = office->errands[index];
	struct bytes body = bytes_of(frame.data + 2, frame.size - 2);
	uint16_t type = get_u16(frame.data);
	bool late = errand->done || (to & 0xffff) != (errand->stage & 0xffff);
	if (type == message_type_signed_receipt)
		receipt_arrived(office, index, body); // late ones too: they must not differ
	else if (late)
		return;
	else if (type == message_type_attachment_taken)
		errand->done = true;
	else if (type == message_type_outcome)
		outcome_arrived(office, errand, body);
	else if (type == message_type_mail_page)
		mail_arrived(office, errand, body);
	else if (type == message_type_wire_refused)
		refusal_arrived(office, errand, body);
	else
		fail(office, errand, "a frame that answers nothing");
}

// ---- the office ----

int32_t office_today(const struct office *office)
{
	return date_of_instant(site_now_ms(office->site));
}

void office_init(struct office *office, struct site *site, uint64_t seed, struct buffer *transcript)
{
	*office = (struct office){ .site = site, .seed = seed, .transcript = transcript };
	site_on_arrival(site, arrived, office);
}

void office_deinit(struct office *office)
{
	for (size_t i = 0; i < office->count; i++) {
		struct errand *errand = office->errands[i];
		for (size_t j = 0; j < errand->item_count; j++)
			buffer_deinit(&errand->items[j]);
		buffer_deinit(&errand->frame);
		buffer_deinit(&errand->receipt);
		free(errand);
	}
	free(office->errands);
	free(office->letters);
}

// The first open errand of each clerk gets its chance.
static bool office_round(struct office *office)
{
	bool busy[clerks_max] = { false }, open = false;
	while (office->first_open < office->count && office->errands[office->first_open]->done)
		office->first_open++;
	for (size_t i = office->first_open; i < office->count; i++) {
		struct errand *errand = office->errands[i];
		if (errand->done || busy[errand->clerk->number])
			continue;
		busy[errand->clerk->number] = true;
		open = true;
		errand_round(office, i);
	}
	return open;
}

static bool all_receipted(const struct office *office)
{
	for (size_t i = office->first_open; i < office->count; i++)
		if (!office->errands[i]->done && !office->errands[i]->receipted)
			return false;
	return true;
}

static bool run(struct office *office, bool receipts)
{
	for (unsigned round = 0; round < rounds_max; round++) {
		if (!office_round(office) || (receipts && all_receipted(office)))
			return true;
		if (!site_round(office->site) || office->failed)
			return false;
		if (office->watch && site_figures(office->site)->rounds % watch_rounds == 0 && !office->watch(office->site))
			return false;
	}
	for (size_t i = office->first_open; i < office->count; i++)
		if (!office->errands[i]->done && office->errands[i]->asked)
			fail(office, office->errands[i], "no end in sight");
	site_describe(office->site);
	return false;
}

bool office_run(struct office *office)
{
	return run(office, false);
}

bool office_run_receipted(struct office *office)
{
	return run(office, true);
}

bool office_run_for(struct office *office, unsigned rounds)
{
	for (unsigned round = 0; round < rounds; round++) {
		office_round(office);
		if (!site_round(office->site) || office->failed)
			return false;
	}
	return true;
}
