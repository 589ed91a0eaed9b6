#!/usr/bin/env python3
"""What a card costs as the nation grows: a table and an SVG of build/nation/*.json, which nation.py writes.

usage: curve.py [--out FILE.svg] [FILE.json …]

Exit status 1 when a card at the largest scale costs over a third more processor than at the smallest of 100,000 cards or more
(wall time and bytes are shown, and judged by people: they are the machine's as well).
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "system"))
from tdv_site import BUILD  # noqa: E402

MAY_GROW = 4 / 3
# What is drawn: name, how it is taken from a run, unit.
LINES = (("processor", lambda r: r["per_card"]["cpu_microseconds"], "µs"), ("wall time", lambda r: r["per_card"]["microseconds"], "µs"),
         ("disk, without attachments", lambda r: r["per_card"]["disk_bytes"], "bytes"),
         ("written, with attachments", lambda r: r["per_card"]["written_bytes"], "bytes"))


def table(runs):
    print(f"{'cards':>10}" + "".join(f"{name + ', ' + unit:>34}" for name, _, unit in LINES) + f"{'beside maps, MiB':>20}{'audit':>16}")
    for r in runs:
        audit = r.get("audit") or {}
        memory = sum(m["beside_map_mib"] for m in r["memory"].values())
        words = "–" if not audit else f"{'clean' if audit['clean'] else 'NOT CLEAN'} {audit['seconds']:.0f} s"
        print(f"{r['cards']:>10,}" + "".join(f"{of(r):>34,.0f}" for _, of, _ in LINES) + f"{memory:>20.0f}{words:>16}")
    print("\nprocessor a card by stage, µs")
    names = list(runs[0]["stages"])
    print(f"{'cards':>10}" + "".join(f"{n[:18]:>20}" for n in names))
    for r in runs:
        print(f"{r['cards']:>10,}" + "".join(f"{sum(r['stages'][n]['cpu_seconds'].values()) * 1e6 / r['stages'][n]['count']:>20.0f}" for n in names))


def svg(runs):
    """Each line relative to the smallest run's; cards on a logarithmic axis."""
    import math
    width, height, left, bottom, colours = 720, 400, 60, 40, ("#1f5fa8", "#c0392b", "#2e8b57", "#8e6bbf")
    least, most = math.log10(runs[0]["cards"]), math.log10(runs[-1]["cards"])
    top = max(2.0, max(of(r) / of(runs[0]) for _, of, _ in LINES for r in runs) * 1.1)

    def place(cards, share):
        across = (math.log10(cards) - least) / ((most - least) or 1)
        return left + across * (width - left - 20), height - bottom - share / top * (height - bottom - 20)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="white"/>']
    for share in (0.5, 1, MAY_GROW, 2):
        (x0, y), (x1, _) = place(runs[0]["cards"], share), place(runs[-1]["cards"], share)
        parts.append(f'<line x1="{x0:.0f}" y1="{y:.0f}" x2="{x1:.0f}" y2="{y:.0f}" stroke="#ccc"/><text x="8" y="{y + 4:.0f}">× {share:.2f}</text>')
    for (name, of, unit), colour in zip(LINES, colours):
        points = [place(r["cards"], of(r) / of(runs[0])) for r in runs]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        parts.append(f'<text x="{left + 10}" y="{30 + 16 * colours.index(colour)}" fill="{colour}">{name}, {unit} a card: {of(runs[0]):,.0f} → {of(runs[-1]):,.0f}</text>')
    for r in runs:
        x, y = place(r["cards"], 0)
        parts.append(f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{r["cards"]:,}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=BUILD / "nation" / "curve.svg")
    options = parser.parse_args()
    files = options.files or sorted((BUILD / "nation").glob("*.json"))
    runs = sorted((json.loads(f.read_text()) for f in files), key=lambda r: r["cards"])
    if not runs:
        sys.exit("curve: no runs; `make nation SCALE=…` makes them")
    table(runs)
    options.out.write_text(svg(runs))
    print("written:", options.out)
    from_ = next((r for r in runs if r["cards"] >= 100000), None)
    if from_ and LINES[0][1](runs[-1]) > LINES[0][1](from_) * MAY_GROW:
        print(f"a card costs more than a third more at {runs[-1]['cards']:,} cards than at {from_['cards']:,}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
