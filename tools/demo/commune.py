"""A commune of the real size through the exchange to the chip card, with daemons killed by SIGKILL meanwhile."""

import csv
import threading
import time

from tdv_site import SERVICES, Site
from way import Killer, Way, resident_beside_map, running_pid, seed

from telling import _, heading, indented, language, number, pad, table, terminal

RESIDENT_MAX_MIB = 64

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
        self.killer, self.seconds, self.tty = killer, [], terminal()

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


class Commune:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.data, self.home = folder / "data", folder / "site"
        self.wrongs = []

    def run(self):
        o = self.options
        began = time.monotonic()
        self.folder.mkdir()
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
        audit = progress.stage("audit", lambda: self.tdv(site, "audit", "--signatures"))
        sampler.over.set()
        sampler.join()
        self.show_outcome(site, way, results)
        self.show_daemons(services, killer, sampler)
        self.show_trace(site, results)
        heading("Kiểm toán", "Audit")
        print(indented(audit.stdout + audit.stderr))
        self.expect(audit.returncode == 0, _("kiểm toán có phát hiện", "the audit found something"))

    def tdv(self, site, *arguments):
        return site.tdv(*language(), *arguments, check=False)

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
