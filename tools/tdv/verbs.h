// The verbs of main.c's table, and what several of them share.
#ifndef TDV_TDV_VERBS_H
#define TDV_TDV_VERBS_H

#include "tdv.h"

int run_init(struct site *site, int argc, char **argv);
int run_up(struct site *site, int argc, char **argv);
int run_down(struct site *site, int argc, char **argv);
int run_status(struct site *site, int argc, char **argv);
int run_registry_import(struct site *site, int argc, char **argv);
int run_officers_enrol(struct site *site, int argc, char **argv);
int run_officers_list(struct site *site, int argc, char **argv);
int run_submit(struct site *site, int argc, char **argv);
int run_lists(struct site *site, int argc, char **argv);
int run_appraise(struct site *site, int argc, char **argv);
int run_consolidate(struct site *site, int argc, char **argv);
int run_decide(struct site *site, int argc, char **argv);
int run_approve(struct site *site, int argc, char **argv);
int run_numbers_grant(struct site *site, int argc, char **argv);
int run_order(struct site *site, int argc, char **argv);
int run_ship(struct site *site, int argc, char **argv);
int run_receive(struct site *site, int argc, char **argv);
int run_hand_over(struct site *site, int argc, char **argv);
int run_sheets(struct site *site, int argc, char **argv);
int run_mail(struct site *site, int argc, char **argv);
int run_outcome(struct site *site, int argc, char **argv);
int run_trace(struct site *site, int argc, char **argv);
int run_log(struct site *site, int argc, char **argv);
int run_quarantine_list(struct site *site, int argc, char **argv);
int run_quarantine_show(struct site *site, int argc, char **argv);
int run_quarantine_retry(struct site *site, int argc, char **argv);
int run_quarantine_drop(struct site *site, int argc, char **argv);
int run_clock_accept(struct site *site, int argc, char **argv);
int run_audit(struct site *site, int argc, char **argv);
int run_replay(struct site *site, int argc, char **argv);

#endif
