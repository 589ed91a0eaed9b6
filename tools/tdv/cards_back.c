// tdv pack, explain, destroy: cards that go back up, or to another organisation, and what becomes of them there (domain.md §3).
#include <stdio.h>
#include <stdlib.h>

#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "card_act.h"
#include "csv_form.h"
#include "verbs.h"

// --- what an organisation has in its hands

struct holding {
	uint64_t organisation;
	bool spoiled_too;          // and what facilities spoiled
	struct card_act *a;
	enum card_case matter;
	uint64_t *boxes;           // that have arrived there, in the order of the key
	size_t box_count;
	uint64_t *barred;          // cards that are not to be handed over any more, in the order of the key
	size_t barred_count;
};

static bool on_standing(void *context, struct bytes key, struct bytes value)
{
	struct holding *h = context;
	struct delivery_standing_row row;

	if (delivery_standing_row_decode(value, &row) || row.validity != card_validity_spoiled)
		return true;
	h->barred = realloc(h->barred, (h->barred_count + 1) * sizeof *h->barred);
	ensure(h->barred);
	h->barred[h->barred_count++] = get_u64(key.data);
	return true;
}

static int compare_cards(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = *(const uint64_t *)element;
	return a < b ? -1 : a > b;
}

static bool on_arrived_box(void *context, struct bytes key, struct bytes value)
{
	struct holding *h = context;
	struct delivery_boxes_row row;

	if (delivery_boxes_row_decode(value, &row) || row.place != card_place_custody || row.custodian != h->organisation ||
	    row.destination != h->organisation || row.left == 0)
		return true;
	h->boxes = realloc(h->boxes, (h->box_count + 1) * sizeof *h->boxes);
	ensure(h->boxes);
	h->boxes[h->box_count++] = get_u64(key.data);
	return true;
}

static bool in_arrived_box(const struct holding *h, uint64_t box)
{
	for (size_t i = 0; i < h->box_count; i++)
		if (h->boxes[i] == box)
			return true;
	return false;
}

// Delivery never heard the number of a card that was spoiled before it was reported as good; revocation did.
static uint32_t number_of(const struct site *site, uint64_t card)
{
	struct revocation_cards_row row;
	struct buffer backing = { 0 };
	bool known = row_of(site, revocation, cards, card, &row, &backing);

	buffer_deinit(&backing);
	return known ? row.number : 0;
}

static bool on_held_card(void *context, struct bytes key, struct bytes value)
{
	struct holding *h = context;
	struct delivery_cards_row row;
	uint64_t card = get_u64(key.data);

	if (delivery_cards_row_decode(value, &row))
		return true;
	bool loose = row.has_place && row.place == card_place_custody && row.custodian == h->organisation;
	bool boxed = !row.has_place && in_arrived_box(h, row.has_parcel ? row.parcel : row.box);
	bool spoiled = h->spoiled_too && row.spoiled && row.place == card_place_facility;
	// A new card that waits for its hand-over is not sent up with the old ones.
	bool is_new = row.has_request && !row.handed && !row.spoiled && h->matter != card_case_destroy &&
		      !(h->barred_count && bsearch(&card, h->barred, h->barred_count, sizeof card, compare_cards));
	if ((!loose && !boxed && !spoiled) || is_new)
		return true;
	uint32_t number = row.number ? row.number : number_of(h->a->site, card);
	if (number == 0)
		return true;
	struct card_line *line = &h->a->lines[h->a->count++];
	*line = (struct card_line){ .row = { .has_card_number = true, .card_number = number, .has_copy = true,
					     .copy = (uint8_t)card_copy(card) } };
	return h->a->count < (h->matter == card_case_destroy ? card_act_rows_max : 300);
}

static bool take_all(struct card_act *a, enum card_case matter)
{
	const struct officer *officer = officer_any(a->site, &a->officers, a->act);
	struct holding h = { .a = a, .matter = matter, .spoiled_too = matter == card_case_destroy };
	bool ok;

	if (!officer)
		return false;
	h.organisation = officer->organisation;
	ok = scan(a->site, service_id_delivery, "standing", on_standing, &h) &&
	     scan(a->site, service_id_delivery, "boxes", on_arrived_box, &h) && scan(a->site, service_id_delivery,
		"cards", on_held_card, &h);
	free(h.boxes);
	free(h.barred);
	return ok;
}

static void say_matter(struct card_act *a, enum card_case matter)
{
	for (size_t i = 0; i < a->count; i++) {
		a->lines[i].row.has_matter = true;
		a->lines[i].row.matter = matter;
	}
}

// --- pack

int run_pack(struct site *site, int argc, char **argv)
{
	static const unsigned matters[] = { card_case_destruction, card_case_undelivered, card_case_redistribution,
					    card_case_travel, 0 };
	struct card_act a = { .site = site, .act = act_pack_cards };
	const char *matter_text = "destruction";
	bool all = false;
	unsigned matter;
	const struct option_row options[] = {
		{ "matter", option_kind_text, &matter_text, N_("MATTER"),
			N_("destruction (the default), undelivered, redistribution, travel") },
		{ "to", option_kind_number, &a.head.to, N_("CODE"),
			N_("the organisation that the cards are for (the centre)") },
		{ "seal", option_kind_text, &a.seal, N_("TEXT"), N_("the seal's number") },
		{ "all", option_kind_flag, &all, NULL, N_("every old card in the organisation's keeping, at most 300") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 300);

	if (status != go_on)
		return status;
	if (!cell_value(&card_case_values, matter_text, &matter))
		return usage_values(site, &card_case_values, matters, _("no such matter: %s"), matter_text);
	if (!a.seal)
		return usage_wrong(site, "%s", _("--seal must give the seal's number"));
	if (all == (argc > 0))
		return usage_wrong(site, "%s", _("name the cards, or --all"));
	a.head.has_to = a.head.to != 0;
	if (!card_act_read(&a, argc, argv, false)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers) && (!all || take_all(&a, (enum card_case)matter))) {
		say_matter(&a, (enum card_case)matter);
		if (a.count == 0)
			complain("%s", _("the organisation holds no such card"));
		else
			status = card_act_send(&a, language_label(&card_case_values, (uint16_t)matter),
				_("Next: `tdv ship` sends the box on its way, level by level."));
	}
	card_act_deinit(&a);
	return status;
}

// --- explain

int run_explain(struct site *site, int argc, char **argv)
{
	struct card_act a = { .site = site, .act = act_explain_box };
	uint64_t counted = UINT64_MAX;
	const char *box = NULL;
	const struct option_row options[] = {
		{ "shipment", option_kind_number, &a.head.shipment, N_("NUMBER"), N_("the shipment that cannot be closed") },
		{ "box", option_kind_text, &box, N_("BOX"), N_("the box, ORDER-BOX") },
		{ "counted", option_kind_number, &counted, N_("NUMBER"), N_("what is in it, at last") },
		{ "explanation", option_kind_text, &a.explanation, N_("TEXT"),
			N_("why it differs, or why the seal was broken") },
		{ "minutes", option_kind_text, &a.minutes, N_("FILE"), N_("the scan of the minutes") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 300);

	if (status != go_on)
		return status;
	if (!box || !cell_pair(box, &a.head.box) || !a.head.shipment || counted > UINT32_MAX || !a.explanation)
		return usage_wrong(site, "%s",
			_("--shipment, --box, --counted and --explanation are needed; the missing cards are the arguments"));
	a.head.has_box = a.head.has_shipment = a.head.has_counted = true;
	a.head.counted = (uint32_t)counted;
	if (!card_act_read(&a, argc, argv, false)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	say_matter(&a, card_case_missing);
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers))
		status = card_act_send(&a, box,
			a.count ? _("The box is received. Next: `tdv turned-up` or `tdv write-off` for each missing card.") :
				  _("The box is received."));
	card_act_deinit(&a);
	return status;
}

// --- destroy

int run_destroy(struct site *site, int argc, char **argv)
{
	struct card_act a = { .site = site, .act = act_destroy_cards };
	bool all = false;
	const struct option_row options[] = {
		{ "number", option_kind_text, &a.number, N_("TEXT"), N_("number of the minutes") },
		{ "minutes", option_kind_text, &a.minutes, N_("FILE"), N_("the scan of the minutes") },
		{ "committee", option_kind_texts, &a.committee, N_("LOGIN"), N_("a member of the committee; at least three") },
		{ "witness", option_kind_texts, &a.witnesses, N_("LOGIN"),
			N_("a witness; at least one, not of the committee") },
		{ "all", option_kind_flag, &all, NULL, N_("every card in the board's keeping, and what facilities spoiled") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, card_act_rows_max);

	if (status != go_on)
		return status;
	if (all == (argc > 0))
		return usage_wrong(site, "%s", _("name the cards, or --all"));
	if (!a.number || !a.minutes)
		return usage_wrong(site, "%s", _("--number and --minutes: nothing is destroyed without minutes"));
	if (!card_act_read(&a, argc, argv, false)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers) && (!all || take_all(&a, card_case_destroy))) {
		say_matter(&a, card_case_destroy);
		if (a.count == 0)
			complain("%s", _("the organisation holds no such card"));
		else
			status = card_act_send(&a, language_label(&card_case_values, card_case_destroy),
					  _("The cards are destroyed; nothing brings them back. "
	     "`tdv log delivery` has the minutes and the counts of each generation."));
	}
	card_act_deinit(&a);
	return status;
}
