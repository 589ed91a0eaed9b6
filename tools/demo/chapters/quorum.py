"""Phê duyệt cần chữ ký của hai người: quy định của một tỉnh, ghi trong schemas/eligibility.rules."""

import csv

from hamlet import PROVINCIAL, Hamlet
from tdv_site import BUILD

TITLE = ("Phê duyệt cần hai chữ ký", "An approval that two persons have to sign")
SECOND = "btctu2-44"


def run(h):
    h.say("Một tỉnh khác, nơi quy định ghi: setting approval.quorum_approve 2.", "Another province, whose rules say: setting approval.quorum_approve 2.")
    with Hamlet(h.folder / "hai-chu-ky", members=30, organisations=3, programs=BUILD / "two-sign" / "bin") as other:
        with open(other.data / "officers.csv", "a", encoding="utf-8", newline="") as f:
            csv.writer(f).writerow((SECOND, "Lê Thị Hồng", "044188000002", "provincial_board", 44))
        for step in ("organisations", "members", "officers", "submit", "appraise", "consolidate", "decide"):
            getattr(other.way, step)()
        group = max(other.json("lists", "--act", "approve")["waiting"], key=lambda w: w["count"])["number"]
        person = next(p for people in other.waiting.values() for p in people)
        request = other.request_of(person)
        other.tdv("approve", group, by=PROVINCIAL)
        other.expect_request(request, "decided")
        other.say("Người thứ nhất ký lần nữa: không tính. Người thứ hai ký điều khác: không được.",
                  "The first signs again: it does not count. The second signs something else: refused.")
        other.refused("already_done", "approve", group, by=PROVINCIAL)
        other.refused("differs", "approve", group, "--leave-out", f"{request}=left_out", by=SECOND)
        other.tdv("approve", group, by=SECOND)
        other.expect_request(request, "approved")
        other.audit()
