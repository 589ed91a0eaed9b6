// Apart from when.c, so that the purity check can allow when.o to handlers and refuse this.
#include <time.h>

#include "base/ensure.h"
#include "base/when.h"

static int64_t read_ms(clockid_t clock)
{
	struct timespec now;

	ensure(clock_gettime(clock, &now) == 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t clock_boot_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}
