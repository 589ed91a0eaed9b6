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

// ---- comparing sets ----

static enum error side_add(struct audit *audit, const struct view *const views[4], bool left)
{
	for (size_t i = 0; i < 4 && views[i]; i++) {
		struct sink sink = { .match = audit->match, .left = left };
		struct walk walk;
		walk_open(&walk, audit, views[i]->service, views[i]->table);
		while (walk_row(&walk))
			if (views[i]->row(&sink, walk.key, walk.value) != error_none)
				walk_corrupt(&walk);
		enum error error = walk_close(&walk);
		if (error != error_none)
			return error;
	}
	return error_none;
}

static enum error sides_add(struct audit *audit, const struct check *check)
{
	enum error error = side_add(audit, check->left, true);
	return error != error_none ? error : side_add(audit, check->right, false);
}

static enum error agreement_run(struct audit *audit, const struct check *check)
{
	match_clear(audit->match);
	enum error error = sides_add(audit, check);
	if (error != error_none || !match_differs(audit->match))
		return error;
	error = sides_add(audit, check);
	if (error != error_none)
		return error;
	struct match_difference *found = calloc(audit_findings_max, sizeof *found);
	size_t count = 0;
	bool more = false;
	error = found ? match_differences(audit->match, found, audit_findings_max, &count, &more) : error_no_memory;
	for (size_t i = 0; i < count; i++)
		audit_find(audit, check, found[i].id, found[i].left, found[i].right);
	free(found);
	return error;
}

// ---- all of them ----

static enum error checks_run(struct audit *audit, const struct check *checks)
{
	for (const struct check *check = checks; check->invariant != ~0u; check++) {
		audit->summary->checks++;
		if (!check_settled(audit, check)) {
			audit->summary->skipped++;
			continue;
		}
		audit->told = 0;
		enum error error = check->run ? check->run(audit, check) : agreement_run(audit, check);
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
	enum error error = match_new(&audit.match);
	if (error == error_none)
		error = positions_read(&audit);
	if (error == error_none)
		error = walks_count(&audit);
	if (error == error_none)
		error = checks_run(&audit, audit_rules);
	if (error == error_none)
		error = checks_run(&audit, audit_agreements);
	match_free(audit.match);
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
