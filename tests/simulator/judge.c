#include "simulator/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/signatures.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/tables.h"
#include "intake/intake.h"
#include "runtime/archive.h"
#include "runtime/replay.h"
#include "runtime/tables.h"

// ---- the audit over open stores ----

struct judged {
	struct site *site;
	struct runtime_tables tables[site_services_max];
};

struct judged_walk {
	struct store_txn txn;
	struct store_walk walk;
};

static enum error judged_open(void *context, uint16_t service, const char *table, void **walk)
{
	struct judged *judged = context;
	struct engine *engine = service < site_services_max ? site_engine(judged->site, service) : NULL;
	if (!engine)
		return error_absent;
	const struct store_table *t = runtime_table_by_name(&judged->tables[service], bytes_of_text(table));
	ensure(t);
	struct judged_walk *w = calloc(1, sizeof *w);
	ensure(w);
	store_begin(engine_store(engine), false, &w->txn);
	store_walk_init(&w->walk, &w->txn, t, bytes_of(NULL, 0));
	*walk = w;
	return error_none;
}

static enum error judged_next(void *walk, struct bytes *key, struct bytes *value)
{
	struct judged_walk *w = walk;
	if (!store_walk_next(&w->walk))
		return w->txn.fault != error_none ? w->txn.fault : error_absent;
	*key = w->walk.key;
	*value = w->walk.value;
	return error_none;
}

static void judged_close(void *walk)
{
	struct judged_walk *w = walk;
	store_walk_deinit(&w->walk);
	store_abort(&w->txn);
	free(w);
}

static enum error judged_status(struct judged *judged, uint16_t service, struct service_status *status)
{
	struct engine *engine = service < site_services_max ? site_engine(judged->site, service) : NULL;
	return engine ? engine_status(engine, status) : error_absent;
}

static enum error judged_head(void *context, uint16_t service, uint64_t *entry)
{
	static struct service_status status;
	enum error error = judged_status(context, service, &status);
	*entry = status.head_entry;
	return error;
}

static enum error judged_position(void *context, uint16_t consumer, uint16_t producer, uint64_t *entry)
{
	static struct service_status status;
	enum error error = judged_status(context, consumer, &status);
	for (size_t i = 0; error == error_none && i < status.sources_count; i++)
		if (status.sources[i].service == producer) {
			*entry = status.sources[i].entry;
			return error_none;
		}
	return error < 0 ? error : error_absent;
}

static void judged_found(void *context, const struct audit_finding *finding)
{
	struct judged *judged = context;
	struct buffer text = { 0 };
	audit_finding_text(finding, audit_language_english, &text);
	site_say(judged->site, "FINDING  %.*s", (int)text.size, (const char *)text.data);
	buffer_deinit(&text);
}

bool judge_audit(struct site *site, bool at_rest)
{
	struct judged judged = { .site = site };
	const struct audit_source source = { &judged, judged_open, judged_next, judged_close, judged_head, judged_position };
	struct audit_summary summary;
	for (const struct service *const *s = site_services; *s; s++)
		runtime_tables_init(&judged.tables[(*s)->id], (*s)->tables);
	enum error error = audit_run(&source, judged_found, &judged, &summary);
	if (error != error_none) {
		site_say(site, "FAILED  audit: %s", error_name(error));
		return false;
	}
	for (size_t i = 0; at_rest && i < summary.in_flight_count; i++)
		site_say(site, "FAILED  in flight at the end: %s has %llu of %llu entries of %s",
			 service_id_name((enum service_id)summary.in_flight[i].consumer),
			 (unsigned long long)summary.in_flight[i].position, (unsigned long long)summary.in_flight[i].head,
			 service_id_name((enum service_id)summary.in_flight[i].producer));
	if (at_rest && summary.skipped)
		site_say(site, "FAILED  %u of %u checks could not be made at the end", summary.skipped, summary.checks);
	return summary.findings == 0 && (!at_rest || summary.skipped == 0);
}

// ---- what officers signed, from intake's log ----

static enum error judged_turn(void *context, uint64_t turn, struct bytes *record)
{
	return log_turn(context, turn, record);
}

bool judge_signatures(struct site *site, size_t together)
{
	static struct service_status status;
	struct judged judged = { .site = site };
	const struct audit_source source = { &judged, judged_open, judged_next, judged_close, judged_head, judged_position };
	struct runtime_tables *tables = &judged.tables[service_id_intake];
	struct engine *engine = site_engine(site, service_id_intake);
	struct store_txn txn;
	struct archive archive;
	struct audit_signed is_signed = { 0 };
	char folder[128];
	runtime_tables_init(tables, intake_service.tables);
	snprintf(folder, sizeof folder, "%s/state/intake/log", site_folder(site));
	store_begin(engine_store(engine), false, &txn);
	enum error error = archive_open(&archive, folder, true);
	if (error == error_none)
		error = engine_status(engine, &status);
	struct log_view view = { .txn = &txn, .turns = &tables->turns, .archive = &archive,
				 .head_turn = status.head_turn, .head_entry = status.head_entry };
	struct audit_log log = { &view, judged_turn, status.head_turn };
	if (error == error_none)
		error = audit_signatures(&source, &log, judged_found, &judged, &is_signed);
	archive_close(&archive);
	store_abort(&txn);
	if (error != error_none)
		site_say(site, "FAILED  signatures: %s", error_name(error));
	else if (is_signed.together < together)
		site_say(site, "FAILED  %zu acts went under a signature with others, %llu are recorded so", together,
			 (unsigned long long)is_signed.together);
	return error == error_none && is_signed.findings == 0 && is_signed.together >= together;
}

// ---- replay ----

static bool service_replays(struct site *site, const struct service *service)
{
	char recorded[128], folder[128], sources[128];
	snprintf(recorded, sizeof recorded, "%s/state/%s", site_folder(site), service->name);
	snprintf(folder, sizeof folder, "%s/replayed-%s", site_folder(site), service->name);
	snprintf(sources, sizeof sources, "%s/state", site_folder(site));
	struct replay_options options = { .service = service, .recorded = recorded, .folder = folder, .sources = sources,
					  .map_bytes = (size_t)64 << 20 };
	struct replay_report report;
	enum error error = replay_run(&options, &report);
	if (error != error_none) {
		site_say(site, "FAILED  replay of %s: %s", service->name, error_name(error));
		return false;
	}
	bool equal = report.difference == replay_difference_none;
	if (!equal) {
		struct buffer text = { 0 };
		replay_report_text(&report, &text);
		site_say(site, "FAILED  replay of %s: %.*s", service->name, (int)text.size, (const char *)text.data);
		buffer_deinit(&text);
	}
	replay_report_deinit(&report);
	return equal;
}

bool judge_replay(struct site *site)
{
	bool equal = true;
	for (const struct service *const *s = site_services; *s; s++)
		equal = service_replays(site, *s) && equal;
	return equal;
}

// ---- the outcome ----

#define lines_max 4000

struct lines {
	char text[lines_max][160];
	size_t count;
	bool full;
};

static char *line_new(struct lines *lines)
{
	if (lines->count == lines_max) {
		lines->full = true;
		return lines->text[0];
	}
	return lines->text[lines->count++];
}

static const char *profile_of(const struct story *story, uint64_t member)
{
	for (size_t i = 0; i < story->world.member_count; i++)
		if (story->world.people[i].number == member)
			return story->world.people[i].profile_number;
	return "?";
}

static void requests_list(struct story *story, struct store_txn *txn, struct lines *lines)
{
	struct verification_requests_row row;
	struct store_walk walk;
	uint64_t request;
	verification_requests_walk_init(&walk, txn, 0);
	while (verification_requests_walk_next(&walk, &request, &row))
		snprintf(line_new(lines), sizeof lines->text[0], "%s request %s for cell %llu: %s\n", profile_of(story, row.member),
			 request_kind_name(row.kind), (unsigned long long)row.cell, request_state_name(row.state));
	store_walk_deinit(&walk);
}

static void places_list(struct story *story, struct store_txn *txn, struct lines *lines)
{
	struct delivery_cards_row row;
	struct delivery_boxes_row box;
	struct store_walk walk;
	uint64_t card;
	delivery_cards_walk_init(&walk, txn, 0);
	while (delivery_cards_walk_next(&walk, &card, &row)) {
		bool boxed = !row.has_place && delivery_boxes_get(txn, row.box, &box);
		snprintf(line_new(lines), sizeof lines->text[0], "%s copy %u: %s%s, %s %llu\n", profile_of(story, card_member(card)),
			 card_copy(card), card_generation_name(row.generation), row.spoiled ? ", spoiled" : "",
			 card_place_name(boxed ? box.place : row.place),
			 (unsigned long long)(boxed ? box.custodian : row.custodian));
	}
	store_walk_deinit(&walk);
}

static void worths_list(struct story *story, struct store_txn *txn, struct lines *lines)
{
	struct revocation_cards_row row;
	struct store_walk walk;
	uint64_t card;
	revocation_cards_walk_init(&walk, txn, 0);
	while (revocation_cards_walk_next(&walk, &card, &row))
		snprintf(line_new(lines), sizeof lines->text[0], "%s copy %u: %s\n", profile_of(story, card_member(card)),
			 card_copy(card), card_validity_name(row.validity));
	store_walk_deinit(&walk);
}

static void inspections_list(struct story *story, struct store_txn *txn, struct lines *lines)
{
	struct inspection_campaigns_row row;
	struct inspection_missed_row missed;
	struct inspection_stamps_key key;
	struct inspection_stamps_row stamp;
	struct store_walk walk;
	uint64_t number;
	inspection_campaigns_walk_init(&walk, txn, 0);
	while (inspection_campaigns_walk_next(&walk, &number, &row))
		snprintf(line_new(lines), sizeof lines->text[0], "inspection %u: %s, %u of %u cells, %u of %u form 6, %u missed\n",
			 row.ordinal, campaign_state_name(row.state), row.cells_filed, row.cells, row.grassroots_filed,
			 row.grassroots, row.missed);
	store_walk_deinit(&walk);
	inspection_missed_walk_init(&walk, txn, 0);
	while (inspection_missed_walk_next(&walk, &number, &missed))
		snprintf(line_new(lines), sizeof lines->text[0], "%s copy %u: missed inspection %llu\n",
			 profile_of(story, card_member(number)), card_copy(number), (unsigned long long)missed.campaign);
	store_walk_deinit(&walk);
	inspection_stamps_walk_init(&walk, txn, 0, 0);
	while (inspection_stamps_walk_next(&walk, &key, &stamp))
		snprintf(line_new(lines), sizeof lines->text[0], "%s copy %u: box %u stamped, %s\n",
			 profile_of(story, card_member(key.card)), card_copy(key.card), key.box, stamp_kind_name(stamp.kind));
	store_walk_deinit(&walk);
}

static void ledgers_list(struct story *story, struct store_txn *txn, struct lines *lines)
{
	struct delivery_ledger_key key;
	struct delivery_ledger_row r;
	struct store_walk walk;
	(void)story;
	delivery_ledger_walk_init(&walk, txn, 0, account_custody, card_generation_paper_2003);
	while (delivery_ledger_walk_next(&walk, &key, &r))
		snprintf(line_new(lines), sizeof lines->text[0],
			 "ledger %llu %s %s: %llu + %llu = %llu + %llu + %llu + %llu\n", (unsigned long long)key.organisation,
			 account_name(key.account), card_generation_name(key.generation), (unsigned long long)r.opening,
			 (unsigned long long)r.received, (unsigned long long)r.delivered, (unsigned long long)r.sent_on,
			 (unsigned long long)r.spoiled_or_lost, (unsigned long long)r.closing);
	store_walk_deinit(&walk);
}

// How many of a kind each found in its mailbox; in which order they came is chance.
static void letters_list(struct story *story, struct store_txn *txn, struct lines *lines)
{
	struct intake_letters_key key;
	struct intake_letters_row row;
	struct store_walk walk;
	(void)story;
	intake_letters_walk_init(&walk, txn, 0, 0);
	while (intake_letters_walk_next(&walk, &key, &row))
		snprintf(line_new(lines), sizeof lines->text[0], "letter to %llu: %s\n", (unsigned long long)key.organisation,
			 message_name(row.type));
	store_walk_deinit(&walk);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

void judge_outcome(struct story *story, struct buffer *out)
{
	static const struct {
		uint16_t service;
		void (*list)(struct story *story, struct store_txn *txn, struct lines *lines);
	} parts[] = {
		{ service_id_verification, requests_list }, { service_id_delivery, places_list },
		{ service_id_revocation, worths_list },	    { service_id_delivery, ledgers_list },
		{ service_id_inspection, inspections_list },
		{ service_id_intake, letters_list },
	};
	static struct lines lines;
	lines.count = 0;
	for (size_t i = 0; i < array_size(parts); i++) {
		struct store_txn txn;
		store_begin(engine_store(site_engine(story->site, parts[i].service)), false, &txn);
		parts[i].list(story, &txn, &lines);
		store_abort(&txn);
	}
	ensure(!lines.full);
	qsort(lines.text, lines.count, sizeof lines.text[0], by_text);
	for (size_t i = 0; i < lines.count; i++)
		buffer_append_text(out, lines.text[i]);
}
