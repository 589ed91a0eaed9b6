// What the facility sends: answers, reports, consignments.  An act is noted in the order's log before it
// leaves and settled there when its outcome is known; after a crash in between the pipeline is asked
// whether it had arrived.
#include <stdlib.h>
#include <string.h>

#include "facility.h"
#include "common/language.h"

#define rows_max 1500
#define box_cards_max 300
#define send_timeout_ms 10000
#define outcome_timeout_ms 2000
#define arrived_first_ms 50 // to hear whether an act arrived; doubled while the door does not answer
#define arrived_last_ms 3200

// ---- what is to be sent ----

static json_t *rows_at(const struct order *order, enum record_step step)
{
	json_t *rows = json_array();

	for (uint32_t index = 0; json_array_size(rows) < rows_max && (index = order_next(order, step, index)) != 0;)
		json_array_append_new(rows, json_integer((json_int_t)index));
	return rows;
}

static const struct order *sorted_order; // for qsort

static int by_cell(const void *a, const void *b)
{
	const struct card_record *x = &sorted_order->records[*(const uint32_t *)a - 1];
	const struct card_record *y = &sorted_order->records[*(const uint32_t *)b - 1];

	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static json_t *box_new(const struct order *order, uint32_t number, uint64_t cell)
{
	char seal[21];

	snprintf(seal, sizeof seal, "N%llu-%u", (unsigned long long)order->number % 10000000000, number);
	return json_pack("{s:I, s:I, s:s, s:[]}", "box", (json_int_t)number, "cell", (json_int_t)cell, "seal", seal, "indices");
}

// Boxes of one cell each, cells in order.
static json_t *boxes_of(const struct order *order)
{
	uint32_t count = order->at[record_step_good], n = 0;
	uint32_t *indices = calloc(count + 1, sizeof *indices);
	json_t *boxes = json_array(), *box = NULL;
	uint64_t cell = 0;

	for (uint32_t index = 0; indices && (index = order_next(order, record_step_good, index)) != 0;)
		indices[n++] = index;
	sorted_order = order;
	if (n > 0)
		qsort(indices, n, sizeof *indices, by_cell);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t to = order->records[indices[i] - 1].cell;
		if (!box || to != cell || json_array_size(json_object_get(box, "indices")) == box_cards_max) {
			if (json_array_size(boxes) == rows_max)
				break; // the rest goes with the next consignment
			box = box_new(order, order->boxes + (uint32_t)json_array_size(boxes) + 1, to);
			json_array_append_new(boxes, box);
			cell = to;
		}
		json_array_append_new(json_object_get(box, "indices"), json_integer((json_int_t)indices[i]));
	}
	free(indices);
	return boxes;
}

// Every record that was ordered has come, and each is good, refused or spoiled and replaced by another.
static bool order_printed(const struct order *order)
{
	uint32_t here = 0;

	for (int step = record_step_decided; step < record_step_count; step++)
		here += order->at[step];
	return order->ended && here >= order->quantity + order->spoiled && order->at[record_step_decided] == 0 &&
	       order->at[record_step_accepted] == 0 && order->at[record_step_made] == 0;
}

static enum error begin(struct facility *f, struct order *order, enum act act, json_t *rows)
{
	json_t *line = json_pack("{s:s, s:I, s:o}", "begin", act_name(act), "before",
				 (json_int_t)terminal_sequence(f->terminal), "rows", rows);
	char waybill[41];

	if (!line)
		return error_no_memory;
	if (act == act_pack_boxes) {
		snprintf(waybill, sizeof waybill, "VD-%llu-%llu-%u", (unsigned long long)f->options.organisation,
			 (unsigned long long)order->number, order->consignments + 1);
		json_object_set_new(line, "waybill", json_string(waybill));
	}
	enum error e = order_log(order, line);
	return e == error_none ? order_sync(order) : e;
}

// Another order's act was noted for the terminal's next sequence, and has not left: after a crash in between, an act that took
// that sequence would pass for it, and so would its outcome.
static bool sequence_is_promised(const struct facility *f, const struct order *order)
{
	for (const struct order *other = f->orders; other; other = other->next)
		if (other != order && other->pending.open && !other->pending.sent &&
		    other->pending.before == terminal_sequence(f->terminal))
			return true;
	return false;
}

// The next act of the order, if there is one.
static enum error next_act(struct facility *f, struct order *order)
{
	if (sequence_is_promised(f, order))
		return error_none;
	if (order->at[record_step_decided] > 0)
		return begin(f, order, act_answer_order, rows_at(order, record_step_decided));
	if (order->at[record_step_made] > 0)
		return begin(f, order, act_report_prints, rows_at(order, record_step_made));
	if (order_printed(order) && order->wasted > order->wasted_told)
		return begin(f, order, act_keep_stock, json_pack("[i]", (int)(order->wasted - order->wasted_told)));
	if (!order->held && order_printed(order) && order->at[record_step_good] > 0)
		return begin(f, order, act_pack_boxes, boxes_of(order));
	return error_none;
}

// ---- sending ----

static void add(struct facility *f, struct buffer *item)
{
	terminal_add(f->terminal, buffer_bytes(item));
	buffer_clear(item);
}

static void add_answer(struct buffer *item, const struct card_record *record, uint32_t index)
{
	record_answer_row_encode(&(struct record_answer_row){ .index = index, .accepted = record->reason == reason_none,
							      .reason = record->reason }, item);
}

static void add_print(struct buffer *item, const struct card_record *record, uint32_t index)
{
	bool good = record->reason == reason_none;
	struct print_row row = { .index = index, .good = good, .has_serial = true, .has_public_key = good,
				 .public_key = record->public_key, .reason = record->reason };

	memcpy(row.serial, record->serial, sizeof row.serial);
	print_row_encode(&row, item);
}

static void add_box(struct buffer *item, const json_t *box)
{
	static struct box_row row;
	size_t i;
	json_t *index;

	row = (struct box_row){ .box = (uint32_t)json_integer_value(json_object_get(box, "box")),
				.destination = (uint64_t)json_integer_value(json_object_get(box, "cell")),
				.seal = bytes_of_text(json_string_value(json_object_get(box, "seal"))) };
	json_array_foreach(json_object_get(box, "indices"), i, index)
		row.indices[row.indices_count++] = (uint32_t)json_integer_value(index);
	box_row_encode(&row, item);
}

// The blanks that were wasted on the order, with the order as the document.
static void add_waste(const struct facility *f, struct buffer *item, const struct order *order, uint32_t quantity)
{
	char document[41];

	snprintf(document, sizeof document, "LSX-%llu", (unsigned long long)order->number);
	stock_row_encode(&(struct stock_row){ .event = stock_event_wasted, .place = f->options.organisation,
					      .quantity = quantity, .document = bytes_of_text(document),
					      .has_document = true }, item);
}

static void compose(struct facility *f, struct order *order)
{
	static struct buffer item;
	const struct pending *p = &order->pending;
	size_t i;
	json_t *row;

	terminal_begin(f->terminal, p->act);
	buffer_clear(&item);
	if (p->act == act_pack_boxes)
		packing_head_encode(&(struct packing_head){ order->number, bytes_of_text(p->waybill) }, &item);
	else if (p->act != act_keep_stock)
		facility_head_encode(&(struct facility_head){ .order = order->number }, &item);
	if (p->act != act_keep_stock)
		add(f, &item);
	json_array_foreach(p->rows, i, row) {
		uint32_t index = (uint32_t)json_integer_value(row);
		if (p->act == act_answer_order)
			add_answer(&item, order_record(order, index), index);
		else if (p->act == act_report_prints)
			add_print(&item, order_record(order, index), index);
		else if (p->act == act_keep_stock)
			add_waste(f, &item, order, index);
		else
			add_box(&item, row);
		add(f, &item);
	}
}

// The pages of the outcome's errors, and the end of the act.
static enum error end(struct facility *f, struct order *order, uint64_t sequence, struct outcome *outcome)
{
	json_t *refused = json_array();
	enum error e = error_none;

	for (;;) {
		for (size_t i = 0; i < outcome->errors_count; i++)
			json_array_append_new(refused, json_pack("[I, s]", (json_int_t)outcome->errors[i].row,
								 reason_name(outcome->errors[i].reason)));
		if (!outcome->errors_more || outcome->errors_count == 0)
			break;
		e = terminal_await(f->terminal, sequence, outcome->errors[outcome->errors_count - 1].row, outcome_timeout_ms,
				   outcome);
		if (e != error_none) {
			json_decref(refused);
			return e;
		}
	}
	// Boxes that were all there before leave nothing to send: that is not a refusal of the act.
	bool whole = outcome->reason != reason_none && json_array_size(refused) < json_array_size(order->pending.rows);
	json_t *line = json_pack("{s:I, s:o}", "end", (json_int_t)sequence, "refused", refused);
	if (line && whole)
		json_object_set_new(line, "reason", json_string(reason_name(outcome->reason)));
	e = line ? order_log(order, line) : error_no_memory;
	if (e == error_none)
		e = order_sync(order);
	if (e == error_none && whole) {
		complain(_("print order %llu: %s is refused: %s (%s)"), (unsigned long long)order->number,
			 language_label(&act_values, order->pending.act), language_reason(outcome->reason),
			 language_label(&field_values, outcome->field));
		return error_refused;
	}
	return e;
}

static void say_act(const struct facility *f, const struct order *order, const struct outcome *outcome, size_t rows)
{
	if (order->pending.act == act_answer_order)
		say(f, "answered", order, "records", (uint64_t)rows, "refused by us", (uint64_t)order->refused_by_us, NULL);
	else if (order->pending.act == act_report_prints)
		say(f, "reported", order, "cards", (uint64_t)rows, "spoiled in all", (uint64_t)order->spoiled, NULL);
	else if (order->pending.act == act_keep_stock)
		say(f, "blanks wasted", order, "in all", (uint64_t)order->wasted, NULL);
	else
		say(f, "shipped", order, "boxes", (uint64_t)rows, "cards", (uint64_t)order->at[record_step_packed], "shipment",
		    outcome->number, NULL);
	if (outcome->refused > 0)
		say(f, "not taken", order, "rows", (uint64_t)outcome->refused, NULL);
}

// Whether what was noted before a crash had left: *outcome is then its outcome.  error_pending: it is being
// worked on, or the door does not answer.
static enum error arrived(struct facility *f, struct order *order, struct outcome *outcome, bool *known)
{
	static int timeout_ms = arrived_first_ms;
	uint64_t sequence = order->pending.before + 1;

	*known = false;
	if (terminal_sequence(f->terminal) < sequence)
		return error_none; // it had not even got its sequence
	outcome->state = outcome_state_pending;
	enum error e = terminal_await(f->terminal, sequence, 0, timeout_ms, outcome);
	*known = e == error_none;
	if (e == error_pending && outcome->state == outcome_state_unknown)
		return error_none;
	timeout_ms = e == error_none ? arrived_first_ms : timeout_ms < arrived_last_ms ? timeout_ms * 2 : timeout_ms;
	return e;
}

static enum error send_noted(struct facility *f, struct order *order)
{
	static struct receipt receipt;
	enum error e = error_none;

	if (order->pending.before != terminal_sequence(f->terminal)) // lost on its way; it goes again as a new act
		e = begin(f, order, order->pending.act, json_incref(order->pending.rows));
	if (e == error_none) {
		compose(f, order);
		e = terminal_send(f->terminal, send_timeout_ms, &receipt);
	}
	order->pending.sent = e == error_none;
	return e;
}

// One step: it is sent, or it is looked whether its outcome is there.
static enum error pursue(struct facility *f, struct order *order, bool *progress)
{
	static struct outcome outcome;
	size_t rows = json_array_size(order->pending.rows);
	uint64_t sequence = order->pending.before + 1;
	bool known = order->pending.sent;
	enum error e;

	if (known)
		e = terminal_outcome(f->terminal, sequence, 0, outcome_timeout_ms, &outcome);
	else
		e = arrived(f, order, &outcome, &known);
	if (e != error_none)
		return e;
	if (!known) {
		if (order->pending.before != terminal_sequence(f->terminal) && sequence_is_promised(f, order))
			return error_none; // it will need a new sequence, once the next one is taken
		*progress = true;
		return send_noted(f, order);
	}
	if (outcome.state == outcome_state_pending)
		return error_none;
	if (outcome.state == outcome_state_unknown) { // the site was restored to a time before it
		order->pending.sent = false;
		return error_none;
	}
	*progress = true;
	e = end(f, order, sequence, &outcome);
	if (e == error_none)
		say_act(f, order, &outcome, rows);
	return e;
}

bool office_waits(const struct facility *f)
{
	for (const struct order *order = f->orders; order; order = order->next)
		if (order->pending.open && order->pending.sent)
			return true;
	return false;
}

static enum error order_close(struct facility *f, struct order *order)
{
	say(f, "done", order, "packed", (uint64_t)order->at[record_step_packed], "refused by us", (uint64_t)order->refused_by_us,
	    "spoiled", (uint64_t)order->spoiled, "dropped", (uint64_t)order->dropped, NULL);
	return spool_order_done(f, order);
}

enum error office_work(struct facility *f, struct order *order, bool *progress)
{
	enum error e = order->pending.open ? error_none : next_act(f, order);

	if (e != error_none)
		return e;
	if (order->pending.open)
		return pursue(f, order, progress);
	if (!order_printed(order) || order->at[record_step_good] > 0)
		return error_none; // or it is held
	*progress = true;
	return order_close(f, order);
}
