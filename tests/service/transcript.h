// A service as a transcript: what it is told, what it says, in lines that an officer of the organisation
// board could correct with a pencil.  The service runs in a real engine on a temporary folder, behind senders
// that are real logs.
//
//	struct transcript *s = transcript_new(&verification_service);
//	by(s, .person = 7, .role = role_cell_officer, .organisation = 31);
//	tell(s, intake, list_opened, .submission = 1, .list = 1, …);
//	expect(s, "intake: list_opened submission 1, list 1, …\n"
//	          "  -> approval: verified_list_opened submission 1, list 1, …\n");
//	transcript_free(s);
//
// Lines: `SENDER: MESSAGE fields` is what the service was told; below it, indented, stand
//
//	-> RECEIVERS: MESSAGE fields    what it said; `record` when no service reads it
//	?? EFFECT fields                what it asks its adapter
//	!! …                            what should not be
//
// In brackets: whose timeline the line belongs to, the rule version, and on whose authority, if it is not
// that of the last by().  SENDER is a service, or `adapter`; `restart` stands alone.  Numbers that are made of
// two are written so: card 101/2 is the second copy of member 101's, request 5/3 the third row of list 5.
#ifndef TDV_TESTS_TRANSCRIPT_H
#define TDV_TESTS_TRANSCRIPT_H

#include "base/bytes.h"
#include "gen/messages.h"
#include "runtime/engine.h"
#include "runtime/service.h"

struct transcript;

// Every fault of the harness itself ends the test program.
struct transcript *transcript_new(const struct service *service);
// Zero means the engine's default; with small ones a handler runs out of room and has to go on in the next
// turn.
struct transcript *transcript_new_with(const struct service *service, const struct engine_limits *limits);
void transcript_free(struct transcript *s);

// Whose authority what follows carries; all zero: nobody's.
void transcript_by(struct transcript *s, const struct origin *authority);
#define by(s, ...) transcript_by((s), &(const struct origin){ __VA_ARGS__ })
// The day of the turns that follow, "2026-03-02" at the start; only forwards.
void transcript_day(struct transcript *s, const char *date);
// The clock is set back by less than five minutes: the time of turns stands still until it has caught up.
void transcript_clock_back(struct transcript *s, int64_t ms);

// Tells the service a message as if `sender` had put it out, and lets it run until it has nothing to do.
void transcript_tell(struct transcript *s, uint16_t sender, uint16_t type, struct bytes body);
#define tell(s, sender, message, ...)                                                                        \
	do {                                                                                                 \
		struct buffer told_ = { 0 };                                                                 \
		message##_encode(&(const struct message){ __VA_ARGS__ }, &told_);                            \
		transcript_tell((s), service_id_##sender, message_type_##message, buffer_bytes(&told_));     \
		buffer_deinit(&told_);                                                                       \
	} while (0)

// The same, with words of the test's own in place of a long row.
void transcript_tell_as(struct transcript *s, uint16_t sender, uint16_t type, struct bytes body,
			const char *format, ...) __attribute__((format(printf, 5, 6)));

// The same, but all messages between hold and release are taken in one turn.
void transcript_hold(struct transcript *s);
void transcript_release(struct transcript *s);

// A local input: an operator's act, a submission at the door.  The reply is written as `-> reply: …`.
void transcript_local(struct transcript *s, uint16_t type, struct bytes body);
// The same without its line, for what would stand there in hexadecimal.
void transcript_local_unsaid(struct transcript *s, uint16_t type, struct bytes body);

// Answers the oldest effect that nobody has answered yet, as its adapter would.
void transcript_answer(struct transcript *s, uint16_t type, struct bytes body);
#define answer(s, message, ...)                                                                              \
	do {                                                                                                 \
		struct buffer told_ = { 0 };                                                                 \
		message##_encode(&(const struct message){ __VA_ARGS__ }, &told_);                            \
		transcript_answer((s), message_type_##message, buffer_bytes(&told_));                        \
		buffer_deinit(&told_);                                                                       \
	} while (0)
// Lets the service's own adapters perform all open effects, with the home folder below.
void transcript_perform(struct transcript *s);
const char *transcript_home(const struct transcript *s);

// The process is killed and starts again.
void transcript_restart(struct transcript *s);

// Leaves out of what follows everything that was said so far (setting the scene).
void transcript_skip(struct transcript *s);
// What happens between these two is left out.
void transcript_mute(struct transcript *s);
void transcript_unmute(struct transcript *s);
// What was said since the last look; lives until the next call.
const char *transcript_said(struct transcript *s);
// Compares that with `expected`; prints the differing lines (`- expected`, `+ said`) and returns false.
bool transcript_is(struct transcript *s, const char *file, int line, const char *expected);
#define expect(s, expected) check_said(transcript_is((s), __FILE__, __LINE__, (expected)))

// How many turns the service has written.
uint64_t transcript_turns(struct transcript *s);
// The service's tables, for checks between turns.
struct store *transcript_store(struct transcript *s);

#endif
