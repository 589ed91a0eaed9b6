// A CSV file as Excel saves it in Vietnam: UTF-8 with or without BOM, commas or semicolons (or tabs), CRLF,
// quotes. Cells are trimmed, NFC, and end with a zero.  Rows are numbered as Excel shows them: the header is
// row 1.
#ifndef TDV_TDV_CSV_SHEET_H
#define TDV_TDV_CSV_SHEET_H

#include "base/bytes.h"
#include "gen/messages.h"

// What is wrong with a file, all of it at once.
struct fault {
	uint32_t row; // as Excel numbers it; 0: the file
	int column;   // from 0; -1: the row
	enum field field;
	enum reason reason;
	const char *header; // borrowed from the sheet or static; NULL: none
	char *value;        // what stood there; NULL: nothing
	const char *hint;   // msgid of what helps, static; NULL: the reason says it
	const struct codec_values *values; // what could have stood there; NULL: too much to tell
};
struct faults {
	struct fault *list;
	size_t count, capacity;
};
// `value` is copied and may be NULL.
struct fault *fault_add(struct faults *faults, uint32_t row, int column, enum field field, enum reason reason,
			const char *value);
void faults_sort(struct faults *faults); // by row, then column
void faults_deinit(struct faults *faults);

struct sheet_row {
	uint32_t number;     // as Excel numbers it
	size_t first, count; // of the cells
};
struct sheet {
	struct buffer text;
	size_t *cells; // offsets in text
	size_t cell_count, cell_capacity;
	struct sheet_row *rows; // the first is the header; rows without any text are left out
	size_t row_count, row_capacity;
	char separator;
};
#define sheet_bytes_max (64u << 20)

// error_absent: no such file; error_malformed: not a CSV file, and `faults` says why.
enum error sheet_read(struct sheet *sheet, const char *path, struct faults *faults);
// The same from memory.
enum error sheet_parse(struct sheet *sheet, struct bytes content, struct faults *faults);
void sheet_deinit(struct sheet *sheet);
// "" for a cell that the row does not have.
const char *sheet_cell(const struct sheet *sheet, const struct sheet_row *row, size_t column);

// Letters without tone and case, words separated by one space: how headers and labels are compared, so that
// "Ho va ten" is "Họ và tên".  `out` holds `size` and is cut.
void text_fold(const char *text, char *out, size_t size);

#endif
