// Boxes that the facility packs and sends.
#ifndef TDV_SERVICES_PRINTING_BOXES_H
#define TDV_SERVICES_PRINTING_BOXES_H

#include "gen/printing_tables.h"
#include "runtime/service.h"
#include "runtime/turn.h"

// A box goes as a whole or not at all: what was in it lies before the facility, not before us.
void printing_box_packed(struct turn *t, const struct origin *o, const struct box_packed *m);
// The consignment is told to delivery, which closes the submission; one without a box is closed here.
void printing_boxes_ended(struct turn *t, const struct printing_act_ended *m, const struct printing_acts_row *act);

#endif
