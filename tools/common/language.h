// Vietnamese first, English by setting: msgids are English, po/vi.po holds the Vietnamese.
#ifndef TDV_COMMON_LANGUAGE_H
#define TDV_COMMON_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>

#include "gen/messages.h"

#define _(text) gettext(text)
#define N_(text) text // marked for the catalogue, translated where it is shown
#define _n(one, many, number) ngettext(one, many, number)

// "vi" or "en"; NULL: TDV_LANG, LANGUAGE or LC_ALL says so, else Vietnamese.  False: no such language.
bool language_set(const char *language, const char *program_folder);
// The same for a whole program, before it reads its arguments: as --lang says, wherever it stands.  NULL: done; else the
// language that there is none of, and the environment's is set, to complain in.
const char *language_begin(int argc, char **argv);
bool language_is_english(void);

// What people call a constant of an enum: the label of the schema, or in English its name in words.
const char *language_label(const struct codec_values *values, unsigned number);
// The same for a constant's name, as it stands in JSON; the name itself when there is no such constant.
const char *language_label_of(const struct codec_values *values, const char *name);
// What went wrong, as a sentence's end.
const char *language_error(enum error error);
const char *language_errno(int error); // of the operating system; what is rare stays English
// A reason as a sentence's end.
const char *language_reason(enum reason reason);

#endif
