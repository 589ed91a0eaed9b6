// The scene of verification's transcripts: the centre 1; province 44; commune 4401 with base 440101 and its cells 31 and 32;
// another commune 4402 with base 440201 and its cell 41.  Lan, Minh and Hoa are of cell 31, whose officer 7 submits.
#ifndef TDV_TESTS_SCENE_VERIFICATION_H
#define TDV_TESTS_SCENE_VERIFICATION_H

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/verification_tables.h"
#include "scene.h"
#include "verification/verification.h"

enum { lan = 101, minh = 102, hoa = 103 }; // members

// Organisations: centre 1 > province 44 > commune 4401 > base 440101 > cells 31 and 32; another commune 4402
// > 440201 > cell 41.
static inline struct transcript *begin(void)
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
		organisation(s, tree[i].code, tree[i].level, tree[i].parent);
	by(s, .submission = 5, .actor = 2, .person = 7, .role = role_cell_officer, .organisation = 31);
	transcript_skip(s);
	return s;
}

// An official, active member of cell 31 with a photo; a test changes what it is about.
static inline struct member_registered official(uint64_t member)
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
static inline void know(struct transcript *s, struct member_registered m)
{
	struct buffer body = { 0 };
	transcript_mute(s);
	member_registered_encode(&m, &body);
	transcript_tell(s, service_id_registry, message_type_member_registered, buffer_bytes(&body));
	buffer_deinit(&body);
	transcript_unmute(s);
}

// … disciplined until that day.
static inline struct member_registered disciplined(uint64_t member, const char *until)
{
	struct member_registered m = official(member);
	m.has_discipline_until = true;
	m.discipline_until = date(until);
	return m;
}

static inline struct transcript *begin_with(struct member_registered m)
{
	struct transcript *s = begin();
	know(s, m);
	return s;
}

static inline void holds_paper_card(struct transcript *s, uint64_t member)
{
	transcript_mute(s);
	tell(s, registry, card_opened, .member = member, .card = card_of(member, 1),
	     .number = (uint32_t)(44000000 + member), .generation = card_generation_paper_2003,
	     .issued = 15100, .boxes = 15, .cell = 31, .status = member_status_active);
	transcript_unmute(s);
}

static inline void validity(struct transcript *s, uint64_t member, unsigned copy, enum card_validity from,
		     enum card_validity to, enum card_validity_event event)
{
	transcript_mute(s);
	tell(s, revocation, validity_changed, .card = card_of(member, copy), .from = from, .to = to,
	     .event = event, .number = (uint32_t)(44000000 + member));
	transcript_unmute(s);
}

static inline void know_with_card(struct transcript *s, struct member_registered m)
{
	know(s, m);
	holds_paper_card(s, m.member);
}

static inline struct transcript *begin_with_card(struct member_registered m)
{
	struct transcript *s = begin();
	know_with_card(s, m);
	return s;
}

static inline void reported_lost(struct transcript *s, uint64_t member)
{
	validity(s, member, 1, card_validity_active, card_validity_lost, card_validity_event_loss_reported);
}

static inline void reported_damaged(struct transcript *s, uint64_t member)
{
	validity(s, member, 1, card_validity_active, card_validity_damaged, card_validity_event_damage_reported);
}

static inline void open_list_of(struct transcript *s, uint64_t list, enum request_kind kind,
			 enum request_reason reason, uint64_t cell)
{
	tell(s, intake, list_opened, .submission = 5, .list = list, .kind = kind, .reason = reason,
	     .cell = cell, .period = date("2026-03-01"), .count = 1);
}

// A list is opened, which goes without saying.
static inline void open_quietly(struct transcript *s, uint64_t list, enum request_kind kind, enum request_reason reason)
{
	transcript_mute(s);
	open_list_of(s, list, kind, reason, 31);
	transcript_unmute(s);
}

static inline void open_exchange(struct transcript *s, uint64_t list)
{
	open_quietly(s, list, request_kind_exchange, request_reason_campaign);
}

static inline void open_new(struct transcript *s, uint64_t list)
{
	open_quietly(s, list, request_kind_new, request_reason_first);
}

static inline void end_list(struct transcript *s, uint64_t list, uint32_t count)
{
	tell(s, intake, list_ended, .submission = 5, .list = list, .count = count);
}

static inline void offer(struct transcript *s, uint64_t request, uint64_t member)
{
	tell(s, intake, request_offered, .submission = 5, .request = request, .member = member);
}

// The first row of a list of its own.
static inline void offer_exchange(struct transcript *s, uint64_t list, uint64_t member)
{
	open_exchange(s, list);
	offer(s, item_of(list, 1), member);
}

static inline void offer_new(struct transcript *s, uint64_t list, uint64_t member)
{
	open_new(s, list);
	offer(s, item_of(list, 1), member);
}

#endif
