// What findings say.  In a text, {0} is the finding's id, {1} and {2} are what the left and the right say; a letter behind the
// digit says what kind of number it is: c a card (member/copy), i an item (whole/index), o a ledger's account, p a place,
// v a validity, s a service, m a message, a an act.
#ifndef TDV_AUDIT_TEXT_H
#define TDV_AUDIT_TEXT_H

struct audit_text {
	const char *vietnamese, *english;
};

#endif
