// The scene of what verification makes of requests that do not simply pass: members of cell 31 who lost their cards ask for new
// ones; the inspection commission and the board of commune 4401 rule on what is held.
#ifndef TDV_TESTS_SCENE_REQUESTS_H
#define TDV_TESTS_SCENE_REQUESTS_H

#include "scene_verification.h"

enum { officer = 7, commissioner = 21, boarder = 31 }; // persons

// The officer of cell 31 or 32 submits.
static inline void by_cell(struct transcript *s, uint64_t submission, uint64_t cell)
{
	by(s, .submission = submission, .actor = cell == 31 ? 2 : 3, .person = cell == 31 ? officer : 8,
	   .role = role_cell_officer, .organisation = cell);
}

// An official member of cell 31 whose card was reported lost; with a photo in the registry or without.
static inline void lost_a_card(struct transcript *s, uint64_t member, bool photo)
{
	struct member_registered m = official(member);
	m.has_photo = photo;
	by(s, .submission = 1, .actor = 1, .role = role_administrator);
	know_with_card(s, m);
	reported_lost(s, member);
}

// The member is in another cell from now on, and the registry has no photo.
static inline void moved(struct transcript *s, uint64_t member, uint64_t cell)
{
	struct member_registered m = official(member);
	m.version++;
	m.home_cell = m.present_cell = cell;
	m.has_photo = false;
	by(s, .submission = 1, .actor = 1, .role = role_administrator);
	know(s, m);
}

static inline void open_list(struct transcript *s, uint64_t submission, uint64_t list, uint64_t cell)
{
	by_cell(s, submission, cell);
	transcript_mute(s);
	tell(s, intake, list_opened, .submission = submission, .list = list, .kind = request_kind_reissue,
	     .reason = request_reason_lost, .cell = cell, .period = date("2026-03-01"), .count = 1);
	transcript_unmute(s);
}

static inline void ask(struct transcript *s, uint64_t submission, uint64_t request, uint64_t member, enum loss_assessment loss)
{
	by_cell(s, submission, 31);
	tell(s, intake, request_offered, .submission = submission, .request = request, .member = member, .has_evidence = true,
	     .evidence = 55, .has_loss = loss != 0, .loss = loss);
}

// Lan's request 1/1 is held for an unjustified loss; Minh's 1/2 passes, or is returned for want of a photo.
static inline struct transcript *begin_with_losses(bool photo_of_minh)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, true);
	lost_a_card(s, minh, photo_of_minh);
	open_list(s, 5, 1, 31);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_unjustified);
	ask(s, 5, item_of(1, 2), minh, loss_assessment_justified);
	return s;
}

// … and the list has ended, Minh's having passed.
static inline struct transcript *held(void)
{
	struct transcript *s = begin_with_losses(true);
	tell(s, intake, list_ended, .submission = 5, .list = 1, .count = 2);
	transcript_skip(s);
	return s;
}

#endif
