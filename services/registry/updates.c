// Updates of member data by a file.  A dry run says of each row which fields would change; the same row sent in earnest
// changes them.  Personal data were compared at the door, which keeps them in the vault as a new record.
#include "base/subject.h"
#include "gen/registry_emit.h"
#include "registry/rows.h"

struct change {
	struct coded_member now;
	uint64_t fields[24];
	size_t count;
};

static void changed(struct change *c, enum field field)
{
	c->fields[c->count++] = field;
}

static void take_number(struct change *c, enum field field, bool given, uint64_t value, uint64_t *into)
{
	if (given && *into != value) {
		*into = value;
		changed(c, field);
	}
}

static void take_date(struct change *c, enum field field, bool given, int32_t value, int32_t *into, bool *has)
{
	if (given && !(*has && *into == value)) {
		*into = value;
		*has = true;
		changed(c, field);
	}
}

static void empty(struct change *c, enum field field, bool *has)
{
	if (*has)
		changed(c, field);
	*has = false;
}

// What the file leaves empty on purpose.
static void empty_fields(struct change *c, const struct coded_update *u)
{
	for (size_t i = 0; i < u->emptied_count; i++) {
		if (u->emptied[i] == field_photo)
			empty(c, field_photo, &c->now.has_photo);
		else if (u->emptied[i] == field_discipline)
			empty(c, field_discipline, &c->now.has_discipline_until);
		else if (u->emptied[i] == field_official_date)
			empty(c, field_official_date, &c->now.has_official_date);
		else if (u->emptied[i] == field_phone)
			c->now.phone = false; // told with the personal data, where it differs
	}
}

static struct change change_of(const struct coded_member *known, const struct coded_update *u)
{
	struct change c = { .now = *known };
	bool has_admission = true;
	for (size_t i = 0; i < u->personal_count; i++) {
		c.now.phone = c.now.phone || u->personal[i] == field_phone;
		changed(&c, (enum field)u->personal[i]);
	}
	take_date(&c, field_admission_date, u->has_admission_date, u->admission_date, &c.now.admission_date, &has_admission);
	take_date(&c, field_official_date, u->has_official_date, u->official_date, &c.now.official_date,
			&c.now.has_official_date);
	if (u->has_type && u->type != known->type) {
		c.now.type = u->type;
		changed(&c, field_type);
	}
	if (u->has_status && u->status != known->status) {
		c.now.status = u->status;
		changed(&c, field_status);
	}
	if (c.now.status != known->status || u->has_status_date) {
		c.now.status_date = u->status_date;
		c.now.has_status_date = u->has_status_date;
	}
	take_number(&c, field_home_cell, u->has_home_cell, u->home_cell, &c.now.home_cell);
	take_number(&c, field_present_cell, u->has_present_cell, u->present_cell, &c.now.present_cell);
	if (u->has_photo && !(known->has_photo && known->photo == u->photo)) {
		c.now.photo = u->photo;
		c.now.has_photo = true;
		changed(&c, field_photo);
	}
	take_date(&c, field_discipline, u->has_discipline_until, u->discipline_until, &c.now.discipline_until,
		  &c.now.has_discipline_until);
	empty_fields(&c, u);
	if (u->has_record) {
		c.now.record = u->record;
		c.now.digest = u->digest;
	}
	return c;
}

static struct refusal update_refusal(struct turn *t, const struct coded_update *u, struct change *c)
{
	struct registry_members_row known;
	if (!registry_members_get(t->tx, u->member, &known))
		return refused(profile_number, unknown);
	// A card's number is for life: the registry takes it in once, with the opening balance.
	if (u->has_card_number && known.data.has_card_number && known.data.card_number != u->card_number)
		return refused(card_number, not_updatable);
	*c = change_of(&known.data, u);
	if (c->count == 0)
		return refused(profile_number, unchanged);
	if (c->now.status != known.data.status && !c->now.has_status_date) {
		c->now.status_date = turn_date(t);
		c->now.has_status_date = true;
	}
	return registry_change_refusal(t->tx, &known.data, &c->now, turn_date(t));
}

static void apply(struct turn *t, const struct change *c)
{
	struct member_updated m = { .member = c->now.member, .fields_count = c->count };
	for (size_t i = 0; i < c->count; i++)
		m.fields[i] = c->fields[i];
	emit_member_updated(t, &m);
	registry_member_set(t, &c->now, c->now.has_status_date ? c->now.status_date : turn_date(t), bytes_of_text(""));
}

static bool changes(const struct change *c, enum field field)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->fields[i] == field)
			return true;
	return false;
}

void registry_update(struct turn *t, const struct update_offered *m)
{
	struct change c = { 0 };
	struct refusal refusal = update_refusal(t, &m->update, &c);
	turn_subject(t, subject_of(subject_kind_member, m->update.member));
	if (refusal.reason == reason_none && m->dry_run) {
		for (size_t i = 0; i < c.count; i++)
			registry_refuse_row(t, m->submission, m->update.row,
					    (struct refusal){ (enum field)c.fields[i], reason_differs });
	} else if (refusal.reason == reason_none && changes(&c, field_citizen_id)) {
		registry_row_waits(t, m->submission);
		registry_pending_updates_put(t->tx, m->submission, m->update.row,
					     &(struct registry_pending_updates_row){ .data = m->update });
		ask_identity_lookup(t, &(struct identity_lookup){ .submission = m->submission,
								  .row = m->update.row,
								  .member = m->update.member,
								  .record = m->update.record });
		return;
	} else if (refusal.reason == reason_none) {
		apply(t, &c);
	}
	registry_settle_row(t, m->submission, m->update.row, refusal);
}

bool registry_update_identified(struct turn *t, const struct identity_found *m)
{
	struct registry_pending_updates_row pending;
	struct change c = { 0 };
	if (!registry_pending_updates_get(t->tx, m->submission, m->row, &pending))
		return false;
	registry_pending_updates_delete(t->tx, m->submission, m->row);
	// Again: what came meanwhile may have changed the member.
	struct refusal refusal = update_refusal(t, &pending.data, &c);
	if (refusal.reason == reason_none && !m->known)
		refusal = refused(citizen_id, missing);
	if (refusal.reason == reason_none && registry_shared_with(t->tx, m) != 0)
		refusal = refused(citizen_id, identity_shared);
	turn_subject(t, subject_of(subject_kind_member, m->member));
	if (refusal.reason == reason_none)
		apply(t, &c);
	else
		registry_refuse_row(t, m->submission, m->row, refusal);
	registry_count_row(t, m->submission, refusal.reason == reason_none, true);
	return true;
}
