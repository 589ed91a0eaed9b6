// Revocation decides what each card is worth: not yet active, active, superseded, ended, and so on (domain.md
// §3, "Validity"). The states and what leads from one to another are the machine card_validity of
// revocation.schema; an event that has no row there is refused, recorded, and changes nothing.  At every turn
// a member has at most one ACTIVE card: at a hand-over the old card leaves ACTIVE before the new one enters.
// What officers report (loss, damage, found), what committees decide (suspended, resumed, not to be recovered) and
// what becomes of holders (exit, death, abroad) meets cards in every state, also cards that are still at the printer
// or on their way: schemas/races.table says what comes of each pair, and a test compares this file with it.
// Revocation never says where a card is (delivery) nor who should get one.
#include "revocation/revocation.h"

#include <string.h>

#include "base/subject.h"
#include "gen/revocation.h"
#include "revocation/acts.h"
#include "revocation/checks.h"
#include "revocation/hand_over.h"
#include "revocation/holders.h"

// --- the tree of organisations ---

organisation_parent_of(revocation)

static void on_organisation_registered(struct turn *t, const struct origin *o,
				       const struct organisation_registered *m)
{
	(void)o;
	revocation_organisations_put(
		t->tx, m->code,
		&(struct revocation_organisations_row){ .parent = m->parent, .level = m->level });
}

static void begin(struct turn *t, uint64_t card)
{
	turn_subject(t, subject_of(subject_kind_member, card_member(card)));
}

// --- the opening balance (domain.md §6.0) ---

static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = revocation_card_at(t, m->card);
	if (card.known || revocation_active_cards_get(t->tx, card_member(m->card), NULL)) {
		revocation_refuse(t, &card, card_validity_event_opened, reason_already_done);
		return;
	}
	card.known = true;
	card.row = (struct revocation_cards_row){ .validity = card_validity_active,
						  .number = m->number,
						  .generation = m->generation,
						  .has_held_since = true,
						  .held_since = m->issued,
						  .has_as_of = true,
						  .as_of = m->issued };
	revocation_card_put(t, &card);
	revocation_members_put(t->tx, m->member,
			       &(struct revocation_members_row){ .cell = m->cell,
								 .has_status = m->status != member_status_active,
								 .status = m->status });
	revocation_note_active(t, m->card, card_validity_not_yet_active, card_validity_active);
	card.dated = true;
	card.date = m->issued;
	revocation_opened_as(t, &card, m->status);
}

// --- a card is made ---

static void on_card_reserved(struct turn *t, const struct origin *o, const struct card_reserved *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = revocation_card_at(t, m->card);
	if (card.known) {
		revocation_refuse(t, &card, card_validity_event_reserved, reason_already_done);
		return;
	}
	card.row = (struct revocation_cards_row){
		.validity = card_validity_not_yet_active,
		.number = m->number,
		.generation = card_generation_chip_2025, // the only one printed (domain.md §6.2)
		.has_replaces = m->has_old_card,
		.replaces = m->old_card,
		.has_request = true,
		.request = m->request,
	};
	card.known = true;
	revocation_card_put(t, &card);
	struct card old = m->has_old_card ? revocation_card_at(t, m->old_card) : (struct card){ .known = false };
	if (old.known && !old.row.replaced) {
		old.row.replaced = true;
		revocation_cards_put(t->tx, old.number, &old.row);
	}
	struct revocation_members_row holder = revocation_holder(t, card_member(m->card));
	if (revocation_has_left(&holder) || revocation_has_died(&holder))
		revocation_cancel(t, &card, revocation_has_died(&holder) ? reason_holder_died : reason_holder_left);
}

static void on_card_produced(struct turn *t, const struct origin *o, const struct card_produced *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = revocation_card_at(t, m->card);
	bool awaited = card.row.validity == card_validity_not_yet_active || card.row.cancelled;
	if (!card.known || !awaited || card.row.has_serial) {
		revocation_refuse(t, &card, card_validity_event_personalised,
			     card.known ? reason_wrong_state : reason_unknown);
		return;
	}
	card.row.has_serial = true;
	memcpy(card.row.serial, m->serial, sizeof card.row.serial);
	revocation_card_put(t, &card);
	if (revocation_holder(t, card_member(m->card)).cell == 0)
		revocation_holder_is_at(t, card_member(m->card), m->cell);
}

static void on_card_spoiled(struct turn *t, const struct origin *o, const struct card_spoiled *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = revocation_card_at(t, m->card);
	if (card.known && card.row.cancelled) { // it was worth nothing already; now the printer keeps it
		card.row.cancelled = false;
		revocation_card_put(t, &card);
		return;
	}
	revocation_take(t, &card, card_validity_event_spoiled_in_print);
}

// A reserved card is not made after all. Its request goes on or ended by itself; the old card is not replaced.
static void on_card_cancelled(struct turn *t, const struct origin *o, const struct card_cancelled *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = revocation_card_at(t, m->card);
	struct card old = card.known && card.row.has_replaces ? revocation_card_at(t, card.row.replaces) :
								(struct card){ .known = false };
	if (card.known && card.row.cancelled)
		return; // its holder left or died before
	card.row.cancelled = true;
	revocation_take(t, &card, card_validity_event_cancelled);
	if (old.known && old.row.replaced) {
		old.row.replaced = false;
		revocation_cards_put(t->tx, old.number, &old.row);
	}
}

// --- it is handed over ---

static void on_card_handed_over(struct turn *t, const struct origin *o, const struct card_handed_over *m)
{
	(void)o;
	begin(t, m->card);
	revocation_handed_over(t, m);
}

// --- what becomes of holders ---

static void on_member_status_changed(struct turn *t, const struct origin *o, const struct member_status_changed *m)
{
	(void)o;
	revocation_status_changed(t, m);
}

static void on_member_moved(struct turn *t, const struct origin *o, const struct member_moved *m)
{
	(void)o;
	if (revocation_members_get(t->tx, m->member, NULL))
		revocation_holder_is_at(t, m->member, m->to);
}

// --- a campaign's check that was missed, or made late (D2) ---

static void on_check_missed(struct turn *t, const struct origin *o, const struct check_missed *m)
{
	(void)o;
	revocation_check_missed(t, m);
}

static void on_check_made_late(struct turn *t, const struct origin *o, const struct check_made_late *m)
{
	(void)o;
	revocation_check_made_late(t, m);
}

// --- what organisations do with cards in their hands ---

static void on_card_reported(struct turn *t, const struct origin *o, const struct card_reported *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = revocation_card_at(t, m->card);
	bool made_in_vain = card.known && card.row.validity == card_validity_spoiled;
	if (made_in_vain)
		return; // cancelled before; wherever it goes, it is to be destroyed
	if (m->matter == card_case_recover)
		revocation_take(t, &card, card_validity_event_collected);
	else if (revocation_card_may(&card, card_validity_event_cancelled))
		revocation_cancel(t, &card, m->matter == card_case_written_off ? reason_written_off : reason_undelivered);
	else if (m->matter == card_case_written_off && revocation_card_may(&card, card_validity_event_loss_reported))
		revocation_take(t, &card, card_validity_event_loss_reported);
}

// --- acts: reports, decisions, destruction ---

static void on_worth_act_opened(struct turn *t, const struct origin *o, const struct worth_act_opened *m)
{
	(void)o;
	revocation_act_opened(t, m);
}

static void on_worth_act_row(struct turn *t, const struct origin *o, const struct worth_act_row *m)
{
	struct organisation_tree tree = { t->tx, parent_of };
	revocation_act_row(t, o, m, &tree);
}

static void on_worth_act_ended(struct turn *t, const struct origin *o, const struct worth_act_ended *m)
{
	revocation_act_ended(t, o, m);
}

const struct service revocation_service = {
	.name = "revocation",
	.id = service_id_revocation,
	.fold_version = 2,
	.inputs = revocation_inputs,
	.tables = revocation_tables,
	.sources = revocation_sources,
};
