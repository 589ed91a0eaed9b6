// A cut: how several services looked at one instant between their turns, to be read at leisure.
//
// Of running daemons each is paused, snapshots are opened, and all go on; of stopped ones the stores are
// read.
#ifndef TDV_TDV_SNAPSHOT_H
#define TDV_TDV_SNAPSHOT_H

#include "ask.h"
#include "runtime/archive.h"
#include "runtime/service.h"
#include "runtime/tables.h"

#define cut_services_max 16 // numbers of services are below

struct cut_service {
	bool open;
	const struct service *service;
	struct log_name log;
	uint64_t head_turn, head_entry;
	struct hash root;
	struct log_position positions[cut_services_max]; // of its sources
	bool forked[cut_services_max];			 // by position: its past is not the source's log
	size_t position_count;
	struct {
		char name[64];
		bool local;
		uint64_t rows;
	} has[store_tables_max];
	size_t has_count;
	// of a daemon
	uint64_t snapshot;
	int64_t asked_ms;
	// of a store
	struct runtime_tables tables;
	struct store *store;
	struct store_txn txn;
	struct archive archive;
	struct past {
		uint64_t turn;
		struct hash root;
	} past[cut_services_max]; // by position: the last turn taken and the log's root at it
};
struct cut {
	const struct site *site;
	bool offline;
	struct cut_service services[cut_services_max]; // by number
	// the row handed out last: what to name when it does not decode
	uint16_t last_service;
	char last_table[64];
	struct bytes last_key; // until the next row
};

// What this program knows of services (snapshot_services.c), in the order of the pipeline; ends with NULL.
extern const struct service *const services_known[];
// NULL: nothing is known of that one.
const struct service *service_known(uint16_t number);
// Services that read what `service` puts out, ending with 0; `out` holds cut_services_max.
void service_readers(uint16_t service, uint16_t *out);

// All services: of running daemons (snapshot.c), or of their stores (snapshot_stores.c).  Online it waits up to wait_s
// seconds for them to come to rest first; a busy site is cut as it is then. These complain and return false; cut_release is
// due in any case.
bool cut_take(const struct site *site, uint32_t wait_s, struct cut *cut);
bool cut_read(const struct site *site, struct cut *cut);
// One service alone.
bool cut_take_one(const struct site *site, uint16_t service, struct cut *cut);
bool cut_read_one(const struct site *site, uint16_t service, struct cut *cut);
// The same of an environment elsewhere.
bool cut_read_folder(const struct site *site, uint16_t service, const char *folder, struct cut *cut);
void cut_release(struct cut *cut);
// The first service of this home whose store holds that it has taken turns of `service` beyond `head_turn`, and how
// far; NULL: none.
const struct service *cut_reader_ahead(const struct site *site, uint16_t service, uint64_t head_turn, uint64_t *seen);
// The name of a daemon of the site that answers; NULL: none does.
const char *cut_daemon_running(const struct site *site);

// All rows of a table in key order (snapshot_walk.c).  error_absent: no such service or table; of next: the end.  A row lives
// until the next one of its walk.  error_interrupted: the snapshot is gone; the daemon was ended, or somebody
// else took one.  Daemons keep a snapshot for a minute: who reads slowly calls cut_keep now and then.
struct cut_walk;
enum error cut_walk_open(struct cut *cut, uint16_t service, const char *table, struct cut_walk **walk);
enum error cut_walk_next(struct cut_walk *walk, struct bytes *key, struct bytes *value);
void cut_walk_close(struct cut_walk *walk); // NULL is nothing
void cut_keep(struct cut *cut);

#endif
