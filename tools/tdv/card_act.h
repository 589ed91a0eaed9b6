// One signed act about single cards, or their holders: which cards, what is said of them, who says it.
#ifndef TDV_TDV_CARD_ACT_H
#define TDV_TDV_CARD_ACT_H

#include "officers.h"

#define card_act_rows_max 1999

struct card_line {
	struct card_row row;
	char profile[10];
	const struct officer *officer; // who says it
};

struct card_act {
	struct site *site;
	enum act act;
	struct card_act_head head;   // without what is filled in below
	const char *number, *explanation, *seal, *waybill;
	const char *minutes, *evidence; // files
	struct texts committee, witnesses;
	struct officers officers;
	struct card_line *lines;
	size_t count;
};

// The cards of a command line: "44.000123", "44.000123/2" for the second copy; with `profiles` also profile numbers.  There is
// room for card_act_rows_max more.  False: one of them is neither, and it was said.
bool card_act_read(struct card_act *a, int argc, char **argv, bool profiles);
// Finds out which copies are meant and who acts where each card is, then sends one act for each officer and tells of them; `next`
// (NULL: nothing) when all was carried out.  The exit status.
int card_act_send(struct card_act *a, const char *about, const char *next);
void card_act_deinit(struct card_act *a);

#endif
