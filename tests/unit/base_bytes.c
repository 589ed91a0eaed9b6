#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "test.h"

test(byte_order_of_keys_is_the_order_of_numbers)
{
	static const uint64_t numbers[] = { 0, 1, 255, 256, 65535, 65536, UINT64_C(1) << 40, UINT64_MAX };
	uint8_t before[8], after[8];

	for (size_t i = 0; i + 1 < sizeof numbers / sizeof numbers[0]; i++) {
		put_u64(before, numbers[i]);
		put_u64(after, numbers[i + 1]);
		check(memcmp(before, after, 8) < 0);
		check_u64(get_u64(before), numbers[i]);
	}
	put_u16(before, 0x1234);
	check(before[0] == 0x12 && before[1] == 0x34 && get_u16(before) == 0x1234);
	put_u32(before, 0x12345678);
	check(before[0] == 0x12 && before[3] == 0x78 && get_u32(before) == 0x12345678);
}

test(hexadecimal_comes_back)
{
	static const uint8_t data[] = { 0x00, 0x7f, 0x80, 0xff };
	uint8_t back[4];
	char text[9];

	hex_encode(data, sizeof data, text);
	check_text(text, "007f80ff");
	check(hex_decode(text, back, sizeof back) && memcmp(back, data, sizeof data) == 0);
	check(hex_decode("007F80fF", back, sizeof back) && memcmp(back, data, sizeof data) == 0);
}

test(hexadecimal_of_another_length_or_with_another_sign_is_refused)
{
	uint8_t back[4];

	check(!hex_decode("007f80f", back, sizeof back));
	check(!hex_decode("007f80ff0", back, sizeof back));
	check(!hex_decode("007f80fg", back, sizeof back));
	check(!hex_decode("", back, sizeof back));
	check(hex_decode("", back, 0));
}

static bool is_text(const char *text)
{
	return bytes_are_text(bytes_of_text(text));
}

test(vietnamese_names_are_text)
{
	check(is_text(""));
	check(is_text("Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b Minh"));
	check(is_text("\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
}

test(what_is_not_well_formed_utf8_is_not_text)
{
	check(!bytes_are_text(bytes_of("a\0b", 3)));
	check(!is_text("\x80"));
	check(!is_text("\xc0\xaf"));         // overlong
	check(!is_text("\xe0\x9f\xbf"));     // overlong
	check(!is_text("\xf0\x8f\xbf\xbf")); // overlong
	check(!is_text("\xed\xa0\x80"));     // a surrogate
	check(!is_text("\xf4\x90\x80\x80")); // beyond U+10FFFF
	check(!is_text("\xf5\x80\x80\x80"));
	check(!is_text("\xe1\xbb"));         // cut off
	check(!is_text("\xe1\xbb\x41"));
}

test(a_buffer_grows_and_keeps_what_it_held)
{
	struct buffer b = { 0 };

	for (int i = 0; i < 1000; i++)
		buffer_printf(&b, "%d,", i % 10);
	check(!b.failed);
	check_u64(b.size, 2000);
	check(memcmp(b.data, "0,1,2,3,4,5,6,7,8,9,0,", 22) == 0);
	size_t capacity = b.capacity;
	buffer_clear(&b);
	buffer_append_text(&b, "x");
	check(b.capacity == capacity && bytes_equal(buffer_bytes(&b), bytes_of_text("x")));
	buffer_deinit(&b);
}

test(a_buffer_that_failed_stays_failed)
{
	struct buffer b = { 0 };

	buffer_append_text(&b, "kept");
	check(buffer_extend(&b, SIZE_MAX / 2) == NULL);
	buffer_append_text(&b, "lost");
	check(b.failed);
	check_u64(b.size, 4);
	buffer_clear(&b);
	check(!b.failed);
	buffer_deinit(&b);
}

static char path[512];

static const char *path_of(const char *folder, const char *name)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

test(a_file_is_read_up_to_the_limit_and_no_further)
{
	const char *file = path_of(test_folder(), "file");
	struct buffer b = { 0 };

	check(file_read(file, 10, &b) == error_absent);
	check(file_write_atomic(file, bytes_of_text("0123456789"), 0644) == error_none);
	buffer_append_text(&b, "before ");
	check(file_read(file, 9, &b) == error_bounds);
	check(bytes_equal(buffer_bytes(&b), bytes_of_text("before ")));
	check(file_read(file, 10, &b) == error_none);
	check(bytes_equal(buffer_bytes(&b), bytes_of_text("before 0123456789")));
	buffer_deinit(&b);
}

test(a_large_file_comes_back_whole)
{
	const char *file = path_of(test_folder(), "file");
	struct buffer b = { 0 }, back = { 0 };

	for (int i = 0; i < 100000; i++)
		buffer_printf(&b, "%d ", i);
	check(file_write_atomic(file, buffer_bytes(&b), 0600) == error_none);
	check(file_read(file, b.size, &back) == error_none);
	check(bytes_equal(buffer_bytes(&b), buffer_bytes(&back)));
	buffer_deinit(&b);
	buffer_deinit(&back);
}

test(a_file_is_replaced_whole_with_its_mode_and_nothing_left_beside_it)
{
	const char *folder = test_folder(), *file = path_of(folder, "secret");
	struct buffer b = { 0 };
	struct stat stat_of;

	check(file_write_atomic(file, bytes_of_text("the old and longer content"), 0644) == error_none);
	// A crash before the rename left a file aside.
	char aside[600];
	snprintf(aside, sizeof aside, "%s.new", file);
	int fd = open(aside, O_CREAT | O_WRONLY, 0644);
	check(write(fd, "torn", 4) == 4);
	close(fd);
	check(file_write_atomic(file, bytes_of_text("new"), 0600) == error_none);
	check(file_read(file, 100, &b) == error_none);
	check(bytes_equal(buffer_bytes(&b), bytes_of_text("new")));
	check(stat(file, &stat_of) == 0 && (stat_of.st_mode & 07777) == 0600);
	check(access(aside, F_OK) != 0);
	check(file_write_atomic("/nowhere/at/all", bytes_of_text("x"), 0600) == error_io);
	buffer_deinit(&b);
}

test(errors_of_the_system_become_ours)
{
	check_text(error_name(error_from_errno(28)), "no_space"); // ENOSPC
	check_text(error_name(error_from_errno(12)), "no_memory");
	check_text(error_name(error_from_errno(5)), "io");
	check_text(error_name(error_none), "none");
	check_text(error_name(error_fork), "fork");
}

int main(void)
{
	run(byte_order_of_keys_is_the_order_of_numbers);
	run(hexadecimal_comes_back);
	run(hexadecimal_of_another_length_or_with_another_sign_is_refused);
	run(vietnamese_names_are_text);
	run(what_is_not_well_formed_utf8_is_not_text);
	run(a_buffer_grows_and_keeps_what_it_held);
	run(a_buffer_that_failed_stays_failed);
	run(a_file_is_read_up_to_the_limit_and_no_further);
	run(a_large_file_comes_back_whole);
	run(a_file_is_replaced_whole_with_its_mode_and_nothing_left_beside_it);
	run(errors_of_the_system_become_ours);
	return test_summary();
}
