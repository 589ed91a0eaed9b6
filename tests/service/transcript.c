#include "service/transcript.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/subject.h"
#include "base/when.h"
#include "runtime/turn.h"
#include "transcript_failing.h"
#include "transcript_lines.h"

#define senders_max 16
#define effects_max 4096

// --- a sender: a real log, of a service that says what it is told to say ---

#define say_type 0xfff0

static enum error run_say(struct turn *t, const struct origin *o, struct bytes body)
{
	(void)o;
	turn_emit(t, get_u16(body.data), bytes_of(body.data + 2, body.size - 2));
	return error_none;
}

static const struct service_input puppet_inputs[] = {
	{ say_type, input_kind_local, run_say },
	{ 0, input_kind_message, NULL },
};
static const struct store_table *const puppet_tables[] = { NULL };
static const uint16_t puppet_sources[] = { 0 };

struct sender {
	struct service puppet;
	struct engine *engine;
	struct buffer ask; // the consumer's newest, kept while there was no news
};

struct transcript {
	const struct service *service;
	struct engine_limits limits;
	char home[256];
	struct engine *engine;
	struct sender senders[senders_max];
	size_t sender_count;
	int64_t wall_ms, boot_ms;
	struct origin authority;
	bool holding;
	size_t muted_at;     // what was said before transcript_mute
	uint64_t seen_entry; // of the service's log, shown already
	uint64_t effects[effects_max];
	size_t effect_first, effect_count;
	uint64_t effect_shown; // effects through this id are shown: a restart offers them again
	void *adapters;
	bool adapters_open;
	struct buffer said, look;
};

static _Noreturn void give_up(const char *what, enum error error)
{
	fprintf(stderr, "transcript: %s: %s\n", what, error_name(error));
	exit(2);
}

static void must(const char *what, enum error error)
{
	if (error != error_none)
		give_up(what, error);
}

// --- what the service says ---

static void say_envelope(struct transcript *s, const struct envelope *v)
{
	buffer_append_text(&s->said, "  -> ");
	lines_say_receivers(&s->said, v->type);
	buffer_append_text(&s->said, ": ");
	lines_say_message(&s->said, v->type, v->body);
	const char *between = " [";
	if (v->has_subject) {
		buffer_printf(&s->said, "%s%s %llu", between,
			      subject_kind_name((enum subject_kind)subject_kind_of(v->subject)),
			      (unsigned long long)subject_number(v->subject));
		between = ", ";
	}
	if (v->has_rule_version) {
		buffer_printf(&s->said, "%srule %u", between, v->rule_version);
		between = ", ";
	}
	if (v->submission != s->authority.submission || v->person != s->authority.person) {
		buffer_printf(&s->said, "%ssubmission %llu by person %llu", between,
			      (unsigned long long)v->submission, (unsigned long long)v->person);
		between = ", ";
	}
	buffer_append_text(&s->said, *between == ',' ? "]\n" : "\n");
}

// --- running ---

static void open_service(struct transcript *s)
{
	char folder[512];
	snprintf(folder, sizeof folder, "%s/state-%s", s->home, s->service->name);
	struct engine_options options = { .service = s->service,
					  .folder = folder,
					  .log = { .site = 1, .service = s->service->id, .instance = 1 },
					  .map_bytes = (size_t)64 << 20,
					  .limits = s->limits };
	must("opening the service", engine_open(&s->engine, &options));
}

static void open_sender(struct transcript *s, uint16_t id)
{
	struct sender *sender = &s->senders[s->sender_count++];
	char folder[512];
	sender->puppet = (struct service){ .name = service_id_name((enum service_id)id),
					   .id = id,
					   .fold_version = 1,
					   .inputs = puppet_inputs,
					   .tables = puppet_tables,
					   .sources = puppet_sources };
	snprintf(folder, sizeof folder, "%s/sender-%s", s->home, sender->puppet.name);
	struct engine_options options = { .service = &sender->puppet,
					  .folder = folder,
					  .log = { .site = 1, .service = id, .instance = 1 },
					  .map_bytes = (size_t)64 << 20,
					  .limits = s->limits };
	must("opening a sender", engine_open(&sender->engine, &options));
}

struct transcript *transcript_new_with(const struct service *service, const struct engine_limits *limits)
{
	struct transcript *s = calloc(1, sizeof *s);
	if (!s)
		give_up("memory", error_no_memory);
	const char *base = getenv("TMPDIR");
	snprintf(s->home, sizeof s->home, "%s/tdv-transcript-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(s->home))
		give_up("a temporary folder", error_io);
	s->service = service;
	s->limits = *limits;
	if (!s->limits.reserve_bytes)
		s->limits.reserve_bytes = 1;
	log_open("transcript", log_level_fatal, 0); // refusals are shown in the transcript, not in a log
	int32_t day;
	date_parse("2026-03-02", &day);
	s->wall_ms = instant_of_date(day) + 8 * 3600 * 1000;
	s->boot_ms = 1000000;
	for (const uint16_t *id = service->sources; *id; id++)
		open_sender(s, *id);
	open_service(s);
	return s;
}

struct transcript *transcript_new(const struct service *service)
{
	return transcript_new_with(service, &(const struct engine_limits){ 0 });
}

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
	(void)stat, (void)flag, (void)ftw;
	return remove(path);
}

void transcript_free(struct transcript *s)
{
	if (s->adapters_open && s->service->adapters_close)
		s->service->adapters_close(s->adapters);
	engine_close(s->engine);
	for (size_t i = 0; i < s->sender_count; i++) {
		engine_close(s->senders[i].engine);
		buffer_deinit(&s->senders[i].ask);
	}
	nftw(s->home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	buffer_deinit(&s->said);
	buffer_deinit(&s->look);
	free(s);
}

void transcript_by(struct transcript *s, const struct origin *authority)
{
	s->authority = *authority;
}

void transcript_day(struct transcript *s, const char *date)
{
	int32_t day;
	if (!date_parse(date, &day))
		give_up("a date", error_malformed);
	int64_t wall_ms = instant_of_date(day) + 8 * 3600 * 1000;
	if (wall_ms < s->wall_ms)
		give_up("a day in the past", error_refused);
	s->boot_ms += wall_ms - s->wall_ms; // the machine ran all the time: no jump
	s->wall_ms = wall_ms;
}

void transcript_clock_back(struct transcript *s, int64_t ms)
{
	s->wall_ms -= ms;
}

const char *transcript_home(const struct transcript *s)
{
	return s->home;
}

struct store *transcript_store(struct transcript *s)
{
	return engine_store(s->engine);
}

uint64_t transcript_turns(struct transcript *s)
{
	static struct service_status status;
	must("the status", engine_status(s->engine, &status));
	return status.head_turn;
}

static enum error one_turn(struct engine *engine, struct transcript *s)
{
	s->wall_ms += 10;
	s->boot_ms += 10;
	if (engine == s->engine)
		failing_writes(engine, s->wall_ms, s->boot_ms);
	enum error error = engine_turn(engine, s->wall_ms, s->boot_ms);
	if (error != error_none && error != error_pending)
		give_up("a turn", error);
	return error;
}

// What the service put out since the last look.
static void say_entries(struct transcript *s)
{
	static struct log_answer page;
	for (;;) {
		struct buffer ask = { 0 }, reply = { 0 };
		uint16_t type;
		log_query_encode(&(struct log_query){ .from = s->seen_entry + 1, .limit = 256 }, &ask);
		must("reading the log", engine_query(s->engine, message_type_log_query, buffer_bytes(&ask),
						     s->boot_ms, &type, &reply));
		must("reading the log", log_answer_decode(buffer_bytes(&reply), &page));
		for (size_t i = 0; i < page.entries_count; i++) {
			static struct envelope v;
			must("an envelope", envelope_decode(page.entries[i].envelope, &v));
			say_envelope(s, &v);
			s->seen_entry = page.entries[i].entry;
		}
		bool more = page.entries_count > 0;
		buffer_deinit(&ask);
		buffer_deinit(&reply);
		if (!more)
			return;
	}
}

static void say_effects(struct transcript *s)
{
	struct engine_effect effect;
	while (engine_next_effect(s->engine, &effect) == error_none) {
		if (s->effect_count == effects_max)
			give_up("too many effects", error_bounds);
		s->effects[s->effect_count++] = effect.id;
		if (effect.id <= s->effect_shown)
			continue;
		s->effect_shown = effect.id;
		buffer_append_text(&s->said, "  ?? ");
		lines_say_message(&s->said, effect.type, effect.body);
		buffer_append_text(&s->said, "\n");
	}
}

static void say_replies(struct transcript *s)
{
	struct engine_reply reply;
	while (engine_next_reply(s->engine, &reply)) {
		if (!reply.type)
			continue;
		buffer_append_text(&s->said, "  -> reply: ");
		lines_say_message(&s->said, reply.type, reply.body);
		buffer_append_text(&s->said, "\n");
	}
}

static void say_quarantine(struct transcript *s)
{
	static struct service_status status;
	must("the status", engine_status(s->engine, &status));
	if (status.quarantined)
		buffer_printf(&s->said, "  !! %llu in quarantine\n", (unsigned long long)status.quarantined);
}

static void carry(struct transcript *s, struct sender *sender)
{
	struct buffer ask = { 0 }, frame = { 0 };
	if (engine_next_ask(s->engine, sender->puppet.id, s->boot_ms, &ask) == error_none) {
		buffer_clear(&sender->ask);
		buffer_append(&sender->ask, ask.data, ask.size);
	}
	if (sender->ask.size > 0 &&
	    engine_serve_ask(sender->engine, buffer_bytes(&sender->ask), &frame) == error_none) {
		buffer_clear(&sender->ask);
		must("a stream", engine_take_stream(s->engine, buffer_bytes(&frame), s->boot_ms));
	}
	buffer_deinit(&ask);
	buffer_deinit(&frame);
}

static void run(struct transcript *s)
{
	for (bool busy = true; busy;) {
		for (size_t i = 0; i < s->sender_count; i++)
			carry(s, &s->senders[i]);
		busy = one_turn(s->engine, s) == error_none;
		if (busy) {
			say_entries(s);
			say_replies(s);
		}
	}
	say_effects(s);
	say_quarantine(s);
}

// --- what a test does ---

static struct sender *sender_of(struct transcript *s, uint16_t id)
{
	for (size_t i = 0; i < s->sender_count; i++)
		if (s->senders[i].puppet.id == id)
			return &s->senders[i];
	fprintf(stderr, "transcript: %s tells %s nothing\n", service_id_name((enum service_id)id),
		s->service->name);
	exit(2);
}

static void pass_on(struct transcript *s, struct sender *sender, uint16_t type, struct bytes body)
{
	struct buffer say = { 0 };
	put_u16(buffer_extend(&say, 2), type);
	buffer_append(&say, body.data, body.size);
	must("a sender's queue",
	     engine_take_local(sender->engine, 0, &s->authority, say_type, buffer_bytes(&say)));
	while (one_turn(sender->engine, s) == error_none)
		;
	buffer_deinit(&say);
	if (!s->holding)
		run(s);
}

void transcript_tell(struct transcript *s, uint16_t sender_id, uint16_t type, struct bytes body)
{
	struct sender *sender = sender_of(s, sender_id);
	buffer_printf(&s->said, "%s: ", sender->puppet.name);
	lines_say_message(&s->said, type, body);
	buffer_append_text(&s->said, "\n");
	pass_on(s, sender, type, body);
}

void transcript_tell_as(struct transcript *s, uint16_t sender_id, uint16_t type, struct bytes body,
			const char *format, ...)
{
	struct sender *sender = sender_of(s, sender_id);
	char words[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	buffer_printf(&s->said, "%s: %s\n", sender->puppet.name, words);
	pass_on(s, sender, type, body);
}

void transcript_hold(struct transcript *s)
{
	s->holding = true;
}

void transcript_release(struct transcript *s)
{
	s->holding = false;
	run(s);
}

void transcript_local_unsaid(struct transcript *s, uint16_t type, struct bytes body)
{
	must("a local input", engine_take_local(s->engine, 1, &s->authority, type, body));
	run(s);
}

void transcript_local(struct transcript *s, uint16_t type, struct bytes body)
{
	buffer_append_text(&s->said, "local: ");
	lines_say_message(&s->said, type, body);
	buffer_append_text(&s->said, "\n");
	transcript_local_unsaid(s, type, body);
}

void transcript_answer(struct transcript *s, uint16_t type, struct bytes body)
{
	if (s->effect_first == s->effect_count)
		give_up("an answer to no effect", error_absent);
	buffer_append_text(&s->said, "adapter: ");
	lines_say_message(&s->said, type, body);
	buffer_append_text(&s->said, "\n");
	must("an answer", engine_take_answer(s->engine, s->effects[s->effect_first++], type, body));
	run(s);
}

static void reopen(struct transcript *s)
{
	engine_close(s->engine);
	open_service(s);
	s->effect_first = s->effect_count = 0;
}

void transcript_perform(struct transcript *s)
{
	if (!s->adapters_open && s->service->adapters_open) {
		struct store_txn txn;
		store_begin(engine_store(s->engine), false, &txn);
		must("opening the adapters", s->service->adapters_open(&s->adapters, s->home, &txn));
		store_abort(&txn);
	}
	s->adapters_open = true;
	reopen(s); // the engine offers all open effects again
	buffer_append_text(&s->said, "adapter: performs\n");
	while (engine_perform(s->engine, s->adapters, effects_max, s->boot_ms) == error_none)
		run(s);
}

void transcript_restart(struct transcript *s)
{
	reopen(s);
	buffer_append_text(&s->said, "restart\n");
	run(s);
}

void transcript_skip(struct transcript *s)
{
	buffer_clear(&s->said);
}

void transcript_mute(struct transcript *s)
{
	s->muted_at = s->said.size;
}

void transcript_unmute(struct transcript *s)
{
	s->said.size = s->muted_at;
}

const char *transcript_said(struct transcript *s)
{
	buffer_clear(&s->look);
	buffer_append(&s->look, s->said.data, s->said.size);
	buffer_append(&s->look, "", 1);
	buffer_clear(&s->said);
	return (const char *)s->look.data;
}

bool transcript_is(struct transcript *s, const char *file, int line, const char *expected)
{
	const char *said = transcript_said(s);
	if (strcmp(said, expected) == 0)
		return true;
	printf("# %s:%d: - expected, + said\n", file, line);
	lines_print_difference(expected, said);
	return false;
}
