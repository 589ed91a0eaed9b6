// Where a request and a card stand, from the tables of all services together: no service alone knows.  The site is at rest.
#ifndef TDV_SIMULATOR_RACES_LOOK_H
#define TDV_SIMULATOR_RACES_LOOK_H

#include "gen/messages.h"
#include "simulator/site.h"

enum request_state look_request(struct site *site, uint64_t request, uint64_t member);
// 0: revocation knows none.
enum card_validity look_worth(struct site *site, uint64_t card);
// 0: delivery knows none.  The keeper: of a card in transit, who sent it.
enum card_place look_place(struct site *site, uint64_t card, uint64_t *keeper);

// Records of an order in that state, by index.
size_t look_records(struct site *site, uint64_t order, enum print_record state, uint32_t *indices, uint64_t *cells,
		    size_t most);
struct look_box {
	uint64_t shipment, box, destination, from;
	uint32_t cards;
};
// What is on its way to an organisation.
size_t look_arriving(struct site *site, uint64_t to, struct look_box *boxes, size_t most);
// The number of the last list that the door took in.
uint64_t look_last_list(struct site *site);

#endif
