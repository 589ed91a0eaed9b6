// tdv mail: the letters to an officer's organisation.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "common/door_words.h"
#include "entries.h"
#include "mail_words.h"
#include "officers.h"
#include "phrase.h"
#include "verbs.h"

#define mail_timeout_ms 10000

// Personal data are shown to people on their screen, and to programs only when they ask for it with --open.
static void add_sealed(struct terminal *terminal, const struct letter *letter, json_t *j)
{
	struct buffer backing = { 0 };
	struct print_data data;

	if (!letter->has_sealed || terminal_unseal(terminal, letter, &backing, &data))
		return;
	json_object_set_new(j, "opened", print_data_json(&data));
	buffer_deinit(&backing);
}

static json_t *letter_object(struct terminal *terminal, const struct letter *letter, bool open)
{
	json_t *j = json_pack("{s:I, s:s}", "number", (json_int_t)letter->number, "message",
			      message_name(letter->type));
	json_t *body = message_json(letter->type, letter->body);
	char text[1200];

	json_object_set_new(j, "time", json_instant(letter->time));
	json_object_set_new(j, "body", body ? body : json_null());
	json_object_set_new(j, "sealed", json_boolean(letter->has_sealed));
	if (open)
		add_sealed(terminal, letter, j);
	entry_body_text(j, text, sizeof text);
	json_object_set_new(j, "text", json_string(text));
	return j;
}

static enum error read_letters(struct terminal *terminal, uint64_t organisation, uint64_t after, bool open,
			       json_t *letters)
{
	struct mail_page *page = calloc(1, sizeof *page);
	enum error e;

	ensure(page);
	do {
		e = terminal_mail(terminal, organisation, after, mail_timeout_ms, page);
		for (size_t i = 0; !e && i < page->letters_count; i++) {
			json_array_append_new(letters, letter_object(terminal, &page->letters[i], open));
			after = page->letters[i].number;
		}
	} while (!e && page->more && page->letters_count > 0);
	free(page);
	return e;
}

// --- as people read them

// `text` filled in; to be freed.
static char *phrase_of(const char *text, const json_t *letter, const struct organisations *organisations)
{
	struct buffer filled = { 0 };

	phrase_fill(_(text), json_object_get(letter, "body"), organisations, &filled);
	buffer_append(&filled, "", 1);
	ensure(!filled.failed);
	return (char *)filled.data;
}

static const struct letter_words *words_of(const json_t *letter)
{
	return letter_words_of(json_string_value(json_object_get(letter, "message")), json_object_get(letter, "body"));
}

static json_int_t number_of(const json_t *letter)
{
	return json_integer_value(json_object_get(letter, "number"));
}

// What is to be done about a letter; "" when nothing is known about it.  To be freed.
static char *to_do_of(const json_t *letter, const struct organisations *organisations)
{
	const struct letter_words *words = letter ? words_of(letter) : NULL;

	return words ? phrase_of(words->to_do, letter, organisations) : strdup("");
}

static void say_what(const struct site *site, const json_t *letter, const struct organisations *organisations)
{
	const struct letter_words *words = words_of(letter);
	char time[date_text_max];
	// Of a later version, this program has no words for it: the fields as they are.
	char *what = words ? phrase_of(words->what, letter, organisations) : NULL;

	date_text(json_string_value(json_object_get(letter, "time")), time);
	say(site, _("Letter %lld, %.16s: %s"), (long long)number_of(letter), time,
	    what ? what : json_string_value(json_object_get(letter, "text")));
	free(what);
}

static void say_opened(const struct site *site, const json_t *letter)
{
	const json_t *data = json_object_get(letter, "opened");
	struct buffer text = { 0 };

	if (!data)
		return;
	phrase_fill(_("Printed on it: {full_name}, born {birth_date:date}, {sex:sex}, profile {profile_number}, {cell_name}[, official since {official_date:date}]"),
		    data, NULL, &text);
	say(site, "    %.*s", (int)text.size, (const char *)text.data);
	buffer_deinit(&text);
}

// What is to be done, while it is the same from letter to letter, is said once, after the last of them.
static void say_letters(const struct site *site, const json_t *letters, const struct organisations *organisations)
{
	char *to_do = to_do_of(json_array_get(letters, 0), organisations);

	for (size_t i = 0; i < json_array_size(letters); i++) {
		const json_t *letter = json_array_get(letters, i);
		char *next = to_do_of(json_array_get(letters, i + 1), organisations);
		say_what(site, letter, organisations);
		say_opened(site, letter);
		if (*to_do && strcmp(to_do, next) != 0)
			say(site, _("    To do: %s"), to_do);
		free(to_do);
		to_do = next;
	}
	free(to_do);
	if (json_array_size(letters) == 0)
		say(site, "%s", _("There are no letters."));
	else
		say(site, _("Newer ones alone: `tdv mail --as %s --after %lld`."), site->as,
		    (long long)number_of(json_array_get(letters, json_array_size(letters) - 1)));
	if (site->door && json_array_size(letters) > 0)
		say(site, "%s", _("Organisations stand here by their codes: a door does not tell names."));
}

// Titles of organisations are had from the site's own daemons; the wire of a door elsewhere has no question for them.
static void show_letters(const struct site *site, const json_t *letters)
{
	struct organisations organisations = { 0 };

	if (!site->json && (site->door || organisations_read(site, &organisations)))
		say_letters(site, letters, &organisations);
	organisations_deinit(&organisations);
}

// --- the verb

static const struct officer *reader(struct site *site, const struct officers *officers)
{
	if (!site->as && officers->count == 1) // an officer's own machine
		site->as = officers->list[0].login;
	if (!site->as) {
		complain("%s", _("whose mail? --as LOGIN says it; `tdv officers list` shows them"));
		return NULL;
	}
	const struct officer *officer = officer_named(officers, site->as);
	if (!officer)
		complain(_("this home has no key of an officer \"%s\"; `tdv officers enrol FILE` makes keys"),
			 site->as);
	return officer;
}

int run_mail(struct site *site, int argc, char **argv)
{
	uint64_t after = 0;
	bool open = false;
	const struct option_row options[] = {
		{ "after", option_kind_number, &after, N_("N"), N_("only letters after this number") },
		{ "open", option_kind_flag, &open, NULL,
		  N_("opens sealed personal data with the officer's key") },
		{ 0 },
	};
	struct officers officers;
	struct connection connection = { .lock = -1 };
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (!officers_read(site, &officers))
		return exit_refused;
	const struct officer *officer = reader(site, &officers);
	json_t *letters = json_array();
	status = exit_refused;
	if (officer) {
		enum error e = connection_open(site, officer, &connection);
		if (!e)
			e = read_letters(connection.terminal, officer->organisation, after, open, letters);
		if (e) {
			complain(
				_("the mail could not be read: %s"),
				e == error_refused ? door_fault(connection.terminal)
				: e == error_pending
					? _("the door does not answer; is the site up? `tdv status` shows it")
					: language_error(e));
		} else {
			show_letters(site, letters);
			output_json(site, json_pack("{s:O}", "letters", letters));
			status = exit_done;
		}
	}
	json_decref(letters);
	connection_close(&connection);
	officers_deinit(&officers);
	return status;
}
