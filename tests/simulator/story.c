#include "simulator/story.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"

#define settle_rounds_max 60000

bool story_fate(const struct story *story, const char *question, uint64_t number, uint32_t per_mille)
{
	return fate_in(story->seed, question, number, per_mille);
}

bool story_settle(struct story *s)
{
	for (unsigned round = 0; round < settle_rounds_max; round++) {
		if (!site_round(s->site))
			return false;
		if (round % 4 == 3 && site_is_quiet(s->site))
			return true;
	}
	site_say(s->site, "FAILED  does not come to rest");
	return false;
}

// ---- the whole ----

// As `tdv init` does.
static void administrator_write(const struct story *s)
{
	char path[128];
	struct buffer pem = { 0 };
	snprintf(path, sizeof path, "%s/keys/administrator.pub.pem", site_folder(s->site));
	ensure(key_write_public(s->world.clerks[0].key, &pem) == error_none);
	ensure(file_write_atomic(path, buffer_bytes(&pem), 0644) == error_none);
	buffer_deinit(&pem);
}

static bool tell(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		 struct buffer *transcript, bool (*const *parts)(struct story *s))
{
	*s = (struct story){ .site = site, .seed = seed };
	world_init(&s->world, seed);
	administrator_write(s);
	office_init(&s->office, site, seed, transcript);
	s->office.watch = watch;
	for (; *parts; parts++)
		if (!(*parts)(s))
			return false;
	return true;
}

bool story_tell(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		struct buffer *transcript)
{
	static bool (*const parts[])(struct story *s) = {
		story_registry, story_lists, story_requests, story_registry_changes, story_approval, story_printing,
		story_withdraw_too_late, story_boxes, story_hand_over, story_life,
		story_inspection, story_races, story_time, NULL,
	};
	return tell(s, site, seed, watch, transcript, parts);
}

bool story_tell_pairs(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		      struct buffer *transcript)
{
	static bool (*const parts[])(struct story *s) = { story_registry, story_numbers, story_races_all, NULL };
	return tell(s, site, seed, watch, transcript, parts);
}

bool story_tell_midway(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		       struct buffer *transcript)
{
	static bool (*const parts[])(struct story *s) = { story_registry, story_numbers, story_races_midway, NULL };
	return tell(s, site, seed, watch, transcript, parts);
}

void story_deinit(struct story *s)
{
	office_deinit(&s->office);
}

// Which row is which depends on the order in which lists arrived; how many were refused for what does not.
static void errors_count(const struct outcome *o, struct buffer *out)
{
	unsigned rows[128][128];
	if (o->errors_count == 0)
		return;
	memset(rows, 0, sizeof rows);
	for (size_t i = 0; i < o->errors_count; i++)
		if ((unsigned)o->errors[i].field < 128 && (unsigned)o->errors[i].reason < 128)
			rows[o->errors[i].field][o->errors[i].reason]++;
	for (unsigned field = 0; field < 128; field++)
		for (unsigned reason = 0; reason < 128; reason++)
			if (rows[field][reason])
				buffer_printf(out, "  %u rows: %s %s\n", rows[field][reason], field_name((enum field)field),
					      reason_name((enum reason)reason));
}

void story_outcomes(const struct story *s, struct buffer *out)
{
	for (size_t i = 0; i < s->office.count; i++) {
		const struct errand *e = s->office.errands[i];
		if (e->kind != errand_act)
			continue;
		const struct outcome *o = &e->outcome;
		buffer_printf(out, "%s: %s %s, accepted %u, refused %u\n", e->label, field_name(o->field), reason_name(o->reason),
			      o->accepted, o->refused);
		errors_count(o, out);
	}
}
