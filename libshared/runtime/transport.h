// Frames between engines, over ZeroMQ: a log socket that consumers ask, one socket to each source, a query socket.  ipc under
// HOME/run, or where [streams] of the settings says; nothing here decides anything.
#ifndef TDV_RUNTIME_TRANSPORT_H
#define TDV_RUNTIME_TRANSPORT_H

#include "runtime/engine.h"
#include "runtime/settings.h"
#include "runtime/sockets.h"

#define transport_sources_max 16
#define transport_consumers_max 16
#define transport_acts_max 16

struct transport_peer {
	uint8_t identity[255];
	uint8_t size; // 0: nobody
};

struct transport {
	struct engine *engine;
	void *context;
	struct sockets *sockets; // the daemon's; what is numbered below
	void *log, *query;
	size_t log_at, query_at;
	uint16_t source_ids[transport_sources_max];
	void *sources[transport_sources_max];
	void *monitors[transport_sources_max]; // say when a source is there again
	size_t sources_at[transport_sources_max], monitors_at[transport_sources_max];
	size_t source_count;
	// asks at the head, one for each consumer, until there is news
	struct {
		struct log_name consumer;
		struct transport_peer peer;
		struct buffer ask;
		bool fresh; // came with the last frames, not yet looked at
	} parked[transport_consumers_max];
	size_t parked_count;
	struct transport_peer acts[transport_acts_max]; // operators that wait for their turn, by token
	struct buffer frame, answer;
};

// Adds its sockets to `sockets`, for the daemon to wait for.
enum error transport_open(struct transport *t, struct engine *engine, const char *home, const struct settings *settings,
			  void *zmq_context, struct sockets *sockets);
void transport_close(struct transport *t);
// Takes what the last sockets_wait found readable; *busy when there was something.
enum error transport_receive(struct transport *t, int64_t boot_ms, bool *busy);
// Sends the asks that are due.
enum error transport_ask(struct transport *t, int64_t boot_ms);
// After a turn: answers consumers that waited for news.
enum error transport_news(struct transport *t);
// A reply to an operator's act; false: the token is not one of ours.
bool transport_reply(struct transport *t, const struct engine_reply *reply);

#endif
