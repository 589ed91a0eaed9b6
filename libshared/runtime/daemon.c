#include "runtime/daemon.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/log.h"
#include "base/version.h"
#include "crypto/digest.h"
#include "runtime/crash.h"
#include "runtime/engine.h"
#include "runtime/journal.h"
#include "runtime/settings.h"
#include "runtime/transport.h"

#define wait_max_ms 5000
#define migration_max_ms (24u * 60 * 60 * 1000) // then the watchdog ends it

enum exit_status { exit_status_done = 0, exit_status_fault = 1, exit_status_usage = 2, exit_status_damaged = error_exit_damaged };

struct daemon {
	const struct service *service;
	char home[PATH_MAX], settings_path[PATH_MAX];
	struct settings settings;
	struct engine *engine;
	struct sockets sockets; // all that is waited for
	struct transport transport;
	void *zmq;
	void *adapters; // the service's own
	void *door;
	size_t door_at;
	int signals;
	size_t signals_at;
	int64_t watchdog_ms, watchdog_next_ms; // 0: none
	bool stopping;
};

// What a door puts its inputs into.
struct door_sink {
	struct engine *engine;
	bool taken;
};

enum error door_input(struct door_sink *sink, uint64_t token, const struct origin *o, uint16_t type,
		      struct bytes body)
{
	sink->taken = true;
	return engine_take_local(sink->engine, token, o, type, body);
}

// ---- arguments

static void print_help(const struct service *s)
{
	printf("Usage: tdv-%s [--home DIR] [--settings FILE]\n\n"
	       "One daemon of TDV. It keeps its state in DIR/state/%s and talks to the others over DIR/run.\n\n"
	       "  --home DIR       the site's folder (default: $TDV_HOME)\n"
	       "  --settings FILE  settings (default: DIR/tdv.conf; without the file, the defaults)\n"
	       "  --help, --version\n\n"
	       "SIGTERM and SIGINT stop it cleanly; kill -9 loses nothing either.\n"
	       "Exit status: 0 stopped, 1 a fault of the environment, 2 wrong arguments or settings,\n"
	       "3 what is stored is damaged or does not fit: no start mends that.\n",
	       s->name, s->name);
}

static bool set_path(char out[PATH_MAX], const char *path)
{
	if (path && *path && snprintf(out, PATH_MAX, "%s", path) < PATH_MAX)
		return true;
	fprintf(stderr, "a path is missing or too long\n");
	return false;
}

// 0: go on; else the exit status + 1.
static int parse_arguments(struct daemon *d, int argc, char **argv)
{
	static const struct option options[] = { { "home", required_argument, NULL, 'h' },
						 { "settings", required_argument, NULL, 's' },
						 { "help", no_argument, NULL, '?' + 1 },
						 { "version", no_argument, NULL, 'v' },
						 { 0 } };
	const char *home = getenv("TDV_HOME"), *settings = NULL;

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (c) {
		case 'h': home = optarg; break;
		case 's': settings = optarg; break;
		case '?' + 1: print_help(d->service); return exit_status_done + 1;
		case 'v': printf("tdv-%s %s\n", d->service->name, TDV_VERSION); return exit_status_done + 1;
		default: return exit_status_usage + 1; // getopt has complained
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: unknown argument '%s'; see --help\n", argv[0], argv[optind]);
		return exit_status_usage + 1;
	}
	if (!home) {
		fprintf(stderr, "%s: --home DIR is missing (or TDV_HOME); see --help\n", argv[0]);
		return exit_status_usage + 1;
	}
	if (!set_path(d->home, home) || (settings && !set_path(d->settings_path, settings)))
		return exit_status_usage + 1;
	return 0;
}

static bool read_settings(struct daemon *d)
{
	struct buffer complaint = { 0 };
	enum error e = *d->settings_path ? settings_read(d->settings_path, &d->settings, &complaint)
					 : settings_of_home(d->home, &d->settings, &complaint);

	if (e == error_malformed)
		fprintf(stderr, "%.*s\n", (int)complaint.size, (const char *)complaint.data);
	else if (e)
		fprintf(stderr, "settings cannot be read: %s\n", error_name(e));
	buffer_deinit(&complaint);
	return !e;
}

static enum log_level level_of(const char *name)
{
	return strcmp(name, "debug") == 0   ? log_level_debug
	       : strcmp(name, "warn") == 0  ? log_level_warn
	       : strcmp(name, "error") == 0 ? log_level_error
					    : log_level_info;
}

// ---- setup

// Each peer is a file, and a shell gives 1024: with none left ZeroMQ ends the process when one more peer of an ipc socket comes.
// Nothing here uses select(2), for which the softer limit is kept low.
static void open_files_as_allowed(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files); // at worst it stays as it was
	}
}

// Before any thread is made: SIGTERM and SIGINT come as something readable, to be looked at between turns.
static enum error open_signals(struct daemon *d)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_from_errno(errno);
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (d->signals < 0)
		return error_from_errno(errno);
	sockets_add_file(&d->sockets, d->signals, &d->signals_at);
	return error_none;
}

static enum error open_engine(struct daemon *d)
{
	const struct settings *s = &d->settings;
	char folder[PATH_MAX];
	struct engine_options options = {
		.service = d->service,
		.folder = folder,
		.log = { .site = s->site },
		.map_bytes = (size_t)s->map_mib << 20,
		.sync = true,
		.limits = {
			.batch_inputs = s->batch_inputs,
			.batch_entries = s->batch_entries,
			.batch_bytes = s->batch_kib << 10,
			.segment_bytes = s->segment_mib << 20,
			.hot_turns = s->hot_turns,
			.clock_jump_ms = s->jump_seconds * 1000,
			.clock_absent_ms = s->absent_days * UINT64_C(86400000),
			.reserve_bytes = (uint64_t)s->reserve_mib << 20,
		},
	};
	if ((size_t)snprintf(folder, sizeof folder, "%s/state/%s", d->home, d->service->name) >= sizeof folder)
		return error_io;
	enum error e = engine_open(&d->engine, &options);
	return e ? e : engine_archive_check(d->engine);
}

static enum error open_adapters(struct daemon *d)
{
	struct store_txn txn;

	if (!d->service->adapters_open)
		return error_none;
	store_begin(engine_store(d->engine), false, &txn);
	enum error e = txn.fault ? txn.fault : d->service->adapters_open(&d->adapters, d->home, &txn);
	store_abort(&txn);
	return e;
}

static enum error open_door(struct daemon *d)
{
	const struct service_door *door = d->service->door;
	enum error e = door->open(&d->door, d->home, d->adapters, d->zmq);

	return e ? e : sockets_add(&d->sockets, door->socket(d->door), &d->door_at);
}

static enum error open_all(struct daemon *d)
{
	const struct service *s = d->service;
	enum error e = open_signals(d);

	if (!e)
		e = open_engine(d);
	d->zmq = zmq_ctx_new();
	if (!e && !d->zmq)
		e = error_no_memory;
	if (!e)
		e = transport_open(&d->transport, d->engine, d->home, &d->settings, d->zmq, &d->sockets);
	if (!e)
		e = open_adapters(d);
	return !e && s->door ? open_door(d) : e;
}

static void close_all(struct daemon *d)
{
	if (d->door)
		d->service->door->close(d->door);
	if (d->adapters && d->service->adapters_close)
		d->service->adapters_close(d->adapters);
	transport_close(&d->transport);
	if (d->zmq)
		zmq_ctx_term(d->zmq);
	engine_close(d->engine);
	if (d->signals > 0)
		close(d->signals);
}

// ---- the loop

static enum error receive_door(struct daemon *d, int64_t time_ms, bool *busy)
{
	struct door_sink sink = { .engine = d->engine };
	struct store_txn txn;

	store_begin(engine_store(d->engine), false, &txn);
	enum error e = txn.fault ? txn.fault : d->service->door->receive(d->door, &txn, &sink, time_ms);
	if (!e)
		e = txn.fault;
	store_abort(&txn);
	*busy |= sink.taken;
	return e < 0 ? e : error_none;
}

static enum error hand_out_replies(struct daemon *d)
{
	const struct service_door *door = d->service->door;
	struct engine_reply reply;
	bool any = false;

	while (engine_next_reply(d->engine, &reply)) {
		if (transport_reply(&d->transport, &reply) || !door)
			continue;
		door->reply(d->door, reply.token, reply.type, reply.body);
		any = true;
	}
	return any && door->flush ? door->flush(d->door) : error_none;
}

// A migration takes as long as its tables are large: ended by the watchdog, it would begin anew at every start.
static enum error patient_turn(struct daemon *d, int64_t wall_ms, int64_t boot_ms)
{
	bool patient = d->watchdog_ms && engine_migrates(d->engine);

	if (patient)
		sd_notifyf(0, "WATCHDOG_USEC=%llu\nSTATUS=migrating", (unsigned long long)migration_max_ms * 1000);
	enum error e = engine_turn(d->engine, wall_ms, boot_ms);
	if (patient)
		sd_notifyf(0, "WATCHDOG_USEC=%llu", (unsigned long long)d->watchdog_ms * 1000);
	return e;
}

static enum error one_turn(struct daemon *d, int64_t wall_ms, int64_t boot_ms, bool *busy)
{
	enum error e = patient_turn(d, wall_ms, boot_ms);

	if (e == error_pending)
		return error_none;
	if (!e)
		e = hand_out_replies(d);
	if (!e)
		e = transport_news(&d->transport);
	*busy = true;
	return e;
}

static enum error between_turns(struct daemon *d, int64_t boot_ms, bool *busy)
{
	enum error e = engine_perform(d->engine, d->adapters, d->settings.effects, boot_ms);

	*busy |= e == error_none;
	if (e >= 0) {
		e = engine_archive_step(d->engine);
		*busy |= e == error_none;
	}
	if (e >= 0)
		e = transport_ask(&d->transport, boot_ms);
	return e < 0 ? e : error_none;
}

// With what `systemctl status` shows.
static enum error notify_state(struct daemon *d, const char *state)
{
	static struct service_status status;
	enum error e = engine_status(d->engine, &status);

	if (e) // the engine is of no use any more
		return e;
	sd_notifyf(0, "%s\nSTATUS=turn %llu, entry %llu, %llu set aside%s%s", state, (unsigned long long)status.head_turn,
		   (unsigned long long)status.head_entry, (unsigned long long)status.quarantined,
		   status.halt ? ", halted: " : "", status.halt ? halt_name(status.halt) : "");
	return error_none;
}

static enum error pet_watchdog(struct daemon *d, int64_t boot_ms)
{
	if (d->watchdog_ms == 0 || boot_ms < d->watchdog_next_ms)
		return error_none;
	d->watchdog_next_ms = boot_ms + d->watchdog_ms / 2;
	return notify_state(d, "WATCHDOG=1");
}

static void read_signal(struct daemon *d)
{
	struct signalfd_siginfo info;

	if (read(d->signals, &info, sizeof info) == (ssize_t)sizeof info)
		d->stopping = true;
}

// Waits for something readable: not at all when there is work, else until a timer or an ask is due.
static enum error wait_for_input(struct daemon *d, bool busy)
{
	int64_t boot_ms = clock_boot_ms(), wake_ms = engine_wake_ms(d->engine, clock_wall_ms(), boot_ms),
		wait_ms = wake_ms - boot_ms;

	wait_ms = wake_ms == INT64_MAX || wait_ms > wait_max_ms ? wait_max_ms : wait_ms;
	if (d->watchdog_ms && wait_ms > d->watchdog_ms / 2)
		wait_ms = d->watchdog_ms / 2;
	if (d->door)
		sockets_used(&d->sockets, d->door_at); // its receipts
	enum error e = sockets_wait(&d->sockets, busy || wait_ms < 0 ? 0 : (long)wait_ms);
	if (!e && sockets_readable(&d->sockets, d->signals_at))
		read_signal(d);
	return e;
}

static enum error run(struct daemon *d)
{
	enum error e = transport_ask(&d->transport, clock_boot_ms());
	bool busy = false;

	while (!e && !d->stopping) {
		e = wait_for_input(d, busy);
		int64_t wall_ms = clock_wall_ms(), boot_ms = clock_boot_ms();
		// Before anything is taken: an operator who accepts the clock means the one that is seen here.
		int64_t time_ms = engine_time_ms(d->engine, wall_ms, boot_ms);
		busy = false;
		if (!e)
			e = pet_watchdog(d, boot_ms);
		if (!e)
			e = transport_receive(&d->transport, boot_ms, &busy);
		if (!e && d->door && sockets_readable(&d->sockets, d->door_at))
			e = receive_door(d, time_ms, &busy);
		if (!e)
			e = one_turn(d, wall_ms, boot_ms, &busy);
		if (!e)
			e = between_turns(d, boot_ms, &busy);
	}
	return e;
}

// ---- main

static enum error announce(struct daemon *d)
{
	static struct service_status status;
	uint64_t watchdog_us = 0;
	enum error e = engine_status(d->engine, &status);

	if (e)
		return e;

	if (sd_watchdog_enabled(0, &watchdog_us) > 0)
		d->watchdog_ms = (int64_t)(watchdog_us / 1000);
	log_info("started turn=%llu entry=%llu clean_stop=%d turns_interrupted=%llu", (unsigned long long)status.head_turn,
		 (unsigned long long)status.head_entry, status.clean_stop, (unsigned long long)status.turns_interrupted);
	return notify_state(d, "READY=1");
}

static enum error stop(struct daemon *d)
{
	sd_notify(0, "STOPPING=1");
	enum error e = engine_stop(d->engine);
	if (!e)
		log_info("stopped");
	return e;
}

// What no start mends: a supervisor that tries again and again would only hide it.
static int status_of(enum error e, bool opened)
{
	if (!e)
		return exit_status_done;
	return e == error_corrupt || e == error_version || (e > 0 && !opened) ? exit_status_damaged : exit_status_fault;
}

// What an operator can do about a fault that ends the daemon, where the line before it did not say.
static const char *remedy(enum error e)
{
	if (e == error_busy)
		return " do=\"it runs already, or its state is in use: tdv status\"";
	if (e == error_io)
		return " do=\"see that the folder is there, is this user's, and that its disk can be written\"";
	if (e == error_no_space)
		return " do=\"free room on this disk; it goes on where it was\"";
	if (e == error_map_full)
		return " do=\"raise map_mib in tdv.conf; it goes on where it was\"";
	return "";
}

int service_main(const struct service *service, int argc, char **argv)
{
	static struct daemon daemon;
	struct daemon *d = &daemon;

	d->service = service;
	int status = parse_arguments(d, argc, argv);
	if (status)
		return status - 1;
	if (!read_settings(d))
		return exit_status_usage;
	umask(0077);
	open_files_as_allowed();
	log_open(service->name, level_of(d->settings.level), getenv("JOURNAL_STREAM") != NULL);
	journal_open();
	crash_watch(service->name);
	// OpenSSL makes itself ready at its first use, and where memory ends meanwhile it crashes: not while an input can
	// be blamed for it.
	digest_sha256((struct bytes){ 0 });
	enum error e = open_all(d);
	bool opened = !e;
	if (!e)
		e = announce(d);
	if (!e)
		e = run(d);
	if (!e)
		e = stop(d);
	if (e)
		log_fatal("stopped_by_fault reason=%s state=%s/state/%s%s", error_name(e), d->home, service->name, remedy(e));
	close_all(d);
	return status_of(e, opened);
}
