// A test program is a list of claims; each runs and prints `ok CLAIM` or `not ok CLAIM`, and the last line is
// `N passed, N failed`.
#ifndef TDV_TESTS_TEST_H
#define TDV_TESTS_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

__attribute__((unused)) static int test_failures_here;
static int test_passed, test_failed;

#define check(condition)                                                                        \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                \
			test_failures_here++;                                                   \
		}                                                                               \
	} while (0)

// Of a condition that itself says what is wrong.
#define check_said(condition)                                   \
	do {                                                    \
		if (!(condition))                               \
			test_failures_here++;                   \
	} while (0)

#define check_u64(got, want)                                                                                          \
	do {                                                                                                          \
		unsigned long long got_ = (unsigned long long)(got), want_ = (unsigned long long)(want);              \
		if (got_ != want_) {                                                                                  \
			printf("# %s:%d: %s is %llu, not %llu\n", __FILE__, __LINE__, #got, got_, want_);             \
			test_failures_here++;                                                                         \
		}                                                                                                     \
	} while (0)

#define check_text(got, want)                                                                                     \
	do {                                                                                                      \
		const char *got_ = (got), *want_ = (want);                                                        \
		if (strcmp(got_, want_) != 0) {                                                                   \
			printf("# %s:%d: %s is\n# %s\n# not\n# %s\n", __FILE__, __LINE__, #got, got_, want_);     \
			test_failures_here++;                                                                     \
		}                                                                                                 \
	} while (0)

// test(a_claim_in_words) { … } defines one; run(a_claim_in_words) in main runs it.
#define test(name) static void name(void)
#define run(name)                                                              \
	do {                                                                   \
		test_failures_here = 0;                                        \
		name();                                                        \
		printf("%s %s\n", test_failures_here ? "not ok" : "ok", #name); \
		test_failures_here ? test_failed++ : test_passed++;            \
	} while (0)

static inline int test_summary(void)
{
	printf("%d passed, %d failed\n", test_passed, test_failed);
	return test_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static char test_folder_root[128];
static pid_t test_folder_owner;

static inline void test_folder_remove(void)
{
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s'", test_folder_root);
	if (getpid() == test_folder_owner && system(command) != 0)
		fprintf(stderr, "# left behind: %s\n", test_folder_root);
}

// A new, empty folder under $TMPDIR, removed when the process that first asked for one exits; static storage, overwritten
// by the next call.
static inline const char *test_folder(void)
{
	static char path[160];
	const char *base = getenv("TMPDIR");
	if (!*test_folder_root) {
		snprintf(test_folder_root, sizeof test_folder_root, "%s/tdv-test-XXXXXX", base ? base : "/tmp");
		if (!mkdtemp(test_folder_root)) {
			perror("mkdtemp");
			exit(2);
		}
		test_folder_owner = getpid();
		atexit(test_folder_remove);
	}
	snprintf(path, sizeof path, "%s/XXXXXX", test_folder_root);
	if (!mkdtemp(path)) {
		perror(path);
		exit(2);
	}
	return path;
}

#endif
