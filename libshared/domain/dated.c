#include "domain/dated.h"

uint32_t dated_value_on(const struct dated_value *values, size_t count, int32_t day)
{
	for (size_t i = 0; i < count; i++)
		if (values[i].from <= day && day <= values[i].until)
			return values[i].value;
	return 0;
}

// 1970-01-01 was a Thursday: Monday is 0.
static int weekday(int32_t day)
{
	return (int)(((day + 3) % 7 + 7) % 7);
}

int32_t date_after_working_days(int32_t day, uint32_t working_days)
{
	for (uint32_t left = working_days; left > 0;)
		if (weekday(++day) < 5)
			left--;
	return day;
}
