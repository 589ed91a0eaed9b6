// nats-server 2.9, JetStream: a stream on disk for each place.  Publishing is asynchronous and sent at once; a mover
// fetches a batch, publishes it, waits until all of it is acknowledged and then acknowledges what it fetched.  NOT as
// durable as the others: the server answers before it syncs, and syncs every two minutes (2.9 has no setting for
// every message); a power cut loses what was acknowledged since.
#include "peer.h"

#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>

struct connection {
	natsConnection *nats;
	jsCtx *js;
	natsSubscription *subscription;
	const struct peer_job *job;
	char to[16];
	uint8_t *record;
};

static void check(natsStatus status, const char *what)
{
	if (status != NATS_OK)
		peer_fail(what, natsStatus_GetText(status));
}

static void session(struct connection *c, const struct peer_job *job)
{
	natsOptions *options;
	char url[80];
	snprintf(url, sizeof url, "nats://127.0.0.1:%s", job->where);
	check(natsOptions_Create(&options), "options");
	check(natsOptions_SetURL(options, url), "url");
	check(natsOptions_SetSendAsap(options, true), "send at once");
	check(natsConnection_Connect(&c->nats, options), "connect");
	check(natsConnection_JetStream(&c->js, c->nats, NULL), "jetstream");
	natsOptions_Destroy(options);
	c->job = job;
}

static void prepare(const struct peer_job *job)
{
	struct connection c = { 0 };
	session(&c, job);
	for (unsigned place = 1; place <= job->hops; place++) {
		char name[16];
		const char *subjects[] = { name };
		jsStreamConfig config;
		jsErrCode code = 0;
		snprintf(name, sizeof name, "place%u", place);
		js_DeleteStream(c.js, name, NULL, &code); // there may be none
		check(jsStreamConfig_Init(&config), "config");
		config.Name = name;
		config.Subjects = subjects;
		config.SubjectsLen = 1;
		config.Storage = js_FileStorage;
		config.Retention = place == job->hops ? js_LimitsPolicy : js_WorkQueuePolicy;
		config.MaxMsgs = place == job->hops ? 10000 : -1;
		check(js_AddStream(NULL, c.js, &config, NULL, &code), "stream");
	}
	jsCtx_Destroy(c.js);
	natsConnection_Destroy(c.nats);
}

static void *connection_new(const struct peer_job *job, unsigned place)
{
	struct connection *c = calloc(1, sizeof *c);
	char from[16];
	if (!c || !(c->record = malloc(job->size)))
		peer_fail("memory", "none");
	session(c, job);
	snprintf(from, sizeof from, "place%u", place);
	snprintf(c->to, sizeof c->to, "place%u", place + 1);
	if (place == 0)
		return c;
	jsSubOptions options;
	jsErrCode code = 0;
	check(jsSubOptions_Init(&options), "options");
	options.Config.AckPolicy = js_AckExplicit; // a work queue takes no other
	options.Config.MaxAckPending = (int64_t)job->window * 2;
	options.Stream = from;
	check(js_PullSubscribe(&c->subscription, c->js, from, "movers", NULL, &options, &code), "subscribe");
	return c;
}

static void wait_for_acks(struct connection *c)
{
	jsPubOptions options;
	jsPubOptions_Init(&options);
	options.MaxWait = 30000;
	check(js_PublishAsyncComplete(c->js, &options), "acknowledgements");
}

static unsigned put(void *connection, uint64_t first, unsigned count)
{
	struct connection *c = connection;
	if (count == 0)
		return 0;
	for (unsigned i = 0; i < count; i++) {
		peer_fill(c->job, first + i, 1, c->record);
		check(js_PublishAsync(c->js, c->to, c->record, (int)c->job->size, NULL), "publish");
	}
	wait_for_acks(c);
	return count;
}

static unsigned move(void *connection, uint64_t moved)
{
	struct connection *c = connection;
	natsMsgList list = { 0 };
	jsErrCode code = 0;
	(void)moved;
	natsStatus status = natsSubscription_Fetch(&list, c->subscription, (int)c->job->batch, 100, &code);
	if (status != NATS_OK && status != NATS_TIMEOUT)
		check(status, "fetch");
	unsigned count = (unsigned)list.Count;
	for (unsigned i = 0; i < count; i++)
		check(js_PublishAsync(c->js, c->to, natsMsg_GetData(list.Msgs[i]), natsMsg_GetDataLength(list.Msgs[i]), NULL),
		      "publish");
	if (count > 0)
		wait_for_acks(c);
	for (unsigned i = 0; i < count; i++)
		check(natsMsg_Ack(list.Msgs[i], NULL), "ack");
	natsMsgList_Destroy(&list);
	return count;
}

int main(int argc, char **argv)
{
	static const struct peer nats = { .name = "nats", .durability = "NOT synced before it acknowledges", .prepare = prepare,
					  .connect = connection_new, .put = put, .move = move };
	return peer_main(&nats, argc, argv);
}
