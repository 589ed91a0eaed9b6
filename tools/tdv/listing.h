// A verb that shows one table of a service as it is: `tdv order list`, `tdv stock list`.
#ifndef TDV_TDV_LISTING_H
#define TDV_TDV_LISTING_H

#include "ask.h"

struct listing {
	json_t *rows;
	struct organisations organisations;
};
struct listing_kind {
	uint16_t service;
	const char *table;
	bool (*row)(void *listing, struct bytes key, struct bytes value); // appends to its rows
	const struct output_column *columns;
	size_t column_count;
	const char *key;                           // of the rows in JSON
	const char *(*remark)(const json_t *rows); // a sentence below the table; NULL: nothing to say
};
// Takes no arguments but what every verb takes.
int listing_run(struct site *site, int argc, char **argv, const struct listing_kind *kind);

#endif
