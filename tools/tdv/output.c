// What people and programs read.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uniwidth.h>

#include "base/subject.h"
#include "csv_form.h"
#include "tdv.h"

void say(const struct site *site, const char *format, ...)
{
	va_list ap;

	if (site->json)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void complain(const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("tdv: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

size_t output_width(const char *text)
{
	int width = u8_strwidth((const uint8_t *)text, "UTF-8");
	return width < 0 ? strlen(text) : (size_t)width;
}

void output_padded(const char *text, size_t width, bool right)
{
	size_t have = output_width(text), blanks = have < width ? width - have : 0;

	if (right)
		printf("%*s", (int)blanks, "");
	fputs(text, stdout);
	if (!right)
		printf("%*s", (int)blanks, "");
}

const struct codec_values output_dates = { .name = "date" };

static bool is_iso(const char *text)
{
	size_t size = strlen(text);

	return (size == 10 || size == 23) && text[4] == '-' && text[7] == '-' && strspn(text, "0123456789-:. ") == size;
}

const char *date_text(const char *iso, char out[date_text_max])
{
	if (is_iso(iso))
		snprintf(out, date_text_max, "%.2s/%.2s/%.4s%.9s", iso + 8, iso + 5, iso, iso + 10);
	else
		snprintf(out, date_text_max, "%s", iso);
	return out;
}

const char *output_text(const json_t *value, const struct codec_values *values, char *scratch, size_t size)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		if (values == &output_dates)
			return is_iso(json_string_value(value)) ? date_text(json_string_value(value), scratch)
								: json_string_value(value);
		return values ? language_label_of(values, json_string_value(value))
			      : json_string_value(value);
	case JSON_INTEGER:
		snprintf(scratch, size, "%lld", (long long)json_integer_value(value));
		return scratch;
	case JSON_REAL:
		snprintf(scratch, size, "%.1f", json_real_value(value));
		return scratch;
	case JSON_TRUE:
		return _("yes");
	case JSON_FALSE:
		return _("no");
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		return "";
	}
	return "";
}

void output_table(const struct site *site, const struct output_column *columns, size_t count,
		  const json_t *rows)
{
	size_t width[24] = { 0 }, i;
	char scratch[64];
	const json_t *row;

	if (site->json || json_array_size(rows) == 0)
		return;
	for (size_t k = 0; k < count; k++) {
		width[k] = output_width(_(columns[k].title));
		for (i = 0; i < json_array_size(rows) && (row = json_array_get(rows, i)); i++)
		{
			size_t w = output_width(output_text(json_object_get(row, columns[k].key),
							    columns[k].values, scratch, sizeof scratch));
			width[k] = w > width[k] ? w : width[k];
		}
	}
	for (size_t k = 0; k < count; k++) {
		output_padded(_(columns[k].title), k + 1 < count || columns[k].right ? width[k] : 0,
			      columns[k].right);
		fputs(k + 1 < count ? "  " : "\n", stdout);
	}
	for (i = 0; i < json_array_size(rows) && (row = json_array_get(rows, i)); i++)
	{
		for (size_t k = 0; k < count; k++) {
			const char *text = output_text(json_object_get(row, columns[k].key),
						       columns[k].values, scratch, sizeof scratch);
			output_padded(text, k + 1 < count || columns[k].right ? width[k] : 0,
				      columns[k].right);
			fputs(k + 1 < count ? "  " : "\n", stdout);
		}
	}
	fflush(stdout);
}

void output_json(const struct site *site, json_t *take)
{
	if (site->json) {
		json_dumpf(take, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		putchar('\n');
		fflush(stdout);
	}
	json_decref(take);
}

const char *item_text(uint64_t item, char out[32])
{
	if (item > parcels_from)
		snprintf(out, 32, "G-%llu", (unsigned long long)(item - parcels_from));
	else
		snprintf(out, 32, "%llu-%u", (unsigned long long)item_whole(item), item_index(item));
	return out;
}

json_t *json_item(uint64_t item)
{
	char text[32];

	return json_string(item_text(item, text));
}

json_t *json_card(uint32_t number)
{
	char text[10];

	card_format(number, text);
	return json_string(text);
}

json_t *json_date(int32_t date)
{
	char text[11];

	date_format(date, text);
	return json_string(text);
}

json_t *json_instant(int64_t instant)
{
	char text[24];

	instant_format(instant, text);
	return json_string(text);
}

json_t *json_hash(const struct hash *hash)
{
	char text[65];

	hex_encode(hash->byte, sizeof hash->byte, text);
	return json_string(text);
}
