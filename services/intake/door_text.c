#include <stdlib.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "intake/door.h"

// Unicode in NFC, so that one name has one spelling: forms typed on phones come decomposed.
static bool is_nfc(struct bytes text)
{
	uint8_t space[512];
	size_t size = sizeof space;
	uint8_t *normal = u8_normalize(UNINORM_NFC, text.data, text.size, space, &size);
	bool same = normal && bytes_equal(bytes_of(normal, size), text);

	if (normal != space)
		free(normal);
	return same;
}

bool intake_door_is_line(struct bytes text)
{
	ucs4_t c, before = ' ';

	if (text.size == 0 || !bytes_are_text(text) || !is_nfc(text))
		return false;
	for (size_t at = 0; at < text.size; before = c) {
		at += (size_t)u8_mbtouc(&c, text.data + at, text.size - at);
		if (uc_is_general_category(c, UC_CATEGORY_C) || (c != ' ' && uc_is_property_white_space(c)))
			return false;
		if (c == ' ' && before == ' ')
			return false;
	}
	return before != ' ';
}

// Names of ethnic minorities have apostrophes and hyphens, and marks without a composed form (H'Hen Niê).
static bool is_inside_names(ucs4_t c)
{
	return c == ' ' || c == '-' || c == '.' || c == '\'' || c == 0x2019;
}

bool intake_door_is_name(struct bytes text)
{
	size_t letters = 0;
	ucs4_t c;

	if (!intake_door_is_line(text))
		return false;
	for (size_t at = 0; at < text.size;) {
		at += (size_t)u8_mbtouc(&c, text.data + at, text.size - at);
		if (uc_is_general_category(c, UC_CATEGORY_L))
			letters++;
		else if (!uc_is_general_category(c, UC_CATEGORY_M) && !is_inside_names(c))
			return false;
	}
	return letters > 0;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool intake_door_is_citizen_id(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (!is_digit(text.data[i]))
			return false;
	}
	return text.size == 12;
}

bool intake_door_is_profile_number(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (i < 6 ? !is_digit(text.data[i]) : !is_letter(text.data[i]))
			return false;
	}
	return text.size >= 7 && text.size <= 9;
}

bool intake_door_is_phone(struct bytes text)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (is_digit(text.data[i]))
			digits++;
		else if (!(i == 0 && text.data[i] == '+') && text.data[i] != ' ' && text.data[i] != '.' && text.data[i] != '-')
			return false;
	}
	return digits >= 8 && digits <= 15;
}
