// Who acts for whom: a key and a person of their own for every office.  None is a member here, so that nobody hands
// over their own card.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "nation.h"

static bool office_add(struct nation *n, uint64_t organisation, enum role role)
{
	struct official *o = &n->officials[n->official_count++];

	*o = (struct official){ .role = role, .organisation = organisation };
	return key_generate(&o->key) == error_none && key_fingerprint(o->key, &o->certificate) == error_none;
}

static int compare(const void *a, const void *b)
{
	const struct official *x = a, *y = b;

	if (x->organisation != y->organisation)
		return x->organisation < y->organisation ? -1 : 1;
	return (x->role > y->role) - (x->role < y->role);
}

static bool read_administrator(struct nation *n)
{
	struct buffer pem = { 0 };
	char path[4096];

	snprintf(path, sizeof path, "%s/keys/administrator.pem", n->home);
	enum error e = file_read(path, 65536, &pem);
	if (e == error_none)
		e = key_read_private(buffer_bytes(&pem), &n->administrator.key);
	if (e == error_none)
		e = key_fingerprint(n->administrator.key, &n->administrator.certificate);
	n->administrator.role = role_administrator;
	buffer_deinit(&pem);
	return e == error_none;
}

bool officials_make(struct nation *n)
{
	bool ok = read_administrator(n);

	n->officials = calloc(n->place_count * 2 + 4, sizeof *n->officials);
	if (!n->officials)
		return false;
	for (size_t i = 0; i < n->place_count && ok; i++) {
		const struct place *p = &n->places[i];
		if (p->has_members)
			ok = office_add(n, p->code, role_cell_officer);
		if (ok && p->level == org_level_grassroots)
			ok = office_add(n, p->code, role_grassroots_appraiser);
		if (ok && p->level == org_level_superior)
			ok = office_add(n, p->code, role_superior_board) &&
			     office_add(n, p->code, role_superior_committee);
		if (ok && p->level == org_level_attached)
			ok = office_add(n, p->code,
					p->code == facility_code ? role_print_facility : role_provincial_board);
		if (ok && p->level == org_level_central)
			ok = office_add(n, p->code, role_central_board);
	}
	qsort(n->officials, n->official_count, sizeof *n->officials, compare);
	return ok;
}

const struct official *official_of(const struct nation *n, uint64_t organisation, enum role role)
{
	struct official wanted = { .organisation = organisation, .role = role };

	return bsearch(&wanted, n->officials, n->official_count, sizeof *n->officials, compare);
}

bool official_write(const struct nation *n, const struct official *o, const char *login)
{
	struct buffer pem = { 0 };
	char path[4096];

	snprintf(path, sizeof path, "%s/keys/officers/%s.pem", n->home, login);
	enum error e = key_write_private(o->key, &pem);
	if (e == error_none)
		e = file_write_atomic(path, buffer_bytes(&pem), 0600);
	buffer_deinit(&pem);
	return e == error_none;
}

void official_person(const struct nation *n, size_t i, struct person *p)
{
	struct chance c;

	chance_init(&c, n->seed, UINT64_C(2) << 40 | i);
	person_make_stranger(p, &c, n->seed, (uint32_t)i, n->today);
	snprintf(p->citizen, sizeof p->citizen, "9%011u", (unsigned)i);
}
