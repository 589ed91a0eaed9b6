#include "runtime/settings.h"

#include <assert.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ensure.h"
#include "gen/messages.h"

// ini.h's handler is not told the line (INI_HANDLER_LINENO is off in Debian's build): the file is read line by
// line here and each line is parsed with the section that it stands in.

struct setting {
	const char *section, *name;
	size_t at;		     // in struct settings
	uint32_t least, most, value; // of a number
	const char *text;	     // default of a text
	const char *one_of;	     // a text's choices, blanks between; NULL: any
	const char *comment;
};

#define number(section, name, least, most, value, comment) \
	{ \
#section, #name, offsetof(struct settings, name), least, most, value, NULL, NULL, comment \
	}
#define text(section, name, value, one_of, comment) \
	{ \
#section, #name, offsetof(struct settings, name), 0, 0, 0, value, one_of, comment \
	}

#define stream(service, comment) \
	{ \
		"streams", #service, offsetof(struct settings, streams[service_id_##service]), 0, 0, 0, "ipc://run/" #service ".log", NULL, \
			comment \
	}
static_assert(service_id_revocation < settings_services_max, "the last of them");

static const struct setting table[] = {
	{ "site", "number", offsetof(struct settings, site), 1, 0xffffffff, 1, NULL, NULL,
	  "Of this site among all sites. Fixed once a daemon has run: it is in the name of every log." },
	text(intake, door, "ipc://run/door", NULL,
	     "Where terminals and the print facility reach the door: a ZeroMQ endpoint. ipc://run/door is a socket\n"
	     "in this folder; for other machines: tcp://0.0.0.0:4600"),
	number(store, map_mib, 64, 16u << 20, 32768,
	       "Largest size of a service's store. Address space only: the file grows with what is in it."),
	number(store, reserve_mib, 1, 1u << 20, 256,
	       "Free disk, and free map, below which the door takes nothing, so that work under way can end."),
	number(turns, batch_inputs, 1, 65535, 2048, "Inputs that a turn takes at most."),
	number(turns, batch_entries, 16, 65535, 4096, "Entries that a turn should put out at most."),
	number(turns, batch_kib, 16, 16384, 1024, "Size of the same."),
	number(turns, effects, 1, 4096, 128, "Effects (vault look-ups and the like) performed between two turns."),
	number(archive, segment_mib, 1, 1024, 8, "Size at which a segment of the log is sealed."),
	number(archive, hot_turns, 1, 1000000, 1024, "Turns that stay in the store after every consumer has them."),
	number(clock, jump_seconds, 10, 86400, 300,
	       "A jump of the wall clock by so much holds the timers until `tdv clock accept`."),
	number(clock, absent_days, 1, 365, 7, "So does a start so long after the last turn."),
	stream(intake, "Where each service's log is asked for by those who read it: a ZeroMQ endpoint. ipc://run/NAME.log is a socket in\n"
		       "this folder; tcp://10.0.0.1:4601 lets the reader be on another machine, whose settings say the same. Nothing is\n"
		       "encrypted and nobody is asked who he is: only in a network of the site's own."),
	stream(registry, "The same."),
	stream(verification, "The same."),
	stream(approval, "The same."),
	stream(printing, "The same."),
	stream(delivery, "The same."),
	stream(inspection, "The same."),
	stream(revocation, "The same."),
	text(log, level, "info", "debug info warn error", "What is logged: this and what is graver."),
};

static void *place(struct settings *s, const struct setting *setting)
{
	return (uint8_t *)s + setting->at;
}

static void put(struct settings *s, const struct setting *setting, uint32_t value, const char *text)
{
	if (!setting->text)
		*(uint32_t *)place(s, setting) = value;
	else if (text)
		snprintf(place(s, setting), settings_text_max, "%s", text);
}

void settings_default(struct settings *s)
{
	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < array_size(table); i++)
		put(s, &table[i], table[i].value, table[i].text);
}

// ---- reading

struct reading {
	struct settings *settings;
	const char *path;
	unsigned line;
	bool wrong;
	struct buffer *complaint;
};

static void complain(struct reading *r, const char *what, const char *word)
{
	if (!r->wrong)
		buffer_printf(r->complaint, "%s:%u: %s '%s'; ", r->path, r->line, what, word);
	r->wrong = true;
}

static bool known_section(const char *section)
{
	for (size_t i = 0; i < array_size(table); i++)
		if (strcmp(table[i].section, section) == 0)
			return true;
	return false;
}

static void allow_names(struct reading *r, const char *section)
{
	bool all = !known_section(section);

	buffer_append_text(r->complaint, all ? "sections are" : "settings of this section are");
	for (size_t i = 0; i < array_size(table); i++) {
		bool first = i == 0 || strcmp(table[i].section, table[i - 1].section) != 0;
		if (all && first)
			buffer_printf(r->complaint, " [%s]", table[i].section);
		if (!all && strcmp(table[i].section, section) == 0)
			buffer_printf(r->complaint, " %s", table[i].name);
	}
}

static bool one_of(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length)
		if (length && (at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == 0))
			return true;
	return false;
}

static void take_text(struct reading *r, const struct setting *setting, const char *value)
{
	if (*value == 0 || strlen(value) >= settings_text_max ||
	    (setting->one_of && !one_of(setting->one_of, value))) {
		complain(r, setting->name, value);
		buffer_printf(r->complaint, "allowed: %s",
			      setting->one_of ? setting->one_of : "1 to 199 characters");
		return;
	}
	put(r->settings, setting, 0, value);
}

static void take_number(struct reading *r, const struct setting *setting, const char *value)
{
	char *end;
	errno = 0;
	unsigned long v = strtoul(value, &end, 10);

	if (errno || *value < '0' || *value > '9' || *end || v < setting->least || v > setting->most) {
		complain(r, setting->name, value);
		buffer_printf(r->complaint, "allowed: a whole number from %u to %u", setting->least, setting->most);
		return;
	}
	put(r->settings, setting, (uint32_t)v, NULL);
}

static int take(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	size_t i = 0;

	while (i < array_size(table) && (strcmp(table[i].section, section) != 0 || strcmp(table[i].name, name) != 0))
		i++;
	if (i == array_size(table)) {
		complain(r, known_section(section) ? "unknown setting" : "unknown section",
			 known_section(section) ? name : section);
		allow_names(r, section);
	} else if (table[i].text) {
		take_text(r, &table[i], value);
	} else {
		take_number(r, &table[i], value);
	}
	return 1;
}

// Longer ones inih would take for two (INI_MAX_LINE of Debian's), of which the second is nonsense; in a comment as well.
#define line_max 198u

// One line under the section's own: inih parses, the line's number is ours.
static void parse_line(struct reading *r, char section[80], const char *line)
{
	char both[line_max + 100];
	const char *start = line + strspn(line, " \t");

	if (*start == '[') {
		const char *end = strchr(start, ']');
		if (!end || end - start > 60) {
			complain(r, "a section is written", "[name]");
			return;
		}
		snprintf(section, 80, "%.*s]", (int)(end - start), start);
		char name[80];
		snprintf(name, sizeof name, "%.*s", (int)(end - start - 1), start + 1);
		if (!known_section(name)) {
			complain(r, "unknown section", name);
			allow_names(r, name);
		}
		return;
	}
	if (*start == '#' || *start == ';' || *start == 0)
		return;
	if (strlen(start) > line_max) {
		char begin[24];
		snprintf(begin, sizeof begin, "%.23s", start);
		complain(r, "a line that is too long, it begins with", begin);
		buffer_printf(r->complaint, "allowed: %u characters", line_max);
		return;
	}
	snprintf(both, sizeof both, "%s\n%s\n", section, start);
	if (ini_parse_string(both, take, r) != 0) {
		complain(r, "not a setting", start);
		buffer_append_text(r->complaint, "write name = value, or # in front of a comment");
	}
}

static void parse_all(struct reading *r, char *content)
{
	char section[80] = "";
	char *rest = content, *line;

	while (!r->wrong && (line = strsep(&rest, "\n"))) {
		r->line++;
		size_t length = strlen(line);
		if (length && line[length - 1] == '\r')
			line[length - 1] = 0;
		parse_line(r, section, line);
	}
}

enum error settings_read(const char *path, struct settings *s, struct buffer *complaint)
{
	struct reading r = { .settings = s, .path = path, .complaint = complaint };
	struct buffer content = { 0 };

	settings_default(s);
	enum error e = file_read(path, 1 << 20, &content);
	if (!e)
		buffer_append(&content, "", 1);
	if (!e && content.failed)
		e = error_no_memory;
	if (!e) {
		parse_all(&r, (char *)content.data);
		e = r.wrong ? error_malformed : error_none;
	}
	buffer_deinit(&content);
	if (e == error_bounds) {
		buffer_printf(complaint, "%s: larger than 1 MiB", path);
		e = error_malformed;
	}
	return e;
}

enum error settings_of_home(const char *home, struct settings *s, struct buffer *complaint)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof path, "%s/tdv.conf", home) >= sizeof path)
		return error_io;
	enum error e = settings_read(path, s, complaint);
	return e == error_absent ? error_none : e;
}

// ---- writing

static void write_comment(struct buffer *out, const struct setting *setting)
{
	const char *at = setting->comment;

	while (*at) {
		size_t length = strcspn(at, "\n");
		buffer_printf(out, "# %.*s\n", (int)length, at);
		at += length + (at[length] == '\n');
	}
}

enum error settings_write_default(const char *path)
{
	struct buffer out = { 0 };

	if (access(path, F_OK) == 0)
		return error_exists;
	buffer_append_text(
		&out,
		"# Settings of this TDV site. Every line shows a default: remove the # and change the value.\n"
		"# A daemon reads this file when it starts.\n");
	for (size_t i = 0; i < array_size(table); i++) {
		const struct setting *s = &table[i];
		if (i == 0 || strcmp(s->section, table[i - 1].section) != 0)
			buffer_printf(&out, "\n[%s]\n", s->section);
		write_comment(&out, s);
		if (s->one_of)
			buffer_printf(&out, "# One of: %s\n", s->one_of);
		if (s->text)
			buffer_printf(&out, "#%s = %s\n\n", s->name, s->text);
		else
			buffer_printf(&out, "# From %u to %u.\n#%s = %u\n\n", s->least, s->most, s->name, s->value);
	}
	enum error e = out.failed ? error_no_memory : file_write_atomic(path, buffer_bytes(&out), 0600);
	buffer_deinit(&out);
	return e;
}
