"""What people look at: trace, log, quarantine, audit and replay, on a small commune whose cards were handed over.

Rows are altered by hand with lmdb-utils, in copies of the stopped site.
"""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgpack

from tdv_site import SERVICES, Claims, Site
from way import Way, seed

# Those that a replay compares; the others are local to a run.
LOCAL = ("runtime.meta", "runtime.turns", "runtime.story", "runtime.archive", "store_versions")
BEHIND = {}  # what the first site left for the claims


# --- rows by hand

def environment(home, service):
    return Path(home) / "state" / service


def dump(home, service, table):
    """Header lines, and rows as [key, value] in hexadecimal."""
    out = subprocess.run(["mdb_dump", "-s", table, environment(home, service)], capture_output=True, text=True, check=True).stdout
    lines = out.splitlines()
    end = lines.index("HEADER=END") + 1
    rows = [line.strip() for line in lines[end:lines.index("DATA=END")]]
    return lines[:end], list(map(list, zip(rows[::2], rows[1::2])))


def put(home, service, table, key, value):
    header, _ = dump(home, service, table)
    text = "\n".join([line for line in header if not line.startswith("db_pagesize")] + [f" {key}", f" {value}", "DATA=END", ""])
    subprocess.run(["mdb_load", "-s", table, environment(home, service)], input=text, text=True, check=True)


def flip(home, service, table, row, byte, mask=1):
    """One bit of one byte of a row's value; its key."""
    key, value = dump(home, service, table)[1][row]
    changed = bytearray.fromhex(value)
    changed[byte] ^= mask
    put(home, service, table, key, changed.hex())
    return key


def tables(home, service):
    names = subprocess.run(["mdb_dump", "-l", environment(home, service)], capture_output=True, text=True, check=True).stdout.split()
    return {name: dump(home, service, name)[1] for name in names if name not in LOCAL}


class Copy:
    """A copy of the stopped site, as a site of its own."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="tdv-read-")
        home = Path(self.folder) / "site"
        shutil.copytree(BEHIND["home"], home, ignore=shutil.ignore_patterns("run", "*.log"))
        (home / "run").mkdir(mode=0o700)
        self.site = Site(home)
        return self.site

    def __exit__(self, *error):
        self.site.__exit__(*error)
        shutil.rmtree(self.folder, ignore_errors=True)


def answer(site, *arguments, status=0):
    done = site.tdv(*arguments, "--json", check=False)
    assert done.returncode == status, (arguments, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return json.loads(done.stdout)


def log(site, service):
    done = site.tdv("log", service, "--json", "--from", 1, "--limit", 100000)
    return [json.loads(line) for line in done.stdout.splitlines()]


def wait(until, seconds=20):
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def settle(site):
    """A consumer that was just started does not know yet how far its producers are: the audit compares with what they say."""
    wait(lambda: answer(site, "audit")["complete"])


# --- trace

def entry_of(site, service, message, **fields):
    found = [e for e in log(site, service) if e["message"] == message and all(e["body"].get(k) == v for k, v in fields.items())]
    assert found, (service, message, fields)
    return found[0]


def a_cards_story_has_every_stage_in_order_with_who_and_the_rule(site):
    produced = entry_of(site, "printing", "card_produced", number=BEHIND["number"])
    BEHIND["member"] = produced["subject"]["number"]
    story = answer(site, "trace", f"{BEHIND['number']:08}")
    stages = (("registry", "member_registered", "administrator"), ("registry", "card_opened", "administrator"),
              ("intake", "list_opened", "cell_officer"), ("intake", "request_offered", "cell_officer"),
              ("verification", "request_verified", "cell_officer"), ("approval", "list_appraised", "grassroots_appraiser"),
              ("approval", "lists_consolidated", "superior_board"), ("approval", "list_decided", "superior_committee"),
              ("approval", "approved_list_opened", "provincial_board"), ("approval", "request_approved", "provincial_board"),
              ("printing", "order_opened", "central_board"), ("printing", "card_reserved", "central_board"),
              ("printing", "order_accepted", "print_facility"), ("printing", "card_produced", "print_facility"),
              ("printing", "box_filled", "print_facility"), ("delivery", "shipment_sent", "print_facility"),
              ("delivery", "box_moved", "provincial_board"), ("delivery", "box_moved", "superior_board"),
              ("delivery", "box_moved", "grassroots_appraiser"), ("delivery", "box_moved", "cell_officer"),
              ("delivery", "card_handed_over", "cell_officer"), ("delivery", "old_card_collected", "cell_officer"),
              ("revocation", "validity_changed", "cell_officer"), ("verification", "request_finished", "cell_officer"))
    at = iter(story)
    for service, message, role in stages:
        assert any(e["service"] == service and e["message"] == message and e["who"]["role"] == role for e in at), (message, role, [
            (e["service"], e["message"], e["who"]["role"]) for e in story])
    assert all(e["who"].get("login") for e in story if e["who"]["role"] != "administrator")
    verified = next(e for e in story if e["message"] == "request_verified")
    assert verified["rule"]["version"] >= 1 and "51-CT/TW" in verified["rule"]["document"], verified
    BEHIND["request"] = verified["body"]["request"]
    for service in SERVICES:  # each service's own order stands
        entries = [e["entry"] for e in story if e["service"] == service]
        assert entries == sorted(entries), (service, entries)
    text = site.tdv("trace", f"{BEHIND['number']:08}").stdout
    assert all(e["text"] in text for e in story)


def every_way_to_name_a_card_finds_the_same_story(site):
    number, request = BEHIND["number"], BEHIND["request"]
    serial = entry_of(site, "printing", "card_produced", number=number)["body"]["serial"]
    person = BEHIND["person"]
    ids = (f"{number // 1000000:02}.{number % 1000000:06}", f"{request >> 16}-{request & 65535}", serial, serial.upper(),
           f"member:{BEHIND['member']}", person["Số lý lịch"], person["Số lý lịch"].lower(), person["Số định danh"])
    story = answer(site, "trace", f"{number:08}")
    for way in ids:
        assert answer(site, "trace", way) == story, way


def a_story_tells_of_nobody_else_and_no_personal_data(site):
    member, request = BEHIND["member"], BEHIND["request"]
    story = answer(site, "trace", f"member:{member}", "--all")
    boxes = set()
    for e in story:
        body = e["body"]
        assert body.get("member", member) == member or isinstance(body["member"], dict), e
        assert body.get("request", request) == request, e
        assert body.get("card", member << 8) >> 8 == member, e
        boxes |= {body["box"]} if e["message"] in ("box_filled", "box_moved", "shipment_box", "box_counted") else set()
    assert len(boxes) == 1, boxes
    text = json.dumps(story, ensure_ascii=False)
    for row in BEHIND["persons"]:
        for column in ("Họ và tên", "Số định danh", "Điện thoại", "Số lý lịch"):
            assert row[column] not in text, (column, row)


def a_request_that_was_left_out_ends_its_story(site):
    left = entry_of(site, "approval", "request_left_out", act="appraise")
    story = answer(site, "trace", f"member:{left['body']['member']}")
    assert story[-1]["message"] == "request_finished" and story[-1]["body"]["state"] == "rejected", story[-1]
    assert any(e["message"] == "request_left_out" and e["who"]["role"] == "grassroots_appraiser" for e in story)
    assert not any(e["message"] in ("list_decided", "lists_consolidated") for e in story)


def who_is_unknown_is_said_and_what_is_no_id_is_a_usage_error(site):
    for way, status in (("99.999999", 1), ("999-1", 1), ("f" * 16, 1), ("999999XYZ", 1), ("member:999999", 1), ("Nguyễn", 2), ("member:x", 2)):
        done = site.tdv("trace", way, check=False)
        assert done.returncode == status and done.stderr and not done.stdout.strip().startswith("22/"), (way, done)


# --- log

def the_log_of_every_service_is_json_without_gaps(site):
    for service in SERVICES:
        entries = log(site, service)
        assert [e["entry"] for e in entries] == list(range(1, len(entries) + 1)), service
        assert entries or service == "inspection", service  # no campaign was planned
        assert all(e["service"] == service and e["message"] != "?" and e["body"] is not None and e["time"] for e in entries), service
        head = next(s for s in answer(site, "status", "--fast")["services"] if s["service"] == service)
        assert head["entry"] == len(entries), service
    some = site.tdv("log", "approval", "--from", 2, "--limit", 3).stdout.splitlines()
    assert [line.split()[0] for line in some] == ["2", "3", "4"], some


# --- quarantine

def list_of(request):
    """A list with the one row that this request had, in a folder of its own, and who submits it."""
    act = next(a for a in BEHIND["submitted"] if a["number"] == request >> 16)
    lines = Path(act["file"]).read_text(encoding="utf-8-sig").splitlines()
    folder = Path(BEHIND["work"]) / f"again-{request}"
    folder.mkdir(exist_ok=True)
    path = folder / Path(act["file"]).name
    path.write_text("\n".join([lines[0], lines[request & 65535]]) + "\n")
    if not (folder / "../photos").resolve().exists():
        shutil.copytree(Path(BEHIND["data"]) / "photos", (folder / "../photos").resolve())
    return path


def spoil(site, request):
    """Makes an entry of intake's that nobody has read yet undecodable: one byte of its body.  Returns the whole envelope as it was."""
    offered = [e for e in log(site, "intake") if e["message"] == "request_offered"][-1]
    start = msgpack.packb({1: offered["body"]["submission"], 2: offered["body"]["request"], 3: offered["body"]["member"]})[1:]
    site.stop("intake")
    for key, value in dump(site.home, "intake", "runtime.turns")[1]:
        record = bytearray.fromhex(value)
        at = record.find(start)
        if at > 0:
            record[at - 1] = 0xc1  # no msgpack at all, instead of a map
            put(site.home, "intake", "runtime.turns", key, record.hex())
            return
    raise AssertionError("no such entry")


def what_a_service_cannot_read_is_set_aside_shown_retried_and_dropped():
    left = [r for r in BEHIND["left_out"]]
    assert len(left) == 2, left
    with Copy() as site:
        for request in left:
            site.start(*(s for s in SERVICES if s != "verification"))
            before = len(log(site, "intake"))
            # its outcome does not come as long as verification is down
            sending = subprocess.Popen([BEHIND["bin"] / "tdv", "--home", site.home, "submit", list_of(request)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait(lambda: any(e["message"] == "list_ended" and e["entry"] > before for e in log(site, "intake")))
            sending.kill()
            sending.wait()
            spoil(site, request)
            site.stop()
        if "in_flight" not in BEHIND:
            BEHIND["in_flight"] = site.tdv("audit", "--offline", "--json", check=False)
        site.start()
        settle(site)
        rows = answer(site, "quarantine", "list")["quarantined"]
        assert [(r["service"], r["number"], r["source"], r["message"], r["cause"]) for r in rows] == [
            ("verification", n, "intake", "request_offered", "malformed") for n in (1, 2)], rows
        shown = json.loads(site.tdv("quarantine", "show", "verification", 1).stdout)
        assert "c1" in shown["bytes"] and shown["entry"] == rows[0]["entry"] and shown["cause_text"], shown
        services = {s["service"]: s for s in answer(site, "status", "--fast")["services"]}
        assert services["verification"]["quarantined"] == 2
        # fed again as it is, it is refused again and stays
        again = site.tdv("quarantine", "retry", "verification", 1, check=False)
        assert again.returncode == 1 and again.stderr, again
        assert len(answer(site, "quarantine", "list")["quarantined"]) == 2
        # what was at fault is mended
        site.stop()
        key, value = dump(site.home, "verification", "runtime.quarantine")[1][0]
        at = value.rindex("c101")
        put(site.home, "verification", "runtime.quarantine", key, value[:at] + BEHIND["map"] + value[at + 2:])
        site.start()
        assert answer(site, "quarantine", "retry", "verification", 1)["done"] == 1
        assert answer(site, "quarantine", "drop", "verification", 2)["done"] == 1
        assert answer(site, "quarantine", "list")["quarantined"] == []
        for act in ("retry", "drop", "show"):
            done = site.tdv("quarantine", act, "verification", 1, check=False)
            assert done.returncode == 1 and done.stderr, done


# --- audit

def an_untouched_site_is_clean_and_goes_on_after_an_audit(site):
    done = answer(site, "audit")
    assert done["clean"] and done["complete"] and done["checks"] > 20 and done["rows"] > 1000, done
    assert all(s["state"] == "runs" for s in answer(site, "status", "--fast")["services"])


def audits_of_a_site_at_work_find_no_violation():
    audits = BEHIND["audits"]
    assert len(audits) >= 3, len(audits)
    for status, out, error in audits:
        assert status == 0 and json.loads(out)["violations"] == 0, (status, out[-2000:], error)


def what_is_in_flight_is_named_and_is_no_violation():
    done = BEHIND["in_flight"]
    audit = json.loads(done.stdout)
    assert done.returncode == 0 and audit["clean"] and not audit["complete"] and audit["skipped"] > 0, done
    assert any(f["consumer"] == "verification" and f["producer"] == "intake" and f["entry"] < f["head"] for f in audit["in_flight"]), audit


def validity(home, number):
    """Which row of revocation's cards a chip card of this number is in."""
    rows = dump(home, "revocation", "cards")[1]
    found = [i for i, (key, value) in enumerate(rows) if int(key, 16) & 255 > 1 and msgpack.unpackb(bytes.fromhex(value), strict_map_key=False)[2] == number]
    return found[0]


def an_altered_row_is_found_by_the_audit_which_names_the_card():
    with Copy() as site:
        row = validity(site.home, BEHIND["number"])
        flip(site.home, "revocation", "cards", row, 2)  # active becomes suspended
        offline = answer(site, "audit", "--offline", status=1)
        card = BEHIND["member"] << 8 | 2
        assert any(f["id"] == card for f in offline["findings"]) and not offline["clean"], offline
        site.start()
        assert answer(site, "audit", status=1)["findings"] == offline["findings"]
        told = site.tdv("audit", check=False)
        assert told.returncode == 1 and f"{BEHIND['member']}/2" in told.stdout, told.stdout


def a_row_that_does_not_decode_is_named_by_table_and_key():
    with Copy() as site:
        key = flip(site.home, "delivery", "cards", 1, 0, 0x40)
        found = answer(site, "audit", "--offline", status=1)["findings"]
        assert [(f["service"], f["table"], f["key"]) for f in found] == [("delivery", "cards", key)], found


def an_offline_audit_leaves_running_daemons_alone(site):
    done = site.tdv("audit", "--offline", check=False)
    assert done.returncode == 1 and "intake" in done.stderr, done


# --- replay

def every_service_replays_to_what_it_is(site):
    for service in SERVICES:
        done = answer(site, "replay", service)
        assert done["equal"] and done["turns"] > 1 and done["tables"] > 5, done
        assert done["entries"] > 1 or service == "inspection", done
    assert not (site.home / "replay").exists()


def a_stopped_service_replays_from_its_files():
    with Copy() as site:
        for service in SERVICES:
            done = answer(site, "replay", service, "--offline")
            assert done["equal"] and done["tables"] > 5, done


def one_altered_byte_is_named_by_table_and_key():
    with Copy() as site:
        key = flip(site.home, "verification", "requests", 3, -1)
        done = answer(site, "replay", "verification", "--offline", status=1)
        assert (done["difference"], done["table"], done["key"]) == ("table", "requests", key) and done["recorded"] != done["rebuilt"], done
        site.start()
        online = answer(site, "replay", "verification", status=1)
        assert (online["table"], online["key"], online["rebuilt"]) == ("requests", key, done["rebuilt"]), online
        told = site.tdv("replay", "verification", check=False)
        assert told.returncode == 1 and "requests" in told.stderr and key in told.stderr, told


def a_row_too_many_and_a_row_too_few_are_named():
    with Copy() as site:
        key, value = dump(site.home, "registry", "members")[1][-1]
        beyond = f"{int(key, 16) + 7:016x}"
        put(site.home, "registry", "members", beyond, value)
        done = answer(site, "replay", "registry", "--offline", status=1)
        assert (done["table"], done["key"], done["rebuilt"]) == ("members", beyond, None), done


def a_deleted_environment_is_rebuilt_equal():
    with Copy() as site:
        for service in ("verification", "delivery"):
            before = tables(site.home, service)
            for file in environment(site.home, service).glob("*.mdb"):
                file.unlink()
            without = answer(site, "replay", service, "--offline")
            assert without["equal"] and without["tables"] == 0, without
            done = answer(site, "replay", service, "--restore")
            assert done["equal"] and done["restored"], done
            assert tables(site.home, service) == before, service
            assert site.tdv("replay", service, "--restore", check=False).returncode == 1  # there is one now
        site.start()
        settle(site)
        assert answer(site, "audit")["clean"]
        assert answer(site, "replay", "delivery")["equal"]


def what_others_have_taken_and_no_segment_holds_is_not_rebuilt_without_a_word():
    with Copy() as site:
        site.start()
        site.tdv("submit", list_of(BEHIND["left_out"][0]))
        settle(site)
        site.kill("verification")
        site.stop()
        for file in environment(site.home, "verification").glob("*.mdb"):
            file.unlink()
        done = site.tdv("replay", "verification", "--restore", check=False)
        assert done.returncode == 1 and any(s in done.stderr for s in ("intake", "approval")), done  # who has taken them
        assert not (environment(site.home, "verification") / "data.mdb").exists()


# --- the site that all this is about

def an_old_copy_of_a_state_folder_is_named_by_status_and_audit():
    """Its peers notice; nobody is told that all is well."""
    home, old, service = BEHIND["home"], BEHIND["work"] / "old-copy", "revocation"
    folder = home / "state" / service
    with Site(home) as site:  # goes on, so that there is something that the old copy does not know
        shutil.copytree(folder, old)
        site.start()
        before = len(log(site, service))
        assert before
    shutil.rmtree(folder)
    (folder / "log").mkdir(parents=True)  # as before its first turn
    with Site(home) as site:
        site.start()
        wait(lambda: json.loads(site.tdv("status", "--fast", "--json", check=False).stdout)["forks"])
        said = site.tdv("status", "--fast", "--lang", "en", check=False)
        assert said.returncode == 1 and service in said.stdout and "do not fit" in said.stdout, said
        audit = site.tdv("audit", "--wait", 0, "--json", check=False)
        assert audit.returncode == 1, audit
        assert any(f.get("producer") == service for f in json.loads(audit.stdout)["findings"]), audit.stdout
    offline = site.tdv("audit", "--offline", "--json", check=False)
    assert offline.returncode == 1 and any(service in (f.get("producer"), f.get("consumer")) for f in json.loads(offline.stdout)["findings"])
    shutil.rmtree(folder)
    shutil.copytree(old, folder)
    with Site(home) as site:
        site.start()
        settle(site)
        answer(site, "audit")
        answer(site, "status", "--fast")


def damaged_personal_data_are_one_row_s_trouble_and_are_named():
    """A byte of one person's key: the door refuses that row, names it in the log, and lives."""
    home = BEHIND["home"]
    keys = home / "vault" / "person-keys"
    whole = keys.read_bytes()
    keys.write_bytes(whole[:64 * 9 + 20] + bytes([whole[64 * 9 + 20] ^ 1]) + whole[64 * 9 + 21:])
    with Site(home) as site:
        site.start()
        pid = site.pid("intake")
        said = site.tdv("registry", "import", BEHIND["data"] / "members.csv", "--json", check=False, timeout=60)
        refused = [e for a in json.loads(said.stdout)["acts"] for e in a["errors"] if e["reason"] != "already_done"]
        assert said.returncode == 1 and [e["reason"] for e in refused] == ["wrong_state"], refused
        assert site.alive("intake") and site.pid("intake") == pid
        assert "vault_damaged record=" in (home / "intake.log").read_text()
    keys.write_bytes(whole)


def persons(data):
    with open(Path(data) / "members.csv", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=";"))


class Auditing(threading.Thread):
    """Audits one after the other while the site works, without waiting for rest."""

    def __init__(self, site):
        super().__init__(daemon=True)
        self.site, self.over, self.done = site, threading.Event(), []

    def run(self):
        while not self.over.wait(0.3):
            done = self.site.tdv("audit", "--wait", 0, "--json", check=False)
            self.done.append((done.returncode, done.stdout, done.stderr))


def walk(site, work):
    way = Way(site, work / "data", work / "way", leave_out=2)
    auditing = Auditing(site)
    way.run(Way.STEPS[:3])
    auditing.start()
    submitted = way.submit()["acts"]
    way.run(Way.STEPS[4:])
    auditing.over.set()
    auditing.join()
    way.settle()
    files = {path.name: path for path in (work / "data" / "lists").glob("*.csv")}
    for act in submitted:
        act["file"] = next(path for name, path in files.items() if name in act["about"])
    left = [tuple(map(int, r.split("-"))) for r in way.left_out]
    return dict(submitted=submitted, audits=auditing.done, left_out=[a << 16 | b for a, b in left])


def handed_over(site):
    """A card of an ordinary member of a cell that lies below a grassroots organisation."""
    logins = {row["organisation"]: row for row in answer(site, "officers", "list")["officers"]}
    cells = {o for o, row in logins.items() if row["role"] == "cell_officer" and len(str(o)) == 9}
    taken = {e["body"]["card"] for e in log(site, "delivery") if e["message"] == "card_handed_over" and e["body"]["cell"] in cells and
             e["role"] == "cell_officer"}
    for e in log(site, "printing"):
        if e["message"] == "card_produced" and e["body"]["card"] in taken and e["body"]["card"] & 255 == 2:
            return e["body"]["number"]
    raise AssertionError("nobody has a card")


def main():
    claims = Claims()
    work = Path(tempfile.mkdtemp(prefix="tdv-read-"))
    try:
        seed(work / "data", 60, 6)
        (work / "site").mkdir()
        with Site(work / "site") as site:
            from tdv_site import BUILD
            site.start()
            BEHIND.update(walk(site, work), home=site.home, data=work / "data", work=work, bin=BUILD / "bin")
            offered = entry_of(site, "intake", "request_offered")
            BEHIND["map"] = f"{0x80 | len(offered['body']):02x}"
            BEHIND["number"] = handed_over(site)
            BEHIND["persons"] = persons(work / "data")
            number = f"{BEHIND['number'] // 1000000:02}.{BEHIND['number'] % 1000000:06}"
            BEHIND["person"] = next(p for p in BEHIND["persons"] if p["Số thẻ"] == number)
            for claim in (a_cards_story_has_every_stage_in_order_with_who_and_the_rule, every_way_to_name_a_card_finds_the_same_story,
                          a_story_tells_of_nobody_else_and_no_personal_data, a_request_that_was_left_out_ends_its_story,
                          who_is_unknown_is_said_and_what_is_no_id_is_a_usage_error, the_log_of_every_service_is_json_without_gaps,
                          an_untouched_site_is_clean_and_goes_on_after_an_audit, an_offline_audit_leaves_running_daemons_alone,
                          every_service_replays_to_what_it_is):
                claims.run(claim, site)
        for claim in (audits_of_a_site_at_work_find_no_violation,
                      what_a_service_cannot_read_is_set_aside_shown_retried_and_dropped, what_is_in_flight_is_named_and_is_no_violation,
                      an_altered_row_is_found_by_the_audit_which_names_the_card, a_row_that_does_not_decode_is_named_by_table_and_key,
                      a_stopped_service_replays_from_its_files, one_altered_byte_is_named_by_table_and_key,
                      a_row_too_many_and_a_row_too_few_are_named, a_deleted_environment_is_rebuilt_equal,
                      what_others_have_taken_and_no_segment_holds_is_not_rebuilt_without_a_word,
                      an_old_copy_of_a_state_folder_is_named_by_status_and_audit,
                      damaged_personal_data_are_one_row_s_trouble_and_are_named):
            claims.run(claim)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return claims.end()


if __name__ == "__main__":
    sys.exit(main())
