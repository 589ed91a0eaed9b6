// Inside intake: how a submission that is taken goes on, by act: what opens it, its rows, what ends it.  Which service
// carries an act out is told by the messages that these functions emit.
#ifndef TDV_INTAKE_PASSING_H
#define TDV_INTAKE_PASSING_H

#include "gen/messages.h"
#include "runtime/turn.h"

// One submission on its way.
struct passing {
	uint64_t submission;
	enum act act;
	uint64_t list;    // submit_list, adjudicate: the number of the list that it makes
	uint32_t rows;    // that are passed on in the end
	struct hash root; // of the submission's items
	struct bytes head;
};

struct passing_form {
	void (*open)(struct turn *t, const struct passing *p); // NULL: nothing
	void (*row)(struct turn *t, const struct passing *p, uint32_t row, struct bytes body); // NULL: it has no rows
	void (*end)(struct turn *t, const struct passing *p);
	bool whole; // its rows are gathered into one message, in one turn
};

// To the registry (passing_registry.c).
extern const struct passing_form intake_pass_organisations, intake_pass_members, intake_pass_updates,
	intake_pass_transfers, intake_pass_endings, intake_pass_duplicates, intake_pass_exits;
// To verification and approval (passing_requests.c).
extern const struct passing_form intake_pass_list, intake_pass_adjudication, intake_pass_withdrawals,
	intake_pass_list_act, intake_pass_consolidation;
// To printing (passing_printing.c).
extern const struct passing_form intake_pass_numbers, intake_pass_order, intake_pass_answers, intake_pass_prints,
	intake_pass_boxes, intake_pass_stock, intake_pass_order_change;
// To delivery and revocation (passing_cards.c).
extern const struct passing_form intake_pass_shipping, intake_pass_receiving, intake_pass_hand_overs,
	intake_pass_worth_act, intake_pass_place_act;
// To inspection (passing_checks.c).
extern const struct passing_form intake_pass_checks;

// Of the acts on cards and of report_exits.
struct coded_card_head intake_card_head_of(const struct passing *p);
// Sets the turn's subject too: the card's member.
struct coded_card intake_card_of_row(struct turn *t, struct bytes body);

#endif
