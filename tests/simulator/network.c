// What lies between services, and between the door and its terminals.
#include "simulator/site_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "intake/intake.h"

static void frame_put(struct site *site, const struct frame *frame, struct bytes bytes)
{
	if (site->frame_count == site->frame_capacity) {
		site->frame_capacity = site->frame_capacity ? 2 * site->frame_capacity : 64;
		site->frames = realloc(site->frames, site->frame_capacity * sizeof *site->frames);
		ensure(site->frames);
	}
	struct frame *copy = &site->frames[site->frame_count++];
	*copy = *frame;
	copy->data = malloc(bytes.size + 1);
	ensure(copy->data);
	memcpy(copy->data, bytes.data, bytes.size);
	copy->size = bytes.size;
	copy->due_ms = site->now_ms;
	if (chance_in(&site->chance, site->weather.delayed)) {
		site_count(site, injection_frame_delayed);
		copy->due_ms += chance_from(&site->chance, 1, 400);
	}
}

void network_send(struct site *site, const struct frame *frame, struct bytes bytes)
{
	site->figures.frames++;
	if (site->cut_ms[frame->from][frame->to] > site->now_ms) {
		site_count(site, injection_frame_cut);
		return;
	}
	if (chance_in(&site->chance, site->weather.lost)) {
		site_count(site, injection_frame_lost);
		return;
	}
	frame_put(site, frame, bytes);
	if (chance_in(&site->chance, site->weather.doubled)) {
		site_count(site, injection_frame_doubled);
		frame_put(site, frame, bytes);
	}
}

// One link, one way: the other one hears and is not heard.
void network_cut(struct site *site)
{
	struct chance *c = &site->chance;
	uint16_t ends[site_services_max] = { 0 }, count = 1; // the first: terminals
	if (site->weather.cut == 0 || chance_below(c, 10000) >= site->weather.cut)
		return;
	for (const struct service *const *s = site_services; *s; s++)
		ends[count++] = (*s)->id;
	uint16_t from = ends[chance_below(c, count)], to = from == 0 ? intake_service.id : ends[chance_below(c, count)];
	site->cut_ms[from][to] = site->now_ms + chance_from(c, 50, 1500);
}

// What somebody makes of a frame that passed by: other bytes, fewer bytes.
static void garbled_post(struct site *site, struct bytes frame)
{
	struct buffer garbled = { 0 };
	buffer_append(&garbled, frame.data, frame.size);
	for (unsigned i = chance_below(&site->chance, 4); i > 0; i--)
		garbled.data[chance_below(&site->chance, (uint32_t)garbled.size)] ^= (uint8_t)(1u << chance_below(&site->chance, 8));
	if (chance_below(&site->chance, 3) == 0)
		garbled.size = chance_below(&site->chance, (uint32_t)garbled.size);
	site_count(site, injection_frame_garbled);
	network_send(site, &(struct frame){ .kind = frame_kind_to_door, .to = intake_service.id, .terminal = site_stranger },
		     buffer_bytes(&garbled));
	buffer_deinit(&garbled);
}

void site_post(struct site *site, uint64_t from, struct bytes frame, bool again)
{
	if (again)
		site_count(site, injection_frame_resent);
	if (chance_in(&site->chance, site->weather.garbled))
		garbled_post(site, frame);
	network_send(site, &(struct frame){ .kind = frame_kind_to_door, .to = intake_service.id, .terminal = from }, frame);
}

void site_on_arrival(struct site *site, void (*arrived)(void *context, uint64_t to, struct bytes frame), void *context)
{
	site->arrived = arrived;
	site->arrived_context = context;
}

// ---- arrivals ----

static void frame_arrive(struct site *site, struct frame *frame)
{
	struct process *p = &site->processes[frame->to];
	struct bytes bytes = bytes_of(frame->data, frame->size);
	if (frame->kind == frame_kind_to_terminal) {
		site->arrived(site->arrived_context, frame->terminal, bytes);
		return;
	}
	if (!p->engine)
		return; // nobody is there
	switch (frame->kind) {
	case frame_kind_ask:
		process_serve_ask(p, frame->from, bytes);
		break;
	case frame_kind_stream:
		process_take_stream(p, bytes);
		break;
	case frame_kind_to_door:
		process_door_take(p, frame->terminal, bytes);
		break;
	case frame_kind_to_terminal:
		break;
	}
}

// Not yet on its way, held up by others, or waiting in front of a process that stands still.
static bool waits(struct site *site, const struct frame *frame)
{
	if (frame->due_ms > site->now_ms)
		return true;
	if (frame->kind != frame_kind_to_terminal && site->processes[frame->to].frozen_ms > site->now_ms)
		return true;
	if (!chance_in(&site->chance, site->weather.held_back))
		return false;
	site_count(site, injection_frame_held_back);
	return true;
}

// Each frame that is due arrives in this round or in a later one, in no order.
void network_arrive(struct site *site)
{
	size_t count = site->frame_count, kept = 0;
	for (size_t i = count; !site->calm && i > 1; i--) {
		size_t j = chance_below(&site->chance, (uint32_t)i);
		struct frame swapped = site->frames[i - 1];
		site->frames[i - 1] = site->frames[j];
		site->frames[j] = swapped;
	}
	for (size_t i = 0; i < count; i++) {
		struct frame frame = site->frames[i];
		if (site->failed || waits(site, &frame)) {
			site->frames[kept++] = frame;
			continue;
		}
		frame_arrive(site, &frame); // may put new frames behind
		free(frame.data);
	}
	memmove(site->frames + kept, site->frames + count, (site->frame_count - count) * sizeof *site->frames);
	site->frame_count = kept + (site->frame_count - count);
}

void network_deinit(struct site *site)
{
	for (size_t i = 0; i < site->frame_count; i++)
		free(site->frames[i].data);
	free(site->frames);
}
