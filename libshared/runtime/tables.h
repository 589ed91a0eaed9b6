// The tables of the runtime, which every service's environment holds beside the service's own.
//
// Keys are big-endian.  Rows are frames of schemas/runtime.schema, but for turns (record.h) and story (a turn's
// number).
#ifndef TDV_RUNTIME_TABLES_H
#define TDV_RUNTIME_TABLES_H

#include "store/store.h"

struct runtime_tables {
	struct store_table meta;          // one row: meta_row; local
	struct store_table turns;         // turn u64 -> turn record
	struct store_table cursors;       // service u16 -> cursor_row
	struct store_table effects;       // id u64 -> effect_row
	struct store_table timers;        // due i64 with its sign flipped, id u64 -> timer_row
	struct store_table continuations; // number u64 -> continuation_row
	struct store_table quarantine;    // number u64 -> quarantine_row
	struct store_table story;         // subject u64, entry u64 -> turn u64; local
	struct store_table archive;       // first turn u64 -> archive_row; local
	const struct store_table *all[store_tables_max + 1]; // the service's, then these; ends with NULL
};

// Numbers the runtime's tables after the service's (NULL: none).
void runtime_tables_init(struct runtime_tables *t, const struct store_table *const *service_tables);
// By name, the service's and the runtime's; NULL: none.
const struct store_table *runtime_table_by_name(const struct runtime_tables *t, struct bytes name);

// A key in storage of its own, alive until the end of the block that holds it.
struct runtime_key {
	uint8_t byte[16];
	size_t size;
};
struct runtime_key runtime_key_u16(uint16_t v);
struct runtime_key runtime_key_u64(uint64_t v);
struct runtime_key runtime_key_pair(uint64_t a, uint64_t b);
struct runtime_key runtime_key_timer(int64_t due_ms, uint64_t id);
#define runtime_key_bytes(key) bytes_of((key).byte, (key).size)

#endif
