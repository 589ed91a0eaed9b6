#include "printing/boxes.h"

#include "base/subject.h"
#include "gen/printing_emit.h"
#include "printing/book.h"

static struct refusal box_card_refusal(struct turn *t, const struct box_packed *m, size_t at)
{
	struct printing_records_row record;
	struct printing_orders_row scratch = { .good = 1 };
	if (!printing_records_get(t->tx, m->order, m->indices[at], &record))
		return refused(item, not_in_order);
	if (printing_record_cell(t->tx, m->order, &record) != m->destination)
		return refused(item, other_cell);
	for (size_t i = 0; i < at; i++)
		if (m->indices[i] == m->indices[at])
			return refused(item, duplicate);
	return printing_record_refusal(&scratch, &record, print_record_event_box);
}

static struct refusal box_refusal(struct turn *t, const struct origin *o, const struct box_packed *m, bool known,
				  const struct printing_orders_row *order)
{
	struct refusal refusal = printing_facility_refusal(o, known, order);
	if (refusal.reason != reason_none)
		return refusal;
	if (order->standing == order_standing_held)
		return refused(order, order_held);
	if (m->box == 0 || m->box > printing_index_max)
		return refused(box, out_of_range);
	if (printing_boxes_get(t->tx, item_of(m->order, m->box), &(struct printing_boxes_row){ 0 }))
		return refused(box, duplicate);
	if (m->indices_count == 0)
		return refused(box, empty);
	for (size_t i = 0; i < m->indices_count && refusal.reason == reason_none; i++)
		refusal = box_card_refusal(t, m, i);
	return refusal;
}

void printing_box_packed(struct turn *t, const struct origin *o, const struct box_packed *m)
{
	struct printing_orders_row order;
	bool known = printing_orders_get(t->tx, m->order, &order);
	struct refusal refusal = box_refusal(t, o, m, known, &order);
	uint64_t box = item_of(m->order, m->box);
	if (refusal.reason == reason_none) {
		struct box_filled filled = { .box = box, .order = m->order, .destination = m->destination, .seal = m->seal,
					     .cards_count = m->indices_count };
		for (size_t i = 0; i < m->indices_count; i++) {
			struct printing_records_row record;
			if (!printing_records_get(t->tx, m->order, m->indices[i], &record))
				return; // a fault of the store
			printing_record_refusal(&order, &record, print_record_event_box);
			record.box = box;
			record.has_box = true;
			filled.cards[i] = record.card;
			printing_records_put(t->tx, m->order, m->indices[i], &record);
		}
		printing_boxes_put(t->tx, box, &(struct printing_boxes_row){ .destination = m->destination, .seal = m->seal,
									     .cards = (uint32_t)m->indices_count,
									     .submission = m->submission });
		turn_subject(t, subject_of(subject_kind_box, box));
		emit_box_filled(t, &filled);
		order.boxes++;
		printing_order_heard(t, &order);
		printing_order_put(t, m->order, &order);
	}
	printing_subject_order(t, m->order);
	printing_row_ended(t, m->submission, m->row, refusal);
}

void printing_boxes_ended(struct turn *t, const struct printing_act_ended *m, const struct printing_acts_row *act)
{
	struct printing_orders_row order;
	if (act->accepted == 0 || !printing_orders_get(t->tx, m->order, &order)) {
		emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .reason = reason_empty, .field = field_box,
							 .refused = act->refused });
		return;
	}
	emit_boxes_sent(t, &(struct boxes_sent){ .submission = m->submission, .order = m->order, .facility = order.facility,
						 .to = order.attached, .waybill = m->waybill, .boxes = act->accepted,
						 .refused = act->refused });
}
