// Centre, province, facility, commune, and below it grassroots committees with their cells and cells that are
// grassroots organisations themselves (chi bộ cơ sở).
#include "seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const villages[] = {
	"An Bình",     "An Phú",     "Bình Minh",  "Cẩm Sơn",    "Đại Đồng", "Đông Hòa",   "Đồng Tâm",
	"Hải Châu",    "Hòa Bình",   "Hồng Phong", "Hưng Thịnh", "Kim Liên", "Lạc Sơn",    "Long Thành",
	"Minh Khai",   "Mỹ Đức",     "Nam Tiến",   "Ngọc Sơn",   "Phú Lâm",  "Phúc Lộc",   "Quang Trung",
	"Quyết Thắng", "Sơn Tây",    "Tân Lập",    "Tân Phong",  "Tây Sơn",  "Thanh Bình", "Thành Công",
	"Thịnh Vượng", "Thượng Lâm", "Tiền Phong", "Trung Sơn",  "Tùng Lâm", "Vạn Phúc",   "Vĩnh An",
	"Xuân Hòa",    "Yên Định",   "Yên Khê",
};
static const char *const offices[] = {
	"Cơ quan Đảng ủy xã",
	"Khối chính quyền xã",
	"Công an xã",
	"Ban Chỉ huy Quân sự xã",
	"Trạm Y tế",
	"Trường Mầm non",
	"Trường Tiểu học",
	"Trường Trung học cơ sở",
	"Trường Trung học phổ thông",
	"Hợp tác xã Nông nghiệp",
	"Quỹ Tín dụng nhân dân",
	"Điện lực",
	"Bưu điện",
	"Hạt Kiểm lâm",
	"Ban Quản lý chợ",
	"Trung tâm Dịch vụ công",
};

static struct unit *unit_add(struct tree *tree, uint64_t code, enum org_level level, uint64_t parent)
{
	struct unit *u = &tree->units[tree->count++];
	*u = (struct unit){
		.code = code, .level = level, .parent = parent, .connectivity = connectivity_online
	};
	u->valid_from = date_from_civil(2025, 7, 1);
	return u;
}

static void add_above(struct tree *tree)
{
	struct unit *u;

	tree->centre = tree->count;
	u = unit_add(tree, 1, org_level_central, 0);
	snprintf(u->name, sizeof u->name, "Ban Chấp hành Trung ương");
	u->valid_from = date_from_civil(1930, 2, 3);
	tree->province = tree->count;
	u = unit_add(tree, 44, org_level_attached, 1);
	snprintf(u->name, sizeof u->name, "Đảng bộ tỉnh Trường Sơn");
	u->party_code = 44;
	tree->facility = tree->count;
	u = unit_add(tree, 900, org_level_attached, 1);
	snprintf(u->name, sizeof u->name, "Cơ sở in thẻ đảng viên");
	tree->commune = tree->count;
	u = unit_add(tree, 44017, org_level_superior, 44);
	snprintf(u->name, sizeof u->name, "Đảng bộ xã Bình Sơn");
}

// A cell of one of the villages' committees; one in twelve is remote.
static void add_cell(struct tree *tree, struct chance *c, struct unit *above, unsigned number)
{
	struct unit *u = unit_add(tree, above->code * 100 + number, org_level_cell, above->code);
	snprintf(u->name, sizeof u->name, "Chi bộ thôn %u, %s", number, above->name + strlen("Đảng bộ "));
	u->has_members = true;
	u->remote = chance_permille(c, 83);
	if (u->remote)
		u->connectivity = chance_permille(c, 300) ? connectivity_offline : connectivity_intermittent;
}

// Weights between 0.5 and 1.8, so that cells are as uneven as they are.
static void spread_members(struct tree *tree, struct chance *c, uint32_t members)
{
	uint64_t total = 0, seen = 0;
	uint32_t given = 0, *weight = calloc(tree->count, sizeof *weight);

	if (!weight)
		abort();
	for (size_t i = 0; i < tree->count; i++) {
		weight[i] = tree->units[i].has_members ? 500 + chance_below(c, 1300) : 0;
		total += weight[i];
	}
	for (size_t i = 0; i < tree->count; i++) {
		struct unit *u = &tree->units[i];
		seen += weight[i];
		u->first = given;
		u->members = (uint32_t)(seen * members / total) - given;
		given += u->members;
	}
	free(weight);
}

bool tree_make(struct tree *tree, uint64_t seed, uint32_t organisations, uint32_t members)
{
	struct chance c;
	uint32_t committees = organisations * 12 / 134, alone = organisations * 32 / 134, cells;

	chance_init(&c, seed, 1);
	committees = committees ? committees : 1;
	alone = alone ? alone : 1;
	if (organisations < committees + alone + 1)
		return false;
	cells = organisations - committees - alone;
	memset(tree, 0, sizeof *tree);
	tree->units = calloc(organisations + 4u, sizeof *tree->units);
	if (!tree->units)
		return false;
	add_above(tree);
	uint64_t commune = tree->units[tree->commune].code;
	for (uint32_t i = 0; i < committees; i++) {
		struct unit *u = unit_add(tree, commune * 100 + 1 + i, org_level_grassroots, commune);
		unsigned below = cells * (i + 1) / committees - cells * i / committees;
		snprintf(u->name, sizeof u->name, "Đảng bộ %s",
			 villages[(i * 7 + seed) % (sizeof villages / sizeof *villages)]);
		for (unsigned k = 1; k <= below; k++)
			add_cell(tree, &c, u, k);
	}
	for (uint32_t i = 0; i < alone; i++) {
		struct unit *u = unit_add(tree, commune * 100 + 51 + i, org_level_grassroots, commune);
		size_t kinds = sizeof offices / sizeof *offices;
		if (i < kinds)
			snprintf(u->name, sizeof u->name, "Chi bộ cơ sở %s", offices[i]);
		else
			snprintf(u->name, sizeof u->name, "Chi bộ cơ sở %s %s", offices[4 + i % 7],
				 villages[(i * 5 + seed) % (sizeof villages / sizeof *villages)]);
		u->has_members = true;
	}
	spread_members(tree, &c, members);
	return true;
}

void tree_deinit(struct tree *tree)
{
	free(tree->units);
}
