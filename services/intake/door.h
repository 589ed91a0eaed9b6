// Inside intake: the part that meets the network and the vault.  Nothing here decides whether an act is carried out.
#ifndef TDV_INTAKE_DOOR_H
#define TDV_INTAKE_DOOR_H

#include "crypto/roots.h"
#include "crypto/seal.h"
#include "crypto/signature.h"
#include "gen/messages.h"
#include "runtime/service.h"
#include "store/vault.h"

extern const struct service_door intake_door;
extern const struct service_query intake_questions[];

// What intake's adapters share with the door.
struct intake_world {
	struct vault *vault;
};
// What a read of the vault came to: stored bytes that do not verify are one person's trouble and not the door's.  They
// are named in the log and count as absent.
enum error intake_door_spared(enum error e, const char *what, uint64_t number);

enum error intake_adapters_open(void **context, const char *home, struct store_txn *txn);
void intake_adapters_close(void *context);

#define door_in_flight_max 512 // submissions whose turn has not come back
#define door_keys_max 1024     // parsed public keys kept at hand: those who sign within minutes
#define door_keys_beside 4     // places shared by those whose fingerprints begin alike
#define door_identity_max 255  // of a ZeroMQ peer
#define door_faults 8          // more than the constants of enum wire_fault

// Where an answer goes: a peer of the ROUTER socket.  REQ sockets put an empty frame in front of what they send.
struct door_address {
	uint8_t identity[door_identity_max];
	uint8_t identity_size;
	bool delimiter;
};

struct door_submission {
	// First what all are looked through for.
	uint64_t token; // 0: free
	uint64_t sequence;
	uint32_t terminal;
	struct hash certificate;
	struct door_address from;
};

// A frame that waits: for the vault to be durable, for the turn's signature, for the simulator to fetch it.
struct door_waiting {
	struct door_address to;
	size_t at, size; // in the queue's bytes
};
struct door_queue {
	struct buffer bytes;
	struct door_waiting *list;
	size_t count, capacity;
};

struct door {
	struct vault *vault;
	char *home;
	void *socket; // NULL in the simulator
	struct key *key; // the door's own
	struct {
		bool known, named; // read from HOME/keys; handed to the fold
		struct hash fingerprint;
		uint8_t spki[128];
		size_t spki_size;
	} administrator;
	struct door_key {
		struct hash fingerprint;
		struct key *key;
		struct box_key boxes; // for what is sealed to it
	} keys[door_keys_max];
	size_t keys_next;
	struct signed_roots roots; // over many acts or attachments, which come one by one
	struct door_submission in_flight[door_in_flight_max];
	uint64_t tokens;
	struct door_queue receipts; // of this turn, unsigned
	struct door_queue stored;   // attachment_taken, to be said once the vault is synced
	struct door_queue outbox;   // of the simulator
	size_t stored_next, outbox_next;
	uint64_t refusals[door_faults]; // by enum wire_fault, since they were last reported
	int64_t refusals_reported_ms;
	struct buffer frame, plain, body; // scratch
	// during receive and put
	struct store_txn *txn;
	struct door_sink *sink;
	int64_t wall_ms;
	bool vault_changed, full;
};

// Who signed, from intake's tables.
struct door_certificate {
	uint64_t number, person, organisation;
	enum role role;
	const struct key *key;
	struct box_key *boxes;
};
// error_absent: not enrolled.
enum error intake_door_certificate(struct door *d, const struct hash *fingerprint, struct door_certificate *out);

// The whole site's clocks may differ by so much from the door's, either way.  Terminals at remote cells have no time
// server and batteries that die; what repeats an old packet gains nothing (the sequence is the act's id, and reads are
// sealed to the reader), so the bound only keeps the times in the records plausible.
#define door_clock_skew_ms (24 * 60 * 60 * 1000)
bool intake_door_clock_fits(const struct door *d, int64_t time);

// The site's first certificate comes from a file that only the site's owner can write.
enum error intake_door_name_administrator(struct door *d);
// The door's own key is made at the first start; terminals that can read the file check receipts with door.pub.
enum error intake_door_open_key(struct door *d);

// Queues of frames.
enum error intake_queue_put(struct door_queue *q, const struct door_address *to, uint16_t type,
			    const struct codec_shape *shape, const void *value);
struct bytes intake_queue_frame(const struct door_queue *q, size_t i);
void intake_queue_clear(struct door_queue *q);
void intake_queue_deinit(struct door_queue *q);

// Of struct service_door: a submission's turn answered it, and the turn is on disk.
void intake_door_reply(void *door, uint64_t token, uint16_t type, struct bytes body);
enum error intake_door_flush(void *door);

// A peer that went away or does not read loses its answer and asks again: the door waits for nobody.
void intake_door_transmit(struct door *d, const struct door_address *to, struct bytes frame);
// One log line now and then of what was refused.
void intake_door_report_refusals(struct door *d);

// Answers.  `value` is the struct of that shape.
enum error intake_door_answer(struct door *d, const struct door_address *to, uint16_t type,
			      const struct codec_shape *shape, const void *value);
// The same once the vault is durable.
enum error intake_door_answer_stored(struct door *d, const struct door_address *to, uint16_t type,
				     const struct codec_shape *shape, const void *value);
// wire_refused.  `sequence` may be NULL.
enum error intake_door_refuse(struct door *d, const struct door_address *to, enum wire_fault fault, const char *detail,
			      const uint64_t *sequence);
// The same of an attachment.
enum error intake_door_refuse_content(struct door *d, const struct door_address *to, enum wire_fault fault,
				      const char *detail, const struct hash *content);

// One kind of frame each.  Positive errors are answered here; only faults of the environment come back.
enum error intake_door_submission(struct door *d, const struct door_address *from, struct bytes body);
enum error intake_door_attachment(struct door *d, const struct door_address *from, struct bytes body);
enum error intake_door_read(struct door *d, const struct door_address *from, struct bytes body);
enum error intake_door_fetch(struct door *d, const struct door_address *from, struct bytes body);
enum error intake_door_fetch_many(struct door *d, const struct door_address *from, struct bytes body);

// Decodes and checks the bodies of the header's items and puts their personal data into the vault: fills items and errors of
// *taken, whose bodies live in d->body.
enum error intake_door_code_items(struct door *d, const struct submission_header *header, const struct bytes *bodies,
				  struct submission_taken *taken);

// Texts: well-formed, NFC, without control characters, without blanks at the ends or doubled; a name has letters.
bool intake_door_is_line(struct bytes text);
bool intake_door_is_name(struct bytes text);
bool intake_door_is_citizen_id(struct bytes text);     // 12 digits
bool intake_door_is_profile_number(struct bytes text); // 6 digits, 1 to 3 letters
bool intake_door_is_phone(struct bytes text);          // 8 to 15 digits

#endif
