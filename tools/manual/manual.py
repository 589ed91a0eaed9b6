#!/usr/bin/python3
"""Manual pages, bash completion and the commented settings, from what the programs themselves say.

usage: tools/manual/manual.py --build DIR --out DIR --services NAME…

The table of verbs, their options and the settings are asked of the programs (`tdv help --json`, `tdv VERB --help`, `tdv init`), so that
pages and completion cannot drift from them; only what no program says stands here and in pages.py.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pages
import pages_vi


def ask(program, *arguments):
    """What it says on stdout, in English unless asked otherwise."""
    environment = {"PATH": os.environ["PATH"], "TDV_LANG": "en"}
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"{program} {' '.join(arguments)}: status {done.returncode}\n{done.stderr}")
    return done.stdout


class Verb:
    def __init__(self, tdv, row, language):
        self.name = row["verb"] + (" " + row["second"] if row["second"] else "")
        self.group, self.usage, self.summary = row["group"], row["usage"], row["summary"]
        text = ask(tdv, "--lang", language, *self.name.split(), "--help")
        lines = text.split("\n")
        first = next((i for i, line in enumerate(lines) if line.startswith("      --")), len(lines))
        self.more = "\n".join(lines[3:first]).strip()
        self.options = options_of(lines[first:])


def options_of(lines):
    """(option, argument, help) of the lines that --help shows; what is below one belongs to it."""
    found = []
    for line in lines:
        stripped = line.strip()
        if match := re.match(r"(--[a-z][a-z-]*)(\[=[A-Z]+\]|[ =](?:[A-ZĐ][^\s]*|[a-z]+(?:\|[a-z]+)+))?(?:\s+(.*))?$", stripped):
            found.append([match[1], (match[2] or "").strip(" ="), match[3] or ""])
        elif stripped and found:
            found[-1][2] = (found[-1][2] + " " + stripped).strip()
    return [tuple(o) for o in found]


def verbs_of(tdv, language):
    return [Verb(tdv, row, language) for row in json.loads(ask(tdv, "--lang", language, "help", "--json"))]


def default_settings(tdv):
    with tempfile.TemporaryDirectory() as folder:
        ask(tdv, "--home", f"{folder}/site", "init")
        return Path(folder, "site", "tdv.conf").read_text()


# --- roff

def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.split("\n"))


def heading(name, section, language):
    title = f'.TH {name.upper()} {section} "" "TDV" "TDV"\n'
    return ".\\\" Made by tools/manual/manual.py.\n" + title + (".hla vi\n" if language == "vi" else "")


def options_roff(options):
    out = ""
    for option, argument, told in options:
        after = " \\fI" + roff(argument) + "\\fR" if argument else ""
        out += f".TP\n\\fB{roff(option)}\\fR{after}\n" + (roff(told) or "\\&") + "\n"
    return out


def common_options(verbs):
    shared = set.intersection(*({o for o, _, _ in v.options} for v in verbs))
    return [o for o in verbs[0].options if o[0] in shared], shared


def tdv_page(verbs, language):
    say = pages.TDV[language]
    common, shared = common_options(verbs)
    out = heading("tdv", 1, language)
    out += f".SH {say['NAME']}\ntdv \\- {roff(say['summary'])}\n.SH {say['SYNOPSIS']}\n.B tdv\n.I VERB\n[\\fIoption\\fR ...] [\\fIargument\\fR ...]\n"
    out += f".SH {say['DESCRIPTION']}\n{roff(say['description'])}\n"
    group = None
    for v in verbs:
        if v.group != group:
            group = v.group
            out += f".SH {roff(group.upper())}\n"
        out += f".SS tdv {roff(v.name)} {roff(v.usage)}\n{roff(v.summary)}.\n"
        if v.more:
            out += f".PP\n.nf\n{roff(v.more)}\n.fi\n"
        out += options_roff([o for o in v.options if o[0] not in shared])
    out += f".SH {say['OPTIONS']}\n{options_roff(common)}"
    for title, text in say["sections"]:
        out += f".SH {title}\n{roff(text)}\n"
    return out + f".SH {say['SEE ALSO']}\n" + see("tdv-facility(1)", "tdv-seed(1)", "tdv.conf(5)", "tdv-daemons(8)")


def see(*names):
    return ",\n".join(f"\\fB{roff(n[:-3])}\\fR{n[-3:]}" for n in names) + "\n"


def after_colon(line):
    return line.partition(": ")[2]


def program_page(name, program, language):
    lines = ask(program, "--lang", language, "--help").split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("  --"))
    told, say = pages.PROGRAMS[name][language], pages.HEADINGS[language]
    description = roff("\n".join(lines[1:first]).strip())
    ends = [after_colon(line) for line in lines[first:] if line and not line.startswith("  ")]
    out = heading(name, 1, language) + f".SH {say[0]}\n{roff(name)} \\- {roff(told['summary'])}\n.SH {say[1]}\n{roff(after_colon(lines[0]))}\n"
    out += f".SH {say[2]}\n{description}\n.PP\n{roff(told['more'])}\n.SH {say[3]}\n"
    out += options_roff(options_of([line for line in lines[first:] if line.startswith("  ")]))
    return out + "".join(f".SH {say[4]}\n{roff(line)}\n" for line in ends) + f".SH {say[5]}\n" + see("tdv(1)", "tdv-daemons(8)")


def in_vietnamese(told, name, of):
    if name not in told:
        raise SystemExit(f"tools/manual/pages_vi.py: no Vietnamese for {name} of {of}")
    return told[name]


def settings_page_vi(settings):
    told = pages_vi.SETTINGS
    out = heading("tdv.conf", 5, "vi") + f".SH TÊN\ntdv.conf \\- {told['NAME']}\n.SH CÁCH DÙNG\n/etc/tdv/tdv.conf\n.br\n\\fIHOME\\fR/tdv.conf\n"
    out += f".SH MÔ TẢ\n{roff(told['DESCRIPTION'])}\n"
    bounds = ""
    for line in settings.split("\n"):
        if match := re.match(r"\[(\w+)\]$", line):
            out += f".SH [{match[1]}]\n"
        elif match := re.match(r"# From (\d+) to (\d+)\.$", line):
            bounds = f" Từ {match[1]} đến {match[2]}."
        elif match := re.match(r"#(\w+) = (.*)$", line):
            out += f".TP\n\\fB{roff(match[1])}\\fR = {roff(match[2])}\n{roff(in_vietnamese(told, match[1], 'tdv.conf') + bounds)}\n"
            bounds = ""
    return out + ".SH XEM THÊM\n" + see("tdv(1)", "tdv-daemons(8)")


def settings_page(settings):
    out = heading("tdv.conf", 5, "en") + ".SH NAME\ntdv.conf \\- settings of a TDV site\n.SH SYNOPSIS\n/etc/tdv/tdv.conf\n.br\n\\fIHOME\\fR/tdv.conf\n"
    out += f".SH DESCRIPTION\n{roff(pages.SETTINGS)}\n"
    comment = []
    for line in settings.split("\n"):
        if match := re.match(r"\[(\w+)\]$", line):
            out += f".SH [{match[1]}]\n"
            comment = []
        elif match := re.match(r"#(\w+) = (.*)$", line):
            out += f".TP\n\\fB{roff(match[1])}\\fR = {roff(match[2])}\n{roff(' '.join(comment))}\n"
            comment = []
        elif line.startswith("# "):
            comment.append(line[2:])
    return out + ".SH SEE ALSO\n" + see("tdv(1)", "tdv-daemons(8)")


def daemons_page(build, services, language):
    say = pages.DAEMONS[language]
    out = heading("tdv-daemons", 8, language) + f".SH {say['NAME']}\n" + ", ".join(f"tdv\\-{s}" for s in services)
    out += f" \\- {roff(say['summary'])}\n.SH {say['SYNOPSIS']}\n"
    out += "".join(f".B tdv\\-{s}\n[\\fB\\-\\-home\\fR \\fIDIR\\fR] [\\fB\\-\\-settings\\fR \\fIFILE\\fR]\n.br\n" for s in services)
    out += f".SH {say['DESCRIPTION']}\n{roff(say['description'])}\n"
    for service in services:
        out += f".TP\n\\fBtdv\\-{service}\\fR\n{roff(unit_description(service))}\n"
    out += f".SH {say['OPTIONS']}\n" + options_roff(options_of([line for line in ask(f"{build}/bin/tdv-{services[0]}", "--help").split("\n")
                                                            if line.startswith("  --")]))
    for title, text in say["sections"]:
        out += f".SH {title}\n{roff(text)}\n"
    return out + f".SH {say['SEE ALSO']}\n" + see("tdv(1)", "tdv.conf(5)", "systemctl(1)", "journalctl(1)")


def unit_description(service):
    unit = Path(__file__).resolve().parents[2] / "systemd" / f"tdv-{service}.service"
    return re.search(r"^Description=TDV [\w-]+: (.*)$", unit.read_text(), re.M)[1]


# --- completion

def words(names):
    return " ".join(names)


def completion(build, verbs, services):
    template = (Path(__file__).parent / "completion.bash").read_text()
    common, _ = common_options(verbs)
    seconds = {}
    for v in verbs:
        first, _, second = v.name.partition(" ")
        seconds.setdefault(first, []).append(second)
    cases = "".join(f"\t'{v.name}') echo '{words(o for o, _, _ in v.options)}' ;;\n" for v in verbs)
    flags = sorted({o for v in verbs for o, a, _ in v.options if not a})
    pairs = "".join(f"\t{first}) echo '{words(s)}' ;;\n" for first, s in seconds.items() if s != [""])
    of_service = "|".join(f"'{v.name}'" for v in verbs if re.search(r"(?<!--service )\bSERVICE\b", v.usage))
    other = {name: words(o for o, _, _ in options_of([line for line in ask(f"{build}/bin/{name}", "--help").split("\n") if line.startswith("  --")]))
             for name in ("tdv-facility", "tdv-seed")}
    for key, value in (("FIRSTS", words(seconds)), ("SECONDS_CASES", pairs.rstrip("\n")), ("OPTION_CASES", cases.rstrip("\n")),
                       ("FLAGS", words(flags)), ("COMMON", words(o for o, _, _ in common)), ("SERVICES", words(services)),
                       ("OF_SERVICE", of_service or "''"), ("FACILITY", other["tdv-facility"]), ("SEED", other["tdv-seed"])):
        template = template.replace(f"@{key}@", value)
    return template


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--services", nargs="+", required=True)
    a = parser.parse_args()
    out, tdv = Path(a.out), str(Path(a.build, "bin", "tdv").resolve())
    build = str(Path(a.build).resolve())
    services = [s for s in pages.ORDER if s in a.services] + sorted(set(a.services) - set(pages.ORDER))
    english, settings = verbs_of(tdv, "en"), default_settings(tdv)
    files = {
        "man/man1/tdv.1": tdv_page(english, "en"),
        "man/vi/man1/tdv.1": tdv_page(verbs_of(tdv, "vi"), "vi"),
        "man/man1/tdv-facility.1": program_page("tdv-facility", f"{build}/bin/tdv-facility", "en"),
        "man/man1/tdv-seed.1": program_page("tdv-seed", f"{build}/bin/tdv-seed", "en"),
        "man/vi/man1/tdv-facility.1": program_page("tdv-facility", f"{build}/bin/tdv-facility", "vi"),
        "man/vi/man1/tdv-seed.1": program_page("tdv-seed", f"{build}/bin/tdv-seed", "vi"),
        "man/man5/tdv.conf.5": settings_page(settings),
        "man/vi/man5/tdv.conf.5": settings_page_vi(settings),
        "man/man8/tdv-daemons.8": daemons_page(build, services, "en"),
        "man/vi/man8/tdv-daemons.8": daemons_page(build, services, "vi"),
        "bash-completion/completions/tdv": completion(build, english, services),
        "tdv.conf": settings,
    }
    for service in services:
        files[f"man/man8/tdv-{service}.8"] = ".so man8/tdv-daemons.8\n"
    for name in ("tdv-facility", "tdv-seed"):
        files[f"bash-completion/completions/{name}"] = "# shellcheck shell=bash\n. \"${BASH_SOURCE[0]%/*}/tdv\"\n"
    for name, text in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
