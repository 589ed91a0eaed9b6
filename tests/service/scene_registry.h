// The scene of registry's transcripts: the centre 1; province 44; commune 4401 with base 440101 and its cells 44010101 and
// 44010102.  The administrator imports organisations as submission 1 and members as submission 2.
#ifndef TDV_TESTS_SCENE_REGISTRY_H
#define TDV_TESTS_SCENE_REGISTRY_H

#include "base/subject.h"
#include "registry/registry.h"
#include "scene.h"

enum { lan = 101, minh = 102, hoa = 103 }; // members

static inline void by_administrator(struct transcript *s, uint64_t submission)
{
	by(s, .submission = submission, .actor = 1, .person = 7, .role = role_administrator);
}

static inline struct transcript *begin_with(struct engine_limits limits)
{
	struct transcript *s = transcript_new_with(&registry_service, &limits);
	by_administrator(s, 1);
	return s;
}

static inline struct transcript *begin(void)
{
	return begin_with((struct engine_limits){ 0 });
}

// --- organisations ---

struct place {
	uint64_t code;
	enum org_level level;
	uint64_t parent;
	uint16_t party_code; // 0: none
};

static inline struct organisation_offered row_of(uint32_t row, struct place p, const char *name)
{
	return (struct organisation_offered){ .submission = 1,
					      .row = row,
					      .code = p.code,
					      .name = bytes_of_text(name),
					      .level = p.level,
					      .parent = p.parent,
					      .valid_from = date("2025-07-01"),
					      .has_party_code = p.party_code != 0,
					      .party_code = p.party_code,
					      .connectivity = connectivity_online };
}

static inline void offer_named(struct transcript *s, uint32_t row, struct place p, const char *name)
{
	struct organisation_offered m = row_of(row, p, name);
	struct buffer body = { 0 };
	organisation_offered_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_organisation_offered, buffer_bytes(&body),
			   "row %u, %s %llu \"%s\" below %llu, party code %u", row, org_level_name(p.level),
			   (unsigned long long)p.code, name, (unsigned long long)p.parent, p.party_code);
	buffer_deinit(&body);
}

static inline void offer(struct transcript *s, uint32_t row, struct place p)
{
	offer_named(s, row, p, "Đảng bộ");
}

static inline void end_organisations(struct transcript *s, uint32_t rows)
{
	tell(s, intake, import_ended, .submission = 1, .act = act_import_organisations, .rows = rows);
}

static const struct place centre = { 1, org_level_central, 0, 0 },
			  province = { 44, org_level_attached, 1, 44 },
			  commune = { 4401, org_level_superior, 44, 0 },
			  base = { 440101, org_level_grassroots, 4401, 0 },
			  cell = { 44010101, org_level_cell, 440101, 0 },
			  other_cell = { 44010102, org_level_cell, 440101, 0 };

// The tree that members of the tests below belong to.
static inline struct transcript *begin_with_tree(void)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	offer(s, 3, commune);
	offer(s, 4, base);
	offer(s, 5, cell);
	offer(s, 6, other_cell);
	end_organisations(s, 6);
	by_administrator(s, 2);
	transcript_skip(s);
	return s;
}

// --- members ---

// An official member of the cell, in order; a test changes what it is about.
static inline struct coded_member official(uint32_t row, uint64_t member)
{
	return (struct coded_member){ .row = row,
				      .member = member,
				      .record = member + 1000,
				      .admission_date = date("2010-05-19"),
				      .has_official_date = true,
				      .official_date = date("2011-05-19"),
				      .type = member_type_official,
				      .status = member_status_active,
				      .home_cell = 44010101,
				      .present_cell = 44010101,
				      .has_photo = true,
				      .photo = member + 2000 };
}

static inline struct coded_member with_card(struct coded_member m, uint32_t number)
{
	m.has_card_number = m.has_card_generation = m.has_card_issued = m.has_stamped_boxes = true;
	m.card_number = number;
	m.card_generation = card_generation_paper_2003;
	m.card_issued = date("2011-09-02");
	m.stamped_boxes = 15;
	return m;
}

static inline void offer_member(struct transcript *s, struct coded_member m)
{
	struct buffer body = { 0 };
	member_offered_encode(&(struct member_offered){ .submission = 2, .member = m }, &body);
	transcript_tell_as(s, service_id_intake, message_type_member_offered, buffer_bytes(&body),
			   "row %u, member %llu", m.row, (unsigned long long)m.member);
	buffer_deinit(&body);
}

static inline void end_members(struct transcript *s, uint32_t rows)
{
	tell(s, intake, import_ended, .submission = 2, .act = act_import_members, .rows = rows);
}

// What the vault finds: whose citizen id a row brings.
static inline void nobody_else(struct transcript *s, uint32_t row, uint64_t member)
{
	answer(s, identity_found, .submission = 2, .row = row, .member = member, .known = true,
	       .persons_count = 1, .persons = { member });
}

static inline void shared_by(struct transcript *s, uint32_t row, uint64_t member, uint64_t one, uint64_t other)
{
	answer(s, identity_found, .submission = 2, .row = row, .member = member, .known = true, .persons_count = 2,
	       .persons = { one, other });
}

static inline void register_one(struct transcript *s, struct coded_member m)
{
	offer_member(s, m);
	nobody_else(s, m.row, m.member);
}

#endif
