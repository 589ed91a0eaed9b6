// Replay: a service rebuilt from its recorded turns in a fresh environment, and compared.
//
// Adapters do not run and no clock is read: what a turn took in is in its record, or in the logs of others where the
// record names the range.  Compared are every turn record, byte for byte (time, inputs, every entry put out,
// roots), and every table that is not `local`, in key order.
#ifndef TDV_RUNTIME_REPLAY_H
#define TDV_RUNTIME_REPLAY_H

#include "runtime/service.h"

enum replay_difference {
	replay_difference_none,
	replay_difference_record,  // a record's own leaf does not fit its contents, or turns do not follow one another
	replay_difference_input,   // a range of another log cannot be read, or a turn refers to what is not there
	replay_difference_turn,    // the turn came out differently: time, inputs, or cursors
	replay_difference_entry,   // it put out another entry, or more, or fewer
	replay_difference_table,   // a row differs
	replay_difference_version, // recorded by other code, and there is no checkpoint to start from
};

struct replay_options {
	const struct service *service;
	const char *recorded;   // HOME/state/<service>: segments under log/, and its environment if there is one
	const char *folder;     // where the environment is made anew: without one so far; may be `recorded` itself
	const char *sources;    // HOME/state: where the logs of others are
	const char *base;       // an older environment of the same log to begin from; NULL: from nothing, or a checkpoint
	bool segments_only;     // as if the environment of `recorded`, and those of the sources, were lost
	uint64_t through_turn;  // 0: all that was recorded
	size_t map_bytes;       // 0: 1 GiB
};

struct replay_report {
	uint64_t first_turn;    // after the checkpoint that it began from; 1: from nothing
	uint64_t turns, entries;
	uint32_t tables;        // compared
	enum replay_difference difference; // the first
	uint64_t turn, entry;
	char table[64];
	struct buffer key, recorded, replayed; // of a row: an empty value is a row that is not there
};

// error_none: look into the report.  error_exists: `folder` holds an environment already; error_absent: nothing
// is recorded.
enum error replay_run(const struct replay_options *options, struct replay_report *report);
void replay_report_deinit(struct replay_report *report);
// One line in English, e.g. "table requests differs at key 0000000000000011: 83… recorded, 84… replayed".
void replay_report_text(const struct replay_report *report, struct buffer *out);

#endif
