// Inside revocation: what officers report (loss, damage, found, misuse), what committees decide (suspended, resumed,
// not to be recovered), and which cards may be destroyed.
#ifndef TDV_SERVICES_REVOCATION_ACTS_H
#define TDV_SERVICES_REVOCATION_ACTS_H

#include "domain/organisation.h"
#include "domain/refusal.h"
#include "revocation/cards.h"

// acts.c: an act opens, its rows come, it ends.
void revocation_act_opened(struct turn *t, const struct worth_act_opened *m);
void revocation_act_row(struct turn *t, const struct origin *o, const struct worth_act_row *m,
			const struct organisation_tree *tree);
void revocation_act_ended(struct turn *t, const struct origin *o, const struct worth_act_ended *m);

// destruction.c: minutes, committee and witnesses; delivery, who has the cards, carries it out and closes the act.
struct refusal revocation_destruction_refusal(const struct coded_card_head *head);
bool revocation_destroyable(const struct card *card);
void revocation_destroy(struct turn *t, uint64_t submission, uint32_t row, const struct card *card);
void revocation_destruction_ended(struct turn *t, uint64_t submission, uint32_t refused_rows,
				  const struct coded_card_head *head);

#endif
