// Inside the audit: checks as data, and what they read through.
#ifndef TDV_AUDIT_CHECKS_H
#define TDV_AUDIT_CHECKS_H

#include "audit/audit.h"
#include "audit/match.h"
#include "audit/text.h"
#include "gen/messages.h"

#define services_max 16

// Where a view puts what it sees in a row.
struct sink {
	struct match *match;
	bool left;
	uint64_t last, count; // a view's own, zero at the beginning of a walk
};
void sink_add(struct sink *sink, uint64_t id, uint64_t value, int64_t weight);

// One table as a weighted set of (id, value).
struct view {
	uint16_t service;
	const char *table;
	enum error (*row)(struct sink *sink, struct bytes key, struct bytes value); // error_corrupt: it does not decode
};

// VIEW(name, service, table) { … } defines one; `k` and `r` are the decoded key and row, `s` the sink.
#define VIEW(name, service_name, table_name)                                                                               \
	static void name##_row(struct sink *s, const struct service_name##_##table_name##_key *k,                          \
			       const struct service_name##_##table_name##_row *r);                                         \
	static enum error name##_raw(struct sink *s, struct bytes key, struct bytes value)                                 \
	{                                                                                                                  \
		static struct service_name##_##table_name##_key k;                                                         \
		static struct service_name##_##table_name##_row r;                                                         \
		if (!service_name##_##table_name##_key_decode(key, &k) ||                                                  \
		    service_name##_##table_name##_row_decode(value, &r) != error_none)                                     \
			return error_corrupt;                                                                              \
		name##_row(s, &k, &r);                                                                                     \
		return error_none;                                                                                         \
	}                                                                                                                  \
	static const struct view name = { service_id_##service_name, #table_name, name##_raw };                            \
	static void name##_row(__attribute__((unused)) struct sink *s,                                                     \
			       __attribute__((unused)) const struct service_name##_##table_name##_key *k,                  \
			       __attribute__((unused)) const struct service_name##_##table_name##_row *r)

// The same of a table whose rows are keys alone.
#define KEY_VIEW(name, service_name, table_name)                                                                           \
	static void name##_row(struct sink *s, const struct service_name##_##table_name##_key *k);                         \
	static enum error name##_raw(struct sink *s, struct bytes key, struct bytes value)                                 \
	{                                                                                                                  \
		static struct service_name##_##table_name##_key k;                                                         \
		(void)value;                                                                                               \
		if (!service_name##_##table_name##_key_decode(key, &k))                                                    \
			return error_corrupt;                                                                              \
		name##_row(s, &k);                                                                                         \
		return error_none;                                                                                         \
	}                                                                                                                  \
	static const struct view name = { service_id_##service_name, #table_name, name##_raw };                            \
	static void name##_row(struct sink *s, const struct service_name##_##table_name##_key *k)

// Organisations as a service mirrors them, each at its place in the tree.
#define TREE_VIEW(name, service_name)                                                                                      \
	VIEW(name, service_name, organisations)                                                                            \
	{                                                                                                                  \
		sink_add(s, k->code, r->parent * 8 + (uint64_t)r->level, 1);                                               \
	}

struct audit;

struct check {
	unsigned invariant;
	struct audit_text text;
	const struct view *left[4], *right[4]; // compared as sets; or
	enum error (*run)(struct audit *audit, const struct check *check);
	uint16_t services[8]; // that `run` reads, or that have to be at rest for it
};

// By subject, a file each; they end with invariant UINT_MAX.  What two services, or two tables of one, must say alike;
extern const struct check audit_organisations[], audit_requests[], audit_cards[], audit_places[], audit_letters[],
	audit_inspections[];
// and what each row must be.
extern const struct check audit_rules[], audit_inspection_rules[];
#define check_end { .invariant = ~0u }

struct audit {
	const struct audit_source *source;
	void (*report)(void *context, const struct audit_finding *finding);
	void *context;
	struct audit_summary *summary;
	uint64_t head[services_max];
	bool alive[services_max];
	struct {
		bool is_source;
		uint64_t entry;
	} position[services_max][services_max]; // [consumer][producer]
	uint64_t walks[services_max]; // continuations and open effects
	uint64_t told;                // findings of the check that runs
};

void audit_find(struct audit *audit, const struct check *check, uint64_t id, int64_t left, int64_t right);

// A walk of one table, sticky: `row` is false at the end and after a fault.
struct walk {
	struct audit *audit;
	void *inner;
	struct bytes key, value;
	enum error fault; // error_none, negative, or error_absent when there is no such service
};
void walk_open(struct walk *walk, struct audit *audit, uint16_t service, const char *table);
bool walk_row(struct walk *walk);
// Says that the row that was just taken does not decode; false.
bool walk_corrupt(struct walk *walk);
// The next row, decoded: walk_next(&walk, delivery_ledger, &key, &row).
#define walk_next(w, table, k, r)                                                                                          \
	(walk_row(w) && ((table##_key_decode((w)->key, (k)) && table##_row_decode((w)->value, (r)) == error_none) ||       \
			  walk_corrupt(w)))
enum error walk_close(struct walk *walk);

#endif
