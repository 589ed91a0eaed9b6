// What enters the registry, what does not, and what the submitter is told.
#include "registry/registry.h"

#include "base/subject.h"
#include "base/when.h"
#include "service/transcript.h"
#include "store/vault.h"
#include "test.h"

enum { lan = 101, minh = 102, hoa = 103 }; // members

static struct transcript *begin_with(struct engine_limits limits)
{
	struct transcript *s = transcript_new_with(&registry_service, &limits);
	by(s, .submission = 1, .actor = 1, .person = 7, .role = role_administrator);
	return s;
}

static struct transcript *begin(void)
{
	return begin_with((struct engine_limits){ 0 });
}

static int32_t date(const char *text)
{
	int32_t day = 0;
	date_parse(text, &day);
	return day;
}

// --- organisations ---

struct place {
	uint64_t code;
	enum org_level level;
	uint64_t parent;
	uint16_t party_code; // 0: none
};

static void offer_named(struct transcript *s, uint32_t row, struct place p, const char *name)
{
	struct buffer body = { 0 };
	organisation_offered_encode(&(struct organisation_offered){ .submission = 1,
								    .row = row,
								    .code = p.code,
								    .name = bytes_of_text(name),
								    .level = p.level,
								    .parent = p.parent,
								    .valid_from = date("2025-07-01"),
								    .has_party_code = p.party_code != 0,
								    .party_code = p.party_code,
								    .connectivity = connectivity_online },
				    &body);
	transcript_tell_as(s, service_id_intake, message_type_organisation_offered, buffer_bytes(&body),
			   "row %u, %s %llu \"%s\" below %llu, party code %u", row, org_level_name(p.level),
			   (unsigned long long)p.code, name, (unsigned long long)p.parent, p.party_code);
	buffer_deinit(&body);
}

static void offer(struct transcript *s, uint32_t row, struct place p)
{
	offer_named(s, row, p, "Đảng bộ");
}

static void end_organisations(struct transcript *s, uint32_t rows)
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
static struct transcript *begin_with_tree(void)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	offer(s, 3, commune);
	offer(s, 4, base);
	offer(s, 5, cell);
	offer(s, 6, other_cell);
	end_organisations(s, 6);
	by(s, .submission = 2, .actor = 1, .person = 7, .role = role_administrator);
	transcript_skip(s);
	return s;
}

test(a_tree_is_registered_and_the_import_is_closed_once)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	offer(s, 3, commune);
	end_organisations(s, 3);
	expect(s, "intake: row 1, central 1 \"Đảng bộ\" below 0, party code 0\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 1, name Đảng bộ, level central, parent 0, valid_from 2025-07-01, "
		  "remote no [organisation 1]\n"
		  "intake: row 2, attached 44 \"Đảng bộ\" below 1, party code 44\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44, name Đảng bộ, level attached, parent 1, valid_from 2025-07-01, party_code 44, "
		  "remote no [organisation 44]\n"
		  "intake: row 3, superior 4401 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "intake: import_ended submission 1, act import_organisations, rows 3\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 3, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(every_organisation_that_does_not_fit_is_told_with_its_row_column_and_reason)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	transcript_skip(s);
	offer(s, 3, (struct place){ 0, org_level_superior, 44, 0 });
	offer(s, 4, (struct place){ 1000000000000, org_level_superior, 44, 0 });
	offer(s, 5, (struct place){ 2, org_level_central, 0, 0 });
	offer(s, 6, (struct place){ 3, org_level_central, 1, 0 });
	offer(s, 7, (struct place){ 45, org_level_attached, 0, 45 });
	offer(s, 8, (struct place){ 46, org_level_attached, 46, 46 });
	offer(s, 9, (struct place){ 47, org_level_attached, 44, 47 });
	offer(s, 10, (struct place){ 48, org_level_attached, 1, 44 });
	offer(s, 11, (struct place){ 49, org_level_attached, 1, 100 });
	offer(s, 12, (struct place){ 4402, org_level_superior, 44, 12 });
	offer_named(s, 13, (struct place){ 4403, org_level_superior, 44, 0 }, "");
	end_organisations(s, 11);
	expect(s, "intake: row 3, superior 0 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake: row_refused submission 1, row 3, field code, reason malformed\n"
		  "intake: row 4, superior 1000000000000 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake: row_refused submission 1, row 4, field code, reason malformed\n"
		  "intake: row 5, central 2 \"Đảng bộ\" below 0, party code 0\n"
		  "  -> intake: row_refused submission 1, row 5, field level, "
		  "reason duplicate [organisation 2]\n"
		  "intake: row 6, central 3 \"Đảng bộ\" below 1, party code 0\n"
		  "  -> intake: row_refused submission 1, row 6, field parent, "
		  "reason wrong_level [organisation 3]\n"
		  "intake: row 7, attached 45 \"Đảng bộ\" below 0, party code 45\n"
		  "  -> intake: row_refused submission 1, row 7, field parent, "
		  "reason missing [organisation 45]\n"
		  "intake: row 8, attached 46 \"Đảng bộ\" below 46, party code 46\n"
		  "  -> intake: row_refused submission 1, row 8, field parent, "
		  "reason cycle [organisation 46]\n"
		  "intake: row 9, attached 47 \"Đảng bộ\" below 44, party code 47\n"
		  "  -> intake: row_refused submission 1, row 9, field level, "
		  "reason wrong_level [organisation 47]\n"
		  "intake: row 10, attached 48 \"Đảng bộ\" below 1, party code 44\n"
		  "  -> intake: row_refused submission 1, row 10, field party_code, "
		  "reason duplicate [organisation 48]\n"
		  "intake: row 11, attached 49 \"Đảng bộ\" below 1, party code 100\n"
		  "  -> intake: row_refused submission 1, row 11, field party_code, "
		  "reason out_of_range [organisation 49]\n"
		  "intake: row 12, superior 4402 \"Đảng bộ\" below 44, party code 12\n"
		  "  -> intake: row_refused submission 1, row 12, field party_code, "
		  "reason wrong_level [organisation 4402]\n"
		  "intake: row 13, superior 4403 \"\" below 44, party code 0\n"
		  "  -> intake: row_refused submission 1, row 13, field name, "
		  "reason missing [organisation 4403]\n"
		  "intake: import_ended submission 1, act import_organisations, rows 11\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 2, refused 11, "
		  "more 0\n");
	transcript_free(s);
}

test(a_level_may_be_left_out_but_not_turned_upside_down)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	transcript_skip(s);
	offer(s, 3, (struct place){ 4409, org_level_grassroots, 44, 0 });
	offer(s, 4, (struct place){ 4410, org_level_superior, 4409, 0 });
	offer(s, 5, (struct place){ 4411, org_level_grassroots, 4409, 0 });
	expect(s, "intake: row 3, grassroots 4409 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4409, name Đảng bộ, level grassroots, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4409]\n"
		  "intake: row 4, superior 4410 \"Đảng bộ\" below 4409, party code 0\n"
		  "  -> intake: row_refused submission 1, row 4, field level, "
		  "reason wrong_level [organisation 4410]\n"
		  "intake: row 5, grassroots 4411 \"Đảng bộ\" below 4409, party code 0\n"
		  "  -> intake: row_refused submission 1, row 5, field level, "
		  "reason wrong_level [organisation 4411]\n");
	transcript_free(s);
}

test(children_may_stand_before_their_parents)
{
	struct transcript *s = begin();
	offer(s, 1, cell);
	offer(s, 2, base);
	offer(s, 3, commune);
	offer(s, 4, province);
	offer(s, 5, centre);
	transcript_skip(s);
	end_organisations(s, 5);
	expect(s, "intake: import_ended submission 1, act import_organisations, rows 5\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44, name Đảng bộ, level attached, parent 1, valid_from 2025-07-01, party_code 44, "
		  "remote no [organisation 44]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 440101, name Đảng bộ, level grassroots, parent 4401, valid_from 2025-07-01, "
		  "remote no [organisation 440101]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44010101, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 44010101]\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 5, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(organisations_that_are_each_others_parents_are_refused_as_a_cycle)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, (struct place){ 50, org_level_superior, 51, 0 });
	offer(s, 3, (struct place){ 51, org_level_grassroots, 52, 0 });
	offer(s, 4, (struct place){ 52, org_level_cell, 50, 0 });
	offer(s, 5, (struct place){ 60, org_level_cell, 61, 0 });
	offer(s, 6, (struct place){ 70, org_level_cell, 50, 0 });
	transcript_skip(s);
	end_organisations(s, 6);
	expect(s, "intake: import_ended submission 1, act import_organisations, rows 6\n"
		  "  -> intake: row_refused submission 1, row 4, field parent, "
		  "reason cycle [organisation 52]\n"
		  "  -> intake: row_refused submission 1, row 6, field parent, "
		  "reason unknown [organisation 70]\n"
		  "  -> intake: row_refused submission 1, row 2, field parent, "
		  "reason cycle [organisation 50]\n"
		  "  -> intake: row_refused submission 1, row 3, field parent, "
		  "reason cycle [organisation 51]\n"
		  "  -> intake: row_refused submission 1, row 5, field parent, "
		  "reason unknown [organisation 60]\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 1, refused 5, "
		  "more 0\n");
	transcript_free(s);
}

test(a_long_list_turned_upside_down_goes_on_over_several_turns_and_is_closed_once)
{
	struct transcript *s = begin_with((struct engine_limits){ .batch_entries = 2 });
	for (uint32_t i = 0; i < 12; i++)
		offer(s, i + 1, (struct place){ 900 + i, org_level_cell, 440101, 0 });
	offer(s, 13, base);
	offer(s, 14, commune);
	offer(s, 15, province);
	offer(s, 16, centre);
	transcript_skip(s);
	uint64_t turns = transcript_turns(s);
	end_organisations(s, 16);
	check_u64(transcript_turns(s) - turns, 3);
	expect(s, "intake: import_ended submission 1, act import_organisations, rows 16\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44, name Đảng bộ, level attached, parent 1, valid_from 2025-07-01, party_code 44, "
		  "remote no [organisation 44]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 440101, name Đảng bộ, level grassroots, parent 4401, valid_from 2025-07-01, "
		  "remote no [organisation 440101]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 900, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 900]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 901, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 901]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 902, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 902]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 903, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 903]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 904, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 904]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 905, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 905]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 906, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 906]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 907, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 907]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 908, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 908]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 909, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 909]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 910, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 910]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 911, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 911]\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 16, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(the_same_organisation_once_more_changes_nothing)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	transcript_skip(s);
	offer(s, 3, province);
	offer(s, 4, (struct place){ 44, org_level_attached, 1, 43 });
	offer_named(s, 5, province, "Tỉnh ủy");
	offer(s, 6, (struct place){ 44, org_level_superior, 1, 0 });
	expect(s, "intake: row 3, attached 44 \"Đảng bộ\" below 1, party code 44\n"
		  "  -> intake: row_refused submission 1, row 3, field code, "
		  "reason already_done [organisation 44]\n"
		  "intake: row 4, attached 44 \"Đảng bộ\" below 1, party code 43\n"
		  "  -> intake: row_refused submission 1, row 4, field party_code, "
		  "reason differs [organisation 44]\n"
		  "intake: row 5, attached 44 \"Tỉnh ủy\" below 1, party code 44\n"
		  "  -> intake: row_refused submission 1, row 5, field name, "
		  "reason differs [organisation 44]\n"
		  "intake: row 6, superior 44 \"Đảng bộ\" below 1, party code 0\n"
		  "  -> intake: row_refused submission 1, row 6, field level, "
		  "reason differs [organisation 44]\n");
	transcript_free(s);
}

// --- members ---

// An official member of the cell, in order; a test changes what it is about.
static struct coded_member official(uint32_t row, uint64_t member)
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

static struct coded_member with_card(struct coded_member m, uint32_t number)
{
	m.has_card_number = m.has_card_generation = m.has_card_issued = m.has_stamped_boxes = true;
	m.card_number = number;
	m.card_generation = card_generation_paper_2003;
	m.card_issued = date("2011-09-02");
	m.stamped_boxes = 15;
	return m;
}

static void offer_member(struct transcript *s, struct coded_member m)
{
	struct buffer body = { 0 };
	member_offered_encode(&(struct member_offered){ .submission = 2, .member = m }, &body);
	transcript_tell_as(s, service_id_intake, message_type_member_offered, buffer_bytes(&body),
			   "row %u, member %llu", m.row, (unsigned long long)m.member);
	buffer_deinit(&body);
}

static void end_members(struct transcript *s, uint32_t rows)
{
	tell(s, intake, import_ended, .submission = 2, .act = act_import_members, .rows = rows);
}

static void nobody_else(struct transcript *s, uint32_t row, uint64_t member)
{
	answer(s, identity_found, .submission = 2, .row = row, .member = member, .known = true,
	       .persons_count = 1, .persons = { member });
}

static void register_one(struct transcript *s, struct coded_member m)
{
	offer_member(s, m);
	nobody_else(s, m.row, m.member);
}

test(a_member_is_registered_when_the_vault_knows_nobody_else_and_the_import_is_closed_after_the_last_answer)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, with_card(official(1, lan), 44000017));
	offer_member(s, official(2, minh));
	end_members(s, 2);
	nobody_else(s, 1, lan);
	nobody_else(s, 2, minh);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: row 2, member 102\n"
		  "  ?? identity_lookup submission 2, row 2, member 102, record 1102\n"
		  "intake: import_ended submission 2, act import_members, rows 2\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> verification printing delivery inspection revocation: card_opened member 101, card 101/1, "
		  "number 44.000017, generation paper_2003, issued 2011-09-02, boxes 15, cell 44010101, "
		  "status active [member 101]\n"
		  "adapter: identity_found submission 2, row 2, member 102, known yes, persons [102], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 102, version 2, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2102 [member 102]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(every_date_that_does_not_fit_is_told)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = official(1, lan);
	m.admission_date = date("2026-03-03"); // tomorrow
	offer_member(s, m);
	m = official(2, lan);
	m.has_official_date = false;
	offer_member(s, m);
	m = official(3, lan);
	m.official_date = date("2010-05-18");
	offer_member(s, m);
	m = official(4, lan);
	m.type = member_type_probationary;
	offer_member(s, m);
	m = official(5, lan);
	m.official_date = date("2026-03-03");
	offer_member(s, m);
	m = official(6, lan);
	m.has_status_date = true;
	m.status_date = date("2009-01-01");
	offer_member(s, m);
	end_members(s, 6);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field admission_date, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field official_date, "
		  "reason missing [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field official_date, "
		  "reason date_order [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field official_date, "
		  "reason not_official [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  -> intake: row_refused submission 2, row 5, field official_date, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 6, member 101\n"
		  "  -> intake: row_refused submission 2, row 6, field status, "
		  "reason date_order [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 6\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 6, "
		  "more 0\n");
	transcript_free(s);
}

test(a_member_belongs_to_a_cell_that_is_known)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = official(1, lan);
	m.home_cell = 999;
	offer_member(s, m);
	m = official(2, lan);
	m.present_cell = 999;
	offer_member(s, m);
	m = official(3, lan);
	m.home_cell = 4401;
	offer_member(s, m);
	m = official(4, lan);
	m.present_cell = 44;
	offer_member(s, m);
	m = official(5, lan); // a grassroots organisation that is a cell itself
	m.home_cell = m.present_cell = 440101;
	register_one(s, m);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field home_cell, "
		  "reason unknown [member 101]\n"
		  "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field present_cell, "
		  "reason unknown [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field home_cell, "
		  "reason wrong_level [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field present_cell, "
		  "reason wrong_level [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  ?? identity_lookup submission 2, row 5, member 101, record 1101\n"
		  "adapter: identity_found submission 2, row 5, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 440101, "
		  "present_cell 440101, photo 2101 [member 101]\n");
	transcript_free(s);
}

test(a_card_in_use_has_a_number_of_the_right_form_and_all_that_belongs_to_it)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, with_card(official(1, lan), 44000000));
	offer_member(s, with_card(official(2, lan), 999999));
	offer_member(s, with_card(official(3, lan), 100000001));
	struct coded_member m = with_card(official(4, lan), 44000017);
	m.has_card_generation = false;
	offer_member(s, m);
	m = with_card(official(5, lan), 44000017);
	m.has_card_issued = false;
	offer_member(s, m);
	m = with_card(official(6, lan), 44000017);
	m.card_issued = date("2010-01-01");
	offer_member(s, m);
	m = with_card(official(7, lan), 44000017);
	m.card_issued = date("2026-03-03");
	offer_member(s, m);
	m = with_card(official(8, lan), 44000017);
	m.stamped_boxes = 16;
	offer_member(s, m);
	m = with_card(official(9, lan), 44000017);
	m.has_card_number = false;
	offer_member(s, m);
	m = with_card(official(10, lan), 44000017);
	m.type = member_type_probationary;
	m.has_official_date = false;
	offer_member(s, m);
	end_members(s, 10);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field card_number, "
		  "reason malformed [member 101]\n"
		  "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field card_number, "
		  "reason malformed [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field card_number, "
		  "reason malformed [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field card_generation, "
		  "reason missing [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  -> intake: row_refused submission 2, row 5, field card_issued, "
		  "reason missing [member 101]\n"
		  "intake: row 6, member 101\n"
		  "  -> intake: row_refused submission 2, row 6, field card_issued, "
		  "reason date_order [member 101]\n"
		  "intake: row 7, member 101\n"
		  "  -> intake: row_refused submission 2, row 7, field card_issued, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 8, member 101\n"
		  "  -> intake: row_refused submission 2, row 8, field stamped_boxes, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 9, member 101\n"
		  "  -> intake: row_refused submission 2, row 9, field card_number, "
		  "reason missing [member 101]\n"
		  "intake: row 10, member 101\n"
		  "  -> intake: row_refused submission 2, row 10, field card_number, "
		  "reason not_official [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 10\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 10, "
		  "more 0\n");
	transcript_free(s);
}

test(a_card_number_belongs_to_one_member_even_when_both_rows_wait_for_the_vault)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, with_card(official(1, lan), 44000017));
	offer_member(s, with_card(official(2, minh), 44000017));
	nobody_else(s, 1, lan);
	nobody_else(s, 2, minh);
	offer_member(s, with_card(official(3, hoa), 44000017));
	end_members(s, 3);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: row 2, member 102\n"
		  "  ?? identity_lookup submission 2, row 2, member 102, record 1102\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> verification printing delivery inspection revocation: card_opened member 101, card 101/1, "
		  "number 44.000017, generation paper_2003, issued 2011-09-02, boxes 15, cell 44010101, "
		  "status active [member 101]\n"
		  "adapter: identity_found submission 2, row 2, member 102, known yes, persons [102], "
		  "more no\n"
		  "  -> intake: row_refused submission 2, row 2, field card_number, "
		  "reason duplicate [member 102]\n"
		  "intake: row 3, member 103\n"
		  "  -> intake: row_refused submission 2, row 3, field card_number, "
		  "reason duplicate [member 103]\n"
		  "intake: import_ended submission 2, act import_members, rows 3\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

test(another_member_with_the_same_citizen_id_keeps_a_row_out)
{
	struct transcript *s = begin_with_tree();
	register_one(s, official(1, lan));
	transcript_skip(s);
	offer_member(s, official(2, minh));
	answer(s, identity_found, .submission = 2, .row = 2, .member = minh, .known = true,
	       .persons_count = 2, .persons = { lan, minh });
	expect(s, "intake: row 2, member 102\n"
		  "  ?? identity_lookup submission 2, row 2, member 102, record 1102\n"
		  "adapter: identity_found submission 2, row 2, member 102, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake: duplicate_held duplicate 1, member 102, record 1102, field citizen_id, "
		  "with 101, cell 44010101 [member 102]\n"
		  "  -> intake: row_refused submission 2, row 2, field citizen_id, "
		  "reason identity_shared [member 102]\n");
	transcript_free(s);
}

test(of_two_rows_with_one_citizen_id_that_wait_together_the_first_enters)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, official(1, minh));
	offer_member(s, official(2, lan));
	transcript_skip(s);
	answer(s, identity_found, .submission = 2, .row = 1, .member = minh, .known = true,
	       .persons_count = 2, .persons = { lan, minh });
	answer(s, identity_found, .submission = 2, .row = 2, .member = lan, .known = true, .persons_count = 2,
	       .persons = { lan, minh });
	expect(s, "adapter: identity_found submission 2, row 1, member 102, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 102, version 1, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2102 [member 102]\n"
		  "adapter: identity_found submission 2, row 2, member 101, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake: duplicate_held duplicate 1, member 101, record 1101, field citizen_id, "
		  "with 102, cell 44010101 [member 101]\n"
		  "  -> intake: row_refused submission 2, row 2, field citizen_id, "
		  "reason identity_shared [member 101]\n");
	transcript_free(s);
}

test(a_person_whose_row_was_refused_does_not_keep_another_out)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = official(1, lan);
	m.home_cell = 999;
	offer_member(s, m);
	offer_member(s, official(2, minh));
	transcript_skip(s);
	answer(s, identity_found, .submission = 2, .row = 2, .member = minh, .known = true,
	       .persons_count = 2, .persons = { lan, minh });
	expect(s, "adapter: identity_found submission 2, row 2, member 102, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 102, version 1, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2102 [member 102]\n");
	transcript_free(s);
}

test(the_same_member_twice_in_a_file_enters_once)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, official(1, lan));
	offer_member(s, official(2, lan));
	nobody_else(s, 1, lan);
	nobody_else(s, 2, lan);
	end_members(s, 2);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: row 2, member 101\n"
		  "  ?? identity_lookup submission 2, row 2, member 101, record 1101\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "adapter: identity_found submission 2, row 2, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake: row_refused submission 2, row 2, field profile_number, "
		  "reason already_done [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 2\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(importing_a_file_again_changes_nothing)
{
	struct transcript *s = begin_with_tree();
	register_one(s, with_card(official(1, lan), 44000017));
	end_members(s, 1);
	transcript_skip(s);
	struct coded_member again = with_card(official(1, lan), 44000017);
	again.record = 5000; // the door has put the person's data into the vault once more
	offer_member(s, again);
	end_members(s, 1);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field profile_number, "
		  "reason already_done [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 1\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(a_registered_member_with_other_data_is_refused_at_the_column_that_differs)
{
	struct transcript *s = begin_with_tree();
	register_one(s, with_card(official(1, lan), 44000017));
	transcript_skip(s);
	struct coded_member m = with_card(official(2, lan), 44000017);
	m.present_cell = 44010102;
	offer_member(s, m);
	m = with_card(official(3, lan), 44000018);
	offer_member(s, m);
	m = with_card(official(4, lan), 44000017);
	m.has_photo = false;
	offer_member(s, m);
	m = with_card(official(5, lan), 44000017);
	m.status = member_status_exempt;
	offer_member(s, m);
	expect(s, "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field present_cell, "
		  "reason differs [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field card_number, "
		  "reason differs [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field photo, reason differs [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  -> intake: row_refused submission 2, row 5, field status, "
		  "reason differs [member 101]\n");
	transcript_free(s);
}

// Each column by itself: the row once more, with one thing changed.
static bool differs_at(struct transcript *s, struct coded_member m, const char *field)
{
	char wanted[80];
	snprintf(wanted, sizeof wanted, "field %s, reason differs", field);
	transcript_skip(s);
	offer_member(s, m);
	return strstr(transcript_said(s), wanted) != NULL;
}

test(no_column_of_a_registered_member_is_changed_by_importing_them_again)
{
	struct transcript *s = begin_with_tree();
	struct coded_member known = with_card(official(1, lan), 44000017), m;
	register_one(s, known);
#define changed(change, field) (m = known, m.row = 2, change, differs_at(s, m, field))
	check(changed(m.admission_date++, "admission_date"));
	check(changed(m.official_date++, "official_date"));
	check(changed(m.has_official_date = false, "official_date"));
	check(changed(m.type = member_type_probationary, "type"));
	check(changed((m.has_status_date = true, m.status_date = date("2025-01-01")), "status"));
	check(changed(m.home_cell = 44010102, "home_cell"));
	check(changed(m.photo++, "photo"));
	check(changed((m.has_discipline_until = true, m.discipline_until = date("2027-01-01")), "discipline"));
	check(changed(m.has_card_number = false, "card_number"));
	check(changed(m.card_issued++, "card_number"));
	check(changed(m.stamped_boxes = 7, "card_number"));
	check(changed(m.card_generation = card_generation_chip_2025, "card_number"));
#undef changed
	transcript_free(s);
}

static bool place_differs_at(struct transcript *s, struct organisation_offered o, const char *field)
{
	char wanted[80];
	struct buffer body = { 0 };
	snprintf(wanted, sizeof wanted, "field %s, reason differs", field);
	transcript_skip(s);
	organisation_offered_encode(&o, &body);
	transcript_tell(s, service_id_intake, message_type_organisation_offered, buffer_bytes(&body));
	buffer_deinit(&body);
	return strstr(transcript_said(s), wanted) != NULL;
}

test(no_column_of_a_registered_organisation_is_changed_by_importing_it_again)
{
	struct transcript *s = begin_with_tree();
	struct organisation_offered known = { .submission = 1, .row = 9, .code = 44, .name = bytes_of_text("Đảng bộ"),
		.level = org_level_attached, .parent = 1, .valid_from = date("2025-07-01"), .has_party_code = true,
		.party_code = 44, .connectivity = connectivity_online }, o;
#define changed(change, field) (o = known, change, place_differs_at(s, o, field))
	check(changed(o.parent = 4401, "parent"));
	check(changed(o.valid_from++, "valid_from"));
	check(changed(o.remote = true, "connectivity"));
	check(changed(o.connectivity = connectivity_offline, "connectivity"));
	check(changed(o.has_party_code = false, "party_code"));
	check(!changed(o.row = 10, "")); // the same once more
	check(strstr(transcript_said(s), "differs") == NULL);
#undef changed
	transcript_free(s);
}

test(members_who_left_or_died_may_be_imported_with_their_cards)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = with_card(official(1, lan), 44000017);
	m.status = member_status_deceased;
	m.has_status_date = true;
	m.status_date = date("2024-12-01");
	register_one(s, m);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status deceased, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> verification printing delivery inspection revocation: card_opened member 101, card 101/1, "
		  "number 44.000017, generation paper_2003, issued 2011-09-02, boxes 15, cell 44010101, "
		  "status deceased [member 101]\n");
	transcript_free(s);
}

test(a_crash_before_the_vaults_answer_loses_no_row)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, official(1, lan));
	end_members(s, 1);
	transcript_restart(s);
	nobody_else(s, 1, lan);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: import_ended submission 2, act import_members, rows 1\n"
		  "restart\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

// --- the adapter and a real vault ---

static void open_vault(struct transcript *s, struct vault **vault)
{
	char folder[512], keys[512];
	snprintf(folder, sizeof folder, "%s/vault", transcript_home(s));
	snprintf(keys, sizeof keys, "%s/keys", transcript_home(s));
	struct vault_options options = {
		.folder = folder, .keys_folder = keys, .map_bytes = 16 << 20, .writes = true
	};
	check_u64(vault_open(vault, &options), error_none);
}

// As the door does it; returns the record.
static uint64_t put_person(struct vault *vault, const char *citizen_id, uint64_t *person)
{
	struct buffer plain = { 0 };
	struct hash digest;
	uint64_t record = 0;
	struct bytes id = bytes_of_text(citizen_id);
	member_row_encode(&(struct member_row){ .full_name = bytes_of_text("Nguyễn Thị Lan"),
						.birth_date = date("1980-02-03"),
						.sex = sex_female,
						.citizen_id = id,
						.profile_number = bytes_of_text("000001A"),
						.admission_date = date("2010-05-19"),
						.type = member_type_official,
						.status = member_status_active,
						.home_cell = 44010101,
						.present_cell = 44010101 },
			  &plain);
	check_u64(vault_person_new(vault, person), error_none);
	check_u64(vault_person_index(vault, *person, vault_index_citizen, id), error_none);
	check_u64(vault_record_put(vault, *person, buffer_bytes(&plain), &record, &digest), error_none);
	check_u64(vault_sync(vault), error_none);
	buffer_deinit(&plain);
	return record;
}

test(the_adapter_finds_who_shares_a_citizen_id_and_says_no_more_than_numbers)
{
	struct transcript *s = begin_with_tree();
	struct vault *vault = NULL;
	open_vault(s, &vault);
	const char *ids[] = { "044080000001", "044080000002", "044080000001", "044080000003" };
	for (uint32_t i = 0; i < 4; i++) {
		uint64_t person = 0;
		struct coded_member m = official(i + 1, 0);
		m.record = put_person(vault, ids[i], &person);
		m.member = person;
		offer_member(s, m);
		if (i == 3) {
			check_u64(vault_person_erase(vault, person), error_none);
			check_u64(vault_sync(vault), error_none);
		}
	}
	end_members(s, 4);
	vault_close(vault); // the adapter reads alone, as in a process of its own
	transcript_skip(s);
	transcript_perform(s);
	expect(s, "adapter: performs\n"
		  "  -> intake verification inspection: member_registered member 1, version 1, record 1, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2000 [member 1]\n"
		  "  -> intake verification inspection: member_registered member 2, version 2, record 2, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2000 [member 2]\n"
		  "  -> intake: duplicate_held duplicate 1, member 3, record 3, field citizen_id, with 1, "
		  "cell 44010101 [member 3]\n"
		  "  -> intake: row_refused submission 2, row 3, field citizen_id, "
		  "reason identity_shared [member 3]\n"
		  "  -> intake: row_refused submission 2, row 4, field citizen_id, "
		  "reason missing [member 4]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

int main(void)
{
	run(a_tree_is_registered_and_the_import_is_closed_once);
	run(every_organisation_that_does_not_fit_is_told_with_its_row_column_and_reason);
	run(a_level_may_be_left_out_but_not_turned_upside_down);
	run(children_may_stand_before_their_parents);
	run(organisations_that_are_each_others_parents_are_refused_as_a_cycle);
	run(a_long_list_turned_upside_down_goes_on_over_several_turns_and_is_closed_once);
	run(the_same_organisation_once_more_changes_nothing);
	run(a_member_is_registered_when_the_vault_knows_nobody_else_and_the_import_is_closed_after_the_last_answer);
	run(every_date_that_does_not_fit_is_told);
	run(a_member_belongs_to_a_cell_that_is_known);
	run(a_card_in_use_has_a_number_of_the_right_form_and_all_that_belongs_to_it);
	run(a_card_number_belongs_to_one_member_even_when_both_rows_wait_for_the_vault);
	run(another_member_with_the_same_citizen_id_keeps_a_row_out);
	run(of_two_rows_with_one_citizen_id_that_wait_together_the_first_enters);
	run(a_person_whose_row_was_refused_does_not_keep_another_out);
	run(the_same_member_twice_in_a_file_enters_once);
	run(importing_a_file_again_changes_nothing);
	run(a_registered_member_with_other_data_is_refused_at_the_column_that_differs);
	run(no_column_of_a_registered_member_is_changed_by_importing_them_again);
	run(no_column_of_a_registered_organisation_is_changed_by_importing_it_again);
	run(members_who_left_or_died_may_be_imported_with_their_cards);
	run(a_crash_before_the_vaults_answer_loses_no_row);
	run(the_adapter_finds_who_shares_a_citizen_id_and_says_no_more_than_numbers);
	return test_summary();
}
