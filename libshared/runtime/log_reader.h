// A log as others may read it: from a service's folder, beside its daemon or without it, environment and segments or
// segments alone.
#ifndef TDV_RUNTIME_LOG_READER_H
#define TDV_RUNTIME_LOG_READER_H

#include "base/bytes.h"
#include "base/error.h"
#include "gen/messages.h"
#include "runtime/tables.h"
#include "store/store.h"

struct log_reader;

// `tables`: the service's own (struct service, or gen/tables.h: service_tables), to read them through
// log_reader_txn; or NULL. With `segments_only` the environment is not looked at.  error_absent: there is
// neither; error_corrupt.
enum error log_reader_open(struct log_reader **reader, const char *folder, const struct store_table *const *tables,
			   bool segments_only);
void log_reader_close(struct log_reader *reader);

struct log_name log_reader_name(const struct log_reader *reader);
uint64_t log_reader_head_turn(const struct log_reader *reader);
uint64_t log_reader_head_entry(const struct log_reader *reader);
// One snapshot for as long as the reader is open; NULL: segments only.
struct store_txn *log_reader_txn(struct log_reader *reader);
const struct runtime_tables *log_reader_tables(const struct log_reader *reader);

// A turn record (record.h), until the next call.  error_absent: beyond the head, or lost with an environment.
enum error log_reader_turn(struct log_reader *reader, uint64_t turn, struct bytes *record);

struct log_reader_entry {
	uint64_t number, turn;
	int64_t time_ms;
	struct bytes envelope; // until the next call
};
// The entry of that number; quick when the numbers ascend.  error_absent.
enum error log_reader_entry(struct log_reader *reader, uint64_t number, struct log_reader_entry *entry);

#endif
