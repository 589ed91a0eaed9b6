// Sentences with a message's fields in them, as people read them.
#ifndef TDV_TDV_PHRASE_H
#define TDV_TDV_PHRASE_H

#include "ask.h"

// `text` with fields of `body` (a message as JSON) filled in, appended.  {field:kind}: the field as a kind of number (item,
// card, copy, organisation) or of text (date, serial), or the label of an enum's constant; {struct.field}: of a struct in
// it; an array's count.  {field:part} is what a refusal points at, with a dash after it, and nothing for the whole.
// [ … ] is left out where a field in it is absent or says nothing.  `organisations` gives titles.
void phrase_fill(const char *text, const json_t *body, const struct organisations *organisations, struct buffer *out);

#endif
