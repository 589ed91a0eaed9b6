// The files of a backup: copied, hashed, synced, removed; and whether a vault and logs belong to each other.  Backup and
// restore share them.
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "gen/intake_tables.h"
#include "gen/printing_tables.h"
#include "gen/tables.h"
#include "gen/verification_tables.h"
#include "verbs.h"

#define part_size (256u << 10)

// ---- files

bool backup_make_folders(const char *path)
{
	char folder[4096];

	snprintf(folder, sizeof folder, "%s", path);
	for (char *slash = folder + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
			complain(_("%s cannot be made: %s"), folder, language_errno(errno));
			return false;
		}
	}
	return true;
}

bool backup_sync_folder(const char *folder)
{
	if (folder_sync(folder) == error_none)
		return true;
	complain("%s: %s", folder, language_errno(errno));
	return false;
}

static bool write_whole(int fd, const uint8_t *at, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool copy_bytes(int in, int out, uint64_t limit, uint64_t *size, struct digest *digest)
{
	static uint8_t part[part_size];

	for (*size = 0; *size < limit;) {
		size_t step = limit - *size < part_size ? (size_t)(limit - *size) : part_size;
		ssize_t n = read(in, part, step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		digest_add(digest, bytes_of(part, (size_t)n));
		if (out >= 0 && !write_whole(out, part, (size_t)n))
			return false;
		*size += (uint64_t)n;
	}
	return true;
}

bool backup_copy_file(const char *from, const char *to, uint64_t limit, uint64_t *size, struct hash *hash)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
	bool copied = in >= 0;

	if (!copied)
		complain("%s: %s", from, language_errno(errno));
	if (copied && to) {
		copied = backup_make_folders(to);
		out = copied ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
		if (copied && out < 0)
			complain("%s: %s", to, language_errno(errno));
		copied = out >= 0;
	}
	struct digest *digest = digest_new();
	if (copied && (!copy_bytes(in, out, limit, size, digest) || (out >= 0 && fsync(out) < 0))) {
		complain("%s: %s", to ? to : from, language_errno(errno));
		copied = false;
	}
	*hash = digest_end_free(digest);
	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
	return copied;
}

json_t *backup_file_json(const char *path, uint64_t size, const struct hash *digest)
{
	return json_pack("{s:s, s:I, s:o}", "path", path, "size", (json_int_t)size, "sha256", json_hash(digest));
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s, (void)kind, (void)at;
	return remove(path);
}

void backup_remove(const char *folder)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

// ---- the vault and the logs

struct references {
	uint64_t member, record, attachment;
};

static void keep_most(uint64_t *most, uint64_t number)
{
	*most = number > *most ? number : *most;
}

static void refer(struct references *r, const struct store_table *table, struct bytes key, struct bytes value)
{
	if (table == &intake_members_table) {
		struct intake_members_row row;
		if (key.size == 8 && !intake_members_row_decode(value, &row)) {
			keep_most(&r->member, get_u64(key.data));
			keep_most(&r->record, row.record);
		}
	} else if (table == &verification_requests_table) {
		struct verification_requests_row row;
		if (!verification_requests_row_decode(value, &row)) {
			keep_most(&r->attachment, row.has_photo ? row.photo : 0);
			keep_most(&r->attachment, row.has_evidence ? row.evidence : 0);
		}
	} else {
		struct printing_records_row row;
		if (!printing_records_row_decode(value, &row))
			keep_most(&r->attachment, row.photo);
	}
}

static enum error find_references(struct cut *cut, struct references *r)
{
	static const struct {
		uint16_t service;
		const struct store_table *table;
	} where[] = { { service_id_intake, &intake_members_table },
		      { service_id_verification, &verification_requests_table },
		      { service_id_printing, &printing_records_table } };
	enum error e = error_none;

	for (size_t i = 0; !e && i < array_size(where); i++) {
		struct cut_walk *walk;
		struct bytes key, value;
		e = cut_walk_open(cut, where[i].service, where[i].table->name, &walk);
		while (!e && !(e = cut_walk_next(walk, &key, &value)))
			refer(r, where[i].table, key, value);
		cut_walk_close(walk);
		e = e == error_absent ? error_none : e;
	}
	return e;
}

bool backup_vault_agrees(struct cut *cut, const char *folder, struct vault_newest *newest)
{
	struct references r = { 0 };
	enum error e = vault_newest_of(folder, newest);

	if (e == error_absent) { // nothing was ever put into it
		*newest = (struct vault_newest){ 0 };
		e = error_none;
	}
	if (!e)
		e = find_references(cut, &r);
	if (e)
		complain(_("%s cannot be read: %s"), folder, language_error(e));
	if (e)
		return false;
	if (r.member <= newest->person && r.record <= newest->record && r.attachment <= newest->attachment)
		return true;
	complain(_("the vault is behind the logs: they know member %llu, record %llu and attachment %llu; it ends at %llu, "
		   "%llu and %llu. It needs the vault of the same backup or a newer one."),
		 (unsigned long long)r.member, (unsigned long long)r.record, (unsigned long long)r.attachment,
		 (unsigned long long)newest->person, (unsigned long long)newest->record, (unsigned long long)newest->attachment);
	return false;
}
