#include "copies.h"

#include "base/subject.h"
#include "csv_form.h"
#include "domain/card.h"
#include "standing.h"

#define copies_most 16

struct copy {
	uint8_t copy;
	enum card_place place;
	uint64_t custodian, box;
	enum card_validity standing; // 0: simply valid
	bool is_new, due, spoiled, written_off;
};
struct copies {
	const struct whose *w;
	const struct card_row *row;
	uint64_t member, box;
	enum act act;
	struct copy list[copies_most]; // those that can be meant
	size_t count;
};

// The services' own rules (delivery/cards_refused.c), as far as place and worth go.
static bool fits(const struct copies *c, const struct copy *copy)
{
	bool here = copy->place == card_place_custody, spent = copy->due || copy->standing == card_validity_ended;

	switch (c->row->matter) {
	case card_case_give_back:
		return here && !copy->is_new && !spent;
	case card_case_recover:
		return copy->due && (copy->place == card_place_member || (here && copy->standing != card_validity_spoiled));
	case card_case_inspect:
		return copy->place == card_place_member && !copy->due;
	case card_case_destruction:
		return here && (!copy->is_new || spent);
	case card_case_undelivered:
		return here && copy->is_new;
	case card_case_redistribution:
		return here && copy->is_new && !spent;
	case card_case_travel:
		return here && !copy->is_new && !spent;
	case card_case_missing:
		return c->act == act_explain_box ? copy->box == c->box : here;
	case card_case_turned_up:
		return copy->place == card_place_missing;
	case card_case_written_off:
		return copy->place == card_place_missing && !copy->written_off;
	case card_case_destroy:
		return (here && spent) || copy->spoiled;
	case card_case_loss:
	case card_case_damage:
	case card_case_found:
	case card_case_misuse:
	case card_case_suspend:
	case card_case_resume:
	case card_case_unrecoverable:
		return false; // about what it is worth
	}
	return false;
}

static enum card_validity standing_of(const struct site *site, uint64_t card)
{
	struct delivery_standing_row row;
	struct buffer backing = { 0 };
	bool known = row_of(site, delivery, standing, card, &row, &backing);

	buffer_deinit(&backing);
	return known ? row.validity : (enum card_validity)0;
}

static bool copy_read(const struct copies *c, uint64_t card, struct copy *copy)
{
	struct card_place_query question = { .card = card };
	struct card_place_answer at;
	struct delivery_cards_row row;
	struct buffer backing = { 0 };
	bool known = !ask_for(c->w->site, service_id_delivery, card_place_query, &question, card_place_answer, &at, &backing);

	*copy = (struct copy){ .copy = (uint8_t)card_copy(card) };
	if (known) {
		copy->place = at.place;
		copy->custodian = at.custodian;
		copy->box = at.has_box ? at.box : 0;
		copy->spoiled = at.spoiled;
	}
	known = known && row_of(c->w->site, delivery, cards, card, &row, &backing);
	if (known) {
		enum card_validity standing = standing_of(c->w->site, card);
		copy->is_new = row.has_request && !row.handed;
		copy->written_off = row.written_off;
		copy->standing = standing;
		copy->due = card_is_due(standing);
	}
	buffer_deinit(&backing);
	return known;
}

static bool on_copy(void *context, uint64_t card, const struct revocation_cards_row *row)
{
	struct copies *c = context;
	struct copy copy;

	if (row->number == c->row->card_number && copy_read(c, card, &copy) && fits(c, &copy))
		c->list[c->count++] = copy;
	return c->count < copies_most;
}

// Those in the officer's own hands, if there are any; where no officer is named, in the hands that the newest is in.
static void keep_own(struct copies *c, uint64_t organisation)
{
	size_t own = 0;

	if (!organisation && c->count > 0)
		organisation = c->list[c->count - 1].custodian;
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].custodian == organisation)
			c->list[own++] = c->list[i];
	c->count = own ? own : c->count;
}

static void tell(const struct copies *c, const char *number)
{
	complain(_("card %s: several copies can be meant; name one of them:"), number);
	for (size_t i = 0; i < c->count; i++)
		complain(_("  %s/%u (%s, organisation %llu)"), number, (unsigned)c->list[i].copy,
			 language_label(&card_place_values, c->list[i].place), (unsigned long long)c->list[i].custodian);
}

bool copy_name(const struct whose *w, enum act act, uint64_t box, uint64_t organisation, struct card_row *row)
{
	struct copies c = { .w = w, .row = row, .act = act, .box = box };
	char number[16];

	if (!row->has_card_number || row->has_copy || !row->has_matter)
		return true;
	c.member = whose_member(w, row);
	if (!c.member)
		return true;
	if (!cards_of_member(w->site, c.member, on_copy, &c))
		return true;
	keep_own(&c, organisation);
	if (c.count == 1) {
		row->has_copy = true;
		row->copy = c.list[0].copy;
	}
	if (c.count < 2)
		return true;
	card_format(row->card_number, number);
	tell(&c, number);
	return false;
}
