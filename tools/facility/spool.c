// The facility's folder:
//
//	lock            held while a facility works on it
//	position        the last letter that was taken
//	serials         chip serials up to here may have been used
//	sequence        the terminal's
//	order-N/        an order that is open; done-N/ one that was shipped, without its personal data
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facility.h"
#include "common/language.h"

#define serials_at_a_time 1024
#define serials_end (UINT64_C(1) << 24)

static const char *spool_path(const struct facility *f, char path[PATH_MAX], const char *name)
{
	if (snprintf(path, PATH_MAX, "%s/%s", f->options.spool, name) >= PATH_MAX)
		path[0] = 0; // which cannot be opened
	return path;
}

static enum error read_number(const struct facility *f, const char *name, uint64_t *number)
{
	char path[PATH_MAX], digits[32] = "";
	struct buffer text = { 0 };
	enum error e = file_read(spool_path(f, path, name), sizeof digits - 1, &text);

	if (e == error_none)
		memcpy(digits, text.data, text.size);
	buffer_deinit(&text);
	*number = strtoull(digits, NULL, 10);
	return e == error_absent ? error_none : e;
}

static enum error write_number(const struct facility *f, const char *name, uint64_t number)
{
	char path[PATH_MAX], digits[32];

	snprintf(digits, sizeof digits, "%llu\n", (unsigned long long)number);
	return file_write_atomic(spool_path(f, path, name), bytes_of_text(digits), 0600);
}

static enum error take_lock(struct facility *f)
{
	char path[PATH_MAX];

	f->lock = open(spool_path(f, path, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (f->lock < 0)
		return error_from_errno(errno);
	if (flock(f->lock, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? error_busy : error_from_errno(errno);
	return error_none;
}

static void add_order(struct facility *f, struct order *order)
{
	struct order **at = &f->orders;

	while (*at && (*at)->number < order->number)
		at = &(*at)->next;
	order->next = *at;
	*at = order;
}

static enum error load_order(struct facility *f, const char *name)
{
	char path[PATH_MAX];
	struct order *order;
	enum error e = order_open(spool_path(f, path, name), strtoull(name + strlen("order-"), NULL, 10), &order);

	if (e == error_none)
		add_order(f, order);
	else
		complain("%s: %s", path, language_error(e));
	return e;
}

static void erase_personal(const struct facility *f, const char *name)
{
	char path[PATH_MAX], file[PATH_MAX];

	spool_path(f, path, name);
	for (enum order_file i = 0; i < order_file_count; i++)
		if (order_file_personal(i) &&
		    snprintf(file, sizeof file, "%s/%s", path, order_file_name(i)) < (int)sizeof file)
			unlink(file);
}

static enum error load_orders(struct facility *f)
{
	DIR *folder = opendir(f->options.spool);
	const struct dirent *entry;
	enum error e = folder ? error_none : error_from_errno(errno);

	while (folder && e == error_none && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "order-", strlen("order-")) == 0)
			e = load_order(f, entry->d_name);
		else if (strncmp(entry->d_name, "done-", strlen("done-")) == 0 && !f->options.keep)
			erase_personal(f, entry->d_name); // killed between the renaming and this
	}
	if (folder)
		closedir(folder);
	return e;
}

enum error spool_open(struct facility *f)
{
	f->lock = -1;
	if (mkdir(f->options.spool, 0700) != 0 && errno != EEXIST)
		return error_from_errno(errno);
	enum error e = take_lock(f);
	if (e == error_none)
		e = read_number(f, "position", &f->position);
	if (e == error_none)
		e = read_number(f, "serials", &f->serial_end);
	f->taken = f->position;
	f->serial_next = f->serial_end; // what was left of the last range is thrown away
	return e == error_none ? load_orders(f) : e;
}

void spool_close(struct facility *f)
{
	while (f->orders) {
		struct order *order = f->orders;
		f->orders = order->next;
		order_free(order);
	}
	if (f->lock >= 0)
		close(f->lock);
}

enum error spool_position(struct facility *f, uint64_t letter)
{
	enum error e = letter == f->position ? error_none : write_number(f, "position", letter);

	if (e == error_none)
		f->position = letter;
	return e;
}

// A range is reserved on disk before its first serial is used.
enum error spool_serial(struct facility *f, uint8_t serial[8])
{
	if (f->serial_next == f->serial_end) {
		if (f->serial_end + serials_at_a_time > serials_end)
			return error_bounds;
		enum error e = write_number(f, "serials", f->serial_end + serials_at_a_time);
		if (e != error_none)
			return e;
		f->serial_end += serials_at_a_time;
	}
	put_u64(serial, f->options.organisation << 24 | f->serial_next++);
	return error_none;
}

struct order *spool_order(struct facility *f, uint64_t number)
{
	for (struct order *order = f->orders; order; order = order->next)
		if (order->number == number)
			return order;
	return NULL;
}

enum error spool_order_begin(struct facility *f, uint64_t number, struct order **order, bool *was_done)
{
	char name[64], path[PATH_MAX];

	snprintf(name, sizeof name, "done-%llu", (unsigned long long)number);
	*was_done = access(spool_path(f, path, name), F_OK) == 0;
	*order = spool_order(f, number);
	if (*was_done || *order)
		return error_none;
	snprintf(name, sizeof name, "order-%llu", (unsigned long long)number);
	enum error e = order_open(spool_path(f, path, name), number, order);
	if (e == error_none)
		e = folder_sync(f->options.spool);
	if (e == error_none)
		add_order(f, *order);
	return e;
}

enum error spool_order_done(struct facility *f, struct order *order)
{
	char name[64], from[PATH_MAX], to[PATH_MAX];
	struct order **at = &f->orders;

	snprintf(name, sizeof name, "order-%llu", (unsigned long long)order->number);
	spool_path(f, from, name);
	snprintf(name, sizeof name, "done-%llu", (unsigned long long)order->number);
	if (rename(from, spool_path(f, to, name)) != 0)
		return error_from_errno(errno);
	enum error e = folder_sync(f->options.spool);
	if (e == error_none && !f->options.keep)
		erase_personal(f, name);
	while (*at != order)
		at = &(*at)->next;
	*at = order->next;
	order_free(order);
	f->orders_done++;
	return e;
}
