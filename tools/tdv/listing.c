#include "listing.h"

int listing_run(struct site *site, int argc, char **argv, const struct listing_kind *kind)
{
	struct listing l = { 0 };
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site) || !organisations_read(site, &l.organisations))
		return exit_refused;
	l.rows = json_array();
	status = exit_refused;
	if (scan(site, kind->service, kind->table, kind->row, &l)) {
		const char *remark = kind->remark(l.rows);
		output_table(site, kind->columns, kind->column_count, l.rows);
		if (remark)
			say(site, "%s", remark);
		output_json(site, json_pack("{s:O}", kind->key, l.rows));
		status = exit_done;
	}
	json_decref(l.rows);
	organisations_deinit(&l.organisations);
	return status;
}
