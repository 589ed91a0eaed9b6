#include "base/when.h"
#include "test.h"

static const char *shown(int32_t date)
{
	static char text[11];

	date_format(date, text);
	return text;
}

static const char *shown_instant(int64_t instant_ms)
{
	static char text[24];

	instant_format(instant_ms, text);
	return text;
}

static int32_t parsed(const char *text)
{
	int32_t date;

	return date_parse(text, &date) ? date : date_none;
}

test(known_dates_have_known_numbers)
{
	check(date_from_civil(1970, 1, 1) == 0);
	check(date_from_civil(1969, 12, 31) == -1);
	check(date_from_civil(2000, 3, 1) == 11017);
	check(date_from_civil(1930, 2, 3) == -14577);
	check(date_from_civil(2026, 7, 1) == 20635);
}

test(every_day_of_a_thousand_years_follows_the_one_before)
{
	int32_t last = date_from_civil(1599, 12, 31);
	int year, wrong = 0;
	unsigned month, day;

	for (int y = 1600; y < 2600; y++)
		for (unsigned m = 1; m <= 12; m++) {
			bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
			unsigned days = m == 2 ? (leap ? 29 : 28) : 30 + (m + (m > 7)) % 2;
			for (unsigned d = 1; d <= days; d++) {
				int32_t date = date_from_civil(y, m, d);
				date_to_civil(date, &year, &month, &day);
				wrong += date != last + 1 || year != y || month != m || day != d;
				last = date;
			}
		}
	check(wrong == 0);
}

test(both_written_forms_are_read_and_one_is_written)
{
	check_text(shown(parsed("1930-02-03")), "1930-02-03");
	check_text(shown(parsed("03/02/1930")), "1930-02-03");
	check_text(shown(parsed("2024-02-29")), "2024-02-29");
	check_text(shown(parsed("0001-01-01")), "0001-01-01");
	check_text(shown(parsed("31/12/9999")), "9999-12-31");
}

test(what_is_no_date_is_refused)
{
	static const char *const not_dates[] = {
		"", "2024", "2024-2-29", "2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00",
		"2024-01-32", "0000-01-01", "2024-01-01 ", " 2024-01-01", "2024/01/01", "1/1/2024", "29/02/2023",
		"01-02-2024", "2024-01-0a", "+024-01-01", "20240101", "01/02/24",
	};

	for (size_t i = 0; i < sizeof not_dates / sizeof not_dates[0]; i++)
		check(parsed(not_dates[i]) == date_none);
}

test(no_date_is_beyond_formatting)
{
	check_text(shown(date_none), "none");
	check_text(shown(INT32_MAX), "invalid");
	check_text(shown(INT32_MIN + 1), "invalid");
	check_text(shown_instant(INT64_MAX), "invalid");
	check_text(shown_instant(INT64_MIN), "invalid");
	check(date_of_instant(INT64_MAX) == INT32_MAX && date_of_instant(INT64_MIN) == INT32_MIN + 1);
}

test(the_day_in_vietnam_begins_at_17_hours_utc)
{
	int64_t begins = instant_of_date(parsed("2026-07-01"));

	check_u64(begins, INT64_C(1782838800000)); // 2026-06-30T17:00:00Z
	check_text(shown_instant(begins), "2026-07-01 00:00:00.000");
	check_text(shown_instant(begins - 1), "2026-06-30 23:59:59.999");
	check_text(shown(date_of_instant(begins)), "2026-07-01");
	check_text(shown(date_of_instant(begins - 1)), "2026-06-30");
	check_text(shown_instant(0), "1970-01-01 07:00:00.000");
	check_text(shown_instant(-7 * 3600000 - 1), "1969-12-31 23:59:59.999");
}

test(the_clocks_run_forwards)
{
	int64_t boot = clock_boot_ms();

	check(clock_wall_ms() > INT64_C(1700000000000));
	check(boot > 0 && clock_boot_ms() >= boot);
}

int main(void)
{
	run(known_dates_have_known_numbers);
	run(every_day_of_a_thousand_years_follows_the_one_before);
	run(both_written_forms_are_read_and_one_is_written);
	run(what_is_no_date_is_refused);
	run(no_date_is_beyond_formatting);
	run(the_day_in_vietnam_begins_at_17_hours_utc);
	run(the_clocks_run_forwards);
	return test_summary();
}
