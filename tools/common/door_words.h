// Why the door refused a packet, in the reader's language.
#ifndef TDV_COMMON_DOOR_WORDS_H
#define TDV_COMMON_DOOR_WORDS_H

#include "terminal/terminal.h"

// After an error_refused.  Static storage of the thread, until the next call.
const char *door_fault(const struct terminal *terminal);
const char *door_fault_words(enum wire_fault fault, const char *detail); // which may be ""
// The last that the door said was that it is busy: whoever waited in vain is told so.
bool door_was_busy(const struct terminal *terminal);

#endif
