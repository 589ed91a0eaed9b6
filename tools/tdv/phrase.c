// What stands in a sentence for a field: numbers as people know them, dates as Vietnamese forms write them, labels.
#include "phrase.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "csv_form.h"

static const struct {
	const char *name;
	const struct codec_values *values;
} enums[] = {
	{ "act", &act_values },
	{ "campaign_state", &campaign_state_values },
	{ "check_result", &check_result_values },
	{ "stamp_kind", &stamp_kind_values },
	{ "card_case", &card_case_values },
	{ "card_generation", &card_generation_values },
	{ "card_place", &card_place_values },
	{ "card_place_event", &card_place_event_values },
	{ "card_validity", &card_validity_values },
	{ "card_validity_event", &card_validity_event_values },
	{ "field", &field_values },
	{ "member_status", &member_status_values },
	{ "member_type", &member_type_values },
	{ "order_change", &order_change_values },
	{ "transfer_scope", &transfer_scope_values },
	{ "duplicate_verdict", &duplicate_verdict_values },
	{ "print_order", &print_order_values },
	{ "reason", &reason_values },
	{ "receipt_kind", &receipt_kind_values },
	{ "request_kind", &request_kind_values },
	{ "request_reason", &request_reason_values },
	{ "request_state", &request_state_values },
	{ "request_state_event", &request_state_event_values },
	{ "sex", &sex_values },
	{ "stock_event", &stock_event_values },
};

static const struct codec_values *enum_named(const char *name)
{
	for (size_t i = 0; i < array_size(enums); i++)
		if (strcmp(enums[i].name, name) == 0)
			return enums[i].values;
	return NULL;
}

static void put_number(uint64_t v, const char *kind, const struct organisations *organisations,
		       struct buffer *out)
{
	char card[16], item[32];

	if (strcmp(kind, "item") == 0) {
		buffer_append_text(out, item_text(v, item));
	} else if (strcmp(kind, "card") == 0) {
		card_format((uint32_t)v, card);
		buffer_append_text(out, card);
	} else if (strcmp(kind, "copy") == 0) {
		buffer_printf(out, "%u", card_copy(v));
	} else if (strcmp(kind, "organisation") == 0) {
		buffer_append_text(out, organisation_title(organisations, v));
	} else {
		buffer_printf(out, "%lld", (long long)v); // a book of blanks may stand below zero
	}
}

// What a refusal points at; nothing where it is about the whole.
static void put_part(const char *name, struct buffer *out)
{
	if (strcmp(name, codec_value_name(&field_values, field_whole)) != 0)
		buffer_printf(out, "%s – ", language_label_of(&field_values, name));
}

static void put_text(const char *text, const char *kind, struct buffer *out)
{
	const struct codec_values *values = enum_named(kind);
	char date[date_text_max];

	if (values)
		buffer_append_text(out, language_label_of(values, text));
	else if (strcmp(kind, "date") == 0)
		buffer_append_text(out, date_text(text, date));
	else if (strcmp(kind, "part") == 0)
		put_part(text, out);
	else if (strcmp(kind, "serial") == 0)
		for (const char *c = text; *c; c++)
			buffer_printf(out, "%c", *c >= 'a' && *c <= 'f' ? *c - 'a' + 'A' : *c);
	else
		buffer_append_text(out, text);
}

// False: there is nothing to say.
static bool put_field(const json_t *body, const char *name, const char *kind,
		      const struct organisations *organisations, struct buffer *out)
{
	const char *dot = strchr(name, '.');
	char outer[64];
	const json_t *value;

	if (dot) {
		snprintf(outer, sizeof outer, "%.*s", (int)(dot - name), name);
		body = json_object_get(body, outer);
		name = dot + 1;
	}
	size_t before = out->size;
	value = json_object_get(body, name);
	if (json_is_array(value))
		buffer_printf(out, "%zu", json_array_size(value));
	else if (json_is_integer(value))
		put_number((uint64_t)json_integer_value(value), kind, organisations, out);
	else if (json_is_string(value))
		put_text(json_string_value(value), kind, out);
	else
		buffer_append_text(out, "–");
	return strcmp(kind, "part") == 0 || (value && out->size > before);
}

// What stands between its braces.
static bool put_place(const char *at, size_t length, const json_t *body, const struct organisations *organisations,
		      struct buffer *out)
{
	char name[64], *kind;

	snprintf(name, sizeof name, "%.*s", (int)length, at);
	kind = strchr(name, ':');
	if (kind)
		*kind++ = '\0';
	return put_field(body, name, kind ? kind : "", organisations, out);
}

void phrase_fill(const char *text, const json_t *body, const struct organisations *organisations, struct buffer *out)
{
	size_t section = SIZE_MAX; // where the one that is open began
	bool all_there = true;

	for (const char *at = text; *at; at++) {
		if (*at == '{') {
			size_t length = strcspn(++at, "}");
			all_there &= put_place(at, length, body, organisations, out);
			at += length;
			ensure(*at == '}');
		} else if (*at == '[') {
			ensure(section == SIZE_MAX);
			section = out->size;
			all_there = true;
		} else if (*at == ']') {
			ensure(section != SIZE_MAX);
			out->size = all_there ? out->size : section;
			section = SIZE_MAX;
		} else {
			buffer_append(out, at, 1);
		}
	}
	ensure(section == SIZE_MAX);
}
