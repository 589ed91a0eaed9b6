#include "audit/match.h"

#include <stdlib.h>

#define buckets_count 8192
#define elements_max 262144 // kept in the second pass

struct bucket {
	uint64_t sum;  // of weight times hash, modulo 2^64: zero when the sides agree
	uint32_t seen; // elements of the first pass
	bool wanted;   // in the second pass
};

struct kept {
	struct match_element element;
	bool left;
};

struct match {
	struct bucket buckets[buckets_count];
	bool second_pass;
	bool more;
	struct kept *kept;
	size_t count, capacity;
	enum error fault;
};

enum error match_new(struct match **match)
{
	*match = calloc(1, sizeof **match);
	return *match ? error_none : error_no_memory;
}

void match_free(struct match *match)
{
	if (match)
		free(match->kept);
	free(match);
}

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input reaches every bit of the result.
static uint64_t mixed(uint64_t v)
{
	v = (v ^ (v >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ (v >> 27)) * UINT64_C(0x94d049bb133111eb);
	return v ^ (v >> 31);
}

// The bucket depends on the id only, so that what two sides say of one id meets.
static struct bucket *bucket_of(struct match *match, uint64_t id)
{
	return &match->buckets[mixed(id + UINT64_C(0x9e3779b97f4a7c15)) % buckets_count];
}

static void keep(struct match *match, bool left, const struct match_element *element)
{
	if (match->count == match->capacity) {
		size_t capacity = match->capacity ? 2 * match->capacity : 256;
		struct kept *kept = realloc(match->kept, capacity * sizeof *kept);
		if (!kept) {
			match->fault = error_no_memory;
			return;
		}
		match->kept = kept;
		match->capacity = capacity;
	}
	match->kept[match->count++] = (struct kept){ .element = *element, .left = left };
}

void match_add(struct match *match, bool left, uint64_t id, uint64_t value, int64_t weight)
{
	if (weight == 0)
		return;
	struct bucket *bucket = bucket_of(match, id);
	if (match->second_pass) {
		if (bucket->wanted && match->fault == error_none)
			keep(match, left, &(struct match_element){ id, value, weight });
		return;
	}
	uint64_t hash = mixed(mixed(id) + mixed(value ^ UINT64_C(0x632be59bd9b4e019)) * 3);
	uint64_t weighed = (uint64_t)weight * hash;
	bucket->sum += left ? weighed : 0 - weighed;
	bucket->seen++;
}

bool match_differs(struct match *match)
{
	size_t room = elements_max;
	bool differs = false;
	for (size_t i = 0; i < buckets_count; i++) {
		struct bucket *bucket = &match->buckets[i];
		if (bucket->sum == 0)
			continue;
		// The first one always: it names something, even where one bucket holds more than there is room for.
		bucket->wanted = !differs || bucket->seen <= room;
		room -= bucket->wanted ? (bucket->seen < room ? bucket->seen : room) : 0;
		match->more = match->more || !bucket->wanted;
		differs = true;
	}
	match->second_pass = differs;
	match->count = 0;
	return differs;
}

static int by_id_side_value(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	if (x->element.id != y->element.id)
		return x->element.id < y->element.id ? -1 : 1;
	if (x->left != y->left)
		return x->left ? -1 : 1;
	return x->element.value < y->element.value ? -1 : x->element.value > y->element.value;
}

struct side {
	bool any;
	uint64_t value; // the smallest
	int64_t weight; // of all values
	uint64_t sum;   // tells different multisets of values apart
};

static void side_add(struct side *side, const struct match_element *element)
{
	if (!side->any)
		side->value = element->value;
	side->any = true;
	side->weight += element->weight;
	side->sum += (uint64_t)element->weight * mixed(element->value + 1);
}

static int64_t side_says(const struct side *side, bool by_weight)
{
	if (by_weight)
		return side->weight;
	return side->any ? (int64_t)side->value : match_nothing;
}

static bool sides_differ(const struct side *left, const struct side *right, uint64_t id, struct match_difference *out)
{
	if (left->weight == right->weight && left->sum == right->sum)
		return false;
	// An absent side's value is 0.
	bool by_weight = left->value == right->value;
	*out = (struct match_difference){ id, side_says(left, by_weight), side_says(right, by_weight) };
	return true;
}

enum error match_differences(struct match *match, struct match_difference *out, size_t max, size_t *count, bool *more)
{
	*count = 0;
	*more = match->more;
	if (match->fault != error_none)
		return match->fault;
	if (match->count)
		qsort(match->kept, match->count, sizeof *match->kept, by_id_side_value);
	for (size_t i = 0; i < match->count;) {
		uint64_t id = match->kept[i].element.id;
		struct side left = { 0 }, right = { 0 };
		for (; i < match->count && match->kept[i].element.id == id; i++)
			side_add(match->kept[i].left ? &left : &right, &match->kept[i].element);
		struct match_difference difference;
		if (!sides_differ(&left, &right, id, &difference))
			continue;
		if (*count == max) {
			*more = true;
			break;
		}
		out[(*count)++] = difference;
	}
	return error_none;
}
