// What `tdv audit --signatures` adds.
#ifndef TDV_TDV_AUDIT_SIGNATURES_H
#define TDV_TDV_AUDIT_SIGNATURES_H

#include "audit/signatures.h"
#include "snapshot.h"

// Of intake's log up to where the cut was made; of a running daemon everything is sealed in segments first, and these are read.
// False: it could not be done, which was complained of.
bool audit_signatures_of(struct cut *cut, const struct audit_source *source,
			 void (*report)(void *context, const struct audit_finding *finding), void *context,
			 struct audit_signed *summary);

#endif
