// A form: which columns a CSV file has, what their cells may hold, and into which C struct a row goes.
// Reading a file against a form finds every error of the file at once.
#ifndef TDV_TDV_CSV_FORM_H
#define TDV_TDV_CSV_FORM_H

#include "csv_sheet.h"

enum cell_kind {
	cell_kind_text,     // struct bytes
	cell_kind_code,     // uint64_t: an organisation
	cell_kind_count,    // uint32_t
	cell_kind_party,    // uint16_t: two digits
	cell_kind_date,     // int32_t
	cell_kind_value,    // unsigned: an enum, by label, name or number
	cell_kind_yes,      // bool
	cell_kind_card,     // uint32_t: NN.NNNNNN
	cell_kind_boxes,    // uint8_t: bits
	cell_kind_box,      // uint64_t: ORDER-BOX
	cell_kind_request,  // uint64_t: LIST-ROW
	cell_kind_digits12, // struct bytes: a citizen id
	cell_kind_phone,    // struct bytes
	cell_kind_profile,  // struct bytes: 6 digits and 1 to 3 letters, made upper case
	cell_kind_path,     // const char *: a file, as it stands
};

struct form_column {
	enum field field;
	enum cell_kind kind;
	bool required;                     // the column must be there and its cells filled
	uint16_t max;                      // bytes of a text
	uint16_t at, has_at;               // offsets in the row's struct; has_at 0: it has no `has_…`
	uint16_t empty_at;                 // of the bool that a cell of "-" sets; 0: the field cannot be emptied
	const struct codec_values *values; // of cell_kind_value
	const char *name;                  // English header; NULL: the field's name
	const char *label;                 // Vietnamese header; NULL: the field's label
	const char *also;                  // other headers people use, between bars: "|CCCD|Số CCCD|"
};

struct form {
	const struct form_column *columns;
	size_t count;
	size_t row_size;
	const char *ignored; // headers that may be there and say nothing to us, between bars
	const char *name;    // msgid: what it is a file of
};

struct form_rows {
	const struct form *form;
	struct sheet sheet; // what the rows borrow from
	void *rows;
	uint32_t *numbers; // as Excel numbers them
	bool *bad; // every row where a required column is missing
	size_t count;
	bool columns_missing;
	int column_of[32]; // form column -> file column, -1: absent
	struct faults faults;
	struct faults notes; // what was passed over: columns that mean nothing here
};

// error_absent: no such file.  Faults of the file are in `rows->faults`, and error_none is returned.
enum error form_read(const struct form *form, const char *path, struct form_rows *rows);
enum error form_parse(const struct form *form, struct bytes content, struct form_rows *rows);
void form_rows_deinit(struct form_rows *rows);
void *form_row(const struct form_rows *rows, size_t i);

// Adds a fault at row `i` under the column of `field`, with what stands there.
void form_fault(struct form_rows *rows, size_t i, enum field field, enum reason reason);
// As the file's header calls a field, else as people do.
const char *form_header(const struct form_rows *rows, enum field field);
int form_file_column(const struct form_rows *rows, enum field field); // -1: none
// The text as it stands in the file under a field.
const char *form_text(const struct form_rows *rows, size_t i, enum field field);
// Which row of the file's has an Excel number; SIZE_MAX: none.
size_t form_row_numbered(const struct form_rows *rows, uint32_t number);
// A fault at every row but the first of those that hold the same text under `field` (folded, blanks aside).
void form_doubles(struct form_rows *rows, enum field field);

// Single cells, also of command lines: false when malformed.
bool cell_date(const char *text, int32_t *date);    // 2026-01-31, 31/01/2026, 1/2/2026
bool cell_card(const char *text, uint32_t *number); // 44.000123, 44000123
bool cell_code(const char *text, uint64_t *code);
bool cell_pair(const char *text, uint64_t *item); // 12-3: item_of(12, 3); or the number itself
bool cell_value(const struct codec_values *values, const char *text, unsigned *number);
bool cell_profile(const char *text, char out[10]); // upper case
void card_format(uint32_t number, char out[10]);

#endif
