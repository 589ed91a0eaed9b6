// The words of letters: every kind that the schemas have has them, in both languages, and they name fields that are there.
#include <jansson.h>
#include <libgen.h>

#include "base/ensure.h"
#include "common/door_words.h"
#include "gen/samples.h"
#include "mail_words.h"
#include "phrase.h"
#include "test.h"

// What goes to the door and into no mailbox; whatever else goes there is a letter, and needs its words.
static const uint16_t no_letters[] = {
	message_type_row_refused,	message_type_act_closed,     message_type_organisation_registered,
	message_type_member_registered, message_type_duplicate_held, message_type_duplicate_resolved,
	message_type_organisation_merged,
};

static bool is_letter(uint16_t type)
{
	for (size_t i = 0; i < array_size(no_letters); i++)
		if (no_letters[i] == type)
			return false;
	return message_goes_to(type, service_id_intake);
}

static const struct sample *sample_of(uint16_t type, const char *which)
{
	for (size_t i = 0; i < array_size(samples); i++)
		if (samples[i].type == type && strstr(samples[i].name, which))
			return &samples[i];
	return NULL;
}

static const struct codec_field *field_of(const struct codec_shape *shape, const char *name, size_t size)
{
	for (size_t i = 0; shape && i < shape->count; i++)
		if (strlen(shape->fields[i].name) == size && strncmp(shape->fields[i].name, name, size) == 0)
			return &shape->fields[i];
	return NULL;
}

static bool wrong(const struct letter_words *w, const char *what)
{
	printf("# %s%s%s: %s\n", message_name(w->type), w->when ? ", " : "", w->when ? w->when : "", what);
	return false;
}

// --- every kind

// The constants of an enum that one row after the other is about, and no row about the rest.
static bool all_constants_are_covered(uint16_t type)
{
	const struct letter_words *first = letter_words, *w;
	const struct codec_field *f;
	size_t length;

	while (first->type != type)
		first++;
	length = strcspn(first->when, "=");
	f = field_of(sample_of(type, "full")->shape, first->when, length);
	for (size_t i = 0; f && f->values && i < f->values->count; i++) {
		for (w = first; w->type == type; w++)
			if (strncmp(w->when, first->when, length + 1) == 0 && strcmp(w->when + length + 1, f->values->list[i].name) == 0)
				break;
		if (w->type != type)
			return wrong(first, f->values->list[i].name);
	}
	return f && f->values;
}

static bool has_words(uint16_t type)
{
	const struct letter_words *last = NULL;

	for (const struct letter_words *w = letter_words; w->type; w++)
		if (w->type == type)
			last = w;
	if (!last)
		printf("# %s goes to a mailbox and has no words in tools/tdv/mail_words.c\n", message_name(type));
	return last && (!last->when || all_constants_are_covered(type));
}

test(every_kind_of_letter_in_the_schemas_has_its_words)
{
	size_t letters = 0;

	for (size_t i = 0; i < message_type_count; i++) {
		if (!is_letter(message_types[i]))
			continue;
		letters++;
		check_said(has_words(message_types[i]));
	}
	check(letters >= 19);
	for (const struct letter_words *w = letter_words; w->type; w++)
		check_said(is_letter(w->type) || wrong(w, "is no letter"));
	for (size_t i = 0; i < array_size(no_letters); i++)
		check(message_goes_to(no_letters[i], service_id_intake));
}

test(a_row_that_speaks_for_all_others_of_its_kind_is_the_last_of_it)
{
	for (const struct letter_words *w = letter_words; w->type; w++)
		for (const struct letter_words *later = w + 1; !w->when && later->type; later++)
			check_said(later->type != w->type || wrong(later, "is never reached"));
}

test(what_a_row_is_about_can_come)
{
	for (const struct letter_words *w = letter_words; w->type; w++) {
		size_t length = w->when ? strcspn(w->when, "=") : 0;
		const struct codec_field *f = w->when ? field_of(sample_of(w->type, "full")->shape, w->when, length) : NULL;
		uint16_t number;
		if (!w->when)
			continue;
		check_said(f || wrong(w, "has no such field"));
		if (f && w->when[length])
			check_said((f->values && codec_value_from_name(f->values, w->when + length + 1, &number)) ||
				   wrong(w, "no such constant"));
		else if (f)
			check_said(f->has_at || wrong(w, "is always there"));
	}
}

// --- the fields in them

// How the field is to be shown, by what it holds.
static bool is_shown_as(const struct codec_field *f, const char *kind)
{
	if (f->kind == codec_kind_date || f->kind == codec_kind_instant)
		return strcmp(kind, "date") == 0;
	if (f->kind == codec_kind_enum)
		return strcmp(kind, f->values->name) == 0 || (f->values == &field_values && strcmp(kind, "part") == 0);
	if (f->kind == codec_kind_text)
		return !*kind;
	if (strcmp(f->name, "request") == 0 || strcmp(f->name, "box") == 0)
		return strcmp(kind, "item") == 0;
	if (strcmp(f->name, "card") == 0)
		return strcmp(kind, "copy") == 0;
	return !*kind || strcmp(kind, "organisation") == 0 || (strcmp(f->name, "number") == 0 && strcmp(kind, "card") == 0);
}

static bool place_is_good(const struct letter_words *w, const char *place, bool in_section)
{
	const struct codec_shape *shape = sample_of(w->type, "full")->shape;
	char name[64], *kind, *dot;
	bool about = w->when && strncmp(w->when, place, strcspn(w->when, "=")) == 0;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(place, "}"), place);
	kind = strchr(name, ':');
	if (kind)
		*kind++ = '\0';
	dot = strchr(name, '.');
	if (dot) {
		const struct codec_field *outer = field_of(shape, name, (size_t)(dot - name));
		shape = outer ? outer->shape : NULL;
	}
	const struct codec_field *f = field_of(shape, dot ? dot + 1 : name, strlen(dot ? dot + 1 : name));
	if (!f || f->kind == codec_kind_struct)
		return wrong(w, name);
	if (!is_shown_as(f, kind ? kind : ""))
		return wrong(w, place);
	return !f->has_at || in_section || about || wrong(w, "may be absent, and is in no section");
}

static bool places_are_good(const struct letter_words *w, const char *text)
{
	bool section = false, good = true;

	for (const char *at = text; *at; at++) {
		section = (section || *at == '[') && *at != ']';
		if (*at == '{')
			good &= place_is_good(w, at + 1, section);
	}
	return good;
}

test(every_field_that_is_named_is_in_the_letter_and_shown_as_people_know_it)
{
	for (const struct letter_words *w = letter_words; w->type; w++) {
		check_said(places_are_good(w, w->what));
		check_said(places_are_good(w, w->to_do));
	}
}

// --- both languages

static void speak(const char *language)
{
	static char path[4096];
	char folder[4200];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	ensure(n > 0);
	path[n] = '\0';
	snprintf(folder, sizeof folder, "%s/../../share", dirname(path)); // beside which there may be no bin yet
	ensure(language_set(language, folder));
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

// Its {…}, ascending, and how many sections it has.
static size_t places_of(const char *text, char places[16][64], size_t *sections)
{
	size_t count = 0;

	*sections = 0;
	for (const char *at = text; *at; at++) {
		*sections += *at == '[';
		if (*at == '{' && count < 16)
			snprintf(places[count++], 64, "%.*s", (int)strcspn(at, "}"), at);
	}
	qsort(places, count, 64, compare_texts);
	return count;
}

static bool is_the_same_in_vietnamese(const struct letter_words *w, const char *english)
{
	char theirs[16][64], ours[16][64];
	size_t sections, our_sections, count = places_of(english, theirs, &sections);
	const char *vietnamese = _(english);

	if (strcmp(vietnamese, english) == 0)
		return wrong(w, "is not translated");
	if (places_of(vietnamese, ours, &our_sections) != count || our_sections != sections)
		return wrong(w, vietnamese);
	for (size_t i = 0; i < count; i++)
		if (strcmp(ours[i], theirs[i]) != 0)
			return wrong(w, ours[i]);
	return true;
}

test(vietnamese_says_the_same_of_the_same_fields)
{
	speak("vi");
	for (const struct letter_words *w = letter_words; w->type; w++) {
		check_said(is_the_same_in_vietnamese(w, w->what));
		check_said(is_the_same_in_vietnamese(w, w->to_do));
	}
}

static json_t *body_of(const struct sample *s)
{
	struct buffer encoded = { 0 };

	codec_encode(s->shape, s->value, &encoded);
	json_t *body = message_json(s->type, buffer_bytes(&encoded));
	ensure(body);
	buffer_deinit(&encoded);
	return body;
}

static bool reads_well(const struct letter_words *w, const char *text, const json_t *body)
{
	const struct organisations none = { 0 };
	struct buffer out = { 0 };

	phrase_fill(_(text), body, &none, &out);
	buffer_append(&out, "", 1);
	bool good = out.size > 10 && !strpbrk((const char *)out.data, "{}[]") && !strstr((const char *)out.data, " .") &&
		    !strstr((const char *)out.data, "  ");
	good = good || wrong(w, (const char *)out.data);
	buffer_deinit(&out);
	return good;
}

test(every_letter_reads_well_with_all_its_fields_and_without_those_that_may_be_absent)
{
	static const char *const languages[] = { "en", "vi" }, *const which[] = { "full", "bare" };

	for (size_t l = 0; l < array_size(languages); l++) {
		speak(languages[l]);
		for (size_t k = 0; k < array_size(which); k++)
			for (const struct letter_words *w = letter_words; w->type; w++) {
				const struct sample *s = sample_of(w->type, which[k]);
				json_t *body = s ? body_of(s) : NULL;
				if (s)
					check_said(reads_well(w, w->what, body) && reads_well(w, w->to_do, body));
				json_decref(body);
			}
	}
}

// --- as they are read

static char told[4000];

// A letter's two sentences, in a language.
static const char *telling(const char *language, const char *message, const char *json)
{
	const struct organisations none = { 0 };
	json_t *body = json_loads(json, 0, NULL);
	struct buffer out = { 0 };

	ensure(body);
	speak(language);
	const struct letter_words *w = letter_words_of(message, body);
	ensure(w);
	phrase_fill(_(w->what), body, &none, &out);
	buffer_append_text(&out, "\n");
	phrase_fill(_(w->to_do), body, &none, &out);
	snprintf(told, sizeof told, "%.*s", (int)out.size, (const char *)out.data);
	buffer_deinit(&out);
	json_decref(body);
	return told;
}

test(a_cell_reads_what_became_of_its_request)
{
	const char *returned = "{\"organisation\": 440, \"request\": 786435, \"state\": \"returned\", \"field\": \"photo\", \"reason\": \"facility_photo\","
			       " \"due\": \"2026-12-07\"}";
	const char *refused = "{\"organisation\": 440, \"request\": 786435, \"state\": \"rejected\", \"field\": \"whole\", \"reason\": \"left_out\"}";

	check_text(telling("vi", "request_news", returned),
		   "Đề nghị 12-3 bị trả lại để bổ sung. Lý do: Ảnh – Cơ sở in: ảnh không in được.\n"
		   "bổ sung rồi gửi lại dòng của đảng viên này, trước hết ngày 07/12/2026: `tdv submit TỆP`. "
		   "Nếu không đề nghị nữa: `tdv withdraw 12-3`.");
	check_text(telling("en", "request_news", returned),
		   "Request 12-3 came back to be mended. Reason: photo – facility: the photo cannot be printed.\n"
		   "mend it and submit a row for this member again, by 07/12/2026: `tdv submit FILE`. Or withdraw it: `tdv withdraw 12-3`.");
	check_text(telling("vi", "request_news", refused),
		   "Đề nghị 12-3 bị từ chối và đã kết thúc. Lý do: Bị loại khỏi danh sách.\n"
		   "báo cho đảng viên. Khi không còn lý do trên, có thể lập đề nghị mới: `tdv submit TỆP`.");
}

test(a_cell_reads_which_card_has_to_be_taken_back)
{
	const char *due = "{\"organisation\": 440, \"card\": 4354, \"number\": 44000017, \"validity\": \"recovery_due\"}";

	check_text(telling("vi", "recovery_due", due),
		   "Phải thu lại thẻ 44.000017, bản 2, từ người đang giữ. Lý do: Phải thu hồi.\n"
		   "thu thẻ, có biên bản: `tdv recover 44.000017/2 --number SỐ --minutes TỆP`. "
		   "Không thu được thì cấp ủy cấp trên quyết định: `tdv unrecoverable`.");
}

test(what_says_nothing_is_left_out_with_the_words_around_it)
{
	check_text(telling("en", "shipment_sent", "{\"shipment\": 7, \"from\": 44, \"to\": 440, \"boxes\": 2, \"cards\": 30, \"waybill\": \"\"}"),
		   "Shipment 7 has left 44: 2 boxes, 30 cards.\n"
		   "when it arrives, look at the seals and count every box: `tdv receive 7 --counts FILE`; "
		   "where all is as declared, `tdv receive 7 --as-declared`.");
}

test(a_letter_of_a_later_version_has_no_words)
{
	json_t *body = json_object();

	check(letter_words_of("no_such_letter", body) == NULL);
	json_decref(body);
}

// --- what the door refuses

test(a_door_that_gives_no_detail_is_told_by_its_fault_alone)
{
	static const char *const languages[] = { "en", "vi" };

	for (size_t l = 0; l < array_size(languages); l++) {
		speak(languages[l]);
		check_text(door_fault_words(wire_fault_busy, ""), language_label(&wire_fault_values, wire_fault_busy));
		check(strstr(door_fault_words(wire_fault_busy, "no room is left"), " (") != NULL);
	}
	check(strstr(door_fault_words(wire_fault_busy, "no room is left"), "no room") == NULL); // in Vietnamese
}

int main(void)
{
	run(every_kind_of_letter_in_the_schemas_has_its_words);
	run(a_row_that_speaks_for_all_others_of_its_kind_is_the_last_of_it);
	run(what_a_row_is_about_can_come);
	run(every_field_that_is_named_is_in_the_letter_and_shown_as_people_know_it);
	run(vietnamese_says_the_same_of_the_same_fields);
	run(every_letter_reads_well_with_all_its_fields_and_without_those_that_may_be_absent);
	run(a_cell_reads_what_became_of_its_request);
	run(a_cell_reads_which_card_has_to_be_taken_back);
	run(what_says_nothing_is_left_out_with_the_words_around_it);
	run(a_letter_of_a_later_version_has_no_words);
	run(a_door_that_gives_no_detail_is_told_by_its_fault_alone);
	return test_summary();
}
