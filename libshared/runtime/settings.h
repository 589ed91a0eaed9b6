// The settings of a site: one commented file, HOME/tdv.conf, in INI form.
//
// Every setting has a default and bounds; what the file does not say has its default; an unknown section or
// name or a value out of bounds is an error that names file and line and says what is allowed.
#ifndef TDV_RUNTIME_SETTINGS_H
#define TDV_RUNTIME_SETTINGS_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

#define settings_text_max 200
#define settings_services_max 16

struct settings {
	// [site]
	uint32_t site;
	// [intake]
	char door[settings_text_max]; // a ZeroMQ endpoint; ipc:// without a leading slash is inside HOME
	// [store]
	uint32_t map_mib, reserve_mib;
	// [turns]
	uint32_t batch_inputs, batch_entries, batch_kib, effects;
	// [archive]
	uint32_t segment_mib, hot_turns;
	// [clock]
	uint32_t jump_seconds, absent_days;
	// [streams], by enum service_id
	char streams[settings_services_max][settings_text_max]; // a ZeroMQ endpoint; ipc://run/ is inside HOME
	// [log]
	char level[settings_text_max]; // debug, info, warn, error
};

void settings_default(struct settings *s);
// error_absent: no such file (the defaults are set); error_malformed: `complaint` holds one line, "file:line:
// what is wrong, what is allowed".
enum error settings_read(const char *path, struct settings *s, struct buffer *complaint);
// The file of this site: HOME/tdv.conf; without one, the defaults.
enum error settings_of_home(const char *home, struct settings *s, struct buffer *complaint);
// Every setting with its comment and default, commented out.  error_exists: the file is there; nothing was written.
enum error settings_write_default(const char *path);

#endif
