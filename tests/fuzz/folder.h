// A folder for what a target reads from files.
#ifndef TDV_TESTS_FUZZ_FOLDER_H
#define TDV_TESTS_FUZZ_FOLDER_H

#include <stdio.h>

#include "base/log.h"
#include "fuzz/fuzz.h"
#include "test.h"

// The same one at every call; with it come readers that complain only of what ends the process.
static inline const char *fuzz_folder(void)
{
	static char folder[200];
	if (!*folder) {
		fuzz_in_memory();
		log_open("fuzz", log_level_fatal, 0);
		snprintf(folder, sizeof folder, "%s", test_folder());
	}
	return folder;
}

#endif
