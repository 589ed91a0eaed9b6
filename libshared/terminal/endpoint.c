#include "terminal/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "runtime/settings.h"

#define ipc "ipc://"

// ipc://run/door is meant from the site's folder, wherever the caller stands.
static enum error from_home(const char *home, const char *path, char *endpoint)
{
	char whole[PATH_MAX];

	if (snprintf(whole, sizeof whole, "%s/%s", home, path) >= (int)sizeof whole)
		return error_malformed;
	if (strlen(whole) <= endpoint_ipc_max) {
		snprintf(endpoint, endpoint_max, ipc "%s", whole);
		return error_none;
	}
	const char *name = strrchr(whole, '/') + 1;
	size_t folder_size = (size_t)(name - whole);
	char folder[PATH_MAX];
	memcpy(folder, whole, folder_size);
	folder[folder_size] = 0;
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? error_absent : error_from_errno(errno);
	snprintf(endpoint, endpoint_max, ipc "/proc/self/fd/%d/%.80s", fd, name);
	return error_none;
}

enum error endpoint_of_site(const char *home, char *endpoint)
{
	struct settings settings;
	struct buffer complaint = { 0 };
	enum error e = settings_of_home(home, &settings, &complaint);

	if (e == error_malformed)
		log_error("settings_wrong %.*s", (int)complaint.size, (const char *)complaint.data);
	buffer_deinit(&complaint);
	if (e != error_none && e != error_absent)
		return e;
	if (strncmp(settings.door, ipc, strlen(ipc)) == 0 && settings.door[strlen(ipc)] != '/')
		return from_home(home, settings.door + strlen(ipc), endpoint);
	return snprintf(endpoint, endpoint_max, "%s", settings.door) < endpoint_max ? error_none : error_malformed;
}
