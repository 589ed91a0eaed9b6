// tdv mail: the letters to an officer's organisation.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "entries.h"
#include "officers.h"
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

static const struct officer *reader(const struct site *site, const struct officers *officers)
{
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
	static const struct output_column columns[] = {
		{ "number", N_("Number"), NULL, true },
		{ "time", N_("Time"), NULL, false },
		{ "message", N_("Letter"), NULL, false },
		{ "text", N_("Content"), NULL, false },
	};
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
				e == error_refused ? terminal_fault(connection.terminal)
				: e == error_pending
					? _("the door does not answer; is the site up? `tdv status` shows it")
					: language_error(e));
		} else {
			output_table(site, columns, array_size(columns), letters);
			if (json_array_size(letters) == 0)
				say(site, "%s", _("There are no letters."));
			output_json(site, json_pack("{s:O}", "letters", letters));
			status = exit_done;
		}
	}
	json_decref(letters);
	connection_close(&connection);
	officers_deinit(&officers);
	return status;
}
