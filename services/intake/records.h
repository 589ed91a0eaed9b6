// Inside intake: what the fold and the door read alike from intake's tables.
#ifndef TDV_INTAKE_RECORDS_H
#define TDV_INTAKE_RECORDS_H

#include "gen/intake_tables.h"

// Whether the certificate may do this act for that organisation at all; reason none: it may.
struct row_error intake_authority(struct store_txn *tx, enum role role, uint64_t own, enum act act,
				  uint64_t organisation);

// Who has the letters of an organisation: itself, or who followed it; 0: it was closed.
uint64_t intake_addressee(struct store_txn *tx, uint64_t organisation);

// A certificate under the next number, which it returns.
uint64_t intake_certificate_new(struct store_txn *tx, const struct intake_certificates_row *row);
// Enrols an officer's key, or says what is wrong with the row; reason none: enrolled.
struct row_error intake_enrol(struct store_txn *tx, uint64_t submission, const struct coded_officer *officer);

// The receipt of a recorded submission: the same whenever it is asked for.
void intake_receipt(struct store_txn *tx, uint64_t submission, const struct intake_submissions_row *s,
		    const struct hash *certificate, struct receipt *receipt);
// With at most 200 errors of rows after `after_row`, never a part of a row's.
void intake_outcome(struct store_txn *tx, uint64_t submission, const struct intake_submissions_row *s,
		    uint64_t after_row, struct outcome *outcome);

#endif
