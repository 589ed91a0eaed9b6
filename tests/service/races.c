// schemas/races.table against the services: every pair of a strike and of a state or a place has one line, and what
// it says happens.
#include "base/subject.h"
#include "delivery/delivery.h"
#include "gen/delivery_tables.h"
#include "gen/revocation_tables.h"
#include "revocation/revocation.h"
#include "scene.h"

enum { holder = 7, shop = 90, cell = 44111, other_cell = 44112, number = 44000007 };
#define box_one (UINT64_C(1) << 16 | 1)

// ---- the table ----

#define lines_max 400
struct line {
	char text[600];
	char *column[7];
	size_t count;
	bool card; // of section card
};
static struct line lines[lines_max];
static size_t line_count;

static char *trimmed(char *text)
{
	while (*text == ' ')
		text++;
	for (size_t n = strlen(text); n > 0 && strchr(" \n", text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

static void read_table(void)
{
	FILE *f = fopen("schemas/races.table", "r");
	char text[600];
	bool card = false;
	check(f);
	while (f && fgets(text, sizeof text, f)) {
		if (strncmp(text, "section ", 8) == 0)
			card = strncmp(text + 8, "card", 4) == 0;
		if (text[0] == '#' || !strchr(text, '|') || line_count == lines_max)
			continue;
		struct line *line = &lines[line_count++];
		memcpy(line->text, text, sizeof text);
		line->card = card;
		for (char *at = line->text, *bar; at && line->count < 7; at = bar) {
			bar = strchr(at, '|');
			if (bar)
				*bar++ = '\0';
			line->column[line->count++] = trimmed(at);
		}
	}
	if (f)
		fclose(f);
}

static const char *const strikes[] = { "loss", "damage", "death", "exit", "transfer", "merge", "withdrawal", "hold" };
static const char *const places[] = { "facility", "in_transit", "custody", "missing", "member", "family", "destroyed" };

static unsigned lines_of(bool card, const char *strike, const char *at)
{
	unsigned found = 0;
	for (size_t i = 0; i < line_count; i++)
		found += lines[i].card == card && strcmp(lines[i].column[0], strike) == 0 &&
			strcmp(lines[i].column[1], at) == 0;
	return found;
}

test(every_pair_has_exactly_one_line)
{
	unsigned pairs = 0;
	for (size_t s = 0; s < sizeof strikes / sizeof strikes[0]; s++) {
		for (unsigned state = request_state_received; state <= request_state_withdrawn; state++, pairs++)
			check_u64(lines_of(false, strikes[s], request_state_name((enum request_state)state)), 1);
		for (size_t p = 0; p < sizeof places / sizeof places[0]; p++, pairs++)
			check_u64(lines_of(true, strikes[s], places[p]), 1);
	}
	check_u64(line_count, pairs);
	for (size_t i = 0; i < line_count; i++)
		check_u64(lines[i].count, lines[i].card ? 7 : 4);
}

// ---- requests: verification's machine leads where the table says ----

// What approval, printing and delivery do with a request is one state to verification; what is received passes first.
static enum request_state as_verification_sees(enum request_state state, const char *strike)
{
	if (state == request_state_received && strcmp(strike, "hold") != 0)
		return request_state_verified;
	return state >= request_state_appraised && state <= request_state_delivered ? request_state_verified : state;
}

static bool event_of(const char *strike, enum request_state state, enum request_state_event *event)
{
	bool printed = state >= request_state_printed && state <= request_state_delivered;
	if (strcmp(strike, "death") == 0 || strcmp(strike, "exit") == 0) {
		*event = printed ? request_state_event_undelivered : request_state_event_recalled;
		return true;
	}
	*event = strcmp(strike, "hold") == 0 ? request_state_event_held : request_state_event_withdrawn;
	return strcmp(strike, "hold") == 0 || strcmp(strike, "withdrawal") == 0;
}

test(a_request_comes_to_what_the_table_says)
{
	for (size_t i = 0; i < line_count; i++) {
		enum request_state from, to, wanted;
		enum request_state_event event;
		const struct line *l = &lines[i];
		if (l->card)
			continue;
		bool known = request_state_from_name(l->column[1], &from) && request_state_from_name(l->column[2], &wanted);
		check(known);
		if (!known || !event_of(l->column[0], from, &event))
			continue;
		bool steps = request_state_step(as_verification_sees(from, l->column[0]), event, &to);
		bool changes = wanted != from;
		// One that is ordered and printed is stopped by printing's answer, and one that is final by nothing.
		if (changes && (!steps || to != wanted))
			printf("# %s | %s: the machine does not lead to %s\n", l->column[0], l->column[1], l->column[2]);
		check(!changes || (steps && to == wanted));
		if (from == request_state_closed || from == request_state_rejected || from == request_state_withdrawn)
			check(!steps && !changes);
	}
}

// ---- cards: the scene in both services, the strike, and what came of it ----

struct scene {
	struct transcript *worth, *place;
};

static void worth_act(struct transcript *s, enum act act, enum card_case matter)
{
	by(s, .submission = 50, .person = 9, .role = role_cell_officer, .organisation = cell);
	tell(s, intake, worth_act_opened, .submission = 50, .act = act);
	tell(s, intake, worth_act_row, .submission = 50, .act = act,
	     .card = { .row = 1, .member = holder, .number = number, .has_matter = true, .matter = matter });
	tell(s, intake, worth_act_ended, .submission = 50, .act = act, .rows = 1);
}

static void place_act(struct transcript *s, enum act act, enum card_case matter)
{
	by(s, .submission = 60, .person = 9, .role = role_cell_officer, .organisation = cell);
	tell(s, intake, place_act_opened, .submission = 60, .act = act,
	     .head = { .has_decision_number = true, .decision_number = bytes_of_text("1-BB"), .has_minutes = true,
		       .minutes = 4 });
	tell(s, intake, place_act_row, .submission = 60, .act = act,
	     .card = { .row = 1, .member = holder, .number = number, .has_copy = true, .copy = 2, .has_matter = true,
		       .matter = matter });
	tell(s, intake, place_act_ended, .submission = 60, .act = act, .rows = 1);
}

static enum card_validity worth_of(struct scene *s, unsigned copy)
{
	struct revocation_cards_row row = { 0 };
	look(s->worth, revocation_cards, card_of(holder, copy), &row);
	return row.validity;
}

static enum card_place place_of(struct scene *s)
{
	struct delivery_cards_row row = { 0 };
	struct delivery_boxes_row box = { 0 };
	look(s->place, delivery_cards, card_of(holder, 2), &row);
	if (!row.has_place)
		look(s->place, delivery_boxes, row.has_parcel ? row.parcel : row.box, &box);
	return row.has_place ? row.place : box.place;
}

// What revocation would have told delivery.
static void tell_standing(struct scene *s)
{
	for (unsigned copy = 1; copy <= 2; copy++) {
		enum card_validity worth = worth_of(s, copy);
		if (worth != card_validity_active && worth != card_validity_not_yet_active && worth != card_validity_damaged)
			tell(s->place, revocation, card_standing, .card = card_of(holder, copy), .validity = worth,
			     .event = card_validity_event_holder_left);
	}
}

static void both_make_cards(struct transcript *s, bool worth)
{
	province_44(s);
	by(s, .submission = 4, .person = 9, .role = role_cell_officer, .organisation = cell);
	tell(s, registry, card_opened, .member = holder, .card = card_of(holder, 1), .number = number,
	     .generation = card_generation_paper_2003, .issued = 15000, .cell = cell, .status = member_status_active);
	if (worth)
		tell(s, printing, card_reserved, .card = card_of(holder, 2), .number = number, .request = item_of(1, 1),
		     .order = 1, .index = 1, .has_old_card = true, .old_card = card_of(holder, 1));
	tell(s, printing, card_produced, .card = card_of(holder, 2), .number = number, .order = 1, .index = 1,
	     .serial = { 1 }, .request = item_of(1, 1), .cell = cell, .has_old_card = true, .old_card = card_of(holder, 1),
	     .facility = shop);
}

static void go_down(struct transcript *s, unsigned levels)
{
	static const uint64_t way[] = { 44, 441, 4411, cell };
	by(s, .submission = 10, .person = 3, .role = role_print_facility, .organisation = shop);
	tell(s, printing, box_filled, .box = box_one, .order = 1, .destination = cell, .seal = bytes_of_text("S"),
	     .cards = { card_of(holder, 2) }, .cards_count = 1);
	tell(s, printing, boxes_sent, .submission = 10, .order = 1, .facility = shop, .to = 44,
	     .waybill = bytes_of_text("V"), .boxes = 1);
	for (unsigned i = 0; i < levels; i++) {
		by(s, .submission = 20 + i, .person = 4, .role = role_provincial_board, .organisation = way[i]);
		tell(s, intake, box_counted, .submission = 20 + i, .row = 1, .shipment = i + 1, .box = box_one,
		     .counted = 1, .seal_intact = true);
		tell(s, intake, receiving_ended, .submission = 20 + i, .shipment = i + 1, .rows = 1);
		if (way[i] != cell)
			tell(s, intake, shipping_ordered, .submission = 30 + i, .waybill = bytes_of_text("V"));
	}
}

// What became of it: "given", "done", "none", "refused REASON".
static void hand_over(struct scene *s, uint64_t at, char *came, size_t size)
{
	bool collected = worth_of(s, 1) != card_validity_lost;
	transcript_skip(s->place);
	by(s->place, .submission = 40, .person = 9, .role = role_cell_officer, .organisation = at);
	tell(s->place, intake, hand_over_given, .submission = 40, .member = holder, .card_number = number,
	     .receipt = receipt_kind_signed_sheet, .has_proof = true, .proof = 2, .old_collected = collected,
	     .date = date("2026-03-02"), .row = 1);
	const char *refused = strstr(transcript_said(s->place), "row_refused");
	const char *reason = refused ? strstr(refused, "reason ") : NULL;
	char word[40] = "";
	if (reason)
		sscanf(reason + 7, "%39[a-z_]", word);
	if (!refused)
		snprintf(came, size, "given");
	else if (strcmp(word, "already_done") == 0)
		snprintf(came, size, "done");
	else if (strcmp(word, "not_here") == 0)
		snprintf(came, size, "none");
	else
		snprintf(came, size, "refused %s", word);
}

static void status(struct scene *s, enum member_status to)
{
	by(s->worth, .submission = 70, .person = 9, .role = role_cell_officer, .organisation = cell);
	tell(s->worth, registry, member_status_changed, .member = holder, .from = member_status_active, .to = to,
	     .date = 20000);
	tell_standing(s);
}

static void bring_to(struct scene *s, enum card_place at)
{
	char came[60];
	go_down(s->place, at == card_place_in_transit ? 1 : at == card_place_facility ? 0 : 4);
	if (at == card_place_missing)
		place_act(s->place, act_settle_cards, card_case_missing);
	if (at != card_place_member && at != card_place_family && at != card_place_destroyed)
		return;
	hand_over(s, cell, came, sizeof came);
	check_text(came, "given");
	tell(s->worth, delivery, card_handed_over, .card = card_of(holder, 2), .has_old_card = true,
	     .old_card = card_of(holder, 1), .old_collected = true, .receipt = receipt_kind_signed_sheet,
	     .date = date("2026-03-02"), .cell = cell);
	if (at == card_place_family)
		status(s, member_status_deceased);
	if (at != card_place_destroyed)
		return;
	status(s, member_status_expelled);
	place_act(s->place, act_collect_cards, card_case_recover);
	tell(s->worth, delivery, card_reported, .card = card_of(holder, 2), .matter = card_case_recover, .organisation = cell);
	tell(s->place, revocation, destruction_ordered, .submission = 80, .row = 1, .card = card_of(holder, 2));
}

static void strike(struct scene *s, const char *what)
{
	if (strcmp(what, "loss") == 0)
		worth_act(s->worth, act_report_cards, card_case_loss);
	else if (strcmp(what, "damage") == 0)
		worth_act(s->worth, act_report_cards, card_case_damage);
	else if (strcmp(what, "death") == 0)
		status(s, member_status_deceased);
	else if (strcmp(what, "exit") == 0)
		status(s, member_status_expelled);
	else if (strcmp(what, "transfer") == 0)
		tell(s->place, registry, member_moved, .member = holder, .from = cell, .to = other_cell);
	else if (strcmp(what, "merge") == 0) {
		organisation(s->place, cell, org_level_cell, other_cell);
		tell(s->place, registry, organisation_merged, .code = cell, .into = other_cell, .date = 20500,
		     .decision = bytes_of_text("5-QĐ"));
	} // a withdrawal and a hold reach no card: both services are told nothing
	tell_standing(s);
}

static void play(const struct line *l)
{
	struct scene s = { transcript_new(&revocation_service), transcript_new(&delivery_service) };
	enum card_place at = card_place_stock;
	char came[60], said[200], wanted[200];
	check(card_place_from_name(l->column[1], &at));
	both_make_cards(s.worth, true);
	both_make_cards(s.place, false);
	if (at != card_place_facility)
		bring_to(&s, at);
	strike(&s, l->column[0]);
	enum card_validity old = worth_of(&s, 1), new = worth_of(&s, 2);
	enum card_place then = place_of(&s);
	hand_over(&s, strcmp(l->column[0], "merge") == 0 ? other_cell : cell, came, sizeof came);
	snprintf(said, sizeof said, "%s | %s | %s | %s | %s | %s", l->column[0], l->column[1], card_validity_name(old),
		 card_validity_name(new), card_place_name(then), came);
	snprintf(wanted, sizeof wanted, "%s | %s | %s | %s | %s | %s", l->column[0], l->column[1], l->column[2], l->column[3],
		 l->column[4], l->column[5]);
	check_text(said, wanted);
	transcript_free(s.worth);
	transcript_free(s.place);
}

test(a_card_comes_to_what_the_table_says)
{
	for (size_t i = 0; i < line_count; i++)
		if (lines[i].card)
			play(&lines[i]);
}

int main(void)
{
	read_table();
	run(every_pair_has_exactly_one_line);
	run(a_request_comes_to_what_the_table_says);
	run(a_card_comes_to_what_the_table_says);
	return test_summary();
}
