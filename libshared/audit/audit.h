// The audit: every invariant of domain.md §3, over the tables of all services.
//
// It reads through an audit_source, so that the simulator (open stores), `tdv audit` (snapshots over query sockets) and
// `tdv audit --offline` (stores of stopped daemons) run the same checks.  Memory does not grow with the number of
// members: tables in the same order are merged, others are compared as weighted sets (match.h).
//
// What one service knows and another does not may be on its way.  Services are compared only when each has taken
// everything that the others, and those that feed both, have put out, and no walk over a list is going on in them;
// which comparisons were left out and for whom they waited is counted and reported, not passed over.
#ifndef TDV_AUDIT_AUDIT_H
#define TDV_AUDIT_AUDIT_H

#include "base/bytes.h"
#include "base/error.h"

// All functions: negative errors end the audit.
struct audit_source {
	void *context;
	// A walk over all rows of a table in key order, by the table's name ("runtime.…" too).
	// error_absent: there is no such service.
	enum error (*open)(void *context, uint16_t service, const char *table, void **walk);
	// The next row, borrowed until the next call on the walk; error_absent at the end.
	enum error (*next)(void *walk, struct bytes *key, struct bytes *value);
	void (*close)(void *walk);
	// The number of the last entry of a service's log.
	enum error (*head)(void *context, uint16_t service, uint64_t *entry);
	// Through which entry of `producer` everything was taken, or was for others; error_absent: not a source of `consumer`.
	enum error (*position)(void *context, uint16_t consumer, uint16_t producer, uint64_t *entry);
};

struct audit_text; // of text.h

struct audit_finding {
	unsigned invariant;           // of domain.md §3; 0: agreement between services or a service with itself
	const struct audit_text *text;
	uint64_t id;                  // whom or what it is about, as the text says
	int64_t left, right;          // what the one says and what the other says; INT64_MIN: nothing
};

// One pair that was not compared, because `consumer` has not taken everything from `producer`.
struct audit_in_flight {
	uint16_t consumer, producer;
	uint64_t position, head;
};

struct audit_summary {
	uint32_t checks, skipped;     // skipped: something was in flight
	uint64_t findings;            // at most audit_findings_max of each check are told one by one
	uint64_t rows;
	struct audit_in_flight in_flight[64];
	size_t in_flight_count;
	uint64_t walks_going_on;      // continuations and open effects, over all services
};

#define audit_findings_max 1000

// `report` is called for each finding.  error_none also when there are findings.
enum error audit_run(const struct audit_source *source, void (*report)(void *context, const struct audit_finding *finding),
		     void *context, struct audit_summary *summary);

enum audit_language { audit_language_vietnamese, audit_language_english };

// One line without its end, e.g. "1  member 12: 2 active cards".
void audit_finding_text(const struct audit_finding *finding, enum audit_language language, struct buffer *out);

#endif
