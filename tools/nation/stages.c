// What the officers do at each stage, from the registry to the approved lists.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "stage.h"

#define rows_an_import 1999

struct stage_made stage_made;

void *stage_grown(void *list, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return list;
	*capacity = *capacity ? *capacity * 2 : 1024;
	list = realloc(list, *capacity * size);
	ensure(list);
	return list;
}

struct job *stage_job(struct stage *s, const struct official *by, enum act act, uint64_t about)
{
	ensure(by);
	s->jobs = stage_grown(s->jobs, s->count, &s->capacity, sizeof *s->jobs);
	struct job *job = &s->jobs[s->count++];
	*job = (struct job){ .by = by, .act = act, .about = about };
	return job;
}

static void jobs_in_parts(struct stage *s, const struct official *by, enum act act, uint64_t total)
{
	for (uint64_t from = 0; from < total; from += rows_an_import) {
		struct job *job = stage_job(s, by, act, 0);
		job->from = from;
		job->count = total - from < rows_an_import ? total - from : rows_an_import;
	}
}

uint64_t stage_accepted(const struct stage *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->count; i++)
		sum += s->jobs[i].accepted;
	return sum;
}

bool stage_jobs_run(struct stage *s, void (*fill)(void *, const struct job *, struct packet *),
		    void (*photo)(void *, const struct job *, size_t, struct buffer *), size_t under_way)
{
	struct kind_of_job kind = { .fill = fill, .photo = photo, .context = s, .under_way = under_way };

	return crowd_run(s->c, &kind, s->jobs, s->count);
}

// ---- the registry ----

static void fill_organisations(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	char name[64];

	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		const struct place *p = &s->n->places[i];
		snprintf(name, sizeof name, "Tổ chức đảng %" PRIu64, p->code);
		struct organisation_row row = {
			.code = p->code,
			.name = bytes_of_text(name),
			.level = p->level,
			.parent = p->parent,
			.valid_from = date_from_civil(2025, 7, 1),
			.party_code = p->party_code,
			.has_party_code = p->party_code != 0,
			.connectivity = connectivity_online,
		};
		packet_add(packet, &organisation_row_shape, &row);
	}
}

static bool import_organisations(struct stage *s)
{
	jobs_in_parts(s, &s->n->administrator, act_import_organisations, s->n->place_count);
	bool ok = stage_jobs_run(s, fill_organisations, NULL, 1); // parents first
	s->units = stage_accepted(s);
	return ok;
}

static void fill_officials(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	struct buffer spki = { 0 };
	struct person p;

	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		const struct official *o = &s->n->officials[i];
		official_person(s->n, i, &p);
		buffer_clear(&spki);
		ensure(key_write_public_der(o->key, &spki) == error_none);
		struct officer_row row = {
			.public_key = buffer_bytes(&spki),
			.full_name = bytes_of_text(p.name),
			.citizen_id = bytes_of_text(p.citizen),
			.role = o->role,
			.organisation = o->organisation,
		};
		packet_add(packet, &officer_row_shape, &row);
	}
	buffer_deinit(&spki);
}

static bool enrol_officers(struct stage *s)
{
	if (!official_write(s->n, official_of(s->n, facility_code, role_print_facility), "in-900"))
		return false;
	jobs_in_parts(s, &s->n->administrator, act_enrol_officers, s->n->official_count);
	bool ok = stage_jobs_run(s, fill_officials, NULL, 4);
	s->units = stage_accepted(s);
	return ok;
}

static void fill_members(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	const struct place *place = &s->n->places[job->about];
	struct person p;

	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		while (!place->has_members || i >= (uint64_t)place->first + place->members)
			place++;
		member_make(s->n, place, (uint32_t)i, &p);
		struct member_row row = {
			.full_name = bytes_of_text(p.name),
			.birth_date = p.birth,
			.sex = p.sex,
			.citizen_id = bytes_of_text(p.citizen),
			.phone = bytes_of_text(p.phone),
			.has_phone = true,
			.profile_number = bytes_of_text(p.profile),
			.admission_date = p.admission,
			.official_date = p.official,
			.has_official_date = p.official != date_none,
			.type = p.type,
			.status = p.status,
			.status_date = p.status_date,
			.has_status_date = p.status_date != date_none,
			.home_cell = p.home,
			.present_cell = p.present,
			.discipline_until = p.discipline_until,
			.has_discipline_until = p.discipline_until != date_none,
		};
		if (p.card_number) {
			row.card_number = p.card_number;
			row.card_generation = card_generation_paper_2003;
			row.card_issued = p.card_issued;
			row.stamped_boxes = p.boxes;
			row.has_card_number = row.has_card_generation = row.has_card_issued = row.has_stamped_boxes =
			    true;
		}
		packet_add(packet, &member_row_shape, &row);
	}
}

static bool import_members(struct stage *s)
{
	size_t place = 0;

	jobs_in_parts(s, &s->n->administrator, act_import_members, s->n->members);
	for (size_t i = 0; i < s->count; i++) {
		while (!s->n->places[place].has_members ||
		       s->jobs[i].from >= (uint64_t)s->n->places[place].first + s->n->places[place].members)
			place++;
		s->jobs[i].about = place;
	}
	bool ok = stage_jobs_run(s, fill_members, NULL, 6);
	s->units = stage_accepted(s);
	return ok;
}

// ---- from the cell to the decision ----

// The job's members that are on the list, one after the other.
static bool next_listed(const struct stage *s, const struct place *place, uint32_t *at, struct person *p)
{
	while (*at < place->first + place->members) {
		member_make(s->n, place, (*at)++, p);
		if (member_is_listed(p))
			return true;
	}
	return false;
}

static void fill_list(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	const struct place *place = &s->n->places[job->about];
	struct list_head head = { .kind = request_kind_exchange,
				  .reason = request_reason_campaign,
				  .period = s->n->today };
	struct person p;
	uint32_t at = place->first;

	packet_add(packet, &list_head_shape, &head);
	for (size_t i = 0; next_listed(s, place, &at, &p); i++) {
		struct list_row row = { .profile_number = bytes_of_text(p.profile),
					.has_photo = true,
					.photo = *packet_photo(packet, i),
					.has_card_number = true,
					.card_number = p.card_number };
		packet_add(packet, &list_row_shape, &row);
	}
}

static void listed_photo(void *context, const struct job *job, size_t i, struct buffer *content)
{
	const struct stage *s = context;
	const struct place *place = &s->n->places[job->about];

	// Whose it is does not matter here, but that nobody else has it.
	picture_of(s->n, s->n->photos, s->n->photo_count, place->first + i, content);
}

static bool submit_lists(struct stage *s)
{
	struct person p;

	for (size_t i = 0; i < s->n->place_count; i++) {
		const struct place *place = &s->n->places[i];
		uint32_t at = place->first;
		if (!place->has_members)
			continue;
		struct job *job = stage_job(s, official_of(s->n, place->code, role_cell_officer), act_submit_list, i);
		while (next_listed(s, place, &at, &p))
			job->photos++;
	}
	bool ok = stage_jobs_run(s, fill_list, listed_photo, 64);
	for (size_t i = 0; i < s->count && ok; i++)
		stage_made.list[s->jobs[i].about] = s->jobs[i].accepted ? s->jobs[i].number : 0;
	s->units = stage_accepted(s);
	return ok;
}

static void fill_list_act(void *context, const struct job *job, struct packet *packet)
{
	struct list_act_head head = { .number = job->about,
				      .decision_number = bytes_of_text("12-QĐ/ĐU"),
				      .has_decision_number = true };

	head.decision_date = ((const struct stage *)context)->n->today;
	head.has_decision_date = true;
	packet_add(packet, &list_act_head_shape, &head);
}

static bool appraise(struct stage *s)
{
	for (size_t i = 0; i < s->n->place_count; i++) {
		const struct place *p = &s->n->places[i];
		if (stage_made.list[i])
			stage_job(s,
				  official_of(s->n, p->level == org_level_cell ? p->parent : p->code,
					      role_grassroots_appraiser),
				  act_appraise, stage_made.list[i]);
	}
	bool ok = stage_jobs_run(s, fill_list_act, NULL, 128);
	s->units = stage_accepted(s);
	return ok;
}

static void fill_consolidation(void *context, const struct job *job, struct packet *packet)
{
	(void)context;
	(void)job;
	struct consolidation_head head = { .kind = request_kind_exchange, .reason = request_reason_campaign };

	packet_add(packet, &consolidation_head_shape, &head);
}

static bool consolidate(struct stage *s)
{
	for (size_t i = 0; i < s->n->place_count; i++)
		if (s->n->places[i].level == org_level_superior)
			stage_job(s, official_of(s->n, s->n->places[i].code, role_superior_board), act_consolidate,
				  i);
	bool ok = stage_jobs_run(s, fill_consolidation, NULL, 64);
	for (size_t i = 0; i < s->count && ok; i++)
		stage_made.group[s->jobs[i].about] = s->jobs[i].number;
	s->units = stage_accepted(s);
	return ok;
}

static bool act_on_groups(struct stage *s, enum act act)
{
	for (size_t i = 0; i < s->n->place_count; i++) {
		const struct place *p = &s->n->places[i];
		if (p->level == org_level_superior && stage_made.group[i])
			stage_job(s,
				  act == act_decide ? official_of(s->n, p->code, role_superior_committee)
						    : official_of(s->n, p->parent, role_provincial_board),
				  act, stage_made.group[i]);
	}
	bool ok = stage_jobs_run(s, fill_list_act, NULL, 64);
	s->units = stage_accepted(s);
	return ok;
}

static bool decide(struct stage *s)
{
	return act_on_groups(s, act_decide);
}

static bool approve(struct stage *s)
{
	return act_on_groups(s, act_approve);
}

// ---- ----

static const struct {
	const char *name;
	bool (*work)(struct stage *s);
} stages[] = {
	{ "organisations", import_organisations },
	{ "officers", enrol_officers },
	{ "members", import_members },
	{ "submit", submit_lists },
	{ "appraise", appraise },
	{ "consolidate", consolidate },
	{ "decide", decide },
	{ "approve", approve },
	{ "print", stage_print },
	{ "ship", stage_ship },
	{ "receive", stage_receive },
	{ "hand_over", stage_hand_over },
};

bool stage_run(struct nation *n, struct crowd *c, const char *name)
{
	struct stage s = { .n = n, .c = c };
	uint64_t photos_before = crowd_photo_bytes(c), refused = 0;
	bool ok = false;

	if (!stage_made.list) {
		stage_made.list = calloc(n->place_count, sizeof *stage_made.list);
		stage_made.group = calloc(n->place_count, sizeof *stage_made.group);
		ensure(stage_made.list && stage_made.group);
	}
	int64_t began = clock_boot_ms();
	for (size_t i = 0; i < array_size(stages); i++)
		if (strcmp(stages[i].name, name) == 0)
			ok = stages[i].work(&s);
	for (size_t i = 0; i < s.count; i++)
		refused += s.jobs[i].refused;
	printf("{\"stage\": \"%s\", \"ok\": %s, \"acts\": %zu, \"units\": %" PRIu64 ", \"refused\": %" PRIu64
	       ", \"photo_bytes\": %" PRIu64 ", \"seconds\": %.3f}\n",
	       name, ok ? "true" : "false", s.count, s.units, refused, crowd_photo_bytes(c) - photos_before,
	       (double)(clock_boot_ms() - began) / 1e3);
	fflush(stdout);
	free(s.jobs);
	free(s.boxes);
	free(s.cards);
	return ok;
}
