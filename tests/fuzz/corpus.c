// Runs a target over what is known to be interesting: its seeds, each seed cut short and with bytes altered, and the inputs of
// tests/fuzz/corpus/<target>.hex, one a line, in hexadecimal.
//
// usage: TARGET [CORPUS.hex]       runs all of it; the last line is `N passed, N failed`
//        TARGET --seeds FOLDER [CORPUS.hex]   writes seeds and corpus as files, for libFuzzer to begin with
#include <ctype.h>

#include "base/ensure.h"
#include "fuzz/fuzz.h"
#include "test.h"

#define input_max (1u << 20)
#define altered_max 96 // places of a seed that are altered; of longer ones every so many-th

static const char *corpus_path;
static size_t inputs_run;

static void input_run(struct bytes input)
{
	// A copy of exactly its size, so that ASan sees a read beyond its end.
	uint8_t *copy = malloc(input.size + (input.size == 0));
	ensure(copy);
	if (input.size > 0)
		memcpy(copy, input.data, input.size);
	ensure(LLVMFuzzerTestOneInput(copy, input.size) == 0);
	free(copy);
	inputs_run++;
}

static void seed_run(struct fuzz_seeds *seeds, struct bytes seed)
{
	seeds->count++;
	input_run(seed);
}

static void seed_run_altered(struct fuzz_seeds *seeds, struct bytes seed)
{
	struct buffer altered = { 0 };
	size_t step = seed.size / altered_max + 1;

	seeds->count++;
	for (size_t at = 0; at < seed.size; at += step) {
		buffer_clear(&altered);
		buffer_append(&altered, seed.data, seed.size);
		ensure(!altered.failed);
		input_run(bytes_of(altered.data, at));
		altered.data[at] ^= (uint8_t)(1u << (at % 8));
		input_run(buffer_bytes(&altered));
		altered.data[at] = 0xff;
		input_run(buffer_bytes(&altered));
	}
	buffer_deinit(&altered);
}

// Calls `take` with each line's bytes; a comment begins with #.
static size_t corpus_each(void (*take)(void *context, struct bytes input), void *context)
{
	struct buffer text = { 0 };
	size_t count = 0;

	if (!corpus_path)
		return 0;
	ensure(file_read(corpus_path, 64u << 20, &text) == error_none);
	buffer_append(&text, "", 1);
	ensure(!text.failed);
	uint8_t *bytes = malloc(input_max);
	ensure(bytes);
	for (char *line = (char *)text.data, *end; *line; line = end) {
		size_t size = strcspn(line, "\n");
		end = line + size + (line[size] == '\n');
		line[size] = 0;
		if (*line == '#')
			continue;
		ensure(size % 2 == 0 && size / 2 <= input_max && hex_decode(line, bytes, size / 2));
		take(context, bytes_of(bytes, size / 2));
		count++;
	}
	free(bytes);
	buffer_deinit(&text);
	return count;
}

static void corpus_run(void *context, struct bytes input)
{
	(void)context;
	input_run(input);
}

test(every_seed_is_taken_or_refused)
{
	struct fuzz_seeds seeds = { .put = seed_run };
	fuzz_seeds(&seeds);
	check(seeds.count > 0);
}

test(every_seed_cut_short_or_altered_is_taken_or_refused)
{
	struct fuzz_seeds seeds = { .put = seed_run_altered };
	fuzz_seeds(&seeds);
	check(seeds.count > 0);
}

test(every_input_of_the_corpus_is_taken_or_refused)
{
	check(corpus_each(corpus_run, NULL) > 0);
}

// ---- as files ----

struct folder {
	struct fuzz_seeds seeds; // first: what fuzz_seeds is given
	const char *path;
	size_t next;
};

static void file_put(void *context, struct bytes input)
{
	struct folder *folder = context;
	char path[4096];
	snprintf(path, sizeof path, "%s/%06zu", folder->path, folder->next++);
	FILE *file = fopen(path, "wb");
	ensure(file);
	ensure(fwrite(input.data, 1, input.size, file) == input.size);
	ensure(fclose(file) == 0);
}

static void seed_put(struct fuzz_seeds *seeds, struct bytes input)
{
	file_put(seeds, input);
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "--seeds") == 0) {
		struct folder folder = { .seeds = { .put = seed_put }, .path = argv[2] };
		corpus_path = argc > 3 ? argv[3] : NULL;
		fuzz_seeds(&folder.seeds);
		corpus_each(file_put, &folder);
		return EXIT_SUCCESS;
	}
	corpus_path = argc > 1 ? argv[1] : NULL;
	run(every_seed_is_taken_or_refused);
	run(every_seed_cut_short_or_altered_is_taken_or_refused);
	if (corpus_path)
		run(every_input_of_the_corpus_is_taken_or_refused);
	printf("# %zu inputs\n", inputs_run);
	return test_summary();
}
