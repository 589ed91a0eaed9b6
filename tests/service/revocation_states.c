// domain.md §3: every state, and what comes of each thing that can happen to a card in it.
#include "scene_revocation.h"

// How a card comes into each state, and what can happen to it there.
#define step(name, ...) static void name(struct transcript *s) { __VA_ARGS__; }
step(to_active, opened(s, "2011-01-26"))
step(to_new, made(s, 1))
step(to_suspended, to_active(s); decide(s, 90, card_case_suspend, "2026-02-10"))
step(to_unstamped, to_active(s); tell(s, inspection, check_missed, .card = card_of(lan, 1), .campaign = 1))
step(to_damaged, to_active(s); report_on(s, 90, card_case_damage, NULL))
step(to_lost, to_active(s); report_on(s, 90, card_case_loss, NULL))
step(to_lost_and_replaced, to_lost(s); reserved(s, 2))
step(to_superseded, to_active(s); made(s, 2); handed_over(s, 2, false))
step(to_recovery_due, to_active(s); becomes(s, member_status_active, member_status_expelled, "2026-02-20"))
step(to_unrecoverable, to_recovery_due(s); decide(s, 90, card_case_unrecoverable, "2026-02-25"))
step(to_family, to_active(s); becomes(s, member_status_active, member_status_deceased, "2026-02-20"))
step(to_ended, to_recovery_due(s); collected(s, 1, card_case_recover))
step(to_spoiled, reserved(s, 1);
     tell(s, printing, card_spoiled, .card = card_of(lan, 1), .order = 2, .index = 1, .reason = reason_quality_failed,
	  .facility = 9))

step(by_loss, report_on(s, 91, card_case_loss, NULL))
step(by_damage, report_on(s, 91, card_case_damage, NULL))
step(by_finding, report_on(s, 91, card_case_found, NULL))
step(by_suspension, decide(s, 91, card_case_suspend, "2026-03-02"))
step(by_resumption, decide(s, 91, card_case_resume, "2026-03-02"))
step(by_giving_up, decide(s, 91, card_case_unrecoverable, "2026-03-02"))
step(by_exit, becomes(s, member_status_active, member_status_removed, "2026-03-02"))
step(by_death, becomes(s, member_status_active, member_status_deceased, "2026-03-02"))
step(by_recovery, collected(s, 1, card_case_recover))
step(by_hand_over, handed_over(s, 1, false))
step(by_replacement, made(s, 2); handed_over(s, 2, true))
step(by_campaign, tell(s, inspection, check_missed, .card = card_of(lan, 1), .campaign = 2))
step(by_late_check, tell(s, inspection, check_made_late, .card = card_of(lan, 1), .campaign = 1))
step(by_destruction, destroy(s, 91, 1, minutes_of(.date = "2026-03-02")))

// "." where the card stays what it is: refused, or it does not concern it.
static void what_comes_of(struct buffer *text, void (*state)(struct transcript *), void (*event)(struct transcript *))
{
	struct transcript *s = begin();
	state(s);
	enum card_validity before = validity(s, 1);
	transcript_skip(s);
	event(s);
	enum card_validity after = validity(s, 1);
	const char *said = transcript_said(s);
	if (event == by_destruction)
		buffer_append_text(text, strstr(said, "destruction_ordered") ? " destroyed" : " .");
	else
		buffer_printf(text, " %s", after == before ? "." : card_validity_name(after));
	// Whatever was submitted and changed nothing, not even another copy, was refused with a reason.
	if (strstr(said, "row 1:") && !strstr(said, "validity_changed") && !strstr(said, "destruction_ordered"))
		check(strstr(said, "row_refused"));
	transcript_free(s);
}

test(what_each_event_makes_of_a_card_in_each_state)
{
	static const struct {
		const char *name;
		void (*act)(struct transcript *);
	} states[] = {
		{ "not_yet_active", to_new }, { "active", to_active }, { "suspended", to_suspended },
		{ "unstamped", to_unstamped }, { "damaged", to_damaged }, { "lost", to_lost },
		{ "lost, replacement ordered", to_lost_and_replaced }, { "superseded", to_superseded },
		{ "recovery_due", to_recovery_due }, { "unrecoverable", to_unrecoverable },
		{ "retained_by_family", to_family }, { "ended", to_ended }, { "spoiled", to_spoiled },
	}, events[] = {
		{ "hand-over", by_hand_over }, { "loss", by_loss }, { "damage", by_damage }, { "found", by_finding },
		{ "suspended", by_suspension }, { "resumed", by_resumption }, { "campaign closed", by_campaign },
		{ "late check", by_late_check }, { "exit", by_exit }, { "death", by_death }, { "recovered", by_recovery },
		{ "given up", by_giving_up }, { "replacement handed over, old one collected", by_replacement },
		{ "destruction", by_destruction },
	};
	struct buffer text = { 0 };
	for (size_t e = 0; e < sizeof events / sizeof events[0]; e++) {
		buffer_printf(&text, "%s:", events[e].name);
		for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
			what_comes_of(&text, states[i].act, events[e].act);
		buffer_append_text(&text, "\n");
	}
	buffer_append(&text, "", 1);
	// In the order of `states`, column by column.
	check_text((const char *)text.data,
		   "hand-over: active . . . . . . . . . . . .\n"
		   "loss: . lost . lost lost . . . . . . . .\n"
		   "damage: . damaged . damaged . . . . . . . . .\n"
		   "found: . . . . . active recovery_due . . . . . .\n"
		   "suspended: . suspended . suspended . . . . . . . . .\n"
		   "resumed: . . active . . . . . . . . . .\n"
		   "campaign closed: . unstamped . . . . . . . . . . .\n"
		   "late check: . . . active . . . . . . . . .\n"
		   "exit: spoiled recovery_due recovery_due recovery_due recovery_due recovery_due recovery_due . . . . . .\n"
		   "death: spoiled retained_by_family retained_by_family retained_by_family retained_by_family retained_by_family retained_by_family . . . . . .\n"
		   "recovered: . . . . . . . ended ended . . . .\n"
		   "given up: . . . . . . . . unrecoverable . . . .\n"
		   "replacement handed over, old one collected: . ended . ended ended ended ended . ended . . . .\n"
		   "destruction: . . . . . . . . . . . destroyed destroyed\n");
	buffer_deinit(&text);
}

int main(void)
{
	run(what_each_event_makes_of_a_card_in_each_state);
	return test_summary();
}
