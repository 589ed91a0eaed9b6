#include "base/memory.h"

#include <unistd.h>

#include "base/log.h"

static void (*called)(void *context);
static void *called_with;

void memory_ended_calls(void (*what)(void *context), void *context)
{
	called = what;
	called_with = context;
}

void memory_blames_nobody(void)
{
	if (called)
		called(called_with);
}

void memory_ended(const char *where)
{
	memory_blames_nobody();
	log_fatal("stopped_by_fault reason=no_memory in=%s", where);
	_exit(1);
}
