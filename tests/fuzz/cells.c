// Single values as people type them: in cells of a file and on command lines.  What is read and written again is read the same.
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "csv_rows.h"
#include "fuzz/fuzz.h"

static void date_same(const char *text)
{
	char again[16];
	int32_t date, other;

	if (!cell_date(text, &date))
		return;
	date_format(date, again);
	ensure(date_parse(again, &other) && other == date);
	ensure(cell_date(again, &other) && other == date);
}

static void card_same(const char *text)
{
	char again[10];
	uint32_t number, other;

	if (!cell_card(text, &number))
		return;
	card_format(number, again);
	ensure(cell_card(again, &other) && other == number);
}

static void code_same(const char *text)
{
	char again[32];
	uint64_t number, other;

	if (cell_code(text, &number)) {
		snprintf(again, sizeof again, "%llu", (unsigned long long)number);
		ensure(cell_code(again, &other) && other == number);
	}
	if (cell_pair(text, &number)) {
		snprintf(again, sizeof again, "%llu", (unsigned long long)number);
		ensure(cell_pair(again, &other) && other == number);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[256], profile[10], folded[64];
	unsigned value;

	if (size >= sizeof text || memchr(data, 0, size))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	date_same(text);
	card_same(text);
	code_same(text);
	if (cell_profile(text, profile))
		ensure(memchr(profile, 0, sizeof profile) && cell_profile(profile, profile));
	if (bytes_are_text(bytes_of(data, size)))
		text_fold(text, folded, sizeof folded);
	if (cell_value(&reason_values, text, &value))
		ensure(codec_value_name(&reason_values, value));
	return 0;
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	static const char *const texts[] = {
		"2026-01-31", "31/01/2026", "1/2/2026", "29/2/2024", "29/2/2023", "0000-00-00", "9999-12-31", "1.2.2026", "31-1-2026",
		"44.000123", "44000123", "44.0001234", "00.000000", "99999999", "46001003", "0", "18446744073709551615",
		"18446744073709551616", "-1", "+1", " 12", "12-3", "12-65536", "281474976710655-65535", "4294967296-1", "123456AB",
		"123456abc", "123456ĐH", "Họ và tên", "no_receipt", "Ho  va\tten", "ＡＢＣ", "e\xcc\x82\xcc\x81",
	};
	for (size_t i = 0; i < array_size(texts); i++)
		seeds->put(seeds, bytes_of_text(texts[i]));
}
