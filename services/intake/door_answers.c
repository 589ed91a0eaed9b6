// What the door says, and the queues in which it waits: for the vault to be durable, for the turn's signature, for the simulator.
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/log.h"
#include "intake/door.h"

#define refusals_report_ms 60000    // refused frames are counted and logged so often: a flood must not fill the log

// ---- queues ----

enum error intake_queue_put(struct door_queue *q, const struct door_address *to, uint16_t type,
			    const struct codec_shape *shape, const void *value)
{
	uint8_t head[2];
	size_t at = q->bytes.size;

	if (q->count == q->capacity) {
		size_t capacity = q->capacity ? q->capacity * 2 : 64;
		struct door_waiting *list = realloc(q->list, capacity * sizeof *list);
		if (!list)
			return error_no_memory;
		q->list = list;
		q->capacity = capacity;
	}
	put_u16(head, type);
	buffer_append(&q->bytes, head, sizeof head);
	codec_encode(shape, value, &q->bytes);
	if (q->bytes.failed)
		return error_no_memory;
	q->list[q->count++] = (struct door_waiting){ .to = *to, .at = at, .size = q->bytes.size - at };
	return error_none;
}

struct bytes intake_queue_frame(const struct door_queue *q, size_t i)
{
	return bytes_of(q->bytes.data + q->list[i].at, q->list[i].size);
}

void intake_queue_clear(struct door_queue *q)
{
	buffer_clear(&q->bytes);
	q->count = 0;
}

void intake_queue_deinit(struct door_queue *q)
{
	buffer_deinit(&q->bytes);
	free(q->list);
}

// ---- answers ----

void intake_door_transmit(struct door *d, const struct door_address *to, struct bytes frame)
{
	if (zmq_send(d->socket, to->identity, to->identity_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return;
	if (to->delimiter && zmq_send(d->socket, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return;
	zmq_send(d->socket, frame.data, frame.size, ZMQ_DONTWAIT);
}

enum error intake_door_answer(struct door *d, const struct door_address *to, uint16_t type,
			      const struct codec_shape *shape, const void *value)
{
	uint8_t head[2];

	if (!d->socket)
		return intake_queue_put(&d->outbox, to, type, shape, value);
	buffer_clear(&d->frame);
	put_u16(head, type);
	buffer_append(&d->frame, head, sizeof head);
	codec_encode(shape, value, &d->frame);
	if (d->frame.failed)
		return error_no_memory;
	intake_door_transmit(d, to, buffer_bytes(&d->frame));
	return error_none;
}

enum error intake_door_answer_stored(struct door *d, const struct door_address *to, uint16_t type,
				     const struct codec_shape *shape, const void *value)
{
	return intake_queue_put(&d->stored, to, type, shape, value);
}

enum error intake_door_refuse(struct door *d, const struct door_address *to, enum wire_fault fault, const char *detail,
			      const uint64_t *sequence)
{
	struct wire_refused m = {
		.fault = fault, .detail = bytes_of_text(detail), .sequence = sequence ? *sequence : 0,
		.has_sequence = sequence != NULL,
	};

	d->refusals[fault]++;
	return intake_door_answer(d, to, message_type_wire_refused, &wire_refused_shape, &m);
}

enum error intake_door_refuse_content(struct door *d, const struct door_address *to, enum wire_fault fault,
				      const char *detail, const struct hash *content)
{
	struct wire_refused m = {
		.fault = fault, .detail = bytes_of_text(detail), .content = *content, .has_content = true,
	};

	d->refusals[fault]++;
	return intake_door_answer(d, to, message_type_wire_refused, &wire_refused_shape, &m);
}

void intake_door_report_refusals(struct door *d)
{
	uint64_t total = 0;

	if (d->wall_ms < d->refusals_reported_ms + refusals_report_ms)
		return;
	for (size_t i = 0; i < array_size(d->refusals); i++)
		total += d->refusals[i];
	if (total > 0)
		log_warn("door_refused frames=%llu malformed=%llu certificate=%llu signature=%llu clock=%llu busy=%llu",
			 (unsigned long long)total, (unsigned long long)d->refusals[wire_fault_malformed],
			 (unsigned long long)d->refusals[wire_fault_certificate],
			 (unsigned long long)d->refusals[wire_fault_signature],
			 (unsigned long long)d->refusals[wire_fault_clock],
			 (unsigned long long)d->refusals[wire_fault_busy]);
	memset(d->refusals, 0, sizeof d->refusals);
	d->refusals_reported_ms = d->wall_ms;
}
