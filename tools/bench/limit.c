// The physical limit: as many bytes in as large batches, appended and synced, by processes that do nothing else.
//
// usage: tdv-limit prepare FOLDER HOPS                 fills the files with zeros, synced; well before the first run
//        tdv-limit FOLDER HOPS BATCH SIZE SECONDS      prints JSON
// Each hop is a thread with a file of its own, as each service has an environment of its own; all of them write at the
// same time, and the slowest counts.  The files are allocated and written before, so that the probe pays for
// writing and syncing, not for allocating; at a file's end it begins anew.
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define hops_max 8
#define file_bytes (192u << 20)

struct hop {
	int fd;
	uint64_t batches;
};

static unsigned batch, size;
static atomic_bool over;

static void fail(const char *what)
{
	perror(what);
	_exit(1);
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_whole(int fd, const uint8_t *data, size_t bytes, off_t at)
{
	while (bytes > 0) {
		ssize_t n = pwrite(fd, data, bytes, at);
		if (n <= 0)
			fail("pwrite");
		data += n;
		bytes -= (size_t)n;
		at += n;
	}
}

static void *append(void *context)
{
	struct hop *hop = context;
	size_t bytes = (size_t)batch * size;
	uint8_t *data = malloc(bytes);
	off_t at = 0;

	if (!data)
		fail("malloc");
	for (size_t i = 0; i < bytes; i++)
		data[i] = (uint8_t)(i * 2654435761u >> 13);
	while (!atomic_load(&over)) {
		if (at + (off_t)bytes > (off_t)file_bytes)
			at = 0;
		data[0]++;
		write_whole(hop->fd, data, bytes, at);
		if (fdatasync(hop->fd) != 0)
			fail("fdatasync");
		at += (off_t)bytes;
		hop->batches++;
	}
	free(data);
	return NULL;
}

static int open_hop(const char *folder, unsigned hop, int flags)
{
	char path[1000];
	snprintf(path, sizeof path, "%s/hop%u", folder, hop);
	int fd = open(path, O_RDWR | O_CLOEXEC | flags, 0600);
	if (fd < 0)
		fail(path);
	return fd;
}

static int prepare(const char *folder, unsigned hops)
{
	static const uint8_t zeros[1 << 20];
	for (unsigned i = 0; i < hops; i++) {
		int fd = open_hop(folder, i, O_CREAT);
		for (off_t at = 0; at < (off_t)file_bytes; at += (off_t)sizeof zeros)
			write_whole(fd, zeros, sizeof zeros, at);
		if (fsync(fd) != 0)
			fail("fsync");
		close(fd);
	}
	return 0;
}

static void run(const char *folder, unsigned hops, double seconds)
{
	struct hop all[hops_max] = { 0 };
	pthread_t threads[hops_max];
	double began = now_s();

	for (unsigned i = 0; i < hops; i++) {
		all[i].fd = open_hop(folder, i, 0);
		if (pthread_create(&threads[i], NULL, append, &all[i]) != 0)
			fail("thread");
	}
	while (now_s() - began < seconds)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	atomic_store(&over, true);
	uint64_t slowest = UINT64_MAX;
	for (unsigned i = 0; i < hops; i++) {
		pthread_join(threads[i], NULL);
		slowest = all[i].batches < slowest ? all[i].batches : slowest;
	}
	double spent = now_s() - began;
	printf("{\"hops\": %u, \"batch\": %u, \"size\": %u, \"syncs\": %" PRIu64, hops, batch, size, slowest);
	printf(", \"seconds\": %.3f, \"per_second\": %.0f}\n", spent, (double)slowest * batch / spent);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "prepare") == 0 && strtoul(argv[3], NULL, 10) <= hops_max)
		return prepare(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
	unsigned hops = argc == 6 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	if (hops == 0 || hops > hops_max) {
		fprintf(stderr, "usage: tdv-limit prepare FOLDER HOPS\n       tdv-limit FOLDER HOPS BATCH SIZE SECONDS\n");
		return 2;
	}
	batch = (unsigned)strtoul(argv[3], NULL, 10);
	size = (unsigned)strtoul(argv[4], NULL, 10);
	if (batch == 0 || size == 0 || (uint64_t)batch * size > file_bytes)
		return 2;
	run(argv[1], hops, strtod(argv[5], NULL));
	return 0;
}
