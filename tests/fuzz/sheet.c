// CSV files as people send them, read against each of the forms that `tdv` knows.
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "csv_rows.h"
#include "fuzz/fuzz.h"

static const struct form *const forms[] = {
	&organisations_form, &members_form, &updates_form, &transfers_form, &officers_form,
	&list_form, &hand_over_form, &counts_form, &left_out_form,
};

static void check_across_rows(const struct form *form, struct form_rows *rows)
{
	if (form == &organisations_form)
		organisations_check(rows);
	if (form == &members_form)
		members_check(rows);
	if (form == &updates_form)
		updates_check(rows);
	if (form == &transfers_form)
		transfers_check(rows);
	if (form == &officers_form)
		officers_check(rows);
	if (form == &list_form)
		list_check(rows, 100);
	if (form == &hand_over_form)
		hand_over_check(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form_rows rows;

	if (size == 0)
		return 0;
	const struct form *form = forms[data[0] % array_size(forms)];
	enum error error = form_parse(form, bytes_of(data + 1, size - 1), &rows);
	ensure(error == error_none);
	if (rows.faults.count == 0)
		check_across_rows(form, &rows);
	faults_sort(&rows.faults);
	for (size_t i = 0; i < rows.faults.count; i++)
		ensure(i == 0 || rows.faults.list[i - 1].row <= rows.faults.list[i].row);
	// A row that is not bad has been read whole: its cells are text.
	for (size_t i = 0; i < rows.count; i++) {
		ensure(form_row(&rows, i) && (i == 0 || rows.numbers[i - 1] < rows.numbers[i]));
		ensure(form_row_numbered(&rows, rows.numbers[i]) == i);
	}
	for (size_t i = 0; i < rows.sheet.cell_count; i++) {
		const char *cell = (const char *)rows.sheet.text.data + rows.sheet.cells[i];
		ensure(rows.faults.count > 0 || bytes_are_text(bytes_of_text(cell)));
	}
	form_rows_deinit(&rows);
	return 0;
}

static const char *const cells[] = {
	"46001003", "Chi bộ 1", "2026-01-31", "31/1/2026", "44.000123", "001080000001", "0912 345 678", "123456AB", "x", "1", "12-3",
};

// A header of all columns and two rows of plausible cells.
static void seed_form(struct fuzz_seeds *seeds, uint8_t number, char separator, bool english)
{
	const struct form *form = forms[number];
	struct buffer text = { 0 };

	for (size_t c = 0; c < form->count; c++) {
		const struct form_column *column = &form->columns[c];
		const char *label = column->label ? column->label : codec_value_label(&field_values, column->field);
		const char *name = column->name ? column->name : codec_value_name(&field_values, column->field);
		buffer_printf(&text, "%s%c", english ? name : label, c + 1 < form->count ? separator : '\n');
	}
	for (size_t row = 0; row < 2; row++)
		for (size_t c = 0; c < form->count; c++) {
			size_t kind = (size_t)form->columns[c].kind;
			buffer_printf(&text, "\"%s\"%c", cells[(kind + row) % array_size(cells)], c + 1 < form->count ? separator : '\n');
		}
	ensure(!text.failed);
	fuzz_seed(seeds, number, buffer_bytes(&text));
	buffer_deinit(&text);
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	static const char *const files[] = {
		"", "\n\n", "\"", "a;b\n\"c", "sep=|\na|b\n1|2\n", "\xef\xbb\xbf", "\xff\xfe\x61\x62", "số lý lịch;số lý lịch\n1;2\n", "a,b\n1,2,3,4\n",
	};
	for (size_t i = 0; i < array_size(forms); i++) {
		seed_form(seeds, (uint8_t)i, ';', false);
		seed_form(seeds, (uint8_t)i, ',', true);
	}
	for (size_t i = 0; i < array_size(files); i++)
		fuzz_seed(seeds, 5, bytes_of_text(files[i]));
}
