#!/usr/bin/env python3
"""A terminal in another language, written from WIRE.md alone: python3-zmq, python3-msgpack and the openssl program."""

import hashlib
import hmac
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import msgpack
import zmq

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import ROOT, Claims, Site  # noqa: E402

# ---- WIRE.md, Frames ----

SUBMISSION, RECEIPT, SIGNED_RECEIPT, ATTACHMENT_PUT, ATTACHMENT_TAKEN = 0x1001, 0x1004, 0x1005, 0x1006, 0x1007
SIGNED_READ, OUTCOME, MAIL_PAGE, ATTACHMENT_GET, ATTACHMENT, REFUSED, ATTACHMENTS_GET = 0x1008, 0x100a, 0x100b, 0x100d, 0x100e, 0x100f, 0x1010
IMPORT_ORGANISATIONS, IMPORT_MEMBERS, SUBMIT_LIST, APPRAISE, CONSOLIDATE, DECIDE, APPROVE, GRANT_NUMBERS, PLACE_ORDER = range(1, 10)
ENROL_OFFICERS = 16
TAKEN, NOT_TAKEN = 1, 2
UNKNOWN, PENDING, DONE = 1, 2, 3
FAULT = {1: "malformed", 2: "certificate", 3: "signature", 4: "clock", 5: "busy", 6: "not_addressee"}
FULL_NAME, BIRTH_DATE, CITIZEN_ID, PROFILE_NUMBER, OFFICIAL_DATE, PHOTO = 7, 8, 10, 12, 14, 19
MALFORMED, UNKNOWN_REASON, DATE_ORDER, ROLE_NOT_ALLOWED, CONFLICT = 1, 3, 6, 10, 41
RECORD_ORDERED = 0x0502
JPEG = b"\xff\xd8\xff\xe0" + b"\x00\x10JFIF\x00" + b"a photo of a test " * 200 + b"\xff\xd9"


def pack(fields):
    """A message: a map with ascending small keys; None is an absent field."""
    return msgpack.packb({k: v for k, v in sorted(fields.items()) if v is not None}, use_bin_type=True)


def unpack(data):
    return msgpack.unpackb(data, raw=False, strict_map_key=False)


def frame(number, fields):
    return number.to_bytes(2, "big") + pack(fields)


def today():
    """In Hà Nội, where days begin seven hours earlier."""
    return int((time.time() + 7 * 3600) // 86400)


def day(iso):
    return (date.fromisoformat(iso) - date(1970, 1, 1)).days


def sha256(data):
    return hashlib.sha256(data).digest()


# ---- WIRE.md, The Merkle tree ----

def leaf(data):
    return sha256(b"\x00" + data)


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:]))


def path_of(leaves, index):
    """RFC 9162, 2.1.3.1."""
    if len(leaves) <= 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return path_of(leaves[:k], index) + [root(leaves[k:])]
    return path_of(leaves[k:], index - k) + [root(leaves[:k])]


def path_root(hash_, index, count, path):
    """RFC 9162, 2.1.3.2."""
    fn, sn = index, count - 1
    assert index < count
    for p in path:
        assert sn > 0
        if fn & 1 or fn == sn:
            hash_ = sha256(b"\x01" + p + hash_)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            hash_ = sha256(b"\x01" + hash_ + p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return hash_


# ---- WIRE.md, Keys and signatures ----

def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout


def der_to_raw(der):
    """SEQUENCE of two INTEGERs -> r || s."""
    assert der[0] == 0x30 and der[2] == 2
    n = der[3]
    r, rest = der[4:4 + n], der[4 + n:]
    assert rest[0] == 2
    s = rest[2:2 + rest[1]]
    return b"".join(int.from_bytes(x, "big").to_bytes(32, "big") for x in (r, s))


def raw_to_der(raw):
    def integer(x):
        x = x.lstrip(b"\x00") or b"\x00"
        x = b"\x00" + x if x[0] & 0x80 else x
        return b"\x02" + bytes([len(x)]) + x
    body = integer(raw[:32]) + integer(raw[32:])
    return b"\x30" + bytes([len(body)]) + body


class Key:
    def __init__(self, path):
        self.path = Path(path)
        if not self.path.exists():
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path)
        self.public = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        self.certificate = sha256(self.public)

    def sign(self, data):
        return der_to_raw(openssl("dgst", "-sha256", "-sign", self.path, data=data))


def verify(public_pem, data, raw):
    with tempfile.NamedTemporaryFile() as signature:
        signature.write(raw_to_der(raw))
        signature.flush()
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", public_pem, "-signature", signature.name], input=data,
                              capture_output=True)
    return done.returncode == 0


# ---- WIRE.md, Sealed boxes: ECDH by openssl, HKDF and AES-256-GCM by hand ----

def hkdf(secret, salt, info):
    prk = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def make_sbox():
    p = q = 1
    box = [0] * 256
    while True:
        p = p ^ (p << 1) & 0xff ^ (0x1b if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xff
        if q & 0x80:
            q ^= 0x09
        x = q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4)
        box[p] = (x ^ 0x63) & 0xff
        if p == 1:
            box[0] = 0x63
            return box


SBOX = make_sbox()


def aes256(key):
    words, rcon = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        w = list(words[-1])
        if i % 8 == 0:
            w = [SBOX[b] for b in w[1:] + w[:1]]
            w[0] ^= rcon
            rcon = rcon << 1
        elif i % 8 == 4:
            w = [SBOX[b] for b in w]
        words.append([a ^ b for a, b in zip(words[i - 8], w)])
    keys = [sum(words[4 * r:4 * r + 4], []) for r in range(15)]

    def block(data):
        s = [a ^ b for a, b in zip(data, keys[0])]
        for r in range(1, 15):
            s = [SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16)]
            if r < 14:
                out = []
                for c in range(0, 16, 4):
                    a = s[c:c + 4]
                    x = [(b << 1) ^ (0x11b if b & 0x80 else 0) for b in a]
                    out += [x[i] ^ a[(i + 1) % 4] ^ x[(i + 1) % 4] ^ a[(i + 2) % 4] ^ a[(i + 3) % 4] for i in range(4)]
                s = out
            s = [a ^ b for a, b in zip(s, keys[r])]
        return bytes(s)
    return block


def gcm_open(key, about, sealed):
    nonce, cipher, tag = sealed[:12], sealed[12:-16], sealed[-16:]
    block = aes256(key)
    h = int.from_bytes(block(bytes(16)), "big")

    def times(x):
        z, v = 0, h
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xe1 << 120 if v & 1 else 0)
        return z

    def padded(data):
        return data + bytes(-len(data) % 16)
    y = 0
    for_hash = padded(about) + padded(cipher) + (len(about) * 8).to_bytes(8, "big") + (len(cipher) * 8).to_bytes(8, "big")
    for i in range(0, len(for_hash), 16):
        y = times(y ^ int.from_bytes(for_hash[i:i + 16], "big"))
    assert block(nonce + b"\x00\x00\x00\x01") == (int.from_bytes(tag, "big") ^ y).to_bytes(16, "big"), "the tag differs"
    plain = b""
    for i in range(0, len(cipher), 16):
        pad = block(nonce + (i // 16 + 2).to_bytes(4, "big"))
        plain += bytes(a ^ b for a, b in zip(cipher[i:i + 16], pad))
    return plain


def box_open(key, about, box):
    point, sealed = box[:65], box[65:]
    head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
    with tempfile.NamedTemporaryFile() as peer:
        peer.write(head + point)
        peer.flush()
        secret = openssl("pkeyutl", "-derive", "-inkey", key.path, "-peerkey", peer.name, "-peerform", "DER")
    return gcm_open(hkdf(secret, point, b"TDV sealed box 1"), about, sealed)


# ---- WIRE.md, A terminal ----

class Terminal:
    context = zmq.Context()

    def __init__(self, site, key, organisation, number=77):
        self.site, self.key, self.organisation, self.number, self.sequence = site, key, organisation, number, 0
        self.socket = None

    def dial(self):
        if self.socket:
            self.socket.close(0)
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.connect(self.site.door)

    def exchange(self, packet, timeout=10.0):
        """Sends until an answer comes; (number, fields)."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            self.dial()
            self.socket.send(packet)
            while self.socket.poll(2000):
                answer = self.socket.recv()
                number, fields = int.from_bytes(answer[:2], "big"), unpack(answer[2:])
                if number == REFUSED and FAULT[fields[1]] == "busy":
                    time.sleep(0.02)
                    break
                return number, fields
        raise TimeoutError("the door does not answer")

    def header(self, act, items, **other):
        fields = {1: act, 2: "TDV submission 1", 3: self.key.certificate, 4: self.number, 5: self.sequence,
                  6: int(time.time() * 1000), 7: self.organisation, 8: len(items), 9: root([leaf(i) for i in items])}
        fields.update(other.get("change", {}))
        return pack(fields)

    def packet(self, act, bodies, change=None):
        """A new act: its frame."""
        self.sequence += 1
        items = [pack({1: os.urandom(16), 2: pack(body)}) for body in bodies]
        header = self.header(act, items, change=change or {})
        self.content = sha256(header)
        return frame(SUBMISSION, {1: header, 2: self.key.sign(header), 3: items})

    def submit(self, act, bodies):
        self.last = self.packet(act, bodies)
        return self.receipt(self.last)

    def receipt(self, packet):
        """The receipt's bytes and fields, its signature verified."""
        number, signed = self.exchange(packet)
        assert number == SIGNED_RECEIPT, (hex(number), signed)
        body = signed[1]
        fields = unpack(body)
        assert path_root(leaf(body), signed[3], signed[4], signed[2]) == signed[6]
        assert verify(self.site.home / "keys" / "door.pub", b"TDV receipt 1" + signed[6], signed[5])
        assert (fields[1], fields[2], fields[3]) == (self.key.certificate, self.number, self.sequence)
        return body, fields

    def read(self, fields):
        header = pack({2: "TDV read 1", 3: self.key.certificate, 4: int(time.time() * 1000), 8: 0, **fields})
        return self.exchange(frame(SIGNED_READ, {1: header, 2: self.key.sign(header)}))

    def outcome(self, sequence=None, after=0):
        number, fields = self.read({1: 1, 5: self.number, 6: sequence or self.sequence, 8: after})
        assert number == OUTCOME, (hex(number), fields)
        return fields

    def done(self, timeout=20):
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            fields = self.outcome()
            if fields[1] == DONE:
                return fields
            time.sleep(0.02)
        raise TimeoutError("the act is not carried out")

    def carry_out(self, act, bodies):
        _, fields = self.submit(act, bodies)
        assert fields[4] == TAKEN, fields
        outcome = self.done()
        assert (outcome[3], outcome[6]) == (0, 0), outcome
        return outcome

    def mail(self, organisation, after=0):
        return self.read({1: 2, 7: organisation, 8: after})

    def attach(self, content):
        return self.exchange(frame(ATTACHMENT_PUT, {1: self.key.certificate, 3: content,
                                                    2: self.key.sign(b"TDV attachment 1" + sha256(content))}))


def fault(answer):
    number, fields = answer
    assert number == REFUSED, (hex(number), fields)
    return FAULT[fields[1]]


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


def an_act_with_any_byte_bent_is_refused(site, admin):
    """Every byte of the frame is covered: by the encoding, by the signature or by the root."""
    good = admin.packet(IMPORT_ORGANISATIONS, [CENTRE])
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


def the_door_may_be_on_tcp():
    with Site() as site:
        with zmq.Context() as context, context.socket(zmq.ROUTER) as probe:
            port = probe.bind_to_random_port("tcp://127.0.0.1")
        (site.home / "tdv.conf").write_text(f"[intake]\ndoor = tcp://127.0.0.1:{port}\n")
        site.door = f"tcp://127.0.0.1:{port}"
        site.start("intake")
        admin = Terminal(site, Key(site.home / "keys" / "administrator.pem"), 0)
        _, fields = admin.submit(IMPORT_ORGANISATIONS, [CENTRE])
        assert fields[4] == TAKEN


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
    return claims.end()


if __name__ == "__main__":
    sys.exit(main())
