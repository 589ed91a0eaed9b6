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

int main(void)
{
	run(a_setting_holds_on_its_days_and_is_0_on_others);
	run(working_days_pass_over_saturday_and_sunday);
	return test_summary();
}
