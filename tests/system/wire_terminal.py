"""A terminal in another language, written from WIRE.md alone: python3-zmq, python3-msgpack and the openssl program."""

import hashlib
import os
import subprocess
import tempfile
import time
from pathlib import Path

import msgpack
import zmq
from wire_box import openssl

# ---- WIRE.md, Frames ----

SUBMISSION, RECEIPT, SIGNED_RECEIPT, ATTACHMENT_PUT, ATTACHMENT_TAKEN = 0x1001, 0x1004, 0x1005, 0x1006, 0x1007
SIGNED_READ, OUTCOME, MAIL_PAGE, ATTACHMENT_GET, ATTACHMENT, REFUSED, ATTACHMENTS_GET = 0x1008, 0x100a, 0x100b, 0x100d, 0x100e, 0x100f, 0x1010
IMPORT_ORGANISATIONS, IMPORT_MEMBERS, SUBMIT_LIST, APPRAISE, CONSOLIDATE, DECIDE, APPROVE, GRANT_NUMBERS, PLACE_ORDER = range(1, 10)
ENROL_OFFICERS = 16
TAKEN, NOT_TAKEN = 1, 2
UNKNOWN, PENDING, DONE = 1, 2, 3
FAULT = {1: "malformed", 2: "certificate", 3: "signature", 4: "clock", 5: "busy", 6: "not_addressee"}


def pack(fields):
    """A message: a map with ascending small keys; None is an absent field."""
    return msgpack.packb({k: v for k, v in sorted(fields.items()) if v is not None}, use_bin_type=True)


def unpack(data):
    return msgpack.unpackb(data, raw=False, strict_map_key=False)


def frame(number, fields):
    return number.to_bytes(2, "big") + pack(fields)


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

    def unsigned(self, act, bodies, change=None):
        """A new act: header and items."""
        self.sequence += 1
        items = [pack({1: os.urandom(16), 2: pack(body)}) for body in bodies]
        header = self.header(act, items, change=change or {})
        self.content = sha256(header)
        return header, items

    def packet(self, act, bodies, change=None):
        """A new act: its frame."""
        header, items = self.unsigned(act, bodies, change)
        return frame(SUBMISSION, {1: header, 2: self.key.sign(header), 3: items})

    def packets(self, acts):
        """Several new acts, (act, bodies) each, under one signature: their frames' fields."""
        unsigned = [self.unsigned(*one) for one in acts]
        leaves = [leaf(sha256(header)) for header, _ in unsigned]
        signature = self.key.sign(b"TDV submissions 1" + root(leaves))
        return [{1: header, 2: signature, 3: items, 4: {1: path_of(leaves, i), 2: i, 3: len(leaves), 4: root(leaves)}}
                for i, (header, items) in enumerate(unsigned)]

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
