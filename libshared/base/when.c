#include "base/when.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"

#define ms_a_day INT64_C(86400000)
#define vietnam_offset_ms (7 * INT64_C(3600000))
#define days_an_era 146097   // 400 years
#define days_before_1970 719468 // from 0000-03-01, where the eras begin

// Both conversions count years from 1 March, so that the leap day is the last of its year, and eras of 400
// years, so that they are the same: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
int32_t date_from_civil(int year, unsigned month, unsigned day)
{
	ensure(year > -5000000 && year < 5000000 && month >= 1 && month <= 12 && day <= 366);
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + (int64_t)day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return (int32_t)(era * days_an_era + day_of_era - days_before_1970);
}

void date_to_civil(int32_t date, int *year, unsigned *month, unsigned *day)
{
	int64_t z = (int64_t)date + days_before_1970;
	int64_t era = (z >= 0 ? z : z - (days_an_era - 1)) / days_an_era;
	int64_t day_of_era = z - era * days_an_era;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t m = (5 * day_of_year + 2) / 153;

	*day = (unsigned)(day_of_year - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

// `pattern`: Y, M, D stand for digits, anything else for itself; the whole text must match.
static bool parse_as(const char *text, const char *pattern, unsigned *year, unsigned *month, unsigned *day)
{
	*year = *month = *day = 0;
	for (; *pattern; pattern++, text++) {
		unsigned *into = *pattern == 'Y' ? year : *pattern == 'M' ? month : *pattern == 'D' ? day : NULL;
		if (!into && *text != *pattern)
			return false;
		if (into && (*text < '0' || *text > '9'))
			return false;
		if (into)
			*into = *into * 10 + (unsigned)(*text - '0');
	}
	return *text == '\0';
}

bool date_parse(const char *text, int32_t *date)
{
	unsigned year, month, day, back_month, back_day;
	int back_year;

	if (!parse_as(text, "YYYY-MM-DD", &year, &month, &day) && !parse_as(text, "DD/MM/YYYY", &year, &month, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	int32_t parsed = date_from_civil((int)year, month, day);
	// 30 February comes back as a day of March.
	date_to_civil(parsed, &back_year, &back_month, &back_day);
	if (back_month != month || back_day != day)
		return false;
	*date = parsed;
	return true;
}

void date_format(int32_t date, char *out)
{
	unsigned month, day;
	int year;

	date_to_civil(date, &year, &month, &day);
	if (date == date_none)
		memcpy(out, "none", 5);
	else if (year < 0 || year > 9999)
		memcpy(out, "invalid", 8);
	else
		snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000, month % 100, day % 100);
}

// Days and milliseconds of the day in Vietnam, without overflow for any instant.
static int64_t split(int64_t instant_ms, int64_t *ms_of_day)
{
	int64_t days = instant_ms / ms_a_day, rest = instant_ms % ms_a_day;

	if (rest < 0) {
		rest += ms_a_day;
		days--;
	}
	rest += vietnam_offset_ms;
	if (rest >= ms_a_day) {
		rest -= ms_a_day;
		days++;
	}
	*ms_of_day = rest;
	return days;
}

int32_t date_of_instant(int64_t instant_ms)
{
	int64_t ms_of_day, days = split(instant_ms, &ms_of_day);

	if (days > INT32_MAX)
		return INT32_MAX;
	return days <= date_none ? date_none + 1 : (int32_t)days;
}

int64_t instant_of_date(int32_t date)
{
	return (int64_t)date * ms_a_day - vietnam_offset_ms;
}

void instant_format(int64_t instant_ms, char *out)
{
	int64_t ms;

	split(instant_ms, &ms);
	date_format(date_of_instant(instant_ms), out);
	if (out[0] == 'i') // a year that four digits do not hold
		return;
	snprintf(out + 10, 14, " %02u:%02u:%02u.%03u", (unsigned)(ms / 3600000) % 24, (unsigned)(ms / 60000) % 60,
		 (unsigned)(ms / 1000) % 60, (unsigned)(ms % 1000));
}
