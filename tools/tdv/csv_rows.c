#include "csv_rows.h"

#include <stddef.h>
#include <string.h>

#include "base/ensure.h"
#include "common/language.h"

#define column(s, f, k, m, ...)                                                                              \
	{                                                                                                    \
		.field = field_##f, .kind = cell_kind_##k, .at = offsetof(struct s, m), __VA_ARGS__          \
	}
#define needed .required = true
#define optional(s, m) .has_at = offsetof(struct s, m)

// What people keep in such files for themselves.
#define own_columns "|STT|TT|No|Ghi chú|Note|Notes|"

static const struct form_column organisation_columns[] = {
	column(organisation_row, code, code, code, needed, .also = "|Mã|Mã TCĐ|"),
	column(organisation_row, name_, text, name, needed, .max = 300, .also = "|Tên tổ chức|"),
	column(organisation_row, level, value, level, needed, .values = &org_level_values),
	column(organisation_row, parent, code, parent, needed, .also = "|Trực thuộc|"),
	column(organisation_row, valid_from, date, valid_from, needed),
	column(organisation_row, party_code, party, party_code, optional(organisation_row, has_party_code)),
	column(organisation_row, connectivity, value, connectivity, .values = &connectivity_values),
	column(organisation_row, whole, yes, remote, .name = "remote", .label = "Vùng sâu, vùng xa"),
};
const struct form organisations_form = { organisation_columns, array_size(organisation_columns),
					 sizeof(struct organisation_row), own_columns, N_("organisations") };

static const struct form_column member_columns[] = {
	column(member_line, full_name, text, row.full_name, needed, .max = 120, .also = "|Họ tên|"),
	column(member_line, birth_date, date, row.birth_date, needed),
	column(member_line, sex, value, row.sex, needed, .values = &sex_values),
	column(member_line, citizen_id, digits12, row.citizen_id, needed,
	       .also = "|CCCD|Số CCCD|Số định danh cá nhân|"),
	column(member_line, phone, phone, row.phone, optional(member_line, row.has_phone),
	       .also = "|Số điện thoại|"),
	column(member_line, profile_number, profile, row.profile_number, needed, .also = "|Số LL|"),
	column(member_line, admission_date, date, row.admission_date, needed),
	column(member_line, official_date, date, row.official_date,
	       optional(member_line, row.has_official_date)),
	column(member_line, type, value, row.type, needed, .values = &member_type_values),
	column(member_line, status, value, row.status, .values = &member_status_values),
	{ .field = field_whole,
	  .kind = cell_kind_date,
	  .at = offsetof(struct member_line, row.status_date),
	  .has_at = offsetof(struct member_line, row.has_status_date),
	  .name = "status_date",
	  .label = "Ngày của tình trạng" },
	column(member_line, home_cell, code, row.home_cell, needed, .also = "|Mã chi bộ|"),
	column(member_line, present_cell, code, row.present_cell),
	column(member_line, photo, path, photo_path),
	{ .field = field_discipline,
	  .kind = cell_kind_date,
	  .at = offsetof(struct member_line, row.discipline_until),
	  .has_at = offsetof(struct member_line, row.has_discipline_until),
	  .also = "|Kỷ luật đến|discipline_until|" },
	column(member_line, card_number, card, row.card_number, optional(member_line, row.has_card_number),
	       .also = "|Số thẻ đảng|"),
	column(member_line, card_generation, value, row.card_generation,
	       optional(member_line, row.has_card_generation), .values = &card_generation_values),
	column(member_line, card_issued, date, row.card_issued, optional(member_line, row.has_card_issued)),
	column(member_line, stamped_boxes, boxes, row.stamped_boxes,
	       optional(member_line, row.has_stamped_boxes)),
};
const struct form members_form = { member_columns, array_size(member_columns), sizeof(struct member_line),
				   own_columns, N_("members") };

// What is not there stays as it is; so a whole file of members, and one of two columns, can be an update.  A cell of "-"
// empties what a member can be without.
static const struct form_column update_columns[] = {
	column(update_line, profile_number, profile, row.profile_number, needed, .also = "|Số LL|"),
	column(update_line, full_name, text, row.full_name, optional(update_line, row.has_full_name), .max = 120,
	       .also = "|Họ tên|"),
	column(update_line, birth_date, date, row.birth_date, optional(update_line, row.has_birth_date)),
	column(update_line, sex, value, row.sex, optional(update_line, row.has_sex), .values = &sex_values),
	column(update_line, citizen_id, digits12, row.citizen_id, optional(update_line, row.has_citizen_id),
	       .also = "|CCCD|Số CCCD|Số định danh cá nhân|"),
	column(update_line, phone, phone, row.phone, optional(update_line, row.has_phone), .also = "|Số điện thoại|",
	       .empty_at = offsetof(struct update_line, no_phone)),
	column(update_line, admission_date, date, row.admission_date, optional(update_line, row.has_admission_date)),
	column(update_line, official_date, date, row.official_date, optional(update_line, row.has_official_date),
	       .empty_at = offsetof(struct update_line, no_official_date)),
	column(update_line, type, value, row.type, optional(update_line, row.has_type), .values = &member_type_values),
	column(update_line, status, value, row.status, optional(update_line, row.has_status), .values = &member_status_values),
	{ .field = field_whole, .kind = cell_kind_date, .at = offsetof(struct update_line, row.status_date),
	  .has_at = offsetof(struct update_line, row.has_status_date), .name = "status_date", .label = "Ngày của tình trạng" },
	column(update_line, home_cell, code, row.home_cell, optional(update_line, row.has_home_cell), .also = "|Mã chi bộ|"),
	column(update_line, present_cell, code, row.present_cell, optional(update_line, row.has_present_cell)),
	column(update_line, photo, path, photo_path, .empty_at = offsetof(struct update_line, no_photo)),
	{ .field = field_discipline, .kind = cell_kind_date, .at = offsetof(struct update_line, row.discipline_until),
	  .has_at = offsetof(struct update_line, row.has_discipline_until),
	  .empty_at = offsetof(struct update_line, no_discipline), .also = "|Kỷ luật đến|discipline_until|" },
	column(update_line, card_number, card, row.card_number, optional(update_line, row.has_card_number),
	       .also = "|Số thẻ đảng|"),
};
const struct form updates_form = { update_columns, array_size(update_columns), sizeof(struct update_line),
				   own_columns "Thế hệ thẻ|card_generation|Ngày cấp thẻ|card_issued|Ô kiểm tra|stamped_boxes|",
				   N_("updates of members") };

static const struct form_column transfer_columns[] = {
	column(transfer_row, profile_number, profile, profile_number, needed, .also = "|Số LL|"),
	column(transfer_row, organisation, code, organisation, .also = "|Chi bộ mới|Nơi đến|to|"),
	column(transfer_row, scope, value, scope, .values = &transfer_scope_values),
	column(transfer_row, date, date, date, needed, .also = "|Ngày chuyển|"),
	column(transfer_row, decision, text, decision, needed, .max = 40, .also = "|Số quyết định|"),
};
const struct form transfers_form = { transfer_columns, array_size(transfer_columns), sizeof(struct transfer_row),
				     own_columns "Họ và tên|full_name|", N_("transfers") };

static const struct form_column officer_columns[] = {
	{ .field = field_actor,
	  .kind = cell_kind_text,
	  .required = true,
	  .max = 60,
	  .at = offsetof(struct officer_line, login),
	  .name = "login",
	  .label = "Tên đăng nhập" },
	column(officer_line, full_name, text, row.full_name, needed, .max = 120, .also = "|Họ tên|"),
	column(officer_line, citizen_id, digits12, row.citizen_id, needed, .also = "|CCCD|Số CCCD|"),
	{ .field = field_type,
	  .kind = cell_kind_value,
	  .required = true,
	  .values = &role_values,
	  .at = offsetof(struct officer_line, row.role),
	  .name = "role",
	  .label = "Vai trò" },
	column(officer_line, organisation, code, row.organisation, needed, .also = "|Mã tổ chức|"),
};
const struct form officers_form = { officer_columns, array_size(officer_columns), sizeof(struct officer_line),
				    own_columns, N_("officers") };

static const struct form_column list_columns[] = {
	column(list_line, profile_number, profile, row.profile_number, needed, .also = "|Số LL|"),
	column(list_line, card_number, card, row.card_number, optional(list_line, row.has_card_number)),
	column(list_line, photo, path, photo_path),
	column(list_line, evidence, path, evidence_path),
	column(list_line, kind, value, kind, optional(list_line, has_kind), .values = &request_kind_values),
	column(list_line, reason, value, reason, optional(list_line, has_reason),
	       .values = &request_reason_values),
	column(list_line, home_cell, code, cell, optional(list_line, has_cell), .also = "|Mã chi bộ|cell|"),
	column(list_line, loss, value, loss, optional(list_line, has_loss), .values = &loss_assessment_values,
	       .also = "|Kết luận mất thẻ|"),
	{ .field = field_old_card, .kind = cell_kind_yes, .at = offsetof(struct list_line, row.card_enclosed),
	  .has_at = offsetof(struct list_line, row.has_card_enclosed), .name = "card_enclosed", .label = "Gửi kèm thẻ cũ" },
	column(list_line, request, request, row.request, optional(list_line, row.has_request), .also = "|Bổ sung đề nghị|"),
};
const struct form list_form = { list_columns, array_size(list_columns), sizeof(struct list_line),
				own_columns "Họ và tên|Họ tên|full_name|Ngày sinh|birth_date|",
				N_("a list of requests") };

static const struct form_column hand_over_columns[] = {
	column(hand_over_line, card_number, card, row.card_number, needed),
	column(hand_over_line, receipt, value, row.receipt, optional(hand_over_line, has_receipt),
	       .values = &receipt_kind_values),
	{ .field = field_evidence,
	  .kind = cell_kind_path,
	  .at = offsetof(struct hand_over_line, proof_path),
	  .name = "proof",
	  .label = "Bản ký nhận" },
	{ .field = field_old_card,
	  .kind = cell_kind_yes,
	  .at = offsetof(struct hand_over_line, row.old_collected),
	  .has_at = offsetof(struct hand_over_line, has_old),
	  .name = "old_collected",
	  .label = "Đã thu thẻ cũ" },
	{ .field = field_valid_from,
	  .kind = cell_kind_date,
	  .at = offsetof(struct hand_over_line, row.date),
	  .has_at = offsetof(struct hand_over_line, has_date),
	  .name = "date",
	  .label = "Ngày trao" },
	column(hand_over_line, home_cell, code, cell, .also = "|Mã chi bộ|cell|"),
	{ .field = field_actor,
	  .kind = cell_kind_text,
	  .max = 60,
	  .at = offsetof(struct hand_over_line, login),
	  .name = "login",
	  .label = "Người trao" },
};
const struct form hand_over_form = { hand_over_columns, array_size(hand_over_columns),
				     sizeof(struct hand_over_line),
				     own_columns "Họ và tên|full_name|Số lý lịch|profile_number|",
				     N_("hand-overs") };

static const struct form_column counts_columns[] = {
	column(box_count_row, box, box, box, needed),
	column(box_count_row, count, count, counted, needed, .also = "|counted|Số thẻ đếm được|"),
	{ .field = field_whole,
	  .kind = cell_kind_yes,
	  .required = true,
	  .at = offsetof(struct box_count_row, seal_intact),
	  .name = "seal_intact",
	  .label = "Niêm phong còn nguyên" },
};
const struct form counts_form = { counts_columns, array_size(counts_columns), sizeof(struct box_count_row),
				  own_columns "destination|Nơi nhận|declared|Số ghi|seal|Niêm phong|",
				  N_("counts of boxes") };

static const struct form_column left_out_columns[] = {
	{ .field = field_item,
	  .kind = cell_kind_request,
	  .required = true,
	  .at = offsetof(struct leave_out_row, request),
	  .name = "request",
	  .label = "Đề nghị" },
	column(leave_out_row, reason, value, reason, .values = &reason_values),
};
const struct form left_out_form = { left_out_columns, array_size(left_out_columns),
				    sizeof(struct leave_out_row), own_columns,
				    N_("requests to be left out") };

static const struct form_column check_columns[] = {
	column(check_line, card_number, card, row.card_number, optional(check_line, row.has_card_number)),
	column(check_line, profile_number, profile, row.profile_number, optional(check_line, row.has_profile_number),
	       .also = "|Số LL|"),
	column(check_line, result, value, result, optional(check_line, has_result), .values = &check_result_values,
	       .also = "|Kết quả|"),
	column(check_line, date, date, row.date, optional(check_line, row.has_date), .also = "|Ngày kiểm tra|"),
	column(check_line, evidence, path, evidence_path),
	column(check_line, home_cell, code, cell, optional(check_line, has_cell), .also = "|Mã chi bộ|cell|"),
};
const struct form checks_form = { check_columns, array_size(check_columns), sizeof(struct check_line),
				  own_columns "Họ và tên|Họ tên|full_name|Ngày sinh|birth_date|",
				  N_("a check of cards") };

// --- rows against each other and themselves

void organisations_check(struct form_rows *rows)
{
	form_doubles(rows, field_code);
	for (size_t i = 0; i < rows->count; i++) {
		struct organisation_row *o = form_row(rows, i);
		if (o->connectivity == 0)
			o->connectivity = connectivity_online;
		if (!rows->bad[i] && (o->parent == 0) != (o->level == org_level_central))
			form_fault(rows, i, field_parent, reason_wrong_level);
		if (!rows->bad[i] && o->parent == o->code)
			form_fault(rows, i, field_parent, reason_cycle);
	}
}

static void member_check(struct form_rows *rows, size_t i)
{
	struct member_row *m = &((struct member_line *)form_row(rows, i))->row;

	if (m->status == 0)
		m->status = member_status_active;
	if (m->present_cell == 0)
		m->present_cell = m->home_cell;
	if (m->has_card_number && !m->has_card_generation) {
		m->card_generation = card_generation_paper_2003;
		m->has_card_generation = true;
	}
	if (!m->has_card_number && (m->has_card_generation || m->has_card_issued || m->has_stamped_boxes)) {
		m->has_card_generation = m->has_card_issued = m->has_stamped_boxes = false;
		if (*form_text(rows, i, field_card_issued))
			form_fault(rows, i, field_card_number, reason_missing);
	}
	if (rows->bad[i])
		return;
	if (m->has_card_number && !m->has_card_issued)
		form_fault(rows, i, field_card_issued, reason_missing);
	if (m->admission_date <= m->birth_date)
		form_fault(rows, i, field_admission_date, reason_date_order);
	if (m->has_official_date && m->official_date < m->admission_date)
		form_fault(rows, i, field_official_date, reason_date_order);
	if (m->type == member_type_official && !m->has_official_date)
		form_fault(rows, i, field_official_date, reason_missing);
}

void members_check(struct form_rows *rows)
{
	form_doubles(rows, field_profile_number);
	form_doubles(rows, field_citizen_id);
	form_doubles(rows, field_card_number);
	for (size_t i = 0; i < rows->count; i++)
		member_check(rows, i);
}

void updates_check(struct form_rows *rows)
{
	form_doubles(rows, field_profile_number);
	form_doubles(rows, field_citizen_id);
}

void transfers_check(struct form_rows *rows)
{
	form_doubles(rows, field_profile_number);
	for (size_t i = 0; i < rows->count; i++) {
		struct transfer_row *m = form_row(rows, i);
		if (m->scope == 0)
			m->scope = transfer_scope_official;
	}
}

void officers_check(struct form_rows *rows)
{
	form_doubles(rows, field_actor);
	for (size_t i = 0; i < rows->count; i++) {
		struct officer_line *o = form_row(rows, i);
		// A login is a file's name.
		bool plain = o->login.size > 0 && o->login.data[0] != '.';
		for (size_t k = 0; k < o->login.size; k++)
			plain = plain &&
				strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@",
				       o->login.data[k]);
		if (!plain && o->login.size > 0)
			form_fault(rows, i, field_actor, reason_malformed);
	}
}

void list_check(struct form_rows *rows, uint32_t rows_max)
{
	const struct list_line *kind = NULL, *reason = NULL, *cell = NULL; // the first row that says it well

	form_doubles(rows, field_profile_number);
	if (rows->count > rows_max)
		fault_add(&rows->faults, 0, -1, field_count, reason_too_many, NULL);
	for (size_t i = 0; i < rows->count; i++) {
		const struct list_line *l = form_row(rows, i);
		kind = !kind && l->has_kind ? l : kind;
		reason = !reason && l->has_reason ? l : reason;
		cell = !cell && l->has_cell ? l : cell;
		if (l->has_kind && l->kind != kind->kind)
			form_fault(rows, i, field_kind, reason_other_kind);
		if (l->has_reason && l->reason != reason->reason)
			form_fault(rows, i, field_reason, reason_other_kind);
		if (l->has_cell && l->cell != cell->cell)
			form_fault(rows, i, field_home_cell, reason_other_cell);
	}
}

void hand_over_check(struct form_rows *rows)
{
	form_doubles(rows, field_card_number);
	for (size_t i = 1; i < rows->count; i++) {
		const struct hand_over_line *h = form_row(rows, i), *first = form_row(rows, 0);
		if (h->cell != first->cell)
			form_fault(rows, i, field_home_cell, reason_other_cell);
		if (!bytes_equal(h->login, first->login))
			form_fault(rows, i, field_actor, reason_conflict);
	}
}

void checks_check(struct form_rows *rows)
{
	const struct check_line *cell = NULL; // the first row that says it

	form_doubles(rows, field_card_number);
	form_doubles(rows, field_profile_number);
	for (size_t i = 0; i < rows->count; i++) {
		const struct check_line *l = form_row(rows, i);
		cell = !cell && l->has_cell ? l : cell;
		if (!rows->bad[i] && !l->row.has_card_number && !l->row.has_profile_number)
			form_fault(rows, i, field_card_number, reason_missing);
		if (l->has_cell && l->cell != cell->cell)
			form_fault(rows, i, field_home_cell, reason_other_cell);
	}
}
