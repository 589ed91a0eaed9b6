// Questions to the daemons' query sockets: what people may look at and never what they change.
#ifndef TDV_TDV_ASK_H
#define TDV_TDV_ASK_H

#include "gen/tables.h"
#include "tdv.h"

// `answer` borrows from `backing`, which is cleared first.  error_pending: the daemon does not answer;
// error_absent: it knows no such thing; error_refused; error_malformed: of another version.
enum error ask(const struct site *site, uint16_t service, uint16_t type,
	       const struct codec_shape *question_shape, const void *question,
	       const struct codec_shape *answer_shape, void *answer, struct buffer *backing);
#define ask_for(site, service, q, question, a, answer, backing)                                              \
	ask(site, service, message_type_##q, &q##_shape, question, &a##_shape, answer, backing)
// How long `ask` waits for an answer, over all its tries (10 s); 0: the default.
void ask_patience(int timeout_ms);
// Nobody listens, and nobody will start who does.
bool ask_is_vain(const struct site *site, uint16_t service);
// Says that a daemon does not answer, and what to do.  Returns exit_refused.
int ask_failed(const struct site *site, uint16_t service, enum error e);
// Every turn that the service has recorded is sealed in a segment then, through the turn told.  False: that was complained of.
bool ask_archive(const struct site *site, uint16_t service, uint64_t *through);

// All rows of a table as it is now; `row` returns false to end.  Complains.
bool scan(const struct site *site, uint16_t service, const char *table,
	  bool (*row)(void *context, struct bytes key, struct bytes value), void *context);
// From a key on.
bool scan_from(const struct site *site, uint16_t service, const char *table, struct bytes after,
	       bool (*row)(void *context, struct bytes key, struct bytes value), void *context);

// The row of a table as it is now.  `value` borrows from `backing`.  error_absent: none.
enum error row_at(const struct site *site, uint16_t service, const char *table, struct bytes key,
		  struct buffer *backing, struct bytes *value);
// The same of a key that is one number, decoded into a row that borrows from `backing`.  False: there is none, or it
// cannot be had.
bool row_numbered(const struct site *site, uint16_t service, const char *table, uint64_t number,
		  const struct codec_shape *shape, void *row, struct buffer *backing);
#define row_of(site, service, table, number, row, backing)                                                   \
	row_numbered(site, service_id_##service, #table, number, &service##_##table##_row_shape, row, backing)

// --- organisations as the door mirrors them

struct organisation {
	uint64_t code, parent;
	enum org_level level;
	char *name;
};
struct organisations {
	struct organisation *list; // by code
	size_t count;
};
bool organisations_read(const struct site *site, struct organisations *o);
void organisations_deinit(struct organisations *o);
const struct organisation *organisation_find(const struct organisations *o, uint64_t code); // NULL: none
const char *organisation_title(const struct organisations *o,
			       uint64_t code); // its name; the code when unknown
// Where members get their cards: a cell, or a grassroots organisation with no cells below it.
bool organisation_hands_over(const struct organisations *o, uint64_t code);
struct organisation_tree;
void organisations_tree(struct organisations *o, struct organisation_tree *tree);

#endif
