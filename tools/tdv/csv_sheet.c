#include "csv_sheet.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/ensure.h"
#include "common/language.h"

#define value_shown_max 400

// What is told of a cell that holds a whole book: its beginning.
static char *shortened(const char *value)
{
	size_t size = strnlen(value, value_shown_max + 1);

	if (size <= value_shown_max)
		return strdup(value);
	for (size = value_shown_max; size > 0 && ((uint8_t)value[size] & 0xc0) == 0x80;)
		size--; // not inside a character
	char *text = malloc(size + sizeof "…");
	ensure(text);
	memcpy(text, value, size);
	memcpy(text + size, "…", sizeof "…");
	return text;
}

struct fault *fault_add(struct faults *faults, uint32_t row, int column, enum field field, enum reason reason,
			const char *value)
{
	if (faults->count == faults->capacity) {
		faults->capacity = faults->capacity ? faults->capacity * 2 : 16;
		faults->list = realloc(faults->list, faults->capacity * sizeof *faults->list);
		ensure(faults->list);
	}
	struct fault *f = &faults->list[faults->count++];
	*f = (struct fault){ .row = row, .column = column, .field = field, .reason = reason };
	if (value && *value)
		f->value = shortened(value);
	return f;
}

static int compare_faults(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

void faults_sort(struct faults *faults)
{
	if (faults->count > 1)
		qsort(faults->list, faults->count, sizeof *faults->list, compare_faults);
}

void faults_deinit(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		free(faults->list[i].value);
	free(faults->list);
	*faults = (struct faults){ 0 };
}

// --- reading

struct reading {
	struct sheet *sheet;
	struct faults *faults;
	size_t first;    // cell of the row being read
	uint32_t number; // Excel's number of the row being read
	bool some;       // the row holds text
	bool after_cr;   // a line feed here belongs to the carriage return before it
};

static void add_cell(struct reading *r, const char *text, size_t size)
{
	struct sheet *s = r->sheet;
	size_t length = size;
	uint8_t *composed = u8_normalize(UNINORM_NFC, (const uint8_t *)text, size, NULL, &length);

	ensure(composed || size == 0);
	if (s->cell_count == s->cell_capacity) {
		s->cell_capacity = s->cell_capacity ? s->cell_capacity * 2 : 256;
		s->cells = realloc(s->cells, s->cell_capacity * sizeof *s->cells);
		ensure(s->cells);
	}
	s->cells[s->cell_count++] = s->text.size;
	buffer_append(&s->text, composed, length);
	buffer_append(&s->text, "", 1);
	free(composed);
	r->some = r->some || length > 0;
}

// Space, no-break space (Excel pastes them) and byte-order mark at the ends of a cell say nothing.
static const char *trim(const char *text, size_t *size)
{
	static const char *const blanks[] = { " ", "\t", "\xc2\xa0", "\xef\xbb\xbf", "\r", "\n" };
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < array_size(blanks); i++) {
			size_t n = strlen(blanks[i]);
			if (*size >= n && memcmp(text, blanks[i], n) == 0) {
				text += n;
				*size -= n;
				again = true;
			}
			if (*size >= n && memcmp(text + *size - n, blanks[i], n) == 0) {
				*size -= n;
				again = true;
			}
		}
	}
	return text;
}

static void on_cell(void *data, size_t size, void *context)
{
	struct reading *r = context;
	const char *text = trim(data ? data : "", &size);
	r->after_cr = false;
	add_cell(r, text, size);
}

static void on_row(int end, void *context)
{
	struct reading *r = context;
	struct sheet *s = r->sheet;

	if (end == '\n' && r->after_cr && s->cell_count == r->first) {
		r->after_cr = false;
		return;
	}
	r->after_cr = end == '\r';
	if (r->some) {
		if (s->row_count == s->row_capacity) {
			s->row_capacity = s->row_capacity ? s->row_capacity * 2 : 64;
			s->rows = realloc(s->rows, s->row_capacity * sizeof *s->rows);
			ensure(s->rows);
		}
		s->rows[s->row_count++] = (struct sheet_row){ .number = r->number,
							      .first = r->first,
							      .count = s->cell_count - r->first };
	} else {
		s->cell_count = r->first;
	}
	r->first = s->cell_count;
	r->some = false;
	if (end != -1)
		r->number++;
}

// The separator that the header uses most, outside quotes; a first line `sep=;` says it and is no row of
// data.
static char find_separator(struct bytes *content, uint32_t *number)
{
	static const char candidates[] = { ',', ';', '\t' };
	size_t seen[sizeof candidates] = { 0 }, best = 0;
	bool quoted = false, some = false;

	if (content->size > 5 && memcmp(content->data, "sep=", 4) == 0) {
		char separator = (char)content->data[4];
		const uint8_t *line = memchr(content->data, '\n', content->size);
		size_t skipped = line ? (size_t)(line - content->data) + 1 : content->size;
		*content = bytes_of(content->data + skipped, content->size - skipped);
		*number = 2;
		return separator;
	}
	for (size_t i = 0; i < content->size; i++) {
		char c = (char)content->data[i];
		if (c == '"')
			quoted = !quoted;
		else if ((c == '\n' || c == '\r') && !quoted) {
			if (some)
				break;
			continue; // empty lines before the header
		}
		some = true;
		for (size_t k = 0; k < sizeof candidates && !quoted; k++)
			seen[k] += c == candidates[k];
	}
	for (size_t k = 1; k < sizeof candidates; k++)
		if (seen[k] > seen[best])
			best = k;
	return candidates[best];
}

// Text has no control characters; and it is UTF-8, or the first row that is not is named.
static const char *not_text(struct bytes content, uint32_t *row)
{
	*row = 0;
	for (size_t i = 0; i < content.size; i++)
		if (content.data[i] < 32 && content.data[i] != '\t' && content.data[i] != '\r' &&
		    content.data[i] != '\n') // NUL too
			return N_("this is not a text file: save the table as \"CSV UTF-8\"");
	const uint8_t *bad = u8_check(content.data, content.size);
	if (!bad)
		return NULL;
	*row = 1;
	for (const uint8_t *at = content.data; at < bad; at++)
		*row += *at == '\n' || (*at == '\r' && at[1] != '\n');
	return N_("the text is not UTF-8: save the file as \"CSV UTF-8\"");
}

static enum error refuse_file(struct faults *faults, uint32_t row, const char *hint)
{
	fault_add(faults, row, -1, field_whole, reason_malformed, NULL)->hint = hint;
	return error_malformed;
}

#define csv_field_begun                                                                                      \
	2 // libcsv.c: FIELD_BEGUN; CSV_STRICT would tell it too, and refuse every stray quotation mark

enum error sheet_parse(struct sheet *sheet, struct bytes content, struct faults *faults)
{
	struct reading reading = { .sheet = sheet, .faults = faults, .number = 1 };
	struct csv_parser parser;

	*sheet = (struct sheet){ 0 };
	if (content.size >= 2 &&
	    (memcmp(content.data, "\xff\xfe", 2) == 0 || memcmp(content.data, "\xfe\xff", 2) == 0))
		return refuse_file(faults, 0, N_("the file is UTF-16: save it as \"CSV UTF-8\""));
	if (content.size >= 4 && memcmp(content.data, "PK\x03\x04", 4) == 0)
		return refuse_file(faults, 0, N_("this is an Excel workbook: save it as \"CSV UTF-8\""));
	if (content.size >= 3 && memcmp(content.data, "\xef\xbb\xbf", 3) == 0)
		content = bytes_of(content.data + 3, content.size - 3);
	uint32_t row;
	const char *hint = not_text(content, &row);
	if (hint)
		return refuse_file(faults, row, hint);
	sheet->separator = find_separator(&content, &reading.number);
	if (csv_init(&parser, CSV_APPEND_NULL | CSV_REPALL_NL) != 0)
		return error_no_memory;
	csv_set_delim(&parser, (unsigned char)sheet->separator);
	size_t taken = csv_parse(&parser, content.data, content.size, on_cell, on_row, &reading);
	bool open_quote = parser.quoted && parser.pstate == csv_field_begun;
	int finished = taken == content.size && !open_quote ? csv_fini(&parser, on_cell, on_row, &reading)
							    : -1;
	csv_free(&parser);
	if (finished != 0) {
		fault_add(faults, reading.number, -1, field_whole, reason_malformed, NULL)->hint = N_(
			"a quotation mark was opened in this row and never closed");
		return error_malformed;
	}
	if (sheet->row_count == 0) {
		fault_add(faults, 0, -1, field_whole, reason_empty, NULL);
		return error_malformed;
	}
	return error_none;
}

enum error sheet_read(struct sheet *sheet, const char *path, struct faults *faults)
{
	struct buffer content = { 0 };
	enum error e = file_read(path, sheet_bytes_max, &content);

	*sheet = (struct sheet){ 0 };
	if (e == error_bounds) {
		fault_add(faults, 0, -1, field_whole, reason_too_many, NULL);
		e = error_malformed;
	} else if (!e) {
		e = sheet_parse(sheet, buffer_bytes(&content), faults);
	}
	buffer_deinit(&content);
	return e;
}

void sheet_deinit(struct sheet *sheet)
{
	buffer_deinit(&sheet->text);
	free(sheet->cells);
	free(sheet->rows);
	*sheet = (struct sheet){ 0 };
}

const char *sheet_cell(const struct sheet *sheet, const struct sheet_row *row, size_t column)
{
	if (column >= row->count)
		return "";
	return (const char *)sheet->text.data + sheet->cells[row->first + column];
}

// --- comparing

void text_fold(const char *text, char *out, size_t size)
{
	size_t length = 0, at = 0;
	uint8_t *apart = u8_normalize(UNINORM_NFD, (const uint8_t *)text, strlen(text), NULL, &length);
	bool space = false;

	for (size_t i = 0; i < length && at + 8 < size;) {
		ucs4_t c;
		i += (size_t)u8_mbtouc(&c, apart + i, length - i);
		if (uc_combining_class(c) != 0)
			continue;
		if (c == 0x110 || c == 0x111) // Đ, đ have no decomposition
			c = 'd';
		if (c == '_' || c == '-' || uc_is_property_white_space(c)) {
			space = at > 0;
			continue;
		}
		if (space)
			out[at++] = ' ';
		space = false;
		int n = u8_uctomb((uint8_t *)out + at, uc_tolower(c), (int)(size - at - 1));
		at += n > 0 ? (size_t)n : 0;
	}
	out[at] = '\0';
	free(apart);
}
