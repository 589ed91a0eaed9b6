// Options of the site and of a verb, in any order, before and after what they belong to.
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "csv_form.h"
#include "verbs.h"

static const char *const site_options = N_(
	"      --home DIR     the site (./tdv-site, or $TDV_HOME)\n"
	"      --as LOGIN     the officer who acts (otherwise the one of this home who may)\n"
	"      --json         output for programs\n"
	"      --lang vi|en   language\n"
	"      --door ADDRESS a door elsewhere, e.g. tcp://10.0.0.5:4600 (this site's own)\n"
	"      --help\n");

static void print_help(const struct site *site, const struct option_row *options)
{
	const struct verb *v = verb_called(site->verb);
	char left[64];

	printf(_("Usage: tdv %s %s\n"), site->verb, *v->usage ? _(v->usage) : "");
	printf("\n%s.\n", _(v->summary));
	if (v->more)
		printf("\n%s\n", _(v->more));
	printf("\n");
	for (const struct option_row *o = options; o && o->name; o++) {
		snprintf(left, sizeof left, "--%s%s%s", o->name, o->argument ? " " : "",
			 o->argument ? _(o->argument) : "");
		printf("      ");
		output_padded(left, 15, false);
		if (output_width(left) >= 15)
			printf("\n                     ");
		printf("%s\n", o->help ? _(o->help) : "");
	}
	fputs(_(site_options), stdout);
}

static int tell_usage(const struct site *site)
{
	const struct verb *v = verb_called(site->verb);

	fprintf(stderr, _("Usage: tdv %s %s\n"), site->verb, *v->usage ? _(v->usage) : "");
	fprintf(stderr, _("`tdv %s --help` says more.\n"), site->verb);
	return exit_usage;
}

int usage_wrong(const struct site *site, const char *format, ...)
{
	va_list ap;

	fputs("tdv: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	return tell_usage(site);
}

static void tell_value(const struct codec_values *values, unsigned number)
{
	const char *name = codec_value_name(values, number), *label = language_label(values, number);

	if (strcmp(name, label) == 0)
		fprintf(stderr, "  %s\n", name);
	else
		fprintf(stderr, "  %-18s %s\n", name, label);
}

int usage_values(const struct site *site, const struct codec_values *values, const unsigned *shown, const char *format, ...)
{
	va_list ap;

	fputs("tdv: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\n%s\n", _("What it can be:"));
	for (size_t i = 0; !shown && i < values->count; i++)
		tell_value(values, values->list[i].number);
	for (; shown && *shown; shown++)
		tell_value(values, *shown);
	return tell_usage(site);
}

int arguments_are_numbers(const struct site *site, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strspn(argv[i], "0123456789") != strlen(argv[i]) || strlen(argv[i]) > 19 || !*argv[i])
			return usage_wrong(site, _("not a number: \"%s\""), argv[i]);
	return go_on;
}

static int take_value(const struct site *site, const struct option_row *o, const char *text)
{
	char *end;

	switch (o->kind) {
	case option_kind_flag:
		*(bool *)o->value = true;
		return go_on;
	case option_kind_text:
		*(const char **)o->value = text;
		return go_on;
	case option_kind_texts: {
		struct texts *texts = o->value;
		if (texts->count == array_size(texts->list))
			return usage_wrong(site, _("too many options --%s"), o->name);
		texts->list[texts->count++] = text;
		return go_on;
	}
	case option_kind_number:
		errno = 0;
		*(uint64_t *)o->value = strtoull(text, &end, 10);
		if (*text < '0' || *text > '9' || *end || errno)
			return usage_wrong(site, _("--%s needs a number, not \"%s\""), o->name, text);
		return go_on;
	case option_kind_date:
		if (!cell_date(text, o->value))
			return usage_wrong(site, _("--%s needs a date such as 31/01/2026, not \"%s\""),
					   o->name, text);
		return go_on;
	}
	return go_on;
}

int arguments_take(struct site *site, int *count, char **argv, const struct option_row *options, int least,
		   int most)
{
	const char *home = NULL;
	bool help = false, only_arguments = false;
	const struct option_row common[] = {
		{ "home", option_kind_text, &home, NULL, NULL },
		{ "as", option_kind_text, &site->as, NULL, NULL },
		{ "door", option_kind_text, &site->door, NULL, NULL },
		{ "json", option_kind_flag, &site->json, NULL, NULL },
		{ "lang", option_kind_text, &site->language, NULL, NULL },
		{ "help", option_kind_flag, &help, NULL, NULL },
		{ 0 },
	};
	int kept = 0;

	for (int i = 0; i < *count; i++) {
		if (only_arguments || argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[kept++] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--") == 0) {
			only_arguments = true;
			continue;
		}
		const char *name = argv[i] + 2, *equals = strchr(name, '='),
			   *value = equals ? equals + 1 : NULL;
		size_t length = equals ? (size_t)(equals - name) : strlen(name);
		const struct option_row *o = NULL;
		for (const struct option_row *at = options; at && at->name && !o; at++)
			o = strncmp(argv[i], "--", 2) == 0 && strlen(at->name) == length &&
					    memcmp(at->name, name, length) == 0
				    ? at
				    : NULL;
		for (const struct option_row *at = common; at->name && !o; at++)
			o = strncmp(argv[i], "--", 2) == 0 && strlen(at->name) == length &&
					    memcmp(at->name, name, length) == 0
				    ? at
				    : NULL;
		if (!o && strcmp(argv[i], "-h") == 0)
			o = &common[5];
		if (!o)
			return usage_wrong(site, _("no such option: %s"), argv[i]);
		if (o->kind == option_kind_flag && value)
			return usage_wrong(site, _("--%s takes no value"), o->name);
		if (o->kind != option_kind_flag && !value && i + 1 >= *count)
			return usage_wrong(site, _("--%s needs a value"), o->name);
		if (o->kind != option_kind_flag && !value)
			value = argv[++i];
		int status = take_value(site, o, value);
		if (status != go_on)
			return status;
	}
	*count = kept;
	if (site->language && !language_set(site->language, site->program_folder))
		return usage_wrong(site, _("no such language: %s (vi or en)"), site->language);
	if (help) {
		print_help(site, options);
		return exit_done;
	}
	if (home)
		snprintf(site->home, sizeof site->home, "%s", home);
	if (kept < least)
		return usage_wrong(site, "%s", _("something is missing"));
	if (most >= 0 && kept > most)
		return usage_wrong(site, _("too much: \"%s\""), argv[most]);
	return go_on;
}
