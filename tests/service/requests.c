// What becomes of a request that did not simply pass: adjudication, correction, withdrawal, recall, deadlines.
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "gen/verification_tables.h"
#include "service/transcript.h"
#include "test.h"
#include "verification/verification.h"

// Members; persons who act.
enum { lan = 101, minh = 102, hoa = 103 };
enum { officer = 7, commissioner = 21, boarder = 31 };

// Centre 1 > province 44 > commune 4401 > base 440101 > cell 31; another commune 4402.
static struct transcript *begin(void)
{
	static const struct {
		uint64_t code;
		enum org_level level;
		uint64_t parent;
	} tree[] = {
		{ 1, org_level_central, 0 },      { 44, org_level_attached, 1 },      { 4401, org_level_superior, 44 },
		{ 440101, org_level_grassroots, 4401 }, { 31, org_level_cell, 440101 }, { 32, org_level_cell, 440101 },
		{ 4402, org_level_superior, 44 },
	};
	struct transcript *s = transcript_new(&verification_service);
	for (size_t i = 0; i < array_size(tree); i++)
		tell(s, registry, organisation_registered, .code = tree[i].code, .name = bytes_of_text("Đảng bộ"),
		     .level = tree[i].level, .parent = tree[i].parent);
	transcript_skip(s);
	return s;
}

static int32_t date(const char *text)
{
	int32_t day = 0;
	date_parse(text, &day);
	return day;
}

static void by_cell(struct transcript *s, uint64_t submission)
{
	by(s, .submission = submission, .actor = 2, .person = officer, .role = role_cell_officer, .organisation = 31);
}

static void member_is(struct transcript *s, uint64_t member, enum member_status status, bool photo)
{
	tell(s, registry, member_registered, .member = member, .version = member, .record = member,
	     .type = member_type_official, .status = status, .home_cell = 31, .present_cell = 31, .has_photo = photo,
	     .photo = member + 2000);
}

// An official member of cell 31 whose card was reported lost; with a photo in the registry or without.
static void lost_a_card(struct transcript *s, uint64_t member, bool photo)
{
	transcript_mute(s);
	by(s, .submission = 1, .actor = 1, .role = role_administrator);
	member_is(s, member, member_status_active, photo);
	tell(s, registry, card_opened, .member = member, .card = card_of(member, 1), .number = (uint32_t)(44000000 + member),
	     .generation = card_generation_paper_2003, .issued = 15100, .boxes = 15, .cell = 31,
	     .status = member_status_active);
	tell(s, revocation, validity_changed, .card = card_of(member, 1), .from = card_validity_active,
	     .to = card_validity_lost, .event = card_validity_event_loss_reported, .number = (uint32_t)(44000000 + member));
	transcript_unmute(s);
}

static void open_list(struct transcript *s, uint64_t submission, uint64_t list)
{
	by_cell(s, submission);
	transcript_mute(s);
	tell(s, intake, list_opened, .submission = submission, .list = list, .kind = request_kind_reissue,
	     .reason = request_reason_lost, .cell = 31, .period = date("2026-03-01"), .count = 1);
	transcript_unmute(s);
}

static void ask(struct transcript *s, uint64_t submission, uint64_t request, uint64_t member, enum loss_assessment loss)
{
	by_cell(s, submission);
	tell(s, intake, request_offered, .submission = submission, .request = request, .member = member, .has_evidence = true,
	     .evidence = 55, .has_loss = loss != 0, .loss = loss);
}

// Lan's request 1/1 is held for an unjustified loss, Minh's 1/2 passes.
static struct transcript *held(void)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, true);
	lost_a_card(s, minh, true);
	open_list(s, 5, 1);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_unjustified);
	ask(s, 5, item_of(1, 2), minh, loss_assessment_justified);
	tell(s, intake, list_ended, .submission = 5, .list = 1, .count = 2);
	transcript_skip(s);
	return s;
}

static void rule_by(struct transcript *s, uint64_t submission, uint64_t person, enum role role, uint64_t organisation)
{
	by(s, .submission = submission, .actor = person, .person = person, .role = (uint8_t)role, .organisation = organisation);
}

static void rule_on(struct transcript *s, uint64_t submission, uint64_t list, uint64_t request, bool release)
{
	tell(s, intake, adjudication_opened, .submission = submission, .list = list, .of = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("8-KL/UBKT"));
	tell(s, intake, ruling_given, .submission = submission, .list = list, .row = 1, .request = request, .release = release,
	     .reason = release ? reason_none : reason_not_in_standing);
	tell(s, intake, adjudication_ended, .submission = submission, .list = list, .count = 1);
}

// --- adjudication ---

test(what_the_commission_releases_goes_on_as_a_list_of_its_own_under_its_first_number)
{
	struct transcript *s = held();
	rule_by(s, 6, commissioner, role_inspection_commission, 4401);
	rule_on(s, 6, 2, item_of(1, 1), true);
	expect(s, "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> approval: verified_list_opened submission 6, list 2, kind reissue, reason lost, "
		  "cell 31, period 2026-03-01, submitter 7 [list 2, rule 2]\n"
		  "  -> record: hold_settled request 1/1, member 101, state verified, reason none, "
		  "held held_loss, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state verified, "
		  "field whole, reason none [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> approval: verified_list_ended submission 6, list 2, verified 1, refused 0, "
		  "settled 0 [list 2, rule 2]\n");
	transcript_free(s);
}

test(what_the_commission_refuses_ends_and_the_member_may_ask_again)
{
	struct transcript *s = held();
	rule_by(s, 6, commissioner, role_inspection_commission, 4401);
	rule_on(s, 6, 2, item_of(1, 1), false);
	open_list(s, 7, 3);
	ask(s, 7, item_of(3, 1), lan, loss_assessment_justified);
	expect(s, "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release no, "
		  "reason not_in_standing\n"
		  "  -> record: hold_settled request 1/1, member 101, state rejected, "
		  "reason not_in_standing, held held_loss, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101, "
		  "rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state rejected, "
		  "field whole, reason not_in_standing [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0 [list 2, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> approval: request_verified request 3/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_ruling_is_for_the_one_whose_business_it_is_and_never_for_the_submitter)
{
	struct transcript *s = held();
	rule_by(s, 6, boarder, role_superior_board, 4401); // a loss is the commission's
	rule_on(s, 6, 2, item_of(1, 1), true);
	rule_by(s, 7, officer, role_inspection_commission, 4401); // who submitted it
	rule_on(s, 7, 3, item_of(1, 1), true);
	rule_by(s, 8, commissioner, role_inspection_commission, 4402); // another commune
	rule_on(s, 8, 4, item_of(1, 1), true);
	rule_by(s, 9, commissioner, role_inspection_commission, 4401); // it is not held
	rule_on(s, 9, 5, item_of(1, 2), true);
	expect(s, "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 6, row 1, field actor, reason role_not_allowed, "
		  "request 1/1 [member 101]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 0, refused 1, "
		  "more 0 [list 2, rule 2]\n"
		  "intake: adjudication_opened submission 7, list 3, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 7, list 3, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 7, row 1, field actor, reason same_person, "
		  "request 1/1 [member 101]\n"
		  "intake: adjudication_ended submission 7, list 3, count 1\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 0, refused 1, "
		  "more 0 [list 3, rule 2]\n"
		  "intake: adjudication_opened submission 8, list 4, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 8, list 4, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "intake: adjudication_ended submission 8, list 4, count 1\n"
		  "  -> intake: act_closed submission 8, reason outside_subtree, field organisation, "
		  "accepted 0, refused 1, more 0 [list 4, rule 2]\n"
		  "intake: adjudication_opened submission 9, list 5, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 9, list 5, row 1, request 1/2, release yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 9, row 1, field request, reason wrong_state, "
		  "request 1/2 [member 102]\n"
		  "intake: adjudication_ended submission 9, list 5, count 1\n"
		  "  -> intake: act_closed submission 9, reason none, field whole, accepted 0, refused 1, "
		  "more 0 [list 5, rule 2]\n");
	transcript_free(s);
}

// Discipline is the commission's business, another card number the board's.
test(what_two_rules_hold_is_released_by_both)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, true);
	transcript_mute(s);
	tell(s, registry, member_registered, .member = lan, .version = 2, .record = 1, .type = member_type_official,
	     .status = member_status_active, .home_cell = 31, .present_cell = 31, .has_photo = true, .photo = 2101,
	     .has_discipline_until = true, .discipline_until = date("2026-12-31"));
	transcript_unmute(s);
	open_list(s, 5, 1);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(1, 1), .member = lan, .has_evidence = true,
	     .evidence = 55, .has_loss = true, .loss = loss_assessment_justified, .has_card_number = true, .card_number = 44999999);
	rule_by(s, 6, commissioner, role_inspection_commission, 4401);
	rule_on(s, 6, 2, item_of(1, 1), true);
	rule_by(s, 7, boarder, role_superior_board, 4401);
	rule_on(s, 7, 3, item_of(1, 1), true);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "card_number 44999999, loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field discipline, "
		  "reason held_discipline, rule discipline [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field discipline, reason held_discipline, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> record: hold_settled request 1/1, member 101, state on_hold, reason held_mismatch, "
		  "held held_discipline, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state on_hold, "
		  "field card_number, reason held_mismatch, due 2026-03-30 [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0 [list 2, rule 2]\n"
		  "intake: adjudication_opened submission 7, list 3, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 7, list 3, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> approval: verified_list_opened submission 7, list 3, kind reissue, reason lost, "
		  "cell 31, period 2026-03-01, submitter 7 [list 3, rule 2]\n"
		  "  -> record: hold_settled request 1/1, member 101, state verified, reason none, "
		  "held held_mismatch, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 2, list 3 [member 101, rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state verified, "
		  "field whole, reason none [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 7, list 3, count 1\n"
		  "  -> approval: verified_list_ended submission 7, list 3, verified 1, refused 0, "
		  "settled 0 [list 3, rule 2]\n");
	transcript_free(s);
}

// --- corrections ---

test(a_request_may_be_corrected_three_times_and_then_is_rejected)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	for (uint64_t list = 1; list <= 5; list++) {
		open_list(s, 4 + list, list);
		ask(s, 4 + list, item_of(list, 1), lan, loss_assessment_justified);
	}
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 6, request 2/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 3, row 1, "
		  "round 2 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 7, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 8, request 4/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 4, row 1, "
		  "round 3 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 8, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 9, request 5/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, field request, "
		  "reason correction_limit, rule  [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 9, row 1, field request, reason correction_limit, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101, "
		  "rule 2]\n");
	transcript_free(s);
}

test(a_correction_may_name_its_request_and_must_fit_it)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	lost_a_card(s, minh, true);
	open_list(s, 5, 1);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_justified);
	transcript_skip(s);
	open_list(s, 6, 2);
	by_cell(s, 6);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 1), .member = minh, .has_corrects = true,
	     .corrects = item_of(1, 1)); // somebody else's
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 2), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_photo = true, .photo = 77);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 3), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1)); // it is on its way again
	tell(s, intake, list_ended, .submission = 6, .list = 2, .count = 3);
	expect(s, "intake: request_offered submission 6, request 2/1, member 102, corrects 65537, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 102, state rejected, field request, "
		  "reason unknown, rule  [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field request, reason unknown, "
		  "request 2/1 [member 102, rule 2]\n"
		  "intake: request_offered submission 6, request 2/2, member 101, photo 77, "
		  "corrects 65537, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 2, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "intake: request_offered submission 6, request 2/3, member 101, corrects 65537, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/3, member 101, state rejected, field request, "
		  "reason wrong_state, rule  [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 3, field request, reason wrong_state, "
		  "request 2/3 [member 101, rule 2]\n"
		  "intake: list_ended submission 6, list 2, count 3, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 6, list 2, verified 1, refused 2, "
		  "settled 0 [list 2, rule 2]\n");
	transcript_free(s);
}

// The member is in another cell from now on; what that tells is not of interest here.
static void moved(struct transcript *s, uint64_t member, uint64_t cell)
{
	transcript_mute(s);
	by(s, .submission = 1, .actor = 1, .role = role_administrator);
	tell(s, registry, member_registered, .member = member, .version = member + 1, .record = member,
	     .type = member_type_official, .status = member_status_active, .home_cell = cell, .present_cell = cell);
	transcript_unmute(s);
}

static void list_of_another_cell(struct transcript *s, uint64_t submission, uint64_t list)
{
	transcript_mute(s);
	by(s, .submission = submission, .actor = 3, .person = 8, .role = role_cell_officer, .organisation = 32);
	tell(s, intake, list_opened, .submission = submission, .list = list, .kind = request_kind_reissue,
	     .reason = request_reason_lost, .cell = 32, .period = date("2026-03-01"), .count = 1);
	transcript_unmute(s);
}

test(another_cells_mistaken_row_leaves_a_returned_request_alone)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	open_list(s, 5, 1);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_justified);
	transcript_skip(s);
	list_of_another_cell(s, 6, 2);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 1), .member = lan, .has_photo = true, .photo = 77);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 2), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_photo = true, .photo = 77);
	open_list(s, 7, 3); // and its own cell still corrects it
	by_cell(s, 7);
	tell(s, intake, request_offered, .submission = 7, .request = item_of(3, 1), .member = lan, .has_photo = true, .photo = 77);
	expect(s, "intake: request_offered submission 6, request 2/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule own-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field present_cell, reason other_cell, "
		  "request 2/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 6, request 2/2, member 101, photo 77, "
		  "corrects 65537, card_enclosed no\n"
		  "  -> record: request_settled request 2/2, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule  [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 2, field present_cell, reason other_cell, "
		  "request 2/2 [member 101, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 3, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 101, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(when_a_member_has_moved_the_new_cell_corrects_and_the_old_one_does_not)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	open_list(s, 5, 1);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_justified);
	moved(s, lan, 32);
	transcript_skip(s);
	open_list(s, 6, 2);
	ask(s, 6, item_of(2, 1), lan, loss_assessment_justified);
	list_of_another_cell(s, 7, 3);
	tell(s, intake, request_offered, .submission = 7, .request = item_of(3, 1), .member = lan, .has_photo = true, .photo = 77);
	expect(s, "intake: request_offered submission 6, request 2/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule own-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field present_cell, reason other_cell, "
		  "request 2/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 3, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 102, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(rows_of_a_cell_that_is_merged_meanwhile_are_its_successors)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, true);
	open_list(s, 5, 1);
	transcript_mute(s);
	tell(s, registry, organisation_registered, .code = 31, .name = bytes_of_text("Chi bộ"), .level = org_level_cell,
	     .parent = 32);
	transcript_unmute(s);
	moved(s, lan, 32);
	transcript_skip(s);
	by_cell(s, 5);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(1, 1), .member = lan, .has_evidence = true,
	     .evidence = 55, .has_loss = true, .loss = loss_assessment_justified, .has_photo = true, .photo = 77);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, photo 77, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 102, list 1 [member 101, rule 2]\n");
	transcript_free(s);
}

// --- withdrawal and recall ---

static void withdraw(struct transcript *s, uint64_t submission, uint64_t request)
{
	by_cell(s, submission);
	tell(s, intake, withdrawal_given, .submission = submission, .row = 1, .request = request);
	tell(s, intake, withdrawals_ended, .submission = submission, .rows = 1);
}

test(a_held_request_is_withdrawn_at_once_one_on_its_way_when_approval_has_taken_it_out)
{
	struct transcript *s = held();
	withdraw(s, 6, item_of(1, 1));
	withdraw(s, 7, item_of(1, 2));
	tell(s, approval, request_left_out, .request = item_of(1, 2), .member = minh, .act = act_withdraw,
	     .reason = reason_withdrawn);
	open_list(s, 8, 2);
	ask(s, 8, item_of(2, 1), minh, loss_assessment_justified); // a new one may come
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/1\n"
		  "  -> record: request_finished request 1/1, member 101, state withdrawn [member 101]\n"
		  "intake: withdrawals_ended submission 6, rows 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n"
		  "intake: withdrawal_given submission 7, row 1, request 1/2\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason withdrawn [member 102]\n"
		  "intake: withdrawals_ended submission 7, rows 1\n"
		  "approval: request_left_out request 1/2, member 102, act withdraw, reason withdrawn\n"
		  "  -> record: request_finished request 1/2, member 102, state withdrawn [member 102]\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n"
		  "intake: request_offered submission 8, request 2/1, member 102, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> approval: request_verified request 2/1, member 102, photo 2102, old_card 102/1, "
		  "registry_version 102, list 2 [member 102, rule 2]\n");
	transcript_free(s);
}

test(what_is_ordered_already_is_not_withdrawn_any_more)
{
	struct transcript *s = held();
	withdraw(s, 6, item_of(1, 2));
	tell(s, printing, recall_answered, .request = item_of(1, 2), .member = minh, .reason = reason_too_late);
	withdraw(s, 7, item_of(1, 2));
	tell(s, approval, request_left_out, .request = item_of(1, 2), .member = minh, .act = act_decide,
	     .reason = reason_left_out); // an act was faster
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/2\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason withdrawn [member 102]\n"
		  "intake: withdrawals_ended submission 6, rows 1\n"
		  "printing: recall_answered request 1/2, member 102, stopped no, reason too_late\n"
		  "  -> record: request_event_refused request 1/2, member 102, state verified, "
		  "event withdrawn, reason too_late [member 102]\n"
		  "  -> intake: row_refused submission 6, row 1, field request, reason too_late, "
		  "request 1/2 [member 102]\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n"
		  "intake: withdrawal_given submission 7, row 1, request 1/2\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason withdrawn [member 102]\n"
		  "intake: withdrawals_ended submission 7, rows 1\n"
		  "approval: request_left_out request 1/2, member 102, act decide, reason left_out\n"
		  "  -> record: request_finished request 1/2, member 102, state rejected [member 102]\n"
		  "  -> intake: request_news organisation 31, request 1/2, member 102, state rejected, "
		  "field whole, reason left_out [member 102]\n"
		  "  -> intake: row_refused submission 7, row 1, field request, reason wrong_state, "
		  "request 1/2 [member 102]\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(what_the_facility_cannot_print_ends_when_its_cell_had_withdrawn_it_meanwhile)
{
	struct transcript *s = held();
	withdraw(s, 6, item_of(1, 2));
	transcript_skip(s);
	tell(s, printing, record_refused, .request = item_of(1, 2), .member = minh, .reason = reason_facility_photo);
	const char *said = transcript_said(s);
	check(strstr(said, "request_finished request 1/2, member 102, state withdrawn"));
	check(strstr(said, "act_closed submission 6, reason none, field whole, accepted 1, refused 0"));
	check(!strstr(said, "request_news")); // nothing is there to be corrected
	open_list(s, 8, 2);
	transcript_skip(s);
	ask(s, 8, item_of(2, 1), minh, loss_assessment_justified);
	check(strstr(transcript_said(s), "request_verified request 2/1, member 102"));
	transcript_free(s);
}

test(an_answer_to_a_withdrawal_that_nobody_gave_changes_nothing)
{
	struct transcript *s = held();
	tell(s, printing, recall_answered, .request = item_of(1, 2), .member = minh, .stopped = true);
	tell(s, printing, recall_answered, .request = item_of(9, 9), .member = minh, .stopped = true);
	expect(s, "printing: recall_answered request 1/2, member 102, stopped yes, reason none\n"
		  "  -> record: request_event_refused request 1/2, member 102, state verified, "
		  "event recalled, reason wrong_state [member 102]\n"
		  "printing: recall_answered request 9/9, member 102, stopped yes, reason none\n"
		  "  -> record: request_event_refused request 9/9, member 102, event recalled, reason unknown [member 102]\n");
	transcript_free(s);
}

test(a_correction_that_brings_nothing_new_keeps_photo_and_evidence_and_one_of_another_kind_is_refused)
{
	struct transcript *s = begin();
	lost_a_card(s, minh, true);
	open_list(s, 5, 1);
	by_cell(s, 5);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(1, 1), .member = minh, .has_photo = true, .photo = 88,
	     .has_evidence = true, .evidence = 55, .has_loss = true, .loss = loss_assessment_justified);
	tell(s, printing, record_refused, .request = item_of(1, 1), .member = minh, .reason = reason_facility_data);
	by_cell(s, 6);
	tell(s, intake, list_opened, .submission = 6, .list = 2, .kind = request_kind_exchange, .reason = request_reason_damaged,
	     .cell = 31, .period = date("2026-03-01"), .count = 1);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 1), .member = minh, .has_corrects = true,
	     .corrects = item_of(1, 1));
	check(strstr(transcript_said(s), "field request, reason other_kind"));
	open_list(s, 7, 3);
	by_cell(s, 7);
	tell(s, intake, request_offered, .submission = 7, .request = item_of(3, 1), .member = minh, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_loss = true, .loss = loss_assessment_justified);
	check(strstr(transcript_said(s), "request_verified request 1/1, member 102, photo 88,"));
	transcript_free(s);
}

test(a_cell_withdraws_its_own_requests_only_and_only_once)
{
	struct transcript *s = held();
	by(s, .submission = 6, .actor = 3, .person = 8, .role = role_cell_officer, .organisation = 32);
	tell(s, intake, withdrawal_given, .submission = 6, .row = 1, .request = item_of(1, 1));
	tell(s, intake, withdrawal_given, .submission = 6, .row = 2, .request = item_of(9, 1));
	tell(s, intake, withdrawals_ended, .submission = 6, .rows = 2);
	withdraw(s, 7, item_of(1, 1));
	withdraw(s, 8, item_of(1, 1));
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/1\n"
		  "  -> intake: row_refused submission 6, row 1, field organisation, "
		  "reason outside_subtree, request 1/1 [member 101]\n"
		  "intake: withdrawal_given submission 6, row 2, request 9/1\n"
		  "  -> intake: row_refused submission 6, row 2, field request, reason unknown, "
		  "request 9/1\n"
		  "intake: withdrawals_ended submission 6, rows 2\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 0, refused 2, "
		  "more 0\n"
		  "intake: withdrawal_given submission 7, row 1, request 1/1\n"
		  "  -> record: request_finished request 1/1, member 101, state withdrawn [member 101]\n"
		  "intake: withdrawals_ended submission 7, rows 1\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n"
		  "intake: withdrawal_given submission 8, row 1, request 1/1\n"
		  "  -> intake: row_refused submission 8, row 1, field request, reason wrong_state, "
		  "request 1/1 [member 101]\n"
		  "intake: withdrawals_ended submission 8, rows 1\n"
		  "  -> intake: act_closed submission 8, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(who_took_the_member_over_may_withdraw_for_them)
{
	struct transcript *s = held();
	moved(s, lan, 32);
	by(s, .submission = 6, .actor = 3, .person = 8, .role = role_cell_officer, .organisation = 32);
	tell(s, intake, withdrawal_given, .submission = 6, .row = 1, .request = item_of(1, 1));
	tell(s, intake, withdrawals_ended, .submission = 6, .rows = 1);
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/1\n"
		  "  -> record: request_finished request 1/1, member 101, state withdrawn [member 101]\n"
		  "intake: withdrawals_ended submission 6, rows 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(when_a_member_dies_the_request_stops_wherever_it_is)
{
	struct transcript *s = held();
	by(s, .submission = 6, .actor = 1, .role = role_administrator);
	member_is(s, lan, member_status_deceased, true);
	member_is(s, minh, member_status_expelled, true);
	tell(s, printing, recall_answered, .request = item_of(1, 2), .member = minh, .stopped = true);
	expect(s, "registry: member_registered member 101, version 101, record 101, type official, "
		  "status deceased, home_cell 31, present_cell 31, photo 2101\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101, "
		  "rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state rejected, "
		  "field status, reason not_in_standing [member 101, rule 2]\n"
		  "registry: member_registered member 102, version 102, record 102, type official, "
		  "status expelled, home_cell 31, present_cell 31, photo 2102\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason not_in_standing [member 102, rule 2]\n"
		  "printing: recall_answered request 1/2, member 102, stopped yes, reason none\n"
		  "  -> record: request_finished request 1/2, member 102, state rejected [member 102]\n"
		  "  -> intake: request_news organisation 31, request 1/2, member 102, state rejected, "
		  "field status, reason not_in_standing [member 102]\n");
	transcript_free(s);
}

test(a_card_that_was_cancelled_ends_its_request)
{
	struct transcript *s = held();
	tell(s, revocation, request_undelivered, .request = item_of(1, 2), .member = minh, .reason = reason_not_in_standing);
	tell(s, revocation, request_undelivered, .request = item_of(1, 2), .member = minh, .reason = reason_not_in_standing);
	expect(s, "revocation: request_undelivered request 1/2, member 102, reason not_in_standing\n"
		  "  -> record: request_finished request 1/2, member 102, state rejected [member 102]\n"
		  "  -> intake: request_news organisation 31, request 1/2, member 102, state rejected, "
		  "field whole, reason not_in_standing [member 102]\n"
		  "revocation: request_undelivered request 1/2, member 102, reason not_in_standing\n"
		  "  -> record: request_event_refused request 1/2, member 102, state rejected, "
		  "event undelivered, reason wrong_state [member 102]\n");
	transcript_free(s);
}

// The committee handed the card over while the holder's death was on its way: that it was handed over is a fact.
test(a_hand_over_that_crossed_the_holders_end_closes_the_request)
{
	struct transcript *s = held();
	tell(s, revocation, request_undelivered, .request = item_of(1, 2), .member = minh, .reason = reason_holder_died);
	transcript_skip(s);
	tell(s, delivery, request_delivered, .request = item_of(1, 2), .member = minh);
	expect(s, "delivery: request_delivered request 1/2, member 102\n"
		  "  -> record: request_finished request 1/2, member 102, state closed [member 102]\n");
	transcript_free(s);
}

// --- deadlines (A7) ---

// Timers are looked at when a turn begins.
static void morning(struct transcript *s, const char *day)
{
	transcript_day(s, day);
	by(s, .submission = 2, .actor = 1, .role = role_administrator);
	tell(s, registry, organisation_registered, .code = 4402, .name = bytes_of_text(day), .level = org_level_superior,
	     .parent = 44);
}

test(who_is_late_gets_a_letter_the_day_after_the_due_date)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, true);
	lost_a_card(s, minh, false);
	open_list(s, 5, 1);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_unjustified);
	ask(s, 5, item_of(1, 2), minh, loss_assessment_justified);
	transcript_skip(s);
	morning(s, "2026-03-16"); // ten working days: the correction's due date
	morning(s, "2026-03-17");
	morning(s, "2026-03-31"); // twenty: the ruling's was yesterday
	expect(s, "registry: organisation_registered code 4402, name 2026-03-16, level superior, "
		  "parent 44, valid_from 1970-01-01, remote no\n"
		  "registry: organisation_registered code 4402, name 2026-03-17, level superior, "
		  "parent 44, valid_from 1970-01-01, remote no\n"
		  "  -> intake: request_overdue organisation 31, request 1/2, member 102, state returned, "
		  "due 2026-03-16 [member 102, rule 2, submission 5 by person 0]\n"
		  "registry: organisation_registered code 4402, name 2026-03-31, level superior, "
		  "parent 44, valid_from 1970-01-01, remote no\n"
		  "  -> intake: request_overdue organisation 4401, request 1/1, member 101, state on_hold, "
		  "due 2026-03-30 [member 101, rule 2, submission 5 by person 0]\n");
	transcript_free(s);
}

int main(void)
{
	run(what_the_commission_releases_goes_on_as_a_list_of_its_own_under_its_first_number);
	run(what_the_commission_refuses_ends_and_the_member_may_ask_again);
	run(a_ruling_is_for_the_one_whose_business_it_is_and_never_for_the_submitter);
	run(what_two_rules_hold_is_released_by_both);
	run(a_request_may_be_corrected_three_times_and_then_is_rejected);
	run(a_correction_may_name_its_request_and_must_fit_it);
	run(another_cells_mistaken_row_leaves_a_returned_request_alone);
	run(rows_of_a_cell_that_is_merged_meanwhile_are_its_successors);
	run(when_a_member_has_moved_the_new_cell_corrects_and_the_old_one_does_not);
	run(a_held_request_is_withdrawn_at_once_one_on_its_way_when_approval_has_taken_it_out);
	run(what_is_ordered_already_is_not_withdrawn_any_more);
	run(what_the_facility_cannot_print_ends_when_its_cell_had_withdrawn_it_meanwhile);
	run(an_answer_to_a_withdrawal_that_nobody_gave_changes_nothing);
	run(a_correction_that_brings_nothing_new_keeps_photo_and_evidence_and_one_of_another_kind_is_refused);
	run(a_cell_withdraws_its_own_requests_only_and_only_once);
	run(who_took_the_member_over_may_withdraw_for_them);
	run(when_a_member_dies_the_request_stops_wherever_it_is);
	run(a_card_that_was_cancelled_ends_its_request);
	run(a_hand_over_that_crossed_the_holders_end_closes_the_request);
	run(who_is_late_gets_a_letter_the_day_after_the_due_date);
	return test_summary();
}
