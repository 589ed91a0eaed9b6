// Structured log lines on stderr: "<priority>message key=value key=value", which journald reads as priority
// (sd-daemon(3)) and people read as it is.  One line an event, no personal data, ever.
//
// Severities: info = normal; warn = TDV copes, someone should look; error = something was set aside or refused
// that should not have been; fatal = the environment fails, the process ends; panic = our bug (ensure).
#ifndef TDV_BASE_LOG_H
#define TDV_BASE_LOG_H

#include <stdbool.h>

enum log_level { log_level_debug, log_level_info, log_level_warn, log_level_error, log_level_fatal };

// Set once at start; service names appear in each line.
void log_open(const char *service, enum log_level least, int with_priority_prefix);
// syslog(3) priorities: info 6, warn 4, error 3, fatal 2, debug 7.
int log_priority(enum log_level level);
bool log_shows(enum log_level level);
// Who takes lines instead of stderr, given one line without prefix, newline or control characters; false: it could not, and
// the line goes to stderr.  NULL: stderr.  The runtime's for the journal is runtime/journal.h.
void log_sink(bool (*sink)(const char *service, enum log_level level, const char *line));
// `format` starts with the event's name in snake_case, then key=value pairs.
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_info(...) log_line(log_level_info, __VA_ARGS__)
#define log_warn(...) log_line(log_level_warn, __VA_ARGS__)
#define log_error(...) log_line(log_level_error, __VA_ARGS__)
#define log_fatal(...) log_line(log_level_fatal, __VA_ARGS__)

#endif
