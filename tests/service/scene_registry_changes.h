// The scene of what changes in the registry: two communes of a province, 4401 and 4402, and a third without cells; two cells of
// the first, one of the second.  The changes come as submission 2.
#ifndef TDV_TESTS_SCENE_REGISTRY_CHANGES_H
#define TDV_TESTS_SCENE_REGISTRY_CHANGES_H

#include "scene_registry.h"

static inline struct coded_member resident(uint32_t row, uint64_t member, uint64_t of)
{
	struct coded_member m = official(row, member);
	m.home_cell = m.present_cell = of;
	m.has_photo = false;
	return m;
}

// A member who is imported with the tree.
static inline void member(struct transcript *s, struct coded_member m)
{
	tell(s, intake, member_offered, .submission = 1, .member = m);
	answer(s, identity_found, .submission = 1, .row = m.row, .member = m.member, .known = true, .persons_count = 1,
	       .persons = { m.member });
}

// Lan and Minh are in the first cell.
static inline struct transcript *settled_with(struct engine_limits limits)
{
	struct transcript *s = begin_with(limits);
	offer(s, 1, centre);
	offer(s, 1, province);
	offer(s, 1, commune);
	offer(s, 1, (struct place){ 4402, org_level_superior, 44, 0 });
	offer(s, 1, (struct place){ 4403, org_level_superior, 44, 0 });
	offer(s, 1, base);
	offer(s, 1, (struct place){ 440201, org_level_grassroots, 4402, 0 });
	offer(s, 1, cell);
	offer(s, 1, other_cell);
	offer(s, 1, (struct place){ 44020101, org_level_cell, 440201, 0 });
	member(s, resident(10, lan, 44010101));
	member(s, resident(11, minh, 44010101));
	tell(s, intake, import_ended, .submission = 1, .act = act_import_members, .rows = 11);
	by_administrator(s, 2);
	transcript_skip(s);
	return s;
}

static inline struct transcript *settled(void)
{
	return settled_with((struct engine_limits){ 0 });
}

static inline void ended(struct transcript *s, enum act act, uint32_t rows)
{
	tell(s, intake, import_ended, .submission = 2, .act = act, .rows = rows);
}

static inline void transfer(struct transcript *s, uint32_t row, uint64_t who, uint64_t to, enum transfer_scope scope)
{
	struct transfer_offered m = { .submission = 2,
				      .transfer = { .row = row, .member = who, .to = to, .scope = scope,
						    .date = date("2026-03-01"), .decision = bytes_of_text("12-QĐ/ĐU") } };
	struct buffer body = { 0 };
	transfer_offered_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_transfer_offered, buffer_bytes(&body),
			   "row %u, member %llu to %llu, %s", row, (unsigned long long)who, (unsigned long long)to,
			   transfer_scope_name(scope));
	buffer_deinit(&body);
}

#endif
