// tdv up, tdv down: all daemons in the foreground, without systemd and without root.  A daemon that dies is
// started again: at once when it had lived for a while, later and later when it keeps dying.  They say by
// sd_notify(3) when they are ready.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.h"
#include "verbs.h"

#define daemons_max 16
#define status_usage 2   // of a daemon: wrong settings
#define status_damaged 3 // what it keeps is damaged
#define lived_ms 1000 // a daemon that lived so long starts again at once
#define backoff_first_ms 100
#define backoff_most_ms 5000
#define gives_up_after 5  // exits in a row without ever having been ready
#define watchdog_ms 30000 // a daemon that says nothing for so long hangs; WatchdogSec= of systemd/ is the same
#define stop_ms 30000     // then SIGKILL

struct child {
	const char *name;
	pid_t pid; // 0: not running
	int notify;
	char notify_name[64]; // in the abstract namespace
	int64_t started_ms, start_at_ms, heard_ms;
	int64_t backoff_ms;
	bool ready, was_ready;
	unsigned starts, exits_in_a_row;
};

struct supervisor {
	const struct site *site;
	struct child children[daemons_max];
	size_t count;
	int signals, pid_file;
	bool stopping, told_ready, failed;
	int64_t begun_ms, kill_at_ms;
	sigset_t before; // what children get back
};

static bool open_notify(struct child *c)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(c->notify_name, sizeof c->notify_name, "tdv-up-%ld-%s", (long)getpid(), c->name);
	size_t n = strlen(c->notify_name);
	memcpy(address.sun_path + 1, c->notify_name, n);
	c->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return c->notify >= 0 &&
	       bind(c->notify, (struct sockaddr *)&address, (socklen_t)(sizeof(sa_family_t) + 1 + n)) == 0;
}

static void write_pid(const struct supervisor *s, const char *name, pid_t pid)
{
	char path[4096], text[16];
	int n = snprintf(text, sizeof text, "%ld\n", (long)pid);
	FILE *f = fopen(home_path(s->site, path, "run/%s.pid", name), "w");

	if (f) {
		fwrite(text, 1, (size_t)n, f);
		fclose(f);
	}
}

static void remove_pid(const struct supervisor *s, const char *name)
{
	char path[4096];
	unlink(home_path(s->site, path, "run/%s.pid", name));
}

// Beside this program, where it is built; installed, in ../lib/tdv (`make install`).
static void daemon_path(const struct site *site, const char *name, char program[4200])
{
	snprintf(program, 4200, "%s/tdv-%s", site->program_folder, name);
	if (access(program, X_OK) < 0)
		snprintf(program, 4200, "%s/../lib/tdv/tdv-%s", site->program_folder, name);
}

_Noreturn static void be_daemon(const struct supervisor *s, const struct child *c, pid_t supervisor)
{
	char program[4200], notify[80], watchdog[24];

	daemon_path(s->site, c->name, program);
	snprintf(notify, sizeof notify, "@%s", c->notify_name);
	// Ctrl-C goes to the supervisor, which stops them in order; they stop too when it is killed.
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != supervisor)
		_exit(1);
	sigprocmask(SIG_SETMASK, &s->before, NULL);
	setenv("NOTIFY_SOCKET", notify, 1);
	snprintf(watchdog, sizeof watchdog, "%lld", watchdog_ms * 1000LL);
	setenv("WATCHDOG_USEC", watchdog, 1);
	unsetenv("WATCHDOG_PID"); // of systemd, when it runs us
	execl(program, program, "--home", s->site->home, (char *)NULL);
	fprintf(stderr, "tdv: %s: %s\n", program, strerror(errno));
	_exit(127);
}

static void start(struct supervisor *s, struct child *c)
{
	pid_t self = getpid(), pid = fork();

	if (pid < 0) {
		complain(_("%s could not be started: %s"), c->name, language_errno(errno));
		c->start_at_ms = clock_boot_ms() + backoff_most_ms;
		return;
	}
	if (pid == 0)
		be_daemon(s, c, self);
	c->pid = pid;
	c->ready = false;
	c->started_ms = c->heard_ms = clock_boot_ms();
	c->starts++;
	write_pid(s, c->name, pid);
}

static void hear(struct child *c)
{
	char text[1024];
	ssize_t n;

	while ((n = recv(c->notify, text, sizeof text - 1, 0)) > 0) {
		text[n] = '\0';
		c->heard_ms = clock_boot_ms();
		if (strncmp(text, "READY=1", 7) == 0 || strstr(text, "\nREADY=1"))
			c->ready = c->was_ready = true;
	}
}

static void tell_ready(struct supervisor *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (!s->children[i].ready)
			return;
	if (!s->told_ready)
		say(s->site,
		    _("All %zu daemons are ready after %.1f s. `tdv status` shows them; Ctrl-C or `tdv down` "
		      "stops them."),
		    s->count, (double)(clock_boot_ms() - s->begun_ms) / 1000);
	s->told_ready = true;
}

static void begin_stop(struct supervisor *s)
{
	if (s->stopping) { // asked twice: now
		s->kill_at_ms = 0;
		return;
	}
	s->stopping = true;
	s->kill_at_ms = clock_boot_ms() + stop_ms;
	for (size_t i = 0; i < s->count; i++)
		if (s->children[i].pid)
			kill(s->children[i].pid, SIGTERM);
}

// Nothing that another start would mend: it stays where it is, and when nothing has run yet, so does everything.
static void give_up_on(struct supervisor *s, struct child *c, int status)
{
	c->start_at_ms = INT64_MAX;
	if (status == status_damaged)
		complain(_("%s is not started again: a file of what it keeps, or its key, is missing, damaged or of another site; its own lines above name it."),
			 c->name);
	else
		complain(_("%s is not started again: its settings are wrong; its own lines above say where."), c->name);
	s->failed = true;
	if (!c->was_ready)
		begin_stop(s);
}

static void bury(struct supervisor *s, struct child *c, int status)
{
	int64_t now = clock_boot_ms(), lived = now - c->started_ms;
	pid_t pid = c->pid;

	c->pid = 0;
	remove_pid(s, c->name);
	if (s->stopping)
		return;
	if (WIFEXITED(status) && (WEXITSTATUS(status) == status_usage || WEXITSTATUS(status) == status_damaged)) {
		c->ready = false;
		give_up_on(s, c, WEXITSTATUS(status));
		return;
	}
	c->exits_in_a_row = WIFEXITED(status) && !c->ready ? c->exits_in_a_row + 1 : 0;
	c->backoff_ms = lived >= lived_ms ? 0 : c->backoff_ms ? c->backoff_ms * 2 : backoff_first_ms;
	if (c->backoff_ms > backoff_most_ms)
		c->backoff_ms = backoff_most_ms;
	c->start_at_ms = now + c->backoff_ms;
	c->ready = false;
	if (WIFSIGNALED(status))
		say(s->site,
		    _("%s (%ld) was ended by signal %d; it starts again in %.1f s and goes on where it was."),
		    c->name, (long)pid, WTERMSIG(status), (double)c->backoff_ms / 1000);
	else
		say(s->site, _("%s (%ld) ended with status %d; it starts again in %.1f s."), c->name,
		    (long)pid, WEXITSTATUS(status), (double)c->backoff_ms / 1000);
	if (c->exits_in_a_row >= gives_up_after && !c->was_ready) {
		complain(_("%s does not start: its own lines above say why. Everything is stopped."),
			 c->name);
		s->failed = true;
		begin_stop(s);
	}
}

static void reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < s->count; i++)
			if (s->children[i].pid == pid)
				bury(s, &s->children[i], status);
}

static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			reap(s);
		else
			begin_stop(s);
	}
}

// Until when nothing has to be done.
static int wait_ms(const struct supervisor *s)
{
	int64_t now = clock_boot_ms(), until = now + watchdog_ms / 4;

	for (size_t i = 0; i < s->count && !s->stopping; i++)
		if (s->children[i].pid == 0 && s->children[i].start_at_ms < until)
			until = s->children[i].start_at_ms;
	if (s->stopping && s->kill_at_ms < until)
		until = s->kill_at_ms;
	return until <= now ? 0 : (int)(until - now);
}

static bool any_running(const struct supervisor *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->children[i].pid)
			return true;
	return false;
}

// One that hangs is ended like one that died; it is started again when it is reaped.
static void end_silent(const struct supervisor *s, struct child *c, int64_t now)
{
	if (c->pid == 0 || !c->ready || now - c->heard_ms < watchdog_ms)
		return;
	say(s->site, _("%s (%ld) has not said anything for %d s: it is ended."), c->name, (long)c->pid,
	    watchdog_ms / 1000);
	kill(c->pid, SIGKILL);
	c->heard_ms = now;
}

static void supervise(struct supervisor *s)
{
	struct pollfd polled[daemons_max + 1];

	while (!s->stopping || any_running(s)) {
		int64_t now = clock_boot_ms();
		for (size_t i = 0; i < s->count; i++) {
			struct child *c = &s->children[i];
			if (!s->stopping)
				end_silent(s, c, now);
			if (!s->stopping && c->pid == 0 && now >= c->start_at_ms)
				start(s, c);
			else if (s->stopping && c->pid && now >= s->kill_at_ms)
				kill(c->pid, SIGKILL);
			polled[i] = (struct pollfd){ .fd = c->notify, .events = POLLIN };
		}
		if (s->stopping && now >= s->kill_at_ms)
			s->kill_at_ms = now + 1000;
		polled[s->count] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
		if (poll(polled, (nfds_t)s->count + 1, wait_ms(s)) < 0 && errno != EINTR)
			break;
		for (size_t i = 0; i < s->count; i++)
			if (polled[i].revents)
				hear(&s->children[i]);
		if (polled[s->count].revents)
			take_signals(s);
		tell_ready(s);
	}
}

// One supervisor a home: the lock is held while it lives.
static bool take_pid_file(struct supervisor *s)
{
	char path[4096];

	mkdir(home_path(s->site, path, "run"), 0700); // a backup may have left it out
	s->pid_file = open(home_path(s->site, path, "run/tdv.pid"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->pid_file < 0) {
		complain("%s: %s", path, language_errno(errno));
		return false;
	}
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fcntl(s->pid_file, F_OFD_SETLK, &lock) < 0) {
		complain(_("%s is up already; `tdv down --home %s` stops it"), s->site->home, s->site->home);
		return false;
	}
	flock(s->pid_file, LOCK_EX | LOCK_NB); // for scripts: flock(1), Python's fcntl.flock
	return ftruncate(s->pid_file, 0) == 0 && dprintf(s->pid_file, "%ld\n", (long)getpid()) > 0;
}

static bool prepare(struct supervisor *s)
{
	sigset_t set;
	char program[4200];

	for (const char *const *name = service_names; *name; name++) {
		struct child *c = &s->children[s->count++];
		c->name = *name;
		daemon_path(s->site, c->name, program);
		if (access(program, X_OK) < 0) {
			complain("%s: %s", program, language_errno(errno));
			return false;
		}
		if (!open_notify(c)) {
			complain(_("no socket for %s: %s"), c->name, language_errno(errno));
			return false;
		}
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &s->before);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals >= 0;
}

// Folders that root makes in an installed site stay closed to its units, which run as the site's user.
static bool home_is_ours(const struct site *site)
{
	char path[4096];
	struct stat st;

	if (stat(home_path(site, path, "keys"), &st) < 0 || st.st_uid == geteuid())
		return true;
	const struct passwd *owner = getpwuid(st.st_uid);
	complain(_("%s belongs to %s, whose daemons could not open what another user's leave there; run this as %s, or where it is "
		   "installed: systemctl start tdv.target"),
		 site->home, owner ? owner->pw_name : "?", owner ? owner->pw_name : "?");
	return false;
}

int run_up(struct site *site, int argc, char **argv)
{
	struct supervisor s = { .site = site, .begun_ms = clock_boot_ms(), .pid_file = -1 };
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site) || !home_is_ours(site))
		return exit_refused;
	// A relative home means the same to daemons that change their folder.
	char *absolute = realpath(site->home, NULL);
	if (absolute)
		snprintf(site->home, sizeof site->home, "%s", absolute);
	free(absolute);
	if (!take_pid_file(&s) || !prepare(&s))
		return exit_refused;
	supervise(&s);
	say(site, "%s", _("All daemons are stopped; what they had committed is on disk. `tdv up` goes on."));
	return s.failed ? exit_refused : exit_done;
}

int run_down(struct site *site, int argc, char **argv)
{
	long pid;
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site))
		return exit_refused;
	if (!home_is_up(site, &pid)) {
		say(site, _("%s was not up; nothing had to be stopped."), site->home);
		output_json(site, json_pack("{s:b}", "stopped", 0));
		return exit_done;
	}
	if (pid <= 1 || kill((pid_t)pid, SIGTERM) < 0) {
		complain(_("the supervisor of %s could not be asked to stop (pid %ld): %s"), site->home, pid,
			 language_errno(errno));
		return exit_refused;
	}
	for (int i = 0; i < 400; i++) {
		if (!home_is_up(site, NULL)) {
			say(site, "%s", _("All daemons are stopped. `tdv up` goes on where they were."));
			output_json(site, json_pack("{s:b}", "stopped", 1));
			return exit_done;
		}
		poll(NULL, 0, 100);
	}
	complain(_("pid %ld still runs after 40 s; `tdv status` shows what it does"), pid);
	return exit_refused;
}
