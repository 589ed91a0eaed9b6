#include <stdarg.h>
#include <string.h>

#include "base/ensure.h"
#include "facility.h"
#include "common/language.h"

// What an event says to people, its values by name in braces; before it stands the order, where it is one's.  A check compares
// (tools/checks/catalogue.sh).
static const struct {
	const char *event, *text;
} words[] = {
	{ "order opened", N_("begins, {quantity} cards") },
	{ "order complete", N_("is here as a whole, {records} rows") },
	{ "held", N_("is held") },
	{ "released", N_("is released") },
	{ "priority", N_("has priority {priority} now") },
	{ "readdressed", N_("what is not packed yet for {from} goes to {to}") },
	{ "record stopped", N_("row {record} is not printed any more") },
	{ "reminded", N_("the board reminds: {unanswered} rows without an answer, {unprinted} without a result, {unpacked} good cards in no box") },
	{ "printed", N_("{cards} cards made, {spoiled} of them spoiled; {left} still to be made") },
	{ "answered", N_("{records} rows answered; refused by us so far: {refused by us}") },
	{ "reported", N_("{cards} cards reported; spoiled so far: {spoiled in all}") },
	{ "blanks wasted", N_("bad blanks reported; so far: {in all}") },
	{ "shipped", N_("{boxes} boxes left with shipment {shipment}; cards of the order packed so far: {cards}") },
	{ "not taken", N_("the site did not take {rows} rows") },
	{ "done", N_("is done: {packed} packed, {refused by us} refused by us, {spoiled} spoiled, {dropped} not wanted any more") },
	{ "end", N_("That was all: {orders done} orders done, {good} good cards and {spoiled} spoiled ones made.") },
	{ "received", N_("blanks came from where they are made: {blanks}; the book shows {stock}") },
	{ "wasted", N_("blanks were bad before printing: {blanks}; the book shows {stock}") },
	{ "counted", N_("blanks were counted: {blanks}; the book shows {stock}") },
	{ "transferred", N_("blanks are moved to another place: {blanks}; the book shows {stock}") },
};

// Of a value in braces; the text goes on behind it.
static const char *put_value(const char *at, const json_t *line)
{
	size_t length = strcspn(at, "}");

	printf("%lld", (long long)json_integer_value(json_object_getn(line, at, length)));
	ensure(at[length] == '}');
	return at + length + 1;
}

static void say_words(const char *event, const struct order *order, const json_t *line)
{
	const char *text = NULL;

	for (size_t i = 0; i < array_size(words) && !text; i++)
		if (strcmp(words[i].event, event) == 0)
			text = _(words[i].text);
	ensure(text);
	if (order)
		printf(_("print order %llu: "), (unsigned long long)order->number);
	while (*text) {
		size_t plain = strcspn(text, "{");
		printf("%.*s", (int)plain, text);
		text += plain;
		if (*text == '{')
			text = put_value(text + 1, line);
	}
}

void say(const struct facility *f, const char *event, const struct order *order, ...)
{
	json_t *line = json_object();
	const char *name;
	va_list list;

	json_object_set_new(line, "event", json_string(event));
	if (order)
		json_object_set_new(line, "order", json_integer((json_int_t)order->number));
	va_start(list, order);
	while ((name = va_arg(list, const char *)))
		json_object_set_new(line, name, json_integer((json_int_t)va_arg(list, uint64_t)));
	va_end(list);
	if (f->options.json)
		json_dumpf(line, stdout, JSON_COMPACT);
	else
		say_words(event, order, line);
	putchar('\n');
	fflush(stdout);
	json_decref(line);
}

void complain(const char *format, ...)
{
	va_list list;

	fflush(stdout);
	fputs("tdv-facility: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}
