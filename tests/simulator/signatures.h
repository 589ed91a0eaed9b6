// Half of a run's time would go into elliptic curves, which neither simulator nor seed can change.  So most runs sign cheaply: a
// signature is then a digest over the key's fingerprint and the data, which whoever has the public key could make, and which
// does not verify for any other key or data.  Every tenth storm signs in earnest.
// A key is read once, and a signature that was good is verified once: a door after each crash would do both again, and neither can
// come out otherwise.  (Wrapped at link time: the Makefile's SIMULATE_WRAP.)
#ifndef TDV_SIMULATOR_SIGNATURES_H
#define TDV_SIMULATOR_SIGNATURES_H

#include <stdbool.h>

void signatures_are_cheap(bool cheap);

#endif
