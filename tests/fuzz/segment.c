// An archive segment: a file that was sealed once and may have been altered since.
#include "runtime/archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "fuzz/folder.h"
#include "runtime/record.h"

#define turns_read_max 64

static void segment_put(const char *folder, struct bytes content)
{
	char path[300];

	snprintf(path, sizeof path, "%s/%020d.seg", folder, 1);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ensure(fd >= 0 && write(fd, content.data, content.size) == (ssize_t)content.size);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct archive archive;
	struct log_name name;
	struct bytes bytes;
	struct record record;

	segment_put(fuzz_folder(), bytes_of(data, size));
	enum error error = archive_open(&archive, fuzz_folder(), true);
	ensure(error == error_none || error == error_corrupt);
	if (error == error_none) {
		error = archive_log_name(&archive, &name);
		ensure(error == error_none || error == error_absent || error == error_corrupt);
		uint64_t last = archive_last_turn(&archive);
		for (uint64_t turn = 1; turn <= last && turn <= turns_read_max; turn++) {
			error = archive_turn(&archive, turn, &bytes);
			ensure(error == error_none || error == error_absent || error == error_corrupt);
			if (error == error_none)
				record_open(&record, bytes);
		}
	}
	archive_close(&archive);
	return 0;
}

static void record_put(struct segment_writer *writer, struct merkle_frontier *tree, uint64_t turn)
{
	struct buffer entries = { 0 }, out = { 0 };
	struct hash leaf[1];

	record_entry_put(&entries, bytes_of("an envelope", 11));
	struct record_parts parts = { .turn = turn, .time_ms = 1800000000000, .fold_version = 1, .first_entry = turn, .room_entries = 96,
				      .room_bytes = 65536, .entries = buffer_bytes(&entries), .leaves = leaf, .entry_count = 1 };
	record_encode(&parts, tree, &out);
	ensure(segment_add(writer, turn, buffer_bytes(&out)) == error_none);
	buffer_deinit(&entries);
	buffer_deinit(&out);
}

static void seed_of_turns(struct fuzz_seeds *seeds, uint64_t turns)
{
	static const struct log_name log = { .site = 44, .service = 2, .instance = 0, .epoch = 1 };
	struct segment_writer writer = { .fd = -1 };
	struct merkle_frontier tree = { 0 };
	struct hash none = { 0 };
	struct buffer content = { 0 };
	char folder[200], path[300];

	snprintf(folder, sizeof folder, "%s", test_folder());
	ensure(segment_begin(&writer, folder, &log, 1, 1, &none, false) == error_none);
	for (uint64_t turn = 1; turn <= turns; turn++)
		record_put(&writer, &tree, turn);
	ensure(segment_seal(&writer, turns + 1) == error_none);
	segment_forget(&writer);
	snprintf(path, sizeof path, "%s/%020d.seg", folder, 1);
	ensure(file_read(path, 1 << 20, &content) == error_none);
	seeds->put(seeds, buffer_bytes(&content));
	buffer_deinit(&content);
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	seed_of_turns(seeds, 1);
	seed_of_turns(seeds, 5);
}
