#include "simulator/races_table.h"

#include <stdio.h>
#include <string.h>

static struct race races[races_max];
static size_t race_count;

static const char *const names[strike_count] = {
	[strike_loss] = "loss",		[strike_damage] = "damage", [strike_death] = "death",		[strike_exit] = "exit",
	[strike_transfer] = "transfer", [strike_merge] = "merge",   [strike_withdrawal] = "withdrawal", [strike_hold] = "hold",
};

const char *strike_name(enum strike strike)
{
	return names[strike];
}

// The next column, without the blanks around it; NULL: there is none.
static char *column(char **rest)
{
	char *at = *rest, *bar = at ? strchr(at, '|') : NULL;
	if (!at)
		return NULL;
	if (bar)
		*bar = '\0';
	*rest = bar ? bar + 1 : NULL;
	while (*at == ' ')
		at++;
	for (size_t n = strlen(at); n > 0 && strchr(" \n", at[n - 1]); n--)
		at[n - 1] = '\0';
	return at;
}

static bool keep(char *to, size_t size, const char *text)
{
	return text && snprintf(to, size, "%s", text) < (int)size;
}

static bool line_read(char *text, bool card, struct race *race)
{
	size_t columns = card ? 4 : 1;
	char *rest = text, *strike = column(&rest);
	*race = (struct race){ .card = card };
	while (race->strike < strike_count && strcmp(names[race->strike], strike) != 0)
		race->strike++;
	if (race->strike == strike_count || !keep(race->at, sizeof race->at, column(&rest)))
		return false;
	for (size_t i = 0; i < columns; i++)
		if (!keep(race->after[i], sizeof race->after[i], column(&rest)))
			return false;
	if (!rest || strchr(rest, '|')) // the words, and nothing behind them
		return false;
	snprintf(race->said, sizeof race->said, "%s | %s | %s", strike, race->at, race->after[0]);
	for (size_t i = 1; i < columns; i++)
		snprintf(race->said + strlen(race->said), sizeof race->said - strlen(race->said), " | %s", race->after[i]);
	return !race_find(card, race->strike, race->at); // one declared outcome
}

bool races_read(const char *path, char *why, size_t why_size)
{
	FILE *f = fopen(path, "r");
	char text[600];
	bool card = false, good = f != NULL;
	unsigned number = 0;
	race_count = 0;
	snprintf(why, why_size, "%s cannot be read", path);
	while (good && fgets(text, sizeof text, f)) {
		number++;
		if (strncmp(text, "section ", 8) == 0)
			card = strncmp(text + 8, "card", 4) == 0;
		if (text[0] == '#' || !strchr(text, '|'))
			continue;
		struct race race;
		good = race_count < races_max && line_read(text, card, &race);
		if (good)
			races[race_count++] = race;
		else
			snprintf(why, why_size, "%s, line %u: no line of the table, or a second one of the pair", path, number);
	}
	if (f)
		fclose(f);
	return good;
}

size_t races_count(void)
{
	return race_count;
}

const struct race *race_at(size_t index)
{
	return &races[index];
}

const struct race *race_find(bool card, enum strike strike, const char *at)
{
	for (size_t i = 0; i < race_count; i++)
		if (races[i].card == card && races[i].strike == strike && strcmp(races[i].at, at) == 0)
			return &races[i];
	return NULL;
}

size_t race_index(const struct race *race)
{
	return (size_t)(race - races);
}
