#include "ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/ensure.h"
#include "runtime/client.h"

#define patience_ms 10000
#define try_ms 2500 // a daemon that was ended meanwhile is started again; what it was asked is lost

static int patience = patience_ms;
static struct client *client;

void ask_patience(int timeout_ms)
{
	patience = timeout_ms ? timeout_ms : patience_ms;
}

// Nobody listens at the daemon's socket.
static bool nobody_there(const struct site *site, const char *service)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[4096];

	if (strlen(home_path(site, path, "run/%s.query", service)) >= sizeof address.sun_path)
		return false; // not to be said from here
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool nobody = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0 &&
		      (errno == ENOENT || errno == ECONNREFUSED);
	if (fd >= 0)
		close(fd);
	return nobody;
}

bool ask_is_vain(const struct site *site, uint16_t service)
{
	return !home_is_up(site, NULL) && nobody_there(site, codec_value_name(&service_id_values, service));
}

static enum error try(const struct site *site, const char *service, uint16_t type, struct bytes question,
		      struct buffer *answer)
{
	int64_t until = clock_boot_ms() + patience;
	enum error e;

	// Whom `tdv up` will start again is worth waiting for; otherwise nobody comes.
	if (!home_is_up(site, NULL) && nobody_there(site, service))
		return error_pending;
	do {
		int64_t left = until - clock_boot_ms();
		e = client_query(client, service, type, question, answer,
				 left < try_ms ? left > 0 ? (int)left : 1 : try_ms);
	} while (e == error_pending && clock_boot_ms() < until);
	return e;
}

enum error ask(const struct site *site, uint16_t service, uint16_t type,
	       const struct codec_shape *question_shape, const void *question,
	       const struct codec_shape *answer_shape, void *answer, struct buffer *backing)
{
	struct buffer encoded = { 0 };
	enum error e = client ? error_none : client_open(&client, site->home);

	codec_encode(question_shape, question, &encoded);
	if (!e)
		e = try(site, codec_value_name(&service_id_values, service), type, buffer_bytes(&encoded),
			backing);
	buffer_deinit(&encoded);
	if (!e && codec_decode(answer_shape, buffer_bytes(backing), answer))
		e = error_malformed;
	return e;
}

int ask_failed(const struct site *site, uint16_t service, enum error e)
{
	const char *name = codec_value_name(&service_id_values, service);

	if (e == error_pending)
		complain(_("%s does not answer; `tdv up --home %s` starts the daemons, `tdv status` shows "
			   "them"),
			 name, site->home);
	else if (e == error_malformed)
		complain(
			_("%s answers in a form that this tdv does not know: they are of different versions"),
			name);
	else
		complain(_("%s could not answer: %s"), name, language_error(e));
	return exit_refused;
}

bool scan_from(const struct site *site, uint16_t service, const char *table, struct bytes after,
	       bool (*row)(void *context, struct bytes key, struct bytes value), void *context)
{
	struct buffer backing = { 0 };
	struct scan_answer *answer = malloc(sizeof *answer);
	struct scan_query question = { .table = bytes_of_text(table), .after = after };
	uint8_t last[store_key_max];
	enum error e;
	bool more = true;

	ensure(answer);
	do {
		e = ask_for(site, service, scan_query, &question, scan_answer, answer, &backing);
		for (size_t i = 0; !e && more && i < answer->rows_count; i++)
			more = row(context, answer->rows[i].key, answer->rows[i].value);
		if (!e && answer->rows_count > 0) {
			struct bytes key = answer->rows[answer->rows_count - 1].key;
			ensure(key.size <= sizeof last);
			memcpy(last, key.data, key.size);
			question.after = bytes_of(last, key.size);
		}
		more = !e && more && answer->more;
	} while (more);
	if (e)
		ask_failed(site, service, e);
	free(answer);
	buffer_deinit(&backing);
	return !e;
}

bool scan(const struct site *site, uint16_t service, const char *table,
	  bool (*row)(void *context, struct bytes key, struct bytes value), void *context)
{
	return scan_from(site, service, table, (struct bytes){ 0 }, row, context);
}

// ---- single rows

// The greatest key of the same length that is less; false: none, so that a scan begins at the first row.
static bool key_before(struct bytes key, uint8_t *out)
{
	memcpy(out, key.data, key.size);
	for (size_t i = key.size; i-- > 0;)
		if (out[i]-- != 0)
			return true;
	return false;
}

enum error row_at(const struct site *site, uint16_t service, const char *table, struct bytes key,
		  struct buffer *backing, struct bytes *value)
{
	uint8_t before[store_key_max];
	struct scan_query question = { .table = bytes_of_text(table), .limit = 1 };
	struct scan_answer *answer = malloc(sizeof *answer);

	ensure(answer && key.size <= sizeof before);
	if (key_before(key, before))
		question.after = bytes_of(before, key.size);
	enum error e = ask_for(site, service, scan_query, &question, scan_answer, answer, backing);
	if (!e && (answer->rows_count == 0 || !bytes_equal(answer->rows[0].key, key)))
		e = error_absent;
	if (!e)
		*value = answer->rows[0].value;
	free(answer);
	return e;
}

bool row_numbered(const struct site *site, uint16_t service, const char *table, uint64_t number,
		  const struct codec_shape *shape, void *row, struct buffer *backing)
{
	struct bytes value;
	uint8_t key[8];

	put_u64(key, number);
	return row_at(site, service, table, bytes_of(key, sizeof key), backing, &value) == error_none &&
	       codec_decode(shape, value, row) == error_none;
}

bool ask_archive(const struct site *site, uint16_t service, uint64_t *through)
{
	struct archive_query question = { 0 };
	struct archive_answer answer;
	struct buffer backing = { 0 };
	ask_patience(30000); // it writes and syncs
	enum error e = ask_for(site, service, archive_query, &question, archive_answer, &answer, &backing);

	ask_patience(0);
	buffer_deinit(&backing);
	if (e)
		ask_failed(site, service, e);
	else
		*through = answer.archived_turn;
	return !e;
}
