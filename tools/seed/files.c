// CSV as Excel saves it in Vietnam: UTF-8 with BOM, semicolons, CRLF, dates as day/month/year, labels in
// Vietnamese.  The organisations and officers are saved the other way (no BOM, commas, English headers), so
// that both are used every day.
#include "seed.h"
#include "common/language.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct csv {
	FILE *f;
	char separator;
	bool first;
	bool failed;
};

static void csv_open(struct csv *csv, const char *folder, const char *name, bool excel)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	*csv = (struct csv){ .f = fopen(path, "wb"), .separator = excel ? ';' : ',', .first = true };
	if (!csv->f) {
		fprintf(stderr, "tdv-seed: %s: %s\n", path, language_errno(errno));
		csv->failed = true;
	} else if (excel) {
		fputs("\xef\xbb\xbf", csv->f);
	}
}

static void cell(struct csv *csv, const char *text)
{
	if (csv->failed)
		return;
	if (!csv->first)
		fputc(csv->separator, csv->f);
	csv->first = false;
	if (!strpbrk(text, ",;\"\r\n")) {
		fputs(text, csv->f);
		return;
	}
	fputc('"', csv->f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', csv->f);
		fputc(*text, csv->f);
	}
	fputc('"', csv->f);
}

__attribute__((format(printf, 2, 3))) static void cellf(struct csv *csv, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	cell(csv, text);
}

static void date_cell(struct csv *csv, int32_t date)
{
	int year;
	unsigned month, day;

	if (date == date_none) {
		cell(csv, "");
		return;
	}
	date_to_civil(date, &year, &month, &day);
	cellf(csv, "%02u/%02u/%04d", day, month, year);
}

static void card_cell(struct csv *csv, uint32_t number)
{
	if (number == 0)
		cell(csv, "");
	else
		cellf(csv, "%02u.%06u", number / 1000000, number % 1000000);
}

static void end_row(struct csv *csv)
{
	if (!csv->failed)
		fputs("\r\n", csv->f);
	csv->first = true;
}

static bool csv_close(struct csv *csv)
{
	return !csv->failed && fclose(csv->f) == 0;
}

static bool write_organisations(const struct seed *s)
{
	static const enum field header[] = { field_code,        field_name_,      field_level,
					     field_parent,      field_valid_from, field_party_code,
					     field_connectivity };
	struct csv csv;

	csv_open(&csv, s->out, "organisations.csv", false);
	for (size_t i = 0; i < sizeof header / sizeof *header; i++)
		cell(&csv, field_name(header[i]));
	cell(&csv, "remote");
	end_row(&csv);
	for (size_t i = 0; i < s->tree.count; i++) {
		const struct unit *u = &s->tree.units[i];
		cellf(&csv, "%llu", (unsigned long long)u->code);
		cell(&csv, u->name);
		cell(&csv, org_level_name(u->level));
		cellf(&csv, "%llu", (unsigned long long)u->parent);
		date_cell(&csv, u->valid_from);
		if (u->party_code)
			cellf(&csv, "%02u", u->party_code);
		else
			cell(&csv, "");
		cell(&csv, connectivity_name(u->connectivity));
		cell(&csv, u->remote ? "yes" : "no");
		end_row(&csv);
	}
	return csv_close(&csv);
}

static void member_header(struct csv *csv)
{
	static const enum field header[] = {
		field_full_name,      field_birth_date,    field_sex,
		field_citizen_id,     field_phone,         field_profile_number,
		field_admission_date, field_official_date, field_type,
		field_status,         field_home_cell,     field_present_cell,
		field_discipline,     field_card_number,   field_card_generation,
		field_card_issued,    field_stamped_boxes,
	};

	for (size_t i = 0; i < sizeof header / sizeof *header; i++)
		cell(csv, field_label(header[i]));
	cell(csv, "Ngày của tình trạng");
	end_row(csv);
}

static void boxes_cell(struct csv *csv, uint8_t boxes)
{
	char text[16] = "";
	size_t n = 0;

	for (unsigned i = 0; i < 4; i++)
		if (boxes & 1u << i)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%u", n ? "," : "", i + 1);
	cell(csv, text);
}

static void member_row_write(struct csv *csv, const struct person *p)
{
	cell(csv, p->name);
	date_cell(csv, p->birth);
	cell(csv, sex_label(p->sex));
	cell(csv, p->citizen);
	cell(csv, p->phone);
	cell(csv, p->profile);
	date_cell(csv, p->admission);
	date_cell(csv, p->official);
	cell(csv, member_type_label(p->type));
	cell(csv, member_status_label(p->status));
	cellf(csv, "%llu", (unsigned long long)p->home);
	cellf(csv, "%llu", (unsigned long long)p->present);
	date_cell(csv, p->discipline_until);
	card_cell(csv, p->card_number);
	cell(csv, p->card_number ? card_generation_label(card_generation_paper_2003) : "");
	date_cell(csv, p->card_number ? p->card_issued : date_none);
	boxes_cell(csv, p->card_number ? p->boxes : 0);
	date_cell(csv, p->status_date);
	end_row(csv);
}

static bool write_members(const struct seed *s)
{
	struct csv csv;

	csv_open(&csv, s->out, "members.csv", true);
	member_header(&csv);
	for (size_t i = 0; i < s->count; i++)
		member_row_write(&csv, &s->persons[i]);
	return csv_close(&csv);
}

// A handful of rows as they come in by mistake, each wrong in its own way.
static bool write_bad_members(const struct seed *s)
{
	struct person p = s->persons[0];
	struct csv csv;

	csv_open(&csv, s->out, "members-with-errors.csv", true);
	member_header(&csv);
	member_row_write(&csv, &p);           // a second time: doubled profile number and citizen id
	memcpy(p.citizen, "12345678901", 12); // 11 digits
	memcpy(p.profile, "12AB", 5);
	member_row_write(&csv, &p);
	p = s->persons[1 % s->count];
	p.name[0] = '\0';
	p.home = 999999;
	member_row_write(&csv, &p);
	p = s->persons[2 % s->count];
	p.official = p.admission - 40;
	p.card_number = 1234;
	member_row_write(&csv, &p);
	cell(&csv, "Nguyễn Văn Sai");
	cell(&csv, "31/02/1980");
	cell(&csv, "nam giới");
	end_row(&csv);
	return csv_close(&csv);
}

static bool write_officers(struct seed *s)
{
	size_t count;
	struct officer *officers = officers_make(s, &count);
	struct csv csv;

	if (!officers)
		return false;
	csv_open(&csv, s->out, "officers.csv", false);
	cell(&csv, "login");
	cell(&csv, "full_name");
	cell(&csv, "citizen_id");
	cell(&csv, "role");
	cell(&csv, "organisation");
	end_row(&csv);
	for (size_t i = 0; i < count; i++) {
		cell(&csv, officers[i].login);
		cell(&csv, officers[i].person.name);
		cell(&csv, officers[i].person.citizen);
		cell(&csv, role_name(officers[i].role));
		cellf(&csv, "%llu", (unsigned long long)officers[i].organisation);
		end_row(&csv);
	}
	free(officers);
	return csv_close(&csv);
}

// --- lists

static bool newly_official(const struct person *p, int32_t today)
{
	return p->type == member_type_official && p->card_number == 0 && p->official <= today;
}

// Cells leave out those who are no longer among them; a probationary member or two gets in by mistake.
static bool listed_for_exchange(const struct person *p, int32_t today)
{
	if (p->status != member_status_active && p->status != member_status_exempt &&
	    p->status != member_status_temp_activity)
		return false;
	if (p->type == member_type_probationary)
		return p->index % 3 == 0;
	return !newly_official(p, today);
}

static void list_header(struct csv *csv)
{
	static const enum field header[] = { field_profile_number, field_full_name, field_card_number,
					     field_photo,          field_kind,      field_reason,
					     field_home_cell };

	cell(csv, "STT");
	for (size_t i = 0; i < sizeof header / sizeof *header; i++)
		cell(csv, field_label(header[i]));
	end_row(csv);
}

static void list_row_write(struct csv *csv, unsigned number, const struct person *p, const char *photos,
			   enum request_kind kind, enum request_reason reason)
{
	cellf(csv, "%u", number);
	cell(csv, p->profile);
	cell(csv, p->name);
	// Now and then a number is written down wrong.
	card_cell(csv, p->card_number && p->index % 1500 == 11 ? p->card_number ^ 1 : p->card_number);
	cellf(csv, "%s/%s.jpg", photos, p->profile);
	cell(csv, request_kind_label(kind));
	cell(csv, request_reason_label(reason));
	cellf(csv, "%llu", (unsigned long long)p->present);
	end_row(csv);
}

// One file for those of the unit from `from` to `to` that belong on it; none when there are none.
// Those who are there at present: `from` and `to` count among them.
static bool write_list(const struct seed *s, const struct unit *u, uint32_t from, uint32_t to,
		       const char *suffix, enum request_kind kind)
{
	bool exchange = kind == request_kind_exchange, opened = false;
	char name[128];
	struct csv csv = { 0 };
	unsigned number = 0;
	uint32_t there = 0;

	snprintf(name, sizeof name, "lists/%llu-%s.csv", (unsigned long long)u->code, suffix);
	for (size_t i = 0; i < s->count && there < to; i++) {
		const struct person *p = &s->persons[i];
		if (p->present != u->code || there++ < from)
			continue;
		if (exchange ? !listed_for_exchange(p, s->today) : !newly_official(p, s->today))
			continue;
		if (!opened) {
			csv_open(&csv, s->out, name, true);
			list_header(&csv);
			opened = true;
		}
		list_row_write(&csv, ++number, p, "../photos", kind,
			       exchange ? request_reason_campaign : request_reason_first);
	}
	return !opened || csv_close(&csv);
}

static bool write_lists(const struct seed *s)
{
	bool ok = true;

	for (size_t i = 0; i < s->tree.count && ok; i++) {
		const struct unit *u = &s->tree.units[i];
		uint32_t half = u->members > second_above ? u->members / 2 : UINT32_MAX;
		if (!u->has_members)
			continue;
		ok = write_list(s, u, 0, half, "exchange", request_kind_exchange) &&
		     (half == UINT32_MAX ||
		      write_list(s, u, half, UINT32_MAX, "exchange-2", request_kind_exchange)) &&
		     write_list(s, u, 0, UINT32_MAX, "new", request_kind_new);
	}
	return ok;
}

static bool write_bad_list(const struct seed *s)
{
	struct person p = s->persons[0];
	struct csv csv;

	csv_open(&csv, s->out, "list-with-errors.csv", true);
	list_header(&csv);
	list_row_write(&csv, 1, &p, "photos", request_kind_exchange, request_reason_campaign);
	list_row_write(&csv, 2, &p, "photos", request_kind_exchange, request_reason_campaign); // twice
	memcpy(p.profile, "12-34", 6); // no such form, and no such photo
	list_row_write(&csv, 3, &p, "photos", request_kind_exchange, request_reason_campaign);
	p = s->persons[1 % s->count];
	p.present = 1; // another cell than the list's
	list_row_write(&csv, 4, &p, "photos", request_kind_new, request_reason_campaign); // and another kind
	return csv_close(&csv);
}

static bool make_folder(const char *out, const char *name)
{
	char path[4096];

	snprintf(path, sizeof path, "%s%s%s", out, *name ? "/" : "", name);
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	fprintf(stderr, "tdv-seed: %s: %s\n", path, language_errno(errno));
	return false;
}

static bool write_receipts(const struct seed *s)
{
	char path[4096];

	for (size_t i = 0; i < s->tree.count; i++) {
		const struct unit *u = &s->tree.units[i];
		snprintf(path, sizeof path, "%s/receipts/%llu.jpg", s->out, (unsigned long long)u->code);
		if (u->has_members && !receipt_write(s->seed, u->code, u->members, path))
			return false;
	}
	return true;
}

bool files_write(const struct seed *s)
{
	struct seed marked = *s; // officers are marked in the persons; nothing else reads the mark
	char photos[4096];

	snprintf(photos, sizeof photos, "%s/photos", s->out);
	return make_folder(s->out, "") && make_folder(s->out, "lists") && make_folder(s->out, "photos") &&
	       make_folder(s->out, "receipts") && write_organisations(s) && write_members(s) &&
	       write_bad_members(s) && write_officers(&marked) && write_lists(s) && write_bad_list(s) &&
	       write_receipts(s) && photos_write(s->seed, s->persons, s->count, photos);
}
