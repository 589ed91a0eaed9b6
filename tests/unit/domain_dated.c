// Settings that hold from one day to another, and working days.
#include "base/ensure.h"
#include "base/when.h"
#include "domain/dated.h"
#include "test.h"

static int32_t day(const char *text)
{
	int32_t date = 0;
	date_parse(text, &date);
	return date;
}

test(a_setting_holds_on_its_days_and_is_0_on_others)
{
	const struct dated_value values[] = { { day("2026-01-01"), day("2026-06-30"), 5 }, { day("2026-07-01"), INT32_MAX, 3 } };
	check_u64(dated_value_on(values, array_size(values), day("2025-12-31")), 0);
	check_u64(dated_value_on(values, array_size(values), day("2026-01-01")), 5);
	check_u64(dated_value_on(values, array_size(values), day("2026-06-30")), 5);
	check_u64(dated_value_on(values, array_size(values), day("2026-07-01")), 3);
	check_u64(dated_value_on(values, array_size(values), day("2099-01-01")), 3);
}

test(working_days_pass_over_saturday_and_sunday)
{
	int32_t friday = day("2026-03-06");
	check_u64(date_after_working_days(friday, 0), friday);
	check_u64(date_after_working_days(friday, 1), day("2026-03-09"));
	check_u64(date_after_working_days(friday, 5), day("2026-03-13"));
	check_u64(date_after_working_days(day("2026-03-07"), 1), day("2026-03-09"));
	check_u64(date_after_working_days(day("1969-12-31"), 2), day("1970-01-02"));
}

test(public_holidays_are_no_working_days)
{
	// Tết Bính Ngọ: from Monday 16 to Friday 20 February, two weekends around it.
	check_u64(date_after_working_days(day("2026-02-13"), 1), day("2026-02-23"));
	// Thursday 30 April and Friday 1 May.
	check_u64(date_after_working_days(day("2026-04-29"), 1), day("2026-05-04"));
	// Giỗ Tổ on a Sunday, made up for on Monday 27 April.
	check_u64(date_after_working_days(day("2026-04-24"), 1), day("2026-04-28"));
	check(!date_is_working_day(day("2025-01-01")));
	check(date_is_working_day(day("2020-09-02"))); // before the law that is cited was in force
}

test(a_holiday_at_the_weekend_takes_the_next_working_day)
{
	check(!date_is_working_day(day("2023-01-02"))); // 1 January was a Sunday
	check(date_is_working_day(day("2023-01-03")));
	check(!date_is_working_day(day("2022-05-02"))); // 30 April and 1 May were Saturday and Sunday
	check(!date_is_working_day(day("2022-05-03")));
	check(date_is_working_day(day("2022-05-04")));
	check(!date_is_working_day(day("2027-05-03"))); // 1 May is a Saturday
	check(date_is_working_day(day("2027-05-04")));
	check(!date_is_working_day(day("2028-05-02"))); // 30 April is a Sunday, 1 May a Monday
	check(date_is_working_day(day("2028-05-03")));
}

test(a_day_at_the_weekend_is_worked_for_another)
{
	check(!date_is_working_day(day("2026-08-31")));
	check(date_is_working_day(day("2026-08-22")));
	check(!date_is_working_day(day("2026-08-23")));
	check_u64(date_after_working_days(day("2026-08-21"), 1), day("2026-08-22"));
	check_u64(date_after_working_days(day("2026-08-28"), 1), day("2026-09-03"));
}

int main(void)
{
	run(a_setting_holds_on_its_days_and_is_0_on_others);
	run(working_days_pass_over_saturday_and_sunday);
	run(public_holidays_are_no_working_days);
	run(a_holiday_at_the_weekend_takes_the_next_working_day);
	run(a_day_at_the_weekend_is_worked_for_another);
	return test_summary();
}
