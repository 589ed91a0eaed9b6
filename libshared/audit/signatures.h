// Officers' signatures, verified anew from what intake's log keeps of every act: its header, the signature, the proof when it is
// one of many under it, and the key in intake's certificates.
//
// Shown is that the key which the header names has signed this header, that it is the key of the certificate for which the act
// was recorded, and that the receipt was given for this header.  That all records follow from the log is shown by a replay.  Not
// shown is that the rows are those that the header's root is over: what blinds them, and personal data, are not in the log.
#ifndef TDV_AUDIT_SIGNATURES_H
#define TDV_AUDIT_SIGNATURES_H

#include "audit/audit.h"

// Intake's log.
struct audit_log {
	void *context;
	// A turn's record (runtime/record.h), borrowed until the next call.
	enum error (*turn)(void *context, uint64_t turn, struct bytes *record);
	uint64_t last; // all from 1 to this are there
};

struct audit_signed {
	uint64_t turns, certificates;
	uint64_t acts;     // as often as they were recorded: what is sent again is recorded again
	uint64_t together; // of them, those under a signature over many
	uint64_t findings; // at most audit_findings_max are told one by one
};

// `source` for the certificates.  error_none also when there are findings; error_absent: intake is not there; error_corrupt: a
// turn is missing, or it or a certificate does not decode.
enum error audit_signatures(const struct audit_source *source, const struct audit_log *log,
			    void (*report)(void *context, const struct audit_finding *finding), void *context,
			    struct audit_signed *summary);

#endif
