#include "csv_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "common/language.h"

// --- the header

static bool listed(const char *between_bars, const char *folded)
{
	char one[200], other[200];

	for (const char *at = between_bars; at && *at; at++) {
		size_t n = strcspn(at, "|");
		snprintf(one, sizeof one, "%.*s", (int)n, at);
		text_fold(one, other, sizeof other);
		if (n > 0 && strcmp(other, folded) == 0)
			return true;
		at += n;
		if (!*at)
			break;
	}
	return false;
}

static bool header_is(const struct form_column *c, const char *folded)
{
	char other[200];

	text_fold(c->name ? c->name : codec_value_name(&field_values, c->field), other, sizeof other);
	if (strcmp(other, folded) == 0)
		return true;
	text_fold(c->label ? c->label : codec_value_label(&field_values, c->field), other, sizeof other);
	return strcmp(other, folded) == 0 || listed(c->also, folded);
}

static const char *usual_header(const struct form_column *c)
{
	if (language_is_english())
		return c->name ? c->name : codec_value_name(&field_values, c->field);
	return c->label ? c->label : codec_value_label(&field_values, c->field);
}

static void match_header(struct form_rows *r)
{
	const struct sheet_row *header = &r->sheet.rows[0];
	char folded[200];

	for (size_t i = 0; i < array_size(r->column_of); i++)
		r->column_of[i] = -1;
	for (size_t k = 0; k < header->count; k++) {
		const char *text = sheet_cell(&r->sheet, header, k);
		size_t i = 0;
		text_fold(text, folded, sizeof folded);
		while (i < r->form->count && !header_is(&r->form->columns[i], folded))
			i++;
		if (i == r->form->count) {
			if (*text && !listed(r->form->ignored, folded))
				fault_add(&r->notes, header->number, (int)k, field_whole, reason_unknown,
					  text)
					->header = text;
		} else if (r->column_of[i] >= 0) {
			fault_add(&r->faults, header->number, (int)k, r->form->columns[i].field,
				  reason_duplicate, text)
				->header = text;
		} else {
			r->column_of[i] = (int)k;
		}
	}
	for (size_t i = 0; i < r->form->count; i++) {
		if (r->form->columns[i].required && r->column_of[i] < 0) {
			struct fault *f = fault_add(&r->faults, header->number, -1, r->form->columns[i].field,
						    reason_missing, NULL);
			f->header = usual_header(&r->form->columns[i]);
			f->hint = N_("the file has no such column");
			r->columns_missing = true;
		}
	}
}

// --- cells

static void put(void *row, const struct form_column *c, const void *value, size_t size)
{
	memcpy((char *)row + c->at, value, size);
	if (c->has_at)
		*(bool *)((char *)row + c->has_at) = true;
}

static bool read_yes(const char *text, bool *yes)
{
	static const char *const words[2][8] = {
		{ "khong", "no", "false", "0", "sai", "n", "chua", NULL },
		{ "co", "yes", "true", "1", "dung", "y", "x", "roi" },
	};
	char folded[32];

	text_fold(text, folded, sizeof folded);
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < 8 && words[i][k]; k++) {
			if (strcmp(words[i][k], folded) == 0) {
				*yes = i == 1;
				return true;
			}
		}
	}
	return false;
}

// "1,2,4", "1 2 4", "1-4".
static bool read_boxes(const char *text, uint8_t *boxes)
{
	unsigned from = 0;

	*boxes = 0;
	for (; *text; text++) {
		if (*text >= '1' && *text <= '4') {
			unsigned to = (unsigned)(*text - '0');
			for (unsigned i = from ? from : to; i <= to; i++)
				*boxes = (uint8_t)(*boxes | 1u << (i - 1));
			from = 0;
			if (text[1] == '-') {
				from = to;
				text++;
			}
		} else if (!strchr(" ,;.", *text)) {
			return false;
		}
	}
	return from == 0;
}

static bool read_phone(const char *text)
{
	size_t n = strlen(text), digits = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			digits++;
		else if (!(text[i] == '+' && i == 0) && !strchr(" .-", text[i]))
			return false;
	}
	return n <= 20 && digits >= 9 && digits <= 12 && (text[0] == '0' || text[0] == '+');
}

// What Excel does to long numbers that are not text.
static const char *spoiled_number_hint(const char *text)
{
	if (strchr(text, 'E') && strchr(text, '+'))
		return N_("Excel has rounded this number: make the column Text and type it again");
	return N_("a leading zero is lost when Excel takes it for a number: make the column Text");
}

static enum reason read_cell(struct form_rows *r, const struct form_column *c, char *text, void *row,
			     const char **hint)
{
	struct bytes bytes = bytes_of_text(text);
	uint64_t u64;
	unsigned value;
	uint32_t u32;
	uint16_t u16;
	int32_t date;
	uint8_t u8;
	bool yes;
	char *end, profile[10];
	(void)r;

	switch (c->kind) {
	case cell_kind_text:
		put(row, c, &bytes, sizeof bytes);
		return bytes.size > c->max ? reason_too_many : reason_none;
	case cell_kind_path:
		put(row, c, &(const char *){ text }, sizeof(const char *));
		return reason_none;
	case cell_kind_digits12:
		put(row, c, &bytes, sizeof bytes);
		if (bytes.size == 12 && strspn(text, "0123456789") == 12)
			return reason_none;
		*hint = strspn(text, "0123456789") >= 9 || strchr(text, '+') ? spoiled_number_hint(text)
									     : NULL;
		return reason_malformed;
	case cell_kind_phone:
		put(row, c, &bytes, sizeof bytes);
		if (read_phone(text))
			return reason_none;
		*hint = spoiled_number_hint(text);
		return reason_malformed;
	case cell_kind_profile:
		if (!cell_profile(text, profile))
			return reason_malformed;
		memcpy(text, profile, strlen(text));
		put(row, c, &bytes, sizeof bytes);
		return reason_none;
	case cell_kind_code:
		if (!cell_code(text, &u64))
			return reason_malformed;
		put(row, c, &u64, sizeof u64);
		return reason_none;
	case cell_kind_box:
	case cell_kind_request:
		if (!cell_pair(text, &u64))
			return reason_malformed;
		put(row, c, &u64, sizeof u64);
		return reason_none;
	case cell_kind_count:
		u32 = (uint32_t)strtoul(text, &end, 10);
		if (*end || strspn(text, "0123456789") > 9)
			return reason_malformed;
		put(row, c, &u32, sizeof u32);
		return reason_none;
	case cell_kind_party:
		if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 2)
			return reason_malformed;
		u16 = (uint16_t)strtoul(text, NULL, 10);
		put(row, c, &u16, sizeof u16);
		return reason_none;
	case cell_kind_date:
		if (!cell_date(text, &date))
			return reason_malformed;
		put(row, c, &date, sizeof date);
		return reason_none;
	case cell_kind_value:
		if (!cell_value(c->values, text, &value))
			return reason_malformed;
		put(row, c, &value, sizeof value);
		return reason_none;
	case cell_kind_yes:
		if (!read_yes(text, &yes))
			return reason_malformed;
		put(row, c, &yes, sizeof yes);
		return reason_none;
	case cell_kind_card:
		if (!cell_card(text, &u32))
			return reason_malformed;
		put(row, c, &u32, sizeof u32);
		return reason_none;
	case cell_kind_boxes:
		if (!read_boxes(text, &u8))
			return reason_malformed;
		put(row, c, &u8, sizeof u8);
		return reason_none;
	}
	return reason_malformed;
}

// As sheet_cell, for cells that are rewritten in place; NULL for a cell that the row does not have.
static char *cell_to_read(struct sheet *sheet, const struct sheet_row *row, size_t column)
{
	return column < row->count ? (char *)sheet->text.data + sheet->cells[row->first + column] : NULL;
}

// More than these are looked up rather than read.
#define values_told 20

static void read_row(struct form_rows *r, size_t i)
{
	const struct sheet_row *from = &r->sheet.rows[i + 1];

	r->numbers[i] = from->number;
	for (size_t k = 0; k < r->form->count; k++) {
		const struct form_column *c = &r->form->columns[k];
		if (r->column_of[k] < 0)
			continue;
		char *text = cell_to_read(&r->sheet, from, (size_t)r->column_of[k]);
		const char *hint = NULL;
		enum reason reason = reason_none;
		if (text && strcmp(text, "-") == 0 && c->empty_at)
			*(bool *)((char *)form_row(r, i) + c->empty_at) = true;
		else if (text && *text)
			reason = read_cell(r, c, text, form_row(r, i), &hint);
		else if (c->required)
			reason = reason_missing;
		if (reason != reason_none) {
			struct fault *f = fault_add(&r->faults, from->number, r->column_of[k], c->field,
						    reason, text);
			f->header = sheet_cell(&r->sheet, &r->sheet.rows[0], (size_t)r->column_of[k]);
			f->hint = hint;
			if (c->kind == cell_kind_value && c->values->count <= values_told)
				f->values = c->values;
			r->bad[i] = true;
		}
	}
}

static void parse_rows(struct form_rows *r)
{
	match_header(r);
	r->count = r->sheet.row_count - 1;
	r->rows = calloc(r->count + 1, r->form->row_size);
	r->numbers = calloc(r->count + 1, sizeof *r->numbers);
	r->bad = calloc(r->count + 1, sizeof *r->bad);
	ensure(r->rows && r->numbers && r->bad);
	for (size_t i = 0; i < r->count; i++) {
		r->bad[i] = r->columns_missing;
		read_row(r, i);
	}
	if (r->count == 0)
		fault_add(&r->faults, 0, -1, field_whole, reason_empty, NULL);
}

enum error form_parse(const struct form *form, struct bytes content, struct form_rows *rows)
{
	*rows = (struct form_rows){ .form = form };
	ensure(form->count <= array_size(rows->column_of));
	if (!sheet_parse(&rows->sheet, content, &rows->faults))
		parse_rows(rows);
	return error_none;
}

enum error form_read(const struct form *form, const char *path, struct form_rows *rows)
{
	*rows = (struct form_rows){ .form = form };
	ensure(form->count <= array_size(rows->column_of));
	enum error e = sheet_read(&rows->sheet, path, &rows->faults);
	if (!e)
		parse_rows(rows);
	return e == error_malformed ? error_none : e;
}

void form_rows_deinit(struct form_rows *rows)
{
	sheet_deinit(&rows->sheet);
	faults_deinit(&rows->faults);
	faults_deinit(&rows->notes);
	free(rows->rows);
	free(rows->numbers);
	free(rows->bad);
	*rows = (struct form_rows){ 0 };
}

void *form_row(const struct form_rows *rows, size_t i)
{
	return (char *)rows->rows + i * rows->form->row_size;
}

// --- faults

static int form_column_of(const struct form_rows *rows, enum field field)
{
	for (size_t k = 0; k < rows->form->count && field != field_whole; k++)
		if (rows->form->columns[k].field == field)
			return (int)k;
	return -1;
}

int form_file_column(const struct form_rows *rows, enum field field)
{
	int k = form_column_of(rows, field);
	return k < 0 || rows->sheet.row_count == 0 ? -1 : rows->column_of[k];
}

const char *form_header(const struct form_rows *rows, enum field field)
{
	int k = form_column_of(rows, field), column = form_file_column(rows, field);

	if (column >= 0)
		return sheet_cell(&rows->sheet, &rows->sheet.rows[0], (size_t)column);
	return k >= 0 ? usual_header(&rows->form->columns[k]) : language_label(&field_values, field);
}

const char *form_text(const struct form_rows *rows, size_t i, enum field field)
{
	int column = form_file_column(rows, field);
	return column < 0 ? "" : sheet_cell(&rows->sheet, &rows->sheet.rows[i + 1], (size_t)column);
}

void form_fault(struct form_rows *rows, size_t i, enum field field, enum reason reason)
{
	struct fault *f = fault_add(&rows->faults, rows->numbers[i], form_file_column(rows, field), field,
				    reason, form_text(rows, i, field));
	f->header = form_header(rows, field);
	rows->bad[i] = true;
}

size_t form_row_numbered(const struct form_rows *rows, uint32_t number)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->numbers[i] == number)
			return i;
	return SIZE_MAX;
}

struct seen {
	const char *text;
	size_t i;
};

static int compare_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int d = strcasecmp(x->text, y->text);

	return d ? d : x->i < y->i ? -1 : 1;
}

void form_doubles(struct form_rows *rows, enum field field)
{
	struct seen *seen = calloc(rows->count + 1, sizeof *seen);
	size_t n = 0;

	ensure(seen);
	for (size_t i = 0; i < rows->count; i++)
		if (*form_text(rows, i, field))
			seen[n++] = (struct seen){ form_text(rows, i, field), i };
	qsort(seen, n, sizeof *seen, compare_seen);
	for (size_t k = 1; k < n; k++) {
		if (strcasecmp(seen[k].text, seen[k - 1].text) != 0)
			continue;
		form_fault(rows, seen[k].i, field, reason_duplicate);
		rows->faults.list[rows->faults.count - 1].hint = N_("the same stands in a row above");
	}
	free(seen);
}
