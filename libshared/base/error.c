#include "base/error.h"

#include <errno.h>

const char *error_name(enum error error)
{
	switch (error) {
	case error_malformed: return "malformed";
	case error_bounds: return "bounds";
	case error_absent: return "absent";
	case error_exists: return "exists";
	case error_refused: return "refused";
	case error_pending: return "pending";
	case error_signature: return "signature";
	case error_gap: return "gap";
	case error_fork: return "fork";
	case error_none: return "none";
	case error_io: return "io";
	case error_no_space: return "no_space";
	case error_map_full: return "map_full";
	case error_no_memory: return "no_memory";
	case error_corrupt: return "corrupt";
	case error_version: return "version";
	case error_busy: return "busy";
	case error_crypto: return "crypto";
	case error_interrupted: return "interrupted";
	}
	return "unknown";
}

enum error error_from_errno(int errnum)
{
	switch (errnum) {
	case ENOSPC:
	case EDQUOT: return error_no_space;
	case ENOMEM: return error_no_memory;
	default: return error_io;
	}
}
