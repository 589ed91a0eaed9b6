// The rows of a cut, wherever they are: in a snapshot that a daemon keeps, or in a store.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "snapshot.h"

#define keep_ms 15000

struct cut_walk {
	struct cut *cut;
	struct cut_service *service;
	char table[64];
	struct store_walk rows; // offline
	struct buffer backing;  // online
	struct scan_answer *page;
	size_t at;
	uint8_t last[store_key_max];
	size_t last_size;
};

static bool has_table(const struct cut_service *s, const char *name)
{
	for (size_t i = 0; i < s->has_count; i++)
		if (strcmp(s->has[i].name, name) == 0)
			return true;
	return false;
}

enum error cut_walk_open(struct cut *cut, uint16_t service, const char *table, struct cut_walk **out)
{
	struct cut_service *s = service < cut_services_max ? &cut->services[service] : NULL;

	*out = NULL;
	if (!s || !s->open || !has_table(s, table))
		return error_absent;
	struct cut_walk *walk = calloc(1, sizeof *walk);
	ensure(walk);
	walk->cut = cut;
	walk->service = s;
	snprintf(walk->table, sizeof walk->table, "%s", table);
	if (cut->offline) {
		store_walk_init(&walk->rows, &s->txn, runtime_table_by_name(&s->tables, bytes_of_text(table)),
				(struct bytes){ 0 });
	} else {
		walk->page = malloc(sizeof *walk->page);
		ensure(walk->page);
		walk->page->rows_count = 0;
		walk->page->more = true;
	}
	*out = walk;
	return error_none;
}

static enum error next_page(struct cut_walk *walk)
{
	struct cut_service *s = walk->service;
	struct scan_query question = { .snapshot = s->snapshot,
				       .table = bytes_of_text(walk->table),
				       .after = bytes_of(walk->last, walk->last_size) };

	if (!walk->page->more)
		return error_absent;
	enum error e = ask_for(walk->cut->site, s->service->id, scan_query, &question, scan_answer,
			       walk->page, &walk->backing);
	s->asked_ms = clock_boot_ms();
	walk->at = 0;
	if (e)
		return e > 0 ? error_interrupted : e;
	if (walk->page->rows_count == 0)
		return error_absent;
	struct bytes last = walk->page->rows[walk->page->rows_count - 1].key;
	ensure(last.size <= sizeof walk->last);
	memcpy(walk->last, last.data, last.size);
	walk->last_size = last.size;
	cut_keep(walk->cut);
	return error_none;
}

enum error cut_walk_next(struct cut_walk *walk, struct bytes *key, struct bytes *value)
{
	struct cut *cut = walk->cut;

	if (cut->offline) {
		if (!store_walk_next(&walk->rows))
			return walk->service->txn.fault ? walk->service->txn.fault : error_absent;
		*key = walk->rows.key;
		*value = walk->rows.value;
	} else {
		enum error e = walk->at == walk->page->rows_count ? next_page(walk) : error_none;
		if (e)
			return e;
		*key = walk->page->rows[walk->at].key;
		*value = walk->page->rows[walk->at++].value;
	}
	cut->last_service = walk->service->service->id;
	memcpy(cut->last_table, walk->table, sizeof cut->last_table);
	cut->last_key = *key;
	return error_none;
}

void cut_walk_close(struct cut_walk *walk)
{
	if (!walk)
		return;
	if (walk->cut->offline)
		store_walk_deinit(&walk->rows);
	free(walk->page);
	buffer_deinit(&walk->backing);
	free(walk);
}

void cut_keep(struct cut *cut)
{
	int64_t now = clock_boot_ms();

	for (uint16_t i = 0; i < cut_services_max; i++) {
		struct cut_service *s = &cut->services[i];
		if (cut->offline || !s->open || now - s->asked_ms < keep_ms)
			continue;
		struct scan_query question = { .snapshot = s->snapshot,
					       .table = bytes_of_text("runtime.meta"),
					       .limit = 1 };
		struct scan_answer *answer = malloc(sizeof *answer);
		struct buffer backing = { 0 };
		ensure(answer);
		ask_for(cut->site, i, scan_query, &question, scan_answer, answer, &backing);
		s->asked_ms = now;
		free(answer);
		buffer_deinit(&backing);
	}
}
