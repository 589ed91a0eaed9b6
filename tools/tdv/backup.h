// A backup: DIR/manifest.json, DIR/state/<service>/…, DIR/vault/…, DIR/tdv.conf, and DIR/keys/ with a manifest of its own.
//
// manifest.json, written last and synced: a folder without one is no backup.
//
//   { "format": "TDV backup 1", "made": "2026-03-02 10:00:00.000", "site": 1, "pause_ms": 12.5,
//     "services": [ { "service": "intake", "log": [site, service, instance, epoch], "turn": 180, "entry": 2044, "root": "…",
//                     "positions": { "registry": 512, … } }, … ],
//     "vault": { "persons": 6202, "records": 6202, "attachments": 6100 },
//     "files": [ { "path": "state/intake/data.mdb", "size": 4096, "sha256": "…" }, … ] }
//
// keys/manifest.json holds "format" and "files" alone.
#ifndef TDV_TDV_BACKUP_H
#define TDV_TDV_BACKUP_H

#include <jansson.h>

#include "snapshot.h"
#include "store/vault.h"

#define backup_format "TDV backup 1"
#define backup_manifest "manifest.json"

// Copies a file to a new one, mode 0600, synced, at most `limit` bytes of it; makes the folders above it.  Complains.
bool backup_copy_file(const char *from, const char *to, uint64_t limit, uint64_t *size, struct hash *digest);
// The row of "files".
json_t *backup_file_json(const char *path, uint64_t size, const struct hash *digest);
bool backup_make_folders(const char *path); // all above the last step; complains
bool backup_sync_folder(const char *folder);
// Where the vault of `folder` and the logs of the cut stand to each other; complains when it is behind them.
bool backup_vault_agrees(struct cut *cut, const char *folder, struct vault_newest *newest);
void backup_remove(const char *folder); // and all that is in it

#endif
