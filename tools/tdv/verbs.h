// The verbs: their table, which verbs.c holds by subject, and what runs each.
#ifndef TDV_TDV_VERBS_H
#define TDV_TDV_VERBS_H

#include <stdio.h>

#include "tdv.h"

struct verb {
	const char *name, *second; // "registry" "import"; second NULL: one word
	int (*run)(struct site *site, int argc, char **argv);
	const char *usage;   // msgid; what follows the name
	const char *summary; // msgid; one line
	const char *more;    // msgid; what --help says further, or NULL
};
struct verb_group {
	const char *title;        // msgid
	const struct verb *verbs; // ends with name NULL
};
extern const struct verb_group verb_groups[]; // ends with title NULL

#define verb_text_max 64
// The verb that the words begin with, how it is called ("registry import"), and of how many words it is.  NULL: none.
const struct verb *verb_of(int argc, char **argv, char called[verb_text_max], int *words);
// The verb of a site's `verb`.
const struct verb *verb_called(const char *called);
// Those of two words that begin with `name`, printed unless `to` is NULL.  False: there is none.
bool verbs_below(const char *name, FILE *to);
// All of them by subject: for people; and for what is made from the table: manual pages, completion (tools/manual).
void verbs_print(FILE *to);
void verbs_print_json(void);

int run_init(struct site *site, int argc, char **argv);
int run_up(struct site *site, int argc, char **argv);
int run_down(struct site *site, int argc, char **argv);
int run_status(struct site *site, int argc, char **argv);
int run_registry_import(struct site *site, int argc, char **argv);
int run_registry_update(struct site *site, int argc, char **argv);
int run_transfer(struct site *site, int argc, char **argv);
int run_organisation_merge(struct site *site, int argc, char **argv);
int run_organisation_close(struct site *site, int argc, char **argv);
int run_duplicates_list(struct site *site, int argc, char **argv);
int run_duplicates_resolve(struct site *site, int argc, char **argv);
int run_progress(struct site *site, int argc, char **argv);
int run_officers_enrol(struct site *site, int argc, char **argv);
int run_officers_list(struct site *site, int argc, char **argv);
int run_submit(struct site *site, int argc, char **argv);
int run_lists(struct site *site, int argc, char **argv);
int run_appraise(struct site *site, int argc, char **argv);
int run_consolidate(struct site *site, int argc, char **argv);
int run_withdraw(struct site *site, int argc, char **argv);
int run_adjudicate_list(struct site *site, int argc, char **argv);
int run_adjudicate_release(struct site *site, int argc, char **argv);
int run_adjudicate_refuse(struct site *site, int argc, char **argv);
int run_overdue(struct site *site, int argc, char **argv);
int run_decide(struct site *site, int argc, char **argv);
int run_approve(struct site *site, int argc, char **argv);
int run_numbers_grant(struct site *site, int argc, char **argv);
int run_order(struct site *site, int argc, char **argv);
int run_order_list(struct site *site, int argc, char **argv);
int run_order_hold(struct site *site, int argc, char **argv);
int run_order_release(struct site *site, int argc, char **argv);
int run_order_priority(struct site *site, int argc, char **argv);
int run_order_readdress(struct site *site, int argc, char **argv);
int run_prints_report(struct site *site, int argc, char **argv);
int run_stock_receive(struct site *site, int argc, char **argv);
int run_stock_transfer(struct site *site, int argc, char **argv);
int run_stock_waste(struct site *site, int argc, char **argv);
int run_stock_count(struct site *site, int argc, char **argv);
int run_stock_list(struct site *site, int argc, char **argv);
int run_costs(struct site *site, int argc, char **argv);
int run_ship(struct site *site, int argc, char **argv);
int run_receive(struct site *site, int argc, char **argv);
int run_hand_over(struct site *site, int argc, char **argv);
int run_sheets(struct site *site, int argc, char **argv);
int run_card_verb(struct site *site, int argc, char **argv);
int run_exit(struct site *site, int argc, char **argv);
int run_pack(struct site *site, int argc, char **argv);
int run_explain(struct site *site, int argc, char **argv);
int run_destroy(struct site *site, int argc, char **argv);
int run_campaign_plan(struct site *site, int argc, char **argv);
int run_campaign_step(struct site *site, int argc, char **argv);
int run_campaign_file(struct site *site, int argc, char **argv);
int run_campaign_sheets(struct site *site, int argc, char **argv);
int run_campaign_show(struct site *site, int argc, char **argv);
int run_check_cards(struct site *site, int argc, char **argv);
int run_mail(struct site *site, int argc, char **argv);
int run_outcome(struct site *site, int argc, char **argv);
int run_rules(struct site *site, int argc, char **argv);
int run_show(struct site *site, int argc, char **argv);
int run_trace(struct site *site, int argc, char **argv);
int run_log(struct site *site, int argc, char **argv);
int run_quarantine_list(struct site *site, int argc, char **argv);
int run_quarantine_show(struct site *site, int argc, char **argv);
int run_quarantine_retry(struct site *site, int argc, char **argv);
int run_quarantine_drop(struct site *site, int argc, char **argv);
int run_clock_accept(struct site *site, int argc, char **argv);
int run_audit(struct site *site, int argc, char **argv);
int run_replay(struct site *site, int argc, char **argv);
int run_backup(struct site *site, int argc, char **argv);
int run_restore(struct site *site, int argc, char **argv);

#endif
