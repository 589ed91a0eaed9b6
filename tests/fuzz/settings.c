// The settings file of a site.
#include "runtime/settings.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ensure.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s, defaults;
	struct buffer complaint = { 0 };
	char path[64];

	memset(&s, 0, sizeof s);
	memset(&defaults, 0, sizeof defaults);
	settings_default(&defaults);
	int fd = memfd_create("settings", MFD_CLOEXEC);
	ensure(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	enum error error = settings_read(path, &s, &complaint);
	ensure(error == error_none || error == error_malformed);
	ensure((error == error_malformed) == (complaint.size > 0));
	ensure(memchr(s.door, 0, sizeof s.door) && memchr(s.level, 0, sizeof s.level));
	if (error == error_none) // within what the table allows
		ensure(s.site >= 1 && s.map_mib >= 64 && s.batch_inputs >= 1 && s.jump_seconds >= 10);
	buffer_deinit(&complaint);
	close(fd);
	return 0;
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	static const char *const files[] = {
		"", "# nothing\n; nothing\n\n", "[site]\nnumber = 44\n", "[intake]\r\ndoor = tcp://127.0.0.1:4600\r\n[log]\nlevel=debug\n",
		"[store]\nmap_mib = 64\nreserve_mib: 1\n[turns]\nbatch_inputs = 1 ; a comment\nbatch_kib = 16\n[archive]\nhot_turns=1",
		"number = 4\n", "[site\n", "[site]\nnumber\n", "[site]\nnumber = 0\n", "[site]\nnumber = 99999999999999999999\n",
		"[log]\nlevel = loud\n", "[nowhere]\nnothing = 1\n", "\xef\xbb\xbf[site]\nnumber = 7\n", "[site]\n  number = 7\n   8\n",
		"[clock]\njump_seconds = 86400\nabsent_days = 365\n", "[turns]\neffects = +12\n", "[turns]\neffects = 0x10\n",
	};
	for (size_t i = 0; i < array_size(files); i++)
		seeds->put(seeds, bytes_of_text(files[i]));
}
