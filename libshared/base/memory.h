// Where memory ends and there is no way to say so: what cannot be computed without it has no error of its own (a hash).
#ifndef TDV_BASE_MEMORY_H
#define TDV_BASE_MEMORY_H

// Ends the process with status 1, as any fault of the environment: a supervisor starts it again.  It is nobody's fault, so `what`
// was asked to be called first (NULL: nothing) sees to it that no input is blamed.
_Noreturn void memory_ended(const char *where);
void memory_ended_calls(void (*what)(void *context), void *context);
// Calls it before another end that is nobody's fault: a mapped file that cannot be read (runtime/crash.h, in a signal's handler).
void memory_blames_nobody(void);

#endif
