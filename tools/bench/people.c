#include "people.h"

#include <stdio.h>

#include "base/ensure.h"
#include "base/when.h"

#define party_code 44 // of the seeded province

struct bytes person_profile(size_t i, char out[16])
{
	return bytes_of(out, (size_t)snprintf(out, 16, "%06zuT%c", i % 1000000, (char)('A' + i / 1000000 % 26)));
}

// The numbers of one code end at 999999; then the next code's begin.
static uint32_t card_number_of(size_t i)
{
	return (uint32_t)((party_code + i / 999999) * 1000000 + 1 + i % 999999);
}

void person_add(struct draft *draft, size_t i, uint64_t cell)
{
	static const char *const families[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi" };
	static const char *const names[] = { "An", "Bình", "Cường", "Dung", "Hà", "Lan", "Minh", "Nam", "Phúc", "Quang" };
	char name[80], citizen[20], profile[16], phone[20];
	struct member_row m = {
		.birth_date = date_from_civil(1950 + (int)(i % 40), 1 + (unsigned)(i % 12), 1 + (unsigned)(i % 28)),
		.sex = i % 2 ? sex_male : sex_female, .has_phone = true,
		.admission_date = date_from_civil(2010, 5, 19), .official_date = date_from_civil(2011, 5, 19),
		.has_official_date = true, .type = member_type_official, .status = member_status_active,
		.home_cell = cell, .present_cell = cell, .card_number = card_number_of(i),
		.has_card_number = true, .card_generation = card_generation_paper_2003, .has_card_generation = true,
		.card_issued = date_from_civil(2011, 9, 2), .has_card_issued = true,
	};
	m.full_name = bytes_of(name, (size_t)snprintf(name, sizeof name, "%s Văn %s", families[i % array_size(families)],
						      names[i / 8 % array_size(names)]));
	m.citizen_id = bytes_of(citizen, (size_t)snprintf(citizen, sizeof citizen, "044%09zu", i));
	m.profile_number = person_profile(i, profile);
	m.phone = bytes_of(phone, (size_t)snprintf(phone, sizeof phone, "09%08zu", i));
	draft_add(draft, &member_row_shape, &m);
}
