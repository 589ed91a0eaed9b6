// One door writes; readers in its process and in others see what was synced and nothing else.
#include "store_vault_scene.h"

static void is_busy(void)
{
	struct vault *vault;

	check(open_as(&vault, true, 64 << 20) == error_busy);
}

test(there_is_one_door)
{
	struct vault *vault = new_vault(), *second;

	check(open_as(&second, true, 64 << 20) == error_busy);
	check(killed_after(is_busy));
	vault_close(vault);
	vault_close(door());
}

test(a_reader_finds_no_vault_before_the_door_opened_it)
{
	struct vault *vault;

	new_folders();
	check(open_as(&vault, false, 0) == error_absent);
}

static int answers[2], questions[2];

// A reader in a process of its own: for each question it says how many attachments it can read and what person 1 is.
static void answer_questions(void)
{
	struct vault *vault = reader();
	char byte, answer[100];

	while (read(questions[0], &byte, 1) == 1) {
		memset(answer, 0, sizeof answer);
		bool is_found = found(vault, vault_index_citizen, "1") > 0;
		snprintf(answer, sizeof answer, "%.40s %.40s %s", text_of(vault, 1), attachment_of(vault, 1),
			 is_found ? "found" : "not found");
		check(write(answers[1], answer, sizeof answer) == sizeof answer);
	}
}

static const char *asked(void)
{
	static char answer[100];

	check(write(questions[1], "?", 1) == 1);
	check(read(answers[0], answer, sizeof answer) == sizeof answer);
	return answer;
}

test(a_reader_in_another_process_sees_what_was_synced_and_nothing_else)
{
	struct vault *vault = new_vault();

	check(pipe(questions) == 0 && pipe(answers) == 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		close(questions[1]);
		answer_questions();
		_exit(test_failures_here ? 1 : 0);
	}
	check_text(asked(), "absent absent not found");
	person_with(vault, "1", "An");
	attach(vault, "photo");
	check_text(asked(), "absent absent not found");
	check(vault_sync(vault) == error_none);
	check_text(asked(), "An photo found");
	check(vault_person_erase(vault, 1) == error_none);
	check_text(asked(), "An photo found");
	check(vault_sync(vault) == error_none);
	check_text(asked(), "absent photo not found");
	close(questions[1]);
	int status;
	waitpid(child, &status, 0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	vault_close(vault);
}

test(a_reader_in_the_same_process_sees_what_was_synced_and_nothing_else)
{
	struct vault *vault = new_vault(), *other = reader();

	person_with(vault, "1", "An");
	attach(vault, "photo");
	check_text(text_of(vault, 1), "An");
	check_text(text_of(other, 1), "absent");
	check(vault_sync(vault) == error_none);
	check_text(text_of(other, 1), "An");
	check_text(attachment_of(other, 1), "photo");
	vault_close(vault);
	check_text(text_of(other, 1), "An");
	vault = door();
	person_with(vault, "2", "Binh");
	check(vault_sync(vault) == error_none);
	check_text(text_of(other, 2), "Binh");
	vault_close(other);
	vault_close(vault);
}

test(look_ups_of_a_batch_share_a_view_and_see_what_the_door_puts)
{
	struct vault *vault = new_vault(), *beside = NULL;

	uint64_t person = person_with(vault, "001", "first");
	check(vault_sync(vault) == error_none);
	beside = reader();
	vault_read_begin(beside);
	vault_read_begin(vault);
	check(found(beside, vault_index_citizen, "001") == person && found(vault, vault_index_citizen, "001") == person);
	uint64_t other = person_with(vault, "002", "second");
	check(found(vault, vault_index_citizen, "002") == other); // before it is synced …
	check_text(text_of(vault, other), "second");
	check(vault_sync(vault) == error_none);
	check(found(vault, vault_index_citizen, "002") == other); // … and after
	check(found(beside, vault_index_citizen, "002") == 0);
	vault_read_end(beside);
	check(found(beside, vault_index_citizen, "002") == other);
	vault_close(beside);
	vault_close(vault); // in the midst of a batch
}

int main(void)
{
	run(there_is_one_door);
	run(a_reader_finds_no_vault_before_the_door_opened_it);
	run(a_reader_in_another_process_sees_what_was_synced_and_nothing_else);
	run(a_reader_in_the_same_process_sees_what_was_synced_and_nothing_else);
	run(look_ups_of_a_batch_share_a_view_and_see_what_the_door_puts);
	return test_summary();
}
