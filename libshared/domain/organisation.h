// The tree of organisations as services mirror it (domain.md §4: everyone acts within the subtree of their own).
#ifndef TDV_DOMAIN_ORGANISATION_H
#define TDV_DOMAIN_ORGANISATION_H

#include <stdbool.h>
#include <stdint.h>

#include "gen/messages.h"

#define organisation_depth_max 8

// How a service looks one up in its own mirror: false when unknown.
struct organisation_tree {
	void *context;
	bool (*parent)(void *context, uint64_t code, uint64_t *parent, enum org_level *level);
};

// Defines parent_of() for a tree over a service's table `organisations`; the context is the transaction.
#define organisation_parent_of(service)                                                                                \
	static bool parent_of(void *context, uint64_t code, uint64_t *parent, enum org_level *level)                   \
	{                                                                                                              \
		struct service##_organisations_row row;                                                                \
		if (!service##_organisations_get(context, code, &row))                                                 \
			return false;                                                                                  \
		*parent = row.parent;                                                                                  \
		*level = row.level;                                                                                    \
		return true;                                                                                           \
	}

// `below` is `above`, or below it.
bool organisation_within(const struct organisation_tree *tree, uint64_t below, uint64_t above);
// The organisation of that level that `code` is or lies below, its successor when it was merged; 0 when there is none.
uint64_t organisation_at_level(const struct organisation_tree *tree, uint64_t code, enum org_level level);
// The organisation that stands for `code`: itself, or who followed it when it was merged (it lies below its successor then, which
// has its level).
uint64_t organisation_standing(const struct organisation_tree *tree, uint64_t code);
// The child of `above` through which `below` is reached (below itself when it is a child); 0 when not below.
uint64_t organisation_step_down(const struct organisation_tree *tree, uint64_t above, uint64_t below);

// Members belong to a cell, or to a grassroots organisation that is a cell itself (chi bộ cơ sở).
bool organisation_has_members(enum org_level level);

// Whether a role may do an act at all (domain.md §4).
bool role_may(enum role role, enum act act);

#endif
