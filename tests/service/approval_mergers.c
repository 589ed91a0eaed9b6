// Organisations that are merged or moved while lists wait for them.
#include "scene_approval.h"
#include "base/ensure.h"
#include "runtime/turn.h"

static void merge(struct transcript *s, uint64_t code, uint64_t into, enum org_level level)
{
	organisation(s, code, level, into); // it stays in the tree, below its successor
	tell(s, registry, organisation_merged, .code = code, .into = into, .date = day_number, .decision = bytes_of_text("3-QĐ"));
}

// List 1 with two members and list 2 with one, both appraised, wait for the board of 441.
static struct transcript *begin_waiting(void)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	list(s, 2, 44112, officer, 1);
	appraise(s, 3, 1, 4411);
	appraise(s, 4, 2, 4411);
	return s;
}

test(what_waited_for_a_board_that_was_merged_waits_for_its_successors)
{
	struct transcript *s = begin_waiting();
	organisation(s, 4411, org_level_grassroots, 442); // those below it are told before
	merge(s, 441, 442, org_level_superior);
	recall(s, 21, item_of(2, 1), 201); // nobody is left on list 2
	transcript_skip(s);
	act_by(s, 5, boarder, role_superior_board, 442);
	tell(s, intake, consolidation_given, .submission = 5, exchange);
	expect(s, "intake: consolidation_given submission 5, kind exchange, reason campaign, lists []\n"
		  "  -> record: lists_consolidated group 1, lists [1], kept 2 [group 1]\n"
		  "  -> record: list_joined list 1, group 1 [list 1]\n"
		  "  -> intake: act_closed submission 5, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n");
	transcript_free(s);
}

test(what_waited_for_a_board_waits_for_the_one_that_its_committee_is_moved_under)
{
	struct transcript *s = begin_waiting();
	organisation(s, 44111, org_level_cell, 4421); // the other commune's committee takes over the cells
	organisation(s, 44112, org_level_cell, 4421);
	merge(s, 4411, 4421, org_level_grassroots);
	recall(s, 21, item_of(2, 1), 201);
	transcript_skip(s);
	consolidate(s, 5, 441);
	check(strstr(transcript_said(s), "act_closed submission 5, reason empty, field list"));
	act_by(s, 6, boarder, role_superior_board, 442);
	tell(s, intake, consolidation_given, .submission = 6, exchange);
	check(strstr(transcript_said(s), "lists_consolidated group 1, lists [1], kept 2"));
	transcript_free(s);
}

// As version 2 took it: what waits stays where it is.
static enum error only_noted(struct turn *t, const struct origin *o, struct bytes body)
{
	struct organisation_registered m;
	(void)o;
	ensure(organisation_registered_decode(body, &m) == error_none);
	approval_organisations_put(t->tx, m.code, &(struct approval_organisations_row){ .parent = m.parent, .level = m.level });
	return error_none;
}

test(a_list_that_an_older_version_left_with_the_former_board_goes_to_the_new_one_when_the_newer_begins)
{
	struct service_input inputs[64];
	struct service older = approval_service;
	size_t count = 0;
	do {
		ensure(count < array_size(inputs));
		inputs[count] = approval_service.inputs[count];
		if (inputs[count].type == message_type_organisation_registered)
			inputs[count].run = only_noted;
	} while (inputs[count++].type);
	older.fold_version = approval_service.fold_version % 1000 + 2000;
	older.inputs = inputs;
	struct transcript *s = transcript_new_with(&older, &(struct engine_limits){ 0 });
	all_organisations(s);
	list(s, 1, 44111, officer, 2);
	list(s, 2, 44211, officer, 1);
	appraise(s, 3, 1, 4411);
	appraise(s, 4, 2, 4421);
	organisation(s, 44111, org_level_cell, 4421);
	older = approval_service;
	transcript_restart(s);
	transcript_skip(s);
	consolidate(s, 5, 441);
	check(strstr(transcript_said(s), "act_closed submission 5, reason empty, field list"));
	act_by(s, 6, boarder, role_superior_board, 442);
	tell(s, intake, consolidation_given, .submission = 6, exchange);
	check(strstr(transcript_said(s), "lists_consolidated group 1, lists [1, 2], kept 3"));
	transcript_free(s);
}

int main(void)
{
	run(what_waited_for_a_board_that_was_merged_waits_for_its_successors);
	run(what_waited_for_a_board_waits_for_the_one_that_its_committee_is_moved_under);
	run(a_list_that_an_older_version_left_with_the_former_board_goes_to_the_new_one_when_the_newer_begins);
	return test_summary();
}
