#include "simulator/telling.h"

#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "simulator/judge.h"
#include "simulator/signatures.h"
#include "simulator/story.h"
#include "simulator/watch.h"

#define tail_lines 60     // of a transcript
#define round_limit 40000 // until all has come to rest

static bool until_quiet(struct site *site)
{
	site_calm_down(site);
	for (unsigned round = 0; round < round_limit; round++) {
		if (!site_round(site))
			return false;
		if (round % 8 == 7 && site_is_quiet(site))
			return true;
	}
	site_say(site, "FAILED  does not come to rest:");
	site_describe(site);
	return false;
}

static bool audited(struct site *site)
{
	return judge_audit(site, false);
}

static struct hash digest_of(const struct telling *t, const struct watch *watch)
{
	struct digest *digest = digest_new();
	uint64_t order = watch_digest(watch);
	digest_add(digest, buffer_bytes(&t->transcript));
	digest_add(digest, buffer_bytes(&t->outcome));
	digest_add(digest, bytes_of(&t->figures, sizeof t->figures));
	digest_add(digest, bytes_of(&order, sizeof order));
	return digest_end_free(digest);
}

static bool (*const stories[])(struct story *story, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
			       struct buffer *transcript) = {
	[telling_usual] = story_tell, [telling_pairs] = story_tell_pairs, [telling_midway] = story_tell_midway,
};

static bool told(struct story *story, enum telling_story which, struct site *site, uint64_t world, bool calm, struct telling *t)
{
	if (!stories[which](story, site, world, calm ? NULL : audited, &t->transcript) || !until_quiet(site) || !judge_audit(site, true) ||
	    !judge_signatures(site, story->office.together))
		return false;
	story_outcomes(story, &t->outcome);
	judge_outcome(story, &t->outcome);
	if (which == telling_midway) // who comes first differs from run to run; each outcome was compared with the table's lines
		buffer_clear(&t->outcome);
	t->cards = story->cards_handed_over;
	return site_stop(site) && judge_replay(site);
}

void telling_tell(struct telling *t, enum telling_story which, uint64_t world, uint64_t storm, char *folder, size_t size)
{
	static struct story story;
	signatures_are_cheap(storm % 10 != 5);
	struct site *site = site_new(storm, storm == 0, &t->transcript);
	struct watch *watch = watch_new(site);
	snprintf(folder, size, "%s", site_folder(site));
	t->good = told(&story, which, site, world, storm == 0, t);
	memcpy(t->pairs, story.pairs, sizeof t->pairs);
	t->figures = *site_figures(site);
	t->entries = watch_entries(watch);
	t->digest = digest_of(t, watch);
	story_deinit(&story);
	watch_free(watch);
	site_free(site);
	folder[0] = 0;
}

void telling_deinit(struct telling *t)
{
	buffer_deinit(&t->transcript);
	buffer_deinit(&t->outcome);
}

// ---- what is told of it ----

void telling_tail(const struct buffer *text, struct buffer *out)
{
	size_t from = text->size;
	for (unsigned lines = 0; from > 0 && lines <= tail_lines; from--)
		lines += text->data[from - 1] == '\n';
	buffer_append(out, text->data + from, text->size - from);
}

void telling_difference(const struct buffer *calm, const struct buffer *rough, struct buffer *out)
{
	const char *a = (const char *)calm->data, *b = (const char *)rough->data;
	const char *a_end = a + calm->size, *b_end = b + rough->size;
	while (a < a_end && b < b_end) {
		size_t a_line = (size_t)((const char *)memchr(a, '\n', (size_t)(a_end - a)) - a) + 1;
		size_t b_line = (size_t)((const char *)memchr(b, '\n', (size_t)(b_end - b)) - b) + 1;
		if (a_line != b_line || memcmp(a, b, a_line) != 0) {
			buffer_printf(out, "  calm:   %.*s  rough:  %.*s", (int)a_line, a, (int)b_line, b);
			return;
		}
		a += a_line;
		b += b_line;
	}
	buffer_printf(out, "  one outcome is longer\n");
}

void telling_finding(const struct buffer *transcript, const char *why, char *out, size_t size)
{
	const char *text = (const char *)transcript->data, *end = text + transcript->size;
	snprintf(out, size, "%s", why);
	for (const char *line = text, *next; line < end; line = next) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		next = stop ? stop + 1 : end;
		const char *said = memmem(line, (size_t)(next - line), "  F", 3);
		if (!said || (strncmp(said + 2, "FAILED", 6) != 0 && strncmp(said + 2, "FINDING", 7) != 0))
			continue;
		snprintf(out, size, "%.*s", (int)((stop ? stop : end) - said - 2), said + 2);
		return;
	}
}
