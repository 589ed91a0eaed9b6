// Receipts: gathered while a turn is handled, signed under one root once it is on disk.
#include <string.h>

#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "intake/door.h"

void intake_door_reply(void *door, uint64_t token, uint16_t type, struct bytes body)
{
	struct door *d = door;
	struct door_submission *place = &d->in_flight[token % door_in_flight_max];

	if (token == 0 || place->token != token)
		return;
	place->token = 0;
	if (type != message_type_receipt) {
		// Set aside by the runtime.  The submitter tries again, or asks somebody.
		intake_door_refuse(d, &place->from, wire_fault_busy, "not taken", &place->sequence);
		return;
	}
	size_t at = d->receipts.bytes.size;
	buffer_append(&d->receipts.bytes, body.data, body.size);
	if (d->receipts.count == d->receipts.capacity || d->receipts.bytes.failed)
		return; // no memory: the terminal asks again
	d->receipts.list[d->receipts.count++] = (struct door_waiting){ .to = place->from, .at = at, .size = body.size };
}

enum error intake_door_flush(void *door)
{
	struct door *d = door;
	static struct hash nodes[merkle_nodes_max(door_in_flight_max)], path[64];
	static struct signed_receipt m;
	struct purposed what;
	size_t count = d->receipts.count;

	if (count == 0)
		return error_none;
	for (size_t i = 0; i < count; i++)
		nodes[i] = merkle_leaf(intake_queue_frame(&d->receipts, i));
	merkle_nodes(nodes, count);
	struct hash root = merkle_nodes_root(nodes, count);
	enum error e = signature_make(d->key, purposed_hash(&what, purpose_receipt, &root), m.signature);
	m.root = root;
	for (size_t i = 0; i < count && e == error_none; i++) {
		m.receipt = intake_queue_frame(&d->receipts, i);
		m.path_count = merkle_nodes_path(nodes, count, i, path);
		memcpy(m.path, path, m.path_count * sizeof path[0]);
		m.index = (uint32_t)i;
		m.count = (uint32_t)count;
		e = intake_door_answer(d, &d->receipts.list[i].to, message_type_signed_receipt, &signed_receipt_shape, &m);
	}
	intake_queue_clear(&d->receipts);
	return e;
}
