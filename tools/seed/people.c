// Persons of the right form (domain.md §5): names as they are given in Vietnam, a citizen id whose digits
// agree with sex and year of birth (3 digits of the place, 1 of century and sex, 2 of the year, 6 running;
// Thông tư 59/2021/TT-BCA), dates that a life can have.
#include "seed.h"

#include <stdio.h>
#include <string.h>

struct weighted {
	const char *text;
	uint32_t weight;
};
static const struct weighted family_names[] = {
	{ "Nguyễn", 380 }, { "Trần", 110 }, { "Lê", 95 },    { "Phạm", 70 }, { "Hoàng", 51 }, { "Huỳnh", 25 },
	{ "Phan", 45 },    { "Vũ", 25 },    { "Võ", 14 },    { "Đặng", 21 }, { "Bùi", 20 },   { "Đỗ", 14 },
	{ "Hồ", 13 },      { "Ngô", 13 },   { "Dương", 10 }, { "Lý", 5 },    { "Đinh", 9 },   { "Trịnh", 8 },
	{ "Mai", 7 },      { "Lương", 7 },  { "Tạ", 5 },     { "Hà", 7 },    { "Cao", 6 },    { "Tô", 4 },
	{ "Lò", 5 },       { "Vi", 4 },     { "Giàng", 3 },  { "Nông", 4 },  { "Chu", 4 },    { "Triệu", 4 },
};
static const char *const male_middle[] = {
	"Văn",  "Văn",  "Văn",  "Đức",   "Hữu",  "Công", "Quang", "Minh",
	"Xuân", "Đình", "Ngọc", "Thanh", "Tuấn", "Quốc", "Trọng", "Mạnh",
};
static const char *const female_middle[] = {
	"Thị",      "Thị",  "Thị",  "Thị Thu",  "Thị Ngọc", "Thị Thanh", "Thị Kim",
	"Thị Minh", "Ngọc", "Thùy", "Thị Hồng", "Bích",     "Diệu",      "Thị Mai",
};
static const char *const male_given[] = {
	"An",     "Anh",  "Bách",  "Bảo",    "Bình", "Chiến", "Cường", "Dũng",  "Duy",   "Đạt",   "Điệp",
	"Đông",   "Đức",  "Giang", "Hải",    "Hiếu", "Hòa",   "Hoàng", "Hùng",  "Huy",   "Khánh", "Khoa",
	"Kiên",   "Lâm",  "Long",  "Lợi",    "Luân", "Mạnh",  "Nam",   "Nghĩa", "Nhân",  "Phong", "Phúc",
	"Phương", "Quân", "Quang", "Quý",    "Sơn",  "Tài",   "Tâm",   "Thái",  "Thắng", "Thành", "Thịnh",
	"Thọ",    "Toàn", "Trung", "Trường", "Tuấn", "Tùng",  "Tường", "Việt",  "Vinh",  "Vượng",
};
static const char *const female_given[] = {
	"An",   "Anh",    "Ánh",   "Bình",  "Châu",   "Chi",    "Dung",  "Duyên", "Đào",   "Giang",
	"Hà",   "Hạnh",   "Hằng",  "Hiền",  "Hoa",    "Hồng",   "Huệ",   "Hương", "Huyền", "Khánh",
	"Lan",  "Liên",   "Linh",  "Loan",  "Ly",     "Mai",    "Minh",  "My",    "Nga",   "Ngân",
	"Ngọc", "Nguyệt", "Nhung", "Oanh",  "Phương", "Phượng", "Quỳnh", "Tâm",   "Thảo",  "Thanh",
	"Thu",  "Thúy",   "Thủy",  "Trang", "Trinh",  "Tuyết",  "Vân",   "Xuân",  "Yến",
};
static const char *const phone_prefixes[] = { "032", "035", "038", "070", "077", "081",
					      "085", "090", "091", "096", "097", "098" };
// Places that citizen ids begin with, of those near the commune.
static const unsigned places[] = { 1, 40, 42, 44, 44, 44, 44, 44, 45, 46, 48, 49, 51, 79 };
static const char *const profile_letters[] = { "TS", "TS", "TS", "HN", "QN", "B", "HUE" };

#define pick(c, list) ((list)[chance_below((c), (uint32_t)(sizeof(list) / sizeof *(list)))])

static void make_name(struct person *p, struct chance *c)
{
	uint32_t total = 0, at;

	for (size_t i = 0; i < sizeof family_names / sizeof *family_names; i++)
		total += family_names[i].weight;
	at = chance_below(c, total);
	size_t family = 0;
	while (at >= family_names[family].weight)
		at -= family_names[family++].weight;
	const char *middle = p->sex == sex_male ? pick(c, male_middle) : pick(c, female_middle);
	const char *given = p->sex == sex_male ? pick(c, male_given) : pick(c, female_given);
	snprintf(p->name, sizeof p->name, "%s %s %s", family_names[family].text, middle, given);
}

static void make_numbers(struct person *p, struct chance *c, uint64_t seed, uint32_t index)
{
	int year;
	unsigned month, day;

	date_to_civil(p->birth, &year, &month, &day);
	unsigned century = (year >= 2000 ? 2u : 0u) + (p->sex == sex_female ? 1u : 0u);
	snprintf(p->citizen, sizeof p->citizen, "%03u%u%02u%06u", pick(c, places) % 1000, century % 10,
		 (unsigned)year % 100, scatter(seed, index) % 1000000);
	snprintf(p->phone, sizeof p->phone, "%s%07u", pick(c, phone_prefixes),
		 scatter(seed + 5, index) % 10000000);
	snprintf(p->profile, sizeof p->profile, "%06u%s", scatter(seed + 11, index) % 1000000,
		 pick(c, profile_letters));
	p->index = index;
}

// A date so many days before or after, on the third day of its month, when admissions are often held.
static int32_t ceremony(int32_t date)
{
	int year;
	unsigned month, day;

	date_to_civil(date, &year, &month, &day);
	return date_from_civil(year, month, 3);
}

// The four technical inspections of paper cards; a card is stamped in the boxes of those that it lived
// through (domain.md §6.5).
static uint8_t boxes_since(int32_t issued)
{
	static const int years[] = { 2006, 2011, 2016, 2021 };
	uint8_t boxes = 0;

	for (unsigned i = 0; i < 4; i++)
		if (issued < date_from_civil(years[i], 5, 15))
			boxes = (uint8_t)(boxes | 1u << i);
	return boxes;
}

static void make_card(struct person *p, struct chance *c, uint64_t seed, int32_t today)
{
	int32_t first_wave = date_from_civil(2003, 11, 7);

	// Running numbers below 100,000: the blocks above are free to be granted.  12,347 and 99,999 have no
	// factor in common.
	p->card_number = 44000001 + (uint32_t)((p->index * UINT64_C(12347) + seed * 17) % 99999);
	p->card_issued = p->official < first_wave - 90 ? first_wave
						       : p->official + chance_between(c, 30, 160);
	if (p->card_issued > today - 3)
		p->card_issued = today - 3;
	p->boxes = boxes_since(p->card_issued);
}

// Admitted at 18 or later, probationary for twelve months.
static void make_membership(struct person *p, struct chance *c, int32_t today)
{
	int32_t of_age = p->birth + 18 * 366, latest = today - 500;
	int years = chance_between(c, 0, 14);

	p->admission = ceremony(of_age + years * 365 + chance_between(c, 40, 400));
	if (p->admission > latest)
		p->admission = ceremony(latest - chance_between(c, 0, 900));
	if (p->admission < of_age)
		p->birth = p->admission - 18 * 366 - chance_between(c, 100, 900);
	p->official = p->admission + 365;
	p->type = member_type_official;
	p->status = member_status_active;
	p->status_date = p->discipline_until = p->card_issued = date_none;
}

// Nothing happens to a member before the official day.
static int32_t since(const struct person *p, int32_t date)
{
	return date > p->official ? date : p->official + 30;
}

// The few percent that verification has to find: probationary, newly official, under discipline, left, not
// stamped.
static void make_exceptions(struct person *p, struct chance *c, uint64_t seed, int32_t today)
{
	uint32_t dice = chance_below(c, 1000);

	if (dice < 20) {
		p->type = member_type_probationary;
		p->admission = ceremony(today - chance_between(c, 35, 330));
		p->official = date_none;
		return;
	}
	if (dice < 28) { // newly official: waits for a first card
		p->admission = ceremony(today - chance_between(c, 400, 440));
		p->official = p->admission + 365;
		return;
	}
	make_card(p, c, seed, today);
	if (dice < 34) {
		p->discipline_until = today + chance_between(c, 120, 350);
	} else if (dice < 38) {
		static const enum member_status left[] = { member_status_deceased, member_status_transferred,
							   member_status_removed, member_status_expelled };
		p->status = pick(c, left);
		p->status_date = since(p, today - chance_between(c, 20, 300));
	} else if (dice < 42 && p->card_issued < date_from_civil(2021, 4, 15)) {
		p->boxes &= 7; // never came to the fourth inspection (D2)
	} else if (dice < 60) {
		p->status = member_status_exempt;
		p->status_date = since(p, today - chance_between(c, 100, 2000));
	}
}

void person_make(struct person *p, struct chance *c, uint64_t seed, uint32_t index, const struct unit *unit,
		 int32_t today)
{
	memset(p, 0, sizeof *p);
	p->sex = chance_permille(c, 340) ? sex_female : sex_male;
	p->birth = date_from_civil(chance_between(c, 1938, 2004), (unsigned)chance_between(c, 1, 12),
				   (unsigned)chance_between(c, 1, 28));
	make_name(p, c);
	p->home = p->present = unit->code;
	p->index = index;
	make_membership(p, c, today);
	make_exceptions(p, c, seed, today);
	make_numbers(p, c, seed, index);
}

void person_make_stranger(struct person *p, struct chance *c, uint64_t seed, uint32_t index, int32_t today)
{
	static const struct unit elsewhere = { .code = 1 };

	person_make(p, c, seed, index, &elsewhere, today);
	make_membership(p, c, today);
}

bool person_in_standing(const struct person *p, int32_t today)
{
	return p->type == member_type_official && p->status == member_status_active && p->card_number != 0 &&
	       p->discipline_until == date_none && p->official <= today &&
	       (p->card_issued >= date_from_civil(2021, 5, 15) || (p->boxes & 8) != 0);
}
