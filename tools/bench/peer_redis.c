// Redis 7: a stream for each place, appendfsync always.  A mover's step is one transaction, MULTI {XADD…, XACK, XDEL} EXEC, in
// one write with the XREADGROUP of the next batch, so that a step costs one round trip and one turn of the server's loop, which
// writes and syncs once for all connections that it served.  The last stream is trimmed as it grows.  Durable: the append-only
// file is synced before the server answers.
#include "peer.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define id_size 48

struct connection {
	redisContext *redis;
	const struct peer_job *job;
	unsigned place;
	uint8_t *records;
	bool asked;
	char (*ids)[id_size];
	const char **argv;
	size_t *sizes;
	char from[16], to[16], consumer[32];
};

static redisContext *session(const struct peer_job *job)
{
	redisContext *redis = redisConnectUnix(job->where);
	if (!redis || redis->err)
		peer_fail("connect", redis ? redis->errstr : "no memory");
	return redis;
}

static redisReply *reply_of(redisContext *redis)
{
	redisReply *reply = NULL;
	if (redisGetReply(redis, (void **)&reply) != REDIS_OK || !reply)
		peer_fail("reply", redis->errstr);
	if (reply->type == REDIS_REPLY_ERROR)
		peer_fail("reply", reply->str);
	return reply;
}

static void prepare(const struct peer_job *job)
{
	redisContext *redis = session(job);
	redisAppendCommand(redis, "FLUSHALL");
	freeReplyObject(reply_of(redis));
	for (unsigned place = 1; place <= job->hops; place++) {
		redisAppendCommand(redis, "XGROUP CREATE place%u movers 0 MKSTREAM", place);
		freeReplyObject(reply_of(redis));
	}
	redisFree(redis);
}

static void *connection_new(const struct peer_job *job, unsigned place)
{
	static unsigned consumers;
	struct connection *c = calloc(1, sizeof *c);
	if (!c || !(c->records = malloc((size_t)job->batch * job->size)) || !(c->ids = calloc(job->batch, id_size)) ||
	    !(c->argv = calloc(job->batch + 3, sizeof *c->argv)) || !(c->sizes = calloc(job->batch + 3, sizeof *c->sizes)))
		peer_fail("memory", "none");
	c->redis = session(job);
	c->job = job;
	c->place = place;
	snprintf(c->from, sizeof c->from, "place%u", place);
	snprintf(c->to, sizeof c->to, "place%u", place + 1);
	snprintf(c->consumer, sizeof c->consumer, "mover%u", __atomic_add_fetch(&consumers, 1, __ATOMIC_RELAXED));
	return c;
}

static void add(struct connection *c, const void *record, size_t size)
{
	if (c->place + 1 == c->job->hops)
		redisAppendCommand(c->redis, "XADD %s MAXLEN ~ 10000 * r %b", c->to, record, size);
	else
		redisAppendCommand(c->redis, "XADD %s * r %b", c->to, record, size);
}

// MULTI, the commands, EXEC: as many replies as were sent.
static void drop_replies(struct connection *c, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		freeReplyObject(reply_of(c->redis));
}

static unsigned put(void *connection, uint64_t first, unsigned count)
{
	struct connection *c = connection;
	if (count == 0)
		return 0;
	peer_fill(c->job, first, count, c->records);
	if (count > 1)
		redisAppendCommand(c->redis, "MULTI");
	for (unsigned i = 0; i < count; i++)
		add(c, c->records + (size_t)i * c->job->size, c->job->size);
	if (count > 1)
		redisAppendCommand(c->redis, "EXEC");
	drop_replies(c, count > 1 ? count + 2 : 1);
	return count;
}

static void ask(struct connection *c)
{
	redisAppendCommand(c->redis, "XREADGROUP GROUP movers %s COUNT %u STREAMS %s >", c->consumer, c->job->batch, c->from);
	c->asked = true;
}

static void forget(struct connection *c, const char *command, bool group, unsigned count)
{
	int n = 0;
	c->argv[n++] = command;
	c->argv[n++] = c->from;
	if (group)
		c->argv[n++] = "movers";
	for (unsigned i = 0; i < count; i++)
		c->argv[n++] = c->ids[i];
	for (int i = 0; i < n; i++)
		c->sizes[i] = strlen(c->argv[i]);
	redisAppendCommandArgv(c->redis, n, c->argv, c->sizes);
}

// The entries of the one stream that an XREADGROUP answered with.
static redisReply *entries_of(redisReply *reply)
{
	return reply->type == REDIS_REPLY_ARRAY && reply->elements == 1 ? reply->element[0]->element[1] : NULL;
}

static unsigned move(void *connection, uint64_t moved)
{
	struct connection *c = connection;
	(void)moved;
	if (!c->asked)
		ask(c);
	redisReply *reply = reply_of(c->redis), *entries = entries_of(reply);
	unsigned count = entries ? (unsigned)entries->elements : 0;
	c->asked = false;
	if (count > 0) {
		redisAppendCommand(c->redis, "MULTI");
		for (unsigned i = 0; i < count; i++) {
			redisReply *id = entries->element[i]->element[0], *record = entries->element[i]->element[1]->element[1];
			snprintf(c->ids[i], id_size, "%s", id->str);
			add(c, record->str, record->len);
		}
		forget(c, "XACK", true, count);
		forget(c, "XDEL", false, count);
		redisAppendCommand(c->redis, "EXEC");
		ask(c);
		drop_replies(c, count + 4);
	}
	freeReplyObject(reply);
	return count;
}

int main(int argc, char **argv)
{
	static const struct peer redis = { .name = "redis", .durability = "synced before each answer", .prepare = prepare,
					   .connect = connection_new, .put = put, .move = move };
	return peer_main(&redis, argc, argv);
}
