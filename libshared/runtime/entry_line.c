// Entries in log lines: whose they are, so that `journalctl TDV_MEMBER=17` finds them.
#include <inttypes.h>
#include <stdio.h>

#include "base/subject.h"
#include "runtime/engine_private.h"

static size_t add_subject(char *out, size_t at, uint64_t subject)
{
	const char *kind = subject_kind_name((enum subject_kind)subject_kind_of(subject));

	return at + (size_t)snprintf(out + at, entry_fields_size - at, " %.16s=%llu", kind,
				     (unsigned long long)subject_number(subject));
}

char *entry_fields(struct bytes envelope, char out[entry_fields_size])
{
	struct envelope v;
	size_t at;

	out[0] = 0;
	if (envelope_decode(envelope, &v))
		return out;
	at = (size_t)snprintf(out, entry_fields_size, " message=%.40s", message_name(v.type));
	if (v.has_subject)
		at = add_subject(out, at, v.subject);
	uint64_t request = codec_json_take_number(message_json(v.type, v.body), "request");
	if (request) {
		at += (size_t)snprintf(out + at, entry_fields_size - at, " request=%llu-%u",
				       (unsigned long long)item_whole(request), item_index(request));
		if (!v.has_subject || subject_kind_of(v.subject) != subject_kind_list)
			at += (size_t)snprintf(out + at, entry_fields_size - at, " list=%llu",
					       (unsigned long long)item_whole(request));
	}
	if (v.has_submission)
		snprintf(out + at, entry_fields_size - at, " submission=%llu", (unsigned long long)v.submission);
	return out;
}

void entries_tell(struct engine *e)
{
	char fields[entry_fields_size];
	struct record r;

	if (!log_shows(log_level_debug) || record_open(&r, buffer_bytes(&e->work.record)))
		return;
	for (uint64_t entry = r.head.first_entry; entry < r.head.first_entry + r.entry_count; entry++)
		log_line(log_level_debug, "put_out entry=%" PRIu64 " turn=%" PRIu64 "%s", entry, r.head.turn,
			 entry_fields(record_next_entry(&r), fields));
}
