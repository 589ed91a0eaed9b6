// A terminal's side of the wire (schemas/wire.schema, WIRE.md): what `tdv`, the facility and any other
// terminal in C use to reach the pipeline.  One connection to the door, one officer's key.
#ifndef TDV_TERMINAL_TERMINAL_H
#define TDV_TERMINAL_TERMINAL_H

#include "base/bytes.h"
#include "base/error.h"
#include "gen/messages.h"

struct terminal;

struct terminal_options {
	const char *home;         // a site on this machine: its door's endpoint is read from its settings; or
	const char *endpoint;     // a ZeroMQ endpoint, when home is NULL
	const char *key_path;     // PEM, private key of the officer
	const char *sequence_path; // where the last used sequence is kept, written before each act
	uint64_t organisation;    // for which the officer acts
	uint32_t terminal;        // number of this terminal
	int patience_ms;          // how long attachments are offered without one being taken; 0: a minute
};

enum error terminal_open(struct terminal **terminal, const struct terminal_options *options);
void terminal_close(struct terminal *terminal);

// Stores a photo or scan; error_refused with the door's reason in terminal_fault().
enum error terminal_put_attachment(struct terminal *terminal, struct bytes content, struct hash *sha256);

// The same for many, about 64 under way at a time.  Those that the door refuses have an all-zero hash afterwards and
// terminal_fault() speaks of the first: error_refused; the others are stored.  error_pending: for patience_ms there was no
// answer, or the door was busy (terminal_refusal() says so).
enum error terminal_put_attachments(struct terminal *terminal, const struct bytes *contents, size_t count,
				    struct hash *sha256s);

// An act is begun, its items are added (encoded heads and rows), and it is sent: signed, resent until the door's receipt comes.
void terminal_begin(struct terminal *terminal, enum act act);
void terminal_add(struct terminal *terminal, struct bytes encoded_item);
// *receipt borrows until the next call.  error_refused: the door refused the packet (terminal_fault());
// error_pending: no answer within timeout_ms; error_signature: the receipt is not signed by HOME/keys/door.pub (checked
// when that file is there: the act may have been taken all the same).  A receipt of state `refused` is error_none: look into it.
enum error terminal_send(struct terminal *terminal, int timeout_ms, struct receipt *receipt);
// Several acts under one signature (WIRE.md): each is begun, added to and kept; then all are signed and sent in that order, each
// until its receipt comes.  Only for acts of which none rests on another's outcome.
#define terminal_kept_max 64
enum error terminal_keep(struct terminal *terminal, uint64_t *sequence);
// `heard` is told of each, by its place among them: what terminal_send would have said of it.  Those behind one that had no
// answer within timeout_ms are not sent (error_pending).  Afterwards none is kept.
void terminal_send_kept(struct terminal *terminal, int timeout_ms,
			void (*heard)(void *context, size_t place, enum error e, const struct receipt *receipt), void *context);
// The sequence of the last act sent.
uint64_t terminal_sequence(const struct terminal *terminal);

// Waits until the act's outcome is `done`, or timeout_ms passed (error_pending; *outcome is then what is known).
// `after_row` pages through the errors.
enum error terminal_await(struct terminal *terminal, uint64_t sequence, uint64_t after_row, int timeout_ms,
			  struct outcome *outcome);
// The same without waiting for it: what is known now.
enum error terminal_outcome(struct terminal *terminal, uint64_t sequence, uint64_t after_row, int timeout_ms,
			    struct outcome *outcome);
// Letters to an organisation after a number.  *page borrows until the next call.
enum error terminal_mail(struct terminal *terminal, uint64_t organisation, uint64_t after, int timeout_ms,
			 struct mail_page *page);
// Opens a letter's sealed part with the officer's key.
enum error terminal_unseal(struct terminal *terminal, const struct letter *letter, struct buffer *backing,
			   struct print_data *data);
// The photos of several letters at once, at most terminal_fetch_max; a photo that is not there any more is empty,
// and so is one that did not open until the timeout was over.
#define terminal_fetch_max 100
enum error terminal_fetch_many(struct terminal *terminal, const uint64_t *letters, size_t count, int timeout_ms,
			       struct buffer *contents);

// What the door said when it refused a packet, for people.
const char *terminal_fault(const struct terminal *terminal);
// The same in its parts: the kind of fault, and the door's own words, in English.  False: it was not the door that spoke.
bool terminal_refusal(const struct terminal *terminal, enum wire_fault *fault, const char **detail);

#endif
