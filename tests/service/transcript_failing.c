#include "transcript_failing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

enum { status_given_up, status_not_reached = 10, status_wrong };

static bool trying;
static unsigned left; // writes until the one that fails
static unsigned long failed;

static bool fails(struct store_txn *txn)
{
	if (trying && !txn->fault && --left == 0)
		txn->fault = error_map_full;
	return txn->fault != error_none;
}

// The linker puts these before the store's own (--wrap).
void __real_store_put(struct store_txn *, const struct store_table *, struct bytes, struct bytes);
void __wrap_store_put(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value);
void __wrap_store_put(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value)
{
	if (!fails(txn))
		__real_store_put(txn, table, key, value);
}

void __real_store_append(struct store_txn *, const struct store_table *, struct bytes, struct bytes);
void __wrap_store_append(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value);
void __wrap_store_append(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value)
{
	if (!fails(txn))
		__real_store_append(txn, table, key, value);
}

uint8_t *__real_store_reserve(struct store_txn *, const struct store_table *, struct bytes, size_t);
uint8_t *__wrap_store_reserve(struct store_txn *txn, const struct store_table *table, struct bytes key, size_t size);
uint8_t *__wrap_store_reserve(struct store_txn *txn, const struct store_table *table, struct bytes key, size_t size)
{
	return fails(txn) ? NULL : __real_store_reserve(txn, table, key, size);
}

bool __real_store_delete(struct store_txn *, const struct store_table *, struct bytes);
bool __wrap_store_delete(struct store_txn *txn, const struct store_table *table, struct bytes key);
bool __wrap_store_delete(struct store_txn *txn, const struct store_table *table, struct bytes key)
{
	return !fails(txn) && __real_store_delete(txn, table, key);
}

enum error __real_store_commit(struct store_txn *);
enum error __wrap_store_commit(struct store_txn *txn);
enum error __wrap_store_commit(struct store_txn *txn)
{
	if (trying && txn->writes && !txn->fault)
		_exit(status_not_reached); // what the turn does is the parent's to do
	return __real_store_commit(txn);
}

// The child's status.
static int try_write(struct engine *engine, unsigned n, int64_t wall_ms, int64_t boot_ms)
{
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		trying = true;
		left = n;
		enum error error = engine_turn(engine, wall_ms, boot_ms);
		_exit(error == error_map_full ? status_given_up : error == error_pending ? status_not_reached : status_wrong);
	}
	return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

static void say_failed(void)
{
	printf("# %lu writes were made to fail\n", failed);
}

void failing_writes(struct engine *engine, int64_t wall_ms, int64_t boot_ms)
{
	static int wanted = -1;
	if (wanted < 0) {
		wanted = getenv("TDV_FAIL_WRITES") != NULL;
		if (wanted)
			atexit(say_failed);
	}
	for (unsigned n = 1; wanted; n++) {
		int status = try_write(engine, n, wall_ms, boot_ms);
		if (WIFEXITED(status) && WEXITSTATUS(status) == status_not_reached)
			return;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != status_given_up) {
			printf("# write %u of a turn failed, and the turn was not given up: status %#x\n", n, (unsigned)status);
			exit(1);
		}
		failed++;
	}
}
