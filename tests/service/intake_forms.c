// The forms that the door asks of names and numbers.
#include "intake/door.h"
#include "test.h"

static bool is_name(const char *name)
{
	return intake_door_is_name(bytes_of_text(name));
}

test(names_are_letters_in_one_spelling)
{
	check(is_name("Nguyễn Văn An"));
	check(is_name("H'Hen Niê"));
	check(is_name("Y Krông Adrơng"));
	check(is_name("Đỗ"));
	check(!is_name(""));
	check(!is_name(" An"));
	check(!is_name("An "));
	check(!is_name("Văn  An"));
	check(!is_name("Văn\tAn"));
	check(!is_name("An 2"));
	check(!is_name("An;"));
	check(!is_name("-"));
	check(!is_name("Nguye\u0302\u0303n"));      // decomposed
	check(!is_name("An\u200b"));                // an invisible character
	check(!is_name("\xff"));
	check(intake_door_is_line(bytes_of_text("12-QĐ/BTV, số 3")));
	check(!intake_door_is_line(bytes_of_text("two\nlines")));
}

test(numbers_that_people_are_known_by_have_their_form)
{
	check(intake_door_is_citizen_id(bytes_of_text("001080000001")));
	check(!intake_door_is_citizen_id(bytes_of_text("00108000000")));
	check(!intake_door_is_citizen_id(bytes_of_text("00108000000A")));
	check(!intake_door_is_citizen_id(bytes_of_text("0010800000011")));
	check(intake_door_is_profile_number(bytes_of_text("123456A")));
	check(intake_door_is_profile_number(bytes_of_text("123456abc")));
	check(!intake_door_is_profile_number(bytes_of_text("123456")));
	check(!intake_door_is_profile_number(bytes_of_text("123456ABCD")));
	check(!intake_door_is_profile_number(bytes_of_text("12345AB")));
	check(!intake_door_is_profile_number(bytes_of_text("123456A1")));
	check(intake_door_is_phone(bytes_of_text("+84 912.345.678")));
	check(!intake_door_is_phone(bytes_of_text("0912x345678")));
	check(!intake_door_is_phone(bytes_of_text("12345")));
}

int main(void)
{
	run(names_are_letters_in_one_spelling);
	run(numbers_that_people_are_known_by_have_their_form);
	return test_summary();
}
