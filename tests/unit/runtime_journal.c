// A log line's fields in the journal.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/journal.h"
#include "test.h"

static char joined[4096];

static const char *fields_of(const char *line)
{
	struct journal_fields f;

	journal_split("intake", log_level_error, line, &f);
	size_t size = 0;
	for (size_t i = 0; i < f.count; i++)
		size += (size_t)snprintf(joined + size, sizeof joined - size, "%s\n", f.text[i]);
	return joined;
}

#define head "PRIORITY=3\nSYSLOG_IDENTIFIER=tdv-intake\nTDV_SERVICE=intake\n"

test(request_member_and_list_are_fields)
{
	check_text(fields_of("put_out entry=5 message=request_verified member=17 list=12 request=12-3"),
		   head "TDV_EVENT=put_out\nTDV_ENTRY=5\nTDV_MESSAGE=request_verified\nTDV_MEMBER=17\nTDV_LIST=12\nTDV_REQUEST=12-3\n");
}

test(a_quoted_value_keeps_its_blanks)
{
	check_text(fields_of("old_copy do=\"stopped: restore it\" turn=4"), head "TDV_EVENT=old_copy\nTDV_DO=stopped: restore it\nTDV_TURN=4\n");
	check_text(fields_of("old_copy do=\"never closed"), head "TDV_EVENT=old_copy\nTDV_DO=never closed\n");
}

test(what_is_no_pair_is_left_to_the_message)
{
	check_text(fields_of("settings_wrong /etc/tdv.conf:3: what = that"), head "TDV_EVENT=settings_wrong\n");
	check_text(fields_of("Not an event at all"), head);
	check_text(fields_of(""), head);
	check_text(fields_of("event 9key=1 =2 a==b"), head "TDV_EVENT=event\nTDV_A==b\n");
}

test(a_long_value_is_cut_and_fields_are_bounded)
{
	char line[8000] = "event";
	size_t size = 5;
	for (int i = 0; i < 60; i++)
		size += (size_t)snprintf(line + size, sizeof line - size, " key%d=%0*d", i, 100, 1);
	struct journal_fields f;
	journal_split("intake", log_level_info, line, &f);
	check_u64(f.count, journal_fields_max);
	memset(line, 'x', sizeof line);
	memcpy(line, "event long=", 11);
	line[sizeof line - 1] = 0;
	journal_split("intake", log_level_info, line, &f);
	check_u64(strlen(f.text[4]), journal_field_size - 1);
}

test(a_stream_that_is_not_stderr_is_not_the_journal)
{
	setenv("JOURNAL_STREAM", "1:2", 1);
	check(!journal_open());
	setenv("JOURNAL_STREAM", "nonsense", 1);
	check(!journal_open());
	unsetenv("JOURNAL_STREAM");
	check(!journal_open());
}

int main(void)
{
	run(request_member_and_list_are_fields);
	run(a_quoted_value_keeps_its_blanks);
	run(what_is_no_pair_is_left_to_the_message);
	run(a_long_value_is_cut_and_fields_are_bounded);
	run(a_stream_that_is_not_stderr_is_not_the_journal);
	return test_summary();
}
