// CSV files as Excel saves them in Vietnam, and the cells in them.
#include <unistr.h>

#include "csv_rows.h"
#include "common/language.h"
#include "test.h"

#include "base/subject.h"

#define list_header_row "Số lý lịch;Số thẻ;Ảnh;Loại đề nghị;Chi bộ\r\n"

static struct form_rows parse(const struct form *form, const char *text)
{
	struct form_rows rows;

	check(form_parse(form, bytes_of_text(text), &rows) == error_none);
	faults_sort(&rows.faults);
	return rows;
}

static bool fault_is(const struct form_rows *rows, size_t i, uint32_t row, enum field field,
		     enum reason reason)
{
	if (i >= rows->faults.count)
		return false;
	const struct fault *f = &rows->faults.list[i];
	if (f->row == row && f->field == field && f->reason == reason)
		return true;
	printf("# row %u, %s, %s\n", f->row, codec_value_name(&field_values, f->field),
	       codec_value_name(&reason_values, f->reason));
	return false;
}

test(a_file_of_excel_with_bom_semicolons_and_crlf_is_read)
{
	struct form_rows r = parse(&list_form,
				   "\xef\xbb\xbf" list_header_row "123456AB;44.000123;a.jpg;Đổi thẻ;440\r\n");
	const struct list_line *l = form_row(&r, 0);

	check_u64(r.faults.count, 0);
	check_u64(r.count, 1);
	check(bytes_equal(l->row.profile_number, bytes_of_text("123456AB")));
	check(l->row.has_card_number);
	check_u64(l->row.card_number, 44000123);
	check_text(l->photo_path, "a.jpg");
	check_u64(l->kind, request_kind_exchange);
	check_u64(l->cell, 440);
	form_rows_deinit(&r);
}

test(commas_lf_tabs_quotes_and_sep_lines_mean_the_same)
{
	static const char *const files[] = {
		"profile_number,card_number,photo\n123456ab,44000123,\"a, b.jpg\"\n",
		"profile_number\tcard_number\tphoto\r123456ab\t44000123\t\"a, b.jpg\"\r",
		"sep=|\nprofile_number|card_number|photo\n123456ab|44000123|a, b.jpg",
		"\"profile_number\";\"card_number\";\"photo\"\r\n\"123456ab\";\"44.000123\";\"a, b.jpg\"\r\n;;\r\n",
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct form_rows r = parse(&list_form, files[i]);
		const struct list_line *l = form_row(&r, 0);
		check_u64(r.faults.count, 0);
		check_u64(r.count, 1);
		check(bytes_equal(l->row.profile_number, bytes_of_text("123456AB")));
		check_u64(l->row.card_number, 44000123);
		check_text(l->photo_path, "a, b.jpg");
		form_rows_deinit(&r);
	}
}

test(columns_come_in_any_order_by_vietnamese_or_english_name_with_or_without_tones)
{
	struct form_rows r = parse(&list_form, "ANH,chi bo,Profile-Number\nx.jpg,12,654321Z\n");
	const struct list_line *l = form_row(&r, 0);

	check_u64(r.faults.count, 0);
	check_text(l->photo_path, "x.jpg");
	check_u64(l->cell, 12);
	form_rows_deinit(&r);
}

test(decomposed_letters_become_composed_ones)
{
	struct form_rows r = parse(&officers_form, "login,full_name,citizen_id,role,organisation\n"
						   "a,Tra\xcc\x82\xcc\x80n A,001090000001,cell_officer,5\n");
	const struct officer_line *o = form_row(&r, 0);

	check_u64(r.faults.count, 0);
	check(bytes_equal(o->row.full_name, bytes_of_text("Trần A")));
	form_rows_deinit(&r);
}

test(every_error_of_a_file_is_found_at_once_by_row_and_column)
{
	struct form_rows r = parse(&list_form, list_header_row "12-34;44.1;;Đổi;x\r\n"
							       "\r\n"
							       ";;;;12\r\n"
							       "123456AB;44.000001;;Cấp mới;12\r\n"
							       "123456ab;44.000002;;Cấp mới (1-TĐV);12\r\n");

	list_check(&r, 1999);
	faults_sort(&r.faults);
	// Row 2, its cells from left to right; row 3 is empty; row 4 has no profile number; row 6 repeats
	// row 5.
	check(fault_is(&r, 0, 2, field_profile_number, reason_malformed));
	check(fault_is(&r, 1, 2, field_card_number, reason_malformed));
	check(fault_is(&r, 2, 2, field_kind, reason_malformed));
	check(fault_is(&r, 3, 2, field_home_cell, reason_malformed));
	check(fault_is(&r, 4, 4, field_profile_number, reason_missing));
	bool doubled = false;
	for (size_t i = 0; i < r.faults.count; i++)
		doubled = doubled || fault_is(&r, i, 6, field_profile_number, reason_duplicate);
	check(doubled);
	check_text(r.faults.list[0].value, "12-34");
	check_text(r.faults.list[0].header, "Số lý lịch");
	form_rows_deinit(&r);
}

test(rows_are_numbered_as_excel_shows_them_also_after_a_cell_of_two_lines)
{
	struct form_rows r = parse(&list_form, "photo,profile_number\r\n\"a\r\nb\",123456A\r\n\r\nc,bad\r\n");

	check_u64(r.count, 2);
	check_u64(r.numbers[0], 2);
	check_u64(r.numbers[1], 4);
	check(fault_is(&r, 0, 4, field_profile_number, reason_malformed));
	form_rows_deinit(&r);
}

test(a_missing_column_is_one_error_and_an_unknown_one_a_note)
{
	struct form_rows r = parse(&list_form, "STT;Màu;Ảnh\r\n1;đỏ;a.jpg\r\n");

	check_u64(r.faults.count, 1);
	check(fault_is(&r, 0, 1, field_profile_number, reason_missing));
	check_u64(r.notes.count, 1);
	check_text(r.notes.list[0].header, "Màu");
	form_rows_deinit(&r);
}

test(without_a_column_that_every_row_needs_no_row_is_good_and_none_is_judged)
{
	struct form_rows r = parse(&officers_form, "full_name;citizen_id;role;organisation\n"
						   "Trần Thị Bình;001180000001;cell_officer;31\n");

	officers_check(&r);
	check_u64(r.faults.count, 1);
	check(fault_is(&r, 0, 1, field_actor, reason_missing));
	check_u64(r.count, 1);
	check(r.bad[0]);
	form_rows_deinit(&r);

	r = parse(&members_form, "full_name;citizen_id\nTrần Thị Bình;001180000001\n");
	members_check(&r);
	for (size_t i = 0; i < r.faults.count; i++)
		check_u64(r.faults.list[i].row, 1);
	check(r.bad[0]);
	form_rows_deinit(&r);
}

test(what_is_no_csv_in_utf8_says_how_to_save_it)
{
	static const char windows[] = "profile_number\n123456A\xd0\n";
	struct form_rows r = parse(&list_form, windows), s, t, u, v;

	check(r.faults.count > 0 && r.faults.list[0].row == 2 && strstr(r.faults.list[0].hint, "UTF-8"));
	form_rows_deinit(&r);
	check(form_parse(&list_form, bytes_of("\xff\xfep\0r\0", 6), &s) == error_none);
	check(s.faults.count == 1 && strstr(s.faults.list[0].hint, "UTF-16"));
	form_rows_deinit(&s);
	t = parse(&list_form, "PK\x03\x04....");
	check(t.faults.count == 1 && strstr(t.faults.list[0].hint, "workbook"));
	form_rows_deinit(&t);
	u = parse(&list_form, "profile_number,photo\n123456A,\"open\n");
	check(u.faults.count == 1 && strstr(u.faults.list[0].hint, "never closed"));
	form_rows_deinit(&u);
	v = parse(&list_form, "");
	check(fault_is(&v, 0, 0, field_whole, reason_empty));
	form_rows_deinit(&v);
}

test(what_hides_in_a_file_is_not_read_as_something_else)
{
	static const char nul[] = list_header_row "123456AB;44.000123;a\0b.jpg;Đổi thẻ;440\r\n";
	struct form_rows r;

	check(form_parse(&list_form, bytes_of(nul, sizeof nul - 1), &r) == error_none);
	check(fault_is(&r, 0, 0, field_whole, reason_malformed));
	check_u64(r.count, 0);
	form_rows_deinit(&r);
	r = parse(&list_form, "\r\n\r\n" list_header_row "123456AB;44.000123;a.jpg;Đổi thẻ;440\r\n");
	check_u64(r.faults.count, 0); // empty lines before the header do not hide the separator
	check_u64(r.count, 1);
	form_rows_deinit(&r);

	struct faults faults = { 0 };
	char book[2001] = { 0 };
	for (size_t i = 0; i < 1000; i++)
		memcpy(book + 2 * i, "ơ", 2); // NOLINT(bugprone-not-null-terminated-result): a piece of the whole
	fault_add(&faults, 2, 0, field_full_name, reason_too_many, book);
	check(strlen(faults.list[0].value) <= 404);
	check(u8_check((const uint8_t *)faults.list[0].value, strlen(faults.list[0].value)) == NULL);
	faults_deinit(&faults);
}

test(numbers_that_excel_spoiled_are_refused_with_a_hint)
{
	struct form_rows r = parse(&officers_form, "login,full_name,citizen_id,role,organisation\n"
						   "a,A,1090000001,cell_officer,5\n"
						   "b,B,1.09E+09,cell_officer,5\n");

	check_u64(r.faults.count, 2);
	check(fault_is(&r, 0, 2, field_citizen_id, reason_malformed));
	check(r.faults.list[0].hint && strstr(r.faults.list[0].hint, "zero"));
	check(r.faults.list[1].hint && strstr(r.faults.list[1].hint, "rounded"));
	form_rows_deinit(&r);
}

test(a_member_needs_dates_in_order_and_a_card_its_day_of_issue)
{
	static const char text[] =
		"full_name,birth_date,sex,citizen_id,profile_number,admission_date,official_date,type,home_"
		"cell,card_number\n"
		"A,1/2/1980,Nam,001080000001,000001A,03/02/2005,03/02/2006,Chính thức,5,\n"
		"B,1/2/1980,nữ,001180000002,000002A,03/02/2005,03/02/2004,official,5,\n"
		"C,31/02/1980,Nam,001080000003,000003A,03/02/2005,,Dự bị,5,\n"
		"D,1/2/1980,Nam,001080000004,000004A,03/02/2005,,official,5,\n"
		"E,1/2/1980,Nam,001080000005,000005A,03/02/2005,03/02/2006,official,5,44000001\n";
	struct form_rows r = parse(&members_form, text);

	members_check(&r);
	faults_sort(&r.faults);
	check_u64(r.faults.count, 4);
	check(fault_is(&r, 0, 3, field_official_date, reason_date_order));
	check(fault_is(&r, 1, 4, field_birth_date, reason_malformed));
	check(fault_is(&r, 2, 5, field_official_date, reason_missing));
	check(fault_is(&r, 3, 6, field_card_issued, reason_missing));
	const struct member_row *m = &((struct member_line *)form_row(&r, 0))->row;
	check_u64(m->status, member_status_active);
	check_u64(m->present_cell, 5);
	check_u64(m->birth_date, date_from_civil(1980, 2, 1));
	form_rows_deinit(&r);
}

test(a_list_speaks_of_one_cell_and_one_kind)
{
	struct form_rows r = parse(
		&list_form, "profile_number,kind,cell\n000001A,new,5\n000002A,exchange,5\n000003A,new,6\n");

	list_check(&r, 1999);
	faults_sort(&r.faults);
	check_u64(r.faults.count, 2);
	check(fault_is(&r, 0, 3, field_kind, reason_other_kind));
	check(fault_is(&r, 1, 4, field_home_cell, reason_other_cell));
	form_rows_deinit(&r);
}

test(cells_are_read_strictly)
{
	int32_t date;
	uint32_t number;
	uint64_t item;
	unsigned value;
	char profile[10];

	check(cell_date("2026-01-31", &date) && cell_date("31/01/2026", &date) &&
	      cell_date("1/2/2026", &date) && cell_date("1.2.2026", &date));
	check_u64(date, date_from_civil(2026, 2, 1));
	check(!cell_date("31/02/2026", &date) && !cell_date("1/2/26", &date) && !cell_date("2026", &date) &&
	      !cell_date("1/2/2026 x", &date));
	check(cell_card("44.000123", &number) && number == 44000123);
	check(!cell_card("44.000000", &number) && !cell_card("44.12", &number) &&
	      !cell_card("44,000123", &number));
	check(cell_pair("12-3", &item) && item == item_of(12, 3));
	check(cell_pair("786435", &item) && item == 786435);
	// A box that an organisation packed has a name of its own, and its number is still understood.
	check(cell_pair("G-7", &item) && item == parcels_from + 7 && cell_pair("g-7", &item) && item == parcels_from + 7);
	check(!cell_pair("G-0", &item) && !cell_pair("G-", &item) && !cell_pair("G-7x", &item) && !cell_pair("H-7", &item));
	check(!cell_pair("12-0", &item) && !cell_pair("12-70000", &item) && !cell_pair("-3", &item) &&
	      !cell_pair("12-3x", &item));
	check(cell_value(&request_kind_values, "đổi thẻ", &value) && value == request_kind_exchange);
	check(cell_value(&request_kind_values, "Cấp mới (1-TĐV)", &value) && value == request_kind_new);
	check(cell_value(&request_kind_values, "EXCHANGE", &value) &&
	      !cell_value(&request_kind_values, "swap", &value));
	check(cell_profile("123456hn", profile) && strcmp(profile, "123456HN") == 0);
	check(!cell_profile("12345HN", profile) && !cell_profile("123456", profile) &&
	      !cell_profile("123456ABCD", profile));
}

test(boxes_and_yes_are_read_as_people_write_them)
{
	struct form_rows r = parse(
		&counts_form,
		"Hộp;Số lượng;Niêm phong còn nguyên\r\n1-2;30;Có\r\n1-3;29;không\r\n1-4;5;có lẽ\r\n");
	const struct box_count_row *a = form_row(&r, 0), *b = form_row(&r, 1);

	check_u64(a->box, item_of(1, 2));
	check_u64(a->counted, 30);
	check(a->seal_intact && !b->seal_intact);
	check_u64(r.faults.count, 1);
	check_u64(r.faults.list[0].row, 4);
	form_rows_deinit(&r);
}

test(reasons_are_told_in_vietnamese_and_in_english)
{
	check(language_set("vi", "/nowhere"));
	check_text(language_reason(reason_not_official), "Chưa phải là đảng viên chính thức");
	check(language_set("en", "/nowhere"));
	check_text(language_reason(reason_not_official), "not an official member yet");
	check_text(language_label(&request_state_values, request_state_on_hold), "on hold");
	for (size_t i = 0; i < reason_values.count; i++) // one for each: none falls back to its name
		check(!strchr(reason_values.list[i].name, '_') ||
		      strcmp(language_reason((enum reason)reason_values.list[i].number),
			     reason_values.list[i].name) != 0);
	check(!language_set("fr", "/nowhere"));
}

int main(void)
{
	run(a_file_of_excel_with_bom_semicolons_and_crlf_is_read);
	run(commas_lf_tabs_quotes_and_sep_lines_mean_the_same);
	run(columns_come_in_any_order_by_vietnamese_or_english_name_with_or_without_tones);
	run(decomposed_letters_become_composed_ones);
	run(every_error_of_a_file_is_found_at_once_by_row_and_column);
	run(rows_are_numbered_as_excel_shows_them_also_after_a_cell_of_two_lines);
	run(a_missing_column_is_one_error_and_an_unknown_one_a_note);
	run(without_a_column_that_every_row_needs_no_row_is_good_and_none_is_judged);
	run(what_is_no_csv_in_utf8_says_how_to_save_it);
	run(what_hides_in_a_file_is_not_read_as_something_else);
	run(numbers_that_excel_spoiled_are_refused_with_a_hint);
	run(a_member_needs_dates_in_order_and_a_card_its_day_of_issue);
	run(a_list_speaks_of_one_cell_and_one_kind);
	run(cells_are_read_strictly);
	run(boxes_and_yes_are_read_as_people_write_them);
	run(reasons_are_told_in_vietnamese_and_in_english);
	return test_summary();
}
