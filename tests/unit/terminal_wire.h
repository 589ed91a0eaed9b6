// What WIRE.md shows: an example of each frame, a worked example, and how they are printed.
#ifndef TDV_TESTS_UNIT_TERMINAL_WIRE_H
#define TDV_TESTS_UNIT_TERMINAL_WIRE_H

#include "crypto/digest.h"
#include "crypto/seal.h"
#include "gen/messages.h"

// ECDSA and boxes are random: made once by `terminal_wire --sign`, pasted into terminal_wire.made, verified by the tests.
enum {
	made_submission, made_receipt, made_read, made_attachment, made_fetch, made_fetch_many, made_submissions, made_letter_box,
	made_photo_box, made_count
};

// What the examples are about.
struct wire {
	struct key *officer, *door;
	struct buffer spki, header, receipt_encoded, read, record, print, root_signed;
	struct hash certificate, photo, root, receipts[3], path[64];
	size_t path_count;
	struct buffer item[3];
	struct bytes box, photo_box;
	struct buffer boxes[2];
	struct item items[3];
	struct submission submission;
	struct buffer next_header;
	struct hash headers[2]; // leaves of both acts' headers
	struct submission next; // the same rows once more: the second of two acts under one signature
	struct receipt receipt;
	struct signed_receipt signed_receipt;
	struct signed_read signed_read;
	struct attachment_put attachment_put;
	struct attachment_get attachment_get;
	struct attachments_get attachments_get;
};
extern struct wire wire;
extern const char wire_officer_pem[], wire_photo[];

struct wire_example {
	uint16_t type;
	const struct codec_shape *shape;
	const void *value;
};
extern const struct wire_example wire_examples[];
extern const size_t wire_example_count;

void wire_make(void);

// What a signature is made over, and what a box is bound to.
void wire_attachment_signed(struct buffer *out);
void wire_submissions_signed(struct buffer *out);
void wire_fetch_signed(struct buffer *out);
void wire_fetch_many_signed(struct buffer *out);
void wire_letter_about(struct buffer *out);

// The part of WIRE.md between the markers.
void wire_print(struct buffer *out);

#endif
