"""How the demo speaks: Vietnamese or English, headings, tables, what was done and what was found."""

import os
import sys

ENGLISH = False


def speak(english):
    global ENGLISH
    ENGLISH = english


def asked_for_english(said):
    """As tdv does: --lang, TDV_LANG, LANGUAGE or LC_ALL, else Vietnamese."""
    said = said or os.environ.get("TDV_LANG") or os.environ.get("LANGUAGE") or os.environ.get("LC_ALL") or "vi"
    return said.startswith("en")


def _(vietnamese, english):
    return english if ENGLISH else vietnamese


def language():
    return ["--lang", "en" if ENGLISH else "vi"]


def pad(text, width):
    return text + " " * max(1, width - len(text))


def number(n):
    return f"{n:,}" if ENGLISH else f"{n:,}".replace(",", ".")


def heading(vietnamese, english):
    print(f"\n{_(vietnamese, english)}", flush=True)


def indented(text, by="  "):
    return "\n".join(by + line if line else "" for line in text.rstrip("\n").split("\n"))


def table(titles, rows):
    """Numbers to the right."""
    cells = [[number(c) if isinstance(c, int) else str(c) for c in row] for row in rows]
    widths = [max(len(t), *(len(r[i]) for r in cells)) for i, t in enumerate(titles)]
    right = [isinstance(rows[0][i], (int, float)) or rows[0][i].replace(".", "").replace(",", "").isdigit() for i in range(len(titles))]
    for row in [list(titles)] + cells:
        print("  " + "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right)).rstrip())


def terminal():
    return sys.stdout.isatty()
