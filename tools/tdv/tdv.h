// tdv: what people run a site with.  One file a subject; each verb is a row of a table in verbs.c.
#ifndef TDV_TDV_TDV_H
#define TDV_TDV_TDV_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "gen/messages.h"
#include "common/language.h"

// What every verb is given: where the site is and how to speak.
struct site {
	char home[4000];
	const char *door;     // endpoint of another machine's door; NULL: the home's
	const char *as;       // login of the officer; NULL: whoever of this home may
	const char *language; // as --lang said
	bool json;
	char program_folder[4000];
	const char *verb; // as it was called, e.g. "numbers grant"
};

enum { exit_done = 0, exit_refused = 1, exit_usage = 2 };
#define go_on (-1) // no exit yet

// --- arguments (arguments.c)

enum option_kind {
	option_kind_flag,
	option_kind_text,
	option_kind_number,
	option_kind_date,
	option_kind_texts
};
struct texts {
	const char *list[512];
	size_t count;
};
struct option_row {
	const char *name; // without "--"
	enum option_kind kind;
	void *value;          // bool *, const char **, uint64_t *, int32_t *, struct texts *
	const char *argument; // msgid: what --help shows for it
	const char *help;     // msgid
};
// Takes options out of argv, those of the site too; what remains is in argv[0 … *count-1].  go_on, or an exit
// status: help was asked for, or something is wrong and was said.  `least` and `most` of the arguments that
// remain.
int arguments_take(struct site *site, int *count, char **argv, const struct option_row *options, int least,
		   int most);
// go_on, or exit_usage: one of them is no number, and it was said.
int arguments_are_numbers(const struct site *site, int argc, char **argv);
int usage_wrong(const struct site *site, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The same, and which values there are, by code and label: those of `shown`, which ends with 0; NULL: all.
int usage_values(const struct site *site, const struct codec_values *values, const unsigned *shown, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

// --- output (output.c)

// To people, on stdout; nothing with --json.
void say(const struct site *site, const char *format, ...) __attribute__((format(printf, 2, 3)));
// On stderr, after "tdv: ".
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A column of a table for people; the rows are JSON objects.
struct output_column {
	const char *key;
	const char *title;                 // msgid
	const struct codec_values *values; // names of an enum, shown as labels; &output_dates; NULL: as it stands
	bool right;
};
// In place of an enum: dates and instants, as json_date and json_instant make them, are shown as date_text says.
extern const struct codec_values output_dates;
// A table with its heading; nothing with --json.  `rows` is borrowed.
void output_table(const struct site *site, const struct output_column *columns, size_t count,
		  const json_t *rows);
// The whole answer of a verb, with --json: takes it, and prints it when the site says so.
void output_json(const struct site *site, json_t *take);
// One value as people read it.
const char *output_text(const json_t *value, const struct codec_values *values, char *scratch, size_t size);
// What json_date and json_instant made, as people read it: "31/01/2026", "31/01/2026 08:00:00".  Programs read the ISO form,
// in --json and CSV.
#define date_text_max 24
const char *date_text(const char *iso, char out[date_text_max]);
// Columns that `text` takes on a screen.
size_t output_width(const char *text);
void output_padded(const char *text, size_t width, bool right);

// Shown ids: "12-3" of an item, "G-7" of a box that an organisation packed, "NN.NNNNNN" of a card number.
const char *item_text(uint64_t item, char out[32]);
json_t *json_item(uint64_t item);
json_t *json_card(uint32_t number);
json_t *json_date(int32_t date);
json_t *json_instant(int64_t instant);
json_t *json_hash(const struct hash *hash);

// --- files of a home (home.c)

// home/… in `out`, which holds 4096.
char *home_path(const struct site *site, char *out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
// Says so and returns false when there is no site at all.
bool home_exists(const struct site *site);
bool home_holds_records(const struct site *site); // a site's state or vault, whether its keys are there or not
bool folder_holds_anything(const char *folder);
uint32_t home_terminal(const struct site *site);

// `tdv up` runs this home; *pid, when not NULL, is its process (0: not known).
bool home_is_up(const struct site *site, long *pid);

extern const char *const service_names[];  // in the order of the pipeline, ends with NULL
uint16_t service_number(const char *name); // 0: none

#endif
