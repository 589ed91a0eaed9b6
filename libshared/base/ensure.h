// A bug of ours ends the process, in every build.
#ifndef TDV_BASE_ENSURE_H
#define TDV_BASE_ENSURE_H

#define ensure(condition) \
	((condition) ? (void)0 : ensure_failed(#condition, __FILE__, __LINE__, __func__))

_Noreturn void ensure_failed(const char *condition, const char *file, int line, const char *function);

#define array_size(a) (sizeof(a) / sizeof((a)[0]))

#endif
