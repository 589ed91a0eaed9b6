// What each message of the logs means, in a sentence; and where in the pipeline it stands.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "phrase.h"
#include "trace.h"

// In the order of the pipeline; fields are filled in as phrase.h says.
static const struct sentence {
	uint16_t type;
	bool detail;
	const char *text; // msgid
} sentences[] = {
	{ message_type_organisation_offered, true, N_("organisation {code} is passed on to the register") },
	{ message_type_member_offered, true,
	  N_("the member's data are passed on to the register (row {member.row} of the file)") },
	{ message_type_import_ended, true, N_("the file ends after {rows} rows") },
	{ message_type_organisation_registered, true, N_("organisation {code:organisation} is registered") },
	{ message_type_member_registered, false,
	  N_("in the register: {type:member_type}, {status:member_status}, {home_cell:organisation}") },
	{ message_type_update_offered, true, N_("new data are passed on to the register (row {update.row} of the file)") },
	{ message_type_member_updated, false, N_("the data were updated by a file: {fields:count} fields") },
	{ message_type_transfer_offered, true, N_("a transfer is passed on to the register (row {transfer.row})") },
	{ message_type_member_transferred, false,
	  N_("transferred from {from:organisation} to {to:organisation} on {date:date}, decision {decision}: {scope:transfer_scope}") },
	{ message_type_duplicate_held, false, N_("double entry {duplicate} is held for a person: {field:field} in common with member {with}") },
	{ message_type_duplicate_ruled, true, N_("a ruling on double entry {ruling.duplicate}") },
	{ message_type_duplicate_resolved, false, N_("double entry {duplicate}: {verdict:duplicate_verdict}") },
	{ message_type_ending_offered, true, N_("organisation {code:organisation} is to end on {date:date}, decision {decision}") },
	{ message_type_organisation_merged, false,
	  N_("organisation {code:organisation} has ended on {date:date}, decision {decision}; its successor: {into:organisation}") },
	{ message_type_exit_reported, true, N_("{status:member_status} since {date:date} is passed on to the register") },
	{ message_type_exits_ended, true, N_("{rows} exits were passed on to the register") },
	{ message_type_member_status_changed, false, N_("in the register: {from:member_status} becomes {to:member_status} on {date:date}") },
	{ message_type_member_moved, false, N_("moves from {from:organisation} to {to:organisation} on {date:date}") },
	{ message_type_card_opened, false,
	  N_("in use at the start: card {number:card}, {generation:card_generation}, issued {issued:date}") },
	{ message_type_number_conflict, false, N_("number {number:card} cannot be: {reason:reason}") },

	{ message_type_list_opened, false,
	  N_("list {list} of {cell:organisation} is submitted: {kind:request_kind}, {reason:request_reason}, {count} requests") },
	{ message_type_request_offered, false, N_("request {request:item} is in it") },
	{ message_type_list_ended, true, N_("list {list} ends after {count} requests") },
	{ message_type_verified_list_opened, true, N_("list {list} goes on to appraisal") },
	{ message_type_request_verified, false, N_("request {request:item}: the conditions are met") },
	{ message_type_request_settled, false,
	  N_("request {request:item}: {state:request_state} – {field:field}: {reason:reason}") },
	{ message_type_verified_list_ended, true,
	  N_("list {list}: {verified} meet the conditions, {refused} do not") },
	{ message_type_verified_refused, false,
	  N_("list {list}: what came does not fit its stage: {reason:reason}") },

	{ message_type_list_act_given, true, N_("{act:act}: list {number}") },
	{ message_type_consolidation_given, true, N_("lists are to be consolidated") },
	{ message_type_request_left_out, false,
	  N_("request {request:item} is left out ({act:act}): {reason:reason}") },
	{ message_type_list_appraised, false,
	  N_("list {list} is appraised: {kept} stay in it, {left_out} are left out") },
	{ message_type_lists_consolidated, false,
	  N_("consolidated list {group} is made: {lists:count} lists, {kept} requests") },
	{ message_type_list_joined, false, N_("list {list} is part of consolidated list {group}") },
	{ message_type_list_decided, false,
	  N_("consolidated list {group} is decided: decision {decision_number} of {decision_date:date}, {kept} stay in it, {left_out} are left out") },
	{ message_type_approved_list_opened, false,
	  N_("consolidated list {group} is approved: {count} requests under decision {decision_number} of {decision_date:date}") },
	{ message_type_request_approved, false, N_("request {request:item} is approved") },
	{ message_type_approved_list_ended, true, N_("consolidated list {group} goes on to printing") },
	{ message_type_approved_refused, false,
	  N_("consolidated list {group}: what came does not fit its state: {reason:reason}") },

	{ message_type_numbers_granted, true, N_("numbers {first} to {last} are granted to {party_code}") },
	{ message_type_order_requested, true, N_("cards of consolidated list {group} are ordered") },
	{ message_type_order_opened, false,
	  N_("print order {order} goes to {facility:organisation}: {quantity} cards") },
	{ message_type_card_reserved, false,
	  N_("number {number:card}, copy {card:copy}, is reserved: row {index} of order {order}") },
	{ message_type_record_ordered, true, N_("row {index} of order {order}: letter to the facility") },
	{ message_type_order_ended, true, N_("order {order} is complete: {quantity} cards") },
	{ message_type_record_answered, true, N_("the facility answers row {index} of order {order}") },
	{ message_type_print_reported, true, N_("the facility reports row {index} of order {order}") },
	{ message_type_record_refused, false,
	  N_("request {request:item} is not printed: {reason:reason}") },
	{ message_type_order_accepted, true,
	  N_("order {order}: the facility accepts {accepted} cards and refuses {refused}") },
	{ message_type_card_spoiled, false,
	  N_("spoiled in print: {reason:reason}; it is made again as the next copy") },
	{ message_type_card_produced, false,
	  N_("card {number:card}, copy {card:copy}, is made and passes the quality check: chip {serial:serial}") },
	{ message_type_order_change_given, true, N_("order {order} is to be changed: {change:order_change}") },
	{ message_type_order_changed, true, N_("order {order}: {change:order_change}; letter to the facility") },
	{ message_type_card_cancelled, false, N_("the reserved card is not made: {reason:reason}") },
	{ message_type_record_stopped, true, N_("row {index} of order {order} is stopped: letter to the facility") },
	{ message_type_order_reminded, true, N_("order {order}: the facility is reminded, it says nothing since {since:date}") },
	{ message_type_order_escalated, true,
	  N_("order {order}: {facility:organisation} says nothing since {since:date}; {organisation:organisation} is told") },
	{ message_type_stock_given, true, N_("blanks at {place:organisation}: {event:stock_event}, {quantity}") },
	{ message_type_stock_moved, true, N_("{quantity} blanks for {place:organisation}: letter") },
	{ message_type_stock_booked, true, N_("blanks at {place:organisation}: {event:stock_event}, {quantity}; {stock} in stock") },
	{ message_type_order_moved, true, N_("order {order}: {state:print_order}") },
	{ message_type_box_packed, true, N_("the facility packs a box for {destination:organisation}") },
	{ message_type_printing_act_ended, true, N_("{act:act}: {rows} rows") },
	{ message_type_box_filled, false,
	  N_("packed into box {box:item} for {destination:organisation}: {cards:count} cards, seal {seal}") },
	{ message_type_boxes_sent, true, N_("the facility's consignment leaves: {boxes} boxes") },

	{ message_type_shipping_ordered, true, N_("boxes are to be sent on") },
	{ message_type_shipment_sent, false,
	  N_("shipment {shipment} leaves {from:organisation} for {to:organisation}: {boxes} boxes, {cards} cards, waybill {waybill}") },
	{ message_type_shipment_box, true, N_("box {box:item} is announced in shipment {shipment}") },
	{ message_type_box_counted, true, N_("box {box:item}: {counted} counted") },
	{ message_type_receiving_ended, true, N_("shipment {shipment} was counted") },
	{ message_type_box_moved, true, N_("box {box:item}: {place:card_place}, {custodian:organisation}") },
	{ message_type_discrepancy_found, false,
	  N_("box {box:item} differs: {declared} declared, {counted} counted") },
	{ message_type_discrepancy_settled, false,
	  N_("box {box:item} was counted again: {counted}, as declared") },
	{ message_type_card_event_refused, false,
	  N_("does not fit where the card is ({event:card_place_event}): {reason:reason}") },

	{ message_type_place_act_opened, true, N_("{act:act}") },
	{ message_type_place_act_row, true, N_("{act:act}: row {card.row}") },
	{ message_type_place_act_ended, true, N_("{act:act}: {rows} rows") },
	{ message_type_card_moved, false, N_("{matter:card_case}: {place:card_place}, {custodian:organisation}") },
	{ message_type_card_reported, true, N_("{matter:card_case}: {organisation:organisation} says so, which bears on what the card is worth") },
	{ message_type_box_explained, false,
	  N_("box {box:item} is explained: {counted} counted, {missing} missing; {explanation}") },

	{ message_type_hand_over_given, true, N_("card {card_number:card}: hand-over reported") },
	{ message_type_card_handed_over, false,
	  N_("handed over to the member on {date:date} at {cell:organisation}: {receipt:receipt_kind}") },
	{ message_type_old_card_collected, false, N_("the old card is collected by {cell:organisation}") },
	{ message_type_worth_act_opened, true, N_("{act:act}") },
	{ message_type_worth_act_row, true, N_("{act:act}: row {card.row}") },
	{ message_type_worth_act_ended, true, N_("{act:act}: {rows} rows") },
	{ message_type_misuse_reported, false, N_("was used or kept against the rules: put on record on {date:date}") },
	{ message_type_card_decided, false, N_("{matter:card_case} on {date:date}, decision {decision_number}") },
	{ message_type_validity_changed, false,
	  N_("card {number:card}, copy {card:copy}: {from:card_validity} → {to:card_validity} ({event:card_validity_event})") },
	{ message_type_card_standing, true, N_("whoever has the card is told what it is worth: {validity:card_validity}") },
	{ message_type_recovery_due, false, N_("a letter to {organisation:organisation}: card {number:card} has to be collected") },
	{ message_type_request_undelivered, false, N_("the card of request {request:item} is not handed over: {reason:reason}") },
	{ message_type_destruction_ordered, true, N_("the card may be destroyed") },
	{ message_type_destruction_ended, true, N_("destruction, decision {decision_number}: {refused} refused") },
	{ message_type_cards_destroyed, false,
	  N_("destroyed by {organisation:organisation}, decision {decision_number}, with {paper} paper cards and {chip} chip cards in all") },
	{ message_type_event_refused, false,
	  N_("does not fit what the card is worth ({event:card_validity_event}): {reason:reason}") },
	{ message_type_request_delivered, true, N_("request {request:item} is fulfilled") },
	{ message_type_request_reopened, false, N_("request {request:item} is corrected with list {list}, row {row} (time {round})") },
	{ message_type_request_overdue, false, N_("request {request:item} is overdue since {due:date}: a reminder goes to {organisation:organisation}") },
	{ message_type_request_news, true, N_("a letter to {organisation:organisation}: request {request:item} is {state:request_state}") },
	{ message_type_adjudication_opened, true, N_("an adjudicator rules on requests of list {of}") },
	{ message_type_ruling_given, true, N_("a ruling on request {request:item}") },
	{ message_type_hold_settled, false, N_("request {request:item} was held ({held:reason}); the ruling: {state:request_state}") },
	{ message_type_adjudication_ended, true, N_("rulings: {count}") },
	{ message_type_withdrawal_given, true, N_("request {request:item} is to be withdrawn") },
	{ message_type_withdrawals_ended, true, N_("withdrawals: {rows} rows") },
	{ message_type_request_recalled, false, N_("request {request:item} is recalled: {reason:reason}") },
	{ message_type_approved_recalled, true, N_("request {request:item} was approved already: printing is asked to stop it") },
	{ message_type_recall_answered, false, N_("the recall of request {request:item} is answered: {reason:reason}") },
	{ message_type_card_enclosed, false, N_("the old card was handed to {cell:organisation} with request {request:item}") },
	{ message_type_stage_overdue, false, N_("{act:act} is overdue since {due:date}: a reminder goes to {organisation:organisation}") },
	{ message_type_act_signed, false, N_("{act:act}: signature {given} of {needed}") },
	{ message_type_act_signatures, true, N_("{act:act}: all signatures are given") },
	{ message_type_request_finished, false, N_("request {request:item} ends: {state:request_state}") },
	{ message_type_request_event_refused, false,
	  N_("does not fit the state of request {request:item} ({event:request_state_event}): {reason:reason}") },
	{ message_type_hand_overs_ended, true, N_("hand-overs: {rows} rows") },

	{ message_type_check_act_opened, true, N_("{act:act}") },
	{ message_type_check_act_row, true, N_("{act:act}: row {check.row}") },
	{ message_type_check_act_ended, true, N_("{act:act}: {rows} rows") },
	{ message_type_campaign_planned, false,
	  N_("campaign {campaign} is planned: inspection {ordinal}, from {from:date} to {to:date}, {legal_basis}") },
	{ message_type_campaign_notice, true,
	  N_("campaign {campaign}: a letter to {organisation:organisation}, {act:act} until {due:date}") },
	{ message_type_campaign_moved, false,
	  N_("campaign {campaign}: {from:campaign_state} → {to:campaign_state}, {late} late") },
	{ message_type_card_checked, false, N_("checked by {cell:organisation} on {date:date}: {result:check_result}") },
	{ message_type_checks_filed, false,
	  N_("{act:act}: {of:organisation} to {organisation:organisation}; {figures.ok} in order, {figures.damaged} damaged, {figures.lost} lost") },
	{ message_type_difference_found, false,
	  N_("campaign {campaign}, {organisation:organisation}: {members} members by the cell, {registered} by the registry, of {absent} nothing is said") },
	{ message_type_difference_settled, false,
	  N_("campaign {campaign}, {organisation:organisation}: the difference is explained: {explanation}") },
	{ message_type_card_left_out, false, N_("not confirmed in campaign {campaign}: {reason:reason}") },
	{ message_type_checks_decided, false,
	  N_("campaign {campaign}: {organisation:organisation} decides, decision {decision_number} of {decision_date:date}") },
	{ message_type_card_stamped, false,
	  N_("stamped in campaign {campaign} on {date:date}: {kind:stamp_kind}") },
	{ message_type_cards_returned, false, N_("campaign {campaign}: {organisation:organisation} gives {stamped} cards back") },
	{ message_type_checks_overdue, false,
	  N_("campaign {campaign}: {act:act} is overdue since {due:date}: a reminder goes to {organisation:organisation}") },
	{ message_type_check_missed, false,
	  N_("campaign {campaign} closed without a check of card {number:card}: no use value from {since:date} on") },
	{ message_type_check_made_late, false,
	  N_("checked late on {date:date}, decision {decision_number} of {decision_date:date}") },

	{ message_type_row_refused, false, N_("row {row} is refused – {field:field}: {reason:reason}") },
	{ message_type_act_closed, true, N_("closed: {accepted} carried out, {refused} refused") },
};

static const struct sentence *sentence_of(uint16_t type)
{
	for (size_t i = 0; i < array_size(sentences); i++)
		if (sentences[i].type == type)
			return &sentences[i];
	return NULL;
}

unsigned story_rank(uint16_t type)
{
	const struct sentence *s = sentence_of(type);

	return s ? (unsigned)(s - sentences) : (unsigned)array_size(sentences);
}

bool story_is_detail(uint16_t type)
{
	const struct sentence *s = sentence_of(type);

	return s && s->detail;
}

void story_sentence(const struct story_entry *entry, const struct organisations *organisations,
		    struct buffer *out)
{
	const struct sentence *s = sentence_of(entry->envelope.type);
	const char *reason = json_string_value(json_object_get(entry->body, "reason"));

	if (!s || !entry->body) {
		char *body = entry->body ? json_dumps(entry->body, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
		buffer_printf(out, "%s %s", message_name(entry->envelope.type), body ? body : "?");
		free(body);
		return;
	}
	const char *at = _(s->text);
	if (s->type == message_type_act_closed && reason && strcmp(reason, "none") != 0)
		at = _("refused as a whole – {field:field}: {reason:reason}");
	if (s->type == message_type_card_decided && !json_object_get(entry->body, "decision_number"))
		at = _("{matter:card_case} on {date:date}");
	if (s->type == message_type_card_moved && !json_object_get(entry->body, "matter"))
		at = _("{place:card_place}, {custodian:organisation}");
	if (s->type == message_type_box_moved && json_object_get(entry->body, "counted"))
		at = _("box {box:item} of shipment {shipment} is received by {custodian:organisation}: {counted} cards counted");
	phrase_fill(at, entry->body, organisations, out);
}
