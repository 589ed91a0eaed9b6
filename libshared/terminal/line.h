// Inside the terminal: its line to the door, one question at a time.
#ifndef TDV_TERMINAL_LINE_H
#define TDV_TERMINAL_LINE_H

#include "crypto/seal.h"
#include "terminal/draft.h"
#include "terminal/endpoint.h"
#include "terminal/terminal.h"

#define attempt_first_ms 2000 // a door that commits large imports may take so long
#define busy_pause_ms 20

// An act that waits for its signature.
struct kept_act {
	struct buffer frame;
	struct hash content;
	uint64_t sequence;
};

struct terminal {
	void *zmq, *socket;
	char endpoint[endpoint_max];
	char *sequence_path;
	struct key *key, *door_key; // door_key: NULL when unknown
	struct hash certificate;
	uint64_t organisation;
	uint32_t number;
	int patience_ms;
	uint64_t sequence;
	struct draft draft;
	struct buffer packet; // the last act's frame
	struct hash content;  // SHA-256 of its header
	struct kept_act *kept; // terminal_kept_max, once there are any
	size_t kept_count;
	struct buffer answer; // the last frame that came
	struct box_key opened; // what the door's last boxes were sealed under
	char fault[512];
	enum wire_fault refused; // the door's, of t->fault; 0: the fault is not the door's
	char detail[201];
};

void line_hang_up(struct terminal *t);
enum error line_say(struct terminal *t, struct bytes frame);
// Waits for a frame: t->answer.  error_pending: none came.
enum error line_hear(struct terminal *t, int64_t until_ms);
uint16_t line_answer_type(const struct terminal *t);
struct bytes line_answer_body(const struct terminal *t);
// Of an answer wire_refused: error_refused with t->fault, or error_pending when the door is only busy.
enum error line_refused(struct terminal *t);
void line_rest(int milliseconds);
// Sends `frame` until `fits` accepts an answer of type `wanted`; error_absent of it: not an answer to this question.
// error_pending: none within timeout_ms.
enum error line_converse(struct terminal *t, struct bytes frame, uint16_t wanted, int timeout_ms,
			 enum error (*fits)(struct terminal *t, void *context), void *context);

#endif
