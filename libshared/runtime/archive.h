// The archive: a log's turns in sealed segment files, and the view of a log over LMDB and segments together.
//
// A segment is FOLDER/<first turn, 20 digits>.seg.  All integers big-endian:
//
//   "TDVLOG1\n"  site u32  service u16  instance u16  epoch u32  first turn u64  first entry u64  root before 32 bytes
//   for each turn: size u32, the turn record (record.h)
//   for each turn: offset u64 of its size
//   count u32  last turn u64  number after the last entry u64  SHA-256 of everything so far 32 bytes  "TDVLOGE\n"
//
// It is written aside as <first turn>.tmp, synced, renamed, its folder synced; only then may its turns leave LMDB.
#ifndef TDV_RUNTIME_ARCHIVE_H
#define TDV_RUNTIME_ARCHIVE_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/digest.h"
#include "gen/messages.h"
#include "store/store.h"

struct segment {
	uint64_t first_turn, last_turn;
	uint64_t first_entry, next_entry;
	uint64_t bytes;
	struct hash digest; // the one in its trailer
};

struct archive {
	char *folder;
	struct segment *list; // ascending, without gaps
	size_t count, capacity;
	// the segment that was read last
	int fd;
	size_t open_at;
	struct buffer offsets, record;
};

// `folder` need not exist: then there are no segments.  With `scan`, finds the segments in the folder; else
// archive_add. error_corrupt: a gap, or a segment without a whole trailer.
enum error archive_open(struct archive *a, const char *folder, bool scan);
void archive_close(struct archive *a);
void archive_add(struct archive *a, const struct segment *segment);
// Every segment is there, with the ends that it was sealed with, and the last one whole.  error_corrupt: the log names the file.
enum error archive_check(struct archive *a);
// How far a sealed segment goes that begins at `turn`, which the archive does not know; 0: there is none.
enum error archive_beyond(const struct archive *archive, uint64_t turn, uint64_t *last);
// The name of the log that the first segment belongs to; error_absent.
enum error archive_log_name(struct archive *a, struct log_name *name);
// A turn's record, until the next call.  error_absent: not in a segment; error_corrupt: the segment's bytes are
// not what was sealed.
enum error archive_turn(struct archive *a, uint64_t turn, struct bytes *record);
uint64_t archive_last_turn(const struct archive *a); // 0: none

// --- writing a segment
struct segment_writer {
	int fd;
	char *path; // of the sealed file
	struct segment segment;
	struct digest *digest;
	struct buffer offsets;
	bool sealed;
	bool sync;
};
enum error segment_begin(struct segment_writer *w, const char *folder, const struct log_name *log, uint64_t first_turn,
			 uint64_t first_entry, const struct hash *root_before, bool sync);
enum error segment_add(struct segment_writer *w, uint64_t turn, struct bytes record);
// What was added so far is on its way to the disk, so that sealing waits less.
enum error segment_flush(struct segment_writer *w);
enum error segment_seal(struct segment_writer *w, uint64_t next_entry);
bool segment_writing(const struct segment_writer *w);
void segment_forget(struct segment_writer *w); // after sealing, or to give up

// --- a log as one
struct log_view {
	struct store_txn *txn;            // NULL: segments only
	const struct store_table *turns;
	struct archive *archive;
	uint64_t head_turn, head_entry;
};
// The record, until the next call or the end of the transaction.  error_absent, error_corrupt or a fault.
enum error log_turn(struct log_view *view, uint64_t turn, struct bytes *record);
// The turn that put out `entry`; error_absent.
enum error log_turn_of_entry(struct log_view *view, uint64_t entry, uint64_t *turn);

#endif
