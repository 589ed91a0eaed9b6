// Time: instants are UTC milliseconds since 1970, dates are days since 1970-01-01 as a calendar in Vietnam shows them.
// No function here reads a clock but clock_wall_ms and clock_boot_ms, which handlers may not call (the purity check).
#ifndef TDV_BASE_WHEN_H
#define TDV_BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

// Days since 1970-01-01, proleptic Gregorian.  INT32_MIN is "none".
#define date_none INT32_MIN

int32_t date_from_civil(int year, unsigned month, unsigned day);
void date_to_civil(int32_t date, int *year, unsigned *month, unsigned *day);
// "YYYY-MM-DD" (ISO 8601) or "DD/MM/YYYY" (as Vietnamese forms write it), whole and valid.
bool date_parse(const char *text, int32_t *date);
// ISO 8601; out holds 11.
void date_format(int32_t date, char *out);
// The date in Asia/Ho_Chi_Minh (UTC+7, no summer time since 1975).
int32_t date_of_instant(int64_t instant_ms);
// The first instant of that date in Asia/Ho_Chi_Minh.
int64_t instant_of_date(int32_t date);
// "YYYY-MM-DD HH:MM:SS.mmm" in Asia/Ho_Chi_Minh; out holds 24.
void instant_format(int64_t instant_ms, char *out);

int64_t clock_wall_ms(void); // CLOCK_REALTIME
int64_t clock_boot_ms(void); // CLOCK_BOOTTIME

#endif
