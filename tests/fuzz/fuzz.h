// Targets of fuzzing: each .c of this folder, but corpus.c, is a parser that meets bytes from outside.
//
// A target defines the two functions below.  `make fuzz` links each with libFuzzer; `make fuzz-corpus` (in `make check`, and under
// ASan and UBSan in CI) links it with corpus.c, which runs its seeds, mutations of them and tests/fuzz/corpus/<target>.hex.
//
// What a target claims, it says with ensure(): no input ends the process or leaks, what is refused is refused with a declared
// error, and what is accepted encodes to the same bytes where the parser has an encoder.  The same input always does the same,
// whatever came before it.
#ifndef TDV_TESTS_FUZZ_H
#define TDV_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Gives `put` inputs that are well formed, as what an input of the corpus grows from.
struct fuzz_seeds {
	void (*put)(struct fuzz_seeds *seeds, struct bytes input);
	size_t count;
};
void fuzz_seeds(struct fuzz_seeds *seeds);

// Folders of this process (tests/test.h) lie in memory, where there is such a place.
static inline void fuzz_in_memory(void)
{
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
}

// A seed made of a byte that chooses and what follows.
static inline void fuzz_seed(struct fuzz_seeds *seeds, uint8_t choice, struct bytes rest)
{
	struct buffer seed = { 0 };
	buffer_append(&seed, &choice, 1);
	buffer_append(&seed, rest.data, rest.size);
	seeds->put(seeds, buffer_bytes(&seed));
	buffer_deinit(&seed);
}

#endif
