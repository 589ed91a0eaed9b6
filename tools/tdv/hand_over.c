// tdv sheets, tdv hand-over: the sheet that goes to the cell's meeting, and what comes back from it with the
// members' signatures.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "csv_rows.h"
#include "domain/organisation.h"
#include "verbs.h"

// --- sheets

struct sheet_card {
	uint64_t card, cell;
	uint32_t number;
	bool replaces; // a card that can be given up: not one that is lost
};

struct box_at_cell {
	uint64_t box, cell;
};

struct person_of {
	struct hash certificate;
	uint64_t person;
};

struct card_set {
	uint64_t *list; // in the order of the key
	size_t count;
};

struct sheets {
	struct site *site;
	const char *out, *proof;
	bool filled;
	uint64_t only;
	struct box_at_cell *boxes;
	size_t box_count;
	struct sheet_card *cards; // by cell, then number
	size_t card_count, card_capacity;
	struct card_set lost, barred; // barred: cancelled before the hand-over, its holder left or died
	struct person_of *persons;
	size_t person_count;
	struct officers officers;
	struct organisations organisations;
	json_t *files;
};

static bool on_box(void *context, struct bytes key, struct bytes value)
{
	struct sheets *s = context;
	struct delivery_boxes_row row;

	if (delivery_boxes_row_decode(value, &row) || row.place != card_place_custody ||
	    row.custodian != row.destination || row.left == 0)
		return true;
	if (!organisation_hands_over(&s->organisations, row.destination))
		return true; // it went back up
	if (s->only && row.destination != s->only)
		return true;
	s->boxes = realloc(s->boxes, (s->box_count + 1) * sizeof *s->boxes);
	ensure(s->boxes);
	s->boxes[s->box_count++] = (struct box_at_cell){ get_u64(key.data),
							 row.destination }; // in the order of the key
	return true;
}

static int compare_box(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct box_at_cell *)element)->box;
	return a < b ? -1 : a > b;
}

static bool on_standing(void *context, struct bytes key, struct bytes value)
{
	struct sheets *s = context;
	struct delivery_standing_row row;

	if (delivery_standing_row_decode(value, &row) ||
	    (row.validity != card_validity_lost && row.validity != card_validity_spoiled))
		return true;
	struct card_set *of = row.validity == card_validity_lost ? &s->lost : &s->barred;
	of->list = realloc(of->list, (of->count + 1) * sizeof *of->list);
	ensure(of->list);
	of->list[of->count++] = get_u64(key.data);
	return true;
}

static int compare_numbers(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = *(const uint64_t *)element;
	return a < b ? -1 : a > b;
}

static bool is_among(const struct card_set *set, uint64_t card)
{
	return set->count && bsearch(&card, set->list, set->count, sizeof *set->list, compare_numbers);
}

static bool on_card(void *context, struct bytes key, struct bytes value)
{
	struct sheets *s = context;
	struct delivery_cards_row row;

	if (delivery_cards_row_decode(value, &row) || row.has_place || row.spoiled || row.handed ||
	    (!row.has_parcel && !row.has_box) || s->box_count == 0)
		return true;
	uint64_t in = row.has_parcel ? row.parcel : row.box;
	const struct box_at_cell *box = bsearch(&in, s->boxes, s->box_count, sizeof *s->boxes, compare_box);
	if (!box || is_among(&s->barred, get_u64(key.data)))
		return true;
	if (s->card_count == s->card_capacity) {
		s->card_capacity = s->card_capacity ? s->card_capacity * 2 : 1024;
		s->cards = realloc(s->cards, s->card_capacity * sizeof *s->cards);
		ensure(s->cards);
	}
	bool lost = row.has_old_card && is_among(&s->lost, row.old_card);
	s->cards[s->card_count++] = (struct sheet_card){ get_u64(key.data), box->cell, row.number,
							 row.has_old_card && !lost };
	return true;
}

static bool on_certificate(void *context, struct bytes key, struct bytes value)
{
	struct sheets *s = context;
	struct intake_certificates_row row;
	(void)key;

	if (intake_certificates_row_decode(value, &row))
		return true;
	s->persons = realloc(s->persons, (s->person_count + 1) * sizeof *s->persons);
	ensure(s->persons);
	s->persons[s->person_count++] = (struct person_of){ row.fingerprint, row.person };
	return true;
}

static int compare_cards(const void *a, const void *b)
{
	const struct sheet_card *x = a, *y = b;

	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static uint64_t person_of(const struct sheets *s, const struct officer *officer)
{
	for (size_t i = 0; officer && i < s->person_count; i++)
		if (hash_equal(&s->persons[i].certificate, &officer->certificate))
			return s->persons[i].person;
	return 0;
}

static bool write_sheet(struct sheets *s, const char *name, const struct officer *by,
			const struct sheet_card *cards, size_t count)
{
	char path[4096], number[10], date[11];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.csv", s->out, name);
	f = fopen(path, "wb");
	if (!f) {
		complain("%s: %s", path, language_errno(errno));
		return false;
	}
	date_format(date_of_instant(clock_wall_ms()), date);
	fprintf(f, "\xef\xbb\xbf%s;%s;%s;%s;%s;%s;%s\r\n",
		codec_value_label(&field_values, field_card_number),
		codec_value_label(&field_values, field_receipt), "Bản ký nhận", "Đã thu thẻ cũ", "Ngày trao",
		codec_value_label(&field_values, field_home_cell), "Người trao");
	for (size_t i = 0; i < count; i++) {
		card_format(cards[i].number, number);
		fprintf(f, "%s;%s;%s;%s;%s;%llu;%s\r\n", number,
			s->filled ? codec_value_label(&receipt_kind_values, receipt_kind_signed_sheet) : "",
			s->proof ? s->proof : "",
			!cards[i].replaces ? ""
			: s->filled        ? "Có"
					   : "",
			s->filled ? date : "", (unsigned long long)cards[i].cell, by ? by->login : "");
	}
	bool ok = fclose(f) == 0;
	json_array_append_new(s->files, json_pack("{s:s, s:I, s:s, s:I, s:s}", "file", path, "cell",
						  (json_int_t)cards[0].cell, "cell_name",
						  organisation_title(&s->organisations, cards[0].cell),
						  "cards", (json_int_t)count, "login", by ? by->login : ""));
	return ok;
}

// An officer's own card is handed over by the committee above (domain.md §3): a sheet of its own.
static bool write_cell(struct sheets *s, struct sheet_card *cards, size_t count)
{
	struct organisation_tree tree;
	char name[64];
	uint64_t cell = cards[0].cell;
	const struct officer *officer = officer_fitting(s->site, &s->officers, act_hand_over, cell);
	uint64_t self = person_of(s, officer);
	size_t own = 0;

	for (size_t i = 0; self && i < count; i++) {
		if (card_member(cards[i].card) == self) {
			struct sheet_card last = cards[count - 1];
			cards[count - 1] = cards[i];
			cards[i] = last;
			own = 1;
			break;
		}
	}
	snprintf(name, sizeof name, "%llu", (unsigned long long)cell);
	if (count > own && !write_sheet(s, name, officer, cards, count - own))
		return false;
	if (!own)
		return true;
	organisations_tree(&s->organisations, &tree);
	const struct officer *above = NULL;
	uint64_t committee = organisation_at_level(&tree, cell, org_level_grassroots);
	for (size_t i = 0; i < s->officers.count && !above; i++)
		if (s->officers.list[i].role == role_grassroots_appraiser &&
		    s->officers.list[i].organisation == committee)
			above = &s->officers.list[i];
	snprintf(name, sizeof name, "%llu-own", (unsigned long long)cell);
	return write_sheet(s, name, above, &cards[count - 1], 1);
}

static bool write_sheets(struct sheets *s)
{
	if (mkdir(s->out, 0777) < 0 && errno != EEXIST) {
		complain("%s: %s", s->out, language_errno(errno));
		return false;
	}
	if (s->card_count)
		qsort(s->cards, s->card_count, sizeof *s->cards, compare_cards);
	for (size_t i = 0, next; i < s->card_count; i = next) {
		for (next = i; next < s->card_count && s->cards[next].cell == s->cards[i].cell;)
			next++;
		if (!write_cell(s, &s->cards[i], next - i))
			return false;
	}
	return true;
}

int run_sheets(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "cell_name", N_("Cell"), NULL, false },
		{ "cards", N_("Cards"), NULL, true },
		{ "login", N_("Handed over by"), NULL, false },
		{ "file", N_("File"), NULL, false },
	};
	struct sheets s = { .site = site };
	const struct option_row options[] = {
		{ "out", option_kind_text, &s.out, N_("DIR"), N_("where the sheets go") },
		{ "cell", option_kind_number, &s.only, N_("CODE"), N_("only this cell's") },
		{ "proof", option_kind_text, &s.proof, N_("FILE"),
		  N_("puts this scan into every row, relative to the sheet") },
		{ "filled", option_kind_flag, &s.filled, NULL,
		  N_("as if every member had signed today and given up the old card (for trials)") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (!s.out)
		return usage_wrong(site, "%s", _("--out must say where the sheets go"));
	s.files = json_array();
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &s.officers) &&
	    organisations_read(site, &s.organisations) &&
	    scan(site, service_id_delivery, "boxes", on_box, &s) &&
	    scan(site, service_id_delivery, "standing", on_standing, &s) &&
	    scan(site, service_id_delivery, "cards", on_card, &s) &&
	    scan(site, service_id_intake, "certificates", on_certificate, &s) && write_sheets(&s)) {
		output_table(site, columns, array_size(columns), s.files);
		if (s.card_count)
			say(site, "%s",
			    _("Next: the members sign; fill in receipt, scan, old card and date; then `tdv "
			      "hand-over FILE…`. Rows without a receipt stay."));
		else
			say(site, "%s", _("No cell holds cards to be handed over."));
		status = exit_done;
		output_json(site, json_pack("{s:O}", "sheets", s.files));
	}
	json_decref(s.files);
	free(s.boxes);
	free(s.cards);
	free(s.lost.list);
	free(s.barred.list);
	free(s.persons);
	officers_deinit(&s.officers);
	organisations_deinit(&s.organisations);
	return status;
}

// --- hand-over

struct hand_over_file {
	const char *path;
	struct form_rows rows;
	uint32_t *signed_rows; // those with a receipt
	uint32_t signed_count;
	const char *proof; // for rows without one of their own
	int32_t today;
};

static bool fill_hand_over(struct act_job *job, struct terminal *terminal)
{
	const struct hand_over_file *file = job->context;
	const char **paths = calloc(file->signed_count + 1u, sizeof *paths);
	struct hash *hashes = calloc(file->signed_count + 1u, sizeof *hashes);
	size_t failed;

	ensure(paths && hashes);
	for (size_t k = 0; k < file->signed_count; k++) {
		const struct hand_over_line *l = form_row(&file->rows, file->signed_rows[k]);
		paths[k] = l->proof_path ? l->proof_path : file->proof;
	}
	bool ok = attachments_put(terminal, file->path, paths, file->signed_count, hashes, &failed,
				  job->failure, sizeof job->failure);
	for (size_t k = 0; ok && k < file->signed_count; k++) {
		struct hand_over_row row =
			((struct hand_over_line *)form_row(&file->rows, file->signed_rows[k]))->row;
		if (!((struct hand_over_line *)form_row(&file->rows, file->signed_rows[k]))->has_date)
			row.date = file->today;
		row.has_proof = paths[k] != NULL;
		row.proof = hashes[k];
		act_add(terminal, &hand_over_row_shape, &row);
	}
	free(hashes);
	free(paths);
	return ok;
}

static bool card_of_row(const struct act_job *job, uint32_t row, struct card_row *card)
{
	size_t i = act_file_row(job, row);
	const struct hand_over_line *line = i == SIZE_MAX ? NULL : form_row(job->rows, i);

	*card = (struct card_row){ .has_card_number = line != NULL, .card_number = line ? line->row.card_number : 0 };
	return line != NULL;
}

// A receipt that nothing shows is none.
static void take_signed(struct hand_over_file *file, uint32_t i)
{
	const struct hand_over_line *l = form_row(&file->rows, i);

	file->signed_rows[file->signed_count++] = i;
	if (!l->proof_path && !file->proof) {
		form_fault(&file->rows, i, field_evidence, reason_missing);
		file->rows.faults.list[file->rows.faults.count - 1].hint = N_(
			"the scan with the member's signature; --proof FILE gives one for all rows");
	}
}

static bool read_file(struct site *site, struct hand_over_file *file, json_t *errors)
{
	if (form_read_or_fault(&hand_over_form, file->path, &file->rows) && file->rows.count) {
		hand_over_check(&file->rows);
		file->signed_rows = calloc(file->rows.count + 1, sizeof *file->signed_rows);
		ensure(file->signed_rows);
		for (size_t i = 0; i < file->rows.count; i++)
			if (((struct hand_over_line *)form_row(&file->rows, i))->has_receipt)
				take_signed(file, (uint32_t)i);
	}
	if (file->signed_count > 2000)
		fault_add(&file->rows.faults, 0, -1, field_count, reason_too_many, NULL);
	faults_tell(site, file->path, &file->rows, errors);
	return file->rows.faults.count == 0;
}

static bool make_job(const struct site *site, const struct officers *officers, struct hand_over_file *file,
		     struct act_job *job)
{
	const struct hand_over_line *first = form_row(&file->rows, 0);
	char login[64];

	snprintf(login, sizeof login, "%.*s", (int)first->login.size, (const char *)first->login.data);
	const struct officer *officer = first->cell || *login ? officer_for(site, officers, act_hand_over,
									    first->cell, login)
							      : officer_any(site, officers, act_hand_over);
	if (!officer)
		return false;
	*job = (struct act_job){ .officer = officer,
				 .act = act_hand_over,
				 .rows = &file->rows,
				 .row_of = file->signed_rows,
				 .fill = fill_hand_over,
				 .card_of = card_of_row,
				 .context = file };
	snprintf(job->about, sizeof job->about, "%s", file->path);
	return true;
}

static int hand_over(struct site *site, struct hand_over_file *files, size_t count)
{
	struct act_job *jobs = calloc(count, sizeof *jobs);
	struct officers officers = { 0 };
	size_t made = 0;
	bool ok = officers_read(site, &officers);
	int status = exit_refused;

	ensure(jobs);
	for (size_t i = 0; ok && i < count; i++) {
		if (files[i].signed_count == 0)
			say(site, _("%s: no row has a receipt; nothing is handed over"), files[i].path);
		else
			ok = make_job(site, &officers, &files[i], &jobs[made++]);
	}
	if (ok) {
		acts_run(site, jobs, made);
		status = acts_report(site, jobs, made, false, NULL);
		if (status == exit_done && made)
			say(site, "%s",
			    _("The new cards are active and the old ones superseded. `tdv outcome` shows "
			      "where all cards are."));
	}
	acts_deinit(jobs, made);
	free(jobs);
	officers_deinit(&officers);
	return status;
}

int run_hand_over(struct site *site, int argc, char **argv)
{
	const char *proof = NULL;
	const struct option_row options[] = {
		{ "proof", option_kind_text, &proof, N_("FILE"),
		  N_("the scan with the signatures, for rows that name none") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 1, -1);

	if (status != go_on)
		return status;
	// Named on the command line, it lies where the command was given, not beside the CSV.
	char *beside_us = proof ? realpath(proof, NULL) : NULL;
	if (proof && !beside_us) {
		complain("%s: %s", proof, language_errno(errno));
		return exit_refused;
	}
	size_t count = (size_t)argc, bad = 0;
	struct hand_over_file *files = calloc(count, sizeof *files);
	json_t *errors = json_array();
	ensure(files);
	for (size_t i = 0; i < count; i++) {
		files[i] = (struct hand_over_file){ .path = argv[i],
						    .proof = beside_us,
						    .today = date_of_instant(clock_wall_ms()) };
		bad += !read_file(site, &files[i], errors);
	}
	if (bad) {
		if (!site->json)
			complain("%s", _("nothing was sent; mend what stands above and hand over again"));
		output_json(site, json_pack("{s:O, s:[]}", "errors", errors, "acts"));
		status = exit_refused;
	} else {
		status = hand_over(site, files, count);
	}
	for (size_t i = 0; i < count; i++) {
		free(files[i].signed_rows);
		form_rows_deinit(&files[i].rows);
	}
	json_decref(errors);
	free(files);
	free(beside_us);
	return status;
}
