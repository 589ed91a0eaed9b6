// Cards that a campaign closed without their check (D2), and the ways back.
#include "scene_revocation.h"

static void miss(struct transcript *s)
{
	tell(s, inspection, check_missed, .card = card_of(lan, 1), .campaign = 1, .organisation = 31, .number = number,
	     .since = 20589);
}

static void check_late(struct transcript *s)
{
	tell(s, inspection, check_made_late, .card = card_of(lan, 1), .campaign = 1, .date = 20600,
	     .decision_number = bytes_of_text("15-QĐ"), .decision_date = 20600);
}

test(a_card_that_a_campaign_closed_without_is_unstamped_until_a_late_check)
{
	struct transcript *s = begin_with_card();
	miss(s);
	check_late(s);
	expect(s, "inspection: check_missed card 101/1, campaign 1, organisation 31, number 44.000017, since 2026-05-16\n"
		  "  -> verification inspection: validity_changed card 101/1, from active, to unstamped, "
		  "event campaign_closed, number 44.000017 [member 101]\n"
		  "  -> delivery: card_standing card 101/1, validity unstamped, event campaign_closed, since 2026-03-02 [member 101]\n"
		  "inspection: check_made_late card 101/1, campaign 1, date 2026-05-27, decision_number 15-QĐ, "
		  "decision_date 2026-05-27\n"
		  "  -> verification inspection: validity_changed card 101/1, from unstamped, to active, "
		  "event late_check, number 44.000017 [member 101]\n"
		  "  -> delivery: card_standing card 101/1, validity active, event late_check, since 2026-03-02 [member 101]\n");
	check_u64(active_card(s), card_of(lan, 1));
	transcript_free(s);
}

test(a_lost_card_that_missed_its_check_is_found_unstamped)
{
	struct transcript *s = begin_with_card();
	report_on(s, 10, card_case_loss, NULL);
	transcript_skip(s);
	miss(s);
	expect(s, "inspection: check_missed card 101/1, campaign 1, organisation 31, number 44.000017, since 2026-05-16\n");
	check_u64(validity(s, 1), card_validity_lost);
	transcript_skip(s);
	report_on(s, 10, card_case_found, NULL);
	check_u64(validity(s, 1), card_validity_unstamped);
	check_u64(active_card(s), 0);
	check_late(s);
	check_u64(validity(s, 1), card_validity_active);
	transcript_free(s);
}

test(a_late_check_of_a_card_that_is_lost_just_now_lets_it_be_active_when_it_is_found)
{
	struct transcript *s = begin_with_card();
	miss(s);
	report_on(s, 10, card_case_loss, NULL);
	check_u64(validity(s, 1), card_validity_lost);
	check_late(s);
	check_u64(validity(s, 1), card_validity_lost);
	report_on(s, 10, card_case_found, NULL);
	check_u64(validity(s, 1), card_validity_active);
	transcript_free(s);
}

test(an_unstamped_card_follows_its_holder_as_any_other)
{
	const struct {
		enum member_status to;
		enum card_validity validity;
	} ends[] = {
		{ member_status_expelled, card_validity_recovery_due },
		{ member_status_deceased, card_validity_retained_by_family },
		{ member_status_abroad, card_validity_suspended },
	};
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct transcript *s = begin_with_card();
		miss(s);
		tell(s, registry, member_status_changed, .member = lan, .from = member_status_active, .to = ends[i].to,
		     .date = 20600);
		check_u64(validity(s, 1), ends[i].validity);
		if (ends[i].to == member_status_abroad) { // back home it is no better than it was
			tell(s, registry, member_status_changed, .member = lan, .from = member_status_abroad,
			     .to = member_status_active, .date = 20700);
			check_u64(validity(s, 1), card_validity_unstamped);
		}
		transcript_free(s);
	}
}

test(an_unstamped_card_is_damaged_and_replaced)
{
	struct transcript *s = begin_with_card();
	miss(s);
	report_on(s, 10, card_case_damage, NULL);
	check_u64(validity(s, 1), card_validity_damaged);
	made(s, 2);
	handed_over(s, 2, true);
	check_u64(validity(s, 1), card_validity_ended);
	check_u64(active_card(s), card_of(lan, 2));
	transcript_free(s);
}

test(a_card_checked_late_after_its_holder_came_to_another_is_owed)
{
	struct transcript *s = begin_with_card();
	miss(s);
	tell(s, printing, card_reserved, .card = card_of(lan, 2), .number = number, .request = item_of(1, 1),
	     .order = 2, .index = 1);
	tell(s, printing, card_produced, .card = card_of(lan, 2), .number = number, .order = 2, .index = 1,
	     .serial = { 0, 0, 0, 0, 0, 0, 0, 2 }, .request = item_of(1, 1), .cell = cell, .facility = 9);
	tell(s, delivery, card_handed_over, .card = card_of(lan, 2), .receipt = receipt_kind_signed_sheet,
	     .date = date("2026-03-02"), .cell = cell); // no word of the old one
	transcript_skip(s);
	check_late(s);
	check_u64(validity(s, 1), card_validity_superseded);
	check_u64(active_card(s), card_of(lan, 2));
	transcript_free(s);
}

int main(void)
{
	run(a_card_that_a_campaign_closed_without_is_unstamped_until_a_late_check);
	run(a_lost_card_that_missed_its_check_is_found_unstamped);
	run(a_late_check_of_a_card_that_is_lost_just_now_lets_it_be_active_when_it_is_found);
	run(an_unstamped_card_follows_its_holder_as_any_other);
	run(an_unstamped_card_is_damaged_and_replaced);
	run(a_card_checked_late_after_its_holder_came_to_another_is_owed);
	return test_summary();
}
