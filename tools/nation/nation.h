// The nation: as many members, organisations and officers as SCALE says, and a crowd of terminals that play all officers at
// once over the door's wire.  Every act is signed by its officer's own key and every receipt is checked; nothing here knows
// more of a site than a terminal on its machine does.
#ifndef TDV_NATION_NATION_H
#define TDV_NATION_NATION_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/signature.h"
#include "gen/messages.h"
#include "seed/seed.h"

#define attached_max 40
#define party_code_first 11
#define facility_code 900
#define rows_an_act 1999 // and a head

struct place {
	uint64_t code, parent;
	enum org_level level;
	uint16_t party_code;
	bool has_members;
	uint32_t attached;       // index of the centrally attached organisation that it is in
	uint32_t first, members; // of all members
};

struct official {
	struct key *key;
	struct hash certificate;
	enum role role;
	uint64_t organisation;
};

struct picture {
	struct buffer jpeg;
};

struct nation {
	const char *home;
	uint64_t seed;
	int32_t today;
	uint32_t members;
	bool shared_photos; // without the member's number in each, so that the vault keeps a pool and no more
	struct place *places; // parents before children
	struct place **by_code;
	size_t place_count;
	uint32_t attached_count;
	uint32_t attached_first[attached_max]; // the first member of each, and how many
	struct official *officials; // by (organisation, role)
	size_t official_count;
	struct official administrator;
	struct picture *photos, *scans;
	size_t photo_count, scan_count;
};

// ---- country.c ----

bool nation_make(struct nation *n, uint32_t members);
const struct place *place_of(const struct nation *n, uint64_t code); // NULL: none
// The same for the same index, whenever it is asked.
void member_make(const struct nation *n, const struct place *place, uint32_t index, struct person *p);
bool member_is_listed(const struct person *p);
bool pictures_read(const char *folder, struct picture **list, size_t *count);
// The picture with a number of its own in a comment segment (ISO 10918-1, B.2.4.5), so that no two are the same.
void picture_of(const struct nation *n, const struct picture *pictures, size_t count, uint64_t number, struct buffer *content);

// ---- officials.c ----

// Makes a key for each office.
bool officials_make(struct nation *n);
const struct official *official_of(const struct nation *n, uint64_t organisation, enum role role); // NULL: none
bool official_write(const struct nation *n, const struct official *o, const char *login);
// Name and citizen id of the i-th.
void official_person(const struct nation *n, size_t i, struct person *p);

// ---- crowd.c: acts of many officers under way at the same time ----

struct job {
	const struct official *by;
	enum act act;
	uint64_t about;        // what it says, `fill` knows
	uint64_t from, count;  // likewise
	uint32_t photos;       // to be stored before it is sent
	// what became of it
	enum reason reason;
	enum field field;
	uint32_t accepted, refused;
	uint64_t number;
	bool has_number;
};

struct packet; // of one act

// Adds an item: a head or a row.
void packet_add(struct packet *packet, const struct codec_shape *shape, const void *row);
// The SHA-256 of the act's i-th attachment, which the door has stored.
const struct hash *packet_photo(const struct packet *packet, size_t i);

struct kind_of_job {
	void (*fill)(void *context, const struct job *job, struct packet *packet);
	void (*photo)(void *context, const struct job *job, size_t i, struct buffer *content);
	void *context;
	size_t under_way; // acts at a time
};

struct crowd;
struct crowd *crowd_open(const char *home);
void crowd_close(struct crowd *c);
// Carries out all; false when one was not taken, or refused as a whole (which is said).
bool crowd_run(struct crowd *c, const struct kind_of_job *kind, struct job *jobs, size_t count);
// Bytes of attachments that were put.
uint64_t crowd_photo_bytes(const struct crowd *c);

// ---- stages.c ----

// Carries out a stage by its name and prints one line of JSON; false: something is wrong.
bool stage_run(struct nation *n, struct crowd *c, const char *name);

#endif
