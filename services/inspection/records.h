// Inside inspection: what campaigns (campaigns.c), what organisations file (filing.c, consolidating.c) and stamps (stamping.c)
// share.
#ifndef TDV_SERVICES_INSPECTION_RECORDS_H
#define TDV_SERVICES_INSPECTION_RECORDS_H

#include "domain/organisation.h"
#include "domain/refusal.h"
#include "gen/inspection_tables.h"
#include "runtime/turn.h"

// --- acts ---

// A submission while its rows come in.
struct check_act {
	uint64_t submission;
	enum act act;
	struct coded_check_head head;
	bool going;      // a continuation ends it
	bool has_number; // what it made, or what it was about
	uint64_t number;
};

void inspection_row_ended(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal);
// The last word to the submitter.
void inspection_act_ended(struct turn *t, uint64_t submission, struct refusal whole, bool has_number, uint64_t number);
// So many more were carried out than rows were given: the whole of what is confirmed was stamped.
void inspection_act_counts(struct turn *t, uint64_t submission, uint32_t accepted);

// --- the tree, members and cards ---

struct organisation_tree inspection_tree(struct turn *t);
bool inspection_is_level(struct turn *t, uint64_t organisation, enum org_level level);
// Calls `each` for the organisation and everything below it, until one call returns false; false: one did.
bool inspection_below(struct turn *t, uint64_t organisation, bool (*each)(struct turn *t, uint64_t code, void *context),
		      void *context);
// Who is checked: official members who are in the Party and here (D4).
bool inspection_is_checked(const struct inspection_members_row *member);
// The member's card in use, of that generation (0: of any): the newest that is not out of use for good.  0: none.
uint64_t inspection_card_of(struct turn *t, uint64_t member, enum card_generation generation,
			    struct inspection_cards_row *row);

// --- campaigns and the parts in them ---

// Whether organisations may work on it now.
bool inspection_is_open(const struct inspection_campaigns_row *campaign);
// The campaign that an act speaks of, open, with the submitter's organisation of that level and in it.
struct refusal inspection_campaign_for(struct turn *t, const struct origin *o, const struct check_act *act,
				       enum org_level level, struct inspection_campaigns_row *campaign);
// The number and date of the paper that a step rests on (D19) are there.
struct refusal inspection_document_missing(const struct check_act *act);
void inspection_document_keep(struct turn *t, const struct check_act *act, uint64_t organisation);
// Of the paper that the organisation's act rested on: what follows it bears no earlier date. date_none (before every date): none.
int32_t inspection_document_date(struct turn *t, uint64_t campaign, enum act act, uint64_t organisation);

// Expects a part of the organisation, and of the committee and the superior above it, unless that is so already.
void inspection_part_expect(struct turn *t, uint64_t campaign, uint64_t organisation);
bool inspection_part_may(const struct inspection_parts_row *part, enum campaign_part_event event);
// Takes the part a step further and stores it, counts it for the campaign, and moves the campaign on when that was the last.
void inspection_part_step(struct turn *t, uint64_t campaign, enum org_level level, uint64_t organisation,
			  struct inspection_parts_row *part, enum campaign_part_event event);
// Sums the figures of cells that have come so far or further, over everything below.
struct check_figures inspection_figures(struct turn *t, uint64_t campaign, uint64_t organisation, enum campaign_part from);
void inspection_figures_count(struct check_figures *figures, enum check_result result);

// --- one act, in the order of a campaign ---

struct refusal inspection_plan(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_open(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_close(struct turn *t, const struct origin *o, struct check_act *act);
void inspection_opening_goes_on(struct turn *t, const struct campaign_opening *at);
void inspection_closing_goes_on(struct turn *t, const struct campaign_closing *at);
void inspection_deadline(struct turn *t, const struct campaign_due *due);
void inspection_overdue_goes_on(struct turn *t, const struct overdue_going *at);
void inspection_merged(struct turn *t, uint64_t organisation);

struct refusal inspection_file_begin(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_file_row(struct turn *t, const struct origin *o, struct check_act *act, const struct coded_check *row);
struct refusal inspection_file_end(struct turn *t, const struct origin *o, struct check_act *act);

struct refusal inspection_yearly_begin(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_yearly_row(struct turn *t, const struct origin *o, struct check_act *act,
				     const struct coded_check *row);
struct refusal inspection_yearly_end(struct turn *t, const struct origin *o, struct check_act *act);

struct refusal inspection_consolidate_begin(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_consolidate_row(struct turn *t, const struct origin *o, struct check_act *act,
					  const struct coded_check *row);
struct refusal inspection_consolidate_end(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_settle(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_decide(struct turn *t, const struct origin *o, struct check_act *act);

struct refusal inspection_stamp_begin(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_stamp_row(struct turn *t, const struct origin *o, struct check_act *act,
				    const struct coded_check *row);
struct refusal inspection_stamp_end(struct turn *t, const struct origin *o, struct check_act *act);
void inspection_stamping_goes_on(struct turn *t, const struct origin *o, const struct stamping_going *at);
struct refusal inspection_return(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_report(struct turn *t, const struct origin *o, struct check_act *act);

struct refusal inspection_late_begin(struct turn *t, const struct origin *o, struct check_act *act);
struct refusal inspection_late_row(struct turn *t, const struct origin *o, struct check_act *act,
				   const struct coded_check *row);
// A card came into its holder's hands: while a campaign that concerns it is open, that is its check (D7).
void inspection_issued(struct turn *t, uint64_t card, const struct inspection_cards_row *row);

#endif
