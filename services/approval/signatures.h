// Who signed what.  Where an act needs several signatures (the rules file says how many), the first is a proposal that other
// persons of the role sign unchanged, and the last of them carries it out.
#ifndef TDV_SERVICES_APPROVAL_SIGNATURES_H
#define TDV_SERVICES_APPROVAL_SIGNATURES_H

#include "approval/stages.h"

void approval_act_noted(struct turn *t, const struct origin *o, enum act act, enum subject_kind kind, uint64_t number);
// Why this person may not sign this: they did, or it is not what the first one signed.
struct refusal approval_signature_refusal(struct turn *t, const struct origin *o, const struct list_act_given *m,
					  const struct approval_stage *act);
// Notes the signature.  False: more are needed, and the signatory was told how many.
bool approval_signatures_suffice(struct turn *t, const struct origin *o, const struct list_act_given *m,
				 const struct approval_stage *act);
// A request left the list or group: it is no part of what is proposed any more.
void approval_proposal_without(struct turn *t, uint64_t subject, uint64_t request);

#endif
