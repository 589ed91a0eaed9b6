// Photos and scans that lie beside a file: read and sent, a window of them at a time.
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "common/door_words.h"

#define attachment_bytes_max 2000000
#define attachments_at_a_time 64

static enum error read_beside(const char *beside, const char *path, struct buffer *content)
{
	char full[4096];
	const char *slash = strrchr(beside, '/');

	if (path[0] == '/' || !slash)
		snprintf(full, sizeof full, "%s", path);
	else
		snprintf(full, sizeof full, "%.*s/%s", (int)(slash - beside), beside, path);
	// Excel on Windows writes folders with backslashes.
	for (char *c = full; *c; c++)
		*c = *c == '\\' ? '/' : *c;
	return file_read(full, attachment_bytes_max, content);
}

// One window of them: read, then sent together.
static bool put_window(struct terminal *terminal, const char *beside, const char *const *paths,
		       const size_t *which, size_t n, struct hash *hashes, size_t *failed, char *failure,
		       size_t size)
{
	struct buffer contents[attachments_at_a_time] = { 0 };
	struct bytes borrowed[attachments_at_a_time] = { 0 };
	struct hash got[attachments_at_a_time];
	enum error e = error_none;

	for (size_t k = 0; k < n && !e; k++) {
		e = read_beside(beside, paths[which[k]], &contents[k]);
		borrowed[k] = buffer_bytes(&contents[k]);
		*failed = which[k];
		if (e)
			snprintf(failure, size, "%s: %s", paths[which[k]],
				 e == error_absent   ? _("there is no such file")
				 : e == error_bounds ? _("larger than 2 MB")
						     : language_error(e));
	}
	if (!e) {
		e = terminal_put_attachments(terminal, borrowed, n, got);
		if (e)
			snprintf(failure, size, _("photos and scans could not be sent: %s"),
				 e == error_refused || (e == error_pending && door_was_busy(terminal))
					 ? door_fault(terminal)
					 : language_error(e));
		for (size_t k = 0; k < n && !e; k++)
			hashes[which[k]] = got[k];
	}
	for (size_t k = 0; k < n; k++)
		buffer_deinit(&contents[k]);
	return !e;
}

bool attachments_put(struct terminal *terminal, const char *beside, const char *const *paths, size_t count,
		     struct hash *hashes, size_t *failed, char *failure, size_t size)
{
	size_t which[attachments_at_a_time], n = 0;

	*failed = SIZE_MAX;
	for (size_t i = 0; i <= count; i++) {
		// One scan may belong to all rows: it is sent once, and the rows after it take its hash
		// below.
		bool same = i > 0 && i < count && paths[i] && paths[i - 1] &&
			    strcmp(paths[i], paths[i - 1]) == 0;
		if (i < count && paths[i] && !same)
			which[n++] = i;
		if (n == attachments_at_a_time || (i == count && n > 0)) {
			if (!put_window(terminal, beside, paths, which, n, hashes, failed, failure, size))
				return false;
			n = 0;
		}
	}
	for (size_t i = 1; i < count; i++)
		if (paths[i] && paths[i - 1] && strcmp(paths[i], paths[i - 1]) == 0)
			hashes[i] = hashes[i - 1];
	return true;
}
