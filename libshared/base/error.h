// Errors of the library.
//
// A negative code is a fault of the environment or a broken store: it is forwarded unchanged up to the
// runtime, which aborts the transaction, logs once and exits for its supervisor to restart.  A positive code
// belongs to the function that returns it and must be handled by the caller.
#ifndef TDV_BASE_ERROR_H
#define TDV_BASE_ERROR_H

enum error {
	// positive: the caller's to handle
	error_malformed = 1, // the bytes are not what the schema says
	error_bounds,        // well formed, but a size or count exceeds the schema's bound
	error_absent,        // no such row, file, or entry
	error_exists,        // it is there already
	error_refused,       // the peer, or a check, said no
	error_pending,       // not now; ask again
	error_signature,     // a signature or an authentication tag does not verify
	error_gap,           // what was offered does not follow the cursor
	error_fork,          // two roots for one position of a log: a restored copy, or a fork

	error_none = 0,

	// negative: forwarded unchanged
	error_io = -1,        // a read, write or sync failed
	error_no_space = -2,  // the disk is full
	error_map_full = -3,  // the LMDB map is full
	error_no_memory = -4,
	error_corrupt = -5,   // a stored value does not decode, or a hash does not match
	error_version = -6,   // the store was written by a newer version
	error_busy = -7,      // another process holds the store
	error_crypto = -8,    // OpenSSL failed for a reason that is not the input's
	error_interrupted = -9, // a simulated crash, or a stop in the middle
};

// A process ends with it when what is stored is damaged, or is not what this program can go on with.  No start mends that: its
// supervisor does not start it again (tdv up; RestartPreventExitStatus= of systemd/).
#define error_exit_damaged 3

// The constant's name without its prefix, e.g. "map_full".  Static storage.
const char *error_name(enum error error);

// The code for an errno value: ENOSPC, EDQUOT -> no_space; ENOMEM -> no_memory; the rest -> io.
enum error error_from_errno(int errnum);

#endif
