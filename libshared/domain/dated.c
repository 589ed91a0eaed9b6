#include "domain/dated.h"

#include "base/when.h"

struct yearly_holiday {
	int32_t from, until; // in force
	unsigned month, day;
};

struct days {
	int32_t first, last;
};

#include "gen/holidays.h"

#define compensations_max 2 // holidays on one weekend

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

static bool is_weekend(int32_t day)
{
	return weekday(day) >= 5;
}

static bool is_among(const struct days *days, int32_t day)
{
	for (; days->first <= days->last; days++)
		if (days->first <= day && day <= days->last)
			return true;
	return false;
}

static bool is_yearly_holiday(int32_t day)
{
	int year;
	unsigned month, of_month;
	date_to_civil(day, &year, &month, &of_month);
	for (const struct yearly_holiday *h = yearly_holidays; h->from <= h->until; h++)
		if (h->month == month && h->day == of_month && h->from <= day && day <= h->until)
			return true;
	return false;
}

// A day on which nobody works, whatever fell on a weekend before it.
static bool is_off(int32_t day)
{
	return !is_among(working_weekends, day) && (is_weekend(day) || is_among(holidays, day) || is_yearly_holiday(day));
}

// The working days behind a holiday on a weekend are off in its place, one for each.
static bool is_compensation(int32_t day)
{
	unsigned owed = 0, ahead = 0; // ahead: working days nearer to the holiday, which are off first
	int32_t at = day - 1;
	for (; !is_off(at) && ahead < compensations_max; at--)
		ahead++;
	for (; is_off(at); at--)
		owed += is_weekend(at) && is_yearly_holiday(at);
	return owed > ahead;
}

bool date_is_working_day(int32_t day)
{
	return !is_off(day) && (is_weekend(day) || !is_compensation(day));
}

int32_t date_after_working_days(int32_t day, uint32_t working_days)
{
	for (uint32_t left = working_days; left > 0;)
		left -= date_is_working_day(++day);
	return day;
}
