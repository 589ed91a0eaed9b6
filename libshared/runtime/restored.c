// After a restore: whether what was put back is what the others remember.
//
// A copy that is older than its readers would give out numbers again that they know with another content.  Each reader asks
// with the position that it has reached, so that a copy finds out from its first asks; until then it does nothing.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/engine_private.h"

#define file_name "restored"

static bool path_of(const char *folder, char path[PATH_MAX])
{
	return (size_t)snprintf(path, PATH_MAX, "%s/" file_name, folder) < PATH_MAX;
}

enum error engine_mark_restored(const char *folder, const uint16_t *readers)
{
	struct buffer text = { 0 };
	char path[PATH_MAX];
	enum error e = error_io;

	buffer_append_text(&text, "heard-by");
	for (; *readers; readers++)
		buffer_printf(&text, " %u", *readers);
	buffer_append_text(&text, "\n");
	if (text.failed)
		e = error_no_memory;
	else if (path_of(folder, path))
		e = file_write_atomic(path, buffer_bytes(&text), 0600);
	buffer_deinit(&text);
	return e;
}

enum error restored_load(struct engine *e)
{
	struct buffer text = { 0 };
	char path[PATH_MAX], *at;

	if (!path_of(e->folder, path))
		return error_io;
	enum error error = file_read(path, 4096, &text);
	if (error == error_absent)
		return error_none;
	buffer_append(&text, "", 1);
	if (error || text.failed || strncmp((char *)text.data, "heard-by", 8) != 0) {
		buffer_deinit(&text);
		return error < 0 ? error : error_corrupt;
	}
	at = (char *)text.data + 8;
	for (unsigned long id; (id = strtoul(at, &at, 10)) > 0;)
		if (id < engine_services_max)
			e->unheard |= UINT64_C(1) << id;
	buffer_deinit(&text);
	e->halt = halt_peers;
	log_warn("restored turn=%llu entry=%llu do=\"wait until all who read this log have asked\"",
		 (unsigned long long)e->meta.head_turn, (unsigned long long)e->meta.head_entry);
	return e->unheard ? error_none : restored_heard(e, 0);
}

enum error restored_heard(struct engine *e, uint16_t consumer)
{
	char path[PATH_MAX];

	if (e->halt != halt_peers)
		return error_none;
	if (consumer < engine_services_max)
		e->unheard &= ~(UINT64_C(1) << consumer);
	if (e->unheard)
		return error_none;
	// Not synced: should the file come back after a power cut, they are asked once more.
	if (path_of(e->folder, path) && unlink(path) < 0 && errno != ENOENT)
		return error_from_errno(errno);
	e->halt = halt_none;
	log_info("restored_agrees turn=%llu entry=%llu", (unsigned long long)e->meta.head_turn,
		 (unsigned long long)e->meta.head_entry);
	return error_none;
}

void restored_behind_segments(struct engine *e, uint64_t turn)
{
	e->halt = halt_old_copy;
	log_error("old_copy sealed_turn=%llu turn=%llu entry=%llu do=\"stopped: log/ goes further than data.mdb. Move that away and "
		  "tdv replay --offline --restore %s, or restore a newer copy\"", (unsigned long long)turn, (unsigned long long)e->meta.head_turn,
		  (unsigned long long)e->meta.head_entry, e->service->name);
}

void restored_old_copy(struct engine *e, uint16_t peer, uint64_t turn, uint64_t entry)
{
	if (e->halt == halt_old_copy)
		return;
	e->halt = halt_old_copy;
	log_error("old_copy peer=%s its_turn=%llu its_entry=%llu turn=%llu entry=%llu "
		  "do=\"stopped: restore a newer copy of %s, or all services from one backup; then start all\"",
		  service_id_name((enum service_id)peer), (unsigned long long)turn, (unsigned long long)entry,
		  (unsigned long long)e->meta.head_turn, (unsigned long long)e->meta.head_entry, e->service->name);
}
