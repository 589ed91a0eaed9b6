#!/usr/bin/env python3
"""Shows what TDV does: a commune of the real size through the exchange to the chip card with daemons killed meanwhile, then every
other case of a request and of a card, a chapter each, on a small commune.

usage: demo.py [--chapter NAME]... [--members N] [--organisations N] [--seed N] [--folder DIR] [--kill-every SECONDS] [--keep]
               [--lang vi|en]

Chapters: commune, and the files of tools/demo/chapters.  Everything is inside DIR (demo.now, or demo with --keep), which is made
anew and removed at the end; --keep leaves it.  Nothing is left running.  Exit status 0: all was as it should be.
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[1:1] = [str(ROOT / "tests" / "system")]
from tdv_site import BUILD  # noqa: E402
from way import Wrong  # noqa: E402

import chapters  # noqa: E402
from commune import Commune  # noqa: E402
from hamlet import Hamlet  # noqa: E402
from telling import _, asked_for_english, heading, indented, pad, speak  # noqa: E402

MARK = ".tdv-demo"


def play_commune(options, folder, wrongs):
    commune = Commune(options, folder)
    try:
        commune.run()
    finally:
        wrongs += commune.wrongs
    return commune.card


def play(hamlet, name, wrongs):
    """One chapter; what goes wrong in it does not keep the next from being played."""
    chapter = chapters.chapter(name)
    began = time.monotonic()
    heading(f"── {chapter.TITLE[0]}", f"── {chapter.TITLE[1]}")
    try:
        chapter.run(hamlet)
    except Exception as wrong:  # whatever it is: the others are worth seeing
        what = str(wrong) if isinstance(wrong, Wrong) else f"{type(wrong).__name__}: {wrong}"
        wrongs.append(f"{name}: {what}")
        print("  ✗ " + _("KHÔNG ĐÚNG: ", "WRONG: ") + what, flush=True)
    print(f"  ({time.monotonic() - began:.1f} s)", flush=True)


def play_chapters(names, folder, wrongs):
    heading("Các trường hợp khác của đề nghị và của thẻ, trên một xã nhỏ: 90 đảng viên đã đổi thẻ, một chi bộ chưa đổi",
            "Every other case of a request and of a card, on a small commune: 90 members after the exchange, one cell not yet")
    with Hamlet(folder) as hamlet:
        hamlet.exchange()
        for name in names:
            play(hamlet, name, wrongs)
        heading("── Kiểm toán sau mọi chương", "── The audit after all chapters")
        try:
            print(indented(hamlet.audit()))
        except Wrong as wrong:
            wrongs.append(str(wrong))


def run(options, folder, wrongs):
    names = options.chapter or ["commune", *chapters.NAMES]
    began = time.monotonic()
    card = None
    if "commune" in names:
        card = play_commune(options, folder / "commune", wrongs)
    rest = [name for name in chapters.NAMES if name in names]
    if rest:
        play_chapters(rest, folder / "hamlet", wrongs)
    print(_(f"\nTổng cộng {time.monotonic() - began:.0f} giây.", f"\n{time.monotonic() - began:.0f} seconds in all."), flush=True)
    return card


def remove_folder(folder):
    """The mark goes last, so that what an interrupted removal left is still known as a demo's."""
    for inside in folder.iterdir():
        if inside.name != MARK:
            shutil.rmtree(inside, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def make_folder(folder):
    """Anew; only what a demo made is removed, and not while a site of it is up."""
    if folder.exists():
        if not (folder / MARK).exists():
            sys.exit(_(f"demo: {folder} có sẵn và không do demo tạo ra; không đụng đến", f"demo: {folder} is there and no demo made it; left alone"))
        for site in folder.glob("*/site"):
            leave_alone_when_up(site)
        remove_folder(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def leave_alone_when_up(site):
    try:
        with open(site / "run" / "tdv.pid") as f:
            fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(_(f"demo: {site} đang chạy; `tdv --home {site} down` trước đã", f"demo: {site} is up; `tdv --home {site} down` first"))
    except OSError:
        pass


def how_to_go_on(folder, card):
    tdv = f"{os.path.relpath(BUILD / 'bin' / 'tdv')} --home {os.path.relpath(folder / ('commune' if card else 'hamlet') / 'site')}"
    heading("Đi tiếp", "How to go on")
    rows = [("up", "chạy lại các dịch vụ; các lệnh sau gõ ở cửa sổ khác", "the daemons again; what follows in another terminal"),
            ("status", "dịch vụ nào sống, tới đâu", "which daemons live, how far each is"),
            ("outcome", "mọi việc đã tới đâu", "how far everything has come"),
            (f"trace {card}", "cả câu chuyện của một thẻ", "one card's whole story"),
            ("lists", "việc gì đang chờ ai", "what waits for whom"),
            ("--help", "mọi lệnh", "every verb")]
    for verb, vietnamese, english in rows:
        if card or not verb.startswith("trace"):
            print(f"  {tdv} {pad(verb, 20)}# {_(vietnamese, english)}")


def parse_argv():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--chapter", action="append", choices=("commune", *chapters.NAMES), help="that one alone; may be said again")
    parser.add_argument("--members", type=int, default=6202)
    parser.add_argument("--organisations", type=int, default=134)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="demo with --keep; else one that leaves what was kept alone")
    parser.add_argument("--kill-every", type=float, default=1.0, metavar="SECONDS", help="0: kill nothing")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--lang", choices=("vi", "en"))
    return parser.parse_args()


def interrupted(*_ignored):
    raise KeyboardInterrupt


def main():
    options = parse_argv()
    speak(asked_for_english(options.lang))
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    folder = (options.folder or ROOT / ("demo" if options.keep else "demo.now")).resolve()
    make_folder(folder)
    wrongs, card, status = [], None, 1
    try:
        card = run(options, folder, wrongs)
        status = 1 if wrongs else 0
    except KeyboardInterrupt:
        print(_("\nDừng theo yêu cầu.", "\nStopped as asked."))
        status = 130
    except (Wrong, RuntimeError, subprocess.CalledProcessError) as wrong:
        wrongs.append(str(wrong))
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        for wrong in wrongs:
            print("demo: " + _("KHÔNG ĐÚNG: ", "WRONG: ") + wrong, file=sys.stderr)
        if options.keep:
            if status == 0:
                how_to_go_on(folder, card)
        else:
            print(_("Đang xóa các tệp …", "Removing the files …"), flush=True)
            remove_folder(folder)
            if status == 0:
                print(_("Đã xóa mọi thứ. `make demo KEEP=1` giữ lại để xem tiếp.", "Everything is removed. `make demo KEEP=1` keeps it to look around."))
    return status


if __name__ == "__main__":
    sys.exit(main())
