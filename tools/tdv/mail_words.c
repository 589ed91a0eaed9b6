// The words of every kind of letter (those messages of schemas/ that go to intake for a mailbox).
#include "mail_words.h"

#include <stdio.h>
#include <string.h>

// Of letters that come one after another and belong together: told once, after the last.
static const char print_and_report[] = N_(
	"answer whether each row can be printed, print, report the results, pack the good cards and send them. `tdv-facility` does so by itself; `tdv prints report FILE --order {order}` reports what a press wrote.");
static const char count_boxes[] = N_(
	"when it arrives, look at the seals and count every box: `tdv receive {shipment} --counts FILE`; where all is as declared, `tdv receive {shipment} --as-declared`.");

const struct letter_words letter_words[] = {
	// --- to the print facility and the board that ordered

	{ message_type_order_opened, NULL,
	  N_("Print order {order} begins: {quantity} cards for {attached:organisation}, template {template}; a letter for each row follows."),
	  print_and_report },
	{ message_type_record_ordered, NULL,
	  N_("Print order {order}, row {index}: card {number:card}, copy {card:copy}, for {cell:organisation}."),
	  print_and_report },
	{ message_type_order_ended, NULL, N_("Print order {order} is complete: {quantity} cards."), print_and_report },
	{ message_type_order_changed, "change=hold", N_("Print order {order} is held."),
	  N_("print and send nothing of it until it is released; what is in the press already is reported as usual.") },
	{ message_type_order_changed, "change=release", N_("Print order {order} is released."),
	  N_("go on printing and packing.") },
	{ message_type_order_changed, "change=priority", N_("Print order {order} has another priority now[: {priority}]."),
	  N_("print orders with a higher number first.") },
	{ message_type_order_changed, "change=readdress",
	  N_("Print order {order} has another receiver[: the cards for {from:organisation} go to {to:organisation} instead]."),
	  N_("pack those that are in no box yet for the new receiver.") },
	{ message_type_record_stopped, NULL,
	  N_("Print order {order}, row {index}, is not printed any more.[ Reason: {reason:reason}.]"),
	  N_("take it out of the press. A card that is printed already is not packed: report it, it counts as spoiled.") },
	{ message_type_order_reminded, NULL,
	  N_("Reminder: nothing was heard of print order {order} since {since:date}. Rows without an answer: {offered}; without a result: {accepted}; good cards in no box: {good}."),
	  N_("answer, report and pack what is there; see that `tdv-facility` runs.") },
	{ message_type_order_escalated, NULL,
	  N_("{facility:organisation} says nothing about print order {order} since {since:date}, though it was reminded. Rows without an answer: {offered}; without a result: {accepted}; good cards in no box: {good}."),
	  N_("ask the facility what holds it up; `tdv order list` shows the order. If it stays silent, the rows without an answer are sent to it again.") },
	{ message_type_stock_moved, "event=transferred",
	  N_("{quantity} blanks are on their way here[ from {from:organisation}][, document {document}]. With them the book shows {stock}."),
	  N_("count what arrives: `tdv stock count {place} BLANKS`.") },
	{ message_type_stock_moved, NULL,
	  N_("Blanks were booked here by another organisation: {event:stock_event}, {quantity}[, document {document}]. The book shows {stock}."),
	  N_("compare it with what is there; where they differ: `tdv stock count {place} BLANKS`.") },

	// --- to whom cards are sent

	{ message_type_shipment_sent, NULL,
	  N_("Shipment {shipment} has left {from:organisation}: {boxes} boxes, {cards} cards[, waybill {waybill}]."),
	  count_boxes },
	{ message_type_shipment_box, NULL,
	  N_("Shipment {shipment} has box {box:item}: {cards} cards for {destination:organisation}[, seal {seal}]."),
	  count_boxes },

	// --- about requests and lists

	{ message_type_request_news, "state=verified",
	  N_("Request {request:item} was held and is released: it goes on in a list of its own."),
	  N_("nothing; the grassroots committee appraises it.") },
	{ message_type_request_news, "state=on_hold",
	  N_("Request {request:item} is held on until a person has judged.[ Reason: {field:part}{reason:reason}.]"),
	  N_("nothing; the ruling[, due by {due:date},] comes by letter.") },
	{ message_type_request_news, "state=returned",
	  N_("Request {request:item} came back to be mended.[ Reason: {field:part}{reason:reason}.]"),
	  N_("mend it and submit a row for this member again[, by {due:date}]: `tdv submit FILE`. Or withdraw it: `tdv withdraw {request:item}`.") },
	{ message_type_request_news, "reason=holder_died",
	  N_("Request {request:item} has ended.[ Reason: {reason:reason}.]"),
	  N_("nothing more is to be submitted. A new card that has arrived is not handed over; it goes back up: `tdv pack`.") },
	{ message_type_request_news, "reason=holder_left",
	  N_("Request {request:item} has ended.[ Reason: {reason:reason}.]"),
	  N_("nothing more is to be submitted. A new card that has arrived is not handed over; it goes back up: `tdv pack`.") },
	{ message_type_request_news, "state=rejected",
	  N_("Request {request:item} was refused and has ended.[ Reason: {field:part}{reason:reason}.]"),
	  N_("tell the member. When the reason is gone, a new request may be submitted: `tdv submit FILE`.") },
	{ message_type_request_news, NULL, N_("Request {request:item}: {state:request_state}.[ Reason: {field:part}{reason:reason}.]"),
	  N_("`tdv show {request:item}` shows how it stands.") },
	{ message_type_request_overdue, "state=on_hold",
	  N_("Overdue: request {request:item} is held and should have been ruled on by {due:date}."),
	  N_("have it ruled on: `tdv adjudicate list` says by whom; then `tdv adjudicate release {request:item}`, or `tdv adjudicate refuse {request:item} --reason REASON`.") },
	{ message_type_request_overdue, "state=returned",
	  N_("Overdue: request {request:item} was returned and should have been mended by {due:date}."),
	  N_("submit a row for this member again: `tdv submit FILE`. Or withdraw it: `tdv withdraw {request:item}`.") },
	{ message_type_request_overdue, NULL, N_("Overdue: request {request:item}, {state:request_state}, since {due:date}."),
	  N_("`tdv show {request:item}` shows how it stands.") },
	{ message_type_stage_overdue, "act=appraise", N_("Overdue: list {number} should have been appraised by {due:date}."),
	  N_("the grassroots committee appraises it: `tdv appraise {number}`.") },
	{ message_type_stage_overdue, "act=consolidate", N_("Overdue: list {number} should have been consolidated by {due:date}."),
	  N_("the superior's organisation board consolidates it: `tdv consolidate --all`.") },
	{ message_type_stage_overdue, "act=decide", N_("Overdue: consolidated list {number} should have been decided on by {due:date}."),
	  N_("the standing committee decides: `tdv decide {number} --number TEXT`.") },
	{ message_type_stage_overdue, "act=approve", N_("Overdue: consolidated list {number} should have been approved by {due:date}."),
	  N_("the provincial organisation board approves it: `tdv approve {number}`.") },
	{ message_type_stage_overdue, NULL, N_("Overdue: {act:act}, list {number}, since {due:date}."),
	  N_("`tdv lists` shows what waits for whom.") },

	// --- about cards in use

	{ message_type_recovery_due, NULL,
	  N_("Card {number:card}, copy {card:copy}, has to be taken back from its holder. Reason: {validity:card_validity}."),
	  N_("take it back, with minutes: `tdv recover {number:card}/{card:copy} --number TEXT --minutes FILE`. If it cannot be had, the superior's committee decides: `tdv unrecoverable`.") },
	{ message_type_check_missed, NULL,
	  N_("Campaign {campaign} ended without a check of card {number:card}: from {since:date} on it has no use value."),
	  N_("tell the holder, and ask the superior's committee for a late check, which makes the card valid again: `tdv late-check {number:card} --number TEXT`.") },

	// --- about inspections

	{ message_type_campaign_notice, "act=file_checks",
	  N_("Inspection {ordinal} of cards is open (campaign {campaign}): the cell checks every card and files by {due:date}."),
	  N_("brief the members, collect and check the cards at the cell's meeting; then `tdv campaign file {campaign} FILE --meeting DATE`.") },
	{ message_type_campaign_notice, "act=consolidate_checks",
	  N_("Inspection {ordinal} of cards is open (campaign {campaign}): the grassroots committee files form 6 by {due:date}."),
	  N_("guide the cells and see that they file: `tdv campaign show {campaign} --level cell`; then `tdv campaign consolidate {campaign} --number TEXT`.") },
	{ message_type_campaign_notice, "act=report_checks",
	  N_("Inspection {ordinal} of cards is open (campaign {campaign}): the superior decides, stamps and files form 7 by {due:date}."),
	  N_("when form 6 is there: `tdv campaign decide`, `tdv campaign stamp` and `tdv campaign return`; then `tdv campaign report {campaign} --number TEXT`.") },
	{ message_type_campaign_notice, NULL,
	  N_("Inspection {ordinal} of cards is open (campaign {campaign}): {act:act} is due by {due:date}."),
	  N_("`tdv campaign show {campaign}` shows how far it is.") },
	{ message_type_checks_filed, "year",
	  N_("{of:organisation} has filed its yearly check of cards for {year}: {figures.members} official members; in order {figures.ok}, damaged {figures.damaged}, lost {figures.lost}, not presented {figures.not_presented}, misused {figures.misused}."),
	  N_("see that damaged and lost cards are reported and misuse is dealt with; `tdv campaign show --year {year}` shows all cells.") },
	{ message_type_checks_filed, "act=file_checks",
	  N_("{of:organisation} has filed its check of cards[ in campaign {campaign}]: {figures.members} official members; in order {figures.ok}, damaged {figures.damaged}, lost {figures.lost}, not presented {figures.not_presented}, misused {figures.misused}."),
	  N_("when all cells have filed and their differences are explained, file form 6: `tdv campaign consolidate[ {campaign}] --number TEXT`.") },
	{ message_type_checks_filed, "act=consolidate_checks",
	  N_("{of:organisation} has filed form 6[ of campaign {campaign}][, document {document_number}][ of {document_date:date}]: in order {figures.ok}, damaged {figures.damaged}, lost {figures.lost}, not confirmed {figures.left_out}."),
	  N_("appraise it; then the standing committee decides: `tdv campaign decide[ {campaign}] --number TEXT`.") },
	{ message_type_checks_filed, "act=report_checks",
	  N_("{of:organisation} has filed form 7[ of campaign {campaign}][, document {document_number}][ of {document_date:date}]: in order {figures.ok}, stamped {figures.stamped}."),
	  N_("when all have reported, close the campaign: `tdv campaign close[ {campaign}]`; `tdv campaign show[ {campaign}]` shows who is missing.") },
	{ message_type_checks_filed, NULL,
	  N_("{of:organisation} has filed: {act:act}[, campaign {campaign}][, document {document_number}]."),
	  N_("`tdv campaign show` shows how far the inspections are.") },
	{ message_type_difference_found, NULL,
	  N_("Campaign {campaign}, {organisation:organisation}: the counts differ. The cell counts {members} official members, the registry {registered}; members with a card of whom nothing was filed: {absent}."),
	  N_("file again what was missing: `tdv campaign file {campaign} FILE`; or tell the grassroots committee why, which puts it on record: `tdv campaign settle {campaign} --cell {organisation} --explanation TEXT`. Form 6 waits for it.") },
	{ message_type_checks_overdue, "act=file_checks",
	  N_("Overdue: the cell should have filed its check of cards in campaign {campaign} by {due:date}."),
	  N_("file it at once: `tdv campaign file {campaign} FILE --meeting DATE`. Cards that are not checked lose their use value when the campaign is closed.") },
	{ message_type_checks_overdue, "act=consolidate_checks",
	  N_("Overdue: the grassroots committee should have filed form 6 of campaign {campaign} by {due:date}."),
	  N_("`tdv campaign show {campaign} --overdue` names who is late; then `tdv campaign consolidate {campaign} --number TEXT`.") },
	{ message_type_checks_overdue, "act=report_checks",
	  N_("Overdue: the superior should have filed form 7 of campaign {campaign} by {due:date}."),
	  N_("`tdv campaign show {campaign} --overdue` names who is late; then `tdv campaign report {campaign} --number TEXT`.") },
	{ message_type_checks_overdue, NULL, N_("Overdue: {act:act} of campaign {campaign}, since {due:date}."),
	  N_("`tdv campaign show {campaign} --overdue` names who is late.") },
	{ 0 },
};

static bool fits(const char *when, const json_t *body)
{
	char field[64];
	size_t length = when ? strcspn(when, "=") : 0;

	if (!when)
		return true;
	snprintf(field, sizeof field, "%.*s", (int)length, when);
	const json_t *value = json_object_get(body, field);
	return when[length] ? json_is_string(value) && strcmp(json_string_value(value), when + length + 1) == 0 : value != NULL;
}

const struct letter_words *letter_words_of(const char *message, const json_t *body)
{
	for (const struct letter_words *w = letter_words; w->type; w++)
		if (strcmp(message_name(w->type), message) == 0 && fits(w->when, body))
			return w;
	return NULL;
}
