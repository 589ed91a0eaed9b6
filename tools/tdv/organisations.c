#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "domain/organisation.h"

struct collecting {
	struct organisations *into;
	size_t capacity;
};

static bool collect(void *context, struct bytes key, struct bytes value)
{
	struct collecting *c = context;
	struct organisations *o = c->into;
	struct intake_organisations_row row;

	if (intake_organisations_row_decode(value, &row))
		return true;
	if (o->count == c->capacity) {
		c->capacity = c->capacity ? c->capacity * 2 : 256;
		o->list = realloc(o->list, c->capacity * sizeof *o->list);
		ensure(o->list);
	}
	o->list[o->count++] = (struct organisation){ .code = get_u64(key.data),
						     .parent = row.parent,
						     .level = row.level,
						     .name = strndup((const char *)row.name.data,
								     row.name.size) };
	return true;
}

bool organisations_read(const struct site *site, struct organisations *o)
{
	struct collecting c = { .into = o };

	*o = (struct organisations){ 0 };
	return scan(site, service_id_intake, "organisations", collect, &c);
}

void organisations_deinit(struct organisations *o)
{
	for (size_t i = 0; i < o->count; i++)
		free(o->list[i].name);
	free(o->list);
	*o = (struct organisations){ 0 };
}

static int compare_codes(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct organisation *)element)->code;
	return a < b ? -1 : a > b;
}

const struct organisation *organisation_find(const struct organisations *o, uint64_t code)
{
	return o->count ? bsearch(&code, o->list, o->count, sizeof *o->list, compare_codes) : NULL;
}

const char *organisation_title(const struct organisations *o, uint64_t code)
{
	static __thread char number[4][24];
	static __thread unsigned next;
	const struct organisation *found = organisation_find(o, code);

	if (found)
		return found->name;
	next = (next + 1) % 4;
	snprintf(number[next], sizeof number[next], "%llu", (unsigned long long)code);
	return number[next];
}

bool organisation_hands_over(const struct organisations *o, uint64_t code)
{
	const struct organisation *found = organisation_find(o, code);

	if (!found || found->level == org_level_cell)
		return found != NULL;
	if (found->level != org_level_grassroots)
		return false;
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].parent == code && o->list[i].level == org_level_cell)
			return false; // one that was merged into it is of its own level
	return true;
}

static bool parent_of(void *context, uint64_t code, uint64_t *parent, enum org_level *level)
{
	const struct organisation *found = organisation_find(context, code);

	if (!found)
		return false;
	*parent = found->parent;
	*level = found->level;
	return true;
}

void organisations_tree(struct organisations *o, struct organisation_tree *tree)
{
	*tree = (struct organisation_tree){ .context = o, .parent = parent_of };
}
