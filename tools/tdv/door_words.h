// Why the door refused a packet, in the reader's language.
#ifndef TDV_TDV_DOOR_WORDS_H
#define TDV_TDV_DOOR_WORDS_H

#include "terminal/terminal.h"

// After an error_refused.  Static storage of the thread, until the next call.
const char *door_fault(const struct terminal *terminal);

#endif
