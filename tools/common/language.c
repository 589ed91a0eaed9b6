#include "common/language.h"

#include <errno.h>
#include <libgen.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ensure.h"

static bool english;

// What the schema says in Vietnamese, for those who read English; by enum reason.
static const struct {
	enum reason reason;
	const char *text;
} reasons_in_english[] = {
	{ reason_none, "" },
	{ reason_malformed, "not of the right form" },
	{ reason_missing, "missing" },
	{ reason_unknown, "not known to the system" },
	{ reason_duplicate, "the same as data that are there already" },
	{ reason_out_of_range, "out of the range allowed" },
	{ reason_date_order, "the dates are not in order" },
	{ reason_cycle, "the parents form a circle" },
	{ reason_wrong_level, "not of the right level" },
	{ reason_outside_subtree, "outside the organisations that the officer acts for" },
	{ reason_role_not_allowed, "this role may not do this" },
	{ reason_same_person, "who submitted may not appraise, decide or approve" },
	{ reason_own_card, "nobody hands their own card to themselves" },
	{ reason_wrong_state, "the present state does not allow it" },
	{ reason_open_request, "the member has a request that is not finished" },
	{ reason_not_official, "not an official member yet" },
	{ reason_not_in_standing, "not in full standing" },
	{ reason_under_discipline, "under discipline" },
	{ reason_holds_no_card, "holds no card that this is about" },
	{ reason_holds_card, "holds a card already" },
	{ reason_card_not_valid, "the present card is not valid" },
	{ reason_photo_missing, "the photo is missing" },
	{ reason_other_cell, "belongs to another cell" },
	{ reason_identity_shared, "another member has the same citizen id" },
	{ reason_no_number_left, "too few card numbers are left in the blocks granted" },
	{ reason_serial_used, "this chip serial was used before" },
	{ reason_key_used, "this chip key was used before" },
	{ reason_not_in_order, "not in the print order" },
	{ reason_count_differs, "the count differs from what was declared" },
	{ reason_not_here, "not at this place" },
	{ reason_no_receipt, "the member's receipt is missing" },
	{ reason_old_card_missing, "the old card was not collected" },
	{ reason_left_out, "left out of the list" },
	{ reason_already_done, "done already" },
	{ reason_empty, "there are no rows" },
	{ reason_too_many, "more than allowed" },
	{ reason_facility_data, "facility: the data cannot be printed" },
	{ reason_facility_photo, "facility: the photo cannot be printed" },
	{ reason_quality_failed, "failed the quality check" },
	{ reason_no_rule, "no rule applies yet" },
	{ reason_overlap, "overlaps with data that are there already" },
	{ reason_conflict, "the same sequence with other content" },
	{ reason_signature_invalid, "the signature is not valid" },
	{ reason_certificate_unknown, "the certificate is not enrolled" },
	{ reason_clock, "the terminal's clock is too far off" },
	{ reason_not_addressee, "not the addressee" },
	{ reason_other_kind, "not of the same kind of request" },
	{ reason_held_discipline, "on hold until judged: under discipline" },
	{ reason_held_mismatch, "on hold until judged: the data do not agree with the register" },
	{ reason_held_loss, "on hold until the inspection commission has ruled: the card was lost without a good reason" },
	{ reason_not_reported, "the loss or damage of the card was not reported" },
	{ reason_withdrawn, "withdrawn by the cell" },
	{ reason_correction_limit, "corrected too often" },
	{ reason_too_late, "the card is printed already and cannot be stopped" },
	{ reason_not_due, "the card does not have to be recovered" },
	{ reason_committee_small, "a destruction needs a committee of at least three, and a witness" },
	{ reason_not_destroyable, "only what is worth nothing any more, or was spoiled, is destroyed" },
	{ reason_barred, "the card is not to be handed over any more" },
	{ reason_no_minutes, "the minutes or the decision are missing" },
	{ reason_undelivered, "the card could not be handed over" },
	{ reason_written_off, "the card is missing and was given up" },
	{ reason_holder_left, "the member has left the Party" },
	{ reason_holder_died, "the member has died" },
	{ reason_order_held, "the print order is held" },
	{ reason_record_stopped, "the request was withdrawn: this card is not printed any more" },
	{ reason_stock_short, "there are not enough blanks" },
	{ reason_stock_limit, "more blanks than allowed" },
	{ reason_too_early, "the day has not come yet" },
	{ reason_not_confirmed, "not confirmed by the cell and the grassroots committee" },
	{ reason_not_filed, "those below have not filed yet" },
	{ reason_not_settled, "a difference is not explained yet" },
	{ reason_not_concerned, "not concerned by this inspection" },
	{ reason_check_missing, "confirmed cards are not stamped yet" },
	{ reason_differs, "is there already with other content" },
	{ reason_not_updatable, "does not change by an update" },
	{ reason_organisation_ended, "the organisation was closed or merged" },
	{ reason_not_empty, "there are still members or organisations in it" },
	{ reason_unchanged, "nothing changes" },
};

bool language_is_english(void)
{
	return english;
}

static const char *from_environment(void)
{
	static const char *const names[] = { "TDV_LANG", "LANGUAGE", "LC_ALL" };

	for (size_t i = 0; i < array_size(names); i++) {
		const char *value = getenv(names[i]);
		if (value && strncmp(value, "en", 2) == 0)
			return "en";
		if (value && strncmp(value, "vi", 2) == 0)
			return "vi";
	}
	return "vi";
}

bool language_set(const char *language, const char *program_folder)
{
	char folder[4096];

	language = language ? language : from_environment();
	english = strcmp(language, "en") == 0;
	if (!english && strcmp(language, "vi") != 0)
		return false;
	// gettext translates in no locale called "C"; C.UTF-8 is there on every Debian, with or without
	// locales.
	setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_MESSAGES, "C.UTF-8");
	setenv("LANGUAGE", language, 1);
	snprintf(folder, sizeof folder, "%s/../share/locale", program_folder);
	bindtextdomain("tdv", folder);
	bind_textdomain_codeset("tdv", "UTF-8");
	textdomain("tdv");
	return true;
}

// What --lang says.
static const char *asked_for(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--lang=", strlen("--lang=")) == 0)
			return argv[i] + strlen("--lang=");
		if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			return argv[i + 1];
	}
	return NULL;
}

const char *language_begin(int argc, char **argv)
{
	const char *asked = asked_for(argc, argv);
	char path[4000];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	path[n > 0 ? n : 0] = '\0'; // without it there is no catalogue, and all is English
	const char *folder = dirname(path);
	if (language_set(asked, folder))
		return NULL;
	language_set(NULL, folder);
	return asked;
}

// Names in words are few, are made once, and live as long as the program.
static const char *in_words(const char *name)
{
	static __thread char words[8][64];
	static __thread unsigned next;
	char *out = words[next++ % 8];

	snprintf(out, sizeof words[0], "%s", name);
	for (char *c = out; *c; c++)
		if (*c == '_')
			*c = ' ';
	return out;
}

const char *language_label(const struct codec_values *values, unsigned number)
{
	if (values == &reason_values)
		return language_reason((enum reason)number);
	const char *label = codec_value_label(values, number);
	if (!english && label && *label && strcmp(label, "?") != 0)
		return label;
	return in_words(codec_value_name(values, number));
}

const char *language_label_of(const struct codec_values *values, const char *name)
{
	uint16_t number;

	return codec_value_from_name(values, name, &number) ? language_label(values, number) : name;
}

const char *language_reason(enum reason reason)
{
	if (english)
		for (size_t i = 0; i < array_size(reasons_in_english); i++)
			if (reasons_in_english[i].reason == reason)
				return reasons_in_english[i].text;
	const char *label = codec_value_label(&reason_values, reason);
	return english ? in_words(codec_value_name(&reason_values, reason)) : label ? label : "";
}

const char *language_errno(int error)
{
	static const struct {
		int error;
		const char *text;
	} texts[] = {
		{ ENOENT, N_("No such file or directory") },
		{ EACCES, N_("Permission denied") },
		{ EPERM, N_("Operation not permitted") },
		{ EROFS, N_("Read-only file system") },
		{ ENOSPC, N_("No space left on device") },
		{ EDQUOT, N_("Disk quota exceeded") },
		{ EIO, N_("Input/output error") },
		{ EEXIST, N_("File exists") },
		{ ENOTDIR, N_("Not a directory") },
		{ EISDIR, N_("Is a directory") },
		{ ENAMETOOLONG, N_("File name too long") },
		{ EMFILE, N_("Too many open files") },
		{ ENFILE, N_("Too many open files in system") },
		{ ENOMEM, N_("Cannot allocate memory") },
	};

	for (size_t i = 0; i < array_size(texts); i++)
		if (texts[i].error == error)
			return _(texts[i].text);
	return strerror(error);
}

const char *language_error(enum error error)
{
	static const struct {
		enum error error;
		const char *text;
	} texts[] = {
		{ error_malformed, N_("it is not in the form that it should have") },
		{ error_bounds, N_("it is larger than allowed") },
		{ error_absent, N_("there is no such thing") },
		{ error_exists, N_("it is there already") },
		{ error_refused, N_("it was refused") },
		{ error_pending, N_("there is no answer") },
		{ error_signature, N_("a signature or a seal does not verify") },
		{ error_gap, N_("something before it is missing") },
		{ error_fork, N_("one of the two is an old copy") },
		{ error_io, N_("reading or writing failed (permissions? the disk?)") },
		{ error_no_space, N_("the disk is full") },
		{ error_map_full, N_("the environment is full: map_mib in tdv.conf") },
		{ error_no_memory, N_("there is not enough memory") },
		{ error_corrupt, N_("the data are damaged") },
		{ error_version, N_("it was written by a newer version") },
		{ error_busy, N_("another process holds it") },
		{ error_crypto, N_("OpenSSL failed") },
		{ error_interrupted, N_("it was interrupted") },
	};

	for (size_t i = 0; i < array_size(texts); i++)
		if (texts[i].error == error)
			return _(texts[i].text);
	return error_name(error);
}
