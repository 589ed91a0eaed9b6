// The officers whose keys this home has: keys/officers/LOGIN.pem, with LOGIN.json saying for whom they act.
#ifndef TDV_TDV_OFFICERS_H
#define TDV_TDV_OFFICERS_H

#include "tdv.h"
#include "terminal/terminal.h"

struct officer {
	char login[64];
	enum role role;
	uint64_t organisation;
	struct hash certificate; // SHA-256 of the public key
};
struct officers {
	struct officer *list; // by login
	size_t count;
};
// Complains and returns false when the folder cannot be read, or has no key of whom --as names.
bool officers_read(const struct site *site, struct officers *officers);
void officers_deinit(struct officers *officers);
const struct officer *officer_named(const struct officers *officers, const char *login);
const struct officer *officer_of_certificate(const struct officers *officers, const struct hash *certificate);
// Who may do `act` for this organisation: `login` when given (NULL or empty: --as), else the first of this
// home with the role for it.  Complains and returns NULL when there is none.
const struct officer *officer_for(const struct site *site, const struct officers *officers, enum act act,
				  uint64_t organisation, const char *login);
// The same without a word when there is none.
const struct officer *officer_fitting(const struct site *site, const struct officers *officers, enum act act,
				      uint64_t organisation);
// The one officer of --as, or the only one of this home that the act is for; complains.
const struct officer *officer_any(const struct site *site, const struct officers *officers, enum act act);
// A connection to the door with the officer's key; holds a lock while open, so that two programs do not use
// one sequence. error_busy: the lock could not be had.
struct connection {
	struct terminal *terminal;
	int lock;
};
enum error connection_open(const struct site *site, const struct officer *officer,
			   struct connection *connection);
void connection_close(struct connection *connection);

#endif
