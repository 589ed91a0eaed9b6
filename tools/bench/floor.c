// The physical limit of a disk for what the pipeline wrote: the same bytes, appended and synced in the same number of
// batches, by one process that does nothing else.
//
// usage: tdv-floor FILE BYTES BATCHES      prints the seconds it took
//
// The file is filled with zeros and synced before the clock starts, so that the probe pays for writing, not for allocating.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/ensure.h"

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// Writes `bytes` in `batches` runs of nearly equal size, synced each.
static int write_batches(int fd, uint64_t bytes, uint64_t batches, const uint8_t *block, size_t block_size)
{
	uint64_t at = 0;
	for (uint64_t i = 1; i <= batches; i++) {
		uint64_t end = bytes / batches * i + bytes % batches * i / batches;
		while (at < end) {
			size_t size = end - at < block_size ? (size_t)(end - at) : block_size;
			ssize_t n = pwrite(fd, block, size, (off_t)at);
			if (n <= 0)
				return -1;
			at += (uint64_t)n;
		}
		if (fdatasync(fd) != 0)
			return -1;
	}
	return 0;
}

// The seconds that the second writing takes; negative on an error.
static double measure(int fd, uint64_t bytes, uint64_t batches)
{
	size_t block_size = 1 << 20;
	uint8_t *block = calloc(1, block_size);
	ensure(block);
	double seconds = -1;
	if (write_batches(fd, bytes, 1, block, block_size) == 0) {
		for (size_t i = 0; i < block_size; i++)
			block[i] = (uint8_t)(i * 2654435761u >> 13);
		double began = now_s();
		if (write_batches(fd, bytes, batches, block, block_size) == 0)
			seconds = now_s() - began;
	}
	free(block);
	return seconds;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: tdv-floor FILE BYTES BATCHES\n");
		return 2;
	}
	uint64_t bytes = strtoull(argv[2], NULL, 10), batches = strtoull(argv[3], NULL, 10);
	if (bytes == 0 || batches == 0) {
		fprintf(stderr, "tdv-floor: BYTES and BATCHES are numbers above 0\n");
		return 2;
	}
	int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	double seconds = fd < 0 ? -1 : measure(fd, bytes, batches);
	if (seconds < 0) {
		perror(argv[1]);
		return 1;
	}
	printf("%.6f\n", seconds);
	close(fd);
	unlink(argv[1]);
	return 0;
}
