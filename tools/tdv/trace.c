// tdv trace ID: a card's whole story over all services, in order, who did it and under which rule.
#include "trace.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "csv_form.h"
#include "standing.h"
#include "store/vault.h"
#include "verbs.h"
#include "verification/eligibility.h"

// ---- whose story

struct persons {
	uint64_t list[16];
	size_t count;
};

static enum error resolve(const struct site *site, enum vault_index kind, const char *text,
			  struct persons *persons)
{
	struct resolve_query question = { .kind = (uint8_t)kind, .text = bytes_of_text(text) };
	struct resolve_answer answer;
	struct buffer backing = { 0 };
	enum error e = ask_for(site, service_id_intake, resolve_query, &question, resolve_answer, &answer,
			       &backing);

	if (e == error_absent)
		e = error_none;
	else if (!e)
		persons->count = answer.persons_count;
	for (size_t i = 0; i < persons->count; i++)
		persons->list[i] = answer.persons[i];
	buffer_deinit(&backing);
	return e;
}

static enum error of_request(const struct site *site, uint64_t request, struct persons *persons)
{
	struct verification_requests_row row;
	struct buffer backing = { 0 };
	struct bytes value;
	uint8_t key[8];

	put_u64(key, request);
	enum error e = row_at(site, service_id_verification, "requests", bytes_of(key, sizeof key), &backing,
			      &value);
	if (!e && !verification_requests_row_decode(value, &row))
		persons->list[persons->count++] = row.member;
	buffer_deinit(&backing);
	return e == error_absent ? error_none : e;
}

static enum error of_serial(const struct site *site, const char *text, struct persons *persons)
{
	struct printing_serials_row row;
	struct buffer backing = { 0 };
	struct bytes value;
	uint8_t key[8];

	ensure(hex_decode(text, key, sizeof key));
	enum error e = row_at(site, service_id_printing, "serials", bytes_of(key, sizeof key), &backing,
			      &value);
	if (!e && !printing_serials_row_decode(value, &row))
		persons->list[persons->count++] = card_member(row.card);
	buffer_deinit(&backing);
	return e == error_absent ? error_none : e;
}

static bool all_of(const char *text, size_t length, int (*is)(int))
{
	if (strlen(text) != length)
		return false;
	for (; *text; text++)
		if (!is((unsigned char)*text))
			return false;
	return true;
}

// error_bounds: not a form that an id has.
static enum error persons_of(const struct site *site, const char *id, struct persons *persons,
			     uint16_t *asked)
{
	char text[16];
	uint32_t number;
	uint64_t item;

	*asked = service_id_intake;
	if (strncmp(id, "member:", 7) == 0) {
		char *end;
		persons->list[0] = strtoull(id + 7, &end, 10);
		persons->count = 1;
		return isdigit((unsigned char)id[7]) && !*end && persons->list[0] ? error_none : error_bounds;
	}
	if (all_of(id, 16, isxdigit)) {
		*asked = service_id_printing;
		return of_serial(site, id, persons);
	}
	if (all_of(id, 12, isdigit))
		return resolve(site, vault_index_citizen, id, persons);
	if (cell_card(id, &number)) {
		snprintf(text, sizeof text, "%08u", number);
		return resolve(site, vault_index_card, text, persons);
	}
	if (cell_profile(id, text))
		return resolve(site, vault_index_profile, text, persons);
	if (strchr(id, '-') && cell_pair(id, &item)) {
		*asked = service_id_verification;
		return of_request(site, item, persons);
	}
	return error_bounds;
}

int member_of_id(const struct site *site, const char *id, uint64_t *member)
{
	struct persons persons = { 0 };
	uint16_t asked;
	enum error e = persons_of(site, id, &persons, &asked);

	if (e == error_bounds)
		return usage_wrong(
			site,
			_("\"%s\" is no profile number (123456ABC), card number (44.000123), request (12-3), chip serial "
			  "(16 hexadecimal digits) or member:NUMBER"),
			id);
	if (e)
		return ask_failed(site, asked, e);
	if (persons.count == 0) {
		complain(_("nobody is known by %s"), id);
		return exit_refused;
	}
	if (persons.count > 1) {
		complain(_("several members are known by %s; ask for one of them:"), id);
		for (size_t i = 0; i < persons.count; i++)
			complain("  tdv trace member:%llu", (unsigned long long)persons.list[i]);
		return exit_refused;
	}
	*member = persons.list[0];
	return go_on;
}

// ---- who

struct known_actor {
	uint64_t certificate;
	char login[64]; // "": this home does not have the key
};
struct who {
	const struct site *site;
	struct officers officers;
	struct known_actor *list;
	size_t count;
};

static const char *login_of(struct who *who, uint64_t certificate)
{
	struct certificate_query question = { .certificate = certificate };
	struct certificate_answer answer;
	struct buffer backing = { 0 };

	for (size_t i = 0; i < who->count; i++)
		if (who->list[i].certificate == certificate)
			return who->list[i].login;
	who->list = realloc(who->list, (who->count + 1) * sizeof *who->list);
	ensure(who->list);
	struct known_actor *new = &who->list[who->count++];
	*new = (struct known_actor){ .certificate = certificate };
	if (!ask_for(who->site, service_id_intake, certificate_query, &question, certificate_answer, &answer,
		     &backing)) {
		const struct officer *officer = officer_of_certificate(&who->officers, &answer.fingerprint);
		if (officer)
			snprintf(new->login, sizeof new->login, "%s", officer->login);
	}
	buffer_deinit(&backing);
	return new->login;
}

static json_t *who_json(struct who *who, const struct envelope *v, const struct organisations *organisations)
{
	if (!v->has_actor)
		return NULL;
	json_t *j = json_pack("{s:I}", "certificate", (json_int_t)v->actor);
	const char *login = login_of(who, v->actor);
	if (*login)
		json_object_set_new(j, "login", json_string(login));
	if (v->has_person)
		json_object_set_new(j, "person", json_integer((json_int_t)v->person));
	if (v->has_role)
		json_object_set_new(j, "role", json_string(codec_value_name(&role_values, v->role)));
	if (v->has_organisation) {
		json_object_set_new(j, "organisation", json_integer((json_int_t)v->organisation));
		json_object_set_new(j, "organisation_name",
				    json_string(organisation_title(organisations, v->organisation)));
	}
	return j;
}

static void who_text(const json_t *who, struct buffer *out)
{
	const char *login = json_string_value(json_object_get(who, "login"));
	const char *role = json_string_value(json_object_get(who, "role"));
	const char *organisation = json_string_value(json_object_get(who, "organisation_name"));

	if (login)
		buffer_append_text(out, login);
	else
		buffer_printf(out, _("certificate %lld"),
			      (long long)json_integer_value(json_object_get(who, "certificate")));
	if (role)
		buffer_printf(out, " (%s%s%s)", language_label_of(&role_values, role),
			      organisation ? ", " : "", organisation ? organisation : "");
}

// ---- under which rule

// Which document admits a request, and which one it fell by.
static const struct eligibility_provision *provision_of(const struct site *site,
							const struct story_entry *entry)
{
	const struct eligibility *rules = &verification_eligibility;
	const char *name = json_string_value(json_object_get(entry->body, "rule"));
	struct verification_requests_row row;
	struct buffer backing = { 0 };
	uint64_t request = (uint64_t)json_integer_value(json_object_get(entry->body, "request"));
	int case_bit = -1;
	int32_t day = date_of_instant(entry->time);

	for (size_t i = 0; name && i < rules->rules_count; i++)
		if (strcmp(rules->rules[i].name, name) == 0)
			return &rules->rules[i].provision;
	if (entry->envelope.type != message_type_request_verified)
		return NULL;
	if (row_of(site, verification, requests, request, &row, &backing))
		case_bit = verification_case(rules, row.kind, row.reason, day);
	buffer_deinit(&backing);
	for (size_t i = 0; case_bit >= 0 && i < rules->cases_count; i++) {
		const struct eligibility_case *c = &rules->cases[i];
		if (c->bit == (unsigned)case_bit && !c->provision.draft && day >= c->provision.from &&
		    day <= c->provision.until)
			return &c->provision;
	}
	return NULL;
}

static json_t *rule_json(const struct site *site, const struct story_entry *entry)
{
	const char *name = json_string_value(json_object_get(entry->body, "rule"));
	const struct eligibility_provision *p = NULL;

	if (!entry->envelope.has_rule_version)
		return NULL;
	json_t *j = json_pack("{s:i}", "version", (int)entry->envelope.rule_version);
	if (entry->service == service_id_verification)
		p = provision_of(site, entry);
	if (name)
		json_object_set_new(j, "name", json_string(name));
	if (p) {
		json_object_set_new(j, "document", json_string(p->document));
		json_object_set_new(j, "sentence", json_string(p->sentence));
	}
	return j;
}

static void rule_text(const json_t *rule, struct buffer *out)
{
	const char *name = json_string_value(json_object_get(rule, "name"));
	const char *document = json_string_value(json_object_get(rule, "document"));

	buffer_printf(out, _("rules version %lld"),
		      (long long)json_integer_value(json_object_get(rule, "version")));
	if (name)
		buffer_printf(out, ", %s", name);
	if (document)
		buffer_printf(out, ": %s", document);
}

// ---- the story

static const char *service_title(uint16_t service)
{
	return language_label(&service_id_values, service);
}

static json_t *line_json(struct who *who, const struct story_entry *e,
			 const struct organisations *organisations)
{
	struct buffer text = { 0 };
	json_t *j = json_pack("{s:s, s:s, s:I, s:I, s:s}", "time", "", "service",
			      codec_value_name(&service_id_values, e->service), "entry", (json_int_t)e->entry,
			      "turn", (json_int_t)e->turn, "message", message_name(e->envelope.type));

	json_object_set_new(j, "time", json_instant(e->time));
	if (e->envelope.has_submission)
		json_object_set_new(j, "submission", json_integer((json_int_t)e->envelope.submission));
	story_sentence(e, organisations, &text);
	json_object_set_new(j, "text", json_stringn((const char *)text.data, text.size));
	json_t *by = who_json(who, &e->envelope, organisations), *rule = rule_json(who->site, e);
	if (by)
		json_object_set_new(j, "who", by);
	if (rule)
		json_object_set_new(j, "rule", rule);
	json_object_set(j, "body", e->body ? e->body : json_null());
	buffer_deinit(&text);
	return j;
}

static void say_line(const struct site *site, const struct story_entry *e, const json_t *line)
{
	struct buffer out = { 0 };
	char time[date_text_max];
	const json_t *who = json_object_get(line, "who"), *rule = json_object_get(line, "rule");
	const char *title = service_title(e->service);
	size_t width = output_width(title);

	date_text(json_string_value(json_object_get(line, "time")), time);
	buffer_printf(&out, "%s  %s%*s  %s", time, title, width < 24 ? (int)(24 - width) : 0, "",
		      json_string_value(json_object_get(line, "text")));
	if (who) {
		buffer_append_text(&out, "  · ");
		who_text(who, &out);
	}
	if (rule) {
		buffer_append_text(&out, "  · ");
		rule_text(rule, &out);
	}
	say(site, "%.*s", (int)out.size, (const char *)out.data);
	buffer_deinit(&out);
}

// ---- how it stands now

static void say_now(const struct story *story, const struct organisations *organisations)
{
	const struct site *site = story->site;

	if (site->json)
		return;
	say(site, "%s", _("Now:"));
	for (size_t i = 0; i < story->request_count; i++) {
		json_t *request = request_standing_now(site, story->requests[i], organisations);
		if (request)
			say_request_standing(site, request);
		json_decref(request);
	}
	for (size_t i = 0; i < story->card_count; i++) {
		json_t *card = card_standing_now(site, story->cards[i]);
		if (card)
			say_card_standing(site, card, organisations);
		json_decref(card);
	}
}

static int tell(const struct site *site, struct story *story, bool all)
{
	struct who who = { .site = site };
	struct organisations organisations;
	json_t *lines = json_array();

	if (!organisations_read(site, &organisations) || !officers_read(site, &who.officers)) {
		json_decref(lines);
		return exit_refused;
	}
	say(site, _("Member %llu"), (unsigned long long)story->member);
	for (size_t i = 0; i < story->count; i++) {
		if (story->list[i].detail && !all)
			continue;
		json_t *line = line_json(&who, &story->list[i], &organisations);
		say_line(site, &story->list[i], line);
		json_array_append_new(lines, line);
	}
	bool found = json_array_size(lines) > 0;
	if (found)
		say_now(story, &organisations);
	else
		complain(_("no service has anything about member %llu"), (unsigned long long)story->member);
	output_json(site, lines);
	free(who.list);
	officers_deinit(&who.officers);
	organisations_deinit(&organisations);
	return found && story->whole ? exit_done : exit_refused;
}

int run_trace(struct site *site, int argc, char **argv)
{
	bool all = false;
	const struct option_row options[] = {
		{ "all", option_kind_flag, &all, NULL, N_("also what passes between services on the way") },
		{ 0 },
	};
	struct story story;
	uint64_t member = 0;
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status == go_on && !home_exists(site))
		status = exit_refused;
	if (status == go_on)
		status = member_of_id(site, argv[0], &member);
	if (status != go_on)
		return status;
	story_read(&story, site, member);
	status = tell(site, &story, all);
	story_deinit(&story);
	return status;
}
