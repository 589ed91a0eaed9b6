// Requests and lists: nobody is lost between two stages.
#include "audit/checks.h"
#include "base/subject.h"
#include "gen/approval_tables.h"
#include "gen/delivery_tables.h"
#include "gen/printing_tables.h"
#include "gen/verification_tables.h"

// ---- requests ----

VIEW(open_requests, verification, open_requests)
{
	sink_add(s, k->member, r->request, 1);
}
VIEW(requests_that_are_open, verification, requests)
{
	if (r->state == request_state_verified || r->state == request_state_on_hold)
		sink_add(s, r->member, k->request, 1);
}
VIEW(lists_verified, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, r->verified + r->refused);
}
VIEW(lists_offered, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, r->offered);
}
// Rows that went on with a request of an earlier list make none of their own.
VIEW(lists_begun, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, (int64_t)r->offered - r->reopened);
}
VIEW(requests_of_lists, verification, requests)
{
	sink_add(s, item_whole(k->request), 0, 1);
}
VIEW(requests_closed, verification, requests)
{
	if (r->state == request_state_closed)
		sink_add(s, k->request, r->member, 1);
}
VIEW(cards_handed_over, delivery, cards)
{
	if (r->has_request && r->handed)
		sink_add(s, r->request, card_member(k->card), 1);
}

// ---- lists on their way: nobody is lost between two stages ----

// One that the facility refused and the cell corrected passes again, with another list.
VIEW(requests_passed, verification, requests)
{
	if (r->passes > 0)
		sink_add(s, k->request, r->member, r->passes);
}
VIEW(items, approval, items)
{
	sink_add(s, k->request, r->member, 1);
}
VIEW(requests_passed_and_rejected, verification, requests)
{
	if (r->left_out)
		sink_add(s, k->request, r->member, 1);
}
VIEW(items_left_out, approval, items)
{
	if (r->has_left_out)
		sink_add(s, k->request, r->member, 1);
}
VIEW(lists_passed, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, r->verified);
}
VIEW(lists_arrived, approval, lists)
{
	sink_add(s, k->list, 0, r->verified);
}
VIEW(items_by_list, approval, items)
{
	sink_add(s, k->list, 0, 1);
}
VIEW(lists_kept, approval, lists)
{
	sink_add(s, k->list, 0, r->kept);
}
VIEW(items_appraised, approval, items)
{
	if (!r->has_left_out || r->late)
		sink_add(s, k->list, 0, 1);
}
VIEW(groups_taken_in, approval, groups)
{
	sink_add(s, k->group, 0, (int64_t)r->kept + r->left_out);
}
VIEW(lists_by_group, approval, lists)
{
	if (r->has_group)
		sink_add(s, r->group, 0, r->kept);
}
VIEW(groups_approved, approval, groups)
{
	if (r->stage == list_stage_approved)
		sink_add(s, k->group, r->kept, 1);
}
VIEW(groups_at_printing, printing, groups)
{
	sink_add(s, k->group, r->count, 1);
}
VIEW(groups_arrived, printing, groups)
{
	sink_add(s, k->group, 0, r->arrived);
}
VIEW(approved_by_group, printing, approved)
{
	sink_add(s, k->group, 0, 1);
}

const struct check audit_requests[] = {
	{ 1, { "đảng viên {0}: đề nghị đang mở ghi là {1}, theo từng đề nghị là {2}",
	       "member {0}: the open request is noted as {1}, by the requests it is {2}" },
	  .left = { &open_requests }, .right = { &requests_that_are_open } },
	{ 0, { "danh sách {0}: đề nghị nhận {1}, đủ điều kiện và không đủ điều kiện cộng lại {2}",
	       "list {0}: {1} offered, {2} verified or refused" },
	  .left = { &lists_offered }, .right = { &lists_verified } },
	{ 0, { "danh sách {0}: đề nghị nhận {1}, có trong hệ thống {2}", "list {0}: {1} offered, {2} known" },
	  .left = { &lists_begun }, .right = { &requests_of_lists } },
	{ 0, { "đề nghị {0i}: thẩm tra và giao nhận ghi việc trao thẻ khác nhau (đảng viên {1}, {2})",
	       "request {0i}: verification and delivery differ about its hand-over (member {1}, {2})" },
	  .left = { &requests_closed }, .right = { &cards_handed_over } },
	{ 0, { "đề nghị {0i}: thẩm tra và phê duyệt ghi khác nhau (đảng viên {1}, {2})",
	       "request {0i}: verification and approval differ (member {1}, {2})" },
	  .left = { &requests_passed }, .right = { &items } },
	{ 0, { "đề nghị {0i}: thẩm tra ghi bị từ chối và phê duyệt ghi bị loại khác nhau (đảng viên {1}, {2})",
	       "request {0i}: rejected in verification and left out in approval differ (member {1}, {2})" },
	  .left = { &requests_passed_and_rejected }, .right = { &items_left_out } },
	{ 0, { "danh sách {0}: thẩm tra chuyển {1}, phê duyệt nhận {2}", "list {0}: {1} passed on, {2} arrived at approval" },
	  .left = { &lists_passed }, .right = { &lists_arrived } },
	{ 0, { "danh sách {0}: nhận {1}, đếm từng dòng {2}", "list {0}: {1} items arrived, {2} counted" },
	  .left = { &lists_arrived }, .right = { &items_by_list } },
	{ 0, { "danh sách {0}: giữ lại {1} khi thẩm định, đếm từng dòng {2}", "list {0}: {1} kept by the appraisal, {2} counted" },
	  .left = { &lists_kept }, .right = { &items_appraised } },
	{ 0, { "danh sách tổng hợp {0}: giữ và loại {1}, các danh sách có {2}",
	       "consolidated list {0}: {1} kept or left out, {2} in its lists" },
	  .left = { &groups_taken_in }, .right = { &lists_by_group } },
	{ 0, { "danh sách tổng hợp {0}: phê duyệt {1}, lệnh in nhận {2}", "consolidated list {0}: {1} approved, {2} told to printing" },
	  .left = { &groups_approved }, .right = { &groups_at_printing } },
	{ 0, { "danh sách tổng hợp {0}: tới lệnh in {1}, đếm từng dòng {2}", "consolidated list {0}: {1} arrived at printing, {2} counted" },
	  .left = { &groups_arrived }, .right = { &approved_by_group } },
	check_end,
};
