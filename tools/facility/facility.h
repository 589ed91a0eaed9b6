// A print facility: takes print orders from its mailbox at the door, accepts or refuses each record, makes
// cards, reports them, packs and ships them (the shape of BSI TR-03104 and TR-03123).  It knows the pipeline
// by the wire only.
//
// Every step is in the spool before the next one is taken, so that it may be killed at any instant and
// started again.
#ifndef TDV_FACILITY_FACILITY_H
#define TDV_FACILITY_FACILITY_H

#include <jansson.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"
#include "gen/messages.h"
#include "terminal/terminal.h"

struct facility_options {
	const char *spool;
	uint64_t organisation;
	uint32_t spoil_permille, refuse_permille, waste_permille;
	uint64_t seed;
	uint64_t cards_most;    // goes home after so many; 0: when all are made
	bool json, keep;
};

// How far a record has come at the facility.
enum record_step {
	record_step_absent = 0, // its letter has not come
	record_step_decided,    // to be answered
	record_step_accepted,   // to be printed
	record_step_made,       // to be reported
	record_step_good,       // to be packed
	record_step_packed,
	record_step_ended,      // refused, spoiled, stopped, or of no use to the pipeline any more
	record_step_count,
};

struct card_record {
	uint64_t card, cell;
	uint32_t number;
	uint16_t reason;        // enum reason of its refusal or its spoiling; none: accepted, or good
	uint8_t step;           // enum record_step
	uint8_t serial[8];
	struct hash public_key;
	int64_t data_at;        // of its line in data.jsonl
	uint32_t data_size;
};

// What is being sent: noted before it leaves, settled when its outcome is known.
struct pending {
	bool open;
	enum act act;
	uint64_t before;        // the terminal's sequence when it was noted
	bool sent;              // by this process, and its receipt is here: other orders are seen to until its outcome is
	json_t *rows;           // indices; of pack_boxes: boxes
	char waybill[41];       // of pack_boxes
};

enum order_file {
	order_file_data,             // personal data, as it came
	order_file_photos,
	order_file_personalisation,  // what the machine prints and writes into the chip
	order_file_log,              // all else, step by step; kept.  Last, so that what a line speaks of is on disk before it
	order_file_count,
};

struct order {
	uint64_t number, attached;
	uint16_t template;
	uint32_t quantity;      // of order_ended
	bool ended;             // its letters are complete, but for reprints
	bool held;              // nothing is printed or packed until it is released
	uint8_t priority;       // 1 to 9; 9 is printed first
	struct card_record *records; // by index - 1
	uint32_t records_end;   // highest index that came
	uint32_t records_capacity;
	uint32_t at[record_step_count]; // how many records are at each step
	uint32_t spoiled, refused_by_us, dropped, stopped;
	uint32_t wasted, wasted_told; // blanks that were bad before a chip was in them; of them, booked by the pipeline
	uint32_t boxes, consignments;
	struct pending pending;
	int fd[order_file_count];
	struct buffer waiting[order_file_count]; // what is still to be written, with the next sync
	int64_t size[order_file_count];          // with what waits
	bool dirty[order_file_count];
	struct order *next;
};

struct facility {
	struct facility_options options;
	struct terminal_options line; // how to reach the door, for reading
	struct terminal *terminal;
	struct order *orders;   // that are open, oldest first
	uint64_t position;      // last letter taken, on disk
	uint64_t taken;         // last letter taken
	uint64_t serial_next, serial_end; // of the range that the spool reserved
	uint64_t cards_good, cards_spoiled, orders_done;
	int lock;
};

// ---- spool.c: the folder ----

// Reads what is there.  error_busy: another facility works on this spool.
enum error spool_open(struct facility *f);
void spool_close(struct facility *f);
enum error spool_position(struct facility *f, uint64_t letter);
// The next chip serial: five bytes of the facility's code, three of a counter that never goes back.
enum error spool_serial(struct facility *f, uint8_t serial[8]);
struct order *spool_order(struct facility *f, uint64_t number);
// Known before, open or done: *was_done.  A new one is made.
enum error spool_order_begin(struct facility *f, uint64_t number, struct order **order, bool *was_done);
// Puts an order away; erases personal data unless they are to be kept.
enum error spool_order_done(struct facility *f, struct order *order);

// ---- order.c: an order and its files ----

// Reads what is there; `folder` is made when absent.
enum error order_open(const char *folder, uint64_t number, struct order **order);
void order_free(struct order *order);
// A line of the log (takes it): applied in memory and appended; not yet on disk.
enum error order_log(struct order *order, json_t *line_take);
// Appended; *at: where.  Not yet on disk, and lost unless order_sync follows.
enum error order_append(struct order *order, enum order_file file, struct bytes content, int64_t *at);
// Whatever was appended is on disk when this returns.
enum error order_sync(struct order *order);
// Part of a file.
enum error order_read(struct order *order, enum order_file file, int64_t at, uint32_t size, struct buffer *content);
// NULL: no such record.
struct card_record *order_record(struct order *order, uint32_t index);
// The next record at that step after `index`; 0: none.
uint32_t order_next(const struct order *order, enum record_step step, uint32_t index);
const char *order_file_name(enum order_file file);
bool order_file_personal(enum order_file file);

// ---- the steps; *progress is set when something was done ----

// fetch.c: letters and what they bring along, read ahead by a thread of its own.
#define fetch_letters_max 100
struct material {
	enum error unsealed, fetched; // error_absent: the letter has none
	struct buffer plain, photo;
	struct print_data data;       // borrows from plain
};
struct batch {
	struct mail_page page;        // borrows from kept
	struct buffer kept;
	struct material materials[fetch_letters_max]; // one for each letter of the page
};
// The next page; *batch is NULL when there is none.  `after` is the last letter taken.  It lives until fetch_batch_done.
enum error fetch_batch(struct facility *f, uint64_t after, struct batch **batch);
void fetch_batch_done(void);
const char *fetch_fault(void); // what the door said, after error_refused; ""
// Forgets what was read ahead: the next batch follows `after` again.
void fetch_again(void);
void fetch_close(void);

// letters.c
enum error letters_take(struct facility *f, bool *progress);
// press.c
enum error press_cards(struct facility *f, struct order *order, bool *progress);
// It has made as many as it was to make.
bool press_closed(const struct facility *f);
// Whether a record shall go wrong, by its number and copy.
bool press_draws(const struct facility *f, const struct card_record *record, const char *what, uint32_t permille);
// office.c: answers, reports and consignments.  error_refused: the door or the pipeline refuses the facility
// as such.
enum error office_work(struct facility *f, struct order *order, bool *progress);
// Whether an act is under way.
bool office_waits(const struct facility *f);

// ---- say.c ----

// One line on stdout: words for people, or JSON.  `event` is one that say.c has words for; fields are name, unsigned value
// pairs ended by NULL.
void say(const struct facility *f, const char *event, const struct order *order, ...);
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
