// A card's story: its entries in every service's log, in the order of cause and effect, in people's words.
#ifndef TDV_TDV_TRACE_H
#define TDV_TDV_TRACE_H

#include "ask.h"
#include "officers.h"

struct story_entry {
	uint16_t service;
	uint64_t entry, turn;
	int64_t time;
	struct envelope envelope; // without its body
	json_t *body;             // NULL: it does not decode
	uint64_t place;           // the submission that it belongs to, for the order
	bool detail;              // of interest with --all only
};
struct story {
	const struct site *site;
	uint64_t member;
	struct story_entry *list;
	size_t count, capacity;
	uint64_t *subjects; // followed, or still to be
	size_t subject_count, subject_capacity;
	uint64_t cards[64];
	size_t card_count;
	uint64_t requests[64];
	size_t request_count;
	bool whole; // every service answered
};

// Reads it, following from the member's own entries to lists, orders, boxes and shipments, and puts it in
// order.  Complains when a daemon does not answer; what the others say is there all the same.
void story_read(struct story *story, const struct site *site, uint64_t member);
void story_deinit(struct story *story);

// Whose an id is that people give: a profile number, a card number, a request, a serial, a citizen id or member:NUMBER.
// go_on, or an exit status and it was said why.
int member_of_id(const struct site *site, const char *id, uint64_t *member);

// --- words

// What an entry says, appended; `organisations` gives titles.
void story_sentence(const struct story_entry *entry, const struct organisations *organisations,
		    struct buffer *out);
// Where in the pipeline a message stands, for the order within one submission.
unsigned story_rank(uint16_t type);
// Of interest to who looks closely only.
bool story_is_detail(uint16_t type);

#endif
