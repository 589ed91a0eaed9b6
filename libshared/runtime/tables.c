#include "runtime/tables.h"

#include <string.h>

#include "base/ensure.h"

void runtime_tables_init(struct runtime_tables *t, const struct store_table *const *service_tables)
{
	uint16_t count = 0;

	while (service_tables && service_tables[count]) {
		t->all[count] = service_tables[count];
		count++;
	}
	struct {
		struct store_table *table;
		const char *name;
		bool local;
	} rows[] = {
		{ &t->meta, "runtime.meta", true },
		{ &t->turns, "runtime.turns", true },
		{ &t->cursors, "runtime.cursors", false },
		{ &t->effects, "runtime.effects", false },
		{ &t->timers, "runtime.timers", false },
		{ &t->continuations, "runtime.continuations", false },
		{ &t->quarantine, "runtime.quarantine", false },
		{ &t->story, "runtime.story", true },
		{ &t->archive, "runtime.archive", true },
	};
	ensure(count + array_size(rows) <= store_tables_max);
	for (size_t i = 0; i < array_size(rows); i++, count++) {
		*rows[i].table = (struct store_table){
			.name = rows[i].name, .index = count, .version = 1, .local = rows[i].local
		};
		t->all[count] = rows[i].table;
	}
	t->all[count] = NULL;
}

const struct store_table *runtime_table_by_name(const struct runtime_tables *t, struct bytes name)
{
	for (size_t i = 0; t->all[i]; i++)
		if (bytes_equal(bytes_of_text(t->all[i]->name), name))
			return t->all[i];
	return NULL;
}

struct runtime_key runtime_key_u16(uint16_t v)
{
	struct runtime_key key = { .size = 2 };

	put_u16(key.byte, v);
	return key;
}

struct runtime_key runtime_key_u64(uint64_t v)
{
	struct runtime_key key = { .size = 8 };

	put_u64(key.byte, v);
	return key;
}

struct runtime_key runtime_key_pair(uint64_t a, uint64_t b)
{
	struct runtime_key key = { .size = 16 };

	put_u64(key.byte, a);
	put_u64(key.byte + 8, b);
	return key;
}

struct runtime_key runtime_key_timer(int64_t due_ms, uint64_t id)
{
	return runtime_key_pair((uint64_t)due_ms ^ (UINT64_C(1) << 63), id);
}
