#include "domain/act.h"

#include "base/ensure.h"

static const struct act_nature natures[] = {
	[act_import_organisations] = { .known = true, .by_row = true },
	[act_import_members] = { .known = true, .by_row = true },
	[act_update_members] = { .known = true, .has_head = true, .by_row = true },
	[act_transfer_members] = { .known = true, .by_row = true },
	[act_end_organisations] = { .known = true },
	[act_resolve_duplicates] = { .known = true },
	[act_submit_list] = { .known = true, .has_head = true, .makes = act_makes_list },
	[act_appraise] = { .known = true, .has_head = true, .leaves_out = true },
	[act_consolidate] = { .known = true, .has_head = true, .makes = act_makes_group },
	[act_decide] = { .known = true, .has_head = true, .leaves_out = true },
	[act_approve] = { .known = true, .has_head = true, .leaves_out = true },
	[act_adjudicate] = { .known = true, .has_head = true, .makes = act_makes_list },
	[act_withdraw] = { .known = true },
	[act_grant_numbers] = { .known = true },
	[act_place_order] = { .known = true, .has_head = true, .makes = act_makes_order },
	[act_answer_order] = { .known = true, .has_head = true },
	[act_report_prints] = { .known = true, .has_head = true },
	[act_pack_boxes] = { .known = true, .has_head = true, .makes = act_makes_shipment },
	[act_change_order] = { .known = true, .has_head = true },
	[act_keep_stock] = { .known = true },
	[act_ship] = { .known = true, .has_head = true, .makes = act_makes_shipment },
	[act_receive] = { .known = true, .has_head = true },
	[act_hand_over] = { .known = true },
	[act_enrol_officers] = { .known = true, .by_row = true },
	[act_report_cards] = { .known = true, .has_head = true },
	[act_decide_cards] = { .known = true, .has_head = true },
	[act_report_exits] = { .known = true, .has_head = true },
	[act_collect_cards] = { .known = true, .has_head = true },
	[act_pack_cards] = { .known = true, .has_head = true, .makes = act_makes_box },
	[act_explain_box] = { .known = true, .has_head = true },
	[act_settle_cards] = { .known = true, .has_head = true },
	[act_destroy_cards] = { .known = true, .has_head = true },
	[act_plan_campaign] = { .known = true, .has_head = true, .makes = act_makes_campaign },
	[act_open_campaign] = { .known = true, .has_head = true },
	[act_file_checks] = { .known = true, .has_head = true },
	[act_consolidate_checks] = { .known = true, .has_head = true },
	[act_settle_difference] = { .known = true, .has_head = true },
	[act_decide_checks] = { .known = true, .has_head = true },
	[act_stamp_cards] = { .known = true, .has_head = true },
	[act_return_checked] = { .known = true, .has_head = true },
	[act_report_checks] = { .known = true, .has_head = true },
	[act_close_campaign] = { .known = true, .has_head = true },
	[act_late_check] = { .known = true, .has_head = true },
};

const struct act_nature *act_nature(enum act act)
{
	static const struct act_nature none = { .known = false };

	return (size_t)act < array_size(natures) ? &natures[act] : &none;
}
