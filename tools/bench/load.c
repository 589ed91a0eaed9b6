// Offers requests at a fixed rate, one list of N requests at a time, and measures until the door's receipt and until the
// outcome (verification has judged it and approval has taken it in).
//
// usage: tdv-load HOME KEY CELL RATE SIZE < PROFILES      each line: a profile number and a photo's path; photos are
//                                                          uploaded before the clock of their list starts
//   KEY      the cell officer's private key (PEM); CELL the organisation's code
//   RATE     lists a second offered; 0: one after the other
//   SIZE     requests a list
// Prints JSON: lists, requests, seconds, and both latencies' p50, p99, p99.9 and maximum in milliseconds.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ensure.h"
#include "base/when.h"
#include "latency.h"
#include "terminal/terminal.h"

#define lists_max 100000
#define rows_max 1999

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void sleep_until_ms(double at)
{
	double wait = at - now_ms();
	if (wait <= 0)
		return;
	long whole_s = (long)(wait / 1e3);
	struct timespec t = { .tv_sec = whole_s, .tv_nsec = (long)((wait - (double)whole_s * 1e3) * 1e6) };
	nanosleep(&t, NULL);
}

// The photo that a line names, uploaded.
static bool put_photo(struct terminal *terminal, const char *path, struct hash *sha256)
{
	struct buffer photo = { 0 };
	enum error error = file_read(path, 2000000, &photo);
	if (!error)
		error = terminal_put_attachment(terminal, buffer_bytes(&photo), sha256);
	if (error)
		fprintf(stderr, "tdv-load: %s: %s\n", path, error_name(error));
	buffer_deinit(&photo);
	return !error;
}

// Adds one list to the terminal's act; returns its rows, 0 at the end of the input.
static unsigned add_list(struct terminal *terminal, unsigned size, struct buffer *scratch)
{
	char line[4200];
	unsigned rows = 0;
	while (rows < size && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\r\n")] = 0;
		char *photo = strchr(line, ' ');
		if (!photo)
			continue;
		*photo++ = 0;
		if (rows == 0) {
			terminal_begin(terminal, act_submit_list);
			struct list_head head = { .kind = request_kind_exchange,
						  .reason = request_reason_campaign,
						  .period = date_of_instant(clock_wall_ms()) };
			buffer_clear(scratch);
			list_head_encode(&head, scratch);
			terminal_add(terminal, buffer_bytes(scratch));
		}
		struct list_row row = { .profile_number = bytes_of_text(line), .has_photo = true };
		if (!put_photo(terminal, photo, &row.photo))
			return 0;
		buffer_clear(scratch);
		list_row_encode(&row, scratch);
		terminal_add(terminal, buffer_bytes(scratch));
		rows++;
	}
	return rows;
}

// Sends the act and waits for its outcome; false when the door or a service refused it.
static bool carry_out(struct terminal *terminal, double *receipt_ms, double *outcome_ms, uint64_t *refused)
{
	static struct receipt receipt;
	static struct outcome outcome;
	double began = now_ms();
	enum error error = terminal_send(terminal, 30000, &receipt);
	*receipt_ms = now_ms() - began;
	if (error || receipt.state != receipt_state_taken) {
		fprintf(stderr, "tdv-load: not taken: %s %s\n", error_name(error), terminal_fault(terminal));
		return false;
	}
	error = terminal_await(terminal, terminal_sequence(terminal), 0, 60000, &outcome);
	*outcome_ms = now_ms() - began;
	*refused += outcome.refused;
	if (error)
		fprintf(stderr, "tdv-load: no outcome: %s\n", error_name(error));
	return error == error_none;
}

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: tdv-load HOME KEY CELL RATE SIZE < PROFILES\n");
		return 2;
	}
	double rate = strtod(argv[4], NULL);
	unsigned size = (unsigned)strtoul(argv[5], NULL, 10);
	ensure(size > 0 && size <= rows_max);
	char sequence_path[512];
	snprintf(sequence_path, sizeof sequence_path, "%s/run/tdv-load.sequence", argv[1]);
	struct terminal_options options = { .home = argv[1],
					    .key_path = argv[2],
					    .sequence_path = sequence_path,
					    .organisation = strtoull(argv[3], NULL, 10),
					    .terminal = 900 };
	struct terminal *terminal;
	enum error error = terminal_open(&terminal, &options);
	if (error) {
		fprintf(stderr, "tdv-load: %s: %s\n", argv[1], error_name(error));
		return 1;
	}
	static double receipt_ms[lists_max], outcome_ms[lists_max];
	struct buffer scratch = { 0 };
	uint64_t requests = 0, refused = 0;
	size_t lists = 0;
	double began = now_ms();
	unsigned rows;
	bool fine = true;
	while (fine && lists < lists_max && (rows = add_list(terminal, size, &scratch)) > 0) {
		if (rate > 0)
			sleep_until_ms(began + (double)lists * 1e3 / rate);
		fine = carry_out(terminal, &receipt_ms[lists], &outcome_ms[lists], &refused);
		lists++;
		requests += rows;
	}
	double seconds = (now_ms() - began) / 1e3;
	terminal_close(terminal);
	buffer_deinit(&scratch);
	if (!fine || lists == 0)
		return 1;
	printf("{\"lists\": %zu, \"requests\": %" PRIu64 ", \"refused\": %" PRIu64 ", \"seconds\": %.3f, ", lists, requests,
	       refused, seconds);
	latency_print("receipt_ms", receipt_ms, lists);
	printf(", ");
	latency_print("outcome_ms", outcome_ms, lists);
	printf("}\n");
	return 0;
}
