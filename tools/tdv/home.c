// What lies where in a site's home.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tdv.h"

const char *const service_names[] = { "intake",   "registry", "verification", "approval",
				      "printing", "delivery", "inspection",   "revocation", NULL };

uint16_t service_number(const char *name)
{
	uint16_t number;

	for (const char *const *s = service_names; *s; s++)
		if (strcmp(*s, name) == 0 && codec_value_from_name(&service_id_values, name, &number))
			return number;
	return 0;
}

char *home_path(const struct site *site, char *out, const char *format, ...)
{
	va_list ap;
	size_t n = (size_t)snprintf(out, 4096, "%s/", site->home);

	va_start(ap, format);
	vsnprintf(out + n, 4096 - n, format, ap);
	va_end(ap);
	return out;
}

bool folder_holds_anything(const char *folder)
{
	DIR *dir = opendir(folder);
	bool any = false;

	for (struct dirent *f; dir && (f = readdir(dir));)
		any |= strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0;
	if (dir)
		closedir(dir);
	return any;
}

bool home_holds_records(const struct site *site)
{
	char path[4096];

	return folder_holds_anything(home_path(site, path, "state")) || folder_holds_anything(home_path(site, path, "vault"));
}

bool home_exists(const struct site *site)
{
	struct stat s;
	char path[4096];

	if (stat(home_path(site, path, "keys"), &s) == 0)
		return true;
	int why = errno;
	if (why == EACCES)
		complain(_("you may not look into %s: do this as the user whose site it is"), site->home);
	else if (why != ENOENT && why != ENOTDIR)
		complain("%s: %s", site->home, language_errno(why));
	else if (home_holds_records(site))
		complain(_("%s holds a site's records, but no keys: put that site's keys into %s/keys"), site->home, site->home);
	else
		complain(_("there is no site at %s; `tdv init --home %s` makes one"), site->home, site->home);
	return false;
}

// `tdv up` locks its pid file while it lives; asking leaves no lock behind that could be in its way.
bool home_is_up(const struct site *site, long *pid)
{
	char path[4096], text[32] = "";
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(home_path(site, path, "run/tdv.pid"), O_RDONLY | O_CLOEXEC);
	bool up = fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

	if (pid)
		*pid = up && read(fd, text, sizeof text - 1) > 0 ? strtol(text, NULL, 10) : 0;
	if (fd >= 0)
		close(fd);
	return up;
}

uint32_t home_terminal(const struct site *site)
{
	struct buffer content = { 0 };
	char path[4096];
	uint32_t number = 1;

	if (!file_read(home_path(site, path, "keys/terminal"), 32, &content)) {
		buffer_append(&content, "", 1);
		number = (uint32_t)strtoul((const char *)content.data, NULL, 10);
	}
	buffer_deinit(&content);
	return number;
}
