// The forms that `tdv` reads: organisations, members, officers, lists, hand-overs, counts of boxes,
// exceptions.
#ifndef TDV_TDV_CSV_ROWS_H
#define TDV_TDV_CSV_ROWS_H

#include "csv_form.h"

extern const struct form organisations_form; // struct organisation_row
extern const struct form members_form;       // struct member_line
extern const struct form updates_form;       // struct update_line
extern const struct form transfers_form;     // struct transfer_row
extern const struct form officers_form;      // struct officer_line
extern const struct form list_form;          // struct list_line
extern const struct form hand_over_form;     // struct hand_over_line
extern const struct form counts_form;        // struct box_count_row
extern const struct form left_out_form;      // struct leave_out_row
extern const struct form checks_form;        // struct check_line

struct member_line {
	struct member_row row;
	const char *photo_path;
};
struct update_line {
	struct update_row row;
	const char *photo_path;
	bool no_phone, no_photo, no_discipline, no_official_date; // "-" stands there
};
struct officer_line {
	struct bytes login;
	struct officer_row row; // without its public key
};
struct list_line {
	struct list_row row;
	const char *photo_path, *evidence_path;
	unsigned kind, reason;
	bool has_kind, has_reason;
	uint64_t cell;
	bool has_cell;
	unsigned loss;
	bool has_loss;
};
struct hand_over_line {
	struct hand_over_row row;
	const char *proof_path;
	bool has_receipt, has_old;
	bool has_date;
	uint64_t cell;
	struct bytes login;
};

struct check_line {
	struct check_row row;
	const char *evidence_path;
	unsigned result;
	bool has_result;
	uint64_t cell;
	bool has_cell;
};

// Checks of rows against each other; what the columns alone cannot say.
void organisations_check(struct form_rows *rows);
void members_check(struct form_rows *rows);
void updates_check(struct form_rows *rows);
void transfers_check(struct form_rows *rows);
void officers_check(struct form_rows *rows);
void list_check(struct form_rows *rows, uint32_t rows_max);
void hand_over_check(struct form_rows *rows);
void checks_check(struct form_rows *rows);

#endif
