#include "whose.h"

#include <stdio.h>
#include <string.h>

#include "base/subject.h"
#include "standing.h"
#include "store/vault.h"

bool whose_open(struct whose *w, const struct site *site, const struct officers *officers)
{
	*w = (struct whose){ .site = site, .officers = officers };
	return organisations_read(site, &w->organisations);
}

void whose_close(struct whose *w)
{
	organisations_deinit(&w->organisations);
}

uint64_t whose_member(const struct whose *w, const struct card_row *row)
{
	struct resolve_query question = { .kind = vault_index_profile, .text = row->profile_number };
	struct resolve_answer answer = { 0 };
	struct buffer backing = { 0 };
	char number[16];
	uint64_t member = 0;

	if (row->has_card_number) {
		snprintf(number, sizeof number, "%08u", row->card_number);
		question = (struct resolve_query){ .kind = vault_index_card, .text = bytes_of_text(number) };
	}
	if (!ask_for(w->site, service_id_intake, resolve_query, &question, resolve_answer, &answer, &backing) &&
	    answer.persons_count == 1)
		member = answer.persons[0];
	buffer_deinit(&backing);
	return member;
}

uint64_t whose_cell(const struct whose *w, uint64_t member)
{
	struct verification_members_row row;
	struct buffer backing = { 0 };
	bool known = row_of(w->site, verification, members, member, &row, &backing);

	buffer_deinit(&backing);
	return known ? row.present_cell : 0;
}

static uint64_t keeper_of(const struct whose *w, uint64_t card, enum card_place *place)
{
	struct card_place_query question = { .card = card };
	struct card_place_answer answer;
	struct buffer backing = { 0 };
	enum error e = ask_for(w->site, service_id_delivery, card_place_query, &question, card_place_answer, &answer, &backing);

	*place = e ? card_place_stock : answer.place;
	buffer_deinit(&backing);
	return e ? 0 : answer.custodian;
}

struct newest {
	const struct whose *w;
	uint64_t keeper;
};

// Who has it in their hands goes before where it is with its holder.
static bool on_copy(void *context, uint64_t card, const struct revocation_cards_row *row)
{
	struct newest *n = context;
	enum card_place place;
	uint64_t keeper = keeper_of(n->w, card, &place);
	(void)row;

	if (keeper && (!n->keeper || place == card_place_custody || place == card_place_missing))
		n->keeper = keeper;
	return true;
}

uint64_t whose_keeping(const struct whose *w, uint64_t member, unsigned copy)
{
	struct newest n = { .w = w };
	enum card_place place;

	if (copy)
		return keeper_of(w, card_of(member, copy), &place);
	return cards_of_member(w->site, member, on_copy, &n) ? n.keeper : 0;
}

uint64_t whose_shipment(const struct whose *w, uint64_t shipment)
{
	struct delivery_shipments_row row;
	struct buffer backing = { 0 };
	bool known = row_of(w->site, delivery, shipments, shipment, &row, &backing);

	buffer_deinit(&backing);
	return known ? row.to : 0;
}

const struct officer *whose_officer(const struct whose *w, enum act act, uint64_t organisation)
{
	for (int depth = 0; organisation && depth < 16; depth++) {
		const struct officer *officer = officer_fitting(w->site, w->officers, act, organisation);
		const struct organisation *at = organisation_find(&w->organisations, organisation);
		if (officer)
			return officer;
		organisation = at ? at->parent : 0;
	}
	return NULL;
}
