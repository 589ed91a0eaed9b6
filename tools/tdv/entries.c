#include "entries.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "trace.h"

json_t *entry_json(uint16_t service, const struct log_entry *entry)
{
	struct envelope e;
	json_t *j = json_pack("{s:s, s:I, s:I}", "service", codec_value_name(&service_id_values, service),
			      "entry", (json_int_t)entry->entry, "turn", (json_int_t)entry->turn);

	json_object_set_new(j, "time", json_instant(entry->time));
	if (envelope_decode(entry->envelope, &e)) {
		json_object_set_new(j, "message", json_string("?"));
		return j;
	}
	json_object_set_new(j, "message", json_string(message_name(e.type)));
	json_object_set_new(j, "type", json_integer(e.type));
	if (e.has_submission)
		json_object_set_new(j, "submission", json_integer((json_int_t)e.submission));
	if (e.has_actor)
		json_object_set_new(j, "actor", json_integer((json_int_t)e.actor));
	if (e.has_person)
		json_object_set_new(j, "person", json_integer((json_int_t)e.person));
	if (e.has_role)
		json_object_set_new(j, "role", json_string(codec_value_name(&role_values, e.role)));
	if (e.has_organisation)
		json_object_set_new(j, "organisation", json_integer((json_int_t)e.organisation));
	if (e.has_rule_version)
		json_object_set_new(j, "rule_version", json_integer(e.rule_version));
	if (e.has_subject)
		json_object_set_new(
			j, "subject",
			json_pack("{s:s, s:I}", "kind",
				  codec_value_name(&subject_kind_values, subject_kind_of(e.subject)),
				  "number", (json_int_t)subject_number(e.subject)));
	json_t *body = message_json(e.type, e.body);
	json_object_set_new(j, "body", body ? body : json_null());
	return j;
}

// Which fields of a message hold a number with a shown form.
static bool is_item(const char *key)
{
	return strcmp(key, "request") == 0 || strcmp(key, "box") == 0;
}

static void append(char *out, size_t size, const char *key, const json_t *value)
{
	size_t n = strlen(out);
	char scratch[80], item[32];
	uint64_t number = (uint64_t)json_integer_value(value);

	if (is_item(key) && json_is_integer(value) && number > 65535)
		snprintf(out + n, size - n, "%s%s=%s", n ? " " : "", key, item_text(number, item));
	else if (strcmp(key, "number") == 0 && json_is_integer(value) && number >= 1000000 &&
		 number < 100000000)
		snprintf(out + n, size - n, "%s%s=%02u.%06u", n ? " " : "", key, (unsigned)(number / 1000000),
			 (unsigned)(number % 1000000));
	else if (json_is_array(value))
		snprintf(out + n, size - n, "%s%s=[%zu]", n ? " " : "", key, json_array_size(value));
	else if (json_is_object(value))
		snprintf(out + n, size - n, "%s%s={…}", n ? " " : "", key);
	else
		snprintf(out + n, size - n, "%s%s=%s", n ? " " : "", key,
			 output_text(value, NULL, scratch, sizeof scratch));
}

void entry_body_text(const json_t *entry, char *out, size_t size)
{
	const char *key;
	json_t *value, *body = json_object_get(entry, "body");

	*out = '\0';
	json_object_foreach(body, key, value) append(out, size, key, value);
}

// `words` stand in the sentence, as a whole: "list 1" is not in "list 12", nor "box 1-1" in "box 1-12".
static bool says(const struct buffer *sentence, const char *words)
{
	size_t n = strlen(words);
	const char *text = (const char *)sentence->data, *end = text + sentence->size;

	for (const char *at = text; (size_t)(end - at) >= n && (at = memmem(at, (size_t)(end - at), words, n)); at++)
		if (at + n == end || !isalnum((unsigned char)at[n]))
			return true;
	return false;
}

// What sentences call a thing that has a number.
static const struct {
	enum subject_kind kind;
	const char *text;
} named[] = {
	{ subject_kind_list, N_("list") },
	{ subject_kind_group, N_("consolidated list") },
	{ subject_kind_order, N_("order") },
	{ subject_kind_box, N_("box") },
	{ subject_kind_shipment, N_("shipment") },
	{ subject_kind_organisation, N_("organisation") },
};

static bool names_its_subject(const struct buffer *sentence, const char *kind, uint64_t number, const char *shown,
			      const struct organisations *o)
{
	char words[80];

	for (size_t i = 0; i < array_size(named); i++) {
		if (strcmp(codec_value_name(&subject_kind_values, named[i].kind), kind) != 0)
			continue;
		snprintf(words, sizeof words, "%s %s", _(named[i].text), shown);
		return says(sentence, words) ||
		       (named[i].kind == subject_kind_organisation && says(sentence, organisation_title(o, number)));
	}
	return false;
}

// Whom or what it is about: many a sentence leaves that to the line's head; the others do not say it twice.
static void put_subject(const json_t *entry, const struct buffer *sentence, const struct organisations *o, struct buffer *out)
{
	const json_t *subject = json_object_get(entry, "subject");
	const char *kind = json_string_value(json_object_get(subject, "kind"));
	uint64_t number = (uint64_t)json_integer_value(json_object_get(subject, "number"));
	char shown[32];

	if (!kind)
		return;
	if (strcmp(kind, codec_value_name(&subject_kind_values, subject_kind_box)) == 0)
		item_text(number, shown);
	else
		snprintf(shown, sizeof shown, "%llu", (unsigned long long)number);
	if (!names_its_subject(sentence, kind, number, shown, o))
		buffer_printf(out, "[%s %s] ", language_label_of(&subject_kind_values, kind), shown);
}

void entry_print(const struct site *site, const json_t *entry, const struct organisations *o)
{
	char time[date_text_max];
	const json_t *type = json_object_get(entry, "type");
	json_t *body = json_object_get(entry, "body");
	struct story_entry told = { .envelope.type = (uint16_t)json_integer_value(type),
				    .body = json_is_object(body) ? body : NULL };
	struct buffer text = { 0 }, head = { 0 };
	json_int_t organisation = json_integer_value(json_object_get(entry, "organisation"));
	const char *role = json_string_value(json_object_get(entry, "role"));

	if (site->json) {
		json_dumpf(entry, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		fflush(stdout);
		return;
	}
	story_sentence(&told, o, &text);
	put_subject(entry, &text, o, &head);
	printf("%lld  %s  %.*s%.*s", (long long)json_integer_value(json_object_get(entry, "entry")),
	       date_text(json_string_value(json_object_get(entry, "time")), time), (int)head.size, (const char *)head.data,
	       (int)text.size, (const char *)text.data);
	buffer_deinit(&text);
	buffer_deinit(&head);
	if (role)
		printf("  (%s", language_label_of(&role_values, role));
	if (role && organisation)
		printf(", %s", organisation_title(o, (uint64_t)organisation));
	printf(role ? ")\n" : "\n");
	fflush(stdout);
}
