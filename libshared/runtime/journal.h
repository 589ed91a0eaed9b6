// Log lines as entries of the journal with fields of their own (systemd.journal-fields(7)), for a daemon whose stderr is the
// journal (JOURNAL_STREAM, systemd.exec(5)); otherwise lines stay on stderr as they are.
//
// MESSAGE is the line as people read it; the event's name is TDV_EVENT, the service TDV_SERVICE, and each key=value of the line a
// field: request=12-3 is TDV_REQUEST=12-3, and so TDV_LIST, TDV_MEMBER (the member's number, which says nothing about the
// person), TDV_TURN, TDV_ENTRY …  `journalctl -u 'tdv-*' TDV_MEMBER=17`.  There are no personal data in a line, hence none here.
#ifndef TDV_RUNTIME_JOURNAL_H
#define TDV_RUNTIME_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log.h"

// Whether stderr is the stream that JOURNAL_STREAM names; then log lines go to the journal from here on.
bool journal_open(void);

#define journal_fields_max 24
#define journal_field_size 256
struct journal_fields {
	char text[journal_fields_max][journal_field_size]; // NAME=value
	size_t count;
};
// What a line becomes.  Values that do not fit are cut, and fields beyond the most left out; MESSAGE is not among them.
void journal_split(const char *service, enum log_level level, const char *line, struct journal_fields *out);

#endif
