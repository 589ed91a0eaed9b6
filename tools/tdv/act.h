// Signed acts: one or many, each by its officer, sent to the door and followed until they are carried out.
// Officers work side by side, each of them in order.
#ifndef TDV_TDV_ACT_H
#define TDV_TDV_ACT_H

#include "csv_form.h"
#include "officers.h"

enum act_state { act_state_unsent, act_state_failed, act_state_pending, act_state_done };

struct act_job {
	const struct officer *officer;
	enum act act;
	char about[512];              // what people call it: a file, a list
	const struct form_rows *rows; // the file that row errors are told by; NULL: none
	const uint32_t *row_of;       // row of the act, from 0 -> row of the file; NULL: the same
	uint32_t row_from;            // row_of begins here
	const uint64_t *row_items;    // without a file: which box or request each row is about
	size_t row_item_count;
	// Of acts about single cards: the card, or the member, that row `row` of the act is about.  NULL: it is about none.
	bool (*card_of)(const struct act_job *job, uint32_t row, struct card_row *card);
	// Adds head and rows; runs in the officer's thread.  False: job->failure says why.
	bool (*fill)(struct act_job *job, struct terminal *terminal);
	void *context;
	bool together; // goes under one signature with those of its officer beside it that do: none rests on another's outcome

	enum act_state state;
	char failure[512];
	uint64_t submission, number;
	bool has_number;
	uint32_t more, accepted, refused;
	enum reason reason;
	enum field field;
	struct row_error *errors;
	size_t error_count;
};

// Carries them out; afterwards each has a state other than unsent.
void acts_run(const struct site *site, struct act_job *jobs, size_t count);
void acts_deinit(struct act_job *jobs, size_t count);

// Encodes by shape and adds.
void act_add(struct terminal *terminal, const struct codec_shape *shape, const void *row);

// --- what became of them (act_report.c)

// Tells of them, and with --json prints {"acts": […]} with what is in `root` (taken; NULL: nothing).
// exit_done when all were carried out: whole, or with `rows_may_fail` also in part, but not nothing at all.
int acts_report(const struct site *site, const struct act_job *jobs, size_t count, bool rows_may_fail,
		json_t *root);
// Of lists that were submitted: whether any row is verified, on_hold or returned.
bool acts_any(const struct act_job *jobs, size_t count, enum request_state state);
// The row of the job's file that row `row` of the act came from, from 0; SIZE_MAX: none.
size_t act_file_row(const struct act_job *job, uint32_t row);

// One act alone: carried out, told, and what comes `next` when it was done.  The exit status.
int act_carry_out(const struct site *site, struct act_job *job, const char *next);

// --- what is wrong with a file (act_faults.c)

// A file's faults: on stderr, and as JSON objects into `into` when not NULL.
void faults_tell(const struct site *site, const char *path, struct form_rows *rows, json_t *into);
// Complains that a file could not be read; exit_refused.
int file_unread(const char *path, enum error e);
// Reads a file; one that is not there, or cannot be read, has that for a fault.  False: it was not read.
bool form_read_or_fault(const struct form *form, const char *path, struct form_rows *rows);
// After files that an act is made of: where any is bad nothing is sent, and their errors (taken) are the answer.  False:
// so it is.
bool files_are_good(const struct site *site, size_t bad, json_t *errors);
// A file's faults and the jobs' rows that were refused, as CSV with the file's row, column, value and reason.
bool acts_write_report(const char *path, const struct act_job *jobs, size_t count,
		       const struct form_rows *rows);

// --- what lies beside it (attachments.c)

// Reads files, uploads them as attachments, and gives their hashes.  NULL paths are passed over.  Relative
// paths begin at the folder of `beside`.  False: *failed says which could not be had and `failure` why.
bool attachments_put(struct terminal *terminal, const char *beside, const char *const *paths, size_t count,
		     struct hash *hashes, size_t *failed, char *failure, size_t size);

#endif
