#include "base/ensure.h"

#include <stdlib.h>

#include "base/log.h"

void ensure_failed(const char *condition, const char *file, int line, const char *function)
{
	log_line(log_level_fatal, "panic file=%s line=%d function=%s condition=\"%s\"", file, line, function, condition);
	abort();
}
