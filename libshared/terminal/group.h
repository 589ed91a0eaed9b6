// Many under one signature (WIRE.md): whoever has much to send signs the root over the hashes of all of it, and shows with each
// that it is among them.  Attachments are put so, and acts.
#ifndef TDV_TERMINAL_GROUP_H
#define TDV_TERMINAL_GROUP_H

#include "base/error.h"
#include "crypto/digest.h"
#include "crypto/signature.h"
#include "gen/messages.h"

#define signed_group_max 64 // of the 256 that the wire allows: as many as are under way at a time

// Begun as {0}, added to, signed once, and then read.
struct signed_group {
	size_t count;
	struct hash nodes[merkle_nodes_max(signed_group_max)], root;
	uint8_t signature[64];
};
void signed_group_add(struct signed_group *group, const struct hash *what);
// `purpose`: one of crypto/purpose.h.
enum error signed_group_sign(struct signed_group *group, const char *purpose, const struct key *key);
// That the i-th that was added is among them.
struct group_proof signed_group_proof(const struct signed_group *group, size_t i);

#endif
