// The items of a submission: decoded and checked, every error of a file at once; personal data go into the vault and
// numbers come out.  What an act means is judged by the service that carries it out, not here.
// This file says which item of which act has which form, and holds the forms that a table describes.
#include <stddef.h>

#include "base/ensure.h"
#include "base/when.h"
#include "intake/door_coding.h"

// ---- forms that go on as they came ----

static void needs_reason(struct coding *c, bool without, enum reason reason)
{
	if (!without && reason == reason_none)
		intake_coding_wrong(c, field_reason, reason_missing);
}

static void leave_out_reason(struct coding *c, const void *row)
{
	const struct leave_out_row *m = row;
	needs_reason(c, false, m->reason);
}

static void ruling_reason(struct coding *c, const void *row)
{
	const struct ruling_row *m = row;
	needs_reason(c, m->release, m->reason);
}

static void answer_reason(struct coding *c, const void *row)
{
	const struct record_answer_row *m = row;
	needs_reason(c, m->accepted, m->reason);
}

static void print_parts(struct coding *c, const void *row)
{
	const struct print_row *m = row;

	needs_reason(c, m->good, m->reason);
	if (m->good && !m->has_serial)
		intake_coding_wrong(c, field_serial, reason_missing);
	if (m->good && !m->has_public_key)
		intake_coding_wrong(c, field_public_key, reason_missing);
}

static void box_content(struct coding *c, const void *row)
{
	const struct box_row *m = row;

	if (m->indices_count == 0)
		intake_coding_wrong(c, field_count, reason_empty);
}

static void order_change_parts(struct coding *c, const void *row)
{
	const struct order_change_head *m = row;
	bool readdress = m->change == order_change_readdress;

	if (m->change == order_change_priority && (!m->has_priority || m->priority < 1 || m->priority > 9))
		intake_coding_wrong(c, field_priority, m->has_priority ? reason_out_of_range : reason_missing);
	else if (readdress ? c->header->count < 2 : c->header->count > 1)
		intake_coding_wrong(c, field_change, readdress ? reason_empty : reason_too_many);
}

static void stock_parts(struct coding *c, const void *row)
{
	const struct stock_row *m = row;

	if (m->quantity == 0 && m->event != stock_event_counted)
		intake_coding_wrong(c, field_quantity, reason_empty);
	if ((m->event == stock_event_transferred) != m->has_to)
		intake_coding_wrong(c, field_organisation, m->has_to ? reason_malformed : reason_missing);
}

#define checks(...) (const struct row_check[]){ __VA_ARGS__, { row_rule_none, 0, 0, 0 } }

static const struct row_form
	organisation = { &organisation_row_shape, checks(row_check(organisation_row, name, line_required, name_)), NULL, NULL },
	ending = { &ending_row_shape, checks(row_check(ending_row, decision, line_required, decision),
					     row_check(ending_row, date, past, date)), NULL, NULL },
	list_head = { &list_head_shape, NULL, NULL, NULL },
	list_act = { &list_act_head_shape,
		     checks(row_check_if(list_act_head, decision_number, line_required, decision),
			    row_check_if(list_act_head, decision_date, past, decision)), NULL, NULL },
	leave_out = { &leave_out_row_shape, NULL, leave_out_reason, NULL },
	consolidation = { &consolidation_head_shape, NULL, NULL, NULL },
	list_ref = { &list_ref_row_shape, NULL, NULL, NULL },
	adjudication = { &adjudication_head_shape,
			 checks(row_check_if(adjudication_head, decision_number, line_required, decision),
				row_check_if(adjudication_head, decision_date, past, decision)), NULL, NULL },
	ruling = { &ruling_row_shape, NULL, ruling_reason, NULL },
	withdrawal = { &withdrawal_row_shape, NULL, NULL, NULL },
	number_block = { &number_block_row_shape, NULL, NULL, NULL },
	order = { &order_head_shape, NULL, NULL, NULL },
	facility = { &facility_head_shape, NULL, NULL, NULL },
	record_answer = { &record_answer_row_shape, NULL, answer_reason, NULL },
	print = { &print_row_shape, NULL, print_parts, NULL },
	packing = { &packing_head_shape, checks(row_check(packing_head, waybill, line, shipment)), NULL, NULL },
	box = { &box_row_shape, checks(row_check(box_row, seal, line_required, box)), box_content, NULL },
	order_change = { &order_change_head_shape, NULL, order_change_parts, NULL },
	readdress = { &readdress_row_shape, NULL, NULL, NULL },
	stock = { &stock_row_shape, checks(row_check_if(stock_row, document, line, evidence)), stock_parts, NULL },
	shipping = { &shipping_head_shape, checks(row_check(shipping_head, waybill, line, shipment)), NULL, NULL },
	receiving = { &receiving_head_shape, NULL, NULL, NULL },
	box_count = { &box_count_row_shape, NULL, NULL, NULL };

// ---- acts ----

static const struct act_form {
	const struct row_form *head; // of the first item; NULL: the act has none
	const struct row_form *row;  // of the others
	uint32_t least, most;        // rows
} forms[] = {
	[act_import_organisations] = { NULL, &organisation, 1, coding_rows_max },
	[act_import_members] = { NULL, &intake_form_member, 1, coding_rows_max },
	[act_update_members] = { &intake_form_update_head, &intake_form_update, 1, coding_rows_max - 1 },
	[act_transfer_members] = { NULL, &intake_form_transfer, 1, coding_rows_max },
	[act_end_organisations] = { NULL, &ending, 1, coding_rows_max },
	[act_resolve_duplicates] = { NULL, &intake_form_duplicate, 1, coding_rows_max },
	[act_submit_list] = { &list_head, &intake_form_request, 1, coding_rows_max - 1 },
	[act_appraise] = { &list_act, &leave_out, 0, coding_rows_max - 1 },
	[act_consolidate] = { &consolidation, &list_ref, 0, 500 },
	[act_decide] = { &list_act, &leave_out, 0, coding_rows_max - 1 },
	[act_approve] = { &list_act, &leave_out, 0, coding_rows_max - 1 },
	[act_adjudicate] = { &adjudication, &ruling, 1, coding_rows_max - 1 },
	[act_withdraw] = { NULL, &withdrawal, 1, coding_rows_max },
	[act_grant_numbers] = { NULL, &number_block, 1, coding_rows_max },
	[act_place_order] = { &order, NULL, 0, 0 },
	[act_answer_order] = { &facility, &record_answer, 1, coding_rows_max - 1 },
	[act_report_prints] = { &facility, &print, 1, coding_rows_max - 1 },
	[act_pack_boxes] = { &packing, &box, 1, coding_rows_max - 1 },
	[act_change_order] = { &order_change, &readdress, 0, 200 },
	[act_keep_stock] = { NULL, &stock, 1, coding_rows_max },
	[act_ship] = { &shipping, NULL, 0, 0 },
	[act_receive] = { &receiving, &box_count, 1, coding_rows_max - 1 },
	[act_hand_over] = { NULL, &intake_form_hand_over, 1, coding_rows_max },
	[act_enrol_officers] = { NULL, &intake_form_officer, 1, coding_rows_max },
	[act_report_cards] = { &intake_form_card_head, &intake_form_card, 1, coding_rows_max - 1 },
	[act_decide_cards] = { &intake_form_card_head, &intake_form_card, 1, coding_rows_max - 1 },
	[act_report_exits] = { &intake_form_card_head, &intake_form_card, 1, coding_rows_max - 1 },
	[act_collect_cards] = { &intake_form_card_head, &intake_form_card, 1, coding_rows_max - 1 },
	[act_pack_cards] = { &intake_form_card_head, &intake_form_card, 1, 300 },
	[act_explain_box] = { &intake_form_card_head, &intake_form_card, 0, 300 },
	[act_settle_cards] = { &intake_form_card_head, &intake_form_card, 1, coding_rows_max - 1 },
	[act_destroy_cards] = { &intake_form_card_head, &intake_form_card, 1, coding_rows_max - 1 },
	[act_plan_campaign] = { &intake_form_check_head, NULL, 0, 0 },
	[act_open_campaign] = { &intake_form_check_head, NULL, 0, 0 },
	[act_file_checks] = { &intake_form_check_head, &intake_form_check, 0, coding_rows_max - 1 },
	[act_consolidate_checks] = { &intake_form_check_head, &intake_form_check, 0, coding_rows_max - 1 },
	[act_settle_difference] = { &intake_form_check_head, NULL, 0, 0 },
	[act_decide_checks] = { &intake_form_check_head, NULL, 0, 0 },
	[act_stamp_cards] = { &intake_form_check_head, &intake_form_check, 0, coding_rows_max - 1 },
	[act_return_checked] = { &intake_form_check_head, NULL, 0, 0 },
	[act_report_checks] = { &intake_form_check_head, NULL, 0, 0 },
	[act_close_campaign] = { &intake_form_check_head, NULL, 0, 0 },
	[act_late_check] = { &intake_form_check_head, &intake_form_check, 1, coding_rows_max - 1 },
};

static bool count_fits(struct coding *c, const struct act_form *form)
{
	size_t heads = form->head != NULL;

	if (c->header->count < heads)
		intake_coding_wrong(c, field_whole, reason_missing);
	else if (c->header->count - heads < form->least)
		intake_coding_wrong(c, field_count, reason_empty);
	else if (c->header->count - heads > form->most)
		intake_coding_wrong(c, field_count, reason_too_many);
	return !c->refused;
}

static void check_one(struct coding *c, const struct row_check *check, const uint8_t *row)
{
	const void *value = row + check->at;

	switch (check->rule) {
	case row_rule_line:
	case row_rule_line_required:
		intake_coding_line(c, *(const struct bytes *)value, check->field, check->rule == row_rule_line_required);
		break;
	case row_rule_name:
		intake_coding_text(c, *(const struct bytes *)value, intake_door_is_name, check->field);
		break;
	case row_rule_citizen_id:
		intake_coding_text(c, *(const struct bytes *)value, intake_door_is_citizen_id, check->field);
		break;
	case row_rule_profile_number:
		intake_coding_text(c, *(const struct bytes *)value, intake_door_is_profile_number, check->field);
		break;
	case row_rule_phone:
		intake_coding_text(c, *(const struct bytes *)value, intake_door_is_phone, check->field);
		break;
	case row_rule_past:
		intake_coding_past(c, *(const int32_t *)value, party_founded, check->field);
		break;
	case row_rule_past_birth:
		intake_coding_past(c, *(const int32_t *)value, date_from_civil(1900, 1, 1), check->field);
		break;
	case row_rule_none:
		break;
	}
}

static enum error code_item(struct coding *c, const struct row_form *form, struct bytes body)
{
	static max_align_t space[4096 / sizeof(max_align_t)];
	uint8_t *row = (uint8_t *)space;
	enum field field;

	ensure(form->shape->size <= sizeof space);
	if (codec_decode(form->shape, body, row) != error_none) {
		// Which column, the codec says.
		if (!field_from_name(codec_fault_field(), &field))
			field = field_whole;
		intake_coding_wrong(c, field, reason_malformed);
		return error_none;
	}
	for (const struct row_check *check = form->checks; check && check->rule != row_rule_none; check++) {
		if (check->has_at == 0 || *(const bool *)(row + check->has_at))
			check_one(c, check, row);
	}
	if (form->also)
		form->also(c, row);
	return form->code ? form->code(c, row, body) : intake_coding_keep(c, body);
}

enum error intake_door_code_items(struct door *d, const struct submission_header *header, const struct bytes *bodies,
				  struct submission_taken *taken)
{
	static uint64_t persons[coding_rows_max];
	static size_t at[coding_rows_max];
	struct coding c = {
		.door = d, .taken = taken, .header = header, .today = date_of_instant(d->wall_ms), .persons = persons, .at = at,
	};
	const struct act_form *form = &forms[header->act];
	enum error e = error_none;

	buffer_clear(&d->body);
	if (!count_fits(&c, form))
		return error_none;
	for (size_t i = 0; i < header->count && e == error_none; i++) {
		bool head = form->head && i == 0;
		c.row = (uint32_t)(i + 1) - (form->head != NULL);
		c.rows_after = header->count - i - 1;
		c.errors_before = taken->errors_count;
		c.refused = false;
		const struct row_form *of_item = head ? form->head : form->row;
		ensure(of_item);
		e = code_item(&c, of_item, bodies[i]);
	}
	for (size_t i = 0; i < taken->items_count; i++)
		taken->items[i].body.data = d->body.data + c.at[i];
	return e;
}
