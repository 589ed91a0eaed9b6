// The scene of approval's transcripts: province 44; commune 441 below it; committee 4411 with cells 44111 and 44112, and
// 4412, a cell that is a grassroots organisation itself; another commune 442 with committee 4421 and cell 44211.
#ifndef TDV_TESTS_SCENE_APPROVAL_H
#define TDV_TESTS_SCENE_APPROVAL_H

#include "approval/approval.h"
#include "base/subject.h"
#include "gen/approval_tables.h"
#include "scene.h"

#define exchange .kind = request_kind_exchange, .reason = request_reason_campaign
#define day_number 20514 // 2026-03-02

enum { officer = 7, appraiser = 21, boarder = 31, secretary = 41, province = 51 }; // persons

static inline void all_organisations(struct transcript *s)
{
	province_44(s);
	organisation(s, 4412, org_level_grassroots, 441);
	organisation(s, 442, org_level_superior, 44);
	organisation(s, 4421, org_level_grassroots, 442);
	organisation(s, 44211, org_level_cell, 4421);
	transcript_skip(s);
}

static inline struct transcript *begin_with(const struct engine_limits *limits)
{
	struct transcript *s = transcript_new_with(&approval_service, limits);
	all_organisations(s);
	return s;
}

static inline struct transcript *begin(void)
{
	return begin_with(&(struct engine_limits){ 0 });
}

// Submission n brings list n; its members are n*100 + 1, 2, …
static inline void list(struct transcript *s, uint64_t number, uint64_t cell, uint64_t person, uint32_t count)
{
	by(s, .submission = number, .actor = person, .person = person, .role = role_cell_officer, .organisation = cell);
	tell(s, verification, verified_list_opened, .submission = number, .list = number, exchange, .cell = cell,
	     .period = day_number, .submitter = person);
	for (uint32_t row = 1; row <= count; row++)
		tell(s, verification, request_verified, .request = item_of(number, row), .member = number * 100 + row,
		     .photo = 900 + row, .has_old_card = true, .old_card = card_of(number * 100 + row, 1), .registry_version = 1,
		     .list = number);
	tell(s, verification, verified_list_ended, .submission = number, .list = number, .verified = count, .refused = 1);
}

static inline void appraise(struct transcript *s, uint64_t submission, uint64_t number, uint64_t organisation)
{
	act_by(s, submission, appraiser, role_grassroots_appraiser, organisation);
	tell(s, intake, list_act_given, .submission = submission, .act = act_appraise, .number = number);
}

static inline void consolidate(struct transcript *s, uint64_t submission, uint64_t organisation)
{
	act_by(s, submission, boarder, role_superior_board, organisation);
	tell(s, intake, consolidation_given, .submission = submission, exchange);
}

// List 1 of so many requests has passed its committee, in submission 2; and is consolidated, in submission 3.  Nothing of that is
// skipped.
static inline struct transcript *begin_appraised(uint32_t count)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, count);
	appraise(s, 2, 1, 4411);
	return s;
}

static inline struct transcript *begin_consolidated(uint32_t count)
{
	struct transcript *s = begin_appraised(count);
	consolidate(s, 3, 441);
	return s;
}

// What a committee decides with a number and a date; those that it leaves out follow.
#define decision(text, day) .has_decision_number = true, .decision_number = bytes_of_text(text), .has_decision_date = true, \
	.decision_date = (day)
#define left_out_of(...) .left_out_count = sizeof((const struct leave_out[]){ __VA_ARGS__ }) / sizeof(struct leave_out), \
	.left_out = { __VA_ARGS__ }

static inline void decide_by(struct transcript *s, uint64_t submission, uint64_t group, uint64_t person)
{
	act_by(s, submission, person, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = submission, .act = act_decide, .number = group,
	     decision("15-QĐ/ĐU", day_number));
}

static inline void approve_by(struct transcript *s, uint64_t submission, uint64_t group, uint64_t person)
{
	act_by(s, submission, person, role_provincial_board, 44);
	tell(s, intake, list_act_given, .submission = submission, .act = act_approve, .number = group);
}

// The cell withdraws one of its requests.

static inline void recall(struct transcript *s, uint64_t submission, uint64_t request, uint64_t member)
{
	by(s, .submission = submission, .actor = officer, .person = officer, .role = role_cell_officer, .organisation = 44111);
	tell(s, verification, request_recalled, .request = request, .list = item_whole(request), .member = member,
	     .reason = reason_withdrawn);
}

#endif
