// Inside the vault: append-only files that hold sealed attachments one after the other, folder/pack-000001 and on.
//
// A record is a header and sealed bytes:
//     offset 0  4 bytes  "TDVA"
//            4  8        number of the attachment, big-endian
//           12  4        size of what follows, big-endian
//           16  ...      nonce || ciphertext || tag (crypto/seal.h)
// Where records lie is known by the index alone.  What it does not know of, the end of an interrupted write, is
// cut off when the packs are opened for writing.
#ifndef TDV_STORE_PACK_H
#define TDV_STORE_PACK_H

#include "base/bytes.h"
#include "base/error.h"

#define pack_header_size 16
#define pack_segment_bytes (UINT64_C(256) << 20)

struct pack_place {
	uint32_t segment; // from 1
	uint64_t offset;  // of the header
	uint32_t size;    // header included
};

struct pack {
	const char *folder; // borrowed
	uint64_t segment_bytes;
	bool writes, sync;
	struct pack_place end; // where the next record goes; its size means nothing
	int write_fd;          // of the segment end.segment, -1: not open
	bool dirty, folder_dirty;
	int read_fd; // of the segment last read
	uint32_t read_segment;
};

void pack_init(struct pack *pack, const char *folder, bool writes, bool sync);
void pack_deinit(struct pack *pack);
// To be called before the first append, and to forget what was appended: cuts off what lies behind `last`, the last
// record that the index knows (size 0: none).  error_corrupt when the files end before it.
enum error pack_cut(struct pack *pack, const struct pack_place *last);
// `record`: pack_header_size bytes of room, which this fills, and the sealed bytes.
enum error pack_append(struct pack *pack, uint64_t number, struct buffer *record, struct pack_place *place);
enum error pack_sync(struct pack *pack);
// Appends the sealed bytes; error_corrupt when another record, or none, lies there.
enum error pack_read(struct pack *pack, uint64_t number, const struct pack_place *place, struct buffer *out);
// Overwrites a record with zeros, synced.
enum error pack_erase(struct pack *pack, const struct pack_place *place);

#endif
