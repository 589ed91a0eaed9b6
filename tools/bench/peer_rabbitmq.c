// RabbitMQ 3.10: a quorum queue for each place, publisher confirms, manual acks.  Everything is pipelined: deliveries are
// published at once, up to the window without a confirm; what was confirmed is acknowledged, many with one frame, when a
// batch is together or nothing else has arrived.  The broker writes and syncs a batch of its own making, so that `batch` only
// says how many records one ack covers.  The last queue drops its head beyond 10,000 records.  Durable: a confirm comes after
// the Raft log was synced.
#include "peer.h"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

struct connection {
	amqp_connection_state_t amqp;
	const struct peer_job *job;
	unsigned place;
	char to[16];
	uint8_t *record;
	uint64_t published, confirmed, acked; // delivery tags and publishing numbers both count from 1, in the same order
	uint8_t *done;                        // by number modulo window: confirmed
	unsigned ring;
};

static void check(amqp_rpc_reply_t answer, const char *what)
{
	const amqp_rpc_reply_t *reply = &answer;

	if (reply->reply_type != AMQP_RESPONSE_NORMAL)
		peer_fail(what, reply->reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION ? amqp_error_string2(reply->library_error)
										     : "the broker refused");
}

static amqp_connection_state_t session(const struct peer_job *job)
{
	amqp_connection_state_t amqp = amqp_new_connection();
	amqp_socket_t *socket = amqp_tcp_socket_new(amqp);
	if (!socket || amqp_socket_open(socket, "127.0.0.1", (int)strtol(job->where, NULL, 10)) != 0)
		peer_fail("connect", job->where);
	check(amqp_login(amqp, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"), "login");
	amqp_channel_open(amqp, 1);
	check(amqp_get_rpc_reply(amqp), "channel");
	return amqp;
}

static amqp_bytes_t text(const char *s)
{
	return amqp_cstring_bytes(s);
}

static void prepare(const struct peer_job *job)
{
	amqp_connection_state_t amqp = session(job);
	for (unsigned place = 1; place <= job->hops; place++) {
		char name[16];
		snprintf(name, sizeof name, "place%u", place);
		amqp_queue_delete(amqp, 1, text(name), 0, 0);
		check(amqp_get_rpc_reply(amqp), "delete");
		amqp_table_entry_t entries[2] = {
			{ text("x-queue-type"), { .kind = AMQP_FIELD_KIND_UTF8, .value = { .bytes = text("quorum") } } },
			{ text("x-max-length"), { .kind = AMQP_FIELD_KIND_I32, .value = { .i32 = 10000 } } },
		};
		amqp_table_t table = { place == job->hops ? 2 : 1, entries };
		amqp_queue_declare(amqp, 1, text(name), 0, 1, 0, 0, table);
		check(amqp_get_rpc_reply(amqp), "declare");
	}
	amqp_connection_close(amqp, AMQP_REPLY_SUCCESS);
}

static void *connection_new(const struct peer_job *job, unsigned place)
{
	struct connection *c = calloc(1, sizeof *c);
	char from[16];

	if (!c || !(c->record = malloc(job->size)) || !(c->done = calloc(65536 + job->window * 2, 1)))
		peer_fail("memory", "none");
	c->ring = 65536 + job->window * 2;
	c->amqp = session(job);
	c->job = job;
	c->place = place;
	snprintf(from, sizeof from, "place%u", place);
	snprintf(c->to, sizeof c->to, "place%u", place + 1);
	amqp_confirm_select(c->amqp, 1);
	check(amqp_get_rpc_reply(c->amqp), "confirms");
	if (place == 0)
		return c;
	amqp_basic_qos(c->amqp, 1, 0, (uint16_t)(job->window > 2000 ? 2000 : job->window), 0); // more did not help
	check(amqp_get_rpc_reply(c->amqp), "prefetch");
	amqp_basic_consume(c->amqp, 1, text(from), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
	check(amqp_get_rpc_reply(c->amqp), "consume");
	return c;
}

static void publish(struct connection *c, amqp_bytes_t record)
{
	static const amqp_basic_properties_t persistent = { ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG, .delivery_mode = 2 };
	if (amqp_basic_publish(c->amqp, 1, amqp_empty_bytes, text(c->to), 0, 0, &persistent, record) != AMQP_STATUS_OK)
		peer_fail("publish", c->to);
	c->published++;
}

// How many more are confirmed without a gap.
static unsigned take_confirm(struct connection *c, const amqp_basic_ack_t *ack)
{
	uint64_t before = c->confirmed;
	if (ack->multiple) {
		for (uint64_t n = c->confirmed + 1; n <= ack->delivery_tag; n++)
			c->done[n % c->ring] = 1;
	} else {
		c->done[ack->delivery_tag % c->ring] = 1;
	}
	while (c->confirmed < c->published && c->done[(c->confirmed + 1) % c->ring])
		c->done[++c->confirmed % c->ring] = 0;
	return (unsigned)(c->confirmed - before);
}

static void take_delivery(struct connection *c)
{
	amqp_message_t message;
	check(amqp_read_message(c->amqp, 1, &message, 0), "record");
	publish(c, message.body);
	amqp_destroy_message(&message);
}

// One frame, if there is one within so many microseconds.
static bool take_frame(struct connection *c, long us, unsigned *confirmed)
{
	struct timeval wait = { .tv_usec = us };
	amqp_frame_t frame;
	int status = amqp_simple_wait_frame_noblock(c->amqp, &frame, &wait);
	if (status == AMQP_STATUS_TIMEOUT)
		return false;
	if (status != AMQP_STATUS_OK || frame.frame_type != AMQP_FRAME_METHOD)
		peer_fail("frame", amqp_error_string2(status));
	if (frame.payload.method.id == AMQP_BASIC_ACK_METHOD)
		*confirmed += take_confirm(c, frame.payload.method.decoded);
	else if (frame.payload.method.id == AMQP_BASIC_DELIVER_METHOD)
		take_delivery(c);
	else
		peer_fail("frame", amqp_method_name(frame.payload.method.id));
	amqp_maybe_release_buffers_on_channel(c->amqp, 1);
	return true;
}

static void acknowledge(struct connection *c)
{
	if (c->confirmed > c->acked && amqp_basic_ack(c->amqp, 1, c->confirmed, 1) != 0)
		peer_fail("ack", "not sent");
	c->acked = c->confirmed;
}

static unsigned put(void *connection, uint64_t first, unsigned count)
{
	struct connection *c = connection;
	unsigned confirmed = 0;
	for (unsigned i = 0; i < count; i++) {
		peer_fill(c->job, first + i, 1, c->record);
		publish(c, (amqp_bytes_t){ c->job->size, c->record });
	}
	while (take_frame(c, count == 0 && confirmed == 0 ? 1000 : 0, &confirmed))
		;
	return confirmed;
}

static unsigned move(void *connection, uint64_t moved)
{
	struct connection *c = connection;
	unsigned confirmed = 0;
	(void)moved;
	for (bool any = take_frame(c, 20000, &confirmed); any; any = take_frame(c, 0, &confirmed))
		if (c->confirmed - c->acked >= c->job->batch)
			break;
	acknowledge(c);
	return confirmed;
}

int main(int argc, char **argv)
{
	static const struct peer rabbitmq = { .name = "rabbitmq", .durability = "synced before each confirm", .prepare = prepare,
					      .connect = connection_new, .put = put, .move = move, .waits = true };
	return peer_main(&rabbitmq, argc, argv);
}
