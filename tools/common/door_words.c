#include "common/door_words.h"

#include <stdio.h>

#include "common/language.h"

// What the door says beside the kind of a fault; on the wire it is English.  tools/checks/catalogue.sh compares.
__attribute__((unused)) static const char *const details[] = {
	N_("a frame begins with its number"),
	N_("a letter that you hold was never written here: this site was restored to an earlier time"),
	N_("an item is not well formed"),
	N_("neither a JPEG nor a PDF file"),
	N_("no room is left"),
	N_("no such frame is taken here"),
	N_("no such letter with a photo is for you"),
	N_("not taken"),
	N_("terminal and sequence name the act"),
	N_("the attachment is not well formed"),
	N_("the certificate is not enrolled"),
	N_("the fetch is not well formed"),
	N_("the header counts other items"),
	N_("the header has another purpose"),
	N_("the header's root is not the items'"),
	N_("the read is not well formed"),
	N_("the signature does not verify"),
	N_("the submission is not well formed"),
	N_("the terminal's clock is off by more than a day"),
	N_("these letters are for others"),
	N_("too much is under way"),
};

bool door_was_busy(const struct terminal *terminal)
{
	enum wire_fault fault;
	const char *detail;

	return terminal_refusal(terminal, &fault, &detail) && fault == wire_fault_busy;
}

const char *door_fault_words(enum wire_fault fault, const char *detail)
{
	static __thread char text[400];
	const char *label = language_label(&wire_fault_values, fault);

	if (!*detail) // which is the msgid of the catalogue's own head
		return label;
	snprintf(text, sizeof text, "%s (%s)", label, gettext(detail));
	return text;
}

const char *door_fault(const struct terminal *terminal)
{
	enum wire_fault fault;
	const char *detail;

	return terminal_refusal(terminal, &fault, &detail) ? door_fault_words(fault, detail) : terminal_fault(terminal);
}
