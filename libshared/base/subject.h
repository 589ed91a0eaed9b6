// Numbers with meaning.  All are dense in order of arrival, so that they are good keys.
//
//   member   the person's number in the vault, given at the door
//   card     member << 8 | copy sequence: a replacement keeps the number and raises the copy (domain.md §3, invariant 2)
//   request  list << 16 | row of the list, from 1
//   record   of a print order: order << 16 | index, from 1
//   box      order << 16 | the facility's box number, from 1; one that an organisation packed: parcels_from + its number
//   subject  whose timeline an entry belongs to: enum subject_kind << 56 | number
#ifndef TDV_BASE_SUBJECT_H
#define TDV_BASE_SUBJECT_H

#include <stdint.h>

static inline uint64_t subject_of(unsigned kind, uint64_t number)
{
	return (uint64_t)kind << 56 | number;
}
static inline unsigned subject_kind_of(uint64_t subject)
{
	return (unsigned)(subject >> 56);
}
static inline uint64_t subject_number(uint64_t subject)
{
	return subject & ((UINT64_C(1) << 56) - 1);
}

static inline uint64_t card_of(uint64_t member, unsigned copy)
{
	return member << 8 | (copy & 0xff);
}
static inline uint64_t card_member(uint64_t card)
{
	return card >> 8;
}
static inline unsigned card_copy(uint64_t card)
{
	return (unsigned)(card & 0xff);
}

// Behind all that a print order can have.
#define parcels_from (UINT64_C(1) << 48)

static inline uint64_t item_of(uint64_t whole, uint32_t index)
{
	return whole << 16 | (index & 0xffff);
}
static inline uint64_t item_whole(uint64_t item)
{
	return item >> 16;
}
static inline uint32_t item_index(uint64_t item)
{
	return (uint32_t)(item & 0xffff);
}

#endif
