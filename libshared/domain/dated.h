// Settings that hold from one day to another (schemas/eligibility.rules, `setting`), and working days (A7).
#ifndef TDV_DOMAIN_DATED_H
#define TDV_DOMAIN_DATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dated_value {
	int32_t from, until; // days since 1970-01-01, both included
	uint32_t value;
};

// The value in force on that day; 0 when there is none.
uint32_t dated_value_on(const struct dated_value *values, size_t count, int32_t day);

// Monday to Friday without the public holidays that schemas/eligibility.rules names, and the days at a weekend that are worked
// for another.
bool date_is_working_day(int32_t day);
// The day that is so many working days after `day`.
int32_t date_after_working_days(int32_t day, uint32_t working_days);

#endif
