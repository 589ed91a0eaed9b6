"""WIRE.md, Sealed boxes: ECDH by the openssl program, HKDF and AES-256-GCM by hand."""

import hashlib
import hmac
import subprocess
import tempfile


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout


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
