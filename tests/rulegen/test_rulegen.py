#!/usr/bin/env python3
"""The rule generator: a wrong rules file fails with its line; a right one becomes what it says."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RULEGEN = ROOT / "tools/rulegen/rulegen.py"

RULES = '''version 3 "…"
document 51-CT/TW
	date    2025-08-08
	issuer  "Ban Bí thư"
	title   "Chỉ thị"
fact member.type enum member_type "Loại"
fact list.cell one of present home other "Chi bộ"
case exchange campaign
	in force from 2025-08-08
	document 51-CT/TW "khoản 1"
	"Đổi thẻ."
rule official
	for exchange campaign
	in force from 2025-08-08 until 2026-12-31
	document 51-CT/TW "khoản 2"
	when list.cell is not other
	needs member.type is official
	otherwise rejected, type, not_official
	"Chính thức."
'''

LAST = '\t"Chính thức."\n'
SETTING = '''setting approval.days_appraise 5
	in force from 2026-01-01
	document 51-CT/TW "khoản 3"
	"Thẩm định trong 5 ngày làm việc."
'''

HOLIDAY = '''holiday 2026-02-16 to 2026-02-20
	document 51-CT/TW "khoản 4"
	"Tết."
'''

# claim, what is replaced, by what, the line of the error, words of the error
REFUSED = [
    ("a_date_that_does_not_exist", "from 2025-08-08 until", "from 2025-02-30 until", 14, "no date"),
    ("a_rule_that_ends_before_it_begins", "until 2026-12-31", "until 2025-01-01", 14, "before it begins"),
    ("a_rule_in_force_before_its_document", "from 2025-08-08 until", "from 2025-08-07 until", 12, "before 51-CT/TW was issued"),
    ("a_rule_without_a_document", '\tdocument 51-CT/TW "khoản 2"\n', "", 12, "no document"),
    ("a_rule_without_a_sentence", '\t"Chính thức."\n', "", 12, "no sentence"),
    ("a_rule_without_dates_and_not_a_draft", "\tin force from 2025-08-08 until 2026-12-31\n", "", 12, "neither"),
    ("a_rule_that_is_draft_and_in_force", "until 2026-12-31\n", "until 2026-12-31\n\tdraft\n", 15, "either"),
    ("a_rule_by_a_draft_document", "document 51-CT/TW\n", "document 51-CT/TW draft\n", 12, "B1"),
    ("a_document_that_is_not_declared", '51-CT/TW "khoản 2"', '52-CT/TW "khoản 2"', 15, "no document 52-CT/TW"),
    ("a_document_without_an_issuer", '\tissuer  "Ban Bí thư"\n', "", 2, "issuer"),
    ("a_fact_that_is_not_declared", "needs member.type", "needs member.kind", 17, "no fact member.kind"),
    ("a_value_that_a_fact_never_has", "is official", "is offical", 17, "never 'offical'"),
    ("a_condition_that_always_holds", "is not other", "is present or home or other", 16, "always"),
    ("a_field_that_does_not_exist", "rejected, type,", "rejected, typ,", 18, "'typ' is not in enum field"),
    ("a_reason_that_does_not_exist", "not_official\n", "not_offical\n", 18, "'not_offical' is not in enum reason"),
    ("a_state_that_verification_does_not_decide", "otherwise rejected", "otherwise approved", 18, "approved"),
    ("a_hold_for_a_reason_that_needs_no_person", "otherwise rejected", "otherwise on_hold", 18, "on_hold goes with"),
    ("a_rule_for_a_case_that_is_not_declared", "for exchange campaign", "for new first", 13, "no case new first"),
    ("a_rule_without_an_outcome", "\totherwise rejected, type, not_official\n", "", 12, "otherwise"),
    ("a_name_too_long_for_the_record", "rule official", "rule official-members-only", 12, "at most 16"),
    ("a_fact_that_no_rule_asks_about", "\twhen list.cell is not other\n", "", 7, "no rule asks"),
    ("a_word_that_belongs_to_nothing", "\tneeds ", "\tneed ", 17, "'need' belongs to no rule"),
    ("a_quotation_that_is_not_closed", '"Chính thức."', '"Chính thức.', 19, "not closed"),
    ("the_same_rule_twice_for_the_same_days", RULES[RULES.index("rule "):], RULES[RULES.index("rule "):] * 2, 20, "stands already"),
    ("the_same_case_twice_for_the_same_days", RULES[RULES.index("case "):RULES.index("rule ")],
     RULES[RULES.index("case "):RULES.index("rule ")] * 2, 12, "in force already"),
    ("a_setting_that_is_no_number", LAST, LAST + "setting approval.days_appraise soon\n", 20, "write `setting"),
    ("a_setting_without_a_document", LAST, LAST + "setting approval.days_appraise 5\n\tin force from 2026-01-01\n\t\"…\"\n", 20,
     "no document"),
    ("the_same_setting_twice_for_the_same_days", LAST, LAST + SETTING + SETTING, 24, "in force already"),
    ("a_holiday_that_does_not_exist", LAST, LAST + HOLIDAY.replace("02-16 to 2026-02-20", "02-30"), 20, "no date"),
    ("a_holiday_of_every_year_that_does_not_exist", LAST, LAST + HOLIDAY.replace("2026-02-16 to 2026-02-20", "02-30"), 20, "no date"),
    ("a_holiday_that_ends_before_it_begins", LAST, LAST + HOLIDAY.replace("02-20", "02-10"), 20, "ends after it begins"),
    ("a_holiday_twice", LAST, LAST + HOLIDAY + HOLIDAY, 23, "already in line 20"),
    ("a_holiday_without_a_document", LAST, LAST + HOLIDAY.replace('\tdocument 51-CT/TW "khoản 4"\n', ""), 20, "no document"),
    ("work_on_a_day_that_is_worked_anyway", LAST, LAST + HOLIDAY.replace("holiday 2026-02-16 to 2026-02-20", "working 2026-02-16"),
     20, "working day anyway"),
    ("a_file_without_a_version", 'version 3 "…"\n', "", 1, "version"),
]


def generate(folder, rules):
    schemas = folder / "schemas"
    shutil.copytree(ROOT / "schemas", schemas)
    (schemas / "eligibility.rules").write_text(rules, encoding="utf-8")
    return subprocess.run([sys.executable, RULEGEN, "--out", folder / "gen", schemas], capture_output=True, text=True)


def refused(old, new, line, words):
    assert old in RULES, "the test's own text has changed"
    with tempfile.TemporaryDirectory() as folder:
        done = generate(Path(folder), RULES.replace(old, new, 1))
        place = f"{folder}/schemas/eligibility.rules:{line}: "
        if done.returncode != 1 or not any(l.startswith(place) and words in l for l in done.stderr.split("\n")):
            return f"status {done.returncode}, wanted {place}…{words}…, got:\n{done.stderr}"
        return "" if not (Path(folder) / "gen").exists() else "it wrote something all the same"


def written(rules, wanted):
    with tempfile.TemporaryDirectory() as folder:
        done = generate(Path(folder), rules)
        if done.returncode:
            return done.stderr
        text = "".join(p.read_text(encoding="utf-8") for p in sorted((Path(folder) / "gen").iterdir()))
        return "\n".join(f"missing: {w}" for w in wanted if w not in text)


def a_rule_becomes_what_it_says():
    # 2025-08-08 is day 20308, 2026-12-31 day 20818; official is 2, so bit 2; not other: none of three but present and home
    return written(RULES, ["eligibility_version 3u", '.name = "official", .cases = 0x1', ".from = 20308,\n\t\t  .until = 20818",
                           "{ { eligibility_fact_list_cell, 0x6 } }", "{ { eligibility_fact_member_type, 0x4 } }",
                           ".state = request_state_rejected, .field = field_type, .reason = reason_not_official",
                           '"51-CT/TW, 08/08/2025, khoản 2"'])


def a_setting_is_its_services_own_and_dated():
    return written(RULES + SETTING, ["#ifndef TDV_GEN_APPROVAL_SETTINGS_H", "#define approval_rules_version 3u",
                                     "approval_days_appraise[] = {\n\t{ 20454, INT32_MAX, 5 }"])


def a_draft_is_held_and_shown_as_a_draft():
    return written(RULES.replace("in force from 2025-08-08 until 2026-12-31", "draft"),
                   [".draft = true, .from = INT32_MIN", "**dự thảo**, không áp dụng"])


def a_later_edition_of_a_rule_may_follow():
    rule = RULES[RULES.index("rule "):]
    return written(RULES + rule.replace("from 2025-08-08 until 2026-12-31", "from 2027-01-01"), [".from = 20819,\n\t\t  .until = INT32_MAX"])


def the_rules_of_this_tree_are_right():
    return written((ROOT / "schemas/eligibility.rules").read_text(encoding="utf-8"), ["eligibility_rules[]"])


def main():
    tests = [(f"{claim}_is_refused_with_its_line", lambda r=rest: refused(*r)) for claim, *rest in REFUSED]
    tests += [(t.__name__, t) for t in (a_rule_becomes_what_it_says, a_setting_is_its_services_own_and_dated, a_draft_is_held_and_shown_as_a_draft,
                                        a_later_edition_of_a_rule_may_follow, the_rules_of_this_tree_are_right)]
    failed = 0
    for claim, test in tests:
        fault = test()
        failed += bool(fault)
        print("".join(f"# {line}\n" for line in fault.split("\n") if line) + f"{'not ok' if fault else 'ok'} {claim}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
