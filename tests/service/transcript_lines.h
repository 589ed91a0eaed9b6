// The lines of a transcript: a message in the words of its schema, and how two transcripts differ.
#ifndef TDV_TESTS_TRANSCRIPT_LINES_H
#define TDV_TESTS_TRANSCRIPT_LINES_H

#include <stdint.h>

#include "base/bytes.h"

// MESSAGE fields; a body that does not decode is said to be one.
void lines_say_message(struct buffer *out, uint16_t type, struct bytes body);
// Who reads such a message; `record`: nobody.
void lines_say_receivers(struct buffer *out, uint16_t type);
// To standard output: what both have, `- expected`, `+ said`.
void lines_print_difference(const char *expected, const char *said);

#endif
