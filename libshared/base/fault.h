// Deliberate faults, for one purpose: to show that the simulator finds such faults (`make teeth`).
//
// Where a rule stands that must not be broken, a line asks fault_is(name).  In every build but the simulator's own, with
// TDV_FAULTS, that is the constant false, names nothing and leaves no code behind (tests/simulator/teeth.py looks).
#ifndef TDV_BASE_FAULT_H
#define TDV_BASE_FAULT_H

#ifndef TDV_FAULTS
#define fault_is(name) false
#else

// FAULT(name, what is done wrong)
#define FAULTS(FAULT)                                                                                     \
	FAULT(cursor_apart, "cursors are written after the turn, in a transaction of their own")          \
	FAULT(send_before_commit, "receipts and entries leave before the turn is on disk")                \
	FAULT(commit_unchecked, "a commit that failed is taken for one that did not")                     \
	FAULT(entries_again, "the stream's entries are not compared with the cursor")                     \
	FAULT(gap_taken, "a stream that leaves out turns is taken")                                       \
	FAULT(causes_overtaken, "an effect may overtake its cause on a shorter path")                     \
	FAULT(effects_forgotten, "open effects are not offered again after a start")                      \
	FAULT(answers_twice, "the second answer to an effect is taken as well")                           \
	FAULT(timers_forgotten, "timers do not outlive a crash")                                          \
	FAULT(walks_forgotten, "a walk over a list is not resumed after a crash")                         \
	FAULT(clock_believed, "a clock that jumped is believed, and timers are not held")                 \
	FAULT(trimmed_early, "turns leave the hot log before they are archived and consumed")             \
	FAULT(act_twice, "the door takes an act that is sent again for a new one")                        \
	FAULT(receipt_differs, "an act that is sent again gets another receipt")                          \
	FAULT(proof_forgotten, "an act is recorded without the proof that it is among those signed")      \
	FAULT(open_request_twice, "a member may have two open requests")                                  \
	FAULT(four_eyes, "whoever submitted a list may appraise it")                                      \
	FAULT(wrong_stage, "an act on a list is taken at any stage of it")                                \
	FAULT(other_subtree, "an officer may act for another organisation's cells")                       \
	FAULT(number_again, "a number that somebody has is given again")                                  \
	FAULT(serial_again, "a chip serial may occur twice")                                              \
	FAULT(stock_not_booked, "a blank that was printed is not booked")                                 \
	FAULT(count_not_booked, "a box that arrives is not booked where it arrives")                      \
	FAULT(handed_over_twice, "a card that was handed over may be handed over again")                  \
	FAULT(old_card_kept, "the old card stays in use when the new one is handed over")                 \
	FAULT(collected_not_ended, "a card that was collected does not end")                              \
	FAULT(request_stays_open, "a request that ended still counts as open")

enum fault {
	fault_none,
#define FAULT(name, what) fault_##name,
	FAULTS(FAULT)
#undef FAULT
	fault_count
};

extern enum fault fault_chosen;
#define fault_is(name) (fault_chosen == fault_##name)

#endif
#endif
