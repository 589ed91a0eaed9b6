// A submission on its way in: from a frame that anybody may have sent to an input of the fold.
#include <string.h>

#include "base/ensure.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "intake/door.h"
#include "intake/records.h"

static bool same_act(const struct door_submission *in, const struct submission_header *h)
{
	return in->token != 0 && in->sequence == h->sequence && in->terminal == h->terminal &&
	       hash_equal(&in->certificate, &h->certificate);
}

static bool in_flight(const struct door *d, const struct submission_header *h)
{
	for (size_t i = 0; i < door_in_flight_max; i++) {
		if (same_act(&d->in_flight[i], h))
			return true;
	}
	return false;
}

static struct door_submission *free_place(struct door *d)
{
	for (size_t i = 0; i < door_in_flight_max; i++) {
		if (d->in_flight[i].token == 0)
			return &d->in_flight[i];
	}
	return NULL;
}

static bool text_is(struct bytes text, const char *wanted)
{
	return bytes_equal(text, bytes_of_text(wanted));
}

// The root over the items as they came; false when the header names another.
static bool root_fits(const struct submission_header *h, const struct submission *s)
{
	static struct hash leaves[array_size(s->items)];

	for (size_t i = 0; i < s->items_count; i++)
		leaves[i] = merkle_leaf(s->items[i]);
	struct hash root = merkle_root(leaves, s->items_count);
	return hash_equal(&root, &h->root);
}

// What is wrong with the packet itself, NULL: nothing, and `bodies` are its items'.  Such a packet leaves no trace: it
// was not an act.
static const char *packet_fault(const struct submission_header *h, const struct submission *s, struct bytes *bodies)
{
	if (h->count != s->items_count)
		return "the header counts other items";
	if (!root_fits(h, s))
		return "the header's root is not the items'";
	for (size_t i = 0; i < s->items_count; i++) {
		struct item item;
		if (item_decode(s->items[i], &item) != error_none)
			return "an item is not well formed";
		bodies[i] = item.body;
	}
	return NULL;
}

// Hands it to the fold, which decides.
static enum error pass_on(struct door *d, const struct door_address *from, const struct submission_header *h,
			  const struct door_certificate *certificate, const struct submission_taken *taken)
{
	struct door_submission *place = free_place(d);
	struct origin origin = {
		.source = service_id_intake, .actor = certificate->number, .person = certificate->person,
		.role = (uint8_t)certificate->role, .organisation = h->organisation,
	};

	if (!place) {
		d->full = true;
		return intake_door_refuse(d, from, wire_fault_busy, "too much is under way", &h->sequence);
	}
	buffer_clear(&d->frame);
	submission_taken_encode(taken, &d->frame);
	if (d->frame.failed)
		return error_no_memory;
	uint64_t token = ++d->tokens * door_in_flight_max + (uint64_t)(place - d->in_flight);
	enum error e = door_input(d->sink, token, &origin, message_type_submission_taken, buffer_bytes(&d->frame));
	if (e < 0)
		return e;
	if (e != error_none) {
		d->full = true;
		return intake_door_refuse(d, from, wire_fault_busy,
					  e == error_no_space ? "no room is left" : "too much is under way", &h->sequence);
	}
	*place = (struct door_submission){
		.token = token, .sequence = h->sequence, .terminal = h->terminal, .certificate = h->certificate, .from = *from,
	};
	return error_none;
}

// The signer is known and meant it: whatever is wrong from here on is recorded with its reason.
static enum error take(struct door *d, const struct door_address *from, const struct submission *s,
		       const struct submission_header *h, const struct hash *content, const struct door_certificate *certificate)
{
	static struct submission_taken taken;
	static struct bytes bodies[array_size(s->items)];
	struct intake_acts_row known;

	taken.header = s->header;
	memcpy(taken.signature, s->signature, sizeof taken.signature);
	taken.has_proof = s->has_proof && !fault_is(proof_forgotten);
	taken.proof = s->proof;
	taken.content = *content;
	taken.items_count = 0;
	taken.errors_count = 0;
	taken.errors_total = 0;
	// Seen before: the fold gives the same receipt again, or says conflict.  Nothing reaches the vault twice.
	taken.again = in_flight(d, h) ||
		      intake_acts_get(d->txn, certificate->number, h->terminal, h->sequence, &known);
	if (taken.again && !fault_is(act_twice))
		return pass_on(d, from, h, certificate, &taken);

	if (!intake_door_clock_fits(d, h->time))
		return intake_door_refuse(d, from, wire_fault_clock, "the terminal's clock is off by more than a day",
					  &h->sequence);
	const char *fault = packet_fault(h, s, bodies);
	if (fault)
		return intake_door_refuse(d, from, wire_fault_malformed, fault, &h->sequence);
	struct row_error authority =
		intake_authority(d->txn, certificate->role, certificate->organisation, h->act, h->organisation);
	if (authority.reason != reason_none) {
		taken.errors[taken.errors_count++] = authority;
		taken.errors_total = 1;
	} else {
		enum error e = intake_door_code_items(d, h, bodies, &taken);
		if (e != error_none)
			return e;
	}
	return pass_on(d, from, h, certificate, &taken);
}

static enum error verify(struct door *d, const struct submission *s, const struct submission_header *h,
			 const struct hash *content, const struct key *key)
{
	struct signed_claim claim = { purpose_submissions, &h->certificate, key, s->signature };
	const struct group_proof *p = &s->proof;
	struct signed_path way = { &p->root, p->path, p->path_count, p->index, p->count };

	return s->has_proof ? signed_roots_verify(&d->roots, &claim, content, &way) :
			      signature_verify(key, s->header, s->signature);
}

enum error intake_door_submission(struct door *d, const struct door_address *from, struct bytes body)
{
	static struct submission s;
	struct submission_header h;
	struct door_certificate certificate;

	if (submission_decode(body, &s) != error_none || submission_header_decode(s.header, &h) != error_none)
		return intake_door_refuse(d, from, wire_fault_malformed, "the submission is not well formed", NULL);
	if (!text_is(h.purpose, purpose_submission))
		return intake_door_refuse(d, from, wire_fault_malformed, "the header has another purpose", &h.sequence);
	enum error e = intake_door_certificate(d, &h.certificate, &certificate);
	if (e == error_absent)
		return intake_door_refuse(d, from, wire_fault_certificate, "the certificate is not enrolled", &h.sequence);
	struct hash content = digest_sha256(s.header);
	if (e == error_none)
		e = verify(d, &s, &h, &content, certificate.key);
	if (e == error_signature || e == error_malformed)
		return intake_door_refuse(d, from, wire_fault_signature, "the signature does not verify", &h.sequence);
	return e != error_none ? e : take(d, from, &s, &h, &content, &certificate);
}
