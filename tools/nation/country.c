// The tree and its members.  A centrally attached organisation has communes; a commune has committees with cells
// below them and cells that are grassroots organisations themselves: 50 organisations a commune, 1,040 communes in
// the whole nation.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "nation.h"

#define members_a_commune 5385 // 5.6 million in 1,040
#define committees 5
#define cells_a_committee 7
#define cells_alone 9
#define places_a_commune (1 + committees * (1 + cells_a_committee) + cells_alone)
#define cells_a_commune (committees * cells_a_committee + cells_alone)
#define picture_bytes_max 200000
#define pictures_max 512

static struct place *place_add(struct nation *n, uint64_t code, enum org_level level, uint64_t parent,
			       uint32_t attached)
{
	struct place *p = &n->places[n->place_count++];

	*p = (struct place){ .code = code, .level = level, .parent = parent, .attached = attached };
	return p;
}

// The commune's members over its cells, as evenly as numbers allow.
static void cell_add(struct nation *n, uint64_t code, enum org_level level, uint64_t parent, uint32_t attached,
		     uint32_t in_commune, uint32_t *cell, uint32_t *given)
{
	struct place *p = place_add(n, code, level, parent, attached);
	uint32_t upto = (uint32_t)((uint64_t)in_commune * (*cell + 1) / cells_a_commune);

	p->has_members = true;
	p->members = upto - (uint32_t)((uint64_t)in_commune * *cell / cells_a_commune);
	p->first = *given;
	*given += p->members;
	++*cell;
}

static void commune_add(struct nation *n, uint32_t attached, uint32_t number, uint32_t in_commune, uint32_t *given)
{
	uint64_t above = party_code_first + attached, commune = above * 1000 + number;
	uint32_t cell = 0;

	place_add(n, commune, org_level_superior, above, attached);
	for (uint32_t i = 1; i <= committees; i++) {
		place_add(n, commune * 100 + i, org_level_grassroots, commune, attached);
		for (uint32_t k = 1; k <= cells_a_committee; k++)
			cell_add(n, (commune * 100 + i) * 100 + k, org_level_cell, commune * 100 + i, attached,
				 in_commune, &cell, given);
	}
	for (uint32_t i = 1; i <= cells_alone; i++)
		cell_add(n, commune * 100 + 50 + i, org_level_grassroots, commune, attached, in_commune, &cell,
			 given);
}

static int compare_codes(const void *a, const void *b)
{
	uint64_t x = (*(struct place *const *)a)->code, y = (*(struct place *const *)b)->code;

	return (x > y) - (x < y);
}

static bool sort_codes(struct nation *n)
{
	n->by_code = calloc(n->place_count, sizeof *n->by_code); // NOLINT(bugprone-sizeof-expression): pointers they are
	for (size_t i = 0; n->by_code && i < n->place_count; i++)
		n->by_code[i] = &n->places[i];
	if (n->by_code)
		qsort(n->by_code, n->place_count, sizeof *n->by_code, compare_codes); // NOLINT(bugprone-sizeof-expression)
	return n->by_code != NULL;
}

bool nation_make(struct nation *n, uint32_t members)
{
	uint32_t communes = (members + members_a_commune / 2) / members_a_commune, given = 0, placed = 0;

	communes = communes ? communes : 1;
	n->members = members;
	n->attached_count = communes < attached_max ? communes : attached_max;
	n->places = calloc((size_t)communes * places_a_commune + attached_max + 2, sizeof *n->places);
	if (!n->places)
		return false;
	place_add(n, 1, org_level_central, 0, 0);
	for (uint32_t a = 0; a < n->attached_count; a++)
		place_add(n, party_code_first + a, org_level_attached, 1, a)->party_code =
		    (uint16_t)(party_code_first + a);
	place_add(n, facility_code, org_level_attached, 1, 0);
	for (uint32_t a = 0; a < n->attached_count; a++) {
		n->attached_first[a] = given;
		uint32_t here = communes / n->attached_count + (a < communes % n->attached_count);
		for (uint32_t c = 1; c <= here; c++, placed++) {
			uint32_t upto = (uint32_t)((uint64_t)members * (placed + 1) / communes);
			commune_add(n, a, c, upto - given, &given);
		}
	}
	return sort_codes(n);
}

const struct place *place_of(const struct nation *n, uint64_t code)
{
	struct place wanted = { .code = code }, *key = &wanted;
	// NOLINTNEXTLINE(bugprone-sizeof-expression): pointers they are
	struct place *const *found = bsearch(&key, n->by_code, n->place_count, sizeof *n->by_code, compare_codes);

	return found ? *found : NULL;
}

void member_make(const struct nation *n, const struct place *place, uint32_t index, struct person *p)
{
	struct unit unit = { .code = place->code };
	struct chance c;
	int year;
	unsigned month, day;
	uint32_t local = index - n->attached_first[place->attached] + 1;

	chance_init(&c, n->seed, UINT64_C(1) << 40 | index);
	person_make(p, &c, n->seed, index, &unit, n->today);
	date_to_civil(p->birth, &year, &month, &day);
	unsigned century = (year >= 2000 ? 2u : 0u) + (p->sex == sex_female ? 1u : 0u);
	snprintf(p->citizen, sizeof p->citizen, "%03u%u%02u%06u", (place->attached + 1) % 1000, century % 10,
		 (unsigned)year % 100, local % 1000000);
	snprintf(p->profile, sizeof p->profile, "%06u%c%c", local % 1000000, 'A' + (int)(place->attached / 20),
		 'A' + (int)(place->attached % 20));
	if (p->card_number)
		p->card_number = (party_code_first + place->attached) * 1000000 + local;
}

bool member_is_listed(const struct person *p)
{
	return p->card_number != 0 && (p->status == member_status_active || p->status == member_status_exempt);
}

// ---- pictures ----

bool pictures_read(const char *folder, struct picture **list, size_t *count)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;
	char path[4096];

	*count = 0;
	*list = calloc(pictures_max, sizeof **list);
	while (d && *list && *count < pictures_max && (entry = readdir(d))) {
		if (!strstr(entry->d_name, ".jpg") ||
		    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path)
			continue;
		if (file_read(path, picture_bytes_max, &(*list)[*count].jpeg) == error_none)
			++*count;
	}
	if (d)
		closedir(d);
	return *count > 0;
}

void picture_of(const struct nation *n, const struct picture *pictures, size_t count, uint64_t number,
		struct buffer *content)
{
	const struct buffer *jpeg = &pictures[number % count].jpeg;
	uint8_t comment[4 + 8] = { 0xff, 0xfe, 0, 2 + 8 };

	buffer_clear(content);
	buffer_append(content, jpeg->data, 2); // SOI
	put_u64(comment + 4, number);
	if (!n->shared_photos)
		buffer_append(content, comment, sizeof comment);
	buffer_append(content, jpeg->data + 2, jpeg->size - 2);
}
