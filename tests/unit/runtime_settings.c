// The settings file: defaults, bounds, and complaints that name the line.
#include <unistd.h>

#include "base/ensure.h"
#include "runtime/settings.h"
#include "test.h"

static char path[300];

static const char *read_text(const char *content, struct settings *s)
{
	static char said[600];
	struct buffer complaint = { 0 };
	ensure(file_write_atomic(path, bytes_of_text(content), 0600) == error_none);
	enum error e = settings_read(path, s, &complaint);
	snprintf(said, sizeof said, "%s %.*s", e ? error_name(e) : "none",
		 (int)(complaint.size > strlen(path) ? complaint.size - strlen(path) : 0),
		 complaint.size ? (const char *)complaint.data + strlen(path) : "");
	buffer_deinit(&complaint);
	return said;
}

test(what_is_not_said_has_its_default)
{
	struct settings s;
	check_text(read_text("", &s), "none ");
	check_u64(s.site, 1);
	check_u64(s.batch_inputs, 2048);
	check_text(s.door, "ipc://run/door");
	check_text(s.level, "info");
	check_text(s.streams[4], "ipc://run/approval.log");
	check_text(
		read_text(
			"# a comment\r\n[turns]\r\n  batch_inputs = 7 ; why\r\n\r\n[intake]\ndoor = tcp://127.0.0.1:4600\n",
			&s),
		"none ");
	check_u64(s.batch_inputs, 7);
	check_u64(s.batch_entries, 4096);
	check_text(s.door, "tcp://127.0.0.1:4600");
}

test(what_is_wrong_is_named_with_its_line_and_what_is_allowed)
{
	struct settings s;
	check_text(read_text("[turns]\n\nbatch_inputs = 0\n", &s),
		   "malformed :3: batch_inputs '0'; allowed: a whole number from 1 to 65535");
	check_text(read_text("[turns]\nbatch_inputs = many\n", &s),
		   "malformed :2: batch_inputs 'many'; allowed: a whole number from 1 to 65535");
	check_text(read_text("[turns]\nbatch_inputs = 5x\n", &s),
		   "malformed :2: batch_inputs '5x'; allowed: a whole number from 1 to 65535");
	check_text(read_text("[turns]\nbatch_inputs =\n", &s),
		   "malformed :2: batch_inputs ''; allowed: a whole number from 1 to 65535");
	check_text(read_text("[clock]\nspeed = 1\n", &s),
		   "malformed :2: unknown setting 'speed'; settings of this section are jump_seconds absent_days");
	check_text(
		read_text("# x\n[cloc]\njump_seconds = 20\n", &s),
		"malformed :2: unknown section 'cloc'; sections are [site] [intake] [store] [turns] [archive] [clock] [streams] [log]");
	check_text(
		read_text("number = 1\n", &s),
		"malformed :1: unknown section ''; sections are [site] [intake] [store] [turns] [archive] [clock] [streams] [log]");
	check_text(read_text("[log]\nlevel = loud\n", &s),
		   "malformed :2: level 'loud'; allowed: debug info warn error");
	check_text(read_text("[log]\nlevel = inf\n", &s),
		   "malformed :2: level 'inf'; allowed: debug info warn error");
	check_text(read_text("[log]\nnonsense\n", &s),
		   "malformed :2: not a setting 'nonsense'; write name = value, or # in front of a comment");
	check_text(read_text("[log\n", &s), "malformed :1: a section is written '[name]'; ");
}

test(the_file_that_is_written_is_the_defaults)
{
	struct settings s, defaults;
	struct buffer complaint = { 0 }, content = { 0 };
	settings_default(&defaults);
	unlink(path);
	check(settings_read(path, &s, &complaint) == error_absent);
	check(memcmp(&s, &defaults, sizeof s) == 0);
	check(settings_write_default(path) == error_none);
	check(settings_write_default(path) == error_exists);
	check(settings_read(path, &s, &complaint) == error_none);
	check(memcmp(&s, &defaults, sizeof s) == 0);

	// And with every # in front of a setting taken away as well.
	check(file_read(path, 1 << 16, &content) == error_none);
	for (size_t i = 0; i + 1 < content.size; i++)
		if (content.data[i] == '#' && content.data[i + 1] != ' ')
			content.data[i] = ' ';
	check(file_write_atomic(path, buffer_bytes(&content), 0600) == error_none);
	check(settings_read(path, &s, &complaint) == error_none);
	check(memcmp(&s, &defaults, sizeof s) == 0);
	check_u64(complaint.size, 0);
	buffer_deinit(&complaint);
	buffer_deinit(&content);
}

test(a_file_that_is_no_settings_or_cannot_be_found_is_told)
{
	static char vast[(1 << 20) + 2], far[5000];
	struct settings s;
	struct buffer complaint = { 0 };
	memset(vast, '#', sizeof vast - 1);
	check_text(read_text(vast, &s), "malformed : larger than 1 MiB");
	memset(far, 'f', sizeof far - 1);
	check(settings_of_home(far, &s, &complaint) == error_io);
	far[100] = 0;
	check(settings_of_home(far, &s, &complaint) == error_none); // no file: the defaults
	check_u64(s.batch_inputs, 2048);
	check_u64(complaint.size, 0);
	buffer_deinit(&complaint);
}

test(a_long_line_is_one_line)
{
	struct settings s;
	char text[1200], wanted[300];
	snprintf(text, sizeof text, "# %0500d\n[intake]\n; %0300d\ndoor = %0191d\n", 1, 1, 1); // as long as can be
	check_text(read_text(text, &s), "none ");
	snprintf(wanted, sizeof wanted, "%0191d", 1);
	check_text(s.door, wanted);
	snprintf(text, sizeof text, "[intake]\ndoor = %0192d\n", 1);
	check_text(read_text(text, &s), "malformed :2: a line that is too long, it begins with 'door = 0000000000000000'; "
					"allowed: 198 characters");
	snprintf(text, sizeof text, "[intake]\ndoor =%0192d\n", 1);
	check_text(read_text(text, &s), "none ");
	snprintf(text, sizeof text, "[intake]\ndoor=%0193d\n[log]\nlevel = %0150d\n", 1, 1);
	check(strstr(read_text(text, &s), "allowed: debug info warn error"));
}

int main(void)
{
	snprintf(path, sizeof path, "%s/tdv.conf", test_folder());
	run(what_is_not_said_has_its_default);
	run(what_is_wrong_is_named_with_its_line_and_what_is_allowed);
	run(the_file_that_is_written_is_the_defaults);
	run(a_file_that_is_no_settings_or_cannot_be_found_is_told);
	run(a_long_line_is_one_line);
	return test_summary();
}
