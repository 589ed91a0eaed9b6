// The facility's memory of an order: lines of JSON in a file of its spool.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/ensure.h"
#include "fuzz/folder.h"

#include "facility.h"

static void log_write(struct bytes content)
{
	char path[300];

	snprintf(path, sizeof path, "%s/%s", fuzz_folder(), order_file_name(order_file_log));
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ensure(fd >= 0 && write(fd, content.data, content.size) == (ssize_t)content.size);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct order *order = NULL;

	log_write(bytes_of(data, size));
	enum error error = order_open(fuzz_folder(), 7, &order);
	ensure(error == error_none || error == error_corrupt);
	if (error != error_none)
		return 0;
	for (enum record_step step = 0; step < record_step_count; step++) {
		uint32_t found = 0;
		for (uint32_t i = order_next(order, step, 0); i; i = order_next(order, step, i))
			found++;
		ensure(step == record_step_absent || found == order->at[step]);
	}
	order_free(order);
	return 0;
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	static const char a_whole_order[] =
		"{\"opened\":1,\"attached\":44}\n"
		"{\"record\":1,\"letter\":5,\"card\":4353,\"number\":44000017,\"cell\":31,\"data_at\":0,\"data_size\":20}\n"
		"{\"record\":2,\"letter\":6,\"card\":4354,\"number\":44000018,\"cell\":31,\"data_at\":20,\"data_size\":20,\"reason\":\"no_photo\"}\n"
		"{\"ended\":2}\n";
	static const char one_card[] =
		"{\"record\":1,\"letter\":5,\"card\":4353,\"number\":44000017,\"cell\":31,\"data_at\":0,\"data_size\":20}\n"
		"{\"card\":1,\"serial\":\"0102030405060708\",\"public_key\":\"00\"}\n{\"held\":true}\n{\"priority\":9}\n{\"from\":31,\"to\":32}\n";
	static const char *const logs[] = {
		"", "{\"opened\":1,\"attached\":44}\n",
		a_whole_order, one_card,
		"{\"record\":1,\"letter\":5}\n{\"stopped\":1}\n{\"begin\":25,\"before\":1,\"rows\":[1]}\n{\"end\":2,\"refused\":[[1,3]]}\n",
		"{\"record\":1,\"card\":4353}\n{\"begin\":\"answer_order\",\"before\":1,\"rows\":[1]}\n{\"end\":2,\"refused\":[[1,\"duplicate\"]]}\n",
		"{\"record\":1}\n{\"begin\":\"pack_boxes\",\"rows\":[{\"indices\":[1]}],\"waybill\":\"VD 1\"}\n{\"end\":2}\n",
		"{\"begin\":26,\"before\":0,\"rows\":[]}\n{\"end\":1,\"reason\":4}\nhalf a li",
		"[]\n", "{}\n", "null\n", "{\"record\":-1}\n", "{\"record\":1e300}\n", "{\"card\":9}\n", "{\"end\":1}\n", "{\"stopped\":65535}\n",
	};
	for (size_t i = 0; i < array_size(logs); i++)
		seeds->put(seeds, bytes_of_text(logs[i]));
}
