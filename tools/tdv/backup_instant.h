// Inside tdv backup: the site at one instant, as LMDB's read transactions see it.
#ifndef TDV_TDV_BACKUP_INSTANT_H
#define TDV_TDV_BACKUP_INSTANT_H

#include "backup.h"
#include "store/copy.h"

struct backup {
	const struct site *site;
	char folder[4096], keys[4096]; // where to; keys empty: without
	bool running;
	struct store_copy *copies[cut_services_max]; // by service; 0: the vault's index
	uint64_t head_turn[cut_services_max];
	double pause_ms;
	json_t *files;
};

// All daemons run, or none does: b->running.  Complains of anything else.
bool backup_look_who_runs(struct backup *b);
// Begins the read transactions of all environments while all daemons stand still: copies, head_turn, pause_ms.  Complains.
bool backup_take(struct backup *b);
void backup_close_copies(struct backup *b);
double backup_now_ms(void);

#endif
