#!/usr/bin/env python3
"""A commune of the real size through the exchange to the chip card, with daemons killed meanwhile.

usage: demo.py [--members N] [--organisations N] [--seed N] [--folder DIR] [--kill-every SECONDS] [--keep] [--lang vi|en]

Everything is inside DIR (demo), which is made anew and removed at the end; --keep leaves it.  Nothing is left running.
Exit status 0: all was as it should be.
"""

import argparse
import csv
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
from tdv_site import BUILD, SERVICES, Site  # noqa: E402
from way import FACILITY, Killer, Way, Wrong, resident_beside_map, running_pid, seed  # noqa: E402

RESIDENT_MAX_MIB = 64
MARK = ".tdv-demo"
ENGLISH = False


def _(vietnamese, english):
    return english if ENGLISH else vietnamese


STAGES = {
    "organisations": ("Nhập danh mục tổ chức", "Organisations are imported"),
    "members": ("Nhập hồ sơ đảng viên và thẻ đang dùng", "Members and the cards in use are imported"),
    "officers": ("Đăng ký chứng thư cán bộ", "Officers are enrolled"),
    "submit": ("Các chi bộ gửi danh sách kèm ảnh", "Every cell submits its lists, with photos"),
    "rule": ("Ủy ban Kiểm tra xem xét đề nghị đang giữ lại", "The inspection commission rules on what is held"),
    "withdraw": ("Một chi bộ rút một đề nghị", "A cell withdraws a request"),
    "appraise": ("Cấp ủy cơ sở thẩm định", "Grassroots committees appraise"),
    "consolidate": ("Ban tổ chức cấp trên tổng hợp", "The superior's board consolidates"),
    "decide": ("Ban Thường vụ quyết định", "The standing committee decides"),
    "approve": ("Ban Tổ chức Tỉnh ủy phê duyệt", "The provincial board approves"),
    "numbers": ("Trung ương cấp dải số thẻ", "The centre grants a block of numbers"),
    "order": ("Trung ương lập lệnh in", "The centre orders the cards"),
    "print_cards": ("Cơ sở in làm thẻ, đóng hộp, gửi đi", "The facility prints, packs and sends"),
    "province": ("Tỉnh nhận và kiểm đếm", "The province receives and counts"),
    "commune": ("Xã nhận và kiểm đếm (một hộp đếm sai, đếm lại)", "The commune receives (one box miscounted, then recounted)"),
    "grassroots": ("Cơ sở nhận và kiểm đếm", "Grassroots committees receive and count"),
    "cells": ("Chi bộ nhận và kiểm đếm", "Cells receive and count"),
    "sheets": ("In danh sách ký nhận", "Sheets for the members' signatures"),
    "hand_over": ("Các chi bộ trao thẻ, thu thẻ cũ", "Every cell hands over and collects the old cards"),
    "settle": ("Chờ mọi dịch vụ xử lý xong", "Every service comes to rest"),
    "audit": ("Kiểm toán mọi bất biến", "Audit of every invariant"),
}


class Sampler(threading.Thread):
    """The most memory that each daemon had beside its map."""

    def __init__(self, home):
        super().__init__(daemon=True)
        self.home, self.over, self.most = home, threading.Event(), dict.fromkeys(SERVICES, 0)

    def run(self):
        while not self.over.wait(0.7):
            self.look()

    def look(self):
        for service in SERVICES:
            pid = running_pid(self.home, service)
            try:
                self.most[service] = max(self.most[service], resident_beside_map(pid) if pid else 0)
            except OSError:
                pass  # it was killed meanwhile


class Progress:
    """One line a stage: what goes on, how long it took, what came of it."""

    def __init__(self, killer):
        self.killer, self.seconds, self.tty = killer, [], sys.stdout.isatty()

    def stage(self, name, work):
        title = _(*STAGES[name])
        began = time.monotonic()
        done = threading.Event()
        ticker = threading.Thread(target=self.tick, args=(title, began, done), daemon=True)
        ticker.start()
        try:
            result = work()
        finally:
            done.set()
            ticker.join()
        took = time.monotonic() - began
        self.seconds.append((title, took))
        print(f"{self.clear()}  {pad(title, 60)}{took:7.1f} s   {summary(result)}", flush=True)
        return result

    def clear(self):
        return "\r\033[K" if self.tty else ""

    def tick(self, title, began, done):
        while self.tty and not done.wait(0.2):
            kills = sum(self.killer.kills.values())
            print(f"\r\033[K  {pad(title, 60)}{time.monotonic() - began:7.1f} s   "
                  + _(f"… đã SIGKILL {kills} lần", f"… {kills} SIGKILLs so far"), end="", flush=True)


def pad(text, width):
    return text + " " * max(1, width - len(text))


def number(n):
    return f"{n:,}" if ENGLISH else f"{n:,}".replace(",", ".")


def summary(result):
    if not isinstance(result, dict):
        return ""
    parts = []
    if "good" in result:
        return _(f"{number(result['good'])} thẻ tốt trong {result['boxes']} hộp, {result['spoiled']} hỏng phải in lại, từ chối {result['refused']}",
                 f"{number(result['good'])} good cards in {result['boxes']} boxes, {result['spoiled']} spoiled and reprinted, {result['refused']} refused")
    if result.get("count", 0) > 1:
        parts.append(_(f"{number(result['count'])} việc", f"{number(result['count'])} acts"))
    if "accepted" in result:
        parts.append(_(f"{number(result['accepted'])} nhận", f"{number(result['accepted'])} accepted"))
    if result.get("refused"):
        parts.append(_(f"{number(result['refused'])} không nhận", f"{number(result['refused'])} refused"))
    return ", ".join(parts)


def table(titles, rows):
    """Numbers to the right."""
    cells = [[number(c) if isinstance(c, int) else str(c) for c in row] for row in rows]
    widths = [max(len(t), *(len(r[i]) for r in cells)) for i, t in enumerate(titles)]
    right = [isinstance(rows[0][i], (int, float)) or rows[0][i].replace(".", "").replace(",", "").isdigit() for i in range(len(titles))]
    for row in [list(titles)] + cells:
        print("  " + "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right)).rstrip())


def heading(vietnamese, english):
    print(f"\n{_(vietnamese, english)}", flush=True)


class Demo:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.data, self.home = folder / "data", folder / "site"
        self.language = ["--lang", "en" if ENGLISH else "vi"]
        self.wrongs = []

    def run(self):
        o = self.options
        began = time.monotonic()
        seed(self.data, o.members, o.organisations, o.seed)
        print(_(f"Dữ liệu giả lập: {number(o.members)} đảng viên, {o.organisations} tổ chức dưới xã, trên xã là tỉnh và Trung ương"
                f" ({time.monotonic() - began:.1f} s)", f"Synthetic data: {number(o.members)} members, {o.organisations} organisations below"
                f" the commune, the province and the centre above it ({time.monotonic() - began:.1f} s)"), flush=True)
        with Site(self.home) as site:
            site.up()
            print(_(f"{len(SERVICES)} dịch vụ đang chạy; mỗi khoảng {o.kill_every:g} giây một dịch vụ bị SIGKILL\n",
                    f"{len(SERVICES)} daemons run; about every {o.kill_every:g} s one of them gets a SIGKILL\n"), flush=True)
            self.work(site)
            site.down()
        print(_(f"\nTổng cộng {time.monotonic() - began:.0f} giây.", f"\n{time.monotonic() - began:.0f} seconds in all."))

    def work(self, site):
        o = self.options
        way = Way(site, self.data, self.folder / "work", refuse=2, spoil=5, chance=o.seed, leave_out=3)
        killer, sampler = Killer(site, way, every=o.kill_every, seed=o.seed, busiest=True), Sampler(site.home)
        progress = Progress(killer)
        sampler.start()
        if o.kill_every:
            killer.start()
        try:
            results = {name: progress.stage(name, getattr(way, name)) for name in way.STEPS}
        finally:
            if o.kill_every:
                killer.stop()
        services = progress.stage("settle", way.settle)
        audit = progress.stage("audit", lambda: self.tdv(site, "audit"))
        sampler.over.set()
        sampler.join()
        self.show_outcome(site, way, results)
        self.show_daemons(services, killer, sampler)
        self.show_trace(site, results)
        heading("Kiểm toán", "Audit")
        print(indented(audit.stdout + audit.stderr))
        self.expect(audit.returncode == 0, _("kiểm toán có phát hiện", "the audit found something"))

    def tdv(self, site, *arguments):
        return site.tdv(*self.language, *arguments, check=False)

    def expect(self, true, what):
        if not true:
            self.wrongs.append(what)

    def show_outcome(self, site, way, results):
        outcome = way.outcome()
        handed = results["hand_over"]["accepted"]
        active = sum(c["count"] for c in outcome["cards"] if (c.get("generation"), c["validity"], c.get("place")) == ("chip_2025", "active", "member"))
        open_ = sum(r["count"] for r in outcome["requests"] if r["state"] not in ("closed", "rejected", "withdrawn", "returned"))
        moving = sum(c["count"] for c in outcome["cards"] if c.get("place") in ("in_transit", "facility", "missing") and c["validity"] != "spoiled")
        self.expect(handed == results["sheets"]["accepted"] > 0, _("có thẻ chưa trao", "cards were not handed over"))
        self.expect(active == handed, _(f"{handed} thẻ đã trao mà {active} thẻ có hiệu lực", f"{handed} cards handed over, {active} active"))
        self.expect(open_ == 0, _(f"{open_} đề nghị chưa xong", f"{open_} requests are still open"))
        self.expect(moving == 0, _(f"{moving} thẻ còn trên đường", f"{moving} cards are still on the way"))
        heading("Kết quả", "Outcome")
        print(indented(self.tdv(site, "outcome").stdout.strip("\n")))

    def show_daemons(self, services, killer, sampler):
        heading("Các dịch vụ", "Daemons")
        rows = []
        for s in services:
            resident = sampler.most[s["service"]] / 1048576
            rows.append((s["service"], s["turn"], s["entry"], killer.kills.get(s["service"], 0), s["turns_interrupted"], s["quarantine_total"],
                         f"{resident:.1f}", f"{s['map_used'] / 1048576:.1f}"))
            self.expect(resident < RESIDENT_MAX_MIB, _(f"{s['service']} dùng {resident:.0f} MiB ngoài map", f"{s['service']} used {resident:.0f} MiB"))
            self.expect(s["quarantine_total"] == 0, _(f"{s['service']} có bản ghi bị cách ly", f"{s['service']} has set entries aside"))
        table((_("Dịch vụ", "Service"), _("Lượt", "Turns"), _("Bản ghi", "Entries"), "SIGKILL", _("Lượt bị ngắt", "Interrupted"),
               _("Cách ly", "Set aside"), _("RSS ngoài map, MiB", "RSS beside map, MiB"), "map, MiB"), rows)
        kills, interrupted = sum(killer.kills.values()), sum(r[4] for r in rows)
        print(_(f"  {kills} lần SIGKILL ({killer.kills.get('facility', 0)} lần vào chương trình của cơ sở in), {interrupted} lượt bị ngắt giữa chừng"
                " và được làm lại trọn vẹn.", f"  {kills} SIGKILLs ({killer.kills.get('facility', 0)} of them to the facility's program), {interrupted}"
                " turns interrupted half-way and done again as a whole."))
        self.expect(kills > 0 or not self.options.kill_every, _("không dịch vụ nào bị kill", "nothing was killed"))

    def show_trace(self, site, results):
        sheet = results["sheets"]["first"]
        with open(sheet, encoding="utf-8-sig", newline="") as f:
            self.card = card = next(iter(next(csv.DictReader(f, delimiter=";")).values()))
        traced = self.tdv(site, "trace", card)
        self.expect(traced.returncode == 0 and traced.stdout.count("\n") > 8, _(f"không lần được thẻ {card}", f"card {card} cannot be traced"))
        heading(f"Cả câu chuyện của thẻ {card} (tdv trace {card})", f"The whole story of card {card} (tdv trace {card})")
        print(indented(traced.stdout.strip("\n") + traced.stderr))


def indented(text):
    return "\n".join("  " + line if line else "" for line in text.rstrip("\n").split("\n"))


def remove_folder(folder):
    """The mark goes last, so that what an interrupted removal left is still known as a demo's."""
    for inside in folder.iterdir():
        if inside.name != MARK:
            shutil.rmtree(inside, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def make_folder(folder):
    """Anew; only what a demo made is removed, and not while its site is up."""
    if folder.exists():
        if not (folder / MARK).exists():
            sys.exit(_(f"demo: {folder} có sẵn và không do demo tạo ra; không đụng đến", f"demo: {folder} is there and no demo made it; left alone"))
        try:
            with open(folder / "site" / "run" / "tdv.pid") as f:
                fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(_(f"demo: {folder}/site đang chạy; `tdv --home {folder}/site down` trước đã",
                       f"demo: {folder}/site is up; `tdv --home {folder}/site down` first"))
        except OSError:
            pass
        remove_folder(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def how_to_go_on(folder, card):
    tdv = f"{os.path.relpath(BUILD / 'bin' / 'tdv')} --home {os.path.relpath(folder / 'site')}"
    heading("Đi tiếp", "How to go on")
    rows = (("up", "chạy lại các dịch vụ; các lệnh sau gõ ở cửa sổ khác", "the daemons again; what follows in another terminal"),
            ("status", "dịch vụ nào sống, tới đâu", "which daemons live, how far each is"),
            ("outcome", "mọi việc đã tới đâu", "how far everything has come"),
            (f"trace {card}", "cả câu chuyện của một thẻ", "one card's whole story"),
            ("lists", "việc gì đang chờ ai", "what waits for whom"),
            ("--help", "mọi lệnh", "every verb"))
    for verb, vietnamese, english in rows:
        print(f"  {tdv} {pad(verb, 20)}# {_(vietnamese, english)}")


def parse_argv():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=6202)
    parser.add_argument("--organisations", type=int, default=134)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / "demo")
    parser.add_argument("--kill-every", type=float, default=1.0, metavar="SECONDS", help="0: kill nothing")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--lang", choices=("vi", "en"))
    return parser.parse_args()


def language(options):
    """As tdv does: --lang, TDV_LANG, LANGUAGE or LC_ALL, else Vietnamese."""
    said = options.lang or os.environ.get("TDV_LANG") or os.environ.get("LANGUAGE") or os.environ.get("LC_ALL") or "vi"
    return said.startswith("en")


def interrupted(*_ignored):
    raise KeyboardInterrupt


def main():
    global ENGLISH
    options = parse_argv()
    ENGLISH = language(options)
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    folder = options.folder.resolve()
    make_folder(folder)
    demo = Demo(options, folder)
    status = 1
    try:
        demo.run()
        status = 1 if demo.wrongs else 0
    except KeyboardInterrupt:
        print(_("\nDừng theo yêu cầu.", "\nStopped as asked."))
        status = 130
    except (Wrong, RuntimeError, subprocess.CalledProcessError) as wrong:
        demo.wrongs.append(str(wrong))
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        for wrong in demo.wrongs:
            print("demo: " + _("KHÔNG ĐÚNG: ", "WRONG: ") + wrong, file=sys.stderr)
        if options.keep:
            if status == 0:
                how_to_go_on(folder, demo.card)
        else:
            remove_folder(folder)
            if status == 0:
                print(_("Đã xóa mọi thứ. `make demo KEEP=1` giữ lại để xem tiếp.", "Everything is removed. `make demo KEEP=1` keeps it to look around."))
    return status


if __name__ == "__main__":
    sys.exit(main())
