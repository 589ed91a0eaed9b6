#include "runtime/journal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

static void add(struct journal_fields *out, const char *name, size_t name_size, const char *value, size_t value_size)
{
	if (out->count == journal_fields_max || name_size == 0 || name_size > 40)
		return;
	char *to = out->text[out->count++];
	int n = snprintf(to, journal_field_size, "TDV_");
	for (size_t i = 0; i < name_size; i++)
		to[n++] = (char)toupper((unsigned char)name[i]);
	snprintf(to + n, journal_field_size - (size_t)n, "=%.*s", (int)value_size, value);
}

// key=value, or key="a value with blanks".  What is of another form is left to the message alone.
static const char *take_pair(struct journal_fields *out, const char *at)
{
	size_t name = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (name == 0 || at[name] != '=' || isdigit((unsigned char)*at))
		return at + strcspn(at, " ");
	const char *value = at + name + 1;
	bool quoted = *value == '"';
	value += quoted;
	size_t size = strcspn(value, quoted ? "\"" : " ");
	add(out, at, name, value, size);
	return value + size + (quoted && value[size] == '"');
}

void journal_split(const char *service, enum log_level level, const char *line, struct journal_fields *out)
{
	size_t event = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_");

	out->count = 0;
	snprintf(out->text[out->count++], journal_field_size, "PRIORITY=%d", log_priority(level));
	snprintf(out->text[out->count++], journal_field_size, "SYSLOG_IDENTIFIER=tdv-%.32s", service);
	add(out, "service", 7, service, strlen(service));
	if (event && (line[event] == ' ' || line[event] == 0))
		add(out, "event", 5, line, event);
	for (const char *at = line + strcspn(line, " "); *at;) {
		at += strspn(at, " ");
		if (*at)
			at = take_pair(out, at);
	}
}

static bool send(const char *service, enum log_level level, const char *line)
{
	struct journal_fields fields;
	struct iovec parts[journal_fields_max + 1];
	char message[2200];

	journal_split(service, level, line, &fields);
	snprintf(message, sizeof message, "MESSAGE=%s: %s", service, line);
	parts[0] = (struct iovec){ message, strlen(message) };
	for (size_t i = 0; i < fields.count; i++)
		parts[i + 1] = (struct iovec){ fields.text[i], strlen(fields.text[i]) };
	return sd_journal_sendv(parts, (int)fields.count + 1) == 0;
}

bool journal_open(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat s;

	// A child may have inherited the variable and write elsewhere.
	if (!stream || sscanf(stream, "%llu:%llu", &device, &inode) != 2 || fstat(STDERR_FILENO, &s) < 0 ||
	    (unsigned long long)s.st_dev != device || (unsigned long long)s.st_ino != inode)
		return false;
	log_sink(send);
	return true;
}
