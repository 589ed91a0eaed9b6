// Latencies as the benchmarks print them.
#ifndef TDV_BENCH_LATENCY_H
#define TDV_BENCH_LATENCY_H

#include <stddef.h>

// `"NAME": {"count": …, "p50": …, "p99": …, "p999": …, "max": …}`, in milliseconds; sorts them.
void latency_print(const char *name, double *ms, size_t count);

#endif
