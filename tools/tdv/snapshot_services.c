// What this program knows of services, and who reads whom.
#include <unistd.h>

#include "approval/approval.h"
#include "delivery/delivery.h"
#include "inspection/inspection.h"
#include "intake/intake.h"
#include "printing/printing.h"
#include "registry/registry.h"
#include "revocation/revocation.h"
#include "snapshot.h"
#include "verification/verification.h"

const struct service *const services_known[] = {
	&intake_service,   &registry_service, &verification_service, &approval_service,
	&printing_service, &delivery_service, &inspection_service,   &revocation_service,
	NULL,
};

const struct service *service_known(uint16_t number)
{
	for (size_t i = 0; services_known[i]; i++)
		if (services_known[i]->id == number)
			return services_known[i];
	return NULL;
}

void service_readers(uint16_t service, uint16_t *out)
{
	for (size_t i = 0; services_known[i]; i++)
		for (const uint16_t *source = services_known[i]->sources; source && *source; source++)
			if (*source == service)
				*out++ = services_known[i]->id;
	*out = 0;
}

static uint64_t turn_taken(const struct site *site, uint16_t reader, uint16_t service)
{
	struct cut cut;
	struct cut_walk *walk = NULL;
	struct bytes key = { 0 }, value = { 0 };
	struct cursor_row row = { 0 };
	uint64_t turn = 0;

	if (cut_read_one(site, reader, &cut) && !cut_walk_open(&cut, reader, "runtime.cursors", &walk))
		while (!cut_walk_next(walk, &key, &value))
			// NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): the page was decoded
			if (key.size == 2 && get_u16(key.data) == service && !cursor_row_decode(value, &row) && row.source)
				turn = row.turn;
	cut_walk_close(walk);
	cut_release(&cut);
	return turn;
}

const struct service *cut_reader_ahead(const struct site *site, uint16_t service, uint64_t head_turn, uint64_t *seen)
{
	uint16_t readers[cut_services_max];
	char path[4096];

	service_readers(service, readers);
	for (size_t i = 0; readers[i]; i++) {
		const struct service *reader = service_known(readers[i]);
		if (access(home_path(site, path, "state/%s/data.mdb", reader->name), F_OK) != 0)
			continue;
		*seen = turn_taken(site, reader->id, service);
		if (*seen > head_turn)
			return reader;
	}
	return NULL;
}
