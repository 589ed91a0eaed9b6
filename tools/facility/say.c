#include <stdarg.h>

#include "facility.h"

void say(const struct facility *f, const char *event, const struct order *order, ...)
{
	json_t *line = json_object();
	const char *name;
	va_list list;

	json_object_set_new(line, "event", json_string(event));
	if (order)
		json_object_set_new(line, "order", json_integer((json_int_t)order->number));
	if (!f->options.json && order)
		printf("order %llu: %s", (unsigned long long)order->number, event);
	else if (!f->options.json)
		printf("%s", event);
	va_start(list, order);
	for (const char *comma = ":"; (name = va_arg(list, const char *)); comma = ",") {
		uint64_t value = va_arg(list, uint64_t);
		json_object_set_new(line, name, json_integer((json_int_t)value));
		if (!f->options.json)
			printf("%s %s %llu", comma, name, (unsigned long long)value);
	}
	va_end(list);
	if (f->options.json)
		json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(line);
}

void complain(const char *format, ...)
{
	va_list list;

	fputs("tdv-facility: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}
