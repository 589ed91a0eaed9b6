#include "transcript_lines.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gen/messages.h"

#define lines_max 4096

// --- saying ---

// Numbers that are made of two: by what their fields are called.
static const struct {
	const char *name;
	unsigned shift;
} composed[] = {
	{ "card", 8 }, { "old_card", 8 }, { "replaces", 8 }, { "request", 16 }, { "box", 16 },
};

static void say_number(struct buffer *out, const char *name, json_int_t v)
{
	const json_int_t parcels = (json_int_t)1 << 48; // boxes that organisations packed
	if (v >= parcels && v < parcels << 1) {
		buffer_printf(out, "parcel %lld", (long long)(v - parcels));
		return;
	}
	for (size_t i = 0; i < sizeof composed / sizeof composed[0]; i++)
		if (strcmp(name, composed[i].name) == 0 && v >> composed[i].shift) {
			buffer_printf(out, "%lld/%lld", (long long)(v >> composed[i].shift),
				      (long long)(v & ((1 << composed[i].shift) - 1)));
			return;
		}
	if (strcmp(name, "number") == 0 && v >= 1000000 && v <= 99999999)
		buffer_printf(out, "%02lld.%06lld", (long long)(v / 1000000), (long long)(v % 1000000));
	else
		buffer_printf(out, "%lld", (long long)v);
}

static void say_fields(struct buffer *out, json_t *object);

static void say_value(struct buffer *out, const char *name, json_t *value)
{
	size_t i;
	json_t *one;
	if (json_is_integer(value)) {
		say_number(out, name, json_integer_value(value));
	} else if (json_is_boolean(value)) {
		buffer_append_text(out, json_is_true(value) ? "yes" : "no");
	} else if (json_is_string(value)) {
		const char *text = json_string_value(value);
		bool hex = strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
		buffer_printf(out, hex ? "%.8s…" : "%s", text); // hashes are shortened
	} else if (json_is_array(value)) {
		buffer_append_text(out, "[");
		json_array_foreach (value, i, one) {
			buffer_append_text(out, i ? ", " : "");
			say_value(out, name, one);
		}
		buffer_append_text(out, "]");
	} else if (json_is_object(value)) {
		buffer_append_text(out, "{");
		say_fields(out, value);
		buffer_append_text(out, "}");
	}
}

static void say_fields(struct buffer *out, json_t *object)
{
	const char *name, *between = " ";
	json_t *value;
	json_object_foreach (object, name, value) {
		buffer_printf(out, "%s%s ", between, name);
		say_value(out, name, value);
		between = ", ";
	}
}

void lines_say_message(struct buffer *out, uint16_t type, struct bytes body)
{
	buffer_append_text(out, message_name(type));
	json_t *json = message_json(type, body);
	if (json)
		say_fields(out, json);
	else
		buffer_append_text(out, " !! does not decode");
	json_decref(json);
}

void lines_say_receivers(struct buffer *out, uint16_t type)
{
	const char *between = "";
	for (unsigned service = 1; service < 64; service++)
		if (message_goes_to(type, (uint16_t)service)) {
			buffer_printf(out, "%s%s", between, service_id_name((enum service_id)service));
			between = " ";
		}
	if (!*between)
		buffer_append_text(out, "record");
}

// --- comparing ---

struct lines {
	const char *at[lines_max];
	size_t size[lines_max];
	size_t count;
};

static void split(const char *text, struct lines *lines)
{
	for (lines->count = 0; *text && lines->count < lines_max;) {
		size_t size = strcspn(text, "\n");
		lines->at[lines->count] = text;
		lines->size[lines->count++] = size;
		text += size + (text[size] == '\n');
	}
}

static bool same_line(const struct lines *a, size_t i, const struct lines *b, size_t j)
{
	return a->size[i] == b->size[j] && memcmp(a->at[i], b->at[j], a->size[i]) == 0;
}

// How far ahead the same line comes, so that one missing line does not make all that follow differ.
static size_t next_same(const struct lines *in, size_t from, const struct lines *of, size_t line)
{
	for (size_t i = from; i < in->count; i++)
		if (same_line(in, i, of, line))
			return i - from;
	return SIZE_MAX;
}

static void print_lines(const struct lines *expected, const struct lines *said)
{
	size_t i = 0, j = 0;
	while (i < expected->count || j < said->count) {
		bool both = i < expected->count && j < said->count;
		if (both && same_line(expected, i, said, j)) {
			printf("#   %.*s\n", (int)expected->size[i], expected->at[i]);
			i++, j++;
			continue;
		}
		size_t missing = both ? next_same(expected, i, said, j) : SIZE_MAX;
		size_t extra = both ? next_same(said, j, expected, i) : SIZE_MAX;
		if (i < expected->count && (j == said->count || extra == SIZE_MAX || missing < extra)) {
			printf("# - %.*s\n", (int)expected->size[i], expected->at[i]);
			i++;
		} else {
			printf("# + %.*s\n", (int)said->size[j], said->at[j]);
			j++;
		}
	}
}

void lines_print_difference(const char *expected, const char *said)
{
	static struct lines a, b;
	split(expected, &a);
	split(said, &b);
	print_lines(&a, &b);
}
