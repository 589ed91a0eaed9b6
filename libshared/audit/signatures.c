#include "audit/signatures.h"

#include <stdlib.h>
#include <string.h>

#include "audit/text.h"
#include "crypto/purpose.h"
#include "crypto/roots.h"
#include "gen/intake_tables.h"
#include "gen/messages.h"
#include "runtime/record.h"

#define keys_max 1024 // parsed, at hand

struct certificate {
	struct hash fingerprint;
	uint64_t number, person;
	uint8_t role, size, key[128]; // SubjectPublicKeyInfo
};

struct signatures {
	struct certificate *all; // by fingerprint
	size_t count, capacity;
	struct parsed {
		const struct certificate *of;
		struct key *key;
	} keys[keys_max];
	struct signed_roots roots;
	struct submission_taken taken;
	void (*report)(void *context, const struct audit_finding *finding);
	void *context;
	struct audit_signed *summary;
};

// ---- what is found: by turn, the certificate's number and the act's sequence

static const struct audit_text not_readable = {
	"lượt {0} của tiếp nhận: hành vi đã ghi không đọc được",
	"intake's turn {0}: the recorded act cannot be read",
};
static const struct audit_text not_enrolled = {
	"lượt {0} của tiếp nhận, số thứ tự {2}: không có chứng thư của người ký",
	"intake's turn {0}, sequence {2}: there is no certificate of the signer",
};
static const struct audit_text other_header = {
	"lượt {0} của tiếp nhận, chứng thư {1}, số thứ tự {2}: phần đầu không phải phần đầu đã được cấp biên nhận",
	"intake's turn {0}, certificate {1}, sequence {2}: the header is not the one that has the receipt",
};
static const struct audit_text other_officer = {
	"lượt {0} của tiếp nhận, chứng thư {1}, số thứ tự {2}: được ghi là hành vi của người khác với người ký",
	"intake's turn {0}, certificate {1}, sequence {2}: recorded as the act of another than who signed it",
};
static const struct audit_text not_signed = {
	"lượt {0} của tiếp nhận, chứng thư {1}, số thứ tự {2}: chữ ký của cán bộ không đúng",
	"intake's turn {0}, certificate {1}, sequence {2}: the officer's signature does not verify",
};
static const struct audit_text other_key = {
	"chứng thư {0}: khóa không phải khóa mà vân tay chỉ ra",
	"certificate {0}: the key is not the one that the fingerprint names",
};

static void find(struct signatures *s, const struct audit_text *text, uint64_t id, uint64_t certificate, uint64_t sequence)
{
	if (s->summary->findings++ >= audit_findings_max)
		return;
	struct audit_finding finding = { .text = text, .id = id, .left = (int64_t)certificate, .right = (int64_t)sequence };
	s->report(s->context, &finding);
}

// ---- certificates

static enum error certificate_add(struct signatures *s, struct bytes key, struct bytes value)
{
	struct intake_certificates_key k;
	struct intake_certificates_row r;

	if (!intake_certificates_key_decode(key, &k) || intake_certificates_row_decode(value, &r) != error_none ||
	    r.public_key.size > sizeof s->all->key)
		return error_corrupt;
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? 2 * s->capacity : 256;
		struct certificate *all = realloc(s->all, capacity * sizeof *all);
		if (!all)
			return error_no_memory;
		s->all = all;
		s->capacity = capacity;
	}
	struct certificate *c = &s->all[s->count++];
	*c = (struct certificate){ .fingerprint = r.fingerprint, .number = k.certificate, .person = r.person,
				   .role = (uint8_t)r.role, .size = (uint8_t)r.public_key.size };
	memcpy(c->key, r.public_key.data, r.public_key.size);
	struct hash is = digest_sha256(r.public_key);
	if (!hash_equal(&is, &r.fingerprint))
		find(s, &other_key, k.certificate, 0, 0);
	return error_none;
}

static int by_fingerprint(const void *a, const void *b)
{
	const struct certificate *x = a, *y = b;

	return memcmp(x->fingerprint.byte, y->fingerprint.byte, sizeof x->fingerprint.byte);
}

static enum error certificates_read(struct signatures *s, const struct audit_source *source)
{
	struct bytes key, value;
	void *walk = NULL;
	enum error e = source->open(source->context, service_id_intake, "certificates", &walk);

	if (e != error_none)
		return e;
	while ((e = source->next(walk, &key, &value)) == error_none && (e = certificate_add(s, key, value)) == error_none)
		;
	source->close(walk);
	if (s->count > 0)
		qsort(s->all, s->count, sizeof *s->all, by_fingerprint);
	s->summary->certificates = s->count;
	return e == error_absent ? error_none : e;
}

static const struct certificate *certificate_of(const struct signatures *s, const struct hash *fingerprint)
{
	struct certificate wanted = { .fingerprint = *fingerprint };

	return s->count > 0 ? bsearch(&wanted, s->all, s->count, sizeof wanted, by_fingerprint) : NULL;
}

// error_malformed: it is no key.
static enum error key_of(struct signatures *s, const struct certificate *c, const struct key **key)
{
	struct parsed *place = &s->keys[(size_t)(c - s->all) % keys_max];

	if (place->of != c) {
		key_free(place->key);
		*place = (struct parsed){ 0 };
		enum error e = key_read_public(bytes_of(c->key, c->size), &place->key);
		if (e != error_none)
			return e;
		place->of = c;
	}
	*key = place->key;
	return error_none;
}

// ---- acts

static enum error verify(struct signatures *s, const struct certificate *c, const struct submission_taken *m)
{
	const struct key *key;
	enum error e = key_of(s, c, &key);
	struct signed_claim claim = { purpose_submissions, &c->fingerprint, NULL, m->signature };
	const struct group_proof *p = &m->proof;
	struct signed_path way = { &p->root, p->path, p->path_count, p->index, p->count };

	if (e != error_none)
		return e;
	claim.key = key;
	return m->has_proof ? signed_roots_verify(&s->roots, &claim, &m->content, &way) :
			      signature_verify(key, m->header, m->signature);
}

static enum error act_check(struct signatures *s, uint64_t turn, const struct record_item *item)
{
	struct submission_taken *m = &s->taken;
	const struct origin *o = &item->authority;
	struct submission_header h;

	s->summary->acts++;
	if (submission_taken_decode(item->body, m) != error_none || submission_header_decode(m->header, &h) != error_none ||
	    !bytes_equal(h.purpose, bytes_of_text(purpose_submission))) {
		find(s, &not_readable, turn, 0, 0);
		return error_none;
	}
	s->summary->together += m->has_proof;
	const struct certificate *c = certificate_of(s, &h.certificate);
	if (!c) {
		find(s, &not_enrolled, turn, 0, h.sequence);
		return error_none;
	}
	struct hash content = digest_sha256(m->header);
	if (!hash_equal(&content, &m->content))
		find(s, &other_header, turn, c->number, h.sequence);
	if (o->actor != c->number || o->person != c->person || o->role != c->role || o->organisation != h.organisation)
		find(s, &other_officer, turn, c->number, h.sequence);
	m->content = content;
	enum error e = verify(s, c, m);
	if (e == error_signature || e == error_malformed)
		find(s, &not_signed, turn, c->number, h.sequence);
	return e < 0 ? e : error_none;
}

static enum error turn_check(struct signatures *s, uint64_t turn, struct bytes bytes)
{
	struct record record;
	struct record_item item;
	enum error e = record_open(&record, bytes);

	for (size_t i = 0; e == error_none && i < record.input_count; i++) {
		e = record_next_item(&record, &item);
		if (e == error_none && item.kind == record_input_local && item.type == message_type_submission_taken)
			e = act_check(s, turn, &item);
	}
	s->summary->turns++;
	return e > 0 ? error_corrupt : e;
}

enum error audit_signatures(const struct audit_source *source, const struct audit_log *log,
			    void (*report)(void *context, const struct audit_finding *finding), void *context,
			    struct audit_signed *summary)
{
	struct signatures *s = calloc(1, sizeof *s);
	struct bytes record;

	memset(summary, 0, sizeof *summary);
	if (!s)
		return error_no_memory;
	s->report = report;
	s->context = context;
	s->summary = summary;
	enum error e = certificates_read(s, source);
	for (uint64_t turn = 1; e == error_none && turn <= log->last; turn++) {
		e = log->turn(log->context, turn, &record);
		e = e == error_none ? turn_check(s, turn, record) : e > 0 ? error_corrupt : e;
	}
	for (size_t i = 0; i < keys_max; i++)
		key_free(s->keys[i].key);
	free(s->all);
	free(s);
	return e;
}
