#!/usr/bin/env python3
"""Measures the whole pipeline with real daemons, and how its cost grows with the registry.

usage: growth.py [--sizes N,N,…] [--seconds S] [--rate R] [--set SECTION.NAME=VALUE]… [--out FOLDER]

For each size: as many members are imported; then requests go the whole way (intake, verification, approval with all its
acts, printing), first as many as the site takes (lists of 1, 100, 500), then at a fixed offered rate, open loop: a list's
latency counts from the instant at which it should have left.  Nothing is judged here.  Writes growth.json and a plot.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import BUILD, SERVICES, WAY_OF_A_REQUEST, WINDOWS, Measured

SHARES = {1: 0.05, 100: 0.25, 500: 0.25}  # of the members, each has one request; the rest is for the offered rate
OFFERED_LIST = 100


def measure(folder, members, seconds, rate, settings):
    with Measured(folder, members, settings) as m:
        one = {"members": members, "import_per_second": members / m.imported["seconds"], "saturation": {}}
        for size, window in WINDOWS.items():
            one["saturation"][size] = m.flow(size, window, 0, seconds, int(members * SHARES[size]))
        one["offered"] = m.flow(OFFERED_LIST, 100000, rate, seconds)
        one["memory"] = m.memory()
        state = m.site.home / "state"
        one["state_bytes"] = {s: sum(f.stat().st_blocks * 512 for f in (state / s).rglob("*") if f.is_file()) for s in SERVICES}
    return one


def latency(figures):
    return f"{figures['p50']:.1f} / {figures['p99']:.1f} / {figures['p999']:.1f}"


def report(one, rate):
    print(f"\n{one['members']} members; imported at {one['import_per_second']:.0f} a second; state on disk"
          f" {sum(one['state_bytes'].values()) / 1e6:.0f} MB; memory beside the map, MiB: "
          + ", ".join(f"{s} {b / 1048576:.0f}" for s, b in one["memory"].items()))
    print(f"  {'offered':22}{'requests/s':>11}{'CPU µs each':>13}{'written B':>11}{'device B':>10}   latency ms,"
          " p50 / p99 / p99.9: receipt · verified, in approval · approved, in printing")
    runs = [(f"saturation, lists of {n}", r) for n, r in one["saturation"].items()] + [(f"{rate} a second", one["offered"])]
    for name, r in runs:
        if r["rows"] == 0:
            print(f"  {name:22}{'–':>11}   too few members for one such list of each cell")
            continue
        print(f"  {name:22}{r['per_second']:>11.0f}{r['cpu_us']:>13.1f}{r['written']:>11.0f}{r['device_bytes']:>10.0f}"
              f"   {latency(r['receipt_ms'])} · {latency(r['verified_ms'])} · {latency(r['approve_ms'])}")
        for s in WAY_OF_A_REQUEST:
            d = r["services"][s]
            print(f"    {s:20}{d['entries_per_second']:>11.0f}{d['cpu_us']:>13.1f}{d['written']:>11.0f}{'':10}"
                  f"   entries/s out; {d['turns']} turns of {d['requests_a_turn']:.0f} requests")


PLOT = """set terminal svg size 900,700 font 'sans,12'
set output '{out}'
set multiplot layout 2,2
set logscale x
set xrange [5000:*]
set xlabel 'members in the registry'
set yrange [0:*]
set key bottom left
set title 'requests a second, four services'
plot '{data}' using 1:2 with linespoints title 'lists of 100', '' using 1:3 with linespoints title 'lists of 500'
set title 'CPU a request, µs'
plot '{data}' using 1:4 with linespoints notitle
set title 'bytes to the device a request'
plot '{data}' using 1:5 with linespoints notitle
set title 'p99 at the offered rate, ms'
plot '{data}' using 1:6 with linespoints title 'receipt', '' using 1:7 with linespoints title 'verified, in approval'
"""


def plot(all_sizes, folder):
    rows = []
    for one in all_sizes:
        big, small = one["saturation"][500], one["saturation"][100]
        figures = (one["members"], small["per_second"], big["per_second"], small["cpu_us"], small["device_bytes"],
                   one["offered"]["receipt_ms"]["p99"], one["offered"]["verified_ms"]["p99"])
        rows.append(" ".join(f"{v:.3f}" for v in figures))
    (folder / "growth.dat").write_text("\n".join(rows) + "\n")
    program = shutil.which("gnuplot")
    if not program:
        print("no plot: gnuplot is not installed (make deps DEPS=bench)")
        return
    subprocess.run([program], input=PLOT.format(out=folder / "growth.svg", data=folder / "growth.dat"), text=True, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rate", type=int, default=10000)
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.NAME=VALUE", help="a setting, for comparing")
    parser.add_argument("--out", type=Path, default=BUILD / "bench")
    options = parser.parse_args()
    sizes = [int(n) for n in options.sizes.replace(",", " ").split()]
    if not sizes or min(sizes) < 1000:
        sys.exit("bench: sizes are numbers of members, at least 1000")
    options.out.mkdir(parents=True, exist_ok=True)
    done = []
    for members in sizes:
        folder = Path(tempfile.mkdtemp(prefix="tdv-growth-", dir=BUILD))
        try:
            done.append(measure(folder, members, options.seconds, options.rate, options.set))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        report(done[-1], options.rate)
    figures = {"seconds": options.seconds, "rate": options.rate, "sizes": done}
    (options.out / "growth.json").write_text(json.dumps(figures, indent=1) + "\n")
    plot(done, options.out)
    print("\nwritten:", options.out / "growth.json")


if __name__ == "__main__":
    main()
