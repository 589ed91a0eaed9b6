// Inside the door: how the items of a submission are checked and coded, one at a time.  door_rows.c says which item of
// which act has which form; the forms that need more than a table are in door_members.c and door_cards.c.
#ifndef TDV_INTAKE_DOOR_CODING_H
#define TDV_INTAKE_DOOR_CODING_H

#include <stddef.h>

#include "intake/door.h"

#define coding_rows_max 2000

// One submission while its items are gone through.
struct coding {
	struct door *door;
	struct submission_taken *taken;
	const struct submission_header *header;
	uint32_t row;             // of the submission, from 1; 0: the head
	size_t rows_after;        // that still come
	size_t errors_before;     // taken->errors_count when the row began
	bool refused;             // the row has an error
	bool dry_run;             // update_members: nothing is kept
	int32_t today;
	uint64_t *persons;        // of the rows so far
	size_t persons_count;
	size_t *at;               // where in door->body an item begins
};

// ---- what is wrong, and what is kept ----

// Refuses the row.  One error a field is enough: the first one stands.
void intake_coding_wrong(struct coding *c, enum field field, enum reason reason);
// Keeps a row that nothing is wrong with: as it came, or coded.
enum error intake_coding_keep(struct coding *c, struct bytes body);
enum error intake_coding_keep_coded(struct coding *c, const struct codec_shape *shape, const void *value);

// ---- checks of one value ----

#define party_founded date_from_civil(1930, 2, 3)

// A line of text; `required`: not an empty one.
void intake_coding_line(struct coding *c, struct bytes text, enum field field, bool required);
// A text of a form of its own: intake_door_is_name and the like.
void intake_coding_text(struct coding *c, struct bytes text, bool (*fits)(struct bytes), enum field field);
// A day from `earliest` to today.
void intake_coding_past(struct coding *c, int32_t date, int32_t earliest, enum field field);
// Refuses the row when an earlier one speaks of the same person.
void intake_coding_once(struct coding *c, uint64_t person, enum field field);

// ---- what numbers stand for; positive errors are the row's and come back as none ----

enum error intake_coding_attachment(struct coding *c, const struct hash *sha256, enum field field, uint64_t *attachment);
// The member of that profile number, whom no earlier row may name.  Does nothing when the row is refused already.
enum error intake_coding_member(struct coding *c, struct bytes profile_number, uint64_t *member);

// ---- forms of items ----

enum row_rule {
	row_rule_none, // ends a table
	row_rule_line,
	row_rule_line_required,
	row_rule_name,
	row_rule_citizen_id,
	row_rule_profile_number,
	row_rule_phone,
	row_rule_past, // a day from the Party's founding to today
	row_rule_past_birth, // a day from 1900 to today
};

struct row_check {
	enum row_rule rule;
	enum field field; // that an error names
	size_t at;        // of the value in the row
	size_t has_at;    // of its has_…; 0: it is always there
};
#define row_check(frame, member, rule, field) \
	{ row_rule_##rule, field_##field, offsetof(struct frame, member), 0 }
// A has_… never stands first in its struct.
#define row_check_if(frame, member, rule, field) \
	{ row_rule_##rule, field_##field, offsetof(struct frame, member), offsetof(struct frame, has_##member) }

// A field that may be absent, from the row to its coded form, where it has the same name.
#define optional(row, field) .field = (row)->field, .has_##field = (row)->has_##field

struct row_form {
	const struct codec_shape *shape; // of the frame in wire.schema
	const struct row_check *checks;  // NULL: its shape is all that is asked of it
	// What no table says: relations between fields.
	void (*also)(struct coding *c, const void *row);
	// Puts numbers in the place of personal data and keeps the result.  NULL: the item goes on as it came.
	enum error (*code)(struct coding *c, const void *row, struct bytes body);
};
extern const struct row_form intake_form_member, intake_form_update_head, intake_form_update, intake_form_transfer,
	intake_form_duplicate, intake_form_officer, intake_form_request, intake_form_hand_over, intake_form_card_head,
	intake_form_card, intake_form_check_head, intake_form_check;

#endif
