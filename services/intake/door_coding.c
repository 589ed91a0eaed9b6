#include "intake/door_coding.h"

#include "base/ensure.h"

void intake_coding_wrong(struct coding *c, enum field field, enum reason reason)
{
	struct submission_taken *t = c->taken;
	bool first = t->errors_count == c->errors_before;

	for (size_t i = c->errors_before; i < t->errors_count; i++) {
		if (t->errors[i].field == field)
			return;
	}
	c->refused = true;
	t->errors_total++;
	// Every row that follows can still have one listed.
	if (first || t->errors_count + c->rows_after < array_size(t->errors))
		t->errors[t->errors_count++] = (struct row_error){ c->row, field, reason };
}

enum error intake_coding_keep(struct coding *c, struct bytes body)
{
	struct submission_taken *t = c->taken;

	if (c->refused)
		return error_none;
	c->at[t->items_count] = c->door->body.size;
	t->items[t->items_count].row = c->row;
	t->items[t->items_count].body.size = body.size;
	t->items_count++;
	buffer_append(&c->door->body, body.data, body.size);
	return c->door->body.failed ? error_no_memory : error_none;
}

enum error intake_coding_keep_coded(struct coding *c, const struct codec_shape *shape, const void *value)
{
	if (c->refused)
		return error_none;
	buffer_clear(&c->door->plain);
	codec_encode(shape, value, &c->door->plain);
	return c->door->plain.failed ? error_no_memory : intake_coding_keep(c, buffer_bytes(&c->door->plain));
}

void intake_coding_line(struct coding *c, struct bytes text, enum field field, bool required)
{
	if (text.size == 0) {
		if (required)
			intake_coding_wrong(c, field, reason_missing);
	} else if (!intake_door_is_line(text)) {
		intake_coding_wrong(c, field, reason_malformed);
	}
}

void intake_coding_text(struct coding *c, struct bytes text, bool (*fits)(struct bytes), enum field field)
{
	if (text.size == 0)
		intake_coding_wrong(c, field, reason_missing);
	else if (!fits(text))
		intake_coding_wrong(c, field, reason_malformed);
}

void intake_coding_past(struct coding *c, int32_t date, int32_t earliest, enum field field)
{
	if (date == date_none)
		intake_coding_wrong(c, field, reason_missing);
	else if (date < earliest || date > c->today)
		intake_coding_wrong(c, field, reason_out_of_range);
}

void intake_coding_once(struct coding *c, uint64_t person, enum field field)
{
	for (size_t i = 0; i < c->persons_count; i++) {
		if (c->persons[i] == person) {
			intake_coding_wrong(c, field, reason_duplicate);
			return;
		}
	}
	c->persons[c->persons_count++] = person;
}

enum error intake_coding_attachment(struct coding *c, const struct hash *sha256, enum field field, uint64_t *attachment)
{
	enum error e = vault_attachment_find(c->door->vault, sha256, attachment);

	if (e == error_absent)
		intake_coding_wrong(c, field, reason_unknown);
	return e > 0 ? error_none : e;
}

enum error intake_coding_member(struct coding *c, struct bytes profile_number, uint64_t *member)
{
	if (c->refused)
		return error_none;
	enum error e = vault_find(c->door->vault, vault_index_profile, profile_number, member);
	if (e == error_none)
		intake_coding_once(c, *member, field_profile_number);
	else if (e == error_absent)
		intake_coding_wrong(c, field_profile_number, reason_unknown);
	return e > 0 ? error_none : e;
}
