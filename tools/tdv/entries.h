// Entries of logs as people and programs read them.
#ifndef TDV_TDV_ENTRIES_H
#define TDV_TDV_ENTRIES_H

#include "ask.h"

// {"service", "entry", "turn", "time", "message", "type", "submission", "actor", "person", "role",
// "organisation", "rule_version", "subject": {"kind", "number"}, "body": {…}}; new.
json_t *entry_json(uint16_t service, const struct log_entry *entry);
// One line, a sentence (trace_words.c); with --json one object a line.  `o` names organisations, or holds none.
void entry_print(const struct site *site, const json_t *entry, const struct organisations *o);
// The body's fields in a line, into `out`.
void entry_body_text(const json_t *entry, char *out, size_t size);

#endif
