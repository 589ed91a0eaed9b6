// What a letter says to whom it goes: what happened, to what, and what is to be done now.
#ifndef TDV_TDV_MAIL_WORDS_H
#define TDV_TDV_MAIL_WORDS_H

#include "tdv.h"

struct letter_words {
	uint16_t type;
	const char *when; // "field=constant" or "field" (it is there): only such letters; NULL: all others
	const char *what, *to_do; // msgids with fields in them (phrase.h)
};
// The first row that fits a letter is the one.  Ends with type 0.
extern const struct letter_words letter_words[];

// Of a letter by its message's name.  NULL: this program knows no such letter; it is of another version.
const struct letter_words *letter_words_of(const char *message, const json_t *body);

#endif
