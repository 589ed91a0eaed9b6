// Officers at terminals: each does one errand after the other over a bad line, sends again until the door has answered, and
// asks for the outcome until there is one.  Frames are those of WIRE.md, signed with the officer's key.
#ifndef TDV_SIMULATOR_CLERK_H
#define TDV_SIMULATOR_CLERK_H

#include "crypto/signature.h"
#include "gen/messages.h"
#include "simulator/site.h"

struct clerk {
	enum role role;
	uint64_t organisation;
	uint32_t person;       // of the world
	struct key *key;
	struct hash certificate;
	uint8_t spki[128];
	size_t spki_size;
	uint64_t sequence;
	uint32_t number;       // dense, and the terminal's number
};

// A letter as it came, its body owned.
struct letter_kept {
	uint64_t organisation, number;
	uint16_t type;
	uint8_t body[512];
	size_t size;
};

// What has to come of an act, whoever else does what meanwhile.
enum expectation {
	expect_anything,
	expect_success, // nothing refused
	expect_refusal, // nothing accepted
};

struct errand {
	struct clerk *clerk;
	enum { errand_attachment, errand_act, errand_mail, errand_conflict } kind;
	enum act act;
	enum expectation expectation;
	uint64_t sequence;
	bool done, receipted, together;
	struct buffer frame;        // what is sent: an attachment, a submission
	struct buffer items[512];
	size_t item_count;
	struct hash sha256;         // of the attachment
	struct buffer receipt;      // fields 1 to 8 as they came: a resend gets the same
	int64_t again_ms;           // when it is sent, or asked for, next; 0: at once
	uint64_t after;             // of the mail: read through here
	uint32_t asked, stage;      // stage: which of its frames the line carries; answers to earlier ones are late
	struct outcome outcome;
	char label[120];
};

struct office {
	struct site *site;
	uint64_t seed;
	struct errand **errands;
	size_t count, capacity, first_open;
	size_t together; // acts with a receipt that went under a signature with others
	struct letter_kept *letters;
	size_t letter_count, letter_capacity;
	struct buffer *transcript;
	bool (*watch)(struct site *site); // looked at now and then while errands are done; false: something is wrong
	bool failed;
};

// The day in the simulated world, for decisions and receipts.
int32_t office_today(const struct office *office);
void office_init(struct office *office, struct site *site, uint64_t seed, struct buffer *transcript);
void office_deinit(struct office *office);

// A key and a certificate's name for the clerk.  Keys are made once and used in every run.
void clerk_init(struct clerk *clerk, uint32_t number, enum role role, uint64_t organisation, uint32_t person);

// Errands are done in the order in which they were begun, one at a time for each clerk.
struct errand *office_attachment(struct office *office, struct clerk *clerk, struct bytes content, struct hash *sha256);
struct errand *office_act(struct office *office, struct clerk *clerk, enum act act, const char *label, ...)
	__attribute__((format(printf, 4, 5)));
void errand_add(struct office *office, struct errand *errand, struct bytes item);
#define add(office, errand, frame, ...)                                                    \
	do {                                                                               \
		struct buffer item_ = { 0 };                                               \
		frame##_encode(&(const struct frame){ __VA_ARGS__ }, &item_);              \
		errand_add((office), (errand), buffer_bytes(&item_));                      \
		buffer_deinit(&item_);                                                     \
	} while (0)
// Reads the letters of the clerk's organisation that are new.
struct errand *office_mail(struct office *office, struct clerk *clerk);

// Another content under the sequence of an act that was done: the door has to refuse it.
struct errand *office_conflict(struct office *office, const struct errand *done);

// Rounds until every errand is done.  False: it does not come to an end, or something failed.
bool office_run(struct office *office);
// Rounds until every act has its receipt; the outcomes may be waited for later.
bool office_run_receipted(struct office *office);
// So many rounds, whatever is open then.
bool office_run_for(struct office *office, unsigned rounds);

#endif
