#!/usr/bin/env python3
"""What a terminal that was written from WIRE.md alone (wire_terminal.py) hears from the door, and what it finds in its letters."""

import contextlib
import os
import resource
import socket
import sys
import time
from datetime import date
from pathlib import Path

import msgpack
import zmq

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import ROOT, Claims, Site  # noqa: E402
from wire_box import box_open  # noqa: E402
from wire_terminal import (  # noqa: E402
    APPRAISE, APPROVE, ATTACHMENT, ATTACHMENTS_GET, ATTACHMENT_GET, ATTACHMENT_PUT, ATTACHMENT_TAKEN,
    CONSOLIDATE, DECIDE, DONE, ENROL_OFFICERS, GRANT_NUMBERS, IMPORT_MEMBERS, IMPORT_ORGANISATIONS,
    MAIL_PAGE, NOT_TAKEN, PLACE_ORDER, SIGNED_RECEIPT, SUBMISSION, SUBMIT_LIST, TAKEN, UNKNOWN, Key,
    Terminal, fault, frame, leaf, path_of, path_root, root, sha256, unpack)

FULL_NAME, BIRTH_DATE, CITIZEN_ID, PROFILE_NUMBER, OFFICIAL_DATE, PHOTO = 7, 8, 10, 12, 14, 19
MALFORMED, UNKNOWN_REASON, DATE_ORDER, ROLE_NOT_ALLOWED, CONFLICT = 1, 3, 6, 10, 41
RECORD_ORDERED = 0x0502
JPEG = b"\xff\xd8\xff\xe0" + b"\x00\x10JFIF\x00" + b"a photo of a test " * 200 + b"\xff\xd9"


def today():
    """In Hà Nội, where days begin seven hours earlier."""
    return int((time.time() + 7 * 3600) // 86400)


def day(iso):
    return (date.fromisoformat(iso) - date(1970, 1, 1)).days


# ---- claims with the door alone ----

CENTRE = {1: 1, 2: "Trung ương", 3: 1, 4: 0, 5: day("1930-02-03"), 7: False, 8: 1}


def an_act_gets_a_signed_receipt(site, admin):
    _, fields = admin.submit(IMPORT_ORGANISATIONS, [CENTRE])
    assert fields[4] == TAKEN and fields[6] == admin.content and fields[7] == [] and fields[8] == 0, fields


def a_resend_gets_the_same_receipt(site, admin):
    body, _ = admin.submit(IMPORT_ORGANISATIONS, [CENTRE])
    again, _ = admin.receipt(admin.last)
    assert body == again


def a_resend_after_a_kill_gets_the_same_receipt(site, admin):
    body, _ = admin.submit(IMPORT_ORGANISATIONS, [CENTRE])
    site.kill("intake")
    site.start("intake")
    again, _ = admin.receipt(admin.last)
    assert body == again


def the_same_id_with_other_content_is_a_conflict(site, admin):
    admin.submit(IMPORT_ORGANISATIONS, [CENTRE])
    admin.sequence -= 1
    _, fields = admin.submit(IMPORT_ORGANISATIONS, [{**CENTRE, 2: "Khác"}])
    assert fields[4] == NOT_TAKEN and 5 not in fields and fields[7] == [{1: 0, 2: 0, 3: CONFLICT}], fields
    assert fields[6] == admin.content


def a_whole_batch_is_signed_once(site, admin):
    """Many acts under way at once: each receipt has its path."""
    admin.dial()
    packets = [admin.packet(IMPORT_ORGANISATIONS, [CENTRE]) for _ in range(8)]
    first = admin.sequence - 7
    for packet in packets:
        admin.socket.send(packet)
    seen = set()
    while len(seen) < 8:
        assert admin.socket.poll(10000)
        answer = admin.socket.recv()
        assert int.from_bytes(answer[:2], "big") == SIGNED_RECEIPT
        signed = unpack(answer[2:])
        assert path_root(leaf(signed[1]), signed[3], signed[4], signed[2]) == signed[6]
        seen.add(unpack(signed[1])[3])
    assert seen == set(range(first, first + 8))


def every_error_of_a_file_comes_at_once(site, admin):
    member = {1: "Nguyễn Văn An", 2: day("1980-05-01"), 3: 1, 4: "001080000001", 6: "123456AB", 7: day("2005-01-01"),
              8: day("2006-01-01"), 9: 2, 10: 1, 12: 31, 13: 31}
    wrong = {**member, 1: "An 123", 4: "1234", 6: "12AB", 8: day("2004-01-01"), 14: sha256(b"no such photo")}
    late = {**member, 2: day("2999-01-01"), 6: "123457AB", 4: "001080000002"}
    decomposed = {**member, 1: "Nguye\u0302\u0303n Văn An", 6: "123458AB", 4: "001080000003"}
    _, fields = admin.submit(IMPORT_MEMBERS, [wrong, late, decomposed, {99: 1}])
    errors = [(e[1], e[2], e[3]) for e in fields[7]]
    for expected in ((1, FULL_NAME, MALFORMED), (1, CITIZEN_ID, MALFORMED), (1, PROFILE_NUMBER, MALFORMED),
                     (1, OFFICIAL_DATE, DATE_ORDER), (1, PHOTO, UNKNOWN_REASON), (2, BIRTH_DATE, 5), (3, FULL_NAME, MALFORMED)):
        assert expected in errors, (expected, errors)
    assert any(e[0] == 4 for e in errors), errors
    assert fields[8] == len(errors)
    outcome = admin.done()
    assert outcome[5] == 0 and outcome[6] == 4, outcome
    assert [(e[1], e[2], e[3]) for e in outcome[9]] == errors
    later = admin.outcome(after=2)
    assert {e[1] for e in later[9]} == {3, 4}, later


def an_unknown_act_is_unknown(site, admin):
    assert admin.outcome(sequence=999999)[1] == UNKNOWN


def strangers_and_forgers_are_refused(site, admin):
    stranger = Terminal(site, Key(site.home / "stranger.pem"), 1)
    assert fault(stranger.exchange(stranger.packet(IMPORT_ORGANISATIONS, [CENTRE]))) == "certificate"
    assert fault(stranger.mail(1)) == "certificate"
    assert fault(stranger.attach(JPEG)) == "certificate"
    packet = unpack(admin.packet(IMPORT_ORGANISATIONS, [CENTRE])[2:])
    forged = {**packet, 2: bytes([packet[2][0] ^ 1]) + packet[2][1:]}
    assert fault(admin.exchange(frame(SUBMISSION, forged))) == "signature"
    others = unpack(stranger.packet(IMPORT_ORGANISATIONS, [CENTRE])[2:])
    assert fault(admin.exchange(frame(SUBMISSION, {**packet, 2: others[2]}))) == "signature"
    # Items that the header's root does not hold, and another count.
    assert fault(admin.exchange(frame(SUBMISSION, {**packet, 3: others[3]}))) == "malformed"
    assert fault(admin.exchange(frame(SUBMISSION, {**packet, 3: packet[3] * 2}))) == "malformed"


def a_clock_that_is_far_off_is_refused(site, admin):
    for days in (-2, 2):
        packet = admin.packet(IMPORT_ORGANISATIONS, [CENTRE], change={6: int((time.time() + days * 86400) * 1000)})
        number, fields = admin.exchange(packet)
        assert fault((number, fields)) == "clock" and fields[3] == admin.sequence


def another_purpose_is_refused(site, admin):
    assert fault(admin.exchange(admin.packet(IMPORT_ORGANISATIONS, [CENTRE], change={2: "TDV read 1"}))) == "malformed"


def garbage_is_refused_and_the_door_stays_up(site, admin):
    before = site.pid("intake")
    good = admin.packet(IMPORT_ORGANISATIONS, [CENTRE])
    body = good[2:]
    garbage = [b"", b"\x10", b"\x10\x01", b"\x10\x01\xdd\xff\x00\x00\x00", b"\xff\xff" + body, good[:-1], good + b"\x00",
               b"\x10\x01" + b"\x91" * 5000, b"\x10\x01" + b"\xdf\xff\xff\xff\xff", b"\x10\x01\xc6\xff\xff\xff\xff",
               b"\x10\x01" + b"\xde\x00\x03" + body[1:], b"\x10\x01" + msgpack.packb({3: [], 2: b"", 1: b""}),
               b"\x10\x01" + msgpack.packb({1: 1.5}), b"\x10\x01" + msgpack.packb(None), b"\x10\x04" + body,
               b"\x10\x08" + body, b"\x10\x06" + body, b"\x10\x0d" + body]
    garbage += [b"\x10\x01" + os.urandom(n) for n in range(1, 200, 7)]
    admin.dial()
    for sent in garbage:
        admin.socket.send(sent)
        assert admin.socket.poll(5000), sent[:20]
        answer = admin.socket.recv()
        assert fault((int.from_bytes(answer[:2], "big"), unpack(answer[2:]))) == "malformed", sent[:20]
    admin.socket.send_multipart([b"a", b"b", b"c"])  # no shape of ours: not even answered
    big = Terminal(site, admin.key, 0)
    big.dial()
    big.socket.send(b"\x10\x01" + bytes(5_000_000))  # ZeroMQ drops the line
    assert not big.socket.poll(200)
    _, fields = admin.receipt(good)
    assert fields[4] == TAKEN
    assert site.pid("intake") == before and site.alive("intake")


def bare_line(path):
    """A DEALER's line without ZeroMQ: ZMTP 3.0 (RFC 23), mechanism NULL."""
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(20)
    line.connect(path)
    line.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32))
    ready = b"\x05READY\x0bSocket-Type" + (6).to_bytes(4, "big") + b"DEALER"
    line.sendall(b"\x04" + bytes([len(ready)]) + ready)
    return line


def a_message_without_end_costs_its_line_and_not_the_machine(site, admin):
    """ZeroMQ bounds a part of a message, not how many there are, and holds them all; memory ends at the unit's LimitDATA, here sooner."""
    limit = 200 << 20
    assert "\nLimitDATA=" in (ROOT / "systemd/tdv-.service.d/10-common.conf").read_text()
    body, _ = admin.submit(IMPORT_ORGANISATIONS, [CENTRE])
    resource.prlimit(site.pid("intake"), resource.RLIMIT_DATA, (limit, limit))
    part, sent = b"\x03" + (100000).to_bytes(8, "big") + bytes(100000), 0  # long, and another one follows
    with bare_line(site.door.removeprefix("ipc://")) as line:
        try:
            while sent < 10 * limit:
                line.sendall(part)
                sent += len(part)
        except OSError:
            pass
    assert sent < 2 * limit, "nothing ended it"
    assert admin.receipt(admin.last)[0] == body  # the others' lines go on
    site.kill("intake")  # what was torn into pieces stays the process's, up to the limit
    site.start("intake")
    assert admin.receipt(admin.last)[0] == body


def many_acts_go_under_one_signature(site, admin):
    """Each is an act of its own, in whatever order they come; one that is not among them is refused."""
    packets = admin.packets([(IMPORT_ORGANISATIONS, [CENTRE])] * 5)
    last, content, receipts = admin.sequence, admin.content, {}
    for i in (3, 0, 4, 2, 1):
        number, signed = admin.exchange(frame(SUBMISSION, packets[i]))
        assert number == SIGNED_RECEIPT, (hex(number), signed)
        receipts[i] = unpack(signed[1])
        assert (receipts[i][3], receipts[i][4]) == (last - 4 + i, TAKEN), receipts[i]
        assert receipts[i][6] == sha256(packets[i][1])
    assert len({r[5] for r in receipts.values()}) == 5 and receipts[4][6] == content
    body, _ = admin.receipt(frame(SUBMISSION, packets[4]))
    site.kill("intake")  # what it knew of roots is gone with it
    site.start("intake")
    assert admin.receipt(frame(SUBMISSION, packets[4]))[0] == body
    # The same act under a signature of its own is the same act.
    assert admin.receipt(frame(SUBMISSION, {1: packets[4][1], 2: admin.key.sign(packets[4][1]), 3: packets[4][3]}))[0] == body


def an_act_that_is_not_of_the_signed_group_is_refused(site, admin):
    packets = admin.packets([(IMPORT_ORGANISATIONS, [CENTRE])] * 3)
    header, items = admin.unsigned(IMPORT_ORGANISATIONS, [CENTRE])
    assert admin.exchange(frame(SUBMISSION, packets[0]))[0] == SIGNED_RECEIPT  # the door knows the root from here on

    def refused(fields):
        return fault(admin.exchange(frame(SUBMISSION, fields))) == "signature"
    for p in packets:
        assert refused({**p, 1: header, 3: items})
    assert refused({**packets[1], 4: packets[2][4]})
    assert refused({**packets[1], 4: {**packets[1][4], 3: 2}})
    # The way to the last is as short in a tree of any size; 256 is the most.
    assert refused({**packets[2], 4: {**packets[2][4], 2: 256, 3: 257}})
    # A root that nobody signed, though the way to it is right.
    alone = leaf(sha256(header))
    assert refused({**packets[0], 1: header, 3: items, 4: {1: [], 2: 0, 3: 1, 4: alone}})
    # What was signed for one purpose serves for no other.
    leaves = [leaf(sha256(header))]
    for wrong in (leaves[0], header, b"TDV submission 1" + leaves[0], b"TDV attachments 1" + leaves[0]):
        assert refused({1: header, 2: admin.key.sign(wrong), 3: items, 4: {1: [], 2: 0, 3: 1, 4: leaves[0]}}), wrong
    assert refused({1: packets[1][1], 2: packets[1][2], 3: packets[1][3]})
    stranger = Terminal(site, Key(site.home / "stranger.pem"), 1)
    theirs = stranger.packets([(IMPORT_ORGANISATIONS, [CENTRE])])[0]
    assert fault(admin.exchange(frame(SUBMISSION, theirs))) == "certificate"
    assert admin.receipt(frame(SUBMISSION, {1: header, 2: admin.key.sign(header), 3: items}))[1][4] == TAKEN


def an_act_with_any_byte_bent_is_refused(site, admin):
    """Every byte of the frame is covered: by the encoding, by the signature or by the root; of a group's the proof too."""
    bent_everywhere(admin, admin.packet(IMPORT_ORGANISATIONS, [CENTRE]))
    bent_everywhere(admin, frame(SUBMISSION, admin.packets([(IMPORT_ORGANISATIONS, [CENTRE])] * 3)[2]))


def bent_everywhere(admin, good):
    admin.dial()
    for at in range(len(good)):
        admin.socket.send(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1:])
        assert admin.socket.poll(5000), at
        answer = admin.socket.recv()
        assert fault((int.from_bytes(answer[:2], "big"), unpack(answer[2:]))) in ("malformed", "signature", "certificate"), at
    _, fields = admin.receipt(good)
    assert fields[4] == TAKEN


def a_req_socket_is_served_too(site, admin):
    socket = admin.context.socket(zmq.REQ)
    socket.connect(site.door)
    socket.send(admin.packet(IMPORT_ORGANISATIONS, [CENTRE]))
    assert socket.poll(10000)
    assert int.from_bytes(socket.recv()[:2], "big") == SIGNED_RECEIPT
    socket.close(0)


def a_photo_is_taken_and_other_files_are_not(site, admin):
    number, fields = admin.attach(JPEG)
    assert (number, fields) == (ATTACHMENT_TAKEN, {1: sha256(JPEG), 2: len(JPEG)})
    assert admin.attach(JPEG)[0] == ATTACHMENT_TAKEN
    number, fields = admin.attach(b"MZ, a program")
    assert fault((number, fields)) == "malformed" and fields[4] == sha256(b"MZ, a program")


def many_photos_are_taken_at_once(site, admin):
    photos = [JPEG + n.to_bytes(2, "big") for n in range(64)]
    frames = [frame(ATTACHMENT_PUT, {1: admin.key.certificate, 3: c, 2: admin.key.sign(b"TDV attachment 1" + sha256(c))})
              for c in photos]
    admin.dial()
    for sent in frames:
        admin.socket.send(sent)
    taken = set()
    for _ in photos:
        assert admin.socket.poll(5000)
        taken.add(unpack(admin.socket.recv()[2:])[1])
    assert taken == {sha256(c) for c in photos}


def many_photos_go_under_one_signature(site, admin):
    """Each shows that it is among those that were signed; one that is not, or under another's signature, is refused."""
    contents = [JPEG + b"under one signature %d" % i + b"\xff\xd9" for i in range(5)]
    leaves = [leaf(sha256(c)) for c in contents]
    signature = admin.key.sign(b"TDV attachments 1" + root(leaves))

    def put(i, content, signature=signature, **proof):
        proof = {1: path_of(leaves, i), 2: i, 3: len(leaves), 4: root(leaves)} | {int(k[1:]): v for k, v in proof.items()}
        return admin.exchange(frame(ATTACHMENT_PUT, {1: admin.key.certificate, 2: signature, 3: content, 4: proof}))
    for i in (3, 0, 1, 2, 4):
        number, fields = put(i, contents[i])
        assert (number, fields) == (ATTACHMENT_TAKEN, {1: sha256(contents[i]), 2: len(contents[i])}), (hex(number), fields)
    other = JPEG + b"not among them" + b"\xff\xd9"
    for i in range(5):
        assert fault(put(i, other)) == "signature"
    assert fault(put(1, contents[0])) == "signature"
    assert fault(put(0, contents[0], _3=4)) == "signature"
    # A root that nobody signed, though the way to it is right.
    alone = leaf(sha256(other))
    assert fault(put(0, other, _1=[], _2=0, _3=1, _4=alone)) == "signature"
    # The signature of one attachment alone is none over a root, and the other way round.
    single = admin.key.sign(b"TDV attachment 1" + root(leaves))
    assert fault(put(0, contents[0], signature=single)) == "signature"
    bare = frame(ATTACHMENT_PUT, {1: admin.key.certificate, 2: signature, 3: contents[0]})
    assert fault(admin.exchange(bare)) == "signature"


def letters_of_others_stay_closed(site, admin):
    assert fault(admin.mail(31)) == "not_addressee"
    number, page = admin.mail(0)
    assert (number, page) == (MAIL_PAGE, {1: [], 2: False})


# ---- claims with all daemons ----

def person(n, name, profile, other):
    return {1: name, 2: day("1980-05-01"), 3: 1, 4: f"0010800000{n:02d}", 6: profile, 7: day("2005-01-01"),
            8: day("2006-01-01"), 9: 2, 10: 1, 12: 31, 13: 31, **other}


OFFICERS = {"cell": (1, 31), "grassroots": (2, 30), "board": (3, 20), "committee": (4, 20), "province": (5, 10),
            "centre": (6, 1), "facility": (7, 900)}


def a_site_is_filled_and_its_officers_enrolled(site, admin, officers):
    rows = [CENTRE, {1: 10, 2: "Tỉnh ủy", 3: 2, 4: 1, 5: day("1930-02-03"), 6: 44, 7: False, 8: 1},
            {1: 900, 2: "Cơ sở in", 3: 2, 4: 1, 5: day("1930-02-03"), 7: False, 8: 1},
            {1: 20, 2: "Đảng ủy xã", 3: 3, 4: 10, 5: day("1930-02-03"), 7: False, 8: 1},
            {1: 30, 2: "Đảng bộ cơ sở", 3: 4, 4: 20, 5: day("1930-02-03"), 7: False, 8: 1},
            {1: 31, 2: "Chi bộ 1", 3: 5, 4: 30, 5: day("1930-02-03"), 7: False, 8: 2}]
    admin.submit(IMPORT_ORGANISATIONS, rows)
    admin.done()  # the centre came before, in the acts above: some rows are known already
    admin.submit(IMPORT_ORGANISATIONS, rows)
    assert admin.done()[1] == DONE
    bodies = []
    for n, (name, (role, organisation)) in enumerate(OFFICERS.items(), 1):
        key = Key(site.home / f"{name}.pem")
        officers[name] = Terminal(site, key, organisation, number=100 + n)
        bodies.append({1: key.public, 2: "Trần Thị Bình", 3: f"0011800000{n:02d}", 4: role, 5: organisation})
    outcome = admin.carry_out(ENROL_OFFICERS, bodies)
    assert outcome[5] == len(bodies), outcome


def members_are_imported_with_their_photos(site, admin, officers):
    assert admin.attach(JPEG)[0] == ATTACHMENT_TAKEN
    old = {16: 44000017, 17: 1, 18: day("2010-01-01"), 19: 15}
    outcome = admin.carry_out(IMPORT_MEMBERS, [person(1, "Nguyễn Văn An", "123456AB", {14: sha256(JPEG), **old})])
    assert outcome[5] == 1, outcome


def an_officer_may_only_do_what_the_role_allows(site, admin, officers):
    _, fields = officers["cell"].submit(APPROVE, [{1: 1}])
    assert fields[4] == NOT_TAKEN and fields[7][0][3] == ROLE_NOT_ALLOWED, fields
    outcome = officers["cell"].outcome()
    assert outcome[1] == DONE and outcome[3] == ROLE_NOT_ALLOWED


def an_order_reaches_the_facility_as_sealed_letters(site, admin, officers):
    photo = sha256(JPEG)
    list_ = officers["cell"].carry_out(SUBMIT_LIST, [{1: 3, 2: 6, 3: day("2026-03-01")}, {1: "123456ab", 2: photo}])[7]
    officers["grassroots"].carry_out(APPRAISE, [{1: list_}])
    group = officers["board"].carry_out(CONSOLIDATE, [{1: 3, 2: 6}])[7]
    decision = {2: "12-QĐ/BTV", 3: today()}
    officers["committee"].carry_out(DECIDE, [{1: group, **decision}])
    officers["province"].carry_out(APPROVE, [{1: group, **decision}])
    officers["centre"].carry_out(GRANT_NUMBERS, [{1: 44, 2: 500001, 3: 500999}])
    order = officers["centre"].carry_out(PLACE_ORDER, [{1: group, 2: 900, 3: 1, 4: 25000}])[7]
    facility = officers["facility"]
    until = time.monotonic() + 10
    letters = []
    while time.monotonic() < until and len(letters) < 3:
        number, page = facility.mail(900)
        assert number == MAIL_PAGE and page[2] is False
        letters = page[1]
    assert [letter[2] for letter in letters] == [0x0501, RECORD_ORDERED, 0x0503], letters
    assert [letter[1] for letter in letters] == [1, 2, 3]
    assert unpack(letters[0][4])[1] == order
    record = letters[1]
    data = unpack(box_open(facility.key, b"TDV letter 1" + record[4], record[5]))
    assert (data[1], data[2], data[3], data[4], data[5], data[7]) == (
        "Nguyễn Văn An", day("1980-05-01"), 1, "123456AB", "Chi bộ 1", photo), data
    about = b"TDV fetch 1" + record[1].to_bytes(8, "big")
    get = frame(ATTACHMENT_GET, {1: facility.key.certificate, 2: facility.key.sign(about), 3: record[1], 4: 900})
    number, fields = facility.exchange(get)
    assert number == ATTACHMENT and fields[1] == record[1], hex(number)
    assert box_open(facility.key, about, fields[2]) == JPEG
    # Of several letters under one signature: those that have a photo; the others come empty.
    both = b"TDV fetch 2" + b"".join(n.to_bytes(8, "big") for n in (1, record[1]))
    many = {1: facility.key.certificate, 2: facility.key.sign(both), 3: [1, record[1]], 4: 900}
    assert facility.exchange(frame(ATTACHMENTS_GET, many)) == (ATTACHMENT, {1: 1, 2: b""})
    number, fields = int.from_bytes((answer := facility.socket.recv())[:2], "big"), unpack(answer[2:])
    assert number == ATTACHMENT and fields[1] == record[1]
    assert box_open(facility.key, about, fields[2]) == JPEG
    assert fault(facility.exchange(frame(ATTACHMENTS_GET, many | {3: [record[1], 1]}))) == "signature"
    stolen = {1: admin.key.certificate, 2: admin.key.sign(both), 3: [1, record[1]], 4: 900}
    assert fault(admin.exchange(frame(ATTACHMENTS_GET, stolen))) == "not_addressee"
    # Nobody else gets them, and no letter without a photo gives one.
    assert fault(officers["centre"].mail(900)) == "not_addressee"
    stolen = frame(ATTACHMENT_GET, {1: admin.key.certificate, 2: admin.key.sign(about), 3: record[1], 4: 900})
    assert fault(admin.exchange(stolen)) == "not_addressee"
    about = b"TDV fetch 1" + (1).to_bytes(8, "big")
    get = frame(ATTACHMENT_GET, {1: facility.key.certificate, 2: facility.key.sign(about), 3: 1, 4: 900})
    assert fault(facility.exchange(get)) == "not_addressee"


def personal_data_stand_nowhere_in_clear(site, admin, officers):
    """Stopped daemons, every file of the home: tables, logs, segments, the vault."""
    assert set(site.stop().values()) == {0}
    secrets = {"name": "Nguyễn Văn An".encode(), "citizen id": b"001080000001", "profile number": b"123456AB",
               "officer": "Trần Thị Bình".encode(), "photo": b"a photo of a test"}
    files = [path for path in site.home.rglob("*") if path.is_file()]
    assert any("Đảng ủy xã".encode() in path.read_bytes() for path in files), "not even what is public is found"
    for path in files:
        content = path.read_bytes()
        for what, secret in secrets.items():
            assert secret not in content, f"a {what} is in {path}"


def comes_true(holds, what):
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


@contextlib.contextmanager
def door_on_tcp():
    with Site() as site:
        with zmq.Context() as context, context.socket(zmq.ROUTER) as probe:
            port = probe.bind_to_random_port("tcp://127.0.0.1")
        (site.home / "tdv.conf").write_text(f"[intake]\ndoor = tcp://127.0.0.1:{port}\n")
        site.door = f"tcp://127.0.0.1:{port}"
        site.start("intake")
        yield site, Terminal(site, Key(site.home / "keys" / "administrator.pem"), 0)


def the_door_may_be_on_tcp():
    with door_on_tcp() as (_, admin):
        _, fields = admin.submit(IMPORT_ORGANISATIONS, [CENTRE])
        assert fields[4] == TAKEN


def a_site_that_begins_on_a_full_disk_is_busy_and_knows_its_administrator_later():
    with Site() as site:
        conf, key = site.home / "tdv.conf", site.home / "keys" / "administrator.pub.pem"
        conf.write_text("[store]\nreserve_mib = 1048576\n")  # more than there is
        key.rename(key.with_suffix(".later"))  # so that the key cannot come in before the door sees that
        site.start("intake")
        comes_true(lambda: "admission open=0" in (site.home / "intake.log").read_text(), "it finds room")
        key.with_suffix(".later").rename(key)
        admin = Terminal(site, Key(site.home / "keys" / "administrator.pem"), 0)
        packet = admin.packet(IMPORT_ORGANISATIONS, [CENTRE])
        admin.dial()
        admin.socket.send(packet)
        assert admin.socket.poll(5000)
        answer = admin.socket.recv()
        assert fault((int.from_bytes(answer[:2], "big"), unpack(answer[2:]))) == "busy", answer
        site.kill("intake")
        conf.write_text("[store]\nreserve_mib = 1\n")
        site.start("intake")
        assert admin.receipt(packet)[1][4] == TAKEN


def receipted(line, packet):
    line.send(packet)
    assert line.poll(20000), "the door says nothing"
    return int.from_bytes(line.recv()[:2], "big") == SIGNED_RECEIPT


def without_a_file_left_a_door_on_tcp_serves_the_lines_that_it_has():
    most = 100
    with door_on_tcp() as (site, admin), zmq.Context() as context, context.socket(zmq.DEALER) as first:
        pid = site.pid("intake")

        def files():
            return len(os.listdir(f"/proc/{pid}/fd"))

        first.connect(site.door)
        assert receipted(first, admin.packet(IMPORT_ORGANISATIONS, [CENTRE]))
        assert files() < most
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, most))
        others = [context.socket(zmq.DEALER) for _ in range(2 * most)]
        for line in others:
            line.connect(site.door)
        comes_true(lambda: files() == most, "the door has files left")
        assert receipted(first, admin.packet(IMPORT_ORGANISATIONS, [CENTRE]))
        assert files() == most
        for line in others:
            line.close(0)
        comes_true(lambda: files() < most, "lines that were closed are held")
        with context.socket(zmq.DEALER) as late:
            late.connect(site.door)
            assert receipted(late, admin.packet(IMPORT_ORGANISATIONS, [CENTRE]))
            late.close(0)
        first.close(0)
        assert site.pid("intake") == pid and site.daemons["intake"].alive()


def main():
    claims = Claims()
    with Site() as site:
        site.start("intake")
        admin = Terminal(site, Key(site.home / "keys" / "administrator.pem"), 0)
        for claim in (an_act_gets_a_signed_receipt, a_resend_gets_the_same_receipt,
                      a_resend_after_a_kill_gets_the_same_receipt, the_same_id_with_other_content_is_a_conflict,
                      a_whole_batch_is_signed_once, every_error_of_a_file_comes_at_once, an_unknown_act_is_unknown,
                      strangers_and_forgers_are_refused, a_clock_that_is_far_off_is_refused, another_purpose_is_refused,
                      garbage_is_refused_and_the_door_stays_up, a_message_without_end_costs_its_line_and_not_the_machine,
                      many_acts_go_under_one_signature, an_act_that_is_not_of_the_signed_group_is_refused,
                      an_act_with_any_byte_bent_is_refused, a_req_socket_is_served_too,
                      a_photo_is_taken_and_other_files_are_not, many_photos_are_taken_at_once,
                      many_photos_go_under_one_signature, letters_of_others_stay_closed):
            claims.run(claim, site, admin)
        site.start()
        officers = {}
        for claim in (a_site_is_filled_and_its_officers_enrolled, members_are_imported_with_their_photos,
                      an_officer_may_only_do_what_the_role_allows, an_order_reaches_the_facility_as_sealed_letters,
                      personal_data_stand_nowhere_in_clear):
            if not claims.run(claim, site, admin, officers):
                break
        if claims.failed:
            site.print_logs()
    claims.run(the_door_may_be_on_tcp)
    claims.run(a_site_that_begins_on_a_full_disk_is_busy_and_knows_its_administrator_later)
    claims.run(without_a_file_left_a_door_on_tcp_serves_the_lines_that_it_has)
    return claims.end()


if __name__ == "__main__":
    sys.exit(main())
