#include "runtime/transport.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/log.h"
#include "runtime/client.h"

#define frames_at_once 32 // of one socket, before the next one and the turn
#define act_token (UINT64_C(1) << 63)
#define stream_bytes_max (64ll << 20)
#define query_bytes_max (128ll << 10)

// ---- opening

static enum error zmq_fault(const char *what, const char *endpoint)
{
	log_error("%s endpoint=%s error=%s", what, endpoint, zmq_strerror(errno));
	return error_io;
}

static bool set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static enum error new_socket(struct transport *t, int type, int64_t bytes_max, void **out)
{
	void *socket = zmq_socket(t->context, type);

	if (!socket)
		return error_from_errno(errno);
	*out = socket;
	if (!set_int(socket, ZMQ_LINGER, 0) ||
	    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &bytes_max, sizeof bytes_max) != 0)
		return error_from_errno(errno);
	return error_none;
}

// Where a service's log is asked for.
static enum error log_endpoint(const char *home, const struct settings *settings, uint16_t id, char out[run_endpoint_size])
{
	const char *said = id < settings_services_max ? settings->streams[id] : "";
	char name[64];

	if (*said && strncmp(said, "ipc://run/", 10) != 0) {
		snprintf(out, run_endpoint_size, "%s", said);
		return error_none;
	}
	snprintf(name, sizeof name, "%s.log", service_id_name((enum service_id)id));
	return run_endpoint(home, *said ? said + 10 : name, out);
}

// A network that loses everything closes no connection: who has not been heard for a while is gone.
static bool notices_silence(void *socket, const char *endpoint)
{
	return strncmp(endpoint, "tcp:", 4) != 0 ||
	       (set_int(socket, ZMQ_HEARTBEAT_IVL, 1000) && set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, 4000) &&
		set_int(socket, ZMQ_CONNECT_TIMEOUT, 2000) && set_int(socket, ZMQ_HANDSHAKE_IVL, 4000));
}

static enum error bind_socket(struct transport *t, const char *endpoint, int64_t bytes_max, void **out)
{
	enum error e = new_socket(t, ZMQ_ROUTER, bytes_max, out);

	if (!e && !notices_silence(*out, endpoint))
		e = error_from_errno(errno);
	if (!e && zmq_bind(*out, endpoint) != 0)
		e = zmq_fault("bind", endpoint);
	return e > 0 ? error_io : e;
}

static enum error bind_log(struct transport *t, const char *home, const struct settings *settings)
{
	char endpoint[run_endpoint_size];
	enum error e = log_endpoint(home, settings, engine_service(t->engine)->id, endpoint);

	if (!e)
		e = bind_socket(t, endpoint, query_bytes_max, &t->log);
	return e ? e : sockets_add(t->sockets, t->log, &t->log_at);
}

static enum error bind_query(struct transport *t, const char *home)
{
	char name[64], endpoint[run_endpoint_size];

	snprintf(name, sizeof name, "%s.query", engine_service(t->engine)->name);
	enum error e = run_endpoint(home, name, endpoint);
	if (!e)
		e = bind_socket(t, endpoint, query_bytes_max, &t->query);
	return e ? e : sockets_add(t->sockets, t->query, &t->query_at);
}

// A producer that comes back knows nothing of what it was asked before; so it is asked again at once.
static enum error watch(struct transport *t, size_t i)
{
	char endpoint[64];

	snprintf(endpoint, sizeof endpoint, "inproc://source-%zu", i);
	if (zmq_socket_monitor(t->sources[i], endpoint, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0)
		return zmq_fault("monitor", endpoint);
	enum error e = new_socket(t, ZMQ_PAIR, query_bytes_max, &t->monitors[i]);
	if (!e && zmq_connect(t->monitors[i], endpoint) != 0)
		e = zmq_fault("connect", endpoint);
	return e ? e : sockets_add(t->sockets, t->monitors[i], &t->monitors_at[i]);
}

static enum error connect_source(struct transport *t, const char *home, const struct settings *settings, uint16_t id)
{
	char endpoint[run_endpoint_size];
	void **socket = &t->sources[t->source_count];
	enum error e = log_endpoint(home, settings, id, endpoint);

	if (!e)
		e = new_socket(t, ZMQ_DEALER, stream_bytes_max, socket);
	if (e)
		return e > 0 ? error_io : e;
	t->source_ids[t->source_count++] = id;
	// IMMEDIATE: an ask to a daemon that is not there is dropped, not kept: it will be repeated.
	if (!set_int(*socket, ZMQ_IMMEDIATE, 1) || !set_int(*socket, ZMQ_RECONNECT_IVL, 50) ||
	    !set_int(*socket, ZMQ_RECONNECT_IVL_MAX, 500) || !notices_silence(*socket, endpoint))
		return error_from_errno(errno);
	e = watch(t, t->source_count - 1);
	if (!e && zmq_connect(*socket, endpoint) != 0)
		e = zmq_fault("connect", endpoint);
	return e ? e : sockets_add(t->sockets, *socket, &t->sources_at[t->source_count - 1]);
}

static enum error make_run_folder(const char *home)
{
	char folder[PATH_MAX];

	if ((size_t)snprintf(folder, sizeof folder, "%s/run", home) >= sizeof folder)
		return error_io;
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? error_from_errno(errno) : error_none;
}

enum error transport_open(struct transport *t, struct engine *engine, const char *home, const struct settings *settings,
			  void *zmq_context, struct sockets *sockets)
{
	memset(t, 0, sizeof *t);
	t->sockets = sockets;
	t->engine = engine;
	t->context = zmq_context;
	enum error e = make_run_folder(home);
	if (!e)
		e = bind_log(t, home, settings);
	if (!e)
		e = bind_query(t, home);
	for (const uint16_t *id = engine_service(engine)->sources; !e && id && *id; id++) {
		ensure(t->source_count < transport_sources_max);
		e = connect_source(t, home, settings, *id);
	}
	if (e)
		transport_close(t);
	return e;
}

void transport_close(struct transport *t)
{
	if (t->log)
		zmq_close(t->log);
	if (t->query)
		zmq_close(t->query);
	for (size_t i = 0; i < transport_sources_max; i++) {
		// What is said to a monitor that nobody hears any more would stop ZeroMQ's thread, and with it the stop.
		if (t->sources[i])
			zmq_socket_monitor(t->sources[i], NULL, 0);
		if (t->monitors[i])
			zmq_close(t->monitors[i]);
		if (t->sources[i])
			zmq_close(t->sources[i]);
	}
	for (size_t i = 0; i < t->parked_count; i++)
		buffer_deinit(&t->parked[i].ask);
	buffer_deinit(&t->frame);
	buffer_deinit(&t->answer);
	memset(t, 0, sizeof *t);
}

// ---- frames

// One message; of more than `parts` parts nothing is taken.  error_pending: none waits.
static enum error receive(void *socket, struct transport_peer *peer, zmq_msg_t *frame)
{
	if (peer) {
		int n = zmq_recv(socket, peer->identity, sizeof peer->identity, ZMQ_DONTWAIT);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? error_pending : error_from_errno(errno);
		peer->size = (uint8_t)n;
	}
	zmq_msg_init(frame);
	if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0) {
		int errnum = errno;
		zmq_msg_close(frame);
		return errnum == EAGAIN || errnum == EINTR ? error_pending : error_from_errno(errnum);
	}
	bool bad = false;
	while (zmq_msg_more(frame)) {
		bad = true;
		if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0)
			break;
	}
	if (!bad)
		return error_none;
	zmq_msg_close(frame);
	return error_malformed;
}

// A peer that went away loses its answer and asks again.
static void send_to(struct transport *t, void *socket, const struct transport_peer *peer, struct bytes frame)
{
	sockets_used(t->sockets, socket == t->log ? t->log_at : t->query_at);
	if (zmq_send(socket, peer->identity, peer->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0)
		zmq_send(socket, frame.data, frame.size, ZMQ_DONTWAIT);
}

static struct bytes bytes_of_frame(zmq_msg_t *frame)
{
	return bytes_of(zmq_msg_data(frame), zmq_msg_size(frame));
}

// ---- as a producer

// Serves, or keeps the ask of parked[i] for the next news.
static enum error serve(struct transport *t, size_t i)
{
	if (t->parked[i].ask.size == 0)
		return error_none;
	buffer_clear(&t->answer);
	enum error e = engine_serve_ask(t->engine, buffer_bytes(&t->parked[i].ask), &t->answer);
	if (e == error_pending || e < 0)
		return e < 0 ? e : error_none;
	if (e == error_none || e == error_fork)
		send_to(t, t->log, &t->parked[i].peer, buffer_bytes(&t->answer));
	buffer_clear(&t->parked[i].ask);
	return error_none;
}

// Of several asks of one consumer the newest replaces the others: whoever was stopped for an hour finds an hour's worth.
static enum error take_ask(struct transport *t, const struct transport_peer *peer, struct bytes ask)
{
	struct log_name name;
	size_t i = 0;

	if (engine_ask_consumer(ask, &name))
		return error_none;
	while (i < t->parked_count &&
	       (t->parked[i].consumer.site != name.site || t->parked[i].consumer.service != name.service ||
		t->parked[i].consumer.instance != name.instance))
		i++;
	if (i == transport_consumers_max)
		return error_none;
	if (i == t->parked_count)
		t->parked_count++;
	t->parked[i].consumer = name;
	t->parked[i].peer = *peer;
	buffer_clear(&t->parked[i].ask);
	buffer_append(&t->parked[i].ask, ask.data, ask.size);
	t->parked[i].fresh = true;
	return t->parked[i].ask.failed ? error_no_memory : error_none;
}

static enum error serve_fresh(struct transport *t)
{
	enum error e = error_none;

	for (size_t i = 0; !e && i < t->parked_count; i++) {
		if (t->parked[i].fresh)
			e = serve(t, i);
		t->parked[i].fresh = false;
	}
	return e;
}

enum error transport_news(struct transport *t)
{
	enum error e = error_none;

	for (size_t i = 0; !e && i < t->parked_count; i++)
		e = serve(t, i);
	return e;
}

// ---- as a consumer

enum error transport_ask(struct transport *t, int64_t boot_ms)
{
	for (size_t i = 0; i < t->source_count; i++) {
		buffer_clear(&t->frame);
		enum error e = engine_next_ask(t->engine, t->source_ids[i], boot_ms, &t->frame);
		if (e < 0)
			return e;
		if (e)
			continue;
		zmq_send(t->sources[i], t->frame.data, t->frame.size, ZMQ_DONTWAIT); // lost: it is repeated
		sockets_used(t->sockets, t->sources_at[i]);
	}
	return error_none;
}

// ---- questions

static void send_reply(struct transport *t, const struct transport_peer *peer, enum query_outcome outcome,
		       uint16_t type, struct bytes body)
{
	struct query_reply reply = { outcome, type, body };

	if (body.size > 16777215)
		reply = (struct query_reply){ query_outcome_refused, type, { 0 } };
	buffer_clear(&t->frame);
	query_reply_encode(&reply, &t->frame);
	if (!t->frame.failed)
		send_to(t, t->query, peer, buffer_bytes(&t->frame));
}

static enum query_outcome outcome_of(enum error e)
{
	return e == error_none				   ? query_outcome_answered
	       : e == error_malformed || e == error_bounds ? query_outcome_malformed
	       : e == error_absent			   ? query_outcome_unknown
							   : query_outcome_refused;
}

static enum error take_act(struct transport *t, const struct transport_peer *peer, struct bytes body)
{
	struct operator_query act;
	size_t i = 0;

	enum error e = operator_query_decode(body, &act);
	while (!e && i < transport_acts_max && t->acts[i].size)
		i++;
	if (!e && i == transport_acts_max)
		e = error_refused;
	if (!e)
		e = engine_take_act(t->engine, act_token | i, act.act, act.number);
	if (e < 0)
		return e;
	if (!e)
		t->acts[i] = *peer;
	else
		send_reply(t, peer, outcome_of(e), message_type_operator_answer, (struct bytes){ 0 });
	return error_none;
}

bool transport_reply(struct transport *t, const struct engine_reply *reply)
{
	uint64_t i = reply->token & ~act_token;

	if (!(reply->token & act_token) || i >= transport_acts_max)
		return false;
	send_reply(t, &t->acts[i], query_outcome_answered, reply->type, reply->body);
	t->acts[i].size = 0;
	return true;
}

static enum error take_query(struct transport *t, const struct transport_peer *peer, struct bytes frame,
			     int64_t boot_ms)
{
	struct query query;
	uint16_t type = 0;

	if (query_decode(frame, &query)) {
		send_reply(t, peer, query_outcome_malformed, 0, (struct bytes){ 0 });
		return error_none;
	}
	if (query.type == message_type_operator_query)
		return take_act(t, peer, query.body);
	buffer_clear(&t->answer);
	enum error e = engine_query(t->engine, query.type, query.body, boot_ms, &type, &t->answer);
	if (e < 0)
		return e;
	struct bytes answer = { 0 };
	if (e == error_none)
		answer = buffer_bytes(&t->answer);
	send_reply(t, peer, outcome_of(e), type, answer);
	return error_none;
}

// ---- all of it

static enum error receive_log(struct transport *t, bool *busy)
{
	struct transport_peer peer;
	zmq_msg_t frame;
	enum error e = error_none;

	for (int n = 0; n < frames_at_once && e >= 0; n++) {
		e = receive(t->log, &peer, &frame);
		if (e == error_pending)
			break;
		if (e)
			continue;
		*busy = true;
		e = take_ask(t, &peer, bytes_of_frame(&frame));
		zmq_msg_close(&frame);
	}
	return e < 0 ? e : serve_fresh(t);
}

static enum error receive_query(struct transport *t, int64_t boot_ms, bool *busy)
{
	struct transport_peer peer;
	zmq_msg_t frame;
	enum error e = error_none;

	for (int n = 0; n < frames_at_once && e >= 0; n++) {
		e = receive(t->query, &peer, &frame);
		if (e == error_pending)
			return error_none;
		if (e)
			continue;
		*busy = true;
		e = take_query(t, &peer, bytes_of_frame(&frame), boot_ms);
		zmq_msg_close(&frame);
	}
	return e < 0 ? e : error_none;
}

static enum error receive_stream(struct transport *t, void *socket, int64_t boot_ms, bool *busy)
{
	zmq_msg_t frame;
	enum error e = error_none;

	for (int n = 0; n < frames_at_once && e >= 0; n++) {
		e = receive(socket, NULL, &frame);
		if (e == error_pending)
			return error_none;
		if (e)
			continue;
		*busy = true;
		e = engine_take_stream(t->engine, bytes_of_frame(&frame), boot_ms);
		zmq_msg_close(&frame);
	}
	return e < 0 ? e : error_none;
}

// Each event is two parts, a number and the endpoint; only one kind was asked for.
static void hear_monitor(struct transport *t, size_t i)
{
	char part[run_endpoint_size];

	while (zmq_recv(t->monitors[i], part, sizeof part, ZMQ_DONTWAIT) >= 0)
		engine_ask_anew(t->engine, t->source_ids[i]);
}

enum error transport_receive(struct transport *t, int64_t boot_ms, bool *busy)
{
	enum error e = error_none;

	if (sockets_readable(t->sockets, t->log_at))
		e = receive_log(t, busy);
	for (size_t i = 0; i < t->source_count; i++)
		if (sockets_readable(t->sockets, t->monitors_at[i]))
			hear_monitor(t, i);
	if (!e && sockets_readable(t->sockets, t->query_at))
		e = receive_query(t, boot_ms, busy);
	for (size_t i = 0; !e && i < t->source_count; i++)
		if (sockets_readable(t->sockets, t->sources_at[i]))
			e = receive_stream(t, t->sources[i], boot_ms, busy);
	return e;
}
