// What the log says of an entry.
#include "base/subject.h"
#include "runtime/engine_private.h"
#include "runtime_said.h"

test(at_level_debug_every_entry_is_told_with_whose_it_is)
{
	nodes_open();
	listen_in(log_level_debug);
	struct origin o = { .actor = 7, .submission = 12 };
	ensure(engine_take_local(nodes[intake].engine, 1, &o, local_type, op_bytes(op_send, 17)) == error_none);
	turn_of(intake);
	listen_no_more();
	check(strstr(said, "put_out entry=1 turn=1 message=list_opened"));
	check(strstr(said, "submission=12"));
	nodes_close();
}

static const char *told_of(uint16_t type, bool has_subject, uint64_t subject, struct bytes body)
{
	static char fields[entry_fields_size];
	struct buffer envelope = { 0 };
	envelope_encode(&(struct envelope){ .type = type, .has_subject = has_subject, .subject = subject, .has_submission = true,
					    .submission = 4, .body = body },
			&envelope);
	entry_fields(buffer_bytes(&envelope), fields);
	buffer_deinit(&envelope);
	return fields;
}

test(an_entry_about_a_request_names_it_and_its_list)
{
	struct buffer body = { 0 };
	char none[entry_fields_size] = "kept";
	request_verified_encode(&(struct request_verified){ .request = item_of(12, 3), .member = 17, .list = 12 }, &body);
	check_text(told_of(message_type_request_verified, true, subject_of(subject_kind_member, 17), buffer_bytes(&body)),
		   " message=request_verified member=17 request=12-3 list=12 submission=4");
	check_text(told_of(message_type_request_verified, true, subject_of(subject_kind_list, 12), buffer_bytes(&body)),
		   " message=request_verified list=12 request=12-3 submission=4");
	check_text(told_of(message_type_request_verified, false, 0, buffer_bytes(&body)),
		   " message=request_verified request=12-3 list=12 submission=4");
	check_text(told_of(message_type_request_verified, false, 0, bytes_of_text("nonsense")),
		   " message=request_verified submission=4");
	check_text(entry_fields(bytes_of_text("nonsense"), none), "");
	buffer_deinit(&body);
}

int main(void)
{
	run(at_level_debug_every_entry_is_told_with_whose_it_is);
	run(an_entry_about_a_request_names_it_and_its_list);
	return test_summary();
}
