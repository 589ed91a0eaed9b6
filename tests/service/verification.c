// Who may have a card: lists as cells submit them, rule by rule.
#include "verification/verification.h"

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "gen/verification_tables.h"
#include "service/transcript.h"
#include "test.h"
#include "verification/eligibility.h"

// Members.
enum { lan = 101, minh = 102, hoa = 103 };

// Organisations: centre 1 > province 44 > commune 4401 > base 440101 > cells 31 and 32; another commune 4402
// > 440201 > cell 41.
static struct transcript *begin(void)
{
	static const struct {
		uint64_t code;
		enum org_level level;
		uint64_t parent;
	} tree[] = {
		{ 1, org_level_central, 0 },      { 44, org_level_attached, 1 },
		{ 4401, org_level_superior, 44 }, { 440101, org_level_grassroots, 4401 },
		{ 31, org_level_cell, 440101 },   { 32, org_level_cell, 440101 },
		{ 4402, org_level_superior, 44 }, { 440201, org_level_grassroots, 4402 },
		{ 41, org_level_cell, 440201 },
	};
	struct transcript *s = transcript_new(&verification_service);
	for (size_t i = 0; i < array_size(tree); i++)
		tell(s, registry, organisation_registered, .code = tree[i].code,
		     .name = bytes_of_text("Đảng bộ"), .level = tree[i].level, .parent = tree[i].parent);
	by(s, .submission = 5, .actor = 2, .person = 7, .role = role_cell_officer, .organisation = 31);
	transcript_skip(s);
	return s;
}

static int32_t date(const char *text)
{
	int32_t day = 0;
	date_parse(text, &day);
	return day;
}

// An official, active member of cell 31 with a photo; a test changes what it is about.
static struct member_registered official(uint64_t member)
{
	return (struct member_registered){ .member = member,
					   .version = member,
					   .record = member,
					   .type = member_type_official,
					   .status = member_status_active,
					   .has_official_date = true,
					   .official_date = 15000,
					   .home_cell = 31,
					   .present_cell = 31,
					   .has_photo = true,
					   .photo = member + 2000 };
}

// Setting the scene is left out of the transcript.
static void know(struct transcript *s, struct member_registered m)
{
	struct buffer body = { 0 };
	transcript_mute(s);
	member_registered_encode(&m, &body);
	transcript_tell(s, service_id_registry, message_type_member_registered, buffer_bytes(&body));
	buffer_deinit(&body);
	transcript_unmute(s);
}

static void holds_paper_card(struct transcript *s, uint64_t member)
{
	transcript_mute(s);
	tell(s, registry, card_opened, .member = member, .card = card_of(member, 1),
	     .number = (uint32_t)(44000000 + member), .generation = card_generation_paper_2003,
	     .issued = 15100, .boxes = 15, .cell = 31, .status = member_status_active);
	transcript_unmute(s);
}

static void validity(struct transcript *s, uint64_t member, unsigned copy, enum card_validity from,
		     enum card_validity to, enum card_validity_event event)
{
	transcript_mute(s);
	tell(s, revocation, validity_changed, .card = card_of(member, copy), .from = from, .to = to,
	     .event = event, .number = (uint32_t)(44000000 + member));
	transcript_unmute(s);
}

static struct transcript *begin_with(struct member_registered m)
{
	struct transcript *s = begin();
	know(s, m);
	return s;
}

// --- lists ---

static void open_list_of(struct transcript *s, uint64_t list, enum request_kind kind,
			 enum request_reason reason, uint64_t cell)
{
	tell(s, intake, list_opened, .submission = 5, .list = list, .kind = kind, .reason = reason,
	     .cell = cell, .period = date("2026-03-01"), .count = 1);
}

static void open_exchange(struct transcript *s, uint64_t list)
{
	transcript_mute(s);
	open_list_of(s, list, request_kind_exchange, request_reason_campaign, 31);
	transcript_unmute(s);
}

static void open_new(struct transcript *s, uint64_t list)
{
	transcript_mute(s);
	open_list_of(s, list, request_kind_new, request_reason_first, 31);
	transcript_unmute(s);
}

static void end_list(struct transcript *s, uint64_t list, uint32_t count)
{
	tell(s, intake, list_ended, .submission = 5, .list = list, .count = count);
}

// What rules the tests have seen broken, and kept: see the last test.
static bool broken[64], kept[64];

static void note(struct transcript *s, uint64_t request)
{
	struct store_txn tx;
	struct verification_requests_row row;
	const struct eligibility *e = &verification_eligibility;
	store_begin(transcript_store(s), false, &tx);
	if (verification_requests_get(&tx, request, &row)) {
		int bit = verification_case(e, row.kind, row.reason, date("2026-03-02"));
		for (size_t i = 0; i < e->rules_count; i++) {
			if (row.has_rule && bytes_equal(row.rule, bytes_of_text(e->rules[i].name)))
				broken[i] = true;
			if (row.state == request_state_verified && bit >= 0 && e->rules[i].cases >> bit & 1)
				kept[i] = true;
		}
	}
	store_abort(&tx);
}

static void offer(struct transcript *s, uint64_t request, uint64_t member)
{
	tell(s, intake, request_offered, .submission = 5, .request = request, .member = member);
	note(s, request);
}

static void offer_with_number(struct transcript *s, uint64_t request, uint64_t member, uint32_t number)
{
	tell(s, intake, request_offered, .submission = 5, .request = request, .member = member,
	     .has_card_number = true, .card_number = number);
	note(s, request);
}

test(a_list_passes_on_what_is_eligible_and_tells_the_submitter_the_rest)
{
	struct transcript *s = begin();
	know(s, official(lan));
	holds_paper_card(s, lan);
	know(s, official(minh));
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), minh);
	end_list(s, 1, 2);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 1, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 1, rule 2]\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 102, state rejected, "
		  "field card_number, reason holds_no_card, rule holds-card [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field card_number, reason holds_no_card, "
		  "request 1/2 [member 102, rule 2]\n"
		  "intake: list_ended submission 5, list 1, count 2, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 5, list 1, verified 1, refused 1, "
		  "settled 0 [list 1, rule 2]\n");
	transcript_free(s);
}

test(a_list_of_which_nobody_passes_is_ended_all_the_same)
{
	struct transcript *s = begin_with(official(lan));
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(1, 1), lan);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 1, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 1, rule 2]\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_number, reason holds_no_card, rule holds-card [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason holds_no_card, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 5, list 1, verified 0, refused 1, "
		  "settled 0 [list 1, rule 2]\n");
	transcript_free(s);
}

// --- whole lists ---

test(a_list_for_a_cell_that_nobody_knows_is_refused_whole)
{
	struct transcript *s = begin_with(official(lan));
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 99);
	offer(s, item_of(1, 1), lan);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 99, "
		  "period 2026-03-01, count 1\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason unknown, field organisation, accepted 0, "
		  "refused 1, more 0 [list 1, rule 2]\n");
	transcript_free(s);
}

test(a_list_for_a_cell_outside_the_submitters_organisation_is_refused_whole)
{
	struct transcript *s = begin();
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 41);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 41, "
		  "period 2026-03-01, count 1\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason outside_subtree, field organisation, "
		  "accepted 0, refused 0, more 0 [list 1, rule 2]\n");
	transcript_free(s);
}

test(a_list_for_an_organisation_without_members_of_its_own_is_refused_whole)
{
	struct transcript *s = begin();
	by(s, .submission = 5, .actor = 2, .person = 7, .role = role_assisting_volunteer,
	   .organisation = 4401);
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 4401);
	end_list(s, 1, 1);
	open_list_of(s, 2, request_kind_exchange, request_reason_campaign, 32);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 4401, "
		  "period 2026-03-01, count 1\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason wrong_level, field organisation, "
		  "accepted 0, refused 0, more 0 [list 1, rule 2]\n"
		  "intake: list_opened submission 5, list 2, kind exchange, reason campaign, cell 32, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 2, kind exchange, "
		  "reason campaign, cell 32, period 2026-03-01, submitter 7 [list 2, rule 2]\n");
	transcript_free(s);
}

test(a_list_for_which_there_is_no_rule_is_refused_whole)
{
	struct transcript *s = begin_with(official(lan));
	open_list_of(s, 1, request_kind_new, request_reason_lost, 31);
	offer(s, item_of(1, 1), lan);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind new, reason lost, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason no_rule, field reason, accepted 0, "
		  "refused 1, more 0 [list 1, rule 2]\n");
	transcript_free(s);
}

// --- rule by rule ---

test(somebody_who_is_not_in_the_registry_is_returned)
{
	struct transcript *s = begin();
	open_exchange(s, 1);
	offer(s, item_of(1, 1), 999);
	expect(s, "intake: request_offered submission 5, request 1/1, member 999, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 999, state returned, "
		  "field profile_number, reason unknown, rule in-registry [member 999, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field profile_number, reason unknown, "
		  "request 1/1 [member 999, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 999, state returned, field photo, "
		  "reason photo_missing, rule photo [member 999, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 999, rule 2]\n");
	transcript_free(s);
}

test(a_cell_asks_for_its_own_members_only)
{
	struct member_registered m = official(lan);
	m.home_cell = m.present_cell = 32;
	struct transcript *s = begin_with(m);
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule own-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field present_cell, reason other_cell, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

// D4
test(a_member_in_temporary_activity_is_asked_for_by_the_cell_where_they_are)
{
	struct member_registered there = official(lan), here = official(minh);
	there.status = here.status = member_status_temp_activity;
	there.present_cell = 32;
	here.home_cell = 32;
	struct transcript *s = begin_with(there);
	know(s, here);
	holds_paper_card(s, lan);
	holds_paper_card(s, minh);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), minh);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule temporary-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field present_cell, reason other_cell, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_enclosed no\n"
		  "  -> approval: request_verified request 1/2, member 102, photo 2102, old_card 102/1, "
		  "registry_version 102, list 1 [member 102, rule 2]\n");
	transcript_free(s);
}

// C2
test(a_probationary_member_gets_no_card)
{
	struct member_registered m = official(lan);
	m.type = member_type_probationary;
	struct transcript *s = begin_with(m);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	open_new(s, 2);
	offer(s, item_of(2, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, field type, "
		  "reason not_official, rule official-exch [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field type, reason not_official, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, field type, "
		  "reason not_official, rule official-new [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field type, reason not_official, "
		  "request 2/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(who_is_not_in_full_standing_gets_no_card)
{
	struct transcript *s = begin();
	open_exchange(s, 1);
	uint32_t row = 0;
	for (unsigned status = member_status_active; status <= member_status_deceased; status++) {
		struct member_registered m = official(200 + status);
		m.status = (enum member_status)status;
		know(s, m);
		holds_paper_card(s, m.member);
		row++;
		tell(s, intake, request_offered, .submission = 5, .request = item_of(1, row),
		     .member = m.member);
		note(s, item_of(1, row));
		check_u64(strstr(transcript_said(s), "request_verified") != NULL,
			  status <= member_status_temp_activity);
	}
	transcript_free(s);
}

test(a_member_under_discipline_waits_for_a_person_and_the_request_stays_open)
{
	struct member_registered m = official(lan);
	m.has_discipline_until = true;
	m.discipline_until = date("2026-03-02"); // today is within
	struct transcript *s = begin_with(m);
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	open_exchange(s, 2);
	offer(s, item_of(2, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field discipline, "
		  "reason held_discipline, rule discipline [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field discipline, reason held_discipline, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, field whole, "
		  "reason open_request, rule one-open-request [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field whole, reason open_request, "
		  "request 2/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(discipline_that_has_ended_is_no_obstacle)
{
	struct member_registered m = official(lan);
	m.has_discipline_until = true;
	m.discipline_until = date("2026-03-01");
	struct transcript *s = begin_with(m);
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_first_card_is_for_a_member_who_never_had_one)
{
	struct transcript *s = begin_with(official(lan));
	know(s, official(minh));
	holds_paper_card(s, minh);
	open_new(s, 1);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), minh);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, "
		  "registry_version 101, list 1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 102, state rejected, "
		  "field card_number, reason holds_card, rule no-card-yet [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field card_number, reason holds_card, "
		  "request 1/2 [member 102, rule 2]\n");
	transcript_free(s);
}

test(a_card_that_was_spoiled_in_print_is_no_card)
{
	struct transcript *s = begin_with(official(lan));
	validity(s, lan, 1, card_validity_not_yet_active, card_validity_spoiled,
		 card_validity_event_spoiled_in_print);
	open_new(s, 1);
	offer(s, item_of(1, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, "
		  "registry_version 101, list 1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_chip_card_is_not_exchanged_in_the_campaign)
{
	struct transcript *s = begin_with(official(lan));
	validity(s, lan, 1, card_validity_not_yet_active, card_validity_active,
		 card_validity_event_handed_over);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_generation, reason already_done, rule card-of-2003 [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_generation, "
		  "reason already_done, request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_card_that_is_not_valid_is_not_exchanged)
{
	struct transcript *s = begin_with(official(lan));
	holds_paper_card(s, lan);
	validity(s, lan, 1, card_validity_active, card_validity_unstamped,
		 card_validity_event_campaign_closed);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	validity(s, lan, 1, card_validity_unstamped, card_validity_active, card_validity_event_late_check);
	open_exchange(s, 2);
	offer(s, item_of(2, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_number, reason card_not_valid, rule card-valid [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason card_not_valid, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 2/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_card_number_other_than_the_registrys_waits_for_a_person)
{
	struct transcript *s = begin_with(official(lan));
	know(s, official(minh));
	know(s, official(hoa));
	holds_paper_card(s, lan);
	holds_paper_card(s, minh);
	open_exchange(s, 1);
	offer_with_number(s, item_of(1, 1), lan, 44000999);
	offer_with_number(s, item_of(1, 2), minh, 44000102);
	open_new(s, 2);
	offer_with_number(s, item_of(2, 1), hoa, 44000103);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_number 44000999, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field card_number, "
		  "reason held_mismatch, rule number-matches [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason held_mismatch, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_number 44000102, "
		  "card_enclosed no\n"
		  "  -> approval: request_verified request 1/2, member 102, photo 2102, old_card 102/1, "
		  "registry_version 102, list 1 [member 102, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 103, card_number 44000103, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 103, state on_hold, field card_number, "
		  "reason held_mismatch, rule number-matches [member 103, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason held_mismatch, "
		  "request 2/1 [member 103, rule 2]\n");
	transcript_free(s);
}

test(without_a_photo_a_request_is_returned_and_goes_on_when_it_comes_again_with_one)
{
	struct member_registered m = official(lan);
	m.has_photo = false;
	struct transcript *s = begin_with(m);
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	open_exchange(s, 2);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(2, 1), .member = lan,
	     .has_photo = true, .photo = 77);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n");
	transcript_free(s);
}

// --- lost, damaged, changed, misprinted cards (12-HD/BTCTW; D11; domain.md §6.3, §6.4) ---

// What the cell enclosed with the row.
struct enclosed {
	bool review, card;
	enum loss_assessment loss; // 0: none
};

static void offer_with(struct transcript *s, uint64_t request, uint64_t member, struct enclosed e)
{
	tell(s, intake, request_offered, .submission = 5, .request = request, .member = member, .has_evidence = e.review,
	     .evidence = 55, .card_enclosed = e.card, .has_loss = e.loss != 0, .loss = e.loss);
	note(s, request);
	note(s, item_of(1, 1)); // when it was corrected
}

static void open_quietly(struct transcript *s, uint64_t list, enum request_kind kind, enum request_reason reason)
{
	transcript_mute(s);
	open_list_of(s, list, kind, reason, 31);
	transcript_unmute(s);
}

test(a_lost_card_is_issued_again_when_the_loss_was_reported_reviewed_and_found_justified)
{
	struct transcript *s = begin_with(official(lan));
	holds_paper_card(s, lan);
	open_quietly(s, 1, request_kind_reissue, request_reason_lost);
	offer_with(s, item_of(1, 1), lan, (struct enclosed){ 0 });
	validity(s, lan, 1, card_validity_active, card_validity_lost, card_validity_event_loss_reported);
	open_quietly(s, 2, request_kind_reissue, request_reason_lost);
	offer_with(s, item_of(2, 1), lan, (struct enclosed){ .review = true, .loss = loss_assessment_justified });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, "
		  "field card_number, reason not_reported, rule loss-reported [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason not_reported, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field evidence, "
		  "reason missing, rule review [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field evidence, reason missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field loss, "
		  "reason missing, rule loss-assessed [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field loss, reason missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n");
	transcript_free(s);
}

test(what_a_row_lacks_is_named)
{
	struct transcript *s = begin_with(official(lan));
	know(s, official(minh));
	know(s, official(hoa));
	holds_paper_card(s, lan);
	holds_paper_card(s, minh);
	holds_paper_card(s, hoa);
	validity(s, lan, 1, card_validity_active, card_validity_lost, card_validity_event_loss_reported);
	validity(s, minh, 1, card_validity_active, card_validity_lost, card_validity_event_loss_reported);
	validity(s, hoa, 1, card_validity_active, card_validity_damaged, card_validity_event_damage_reported);
	open_quietly(s, 1, request_kind_reissue, request_reason_lost);
	offer_with(s, item_of(1, 1), lan, (struct enclosed){ .loss = loss_assessment_justified });
	offer_with(s, item_of(1, 2), minh, (struct enclosed){ .review = true });
	open_quietly(s, 2, request_kind_exchange, request_reason_damaged);
	offer_with(s, item_of(2, 1), hoa, (struct enclosed){ .review = true });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, loss justified, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field evidence, "
		  "reason missing, rule review [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field evidence, reason missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, evidence 55, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 102, state returned, field loss, "
		  "reason missing, rule loss-assessed [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field loss, reason missing, "
		  "request 1/2 [member 102, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 103, evidence 55, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 103, state returned, field old_card, "
		  "reason old_card_missing, rule damaged-card [member 103, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field old_card, reason old_card_missing, "
		  "request 2/1 [member 103, rule 2]\n");
	transcript_free(s);
}

test(an_unjustified_loss_waits_for_the_inspection_commission)
{
	struct transcript *s = begin_with(official(lan));
	holds_paper_card(s, lan);
	validity(s, lan, 1, card_validity_active, card_validity_lost, card_validity_event_loss_reported);
	open_quietly(s, 1, request_kind_reissue, request_reason_lost);
	offer_with(s, item_of(1, 1), lan, (struct enclosed){ .review = true, .loss = loss_assessment_unjustified });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "loss unjustified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field loss, "
		  "reason held_loss, rule loss-justified [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field loss, reason held_loss, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_damaged_card_goes_up_with_form_3)
{
	struct transcript *s = begin_with(official(lan));
	holds_paper_card(s, lan);
	open_quietly(s, 1, request_kind_exchange, request_reason_damaged);
	offer_with(s, item_of(1, 1), lan, (struct enclosed){ .review = true });
	validity(s, lan, 1, card_validity_active, card_validity_damaged, card_validity_event_damage_reported);
	open_quietly(s, 2, request_kind_exchange, request_reason_damaged);
	offer_with(s, item_of(2, 1), lan, (struct enclosed){ .card = true });
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, "
		  "field card_number, reason not_reported, rule damage-reported [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason not_reported, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field old_card, "
		  "reason old_card_missing, rule damaged-card [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field old_card, reason old_card_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed yes\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "  -> delivery: card_enclosed card 101/1, request 1/1, member 101, cell 31 [member 101, "
		  "rule 2]\n");
	transcript_free(s);
}

test(changed_data_and_a_misprint_are_exchanged_while_the_card_is_in_use)
{
	static const enum request_reason reasons[] = { request_reason_info_change, request_reason_print_error };
	for (size_t i = 0; i < array_size(reasons); i++) {
		struct transcript *s = begin_with(official(lan));
		struct member_registered probationary = official(minh);
		probationary.type = member_type_probationary;
		know(s, probationary);
		know(s, official(hoa));
		holds_paper_card(s, lan);
		open_quietly(s, 1, request_kind_exchange, reasons[i]);
		offer_with(s, item_of(1, 1), lan, (struct enclosed){ 0 });
		check(strstr(transcript_said(s), "state returned, field evidence, reason missing, rule statement"));
		offer_with(s, item_of(1, 2), minh, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "state rejected, field type, reason not_official, rule official"));
		offer_with(s, item_of(1, 3), hoa, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "state rejected, field card_number, reason holds_no_card, rule has-card"));
		open_quietly(s, 2, request_kind_exchange, reasons[i]);
		offer_with(s, item_of(2, 1), lan, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "request_verified request 1/1, member 101"));
		transcript_free(s);
		s = begin_with(official(lan));
		holds_paper_card(s, lan);
		validity(s, lan, 1, card_validity_active, card_validity_lost, card_validity_event_loss_reported);
		open_quietly(s, 1, request_kind_exchange, reasons[i]);
		offer_with(s, item_of(1, 1), lan, (struct enclosed){ .review = true });
		check(strstr(transcript_said(s), "state rejected, field card_number, reason card_not_valid, rule card-in-use"));
		transcript_free(s);
	}
}

// Nobody need judge what is refused anyway.
test(a_hold_decides_only_when_nothing_else_is_wrong)
{
	struct member_registered m = official(lan);
	m.has_discipline_until = true;
	m.discipline_until = date("2026-03-02");
	struct transcript *s = begin_with(m);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_number, reason holds_no_card, rule holds-card [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason holds_no_card, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

// --- one open request (domain.md §3, invariant 1) ---

test(a_member_has_one_open_request_at_a_time)
{
	struct transcript *s = begin_with(official(lan));
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), lan);
	end_list(s, 1, 2);
	open_exchange(s, 2);
	offer(s, item_of(2, 1), lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 101, state rejected, field whole, "
		  "reason open_request, rule one-open-request [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field whole, reason open_request, "
		  "request 1/2 [member 101, rule 2]\n"
		  "intake: list_ended submission 5, list 1, count 2, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 5, list 1, verified 1, refused 1, "
		  "settled 0 [list 1, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, field whole, "
		  "reason open_request, rule one-open-request [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field whole, reason open_request, "
		  "request 2/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(one_that_was_left_out_makes_room_for_another_and_one_that_the_facility_refused_goes_on_corrected)
{
	struct transcript *s = begin_with(official(lan));
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	transcript_skip(s);
	tell(s, approval, request_left_out, .request = item_of(1, 1), .member = lan, .act = act_appraise,
	     .reason = reason_left_out);
	open_list_of(s, 2, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(2, 1), lan);
	tell(s, printing, record_refused, .request = item_of(2, 1), .member = lan, .order = 1, .index = 1,
	     .reason = reason_facility_photo);
	open_list_of(s, 3, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(3, 1), lan);
	expect(s, "approval: request_left_out request 1/1, member 101, act appraise, reason left_out\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state rejected, "
		  "field whole, reason left_out [member 101]\n"
		  "intake: list_opened submission 5, list 2, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 2, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 2, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 2/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "printing: record_refused request 2/1, member 101, order 1, index 1, "
		  "reason facility_photo\n"
		  "  -> record: request_finished request 2/1, member 101, state returned [member 101]\n"
		  "  -> intake: request_news organisation 31, request 2/1, member 101, state returned, "
		  "field photo, reason facility_photo, due 2026-03-16 [member 101]\n"
		  "intake: list_opened submission 5, list 3, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 3, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 3, rule 2]\n"
		  "intake: request_offered submission 5, request 3/1, member 101, card_enclosed no\n"
		  "  -> record: request_reopened request 2/1, member 101, list 3, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 2/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_delivered_request_is_closed_and_the_exchange_is_done_even_before_revocation_has_spoken)
{
	struct transcript *s = begin_with(official(lan));
	know(s, official(minh));
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	open_new(s, 2);
	offer(s, item_of(2, 1), minh);
	transcript_skip(s);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = lan);
	tell(s, delivery, request_delivered, .request = item_of(2, 1), .member = minh);
	open_exchange(s, 3);
	offer(s, item_of(3, 1), lan);
	open_new(s, 4);
	offer(s, item_of(4, 1), minh);
	expect(s, "delivery: request_delivered request 1/1, member 101\n"
		  "  -> record: request_finished request 1/1, member 101, state closed [member 101]\n"
		  "delivery: request_delivered request 2/1, member 102\n"
		  "  -> record: request_finished request 2/1, member 102, state closed [member 102]\n"
		  "intake: request_offered submission 5, request 3/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 3/1, member 101, state rejected, "
		  "field card_generation, reason already_done, rule card-of-2003 [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_generation, "
		  "reason already_done, request 3/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 4/1, member 102, card_enclosed no\n"
		  "  -> record: request_settled request 4/1, member 102, state rejected, "
		  "field card_number, reason holds_card, rule no-card-yet [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason holds_card, "
		  "request 4/1 [member 102, rule 2]\n");
	transcript_free(s);
}

test(what_does_not_fit_a_requests_state_is_refused_on_record)
{
	struct transcript *s = begin_with(official(lan));
	know(s, official(minh));
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), minh);
	transcript_skip(s);
	tell(s, delivery, request_delivered, .request = item_of(1, 2), .member = minh);
	tell(s, delivery, request_delivered, .request = item_of(9, 1), .member = lan);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = minh);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = lan);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = lan);
	expect(s, "delivery: request_delivered request 1/2, member 102\n"
		  "  -> record: request_event_refused request 1/2, member 102, state rejected, "
		  "event handed_over, reason wrong_state [member 102]\n"
		  "delivery: request_delivered request 9/1, member 101\n"
		  "  -> record: request_event_refused request 9/1, member 101, event handed_over, "
		  "reason unknown [member 101]\n"
		  "delivery: request_delivered request 1/1, member 102\n"
		  "  -> record: request_event_refused request 1/1, member 102, event handed_over, "
		  "reason unknown [member 102]\n"
		  "delivery: request_delivered request 1/1, member 101\n"
		  "  -> record: request_finished request 1/1, member 101, state closed [member 101]\n"
		  "delivery: request_delivered request 1/1, member 101\n"
		  "  -> record: request_event_refused request 1/1, member 101, state closed, "
		  "event handed_over, reason wrong_state [member 101]\n");
	transcript_free(s);
}

// Its opening may have gone to quarantine.
test(rows_of_a_list_that_was_never_opened_are_refused)
{
	struct transcript *s = begin_with(official(lan));
	offer(s, item_of(8, 1), lan);
	end_list(s, 8, 1);
	expect(s, "intake: request_offered submission 5, request 8/1, member 101, card_enclosed no\n"
		  "  -> intake: row_refused submission 5, row 1, field list, reason unknown, "
		  "request 8/1 [member 101]\n"
		  "intake: list_ended submission 5, list 8, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason unknown, field list, accepted 0, "
		  "refused 1, more 0 [list 8, rule 2]\n");
	transcript_free(s);
}

test(a_list_that_crosses_midnight_and_a_crash_is_judged_by_the_day_it_was_opened)
{
	struct member_registered m = official(lan);
	m.has_discipline_until = true;
	m.discipline_until = date("2026-03-02");
	struct transcript *s = begin_with(m);
	holds_paper_card(s, lan);
	open_exchange(s, 1);
	transcript_day(s, "2026-03-03");
	transcript_restart(s);
	offer(s, item_of(1, 1), lan);
	expect(s, "restart\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field discipline, "
		  "reason held_discipline, rule discipline [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field discipline, reason held_discipline, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

// --- dates and drafts (A4, B1), on a table of the test's own ---

static bool refused_on(struct eligibility_provision provision, const char *day)
{
	const struct eligibility_rule rule = { .name = "no-photo",
					       .cases = 1,
					       .needs_count = 1,
					       .needs = { { eligibility_fact_request_photo, 1 << 1 } },
					       .state = request_state_returned,
					       .field = field_photo,
					       .reason = reason_photo_missing,
					       .provision = provision };
	const struct eligibility rules = { .rules = &rule, .rules_count = 1 };
	const struct eligibility_facts no_photo = { 0 };
	return verification_judge(&rules, 0, date(day), &no_photo) != NULL;
}

test(a_rule_is_enforced_from_its_first_day_to_its_last)
{
	struct eligibility_provision p = { .from = date("2026-02-09"), .until = date("2026-06-30") };
	check(!refused_on(p, "2026-02-08"));
	check(refused_on(p, "2026-02-09"));
	check(refused_on(p, "2026-06-30"));
	check(!refused_on(p, "2026-07-01"));
}

test(a_draft_is_never_enforced)
{
	struct eligibility_provision p = { .draft = true, .from = INT32_MIN, .until = INT32_MAX };
	check(!refused_on(p, "2026-03-02"));
}

test(every_rule_in_force_was_broken_above_and_kept)
{
	const struct eligibility *e = &verification_eligibility;
	for (size_t i = 0; i < e->rules_count; i++) {
		if (e->rules[i].provision.draft)
			continue;
		if (!broken[i] || !kept[i])
			printf("# rule %s: broken %d, kept %d\n", e->rules[i].name, broken[i], kept[i]);
		check(broken[i] && kept[i]);
	}
}

int main(void)
{
	run(a_list_passes_on_what_is_eligible_and_tells_the_submitter_the_rest);
	run(a_list_of_which_nobody_passes_is_ended_all_the_same);
	run(a_list_for_a_cell_that_nobody_knows_is_refused_whole);
	run(a_list_for_a_cell_outside_the_submitters_organisation_is_refused_whole);
	run(a_list_for_an_organisation_without_members_of_its_own_is_refused_whole);
	run(a_list_for_which_there_is_no_rule_is_refused_whole);
	run(somebody_who_is_not_in_the_registry_is_returned);
	run(a_cell_asks_for_its_own_members_only);
	run(a_member_in_temporary_activity_is_asked_for_by_the_cell_where_they_are);
	run(a_probationary_member_gets_no_card);
	run(who_is_not_in_full_standing_gets_no_card);
	run(a_member_under_discipline_waits_for_a_person_and_the_request_stays_open);
	run(discipline_that_has_ended_is_no_obstacle);
	run(a_first_card_is_for_a_member_who_never_had_one);
	run(a_card_that_was_spoiled_in_print_is_no_card);
	run(a_chip_card_is_not_exchanged_in_the_campaign);
	run(a_card_that_is_not_valid_is_not_exchanged);
	run(a_card_number_other_than_the_registrys_waits_for_a_person);
	run(without_a_photo_a_request_is_returned_and_goes_on_when_it_comes_again_with_one);
	run(a_lost_card_is_issued_again_when_the_loss_was_reported_reviewed_and_found_justified);
	run(what_a_row_lacks_is_named);
	run(an_unjustified_loss_waits_for_the_inspection_commission);
	run(a_damaged_card_goes_up_with_form_3);
	run(changed_data_and_a_misprint_are_exchanged_while_the_card_is_in_use);
	run(a_hold_decides_only_when_nothing_else_is_wrong);
	run(a_member_has_one_open_request_at_a_time);
	run(one_that_was_left_out_makes_room_for_another_and_one_that_the_facility_refused_goes_on_corrected);
	run(a_delivered_request_is_closed_and_the_exchange_is_done_even_before_revocation_has_spoken);
	run(what_does_not_fit_a_requests_state_is_refused_on_record);
	run(rows_of_a_list_that_was_never_opened_are_refused);
	run(a_list_that_crosses_midnight_and_a_crash_is_judged_by_the_day_it_was_opened);
	run(a_rule_is_enforced_from_its_first_day_to_its_last);
	run(a_draft_is_never_enforced);
	run(every_rule_in_force_was_broken_above_and_kept);
	return test_summary();
}
