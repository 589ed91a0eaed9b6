// What is known of every act.
#include "domain/act.h"
#include "test.h"

test(every_act_of_the_schema_has_a_nature)
{
	for (size_t i = 0; i < act_values.count; i++)
		check(act_nature((enum act)act_values.list[i].number)->known);
}

test(what_is_no_act_has_none)
{
	check(!act_nature((enum act)0)->known);
	check(!act_nature((enum act)19)->known);
	check(!act_nature((enum act)60000)->known);
}

int main(void)
{
	run(every_act_of_the_schema_has_a_nature);
	run(what_is_no_act_has_none);
	return test_summary();
}
