// tdv campaign show, campaign sheets: how far inspections have come, who is late, whose counts differ; and the check lists that
// cells fill in (D18: blank forms are published).
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "csv_form.h"
#include "verbs.h"

struct showing {
	const struct site *site;
	uint64_t campaign; // 0: all
	unsigned level;
	uint64_t year;     // 0: campaigns
	bool overdue, differences;
	int32_t today;
	struct inspection_campaigns_row row; // of the one shown
	bool known;
	uint64_t newest;
	struct organisations organisations;
	json_t *rows;
};

// --- all campaigns

static json_t *campaign_json(uint64_t number, const struct inspection_campaigns_row *c)
{
	json_t *j = json_pack("{s:I, s:i, s:s, s:s, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "campaign",
			      (json_int_t)number, "ordinal", c->ordinal, "generation",
			      codec_value_name(&card_generation_values, c->generation), "state",
			      codec_value_name(&campaign_state_values, c->state), "organisation", (json_int_t)c->organisation,
			      "cells", (int)c->cells, "cells_filed", (int)c->cells_filed, "grassroots", (int)c->grassroots,
			      "grassroots_filed", (int)c->grassroots_filed, "superiors", (int)c->superiors, "decided",
			      (int)c->decided, "stamping", (int)c->stamping, "returned", (int)c->returned, "reported",
			      (int)c->reported, "missed", (int)c->missed);

	json_object_set_new(j, "from", json_date(c->from));
	json_object_set_new(j, "to", json_date(c->to));
	json_object_set_new(j, "cells_by", json_date(c->cells_by));
	json_object_set_new(j, "grassroots_by", json_date(c->grassroots_by));
	json_object_set_new(j, "report_by", json_date(c->report_by));
	return j;
}

static bool on_campaign(void *context, struct bytes key, struct bytes value)
{
	struct showing *s = context;
	struct inspection_campaigns_row row;
	uint64_t number = get_u64(key.data);

	if (inspection_campaigns_row_decode(value, &row) || (s->campaign && number != s->campaign))
		return true;
	s->row = row;
	s->known = true;
	s->newest = number;
	if (!s->campaign && !s->year)
		json_array_append_new(s->rows, campaign_json(number, &row));
	return true;
}

// --- the parts of one

static int32_t due_of(const struct inspection_campaigns_row *c, enum org_level level)
{
	return level == org_level_cell ? c->cells_by : level == org_level_grassroots ? c->grassroots_by : c->report_by;
}

static bool is_late(const struct showing *s, enum org_level level, const struct inspection_parts_row *part)
{
	enum campaign_part done = level == org_level_superior ? campaign_part_reported : campaign_part_filed;
	bool runs = s->row.state != campaign_state_planned && s->row.state != campaign_state_closed;
	return runs && part->furthest < done && s->today > due_of(&s->row, level);
}

static void add_figures(json_t *j, const struct check_figures *f)
{
	const struct {
		const char *name;
		uint32_t value;
	} figures[] = {
		{ "members", f->members }, { "registered", f->registered }, { "collected", f->collected }, { "ok", f->ok },
		{ "damaged", f->damaged }, { "lost", f->lost }, { "not_presented", f->not_presented },
		{ "misused", f->misused }, { "no_card", f->no_card }, { "absent", f->absent }, { "left_out", f->left_out },
		{ "stamped", f->stamped },
	};

	for (size_t i = 0; i < array_size(figures); i++)
		json_object_set_new(j, figures[i].name, json_integer(figures[i].value));
}

static json_t *part_json(const struct showing *s, const struct inspection_parts_key *k, const struct inspection_parts_row *part)
{
	json_t *j = json_pack("{s:I, s:s, s:s, s:s, s:b, s:b}", "organisation", (json_int_t)k->organisation, "name",
			      organisation_title(&s->organisations, k->organisation), "level",
			      codec_value_name(&org_level_values, k->level), "stage",
			      codec_value_name(&campaign_part_values, part->stage), "differs", part->differs, "late",
			      is_late(s, k->level, part));
	add_figures(j, &part->figures);
	json_object_set_new(j, "due", json_date(due_of(&s->row, k->level)));
	if (part->has_since)
		json_object_set_new(j, "since", json_date(part->since));
	return j;
}

static bool on_part(void *context, struct bytes key, struct bytes value)
{
	struct showing *s = context;
	struct inspection_parts_key k;
	struct inspection_parts_row part;

	if (!inspection_parts_key_decode(key, &k) || inspection_parts_row_decode(value, &part) || k.campaign != s->campaign)
		return true;
	if ((s->level && k.level != s->level) || (s->overdue && !is_late(s, k.level, &part)) ||
	    (s->differences && !part.differs))
		return true;
	json_array_append_new(s->rows, part_json(s, &k, &part));
	return true;
}

static const struct output_column campaign_columns[] = {
	{ "campaign", N_("Campaign"), NULL, true },
	{ "ordinal", N_("Inspection"), NULL, true },
	{ "generation", N_("Card"), &card_generation_values, false },
	{ "state", N_("State"), &campaign_state_values, false },
	{ "from", N_("From"), &output_dates, false },
	{ "to", N_("To"), &output_dates, false },
	{ "cells", N_("Cells"), NULL, true },
	{ "cells_filed", N_("Filed"), NULL, true },
	{ "grassroots", N_("Committees"), NULL, true },
	{ "grassroots_filed", N_("Form 6"), NULL, true },
	{ "superiors", N_("Superiors"), NULL, true },
	{ "reported", N_("Form 7"), NULL, true },
	{ "missed", N_("Not checked"), NULL, true },
};
static const struct output_column part_columns[] = {
	{ "organisation", N_("Code"), NULL, true },
	{ "name", N_("Organisation"), NULL, false },
	{ "level", N_("Level"), &org_level_values, false },
	{ "stage", N_("Stage"), &campaign_part_values, false },
	{ "due", N_("Due"), &output_dates, false },
	{ "late", N_("Late"), NULL, false },
	{ "members", N_("Members"), NULL, true },
	{ "registered", N_("In the registry"), NULL, true },
	{ "ok", N_("In order"), NULL, true },
	{ "damaged", N_("Damaged"), NULL, true },
	{ "lost", N_("Lost"), NULL, true },
	{ "not_presented", N_("Not presented"), NULL, true },
	{ "misused", N_("Misused"), NULL, true },
	{ "differs", N_("Differs"), NULL, false },
	{ "stamped", N_("Stamped"), NULL, true },
};

static void show_one(struct site *site, struct showing *s)
{
	output_table(site, part_columns, array_size(part_columns), s->rows);
	say(site, _n("Campaign %llu: %s; %u card without its check.", "Campaign %llu: %s; %u cards without their check.", s->row.missed),
	    (unsigned long long)s->campaign,
	    language_label(&campaign_state_values, s->row.state), s->row.missed);
	output_json(site, json_pack("{s:o, s:O}", "campaign", campaign_json(s->campaign, &s->row), "parts", s->rows));
}

static void show_all(struct site *site, struct showing *s)
{
	output_table(site, campaign_columns, array_size(campaign_columns), s->rows);
	if (json_array_size(s->rows) == 0)
		say(site, "%s", _("There is no campaign: `tdv campaign plan`."));
	output_json(site, json_pack("{s:O}", "campaigns", s->rows));
}

// --- the yearly check (A3)

static bool on_yearly(void *context, struct bytes key, struct bytes value)
{
	struct showing *s = context;
	struct inspection_yearly_key k;
	struct inspection_yearly_row row;

	if (!inspection_yearly_key_decode(key, &k) || inspection_yearly_row_decode(value, &row) || k.year != s->year)
		return true;
	json_t *j = json_pack("{s:I, s:s}", "organisation", (json_int_t)k.cell, "name",
			      organisation_title(&s->organisations, k.cell));
	json_object_set_new(j, "meeting", json_date(row.meeting));
	add_figures(j, &row.figures);
	json_array_append_new(s->rows, j);
	return true;
}

static const struct output_column yearly_columns[] = {
	{ "organisation", N_("Code"), NULL, true },    { "name", N_("Organisation"), NULL, false },
	{ "meeting", N_("Meeting"), &output_dates, false },     { "members", N_("Members"), NULL, true },
	{ "registered", N_("In the registry"), NULL, true }, { "ok", N_("In order"), NULL, true },
	{ "damaged", N_("Damaged"), NULL, true },      { "lost", N_("Lost"), NULL, true },
	{ "not_presented", N_("Not presented"), NULL, true }, { "misused", N_("Misused"), NULL, true },
};

static bool show_year(struct site *site, struct showing *s)
{
	if (!scan(site, service_id_inspection, "yearly", on_yearly, s))
		return false;
	output_table(site, yearly_columns, array_size(yearly_columns), s->rows);
	output_json(site, json_pack("{s:i, s:O}", "year", (int)s->year, "cells", s->rows));
	return true;
}

int run_campaign_show(struct site *site, int argc, char **argv)
{
	static const unsigned levels[] = { org_level_superior, org_level_grassroots, org_level_cell, 0 };
	struct showing s = { .site = site, .today = date_of_instant(clock_wall_ms()) };
	const char *level_name = NULL;
	unsigned level = 0;
	const struct option_row options[] = {
		{ "level", option_kind_text, &level_name, N_("LEVEL"), N_("only superior, grassroots or cell") },
		{ "overdue", option_kind_flag, &s.overdue, NULL, N_("only those who are late") },
		{ "differences", option_kind_flag, &s.differences, NULL, N_("only cells whose counts differ (D3)") },
		{ "year", option_kind_number, &s.year, N_("YEAR"), N_("the yearly checks of that year, cell by cell") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 1);

	if (status == go_on)
		status = arguments_are_numbers(site, argc, argv);
	if (status != go_on)
		return status;
	if (level_name && !cell_value(&org_level_values, level_name, &level))
		return usage_values(site, &org_level_values, levels, _("no such level: %s"), level_name);
	s.level = level;
	s.campaign = argc ? strtoull(argv[0], NULL, 10) : 0;
	s.rows = json_array();
	status = exit_refused;
	bool ok = home_exists(site) && organisations_read(site, &s.organisations) &&
		  scan(site, service_id_inspection, "campaigns", on_campaign, &s);
	// Whoever asks for parts without a number means the campaign that is under way.
	if (!s.campaign && !s.year && (s.overdue || s.differences || level)) {
		s.campaign = s.newest;
		json_array_clear(s.rows);
	}
	if (ok && s.campaign && !s.known) {
		complain(_("there is no campaign %s"), argv[0]);
	} else if (ok && s.year) {
		status = show_year(site, &s) ? exit_done : exit_refused;
	} else if (ok && (!s.campaign || scan(site, service_id_inspection, "parts", on_part, &s))) {
		if (s.campaign)
			show_one(site, &s);
		else
			show_all(site, &s);
		status = exit_done;
	}
	json_decref(s.rows);
	organisations_deinit(&s.organisations);
	return status;
}

// --- check lists

struct holder {
	uint64_t cell, member;
	uint32_t number; // of the card; 0: none
};
struct lists {
	struct site *site;
	const char *out;
	bool filled;
	uint64_t only;
	unsigned generation;
	struct holder *holders; // by member, then by cell
	size_t count, capacity;
	json_t *files;
};

static bool on_checked_member(void *context, struct bytes key, struct bytes value)
{
	struct lists *l = context;
	struct inspection_members_row row;

	if (inspection_members_row_decode(value, &row) || row.type != member_type_official ||
	    (row.status != member_status_active && row.status != member_status_exempt &&
	     row.status != member_status_temp_activity) ||
	    (l->only && row.cell != l->only))
		return true;
	if (l->count == l->capacity) {
		l->capacity = l->capacity ? l->capacity * 2 : 256;
		l->holders = realloc(l->holders, l->capacity * sizeof *l->holders);
		ensure(l->holders);
	}
	l->holders[l->count++] = (struct holder){ .cell = row.cell, .member = get_u64(key.data) };
	return true;
}

static int by_member(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct holder *)element)->member;
	return a < b ? -1 : a > b;
}

static bool on_card_in_use(void *context, struct bytes key, struct bytes value)
{
	struct lists *l = context;
	struct inspection_cards_row row;
	uint64_t member = card_member(get_u64(key.data));

	if (inspection_cards_row_decode(value, &row) || row.validity != card_validity_active ||
	    (l->generation && row.generation != l->generation))
		return true;
	struct holder *h = l->count ? bsearch(&member, l->holders, l->count, sizeof *l->holders, by_member) : NULL;
	if (h)
		h->number = row.number;
	return true;
}

static int by_cell(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static bool write_list(struct lists *l, const struct holder *h, size_t count)
{
	char path[4096], number[10];
	size_t cards = 0;

	snprintf(path, sizeof path, "%s/%llu.csv", l->out, (unsigned long long)h->cell);
	FILE *f = fopen(path, "wb");
	if (!f) {
		complain("%s: %s", path, language_errno(errno));
		return false;
	}
	fprintf(f, "\xef\xbb\xbf%s;%s;%s;%s;%s\r\n", codec_value_label(&field_values, field_card_number),
		codec_value_label(&field_values, field_result), codec_value_label(&field_values, field_evidence),
		codec_value_label(&field_values, field_home_cell), "Ghi chú");
	for (size_t i = 0; i < count; i++) {
		if (h[i].number == 0)
			continue;
		card_format(h[i].number, number);
		fprintf(f, "%s;%s;;%llu;\r\n", number,
			l->filled ? codec_value_label(&check_result_values, check_result_ok) : "",
			(unsigned long long)h[i].cell);
		cards++;
	}
	json_array_append_new(l->files, json_pack("{s:s, s:I, s:I, s:I}", "file", path, "cell", (json_int_t)h->cell, "members",
						  (json_int_t)count, "cards", (json_int_t)cards));
	return fclose(f) == 0;
}

static bool write_lists(struct lists *l)
{
	if (mkdir(l->out, 0777) < 0 && errno != EEXIST) {
		complain("%s: %s", l->out, language_errno(errno));
		return false;
	}
	if (l->count)
		qsort(l->holders, l->count, sizeof *l->holders, by_cell);
	for (size_t i = 0, next; i < l->count; i = next) {
		for (next = i; next < l->count && l->holders[next].cell == l->holders[i].cell;)
			next++;
		if (!write_list(l, &l->holders[i], next - i))
			return false;
	}
	return true;
}

int run_campaign_sheets(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "cell", N_("Cell"), NULL, true },
		{ "members", N_("Members"), NULL, true },
		{ "cards", N_("Cards"), NULL, true },
		{ "file", N_("File"), NULL, false },
	};
	struct lists l = { .site = site };
	const char *cards = NULL;
	const struct option_row options[] = {
		{ "out", option_kind_text, &l.out, N_("DIR"), N_("where the lists go") },
		{ "cell", option_kind_number, &l.only, N_("CODE"), N_("only this cell's") },
		{ "cards", option_kind_text, &cards, N_("GENERATION"), N_("only chip_2025, or paper_2003") },
		{ "filled", option_kind_flag, &l.filled, NULL, N_("as if every card were in order (for trials)") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (!l.out)
		return usage_wrong(site, "%s", _("--out must say where the lists go"));
	if (cards && !cell_value(&card_generation_values, cards, &l.generation))
		return usage_wrong(site, _("--cards: \"%s\" is none; %s"), cards, "chip_2025, paper_2003");
	l.files = json_array();
	status = exit_refused;
	if (home_exists(site) && scan(site, service_id_inspection, "members", on_checked_member, &l) &&
	    scan(site, service_id_inspection, "cards", on_card_in_use, &l) && write_lists(&l)) {
		output_table(site, columns, array_size(columns), l.files);
		say(site, "%s",
		    _("Next: the cell fills in what it found of each card (ok, damaged, lost, not_presented, misused); then `tdv "
		      "campaign file` or `tdv check-cards`."));
		output_json(site, json_pack("{s:O}", "lists", l.files));
		status = exit_done;
	}
	json_decref(l.files);
	free(l.holders);
	return status;
}
