#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define line_max 2048

static const char *log_service = "tdv";
static enum log_level log_least = log_level_info;
static bool log_prefixes;
static bool (*sink)(const char *service, enum log_level level, const char *line);

void log_open(const char *service, enum log_level least, int with_priority_prefix)
{
	log_service = service;
	log_least = least;
	log_prefixes = with_priority_prefix != 0;
}

void log_sink(bool (*to)(const char *service, enum log_level level, const char *line))
{
	sink = to;
}

bool log_shows(enum log_level level)
{
	return level >= log_least;
}

// As sd-daemon(3) prefixes them.
int log_priority(enum log_level level)
{
	switch (level) {
	case log_level_debug: return 7;
	case log_level_info: return 6;
	case log_level_warn: return 4;
	case log_level_error: return 3;
	case log_level_fatal: return 2;
	}
	return 3;
}

// One write, so that lines of several threads and processes on one stderr do not mix.
static void write_line(const char *line, size_t size)
{
	while (size > 0) {
		ssize_t n = write(STDERR_FILENO, line, size);
		if (n <= 0)
			return; // nowhere left to say it
		line += n;
		size -= (size_t)n;
	}
}

// A value from outside must not begin a line of its own.
static void flatten(char *line, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[line_max];
	size_t size = 0, head;
	va_list args;

	if (level < log_least)
		return;
	if (log_prefixes)
		size += (size_t)snprintf(line, sizeof line, "<%d>", log_priority(level));
	size += (size_t)snprintf(line + size, sizeof line - size, "%.32s: ", log_service);
	head = size;

	va_start(args, format);
	int n = vsnprintf(line + size, sizeof line - size, format, args);
	va_end(args);
	if (n > 0)
		size += (size_t)n < sizeof line - size ? (size_t)n : sizeof line - size - 1;

	flatten(line, size);
	line[size] = 0;
	if (sink && sink(log_service, level, line + head))
		return;
	line[size++] = '\n'; // in place of the final zero
	write_line(line, size);
}
