// The invariants of domain.md §3 after every step: what a turn has touched is looked at when it is on disk and before anybody
// else has heard of it.  The whole is audited now and then as well (judge.h); this costs nearly nothing and names the turn.
//
//   a log      only grows: a service that comes back has everything that it ever committed, with the same root; it takes every
//              entry of its sources once and in their order, and one answer to each effect; no timer goes off before its day,
//              whatever the wall clock says
//   1          the member's active cards, at most one; the index of open requests and the requests agree
//   2, 3       numbers, copies, chip serials and chip keys as they are put out: a number has one member for life, a member one
//              number, copies rise, serials and keys occur once
//   4          every account of the conservation ledger adds up
//   5          what is destroyed was ended or spoiled, and stays destroyed
//   6          what changes a state names the submission, the certificate and, where rules were applied, their version
#ifndef TDV_SIMULATOR_WATCH_H
#define TDV_SIMULATOR_WATCH_H

#include "simulator/site.h"

struct watch;

struct watch *watch_new(struct site *site); // and puts itself behind every turn
void watch_free(struct watch *watch);
// What was put out so far, and a digest of the order in which it came: the same for the same seed.
uint64_t watch_entries(const struct watch *watch);
uint64_t watch_digest(const struct watch *watch);

#endif
