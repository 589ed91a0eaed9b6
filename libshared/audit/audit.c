#include "audit/checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

// ---- walking ----

void walk_open(struct walk *walk, struct audit *audit, uint16_t service, const char *table)
{
	*walk = (struct walk){ .audit = audit };
	walk->fault = audit->source->open(audit->source->context, service, table, &walk->inner);
}

bool walk_row(struct walk *walk)
{
	if (walk->fault != error_none)
		return false;
	enum error error = walk->audit->source->next(walk->inner, &walk->key, &walk->value);
	if (error == error_none)
		walk->audit->summary->rows++;
	else if (error < 0)
		walk->fault = error;
	return error == error_none;
}

bool walk_corrupt(struct walk *walk)
{
	walk->fault = error_corrupt;
	return false;
}

enum error walk_close(struct walk *walk)
{
	if (walk->inner)
		walk->audit->source->close(walk->inner);
	walk->inner = NULL;
	return walk->fault == error_absent ? error_none : walk->fault;
}

void sink_add(struct sink *sink, uint64_t id, uint64_t value, int64_t weight)
{
	match_add(sink->match, sink->left, id, value, weight);
}

void audit_find(struct audit *audit, const struct check *check, uint64_t id, int64_t left, int64_t right)
{
	audit->summary->findings++;
	if (audit->told++ >= audit_findings_max)
		return;
	struct audit_finding finding = { .invariant = check->invariant, .text = &check->text, .id = id, .left = left,
					 .right = right };
	audit->report(audit->context, &finding);
}

// ---- what is in flight ----

static enum error positions_read(struct audit *audit)
{
	const struct audit_source *source = audit->source;
	for (uint16_t c = 1; c < services_max; c++) {
		enum error error = source->head(source->context, c, &audit->head[c]);
		if (error < 0)
			return error;
		audit->alive[c] = error == error_none;
	}
	for (uint16_t c = 1; c < services_max; c++)
		for (uint16_t p = 1; audit->alive[c] && p < services_max; p++) {
			enum error error = source->position(source->context, c, p, &audit->position[c][p].entry);
			if (error < 0)
				return error;
			audit->position[c][p].is_source = error == error_none;
		}
	return error_none;
}

// Continuations, and effects that wait for their answer.
static enum error walks_count(struct audit *audit)
{
	static const char *const tables[] = { "runtime.continuations", "runtime.effects" };
	for (uint16_t c = 1; c < services_max; c++) {
		for (size_t i = 0; audit->alive[c] && i < array_size(tables); i++) {
			struct walk walk;
			walk_open(&walk, audit, c, tables[i]);
			while (walk_row(&walk))
				audit->walks[c]++;
			enum error error = walk_close(&walk);
			if (error < 0)
				return error;
		}
		audit->summary->walks_going_on += audit->walks[c];
	}
	return error_none;
}

static void in_flight_note(struct audit *audit, uint16_t consumer, uint16_t producer)
{
	struct audit_summary *summary = audit->summary;
	for (size_t i = 0; i < summary->in_flight_count; i++)
		if (summary->in_flight[i].consumer == consumer && summary->in_flight[i].producer == producer)
			return;
	if (summary->in_flight_count == sizeof summary->in_flight / sizeof summary->in_flight[0])
		return;
	summary->in_flight[summary->in_flight_count++] = (struct audit_in_flight){
		.consumer = consumer,
		.producer = producer,
		.position = audit->position[consumer][producer].entry,
		.head = audit->head[producer],
	};
}

// Whether the producer tells anything to two of the compared services, or is one of them.
static bool matters(const struct audit *audit, const bool compared[services_max], uint16_t producer)
{
	unsigned consumers = 0;
	for (uint16_t c = 1; c < services_max; c++)
		consumers += compared[c] && audit->position[c][producer].is_source;
	return compared[producer] || consumers > 1;
}

// A producer that cannot be asked may have put out more than is known.
static bool settled(struct audit *audit, const bool compared[services_max])
{
	bool settled = true;
	for (uint16_t c = 1; c < services_max; c++) {
		if (!compared[c])
			continue;
		settled = settled && audit->alive[c] && audit->walks[c] == 0;
		for (uint16_t p = 1; p < services_max; p++) {
			if (!audit->position[c][p].is_source || !matters(audit, compared, p) ||
			    (audit->alive[p] && audit->position[c][p].entry >= audit->head[p]))
				continue;
			in_flight_note(audit, c, p);
			settled = false;
		}
	}
	return settled;
}

static bool check_settled(struct audit *audit, const struct check *check)
{
	bool compared[services_max] = { false };
	unsigned count = 0;
	uint64_t walks = 0;
	for (size_t i = 0; i < 4; i++) {
		if (check->left[i])
			compared[check->left[i]->service] = true;
		if (check->right[i])
			compared[check->right[i]->service] = true;
	}
	for (size_t i = 0; i < array_size(check->services); i++)
		if (check->services[i])
			compared[check->services[i]] = true;
	for (uint16_t c = 1; c < services_max; c++)
		if (compared[c]) {
			count++;
			walks += audit->walks[c];
		}
	// One service by itself keeps its invariants after every turn, but for a walk that it is in the middle of.
	return count <= 1 ? walks == 0 : settled(audit, compared);
}

// ---- comparing sets: each table is walked once for all checks that look at it ----

#define checks_max 96
#define views_max 8

struct comparison {
	const struct check *check;
	struct match *match;
	const struct view *views[views_max];
	struct sink sinks[views_max];
	size_t count;
};

struct comparisons {
	struct comparison all[checks_max];
	size_t count;
};

static enum error comparison_add(struct comparisons *c, const struct check *check)
{
	ensure(c->count < checks_max);
	struct comparison *new = &c->all[c->count];
	*new = (struct comparison){ .check = check };
	enum error error = match_new(&new->match);
	if (error != error_none)
		return error;
	for (size_t i = 0; i < 4 && check->left[i]; i++)
		new->views[new->count++] = check->left[i];
	size_t left = new->count;
	for (size_t i = 0; i < 4 && check->right[i]; i++)
		new->views[new->count++] = check->right[i];
	for (size_t i = 0; i < new->count; i++)
		new->sinks[i] = (struct sink){ .match = new->match, .left = i < left };
	c->count++;
	return error_none;
}

static bool same_table(const struct view *a, const struct view *b)
{
	return a->service == b->service && strcmp(a->table, b->table) == 0;
}

static bool row_add(struct comparison *from, struct comparison *end, const struct view *table, const struct walk *walk)
{
	for (struct comparison *c = from; c < end; c++)
		for (size_t i = 0; i < c->count; i++)
			if (same_table(c->views[i], table) &&
			    c->views[i]->row(&c->sinks[i], walk->key, walk->value) != error_none)
				return false;
	return true;
}

// Whether an earlier view of these comparisons has had the table walked.
static bool was_walked(const struct comparison *from, const struct comparison *at, size_t view)
{
	for (const struct comparison *c = from; c <= at; c++)
		for (size_t i = 0; i < (c == at ? view : c->count); i++)
			if (same_table(c->views[i], at->views[view]))
				return true;
	return false;
}

static enum error tables_walk(struct audit *audit, struct comparison *from, struct comparison *end)
{
	for (struct comparison *c = from; c < end; c++)
		for (size_t i = 0; i < c->count; i++) {
			if (was_walked(from, c, i))
				continue;
			struct walk walk;
			walk_open(&walk, audit, c->views[i]->service, c->views[i]->table);
			while (walk_row(&walk))
				if (!row_add(from, end, c->views[i], &walk))
					walk_corrupt(&walk);
			enum error error = walk_close(&walk);
			if (error != error_none)
				return error;
		}
	return error_none;
}

// Its tables once more, for the elements at which the sides differ.
static enum error differences_find(struct audit *audit, struct comparison *c)
{
	struct match_difference *found = calloc(audit_findings_max, sizeof *found);
	size_t count = 0;
	bool more = false;
	if (!found)
		return error_no_memory;
	for (size_t i = 0; i < c->count; i++)
		c->sinks[i].last = c->sinks[i].count = 0;
	enum error error = tables_walk(audit, c, c + 1);
	if (error == error_none)
		error = match_differences(c->match, found, audit_findings_max, &count, &more);
	audit->told = 0;
	for (size_t i = 0; i < count; i++)
		audit_find(audit, c->check, found[i].id, found[i].left, found[i].right);
	free(found);
	return error;
}

static const struct check *const agreements[] = { audit_organisations, audit_requests, audit_cards, audit_places,
						  audit_letters, audit_inspections };

// All at once, so that each table is walked once.
static enum error agreements_run(struct audit *audit)
{
	struct comparisons *c = calloc(1, sizeof *c);
	enum error error = c ? error_none : error_no_memory;
	for (size_t i = 0; i < array_size(agreements); i++) {
		for (const struct check *check = agreements[i]; check->invariant != ~0u && error == error_none; check++) {
			audit->summary->checks++;
			if (check_settled(audit, check))
				error = comparison_add(c, check);
			else
				audit->summary->skipped++;
		}
	}
	if (error == error_none)
		error = tables_walk(audit, c->all, c->all + c->count);
	for (size_t i = 0; error == error_none && i < c->count; i++)
		if (match_differs(c->all[i].match))
			error = differences_find(audit, &c->all[i]);
	for (size_t i = 0; c && i < c->count; i++)
		match_free(c->all[i].match);
	free(c);
	return error;
}

// ---- all of them ----

static enum error rules_run(struct audit *audit, const struct check *checks)
{
	for (const struct check *check = checks; check->invariant != ~0u; check++) {
		audit->summary->checks++;
		if (!check_settled(audit, check)) {
			audit->summary->skipped++;
			continue;
		}
		audit->told = 0;
		enum error error = check->run(audit, check);
		if (error != error_none)
			return error;
	}
	return error_none;
}

enum error audit_run(const struct audit_source *source, void (*report)(void *context, const struct audit_finding *finding),
		     void *context, struct audit_summary *summary)
{
	static struct audit audit; // large, and one at a time
	memset(summary, 0, sizeof *summary);
	audit = (struct audit){ .source = source, .report = report, .context = context, .summary = summary };
	enum error error = positions_read(&audit);
	if (error == error_none)
		error = walks_count(&audit);
	if (error == error_none)
		error = rules_run(&audit, audit_rules);
	if (error == error_none)
		error = rules_run(&audit, audit_inspection_rules);
	if (error == error_none)
		error = agreements_run(&audit);
	return error;
}

// ---- words ----

static void pair_text(uint64_t v, unsigned bits, struct buffer *out)
{
	buffer_printf(out, "%llu/%llu", (unsigned long long)(v >> bits),
		      (unsigned long long)(v & ((UINT64_C(1) << bits) - 1)));
}

// The number as its kind is written; text.h lists the kinds.
static void number_text(uint64_t v, char kind, bool english, struct buffer *out)
{
	const char *label = NULL;
	if ((int64_t)v == match_nothing) {
		buffer_append_text(out, english ? "none" : "không có");
		return;
	}
	switch (kind) {
	case 'c': pair_text(v, 8, out); return;
	case 'i': pair_text(v, 16, out); return;
	case 'o':
		label = english ? account_name((enum account)(v >> 4 & 0xf)) : account_label((enum account)(v >> 4 & 0xf));
		buffer_printf(out, "%llu (%s, ", (unsigned long long)(v >> 8), label);
		label = english ? card_generation_name((enum card_generation)(v & 0xf))
				: card_generation_label((enum card_generation)(v & 0xf));
		buffer_printf(out, "%s)", label);
		return;
	case 'p': label = english ? card_place_name((enum card_place)v) : card_place_label((enum card_place)v); break;
	case 'v': label = english ? card_validity_name((enum card_validity)v) : card_validity_label((enum card_validity)v); break;
	case 's': label = service_id_name((enum service_id)v); break;
	case 'm': label = message_name((uint16_t)v); break;
	case 'a': label = english ? act_name((enum act)v) : act_label((enum act)v); break;
	default: break;
	}
	if (label)
		buffer_append_text(out, label);
	else
		buffer_printf(out, "%lld", (long long)v);
}

static void placed(const struct audit_finding *finding, const char *at, bool english, struct buffer *out)
{
	uint64_t number = at[1] == '0' ? finding->id : (uint64_t)(at[1] == '1' ? finding->left : finding->right);
	number_text(number, at[2], english, out);
}

void audit_finding_text(const struct audit_finding *finding, enum audit_language language, struct buffer *out)
{
	const char *at = language == audit_language_english ? finding->text->english : finding->text->vietnamese;
	buffer_printf(out, "%u  ", finding->invariant);
	while (*at) {
		size_t plain = strcspn(at, "{");
		buffer_append(out, at, plain);
		at += plain;
		if (*at) {
			placed(finding, at, language == audit_language_english, out);
			at += strcspn(at, "}");
			at += *at == '}';
		}
	}
}
