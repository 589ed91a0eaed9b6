#include "audit_signatures.h"

#include "verbs.h"

struct reading {
	struct cut *cut;
	struct log_view view;
	struct archive segments; // of a running daemon
};

static enum error read_turn(void *context, uint64_t turn, struct bytes *record)
{
	struct reading *r = context;

	cut_keep(r->cut);
	return log_turn(&r->view, turn, record);
}

static bool open_segments(struct reading *r, uint64_t head_turn)
{
	const struct site *site = r->cut->site;
	char folder[4096];
	uint64_t through;

	if (!ask_archive(site, service_id_intake, &through))
		return false;
	home_path(site, folder, "state/intake/log");
	enum error e = archive_open(&r->segments, folder, true);
	if (e || through < head_turn) {
		complain(_("the segments of %s cannot be read"), folder);
		return false;
	}
	r->view = (struct log_view){ .archive = &r->segments, .head_turn = head_turn };
	return true;
}

static void open_store(struct reading *r, struct cut_service *s)
{
	r->view = (struct log_view){ .txn = &s->txn, .turns = &s->tables.turns, .archive = &s->archive,
				     .head_turn = s->head_turn, .head_entry = s->head_entry };
}

bool audit_signatures_of(struct cut *cut, const struct audit_source *source,
			 void (*report)(void *context, const struct audit_finding *finding), void *context,
			 struct audit_signed *summary)
{
	struct reading r = { .cut = cut, .segments = { .fd = -1 } };
	struct cut_service *intake = &cut->services[service_id_intake];
	struct audit_log log = { &r, read_turn, intake->head_turn };

	*summary = (struct audit_signed){ 0 };
	if (!intake->open)
		return true;
	if (cut->offline)
		open_store(&r, intake);
	else if (!open_segments(&r, intake->head_turn)) {
		archive_close(&r.segments);
		return false;
	}
	enum error e = audit_signatures(source, &log, report, context, summary);
	if (e)
		complain(_("the signatures of intake's log could not be verified to the end: %s"), language_error(e));
	archive_close(&r.segments);
	return !e;
}
