// The files that attachments are packed into, one segment after the other.
#include <sys/stat.h>

#include "store/vault_state.h"
#include "store_vault_scene.h"

static struct pack small_pack(const struct pack_place *last)
{
	struct pack pack;

	pack_init(&pack, folder, true, true);
	pack.segment_bytes = 1000;
	check(pack_cut(&pack, last) == error_none);
	return pack;
}

static struct pack_place append(struct pack *pack, uint64_t number, size_t size)
{
	struct buffer record = { 0 };
	struct pack_place place = { 0 };

	uint8_t *at = buffer_extend(&record, pack_header_size + size);
	memset(at, (int)number, pack_header_size + size);
	check(pack_append(pack, number, &record, &place) == error_none);
	buffer_deinit(&record);
	return place;
}

static bool reads(struct pack *pack, uint64_t number, const struct pack_place *place)
{
	struct buffer out = { 0 };
	bool whole = pack_read(pack, number, place, &out) == error_none && out.size == place->size - pack_header_size &&
		     out.data[0] == number && out.data[out.size - 1] == number;

	buffer_deinit(&out);
	return whole;
}

test(a_pack_goes_on_in_a_new_segment_when_one_is_full)
{
	struct pack_place places[9] = { 0 };

	new_folders();
	mkdir(folder, 0700);
	struct pack pack = small_pack(&places[0]);
	for (uint64_t i = 1; i < 9; i++)
		places[i] = append(&pack, i, i == 5 ? 5000 : 400);
	check(pack_sync(&pack) == error_none);
	check(places[2].segment == 1 && places[3].segment == 2 && places[5].segment == 3 && places[6].segment == 4);
	for (uint64_t i = 1; i < 9; i++)
		check(reads(&pack, i, &places[i]));
	check(!reads(&pack, 2, &places[1]));
	// The index knows the third and nothing after it.
	pack_deinit(&pack);
	pack = small_pack(&places[3]);
	check(access(file_of("pack-000003"), F_OK) != 0 && access(file_of("pack-000005"), F_OK) != 0);
	check(reads(&pack, 3, &places[3]) && !reads(&pack, 4, &places[4]));
	struct pack_place next = append(&pack, 4, 10);
	check(next.segment == 2 && next.offset == places[3].offset + places[3].size);
	check(reads(&pack, 1, &places[1]) && reads(&pack, 4, &next));
	pack_deinit(&pack);
}

int main(void)
{
	run(a_pack_goes_on_in_a_new_segment_when_one_is_full);
	return test_summary();
}
