// Letters: what others told a terminal, in its mailbox.
#include "audit/checks.h"
#include "base/subject.h"
#include "gen/delivery_tables.h"
#include "gen/intake_tables.h"
#include "gen/printing_tables.h"

// ---- letters: what others told a terminal, in its mailbox ----

// What the letter says of a shipment, in one number: from whom, how many boxes and cards, under which waybill.  Not to
// whom: one that is merged meanwhile leaves its letters where they were, and its shipments to its successor.
static uint64_t shipment_in_short(uint64_t from, uint32_t boxes, uint32_t cards, struct bytes waybill)
{
	uint64_t h = from * UINT64_C(0x9e3779b97f4a7c15) + ((uint64_t)boxes << 32 | cards);
	for (size_t i = 0; i < waybill.size; i++)
		h = (h ^ waybill.data[i]) * UINT64_C(0x100000001b3);
	return h >> 16; // only to be compared
}
VIEW(shipments_told, delivery, shipments)
{
	sink_add(s, k->shipment, shipment_in_short(r->from, r->boxes, r->cards, r->waybill), 1);
}
VIEW(letters_of_shipments, intake, letters)
{
	struct shipment_sent sent;
	if (r->type == message_type_shipment_sent && shipment_sent_decode(r->body, &sent) == error_none)
		sink_add(s, sent.shipment, shipment_in_short(sent.from, sent.boxes, sent.cards, sent.waybill), 1);
}
// A letter for each of its boxes, whose cards add up to the shipment's.
VIEW(boxes_told, delivery, shipments)
{
	sink_add(s, k->shipment << 1, 0, r->boxes);
	sink_add(s, k->shipment << 1 | 1, 0, r->cards);
}
VIEW(letters_of_boxes, intake, letters)
{
	struct shipment_box box;
	if (r->type != message_type_shipment_box || shipment_box_decode(r->body, &box) != error_none)
		return;
	sink_add(s, box.shipment << 1, 0, 1);
	sink_add(s, box.shipment << 1 | 1, 0, box.cards);
}
// The facility has a letter for each record, one more each time it was silent for too long, and two around each order.
VIEW(records_told, printing, records)
{
	sink_add(s, item_of(k->order, k->index), r->card, 1 + (int64_t)r->again);
}
VIEW(letters_of_records, intake, letters)
{
	struct record_ordered m;
	if (r->type == message_type_record_ordered && record_ordered_decode(r->body, &m) == error_none)
		sink_add(s, item_of(m.order, m.index), m.card, 1);
}
VIEW(orders_told, printing, orders)
{
	// One of which nothing could be printed has both too: the facility hears that there is nothing to do.
	sink_add(s, k->order, r->facility, r->state == print_order_listing ? 1 : 2);
}
VIEW(letters_of_orders, intake, letters)
{
	struct order_opened opened;
	struct order_ended ended;
	if (r->type == message_type_order_opened && order_opened_decode(r->body, &opened) == error_none)
		sink_add(s, opened.order, k->organisation, 1);
	if (r->type == message_type_order_ended && order_ended_decode(r->body, &ended) == error_none)
		sink_add(s, ended.order, k->organisation, 1);
}
VIEW(mailboxes, intake, mailboxes)
{
	sink_add(s, k->organisation, 0, (int64_t)r->letters);
}
VIEW(letters, intake, letters)
{
	sink_add(s, k->organisation, 0, 1);
}

const struct check audit_letters[] = {
	{ 0, { "chuyến {0}: nơi gửi, số hộp, số thẻ hoặc vận đơn ở giao nhận và trong thư khác nhau ({1}, {2})",
	       "shipment {0}: sender, boxes, cards or waybill differ between delivery and the letter ({1}, {2})" },
	  .left = { &shipments_told }, .right = { &letters_of_shipments } },
	{ 0, { "chuyến (số*2, +1: thẻ) {0}: giao nhận ghi {1}, thư về từng hộp cộng lại {2}",
	       "shipment (number*2, +1: cards) {0}: {1} in delivery, the letters of its boxes add up to {2}" },
	  .left = { &boxes_told }, .right = { &letters_of_boxes } },
	{ 0, { "thẻ {0i} (lệnh/số thứ tự): lệnh in ghi {1c}, thư cho cơ sở in ghi {2c}",
	       "record {0i} (order/index): card {1c} at printing, {2c} in the facility's letter" },
	  .left = { &records_told }, .right = { &letters_of_records } },
	{ 0, { "lệnh in {0}: thư cho cơ sở in thiếu hoặc thừa ({1}, {2})", "order {0}: letters to the facility are missing or doubled ({1}, {2})" },
	  .left = { &orders_told }, .right = { &letters_of_orders } },
	{ 0, { "hộp thư của {0}: ghi {1} thư, có {2}", "mailbox of {0}: {1} letters noted, {2} there" },
	  .left = { &mailboxes }, .right = { &letters } },
	check_end,
};
