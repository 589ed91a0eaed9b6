// An order's log is its memory: what a line says is applied in one place, whether it is written now or read
// again after a crash.  Lines:
//
//	{"opened":template,"attached":…}            {"ended":quantity}                   letters
//	{"record":index,"letter":…,"card":…,"number":…,"cell":…,"data_at":…,"data_size":…,"reason":…}
//	{"card":index,"serial":…,"public_key":…,"reason":…}                              a card was made
//	{"held":whether}  {"priority":…}  {"from":cell,"to":cell}  {"stopped":index}     letters
//	{"begin":act,"before":sequence,"rows":[…],…}                                     something is about to be sent
//	{"end":sequence,"reason":…,"refused":[[row,reason],…]}                           how it ended
//
// An absent reason is none.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "facility.h"

#define index_max 65535
#define line_max 4000000
#define waiting_max (4 << 20) // bytes of a file that wait for the next sync

static const struct {
	const char *name;
	bool personal;
} files[order_file_count] = {
	[order_file_data] = { "data.jsonl", true },
	[order_file_photos] = { "photos", true },
	[order_file_personalisation] = { "personalisation.jsonl", true },
	[order_file_log] = { "log.jsonl", false },
};

const char *order_file_name(enum order_file file)
{
	return files[file].name;
}

bool order_file_personal(enum order_file file)
{
	return files[file].personal;
}

// ---- records ----

struct card_record *order_record(struct order *order, uint32_t index)
{
	if (index == 0 || index > order->records_end || order->records[index - 1].step == record_step_absent)
		return NULL;
	return &order->records[index - 1];
}

uint32_t order_next(const struct order *order, enum record_step step, uint32_t index)
{
	if (order->at[step] == 0)
		return 0;
	for (uint32_t i = index; i < order->records_end; i++)
		if (order->records[i].step == step)
			return i + 1;
	return 0;
}

static enum error record_new(struct order *order, uint32_t index, struct card_record **record)
{
	if (index == 0 || index > index_max)
		return error_corrupt;
	if (index > order->records_capacity) {
		uint32_t capacity = order->records_capacity ? order->records_capacity : 1024;
		while (capacity < index)
			capacity *= 2;
		struct card_record *grown = realloc(order->records, capacity * sizeof *grown);
		if (!grown)
			return error_no_memory;
		memset(grown + order->records_capacity, 0, (capacity - order->records_capacity) * sizeof *grown);
		order->records = grown;
		order->records_capacity = capacity;
	}
	if (index > order->records_end)
		order->records_end = index;
	*record = &order->records[index - 1];
	return error_none;
}

static void record_step(struct order *order, struct card_record *record, enum record_step step)
{
	if (record->step != record_step_absent)
		order->at[record->step]--;
	record->step = (uint8_t)step;
	order->at[step]++;
}

// ---- what a line says ----

static uint64_t number_of(const json_t *line, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(line, name));
}

static uint16_t reason_of(const json_t *line)
{
	enum reason reason = reason_none;
	const char *name = json_string_value(json_object_get(line, "reason"));

	if (name && !reason_from_name(name, &reason))
		reason = reason_malformed;
	return (uint16_t)reason;
}

static enum error apply_record(struct order *order, const json_t *line)
{
	struct card_record *record;
	enum error e = record_new(order, (uint32_t)number_of(line, "record"), &record);

	if (e != error_none || record->step != record_step_absent)
		return e;
	record->card = number_of(line, "card");
	record->cell = number_of(line, "cell");
	record->number = (uint32_t)number_of(line, "number");
	record->data_at = json_integer_value(json_object_get(line, "data_at"));
	record->data_size = (uint32_t)number_of(line, "data_size");
	record->reason = reason_of(line);
	record_step(order, record, record_step_decided);
	return error_none;
}

static enum error apply_card(struct order *order, const json_t *line)
{
	struct card_record *record = order_record(order, (uint32_t)number_of(line, "card"));
	const char *serial = json_string_value(json_object_get(line, "serial"));
	const char *key = json_string_value(json_object_get(line, "public_key"));

	if (!record || record->step != record_step_accepted || !serial || !key ||
	    !hex_decode(serial, record->serial, sizeof record->serial) ||
	    !hex_decode(key, &record->public_key, sizeof record->public_key))
		return error_corrupt;
	record->reason = reason_of(line);
	order->wasted += (uint32_t)number_of(line, "wasted");
	record_step(order, record, record_step_made);
	return error_none;
}

static enum error apply_begin(struct order *order, const json_t *line)
{
	struct pending *p = &order->pending;
	const char *waybill = json_string_value(json_object_get(line, "waybill"));
	const char *begin = json_string_value(json_object_get(line, "begin"));

	if (!begin || !act_from_name(begin, &p->act))
		return error_corrupt;
	json_decref(p->rows);
	p->rows = json_incref(json_object_get(line, "rows"));
	p->before = number_of(line, "before");
	p->open = true;
	p->sent = false;
	snprintf(p->waybill, sizeof p->waybill, "%s", waybill ? waybill : "");
	return error_none;
}

// What became of one record by an act's row.  That it was done before, by an act whose answer was lost, is
// as good.
static void settle(struct order *order, enum act act, struct card_record *record, enum reason refused)
{
	bool did = refused == reason_none || refused == reason_already_done || refused == reason_duplicate;
	bool fine = record->reason == reason_none;

	// The letter that says why is on its way: the boxes are packed anew.
	if (act == act_pack_boxes && (refused == reason_order_held || refused == reason_other_cell))
		return;
	if (act == act_report_prints && (refused == reason_serial_used || refused == reason_key_used)) {
		record_step(order, record, record_step_accepted); // with another chip
	} else if (!did) {
		order->dropped++;
		record_step(order, record, record_step_ended);
	} else if (act == act_answer_order) {
		order->refused_by_us += !fine;
		record_step(order, record, fine ? record_step_accepted : record_step_ended);
	} else if (act == act_report_prints) {
		order->spoiled += !fine;
		record_step(order, record, fine ? record_step_good : record_step_ended);
	} else {
		record_step(order, record, record_step_packed);
	}
}

static void settle_index(struct order *order, const json_t *index, enum reason refused)
{
	enum act act = order->pending.act;
	enum record_step before = act == act_answer_order    ? record_step_decided
				  : act == act_report_prints ? record_step_made
							     : record_step_good;
	struct card_record *record = order_record(order, (uint32_t)json_integer_value(index));

	if (record && record->step == before)
		settle(order, act, record, refused);
}

// By the row's number, from 1.
static enum reason refused_as(const json_t *refused, size_t row)
{
	size_t i;
	json_t *pair;

	json_array_foreach(refused, i, pair) {
		enum reason reason = reason_malformed;
		const char *name = json_string_value(json_array_get(pair, 1));
		if ((size_t)json_integer_value(json_array_get(pair, 0)) != row)
			continue;
		return name && reason_from_name(name, &reason) ? reason : reason_malformed;
	}
	return reason_none;
}

static enum error apply_end(struct order *order, const json_t *line)
{
	struct pending *p = &order->pending;
	const json_t *refused = json_object_get(line, "refused");
	size_t i, j;
	json_t *row, *index;

	if (!p->open)
		return error_corrupt;
	// Refused as a whole, nothing has changed.
	if (reason_of(line) == reason_none && p->act != act_keep_stock) {
		json_array_foreach(p->rows, i, row) {
			enum reason reason = refused_as(refused, i + 1);
			if (!json_is_object(row))
				settle_index(order, row, reason);
			json_array_foreach(json_object_get(row, "indices"), j, index)
				settle_index(order, index, reason);
		}
	}
	if (p->act == act_keep_stock) // told; when it was refused, somebody has to look at the books
		order->wasted_told += (uint32_t)json_integer_value(json_array_get(p->rows, 0));
	if (p->act == act_pack_boxes) { // their numbers are used up in any case
		order->boxes += (uint32_t)json_array_size(p->rows);
		order->consignments++;
	}
	p->open = false;
	json_decref(p->rows);
	p->rows = NULL;
	return error_none;
}

// What is not packed yet goes to another cell.
static enum error apply_move(struct order *order, const json_t *line)
{
	uint64_t from = number_of(line, "from"), to = number_of(line, "to");

	for (uint32_t i = 0; i < order->records_end; i++) {
		struct card_record *record = &order->records[i];
		if (record->step != record_step_absent && record->step < record_step_packed && record->cell == from)
			record->cell = to;
	}
	return error_none;
}

// A card that was made already is reported; that nobody wants it, the pipeline says then.
static enum error apply_stopped(struct order *order, const json_t *line)
{
	struct card_record *record = order_record(order, (uint32_t)number_of(line, "stopped"));

	if (record && (record->step == record_step_decided || record->step == record_step_accepted)) {
		order->stopped++;
		record_step(order, record, record_step_ended);
	}
	return error_none;
}

static enum error apply(struct order *order, const json_t *line)
{
	if (json_object_get(line, "held")) {
		order->held = json_is_true(json_object_get(line, "held"));
		return error_none;
	}
	if (json_object_get(line, "priority")) {
		order->priority = (uint8_t)number_of(line, "priority");
		return error_none;
	}
	if (json_object_get(line, "from"))
		return apply_move(order, line);
	if (json_object_get(line, "stopped"))
		return apply_stopped(order, line);
	if (json_object_get(line, "record"))
		return apply_record(order, line);
	if (json_object_get(line, "card"))
		return apply_card(order, line);
	if (json_object_get(line, "begin"))
		return apply_begin(order, line);
	if (json_object_get(line, "end"))
		return apply_end(order, line);
	if (json_object_get(line, "opened")) {
		order->template = (uint16_t)number_of(line, "opened");
		order->attached = number_of(line, "attached");
		return error_none;
	}
	if (json_object_get(line, "ended")) {
		order->quantity = (uint32_t)number_of(line, "ended");
		order->ended = true;
		return error_none;
	}
	return error_corrupt;
}

// ---- files ----

// Writes what waits for a file.
static enum error flush_file(struct order *order, enum order_file file)
{
	struct buffer *waiting = &order->waiting[file];
	struct bytes content = buffer_bytes(waiting);
	int64_t at = order->size[file] - (int64_t)content.size;

	while (content.size > 0) {
		ssize_t n = pwrite(order->fd[file], content.data, content.size, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(errno);
		content.data += n;
		content.size -= (size_t)n;
		at += n;
	}
	if (order_file_personal(file) && waiting->size > 0)
		explicit_bzero(waiting->data, waiting->size);
	buffer_clear(waiting);
	return error_none;
}

enum error order_append(struct order *order, enum order_file file, struct bytes content, int64_t *at)
{
	struct buffer *waiting = &order->waiting[file];
	enum error e = waiting->size > waiting_max ? order_sync(order) : error_none;

	if (e != error_none)
		return e;
	if (at)
		*at = order->size[file];
	buffer_append(waiting, content.data, content.size);
	if (waiting->failed)
		return error_no_memory;
	order->size[file] += (int64_t)content.size;
	order->dirty[file] = true;
	return error_none;
}

static int append_text(const char *text, size_t size, void *out)
{
	buffer_append(out, text, size);
	return 0;
}

enum error order_log(struct order *order, json_t *line)
{
	static struct buffer text;
	buffer_clear(&text);
	enum error e = json_dump_callback(line, append_text, &text, JSON_COMPACT) == 0 ? error_none : error_no_memory;

	if (e == error_none)
		e = apply(order, line);
	if (e == error_none) {
		buffer_append_text(&text, "\n");
		e = text.failed ? error_no_memory : order_append(order, order_file_log, buffer_bytes(&text), NULL);
	}
	json_decref(line);
	return e;
}

enum error order_sync(struct order *order)
{
	for (int file = 0; file < order_file_count; file++) {
		enum error e = flush_file(order, (enum order_file)file);
		if (e == error_none && order->dirty[file] && fdatasync(order->fd[file]) != 0)
			e = error_from_errno(errno);
		if (e != error_none)
			return e;
		order->dirty[file] = false;
	}
	return error_none;
}

enum error order_read(struct order *order, enum order_file file, int64_t at, uint32_t size, struct buffer *content)
{
	enum error e = flush_file(order, file);
	if (e != error_none)
		return e;
	buffer_clear(content);
	uint8_t *to = buffer_extend(content, size);
	if (!to)
		return error_no_memory;
	ssize_t n = pread(order->fd[file], to, size, at);
	if (n < 0)
		return error_from_errno(errno);
	return n == (ssize_t)size ? error_none : error_corrupt;
}

// Reads the log up to its last whole line; what a crash left behind it is cut off.
static enum error replay(struct order *order)
{
	FILE *log = fdopen(dup(order->fd[order_file_log]), "r");
	char *text = NULL;
	size_t capacity = 0;
	ssize_t n;
	enum error e = log ? error_none : error_from_errno(errno);

	order->size[order_file_log] = 0;
	while (e == error_none && (n = getline(&text, &capacity, log)) > 0 && text[n - 1] == '\n') {
		json_t *line = json_loadb(text, (size_t)n, 0, NULL);
		e = line && n <= line_max ? apply(order, line) : error_corrupt;
		json_decref(line);
		order->size[order_file_log] += e == error_none ? n : 0;
	}
	free(text);
	if (log)
		fclose(log);
	if (e == error_none && ftruncate(order->fd[order_file_log], order->size[order_file_log]) != 0)
		e = error_from_errno(errno);
	return e;
}

static enum error open_files(struct order *order, const char *folder)
{
	char path[PATH_MAX];
	struct stat stat;

	for (int file = 0; file < order_file_count; file++) {
		if (snprintf(path, sizeof path, "%s/%s", folder, files[file].name) >= (int)sizeof path)
			return error_io;
		order->fd[file] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (order->fd[file] < 0 || fstat(order->fd[file], &stat) != 0)
			return error_from_errno(errno);
		order->size[file] = stat.st_size;
	}
	return folder_sync(folder);
}

enum error order_open(const char *folder, uint64_t number, struct order **order)
{
	struct order *o = calloc(1, sizeof *o);

	if (!o)
		return error_no_memory;
	o->number = number;
	o->priority = 5;
	for (int file = 0; file < order_file_count; file++)
		o->fd[file] = -1;
	enum error e = mkdir(folder, 0700) == 0 || errno == EEXIST ? error_none : error_from_errno(errno);
	if (e == error_none)
		e = open_files(o, folder);
	if (e == error_none)
		e = replay(o);
	if (e != error_none) {
		order_free(o);
		return e;
	}
	*order = o;
	return error_none;
}

void order_free(struct order *order)
{
	if (!order)
		return;
	for (int file = 0; file < order_file_count; file++)
		if (order->fd[file] >= 0)
			close(order->fd[file]);
	for (enum order_file file = 0; file < order_file_count; file++) {
		struct buffer *waiting = &order->waiting[file];
		if (order_file_personal(file) && waiting->data)
			explicit_bzero(waiting->data, waiting->capacity);
		buffer_deinit(waiting);
	}
	json_decref(order->pending.rows);
	free(order->records);
	free(order);
}
