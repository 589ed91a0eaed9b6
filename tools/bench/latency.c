#include "latency.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double at_share(const double *sorted, size_t count, double share)
{
	size_t i = (size_t)ceil((double)count * share);
	return count == 0 ? 0 : sorted[i > 0 ? i - 1 : 0];
}

void latency_print(const char *name, double *ms, size_t count)
{
	qsort(ms, count, sizeof *ms, compare);
	printf("\"%s\": {\"count\": %zu, \"p50\": %.2f, \"p99\": %.2f, \"p999\": %.2f, \"max\": %.2f}", name, count,
	       at_share(ms, count, 0.5), at_share(ms, count, 0.99), at_share(ms, count, 0.999), at_share(ms, count, 1));
}
