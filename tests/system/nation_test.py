#!/usr/bin/env python3
"""The nation in small (tools/nation): every stage of the exchange with the real daemons, many officers at once."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "nation"))
from nation import STAGES, Nation  # noqa: E402
from tdv_site import BUILD, Claims  # noqa: E402

SCALE = 0.0005


def every_stage_goes_through_and_the_audit_is_clean(results):
    folder = Path(tempfile.mkdtemp(prefix="nation-test-", dir=BUILD))
    try:
        options = argparse.Namespace(scale=SCALE, shared_photos=False, no_audit=False, until=None)
        results.update(Nation(options, folder).go())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert list(results["stages"]) == [name for name, _ in STAGES]
    assert results["audit"]["clean"] and results["quarantine"] == 0


def what_was_accepted_is_printed_boxed_and_handed_over(results):
    """A few percent do not pass the rules; of the others none is lost on the way."""
    count = {name: stage["count"] for name, stage in results["stages"].items()}
    assert count["registry"] == results["country"]["members"]
    assert 0.9 * count["registry"] < count["submit"] < count["registry"], count
    assert count["submit"] == count["appraise"] == count["order, print, pack"] == count["hand over"], count
    assert results["stages"]["hand over"]["refused"] == 0


def each_member_has_a_photo_of_their_own_in_the_vault(results):
    listed = results["stages"]["submit"]["photo_bytes"]
    assert results["disk"]["attachments"] >= listed > 1000 * results["cards"], results["disk"]


def main():
    claims, results = Claims(), {}
    if claims.run(every_stage_goes_through_and_the_audit_is_clean, results):
        claims.run(what_was_accepted_is_printed_boxed_and_handed_over, results)
        claims.run(each_member_has_a_photo_of_their_own_in_the_vault, results)
    return claims.end()


if __name__ == "__main__":
    sys.exit(main())
