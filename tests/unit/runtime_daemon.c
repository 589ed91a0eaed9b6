// Entries pass between daemons (runtime_daemons.h), intake with a door, whoever is killed meanwhile.
#include <time.h>

#include "runtime_daemons.h"

// ---- a door: frames of 9 bytes in, the same back when the turn is on disk

struct test_door {
	void *socket;
	struct {
		uint8_t identity[32];
		int size;
	} waiting[512];
	uint64_t next;
};

static enum error test_door_open(void **out, const char *folder, void *adapters, void *zmq)
{
	static struct test_door door;
	char endpoint[run_endpoint_size];
	(void)adapters;
	door.socket = zmq_socket(zmq, ZMQ_ROUTER);
	ensure(run_endpoint(folder, "door", endpoint) == error_none && zmq_bind(door.socket, endpoint) == 0);
	*out = &door;
	return error_none;
}

static void test_door_close(void *door)
{
	int linger = 100;
	zmq_setsockopt(((struct test_door *)door)->socket, ZMQ_LINGER, &linger, sizeof linger);
	zmq_close(((struct test_door *)door)->socket);
}

static void *test_door_socket(void *door)
{
	return ((struct test_door *)door)->socket;
}

static enum error test_door_receive(void *door, struct store_txn *txn, struct door_sink *sink, int64_t wall_ms)
{
	struct test_door *d = door;
	struct origin o = { .actor = 1 };
	uint8_t body[9];
	(void)txn;
	(void)wall_ms;
	for (int n = 0; n < 500; n++) {
		int size = zmq_recv(d->socket, d->waiting[d->next % 512].identity, 32, ZMQ_DONTWAIT);
		if (size < 0)
			break;
		d->waiting[d->next % 512].size = size;
		ensure(zmq_recv(d->socket, body, 9, 0) == 9);
		o.submission = get_u64(body + 1);
		if (door_input(sink, d->next, &o, local_type, bytes_of(body, 9)))
			break; // lost: it will be sent again
		d->next++;
	}
	return error_none;
}

static void test_door_reply(void *door, uint64_t token, uint16_t type, struct bytes body)
{
	struct test_door *d = door;
	(void)type;
	zmq_send(d->socket, d->waiting[token % 512].identity, (size_t)d->waiting[token % 512].size, ZMQ_SNDMORE);
	zmq_send(d->socket, body.data, body.size, 0);
}

static const struct service_door test_door = {
	test_door_open, test_door_close, test_door_socket, test_door_receive, test_door_reply, NULL, NULL, NULL
};

// ---- daemons

static pid_t daemons[node_count];

static void start_one(int i)
{
	daemons[i] = start(i);
}

static int kill_one(int i, int signal_number)
{
	kill(daemons[i], signal_number);
	return ended(daemons[i]);
}

static void start_all(void)
{
	overtaken = 0;
	home_with(quiet_settings);
	for (int i = 0; i < node_count; i++)
		start_one(i);
}

// Sends operations from..to until each was acknowledged; those without an answer are sent again.
static void submit_all(void *socket, uint8_t op, uint64_t from, uint64_t to, uint64_t window)
{
	static bool done[1000000];
	uint64_t acknowledged = 0, sent = from, waiting = 0;
	uint8_t body[16];
	memset(done, 0, sizeof done);
	for (uint64_t oldest = from; acknowledged < to - from + 1;) {
		for (; sent <= to && waiting < window; sent++, waiting++) {
			struct bytes b = op_bytes(op, sent);
			zmq_send(socket, b.data, b.size, 0);
		}
		zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };
		if (zmq_poll(&item, 1, 1000) == 0) { // what is missing, again
			for (; oldest <= to && done[oldest - from]; oldest++)
				;
			sent = oldest;
			waiting = 0;
			continue;
		}
		while (zmq_recv(socket, body, 16, ZMQ_DONTWAIT) == 9) {
			uint64_t n = get_u64(body + 1);
			waiting -= waiting > 0;
			acknowledged += !done[n - from];
			done[n - from] = true;
		}
	}
}

static enum error ask_status(struct client *client, const char *service, struct service_status *out)
{
	static struct buffer answer;
	struct buffer ask = { 0 };
	status_query_encode(&(struct status_query){ false }, &ask);
	enum error e = client_query(client, service, message_type_status_query, buffer_bytes(&ask), &answer, 3000);
	buffer_deinit(&ask);
	return e ? e : service_status_decode(buffer_bytes(&answer), out);
}

static bool await_position(struct client *client, const char *consumer, size_t source, uint64_t entry)
{
	static struct service_status status;
	for (int i = 0; i < 400; i++) {
		if (ask_status(client, consumer, &status) == error_none && status.sources[source].entry >= entry)
			return true;
		usleep(50000);
	}
	return false;
}

test(daemons_pass_entries_on_and_stop_cleanly)
{
	struct client *client;
	static struct service_status status;

	context = zmq_ctx_new();
	start_all();
	ensure(client_open(&client, home) == error_none);
	void *socket = attached(ZMQ_DEALER, "door");
	submit_all(socket, op_send, 1, 300, 100);
	check(await_position(client, "approval", 0, 600)); // 300 lists and 300 acts
	check(ask_status(client, "approval", &status) == error_none);
	check_u64(status.quarantined, 0);
	for (int i = 0; i < node_count; i++)
		check_u64(kill_one(i, i == intake ? SIGINT : SIGTERM), 0);
	client_close(client);
	zmq_close(socket);
	zmq_ctx_term(context);
	start_one(approval);
	ensure(client_open(&client, home) == error_none);
	for (int i = 0; i < 100 && ask_status(client, "approval", &status); i++)
		usleep(20000);
	check(status.clean_stop);
	check_u64(status.archived_turn, status.head_turn);
	kill_one(approval, SIGKILL);
	client_close(client);
	for (int i = 0; i < node_count; i++)
		node_open(i);
	uint64_t wrong = 0;
	for (uint64_t n = 1; n <= 300; n++)
		wrong += value_at(approval, &rows_table, n) * 10 + value_at(approval, &marks_table, n) != 11;
	check_u64(wrong, 0);
	check_u64(overtaken, 0);
	nodes_close();
}

#define kill_submissions 20000
test(kill_9_at_any_time_loses_and_doubles_nothing)
{
	struct client *client;
	unsigned seed = 7;

	context = zmq_ctx_new();
	start_all();
	pid_t killer = fork();
	if (killer == 0) // the submitter, so that this process can kill meanwhile
	{
		context = zmq_ctx_new();
		submit_all(attached(ZMQ_DEALER, "door"), op_send, 1, kill_submissions, 64);
		_exit(0);
	}
	int kills = 0;
	for (int status; waitpid(killer, &status, WNOHANG) == 0 && kills < 200; kills++) {
		usleep(5000 + (unsigned)rand_r(&seed) % 40000);
		int i = rand_r(&seed) % node_count;
		kill_one(i, SIGKILL);
		start_one(i);
	}
	check(kills > 20);
	waitpid(killer, NULL, 0);
	ensure(client_open(&client, home) == error_none);
	static struct service_status status;
	bool same = false;
	for (int i = 0; i < 400 && !same; i++) { // until approval has all that intake and verification have put out
		uint64_t head = 0;
		usleep(50000);
		if (ask_status(client, "intake", &status) || (head = status.head_entry) < 2 * kill_submissions)
			continue;
		same = await_position(client, "approval", 0, head) &&
		       await_position(client, "approval", 1, 2 * kill_submissions);
	}
	check(same);
	for (int i = 0; i < node_count; i++)
		kill_one(i, SIGKILL);
	client_close(client);
	zmq_ctx_term(context);
	for (int i = 0; i < node_count; i++)
		node_open(i);
	pump();
	uint64_t wrong = 0;
	// A submission may be taken twice (its receipt was lost; novelty is the service's to know): as often as
	// intake took it is how often it is everywhere.
	for (uint64_t n = 1; n <= kill_submissions; n++) {
		uint64_t taken = value_at(intake, &rows_table, n);
		wrong += taken == 0 || value_at(verification, &rows_table, n) != taken ||
			 value_at(approval, &rows_table, n) != taken ||
			 value_at(approval, &marks_table, n) != taken;
	}
	check_u64(wrong, 0);
	check_u64(overtaken, 0);
	nodes_close();
}

test(a_home_with_a_very_long_path_works)
{
	char longer[200];
	struct client *client;
	static struct service_status status;

	snprintf(home, sizeof home, "%s", test_folder());
	memset(longer, 'x', 120);
	longer[120] = 0;
	strncat(home, "/", sizeof home - strlen(home) - 1);
	strncat(home, longer, sizeof home - strlen(home) - 1);
	ensure(mkdir(home, 0700) == 0);
	start_one(approval);
	ensure(client_open(&client, home) == error_none);
	enum error e = error_pending;
	for (int i = 0; i < 100 && e; i++) {
		e = ask_status(client, "approval", &status);
		usleep(20000);
	}
	check(e == error_none);
	check_u64(kill_one(approval, SIGTERM), 0);
	client_close(client);
	remove_folder(home);
}

static long resident_kib(pid_t pid)
{
	char path[64], line[200];
	long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		sscanf(line, "RssAnon: %ld", &kib);
	if (f)
		fclose(f);
	return kib;
}

// Not a claim: `runtime_daemon bench N [WINDOW]` prints what the daemons do on this disk.
static void bench(uint64_t count, uint64_t window)
{
	struct client *client;
	struct timespec a, b;
	static struct service_status status;

	context = zmq_ctx_new();
	start_all();
	ensure(client_open(&client, home) == error_none);
	void *socket = attached(ZMQ_DEALER, "door");
	submit_all(socket, op_send, 1, 100, 100);
	clock_gettime(CLOCK_MONOTONIC, &a);
	submit_all(socket, op_send, 101, 100 + count, window);
	clock_gettime(CLOCK_MONOTONIC, &b);
	double taken = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	await_position(client, "approval", 0, 2 * (100 + count));
	clock_gettime(CLOCK_MONOTONIC, &b);
	double through = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	printf("acknowledged %.0f/s, through four hops %.0f/s\n", (double)count / taken, (double)count / through);
	for (int i = 0; i < node_count; i++) {
		ask_status(client, node_services[i].name, &status);
		printf("%s: turns %llu entries %llu rss_anon %ld KiB\n", node_services[i].name,
		       (unsigned long long)status.head_turn, (unsigned long long)status.head_entry,
		       resident_kib(daemons[i]));
	}
	for (int i = 0; i < node_count; i++)
		kill_one(i, SIGTERM);
	client_close(client);
	zmq_close(socket);
	zmq_ctx_term(context);
	remove_folder(home);
}

int main(int argc, char **argv)
{
	node_services[intake].door = &test_door;
	if (argc > 2) {
		bench(strtoull(argv[2], NULL, 10), argc > 3 ? strtoull(argv[3], NULL, 10) : 500);
		return 0;
	}
	run(daemons_pass_entries_on_and_stop_cleanly);
	run(kill_9_at_any_time_loses_and_doubles_nothing);
	run(a_home_with_a_very_long_path_works);
	return test_summary();
}
