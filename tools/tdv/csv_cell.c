// What a single cell may look like.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/subject.h"
#include "csv_form.h"

static bool all_digits(const char *text, size_t least, size_t most)
{
	size_t n = strspn(text, "0123456789");
	return text[n] == '\0' && n >= least && n <= most;
}

// Excel shows 01/02/2026 as 1/2/2026 where the system's settings say so.
bool cell_date(const char *text, int32_t *date)
{
	unsigned day, month, year;
	char rest, padded[32];

	if (date_parse(text, date))
		return true;
	if (sscanf(text, "%2u%*1[/.-]%2u%*1[/.-]%4u%c", &day, &month, &year, &rest) != 3 || year < 1000)
		return false;
	snprintf(padded, sizeof padded, "%02u/%02u/%04u", day, month, year);
	return date_parse(padded, date);
}

bool cell_card(const char *text, uint32_t *number)
{
	char digits[9];

	if (strlen(text) == 9 && text[2] == '.') {
		memcpy(digits, text, 2);
		memcpy(digits + 2, text + 3, 7);
	} else if (strlen(text) == 8) {
		memcpy(digits, text, 9);
	} else {
		return false;
	}
	if (!all_digits(digits, 8, 8) || strcmp(digits + 2, "000000") == 0)
		return false;
	*number = (uint32_t)strtoul(digits, NULL, 10);
	return true;
}

void card_format(uint32_t number, char out[10])
{
	snprintf(out, 10, "%02u.%06u", number / 1000000 % 100, number % 1000000);
}

bool cell_code(const char *text, uint64_t *code)
{
	if (!all_digits(text, 1, 12) || (text[0] == '0' && text[1] != '\0'))
		return false;
	*code = strtoull(text, NULL, 10);
	return true;
}

bool cell_pair(const char *text, uint64_t *item)
{
	unsigned long long whole;
	unsigned index;
	char rest;

	if (all_digits(text, 1, 19)) {
		*item = strtoull(text, NULL, 10);
		return *item != 0;
	}
	if (sscanf(text, "%*1[Gg]-%12llu%c", &whole, &rest) == 1 && whole > 0) {
		*item = parcels_from + whole; // a box that an organisation packed
		return true;
	}
	if (!isdigit((unsigned char)text[0]) || sscanf(text, "%12llu-%5u%c", &whole, &index, &rest) != 2 ||
	    index == 0 || index > 65535)
		return false;
	*item = item_of(whole, index);
	return true;
}

// The label up to its explanation: "Cấp mới" of "Cấp mới (1-TĐV)".
static void short_label(const char *label, char *out, size_t size)
{
	const char *end = strstr(label, " (");

	snprintf(out, size, "%.*s", end ? (int)(end - label) : (int)strlen(label), label);
}

bool cell_value(const struct codec_values *values, const char *text, unsigned *number)
{
	char wanted[200], label[200], folded[200];

	text_fold(text, wanted, sizeof wanted);
	for (size_t i = 0; i < values->count; i++) {
		const struct codec_value *v = &values->list[i];
		*number = v->number;
		text_fold(v->name, folded, sizeof folded);
		if (strcmp(folded, wanted) == 0)
			return true;
		text_fold(v->label ? v->label : "", folded, sizeof folded);
		if (*folded && strcmp(folded, wanted) == 0)
			return true;
		short_label(v->label ? v->label : "", label, sizeof label);
		text_fold(label, folded, sizeof folded);
		if (*folded && strcmp(folded, wanted) == 0)
			return true;
		if (all_digits(text, 1, 5) && strtoul(text, NULL, 10) == v->number)
			return true;
	}
	return false;
}

bool cell_profile(const char *text, char out[10])
{
	size_t n = strlen(text);

	if (n < 7 || n > 9 || strspn(text, "0123456789") != 6)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i >= 6 && !((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z')))
			return false;
		out[i] = (char)toupper((unsigned char)text[i]);
	}
	out[n] = '\0';
	return true;
}
