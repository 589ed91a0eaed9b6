#!/usr/bin/env python3
"""Every verb of `tdv` on a site of sixty members with real daemons: exit status 0 done, 1 refused or failed, 2 usage; errors on
stderr; --json is JSON; every error of a file at once, by row and column; Vietnamese and English."""

import csv
import fcntl
import hashlib
import json
import mmap
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import BUILD, ROOT, SERVICES  # noqa: E402
from way import FACILITY, Way, play, running_pid  # noqa: E402

DONE, REFUSED, USAGE = 0, 1, 2


class Bench:
    """The site, its data, and `tdv` with what it must end with."""

    def __init__(self, site, folder):
        self.site, self.folder, self.data = site, folder, folder / "data"
        self.way = Way(site, self.data, folder / "work")

    def tdv(self, status, *arguments, language="en"):
        done = self.site.tdv("--lang", language, *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        if status == DONE:
            assert not done.stderr, f"{arguments}: on stderr: {done.stderr}"
        return done

    def refused(self, *arguments, says="", status=REFUSED, language="en"):
        done = self.tdv(status, *arguments, language=language)
        assert done.stderr.strip(), f"{arguments}: nothing on stderr: {done.stdout}"
        assert says in done.stderr, f"{arguments}: {says!r} is not in {done.stderr}"
        return done

    def json(self, *arguments, status=DONE):
        done = self.site.tdv("--json", *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def officer(self, role, organisation=None):
        with open(self.data / "officers.csv", encoding="utf-8-sig", newline="") as f:
            return next(o["login"] for o in csv.DictReader(f) if o["role"] == role and organisation in (None, int(o["organisation"])))


# --- before there is a site

def every_verb_has_help_in_both_languages(b):
    shown = b.tdv(DONE, "--help").stdout
    verbs = [" ".join(filter(None, (v["verb"], v["second"]))) for v in json.loads(b.tdv(DONE, "help", "--json").stdout)]
    assert len(verbs) > 70, verbs
    for verb in verbs:
        assert verb in shown, f"--help does not show {verb}"
        for language in ("vi", "en"):
            helped = b.tdv(DONE, *verb.split(), "--help", language=language).stdout
            assert verb in helped and "--home" in helped, helped
            assert "--help" in helped.rstrip().split("\n")[-1], helped  # and nothing was done


def verbs_stand_under_headings_by_subject_in_both_languages(b):
    headings = {}
    for language in ("vi", "en"):
        shown = b.tdv(DONE, "--help", language=language).stdout.split("\n")
        rows = json.loads(b.tdv(DONE, "help", "--json", language=language).stdout)
        headings[language] = list(dict.fromkeys(r["group"] for r in rows))
        assert 5 < len(headings[language]) < len(rows) / 4, headings
        under = [(line, None) if line in headings[language] else (None, line.split()[0])
                 for line in shown if line in headings[language] or line.startswith("  ")]
        wanted, group = [], None
        for r in rows:
            wanted += [(r["group"], None)] if r["group"] != group else []
            wanted.append((None, r["verb"]))
            group = r["group"]
        assert under == wanted, (under, wanted)
    assert not set(headings["vi"]) & set(headings["en"]), headings


def what_a_message_tells_people_to_do_can_be_done(b):
    """Every `tdv VERB` of a message, in both languages."""
    verbs = {" ".join(filter(None, (v["verb"], v["second"]))) for v in json.loads(b.tdv(DONE, "help", "--json").stdout)}
    alone = {v.split()[0] for v in verbs} | {"help"}
    text = (ROOT / "po" / "vi.po").read_text().replace('"\n"', "")
    named = set(re.findall(r"`tdv ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", text))
    assert len(named) > 40, named
    unknown = {" ".join(words) for words in named if words[0] not in alone}
    assert not unknown, unknown


def help_of_a_verb_is_asked_for_either_way_and_a_first_word_shows_the_verbs_below_it(b):
    for verb in (("submit",), ("registry", "import"), ("order",)):
        assert b.tdv(DONE, "help", *verb).stdout == b.tdv(DONE, *verb, "--help").stdout != "", verb
    below = {f"campaign {v['second']}" for v in json.loads(b.tdv(DONE, "help", "--json").stdout) if v["verb"] == "campaign"}
    for told in (b.tdv(DONE, "help", "campaign").stdout, b.tdv(DONE, "campaign", "--help").stdout,
                 b.refused("campaign", status=USAGE).stderr, b.refused("campaign", "nonsense", status=USAGE).stderr):
        assert {" ".join(line.split()[:2]) for line in told.splitlines() if line.startswith("  ")} == below, told
    b.refused("help", "nonsense", status=USAGE, says="nonsense")


def help_is_vietnamese_unless_asked_otherwise(b):
    plain = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "LC_ALL", "LANG", "TDV_LANG")}
    done = subprocess.run([BUILD / "bin" / "tdv", "--help"], capture_output=True, text=True, env=plain)
    assert "đảng" in done.stdout or "thẻ" in done.stdout, done.stdout
    english = subprocess.run([BUILD / "bin" / "tdv", "--help"], capture_output=True, text=True, env={**plain, "TDV_LANG": "en"})
    assert "member cards" in english.stdout, english.stdout


def the_facility_and_the_seed_speak_both_languages(b):
    plain = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "LC_ALL", "LANG", "TDV_LANG")}

    def said(status, *arguments, **environment):
        done = subprocess.run([BUILD / "bin" / arguments[0], *arguments[1:]], capture_output=True, text=True, env={**plain, **environment})
        assert done.returncode == status, done
        return done.stderr if status else done.stdout

    for program, vi, en in (("tdv-facility", "Một cơ sở in", "A print facility"), ("tdv-seed", "một xã giả lập", "a synthetic commune")):
        assert vi in said(DONE, program, "--help") and en not in said(DONE, program, "--help"), program
        for told in (said(DONE, program, "--help", TDV_LANG="en"), said(DONE, program, "--help", "--lang", "en"),
                     said(DONE, program, "--lang=en", "--help")):
            assert en in told and vi not in told, told
        assert "ngôn ngữ này: fr" in said(USAGE, program, "--lang", "fr")
        assert "không có tùy chọn này: --nonsense" in said(USAGE, program, "--nonsense")
        assert "no such option: --nonsense" in said(USAGE, program, "--nonsense", "--lang", "en")
        assert "--seed cần một giá trị" in said(USAGE, program, "--seed")
    assert "cần --home hoặc --endpoint" in said(USAGE, "tdv-facility")
    assert "cần --out" in said(USAGE, "tdv-seed") and "5x: không phải số từ 1" in said(USAGE, "tdv-seed", "--out", b.folder / "no", "--members", "5x")
    assert "không phải thư mục" in said(REFUSED, "tdv-seed", "--out", b.data / "members.csv" / "below")


def every_program_names_the_one_version(b):
    said = b.tdv(DONE, "--version").stdout
    assert re.fullmatch(r"tdv \d+\.\d+\n", said), said
    for program in ("tdv-intake", "tdv-facility", "tdv-seed"):
        of = subprocess.run([BUILD / "bin" / program, "--version"], capture_output=True, text=True, check=True).stdout
        assert of.split() == [program, said.split()[1]], (of, said)


def wrong_usage_ends_with_2(b):
    for arguments in ((), ("nonsense",), ("registry",), ("submit",), ("submit", "--no-such-option", "x"), ("status", "too", "much"),
                      ("appraise",), ("decide", "--all"), ("order", "--all"), ("receive", "--all"), ("numbers", "grant", "44", "5"),
                      ("numbers", "grant", "444", "1", "2"), ("numbers", "grant", "44", "9", "2"), ("sheets",), ("log",), ("trace",),
                      ("log", "no-such-service"), ("replay", "no-such-service"), ("quarantine", "show", "intake"), ("--lang", "fr", "status"),
                      ("status", "--wait", "soon")):
        b.refused(*arguments, status=USAGE)


def a_home_that_is_no_site_is_told_what_to_do(b):
    elsewhere = b.folder / "elsewhere"
    for verb in (("up",), ("status",), ("submit", b.data / "lists" / "x.csv"), ("audit",), ("down",)):
        done = subprocess.run([BUILD / "bin" / "tdv", "--lang", "en", "--home", elsewhere, *verb], capture_output=True, text=True)
        assert done.returncode == REFUSED and done.stderr, (verb, done)
        if verb[0] == "up":
            assert "tdv init" in done.stderr, done.stderr
    assert not elsewhere.exists()


def who_may_not_look_into_a_home_is_told_so(b):
    stranger, tdv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], BUILD / "bin" / "tdv"
    b.folder.chmod(0o755)
    if os.geteuid() != 0 or subprocess.run([*stranger, tdv, "--version"], capture_output=True).returncode != DONE:
        print("# skipped: nobody else can run this tdv here")
        return
    for language, says in (("en", "may not look into"), ("vi", "không có quyền vào")):
        for verb in (("status",), ("up",), ("lists",)):
            done = subprocess.run([*stranger, tdv, "--home", b.site.home, "--lang", language, *verb],
                                  capture_output=True, text=True)
            assert done.returncode == REFUSED and says in done.stderr and "init" not in done.stderr, done


def what_the_machine_refuses_is_said_in_vietnamese(b):
    aside = b.folder / "no-folder"
    aside.write_text("")
    b.refused("--home", aside / "site", "init", says="một phần của đường dẫn không phải thư mục", language="vi")
    b.refused("--home", aside / "site", "init", says="Not a directory", language="en")


def nobody_else_starts_a_home_s_daemons(b):
    if os.geteuid() != 0:
        print("skipped: only root can make a home somebody else's")
        return
    home = b.folder / "of-nobody"
    run = lambda verb: subprocess.run([BUILD / "bin" / "tdv", "--lang", "en", "--home", home, verb], capture_output=True, text=True)
    assert run("init").returncode == DONE
    os.chown(home / "keys", 65534, 65534)
    done = run("up")
    assert done.returncode == REFUSED and "nobody" in done.stderr and "systemctl" in done.stderr, done
    assert not any((home / "state").iterdir())


def rules_in_force_are_shown_with_their_documents_and_drafts_apart(b):
    shown = json.loads(b.tdv(DONE, "--json", "rules").stdout)
    assert shown["version"] > 0 and {"photo", "exchange campaign"} <= {r["name"] for r in shown["rules"]}, shown
    assert all(r["document"] and r["sentence"] and not r["draft"] for r in shown["rules"])
    before = json.loads(b.tdv(DONE, "--json", "rules", "--on", "2023-01-01").stdout)["rules"]
    assert "exchange campaign" not in {r["name"] for r in before} and "photo" in {r["name"] for r in before}
    assert all(r["draft"] for r in json.loads(b.tdv(DONE, "--json", "rules", "--drafts").stdout)["rules"])
    assert "51-CT/TW" in b.tdv(DONE, "rules", language="vi").stdout


def init_makes_a_site_once(b):
    home = b.folder / "once"
    argv = [BUILD / "bin" / "tdv", "--home", home, "--json", "init"]
    first = subprocess.run(argv, capture_output=True, text=True)
    assert first.returncode == DONE and json.loads(first.stdout)["home"] == str(home), first
    before = (home / "keys" / "administrator.pem").read_bytes()
    assert (home / "keys" / "administrator.pem").stat().st_mode & 0o077 == 0 and home.stat().st_mode & 0o077 == 0
    second = subprocess.run(argv, capture_output=True, text=True)
    assert second.returncode == REFUSED and "once" in second.stderr, second
    assert (home / "keys" / "administrator.pem").read_bytes() == before


def a_garbage_setting_is_named_with_file_and_line(b):
    home = b.folder / "garbage"
    subprocess.run([BUILD / "bin" / "tdv", "--home", home, "init"], check=True, capture_output=True)
    good = (home / "tdv.conf").read_text()
    line = good.count("\n") + 2
    for garbage in ("[turns]\nbatch_inputs = many", "[turns]\nbatch_inputs = 99999999", "[turns]\nno_such_thing = 1",
                    "[turns]\n[no_such_section]"):
        (home / "tdv.conf").write_text(good + garbage + "\n")
        for argv in ([BUILD / "bin" / "tdv-registry", "--home", home], [BUILD / "bin" / "tdv", "--home", home, "up"]):
            done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
            assert done.returncode in (REFUSED, USAGE), (argv, garbage, done)
            assert f"tdv.conf:{line}" in done.stderr, (argv, garbage, done.stderr)
    assert not list((home / "state").iterdir())


# --- the daemons

def what_needs_daemons_says_that_they_are_down(b):
    for language, stopped in (("en", "is stopped"), ("vi", "đang dừng")):
        told = b.tdv(REFUSED, "status", language=language).stdout
        assert told.count("\n") == 1 and stopped in told and "`tdv up" in told, told
    b.refused("lists", says="tdv up")
    b.refused("log", "intake", says="tdv up")
    assert all(not s["alive"] for s in b.json("status", status=REFUSED)["services"])
    b.tdv(DONE, "down")


def who_does_not_answer_is_named_in_one_line(b):
    some = ("intake", "registry")
    b.site.start(*some)
    for language, names in (("en", f"No answer from {', '.join(SERVICES[2:])}: "), ("vi", f"Không trả lời: {', '.join(SERVICES[2:])}. ")):
        told = b.tdv(REFUSED, "status", language=language).stdout
        assert names in told and told.count("`tdv up") == 1, told
    b.site.stop(*some)


def up_starts_every_daemon_once(b):
    b.site.up()
    services = b.json("status")["services"]
    assert [s["service"] for s in services] == list(SERVICES) and all(s["alive"] and s["state"] == "runs" for s in services)
    assert all(s["pid"] == running_pid(b.site.home, s["service"]) for s in services)
    b.tdv(DONE, "status", language="vi")
    b.refused("up", says="already")


def a_daemon_started_twice_refuses(b):
    for service in SERVICES:
        pid = running_pid(b.site.home, service)
        done = subprocess.run([BUILD / "bin" / f"tdv-{service}", "--home", b.site.home], capture_output=True, text=True, timeout=60)
        assert done.returncode not in (0, None) and done.returncode > 0 and "it runs already" in done.stderr, (service, done)
        assert running_pid(b.site.home, service) == pid
    assert all(s["alive"] for s in b.json("status")["services"])


# --- the registry

def a_file_that_is_not_there_or_is_not_csv_is_refused(b):
    empty, binary, other = b.folder / "empty.csv", b.folder / "binary.csv", b.folder / "other.csv"
    empty.write_bytes(b"")
    binary.write_bytes(bytes(range(256)) * 8)
    other.write_text("one,two\n1,2\n")
    for verb in (("registry", "import"), ("officers", "enrol"), ("submit",), ("hand-over",)):
        b.refused(*verb, b.folder / "nowhere.csv")
        for path in (empty, binary, other):
            b.refused(*verb, path, says=path.name)


def what_goes_wrong_with_a_file_is_said_in_words(b):
    b.refused("registry", "import", b.folder, says="this is a folder, not a file")
    b.refused("registry", "import", b.folder, says="đây là thư mục, không phải tệp", language="vi")
    b.refused("submit", b.folder, says="this is a folder, not a file")


def organisations_are_imported_and_a_second_time_changes_nothing(b):
    first = b.way.organisations()
    assert first["refused"] == 0 and first["accepted"] == 9, first
    again = b.site.tdv("--json", "registry", "import", b.data / "organisations.csv", check=False)
    acts = json.loads(again.stdout)["acts"]
    assert acts[0]["accepted"] + acts[0]["refused"] == 9 and all(e["reason"] == "already_done" for e in acts[0]["errors"]), acts


def every_error_of_a_members_file_is_told_at_once_by_row_and_column(b):
    path = b.data / "members-with-errors.csv"
    report = b.folder / "report.csv"
    answer = b.json("registry", "import", path, "--report", report, status=REFUSED)
    found = {(e["row"], e["field"], e["reason"]) for e in answer["errors"]}
    for one in ((3, "citizen_id", "malformed"), (3, "profile_number", "malformed"), (4, "full_name", "missing"), (5, "official_date", "date_order"),
                (6, "birth_date", "malformed"), (6, "sex", "malformed"), (6, "citizen_id", "missing")):
        assert one in found, f"{one} is not among {sorted(found)}"
    assert all(e["message"] and e.get("column") for e in answer["errors"]), answer["errors"]
    assert [e["allowed"] for e in answer["errors"] if e["field"] == "sex" and "value" in e] == [["male", "female"]], answer["errors"]
    told = b.refused("registry", "import", path, says="row 6", language="en").stderr
    assert "31/02/1980" in told and told.count("row 6") >= 3, told
    assert "dòng 6" in b.refused("registry", "import", path, language="vi").stderr.lower()
    rows = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) > len(answer["errors"]) and all(len(r) == 4 for r in rows), rows


def members_come_in_whatever_way_excel_saved_them(b):
    text = (b.data / "members.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    for name, part, separator, end, bom in (("comma", rows[2:12], ",", "\n", ""), ("tab", rows[12:22], "\t", "\r\n", "\ufeff"),
                                            ("semicolon", rows[22:32], ";", "\r\n", "")):
        path = b.folder / f"members-{name}.csv"
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(bom)
            csv.writer(f, delimiter=separator, lineterminator=end).writerows([rows[0]] + part)
        acts = b.json("registry", "import", path)["acts"]
        assert (acts[0]["accepted"], acts[0]["refused"]) == (10, 0), (name, acts)
    whole = b.json("registry", "import", b.data / "members.csv")["acts"][0]
    assert (whole["accepted"], whole["in_already"], whole["refused"]) == (29, 31, 31), whole
    assert {e["reason"] for e in whole["errors"]} == {"already_done"}, whole


def a_file_that_is_not_of_officers_makes_no_key(b):
    folder = b.site.home / "keys" / "officers"
    before = sorted(p.name for p in folder.iterdir())
    told = b.refused("officers", "enrol", b.data / "members.csv", says="login")
    assert "nothing was sent" in told.stdout, told.stdout
    assert sorted(p.name for p in folder.iterdir()) == before, sorted(folder.iterdir())


def officers_are_enrolled_with_a_key_each(b):
    assert b.way.officers()["refused"] == 0
    listed = b.json("officers", "list")["officers"]
    with open(b.data / "officers.csv", encoding="utf-8-sig", newline="") as f:
        assert {o["login"] for o in listed} == {o["login"] for o in csv.DictReader(f)}
    for o in listed:
        assert (b.site.home / "keys" / "officers" / f"{o['login']}.pem").stat().st_mode & 0o077 == 0
    b.tdv(DONE, "officers", "list", language="vi")


# --- lists

def a_list_with_an_error_is_not_sent_and_tells_all_of_them(b):
    answer = b.json("submit", b.data / "list-with-errors.csv", status=REFUSED)
    found = {(e["row"], e["field"], e["reason"]) for e in answer["errors"]}
    for one in ((3, "profile_number", "duplicate"), (4, "profile_number", "malformed"), (5, "home_cell", "other_cell"), (5, "kind", "other_kind")):
        assert one in found, f"{one} is not among {sorted(found)}"
    assert not answer["acts"]
    assert b.json("lists")["waiting"] == []
    b.refused("submit", b.data / "list-with-errors.csv", says="row 5")


def a_photo_that_is_not_there_is_named(b):
    path = sorted((b.data / "lists").glob("*-exchange.csv"))[0]
    bad = b.folder / "lists" / path.name
    bad.parent.mkdir(exist_ok=True)
    bad.write_text(path.read_text(encoding="utf-8-sig").replace(".jpg", ".png", 1), encoding="utf-8")
    b.refused("submit", bad, says=".png")
    assert b.json("lists")["waiting"] == []


def lists_are_submitted_and_what_fails_the_rules_is_told_by_row(b):
    done = b.way.submit()
    assert done["count"] == len(list((b.data / "lists").glob("*.csv"))) and done["accepted"] > 40, done
    errors = [e for a in done["acts"] for e in a["errors"]]
    assert len(errors) == done["refused"] > 0 and all(e["row"] > 1 and e["reason"] != "none" for e in errors), errors
    waiting = [w for w in b.json("lists")["waiting"] if w["act"] != "adjudicate"]  # who is held waits for a ruling
    assert {w["act"] for w in waiting} == {"appraise"} and sum(w["count"] for w in waiting) == done["accepted"], waiting
    assert b.tdv(DONE, "lists", language="vi").stdout.strip()
    login = b.officer("grassroots_appraiser")
    own = b.json("lists", "--as", login)["waiting"]
    assert own and own == [w for w in b.json("lists")["waiting"] if w["organisation"] == own[0]["organisation"]], own
    b.refused("lists", "--as", "nobody", says="nobody")


def the_same_list_again_has_no_request_to_make(b):
    path = sorted((b.data / "lists").glob("*-exchange.csv"))[0]
    act = b.json("submit", path, status=REFUSED)["acts"][0]
    assert act["accepted"] == 0 and "open_request" in {e["reason"] for e in act["errors"]}, act
    told = b.refused("submit", path, says="dòng 2: Đảng viên đang có một đề nghị", language="vi").stderr  # no field is at fault
    assert "Toàn bộ" not in told, told


def nobody_acts_beyond_role_and_subtree(b):
    waiting = next(w for w in b.json("lists")["waiting"] if w["act"] == "appraise")
    cell = b.officer("cell_officer")
    other = next(o["login"] for o in b.json("officers", "list")["officers"]
                 if o["role"] == "grassroots_appraiser" and o["organisation"] != waiting["organisation"])
    for login, reason in ((cell, "role_not_allowed"), (other, "outside_subtree")):
        act = b.json("--as", login, "appraise", waiting["number"], status=REFUSED)["acts"][0]
        assert act["state"] == "done" and act["reason"] == reason, act
    b.refused("--as", "nobody", "appraise", waiting["number"], says="nobody")
    b.refused("--as", "nobody", "appraise", "--all", says="nobody")
    b.refused("--as", "nobody", "receive", "--all", "--as-declared", says="nobody")
    b.refused("appraise", 999999, says="999999")


def committees_appraise_one_list_and_then_the_rest_with_exceptions(b):
    waiting = [w for w in b.json("lists")["waiting"] if w["act"] == "appraise"]
    one = b.json("appraise", waiting[0]["number"])["acts"]
    assert len(one) == 1 and one[0]["refused"] == 0, one
    again = b.json("--as", one[0]["officer"], "appraise", waiting[0]["number"], status=REFUSED)["acts"][0]
    assert again["reason"] in ("wrong_state", "already_done"), again
    largest = max(waiting[1:], key=lambda w: w["count"])
    b.refused("appraise", "--all", "--leave-out", "nonsense", status=USAGE, says='not "nonsense"')
    for verb in ("appraise", "approve"):
        told = b.refused(verb, 1, "--leave-out", "1-1=nonsense", status=USAGE, says="no such reason: nonsense").stderr
        assert "\n  photo_missing" in told and "--leave-out LIST-ROW[=REASON]" in told.split("Usage:")[1], told
    other = next(w for w in waiting[1:] if w["number"] != largest["number"])
    b.refused("appraise", largest["number"], "--leave-out", f"{other['number']}-1=photo_missing", says="not among")  # a slip
    outside = b.json("appraise", largest["number"], "--leave-out", f"{largest['number']}-1999", status=REFUSED)["acts"][0]
    assert outside["reason"] != "none" and outside["errors"], outside
    b.way.left_out = [r for r in b.way.left_out or [] if r.startswith(f"{largest['number']}-")] or [first_request(b, largest["number"])]
    rest = b.json("appraise", "--all", "--leave-out", f"{b.way.left_out[0]}=photo_missing")["acts"]
    assert len(rest) == len(waiting) - 1 and sum(a["refused"] for a in rest) == 1, rest
    assert b.json("appraise", "--all")["acts"] == []


def first_request(b, list_number):
    """A request of that list which passed, as LIST-ROW."""
    for line in b.site.tdv("--json", "log", "verification", "--from", 1).stdout.splitlines():
        entry = json.loads(line)
        if entry["message"] == "request_verified" and entry["body"]["request"] >> 16 == list_number:
            return f"{list_number}-{entry['body']['request'] & 0xffff}"
    raise AssertionError(f"no verified request of list {list_number}")


def the_superior_consolidates_decides_and_the_province_approves(b):
    made = b.json("consolidate", "--all")["acts"]
    assert made and all(a["number"] for a in made), made
    undated = b.refused("decide", "--all", "--number", "12", "--date", "31/02/2026", status=USAGE)
    assert "date" in undated.stderr, undated
    before = b.json("decide", "--all", "--number", "12-QĐ/ĐU", "--date", "2026-01-15", status=REFUSED)["acts"]
    assert [(a["reason"], a["field"]) for a in before] == [("date_order", "decision")] * len(made), before
    decided = b.json("decide", "--all", "--number", "12-QĐ/ĐU")["acts"]
    assert [a["reason"] for a in decided] == ["none"] * len(made), decided
    told = b.tdv(DONE, "approve", made[0]["number"], language="vi").stdout
    assert "còn trong danh sách, 0 bị loại" in told and "giữ lại" not in told, told  # which would be: put on hold
    assert len(b.json("approve", "--all")["acts"]) == len(made) - 1


def numbers_are_granted_once(b):
    assert b.json("numbers", "grant", "44", "500001", "500100")["acts"][0]["reason"] == "none"
    overlap = b.json("numbers", "grant", "44", "44.500050", "44.500200", status=REFUSED)["acts"][0]
    assert "overlap" in [overlap["reason"]] + [e["reason"] for e in overlap["errors"]], overlap


# --- cards

def the_facility_prints_what_is_ordered(b):
    ordered = b.way.order()
    assert ordered["accepted"] > 40, ordered
    b.way.settle()
    letters = b.json("mail", "--as", f"in-{FACILITY}")
    assert letters["letters"], letters
    assert b.json("mail", "--as", b.officer("auditor"))["letters"] == []
    b.way.print_cards()
    assert {w["act"] for w in b.json("lists", "--act", "receive")["waiting"]} == {"receive"}


def the_facility_says_what_keeps_it_from_work(b):
    def refused(says, *arguments, language="en"):
        done = subprocess.run([BUILD / "bin" / "tdv-facility", "--home", b.site.home, "--lang", language, *arguments, "--once=100"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == REFUSED and says in done.stderr, done

    refused("has no key of an officer \"nobody\"", "--as", "nobody", "--spool", b.folder / "spool-1")
    refused("không có khóa của cán bộ \"nobody\"", "--as", "nobody", "--spool", b.folder / "spool-1", language="vi")
    refused("is no officer of a print facility", "--as", b.officer("cell_officer"), "--spool", b.folder / "spool-2")
    refused("not a folder to write to", "--as", f"in-{FACILITY}", "--spool", b.folder / "no" / "such" / "folder")
    held = b.folder / "spool-3"
    held.mkdir()
    with open(held / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused("another tdv-facility works in it", "--as", f"in-{FACILITY}", "--spool", held)


def the_facility_tells_what_it_does_in_words(b):
    """Into another spool: every letter anew, and all that it would do is done."""
    for language, said in (("vi", ("lệnh in 1: bắt đầu đến", "lệnh in 1: đã đến đủ", "lệnh in 1: đã xong", "Đã hết việc: ")),
                           ("en", ("print order 1: begins, ", "print order 1: is here as a whole", "print order 1: is done", "That was all: "))):
        done = subprocess.run([BUILD / "bin" / "tdv-facility", "--home", b.site.home, "--as", f"in-{FACILITY}", "--spool", b.folder / f"told-{language}",
                               "--lang", language, "--once=100"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == DONE and all(s in done.stdout for s in said), done
        assert "{" not in done.stdout and not done.stderr, done


def boxes_are_counted_at_each_level_down_to_the_cell(b):
    b.refused("receive", 4711, "--as-declared")
    shipment = b.json("lists", "--act", "receive")["waiting"][0]["number"]
    b.refused("--as", b.officer("cell_officer"), "receive", shipment, "--as-declared")
    assert b.json("receive", shipment, "--as-declared")["acts"][0]["refused"] == 0
    bad = b.folder / "counts.csv"
    bad.write_text("box,count,seal_intact\r\nx,many,perhaps\r\n")
    told = b.refused("receive", "--all", "--counts", bad, says="row 2").stderr
    assert told.count("row 2") == 3, told
    b.json("--as", b.officer("provincial_board"), "ship", "--to", 44017, "--waybill", "VĐ 1")
    wrong = b.folder / "wrong-count.csv"
    wrong.write_text(f"Hộp;Số lượng;Niêm phong còn nguyên\r\n{b.way.order_number}-1;1999;có\r\n", encoding="utf-8")
    errors = [e for a in b.json("receive", "--all", "--as-declared", "--counts", wrong, status=REFUSED)["acts"] for e in a["errors"]]
    assert [e["reason"] for e in errors] == ["count_differs"], errors
    told = b.refused("receive", "--all", "--as-declared", "--counts", wrong)
    shipment = b.json("lists", "--act", "receive")["waiting"][0]["number"]
    assert f"`tdv explain [CARD…] --shipment {shipment} --box {b.way.order_number}-1 " in told.stdout, told
    assert b.way.receive()["accepted"] == 1
    levels = 0
    while b.json("ship", "--all")["acts"]:
        b.way.receive()
        levels += 1
    assert 3 <= levels <= 4, levels


def a_card_is_handed_over_with_a_receipt_and_not_without(b):
    files = b.json("sheets", "--out", b.folder / "blank")["sheets"]
    nothing = b.json("hand-over", files[0]["file"])
    assert nothing["acts"] == [], nothing
    proof = next((b.data / "photos").glob("*.jpg"))
    filled = b.json("sheets", "--out", b.folder / "filled", "--filled")["sheets"]
    unproven = b.json("hand-over", filled[0]["file"], status=REFUSED)
    assert not unproven["acts"] and {(e["field"], e["reason"]) for e in unproven["errors"]} == {("evidence", "missing")}, unproven
    assert len(unproven["errors"]) == filled[0]["cards"]
    own = next((s for s in filled if s["file"].endswith("-own.csv")), None)
    if own:
        cell = next(s for s in filled if s["cell"] == own["cell"] and s is not own)
        act = b.json("--as", cell["login"], "hand-over", "--proof", proof, relogin(b, own["file"], cell["login"]), status=REFUSED)["acts"][0]
        assert {e["reason"] for e in act["errors"]} == {"own_card"}, act
    acts = b.json("hand-over", "--proof", proof, *[s["file"] for s in filled])["acts"]
    assert sum(a["accepted"] for a in acts) == sum(s["cards"] for s in filled) > 40, acts
    again = b.json("hand-over", "--proof", proof, filled[0]["file"], status=REFUSED)["acts"][0]
    assert again["accepted"] == 0, again
    assert b.json("sheets", "--out", b.folder / "none")["sheets"] == []
    b.card = first_card(filled[0]["file"])


def relogin(b, path, login):
    """The same sheet in another officer's name."""
    rows = list(csv.reader(Path(path).read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    other = b.folder / "own-by-self.csv"
    with open(other, "w", encoding="utf-8", newline="") as f:
        csv.writer(f, delimiter=";").writerows([rows[0]] + [r[:-1] + [login] for r in rows[1:]])
    return other


def first_card(path):
    return list(csv.reader(Path(path).read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))[1][0]


# --- what is to be seen

def the_outcome_adds_up(b):
    b.way.settle()
    outcome = b.json("outcome")
    assert sum(m["count"] for m in outcome["members"]) == 60
    requests = {}
    for r in outcome["requests"]:
        requests[r["state"]] = requests.get(r["state"], 0) + r["count"]
    assert set(requests) <= {"closed", "rejected", "on_hold"}, requests
    active = [c for c in outcome["cards"] if c["generation"] == "chip_2025" and c["validity"] == "active"]
    assert sum(c["count"] for c in active) == requests["closed"] and {c["place"] for c in active} == {"member"}, outcome["cards"]
    assert {"lists", "orders", "shipments", "ledger"} <= set(outcome)
    assert {(l["stage"], l.get("order")) for l in outcome["lists"]} == {("approved", "closed"), ("emptied", None)}, outcome["lists"]
    vietnamese, english = b.tdv(DONE, "outcome", language="vi"), b.tdv(DONE, "outcome")
    assert "44" not in vietnamese.stderr
    told = [r["sentence"] for r in b.json("--lang", "en", "outcome")["requests"] if "rule" in r]
    assert told and all(t in english.stdout and t not in vietnamese.stdout for t in told), told


def a_story_is_told_by_any_of_its_ids(b):
    story = b.tdv(DONE, "trace", b.card).stdout
    for service in ("registry", "verification", "approval", "printing", "delivery", "revocation"):
        assert service in b.site.tdv("--json", "trace", b.card).stdout, service
    assert story.count("\n") > 10, story
    profile = next(csv.DictReader((b.data / "members.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))["Số lý lịch"]
    for one in (profile, first_request(b, 1)):
        assert b.tdv(DONE, "trace", one, language="vi").stdout.count("\n") > 3
    for unknown in ("99.999999", "000000XYZ", "4711-1"):
        b.refused("trace", unknown)
    b.refused("trace", "!?", status=USAGE)


def logs_are_one_json_object_a_line(b):
    for service in SERVICES:
        entries = [json.loads(line) for line in b.site.tdv("--json", "log", service, "--from", 1).stdout.splitlines()]
        assert [e["entry"] for e in entries] == list(range(1, len(entries) + 1)), service
        assert len(entries) > 10 or service == "inspection", service  # no campaign was planned
        assert all({"turn", "time", "message", "body"} <= set(e) for e in entries)
        assert b.tdv(DONE, "log", service, "--from", 1).stdout.count("\n") >= len(entries)
        if service == "inspection":
            continue
        assert len(b.site.tdv("--json", "log", service, "--from", 2, "--limit", 3).stdout.splitlines()) == 3


def logs_are_told_in_sentences_with_names(b):
    for language, said in (("vi", r"\[Đảng viên \d+\] có trong hồ sơ: .*Chi bộ"), ("en", r"\[member \d+\] in the register: .*Chi bộ")):
        told = b.tdv(DONE, "log", "registry", "--from", 1, language=language).stdout
        assert re.search(said, told) and "{" not in told and "member_registered" not in told, told[:2000]
    for language, said in (("vi", "danh sách"), ("en", "list")): # what the sentence names does not stand before it as well
        told = b.tdv(DONE, "log", "approval", "--from", 1, language=language).stdout
        assert re.search(rf"\d  {said} \d+ ", told) and not re.search(rf"\[{said} (\d+)\] .*\b{said} \1\b", told, re.IGNORECASE), told[:2000]
    raw = [json.loads(line)["message"] for line in b.site.tdv("--json", "log", "registry", "--from", 1).stdout.splitlines()]
    assert "member_registered" in raw, raw


def an_officer_s_own_machine_needs_one_key_and_the_door(b):
    login = f"in-{FACILITY}"
    own = b.folder / "own" / "keys" / "officers"
    own.mkdir(parents=True)
    for end in ("pem", "json"):
        shutil.copy(b.site.home / "keys" / "officers" / f"{login}.{end}", own)
    b.refused("mail", says="--as LOGIN")  # where there are many, somebody has to say whose
    for language, codes in (("vi", "ghi bằng mã"), ("en", "by their codes")):
        done = subprocess.run([BUILD / "bin" / "tdv", "--home", b.folder / "own", "--door", f"ipc://{b.site.home}/run/door", "--lang", language, "mail"],
                              capture_output=True, text=True)
        assert done.returncode == DONE and f"--as {login}" in done.stdout and codes in done.stdout, done
        assert codes not in b.tdv(DONE, "mail", "--as", login, language=language).stdout


def nothing_personal_stands_in_the_logs(b):
    member = next(csv.DictReader((b.data / "members.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    for service in SERVICES:
        log = b.site.tdv("--json", "log", service, "--from", 1).stdout
        for column in ("Họ và tên", "Số định danh", "Điện thoại"):
            assert member[column] not in log, (service, column)


def nothing_is_in_quarantine(b):
    assert b.json("quarantine", "list").get("quarantined", []) == []
    b.tdv(DONE, "quarantine", "list", language="vi")
    for act in ("show", "retry", "drop"):
        b.refused("quarantine", act, "verification", 4711)


def the_audit_is_clean(b):
    answer = b.json("audit")
    assert answer["findings"] == [], answer
    b.tdv(DONE, "audit", language="vi")


def every_service_can_be_rebuilt_from_its_turns(b):
    for service in SERVICES:
        b.tdv(DONE, "replay", service)


def a_site_that_was_down_goes_on_where_it_was(b):
    before = b.json("outcome")
    b.tdv(DONE, "down")
    assert b.site.supervisor.wait(30) == DONE
    b.tdv(DONE, "down")
    b.tdv(REFUSED, "status")
    b.site.up()
    assert b.json("outcome") == before
    assert all(s["starts_unclean"] == 0 and s["turns_interrupted"] == 0 for s in b.json("status")["services"])


def a_clock_in_doubt_is_told_and_an_operator_accepts_it(b):
    assert b.json("clock", "accept")["accepted"] == []
    assert "No service holds" in b.tdv(DONE, "clock", "accept").stdout


def the_audit_of_a_stopped_site_reads_its_stores(b):
    asked = b.json("audit")
    assert b.site.down() == DONE
    answer = b.json("audit")
    assert answer["clean"] and answer["complete"] and answer["offline"] and not asked["offline"], answer
    assert answer["checks"] == asked["checks"] and answer["rows"] == asked["rows"] > 100, (asked, answer)
    for language, said in (("en", "The site is stopped: its stores are read."), ("vi", "Hệ thống đang dừng")):
        assert said in b.tdv(DONE, "audit", language=language).stdout
    b.site.up()


def what_every_officer_has_signed_is_verified_from_the_log(b):
    """Asked of daemons, and of files.  A signature in the log that somebody has bent, and sealed its segment anew, is found."""
    asked = b.json("audit", "--signatures")
    assert asked["clean"] and asked["signatures"]["violations"] == 0, asked
    assert asked["signatures"]["acts"] > asked["signatures"]["together"] > 1, asked  # `tdv decide` and `approve` of several lists
    assert "signatures" not in b.json("audit")
    assert b.site.down() == DONE
    read = b.json("audit", "--signatures")
    assert read["offline"] and read["signatures"] == asked["signatures"], (read, asked)
    put_right = bend_a_signature(b.site.home / "state" / "intake")
    try:
        found = b.json("audit", "--signatures", status=REFUSED)
    finally:
        put_right()
    assert found["signatures"]["violations"] == 1 and "chữ ký" in found["findings"][0]["text"], found
    b.site.up()


def bend_a_signature(state):
    """Of the first act in a service's log, in its segment and, if the turn is still there, in the store; returns what puts it right."""
    path = sorted((state / "log").glob("*.seg"))[0]
    was = path.read_bytes()
    at = was.index(b"\x02\xc4\x40", was.index(b"TDV submission 1")) + 3  # field 2 of submission_taken: bin of 64
    signature = was[at:at + 64]
    wrong = signature[:40] + bytes([signature[40] ^ 1]) + signature[41:]
    sealed = was[:-40].replace(signature, wrong)
    path.write_bytes(sealed + hashlib.sha256(sealed).digest() + was[-8:])
    replace_in(state / "data.mdb", signature, wrong)

    def put_right():
        path.write_bytes(was)
        replace_in(state / "data.mdb", wrong, signature)
    return put_right


def replace_in(path, old, new):
    with open(path, "r+b") as f, mmap.mmap(f.fileno(), 0) as m:
        at = m.find(old)
        while at >= 0:
            m[at:at + len(new)] = new
            at = m.find(old, at)


def what_was_stopped_by_signal_ends_with_0(b):
    assert b.site.down() == DONE
    assert not any((b.site.home / "run" / f"{s}.pid").exists() for s in SERVICES)


CLAIMS = (every_verb_has_help_in_both_languages, verbs_stand_under_headings_by_subject_in_both_languages,
          what_a_message_tells_people_to_do_can_be_done,
          help_of_a_verb_is_asked_for_either_way_and_a_first_word_shows_the_verbs_below_it,
          help_is_vietnamese_unless_asked_otherwise, the_facility_and_the_seed_speak_both_languages, every_program_names_the_one_version, wrong_usage_ends_with_2,
          a_home_that_is_no_site_is_told_what_to_do,
          rules_in_force_are_shown_with_their_documents_and_drafts_apart, init_makes_a_site_once, a_garbage_setting_is_named_with_file_and_line,
          what_needs_daemons_says_that_they_are_down, who_does_not_answer_is_named_in_one_line, up_starts_every_daemon_once, a_daemon_started_twice_refuses,
          nobody_else_starts_a_home_s_daemons, who_may_not_look_into_a_home_is_told_so,
          what_the_machine_refuses_is_said_in_vietnamese,
          a_file_that_is_not_there_or_is_not_csv_is_refused, what_goes_wrong_with_a_file_is_said_in_words, organisations_are_imported_and_a_second_time_changes_nothing,
          every_error_of_a_members_file_is_told_at_once_by_row_and_column, members_come_in_whatever_way_excel_saved_them,
          a_file_that_is_not_of_officers_makes_no_key, officers_are_enrolled_with_a_key_each, a_list_with_an_error_is_not_sent_and_tells_all_of_them, a_photo_that_is_not_there_is_named,
          lists_are_submitted_and_what_fails_the_rules_is_told_by_row, the_same_list_again_has_no_request_to_make,
          nobody_acts_beyond_role_and_subtree, committees_appraise_one_list_and_then_the_rest_with_exceptions,
          the_superior_consolidates_decides_and_the_province_approves, numbers_are_granted_once, the_facility_prints_what_is_ordered,
          the_facility_says_what_keeps_it_from_work, the_facility_tells_what_it_does_in_words,
          boxes_are_counted_at_each_level_down_to_the_cell, a_card_is_handed_over_with_a_receipt_and_not_without, the_outcome_adds_up,
          a_story_is_told_by_any_of_its_ids, logs_are_one_json_object_a_line, logs_are_told_in_sentences_with_names,
          an_officer_s_own_machine_needs_one_key_and_the_door, nothing_personal_stands_in_the_logs, nothing_is_in_quarantine,
          the_audit_is_clean, every_service_can_be_rebuilt_from_its_turns, a_site_that_was_down_goes_on_where_it_was,
          a_clock_in_doubt_is_told_and_an_operator_accepts_it,
          the_audit_of_a_stopped_site_reads_its_stores,
          what_every_officer_has_signed_is_verified_from_the_log,
          what_was_stopped_by_signal_ends_with_0)


if __name__ == "__main__":
    sys.exit(play("cli", CLAIMS, Bench, 5))
