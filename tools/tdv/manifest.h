// A backup's manifest, before anything that it says is believed.
#ifndef TDV_TDV_MANIFEST_H
#define TDV_TDV_MANIFEST_H

#include <jansson.h>

#include "base/bytes.h"

#define manifest_why_size 200

// JSON that holds "format" (ours), "files", each with "path" (inside the backup), "size" and "sha256", and, unless it is
// that of the keys, "made" and "services", each with "service", "turn" and "root".  NULL: `why` says what it is not.
json_t *manifest_parse(struct bytes text, char why[manifest_why_size]);

#endif
