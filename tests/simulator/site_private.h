// Inside the site: what its files share.
#ifndef TDV_SIMULATOR_SITE_PRIVATE_H
#define TDV_SIMULATOR_SITE_PRIVATE_H

#include "simulator/site.h"

#define adapters_max 8

enum frame_kind { frame_kind_ask, frame_kind_stream, frame_kind_to_door, frame_kind_to_terminal };

struct frame {
	enum frame_kind kind;
	uint16_t from, to;  // services; 0: a terminal
	uint64_t terminal;
	int64_t due_ms;
	uint8_t *data;
	size_t size;
};

struct process {
	struct site *site;
	const struct service *service;
	struct service wrapped;                          // the service with the adapters below
	struct service_adapter adapters_rough[adapters_max + 1];
	struct engine *engine; // NULL: down
	void *adapters, *door;
	int64_t up_ms;         // not started before
	int64_t frozen_ms;     // stands still until
	int64_t accept_ms;     // when an operator accepts the clock; 0: nothing is held, as far as anybody saw
	bool adapter_failed;   // and took the daemon with it
	bool held;             // it takes no turn
	struct engine_limits limits;
	struct buffer parked[site_services_max]; // by consumer: an ask that waits for news
	struct {
		struct buffer answer;
		uint64_t effect;
		uint16_t type;
		unsigned times; // that it will be given; 0: there is none
	} late;
};

struct site {
	struct chance chance;
	struct weather weather;
	bool calm, failed;
	int64_t now_ms;        // of the boot clock, and of everybody else's clocks
	int64_t wall_off_ms;   // what this machine's wall clock is off by
	int64_t wall_before_ms, wall_right_ms; // it is set to that again, then; wall_right_ms 0: it stays
	char folder[64];
	struct buffer *transcript;
	struct process processes[site_services_max]; // by id
	struct frame *frames;
	size_t frame_count, frame_capacity;
	int64_t cut_ms[site_services_max][site_services_max]; // from, to; 0: terminals: until then
	void (*arrived)(void *context, uint64_t to, struct bytes frame);
	void *arrived_context;
	bool (*watch)(void *context, uint16_t service);
	void *watch_context;
	struct site_figures figures;
};

static inline void site_count(struct site *site, enum injection injection)
{
	site->figures.injected[injection]++;
}

// ---- process.c
bool process_failed(struct process *p, const char *what, enum error error); // the site's run has failed; returns false
bool process_survived(struct process *p, const char *what, enum error error); // false: the process is gone, or failed
void process_round(struct process *p);
void process_end(struct process *p); // as abrupt as a kill, unless the engine was stopped before
bool process_serve_ask(struct process *p, uint16_t consumer, struct bytes ask);
void process_take_stream(struct process *p, struct bytes stream);
void process_door_take(struct process *p, uint64_t from, struct bytes frame);

// ---- network.c
void network_send(struct site *site, const struct frame *frame, struct bytes bytes);
void network_arrive(struct site *site); // what is due
void network_cut(struct site *site);    // now and then
void network_deinit(struct site *site);

// ---- adapters.c
void adapters_wrap(struct process *p);
bool adapters_perform(struct process *p); // false: the process is gone

// ---- clock.c
int64_t site_wall_ms(const struct site *site);
void clock_round(struct site *site);
bool clock_is_right(const struct site *site); // nobody would refuse to accept it
void operator_round(struct process *p);

#endif
