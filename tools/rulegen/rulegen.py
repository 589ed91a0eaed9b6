#!/usr/bin/env python3
"""Turns schemas/eligibility.rules into C tables of the verification service, and into a page.

    rulegen.py --out build/gen schemas

The language is described at the top of the rules file.  Every mistake is told as FILE:LINE: what is wrong, and the exit
status is 1.
"""

import argparse
import datetime
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "schemagen"))
from check import constant_name  # noqa: E402
from parse import read_folder    # noqa: E402

BANNER = "// Made by tools/rulegen from schemas/eligibility.rules.  Do not edit.\n"
STATES = ("returned", "rejected", "on_hold")
HELD = ("held_discipline", "held_mismatch", "held_loss")  # domain.md §3: a person must judge these, and only these
NAME_MAX = 16                                # request_settled.rule
EPOCH = datetime.date(1970, 1, 1)


class Wrong(Exception):
    """What is wrong with a line, and what to do."""


@dataclass
class Document:
    line: int
    name: str
    draft: bool
    date: object = None     # a date, or None: unknown
    dated: bool = False
    issuer: str = ""
    title: str = ""


@dataclass
class Fact:
    line: int
    name: str
    values: dict            # name -> number; `none` is 0 where there can be none
    enum: str = ""          # whose constants they are; else our own
    label: str = ""

    @property
    def c(self):
        return self.name.replace(".", "_")


@dataclass
class Provision:
    """What a case and a rule have in common."""
    line: int
    draft: bool = False
    start: object = None
    end: object = None
    documents: list = field(default_factory=list)  # (Document, place)
    sentence: str = ""


@dataclass
class Case(Provision):
    kind: str = ""
    reason: str = ""


@dataclass
class Rule(Provision):
    name: str = ""
    cases: list = None      # (kind, reason); None: the line is missing
    when: list = field(default_factory=list)       # (Fact, mask)
    needs: list = field(default_factory=list)
    outcome: tuple = None   # state, field, reason


@dataclass
class Setting(Provision):
    service: str = ""
    name: str = ""
    value: int = 0


@dataclass
class Holiday(Provision):
    """Days that do not count as working days, or a day at the weekend that does."""
    month: int = 0          # of every year, with `day`
    day: int = 0
    first: object = None    # else of one year
    last: object = None
    works: bool = False

    @property
    def name(self):
        if self.month:
            return f"{self.month:02}-{self.day:02}"
        return f"{self.first}" + (f" to {self.last}" if self.last != self.first else "")


@dataclass
class Rules:
    version: int = 0
    about: str = ""
    documents: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    cases: list = field(default_factory=list)
    rules: list = field(default_factory=list)
    settings: list = field(default_factory=list)
    holidays: list = field(default_factory=list)


LINE = re.compile(r'^(?P<code>[^"#]*?)\s*(?P<doc>"[^"]*")?\s*(#.*)?$')


def parse_date(word):
    try:
        return datetime.date.fromisoformat(word)
    except ValueError:
        raise Wrong(f"'{word}' is no date: write 2026-02-09") from None


class Parser:
    def __init__(self, path, enums):
        self.path, self.enums = path, enums
        self.rules, self.errors, self.block = Rules(), [], None
        self.blocks = {"version": self.open_version, "document": self.open_document, "fact": self.open_fact,
                       "case": self.open_case, "rule": self.open_rule, "setting": self.open_setting,
                       "holiday": self.open_holiday, "working": self.open_working}

    def parse(self):
        for at, line in enumerate(self.path.read_text(encoding="utf-8").split("\n"), 1):
            self.at = at
            try:
                self.parse_line(line)
            except Wrong as wrong:
                self.error(at, str(wrong))
        return self.rules

    def error(self, at, text):
        self.errors.append((at, text))

    def parse_line(self, line):
        match = LINE.match(line)
        if not match:
            raise Wrong("a quotation mark is not closed, or stands inside quoted text")
        words, text = match["code"].replace(",", " , ").split(), (match["doc"] or "")[1:-1]
        if not words and not text:
            return
        if not line[0].isspace():
            self.block = None
            if not words or words[0] not in self.blocks:
                raise Wrong(f"nothing begins like this: known are {', '.join(self.blocks)}; what belongs to one is "
                            "indented by a tab")
            self.blocks[words[0]](words[1:], text)
        elif self.block is None:
            raise Wrong("an indented line that belongs to nothing: is the line above it wrong?")
        elif isinstance(self.block, Document):
            self.document_line(words, text)
        else:
            self.provision_line(words, text)

    # --- what begins a block ---

    def open_version(self, words, text):
        if len(words) != 1 or not words[0].isdigit() or not 1 <= int(words[0]) <= 999 or not text:
            raise Wrong('write `version 7 "what is new"`, from 1 to 999')
        if self.rules.version:
            raise Wrong("a second version line")
        self.rules.version, self.rules.about = int(words[0]), text

    def open_document(self, words, text):
        if text or len(words) not in (1, 2) or words[1:] not in ([], ["draft"]):
            raise Wrong("write `document 51-CT/TW` or `document X draft`")
        if words[0] in self.rules.documents:
            raise Wrong(f"document {words[0]} stands already in line {self.rules.documents[words[0]].line}")
        self.block = self.rules.documents[words[0]] = Document(self.at, words[0], len(words) == 2)

    def open_fact(self, words, text):
        if not words or not re.fullmatch(r"[a-z]+\.[a-z_]+", words[0]) or not text:
            raise Wrong('write `fact member.type enum member_type "…"`')
        name, rest = words[0], words[1:]
        if name in self.rules.facts:
            raise Wrong(f"fact {name} stands already in line {self.rules.facts[name].line}")
        enum = ""
        if rest == ["yes", "or", "no"]:
            values = {"no": 0, "yes": 1}
        elif rest[:2] == ["one", "of"] and len(rest) > 2:
            values = {v: n for n, v in enumerate(rest[2:], 1)}
        elif len(rest) == 2 and rest[0] == "enum":
            enum = rest[1]
            if enum not in self.enums:
                raise Wrong(f"there is no enum {enum} in the schemas")
            values = {"none": 0} | {c.name: c.number for c in self.enums[enum].constants}
            if max(values.values()) > 63:
                raise Wrong(f"enum {enum} has numbers above 63: a fact holds at most 63")
        else:
            raise Wrong("a fact is `yes or no`, `one of a b c` or `enum NAME`")
        self.rules.facts[name] = Fact(self.at, name, values, enum, text)

    def open_case(self, words, text):
        if text or len(words) != 2:
            raise Wrong("write `case KIND REASON`")
        kind, reason = self.case_of(words)
        self.block = Case(self.at, kind=kind, reason=reason)
        self.rules.cases.append(self.block)

    def open_rule(self, words, text):
        if text or len(words) != 1 or not re.fullmatch(r"[a-z0-9-]+", words[0]) or len(words[0]) > NAME_MAX:
            raise Wrong(f"write `rule NAME`: lower-case letters, digits and -, at most {NAME_MAX}")
        self.block = Rule(self.at, name=words[0])
        self.rules.rules.append(self.block)

    def open_setting(self, words, text):
        match = re.fullmatch(r"([a-z]+)\.([a-z_]+)", words[0]) if len(words) == 2 else None
        if text or not match or not words[1].isdigit() or not 1 <= int(words[1]) <= 999999999:
            raise Wrong("write `setting SERVICE.NAME VALUE`, a value from 1 to 999999999")
        self.block = Setting(self.at, service=match[1], name=match[2], value=int(words[1]))
        self.rules.settings.append(self.block)

    def open_holiday(self, words, text):
        if text or not words or (len(words) != 1 and (len(words) != 3 or words[1] != "to")):
            raise Wrong("write `holiday 04-30` (every year), `holiday 2026-04-27` or `holiday 2026-02-16 to 2026-02-20`")
        yearly = re.fullmatch(r"(\d\d)-(\d\d)", words[0])
        if yearly and len(words) == 1:
            parse_date(f"2024-{words[0]}")
            self.block = Holiday(self.at, month=int(yearly[1]), day=int(yearly[2]))
        else:
            self.block = self.days_of_a_year(parse_date(words[0]), parse_date(words[-1]))
        self.rules.holidays.append(self.block)

    def open_working(self, words, text):
        if text or len(words) != 1:
            raise Wrong("write `working 2026-08-22`: a day at the weekend on which work is done for another")
        self.block = self.days_of_a_year(parse_date(words[0]), parse_date(words[0]))
        self.block.works = True
        if self.block.first.weekday() < 5:
            raise Wrong(f"{words[0]} is a working day anyway")
        self.rules.holidays.append(self.block)

    def days_of_a_year(self, first, last):
        if not datetime.timedelta(0) <= last - first <= datetime.timedelta(15):
            raise Wrong(f"from {first} to {last}: a holiday ends after it begins, within 15 days")
        return Holiday(self.at, first=first, last=last, start=first, end=last)

    # --- what belongs to one ---

    def document_line(self, words, text):
        d = self.block
        if len(words) == 2 and words[0] == "date":
            d.date, d.dated = (None if words[1] == "unknown" else parse_date(words[1])), True
        elif words == ["issuer"] and text:
            d.issuer = text
        elif words == ["title"] and text:
            d.title = text
        else:
            raise Wrong('a document has `date 2026-02-09` (or unknown), `issuer "…"`, `title "…"`')

    def provision_line(self, words, text):
        p = self.block
        if not words:
            if p.sentence:
                raise Wrong("a second sentence")
            p.sentence = text
        elif words[0] == "document" and len(words) == 2 and text:
            if words[1] not in self.rules.documents:
                raise Wrong(f"there is no document {words[1]}: declare it above")
            p.documents.append((self.rules.documents[words[1]], text))
        elif text:
            raise Wrong("quoted text does not belong here")
        elif words == ["draft"]:
            self.only_once(p)
            p.draft = True
        elif words[:3] == ["in", "force", "from"]:
            self.only_once(p)
            self.period(p, words[3:])
        elif isinstance(p, Rule):
            self.rule_line(p, words)
        else:
            raise Wrong("a case or setting has `in force from DATE` or `draft`, `document X \"place\"` and a sentence")

    def only_once(self, p):
        if p.draft or p.start:
            raise Wrong("either `draft` or one `in force`, once")

    def period(self, p, words):
        if len(words) not in (1, 3) or (len(words) == 3 and words[1] != "until"):
            raise Wrong("write `in force from DATE` or `in force from DATE until DATE`")
        p.start = parse_date(words[0])
        p.end = parse_date(words[2]) if len(words) == 3 else None
        if p.end and p.end < p.start:
            raise Wrong(f"until {p.end}, before it begins on {p.start}")

    def rule_line(self, r, words):
        if words[0] == "for":
            if r.cases is not None:
                raise Wrong("a second `for` line")
            r.cases = self.cases_of(words[1:])
        elif words[0] in ("when", "needs"):
            (r.when if words[0] == "when" else r.needs).append(self.condition(words[1:]))
        elif words[0] == "otherwise":
            if r.outcome:
                raise Wrong("a second `otherwise` line")
            r.outcome = self.outcome(words[1:])
        else:
            raise Wrong(f"'{words[0]}' belongs to no rule: known are for, in force, draft, document, when, needs, "
                        "otherwise")

    def case_of(self, words):
        kind, reason = words
        for enum, name in (("request_kind", kind), ("request_reason", reason)):
            self.constant(enum, name)
        return kind, reason

    def cases_of(self, words):
        if words == ["every", "case"]:
            return sorted({(c.kind, c.reason) for c in self.rules.cases})
        parts = " ".join(words).split(" , ")
        if any(len(p.split()) != 2 for p in parts):
            raise Wrong("write `for KIND REASON, KIND REASON` or `for every case`")
        cases = [self.case_of(p.split()) for p in parts]
        for kind, reason in cases:
            if not any((c.kind, c.reason) == (kind, reason) for c in self.rules.cases):
                raise Wrong(f"there is no case {kind} {reason}: declare it above")
        return cases

    def constant(self, enum, name):
        known = [c.name for c in self.enums[enum].constants]
        if name not in known:
            raise Wrong(f"'{name}' is not in enum {enum}: known are {', '.join(known)}")
        return name

    def condition(self, words):
        """(fact, mask of the values that it may have)"""
        if len(words) < 3 or words[1] != "is":
            raise Wrong("write `FACT is VALUE`, `FACT is VALUE or VALUE`, `FACT is not VALUE`")
        if words[0] not in self.rules.facts:
            raise Wrong(f"there is no fact {words[0]}: known are {', '.join(self.rules.facts)}")
        fact, rest = self.rules.facts[words[0]], words[2:]
        negated = rest[0] == "not"
        rest = rest[1:] if negated else rest
        if not rest or any(w != "or" for w in rest[1::2]) or len(rest) % 2 == 0:
            raise Wrong("values are joined by `or`")
        mask = 0
        for value in rest[::2]:
            if value not in fact.values:
                raise Wrong(f"{fact.name} is never '{value}': it is one of {', '.join(fact.values)}")
            mask |= 1 << fact.values[value]
        everything = sum(1 << n for n in fact.values.values())
        mask = everything & ~mask if negated else mask
        if mask in (0, everything):
            raise Wrong(f"this holds {'never' if mask == 0 else 'always'}: it decides nothing")
        return fact, mask

    def outcome(self, words):
        if len(words) != 5 or words[1] != "," or words[3] != ",":
            raise Wrong("write `otherwise STATE, FIELD, REASON`")
        state, column, reason = words[0], words[2], words[4]
        if state not in STATES:
            raise Wrong(f"a request becomes one of {', '.join(STATES)}, not '{state}'")
        self.constant("field", column)
        self.constant("reason", reason)
        if reason == "none":
            raise Wrong("a reason is needed")
        if (state == "on_hold") != (reason in HELD):
            raise Wrong(f"on_hold goes with {' or '.join(HELD)} and with nothing else (domain.md §3), so that the "
                        "submitter is told")
        return state, column, reason


# --- what the whole must fulfil ---

def overlap(a, b):
    first = lambda p: p.start or datetime.date.min
    last = lambda p: p.end or datetime.date.max
    return not a.draft and not b.draft and first(a) <= last(b) and first(b) <= last(a)


def check_provision(parser, p, what):
    if not p.draft and not p.start:
        parser.error(p.line, f"{what} has neither `in force from DATE` nor `draft`")
    if not p.documents:
        parser.error(p.line, f"{what} comes from no document: add `document X \"place\"` (A4)")
    if not p.sentence:
        parser.error(p.line, f"{what} has no sentence that says it to a person")
    for document, _ in p.documents:
        if document.draft and not p.draft:
            parser.error(p.line, f"{what} is in force by {document.name}, which is a draft: never enforced (B1)")
    if p.documents and p.start and p.documents[0][0].date and p.start < p.documents[0][0].date:
        parser.error(p.line, f"{what} is in force before {p.documents[0][0].name} was issued ({p.documents[0][0].date})")


def check_rules(parser):
    rules = parser.rules
    if not rules.version:
        parser.error(1, 'there is no `version N "…"`')
    for d in rules.documents.values():
        if not d.issuer or not d.title or not d.dated:
            parser.error(d.line, f"document {d.name} needs date, issuer and title (A13)")
        if not any(d is cited for p in rules.cases + rules.rules + rules.settings + rules.holidays
                   for cited, _ in p.documents):
            parser.error(d.line, f"nothing comes from document {d.name}: take it out")
    for fact in rules.facts.values():
        if not any(fact is f for r in rules.rules for f, _ in r.when + r.needs):
            parser.error(fact.line, f"no rule asks about {fact.name}: take it out")
    for i, case in enumerate(rules.cases):
        check_provision(parser, case, f"case {case.kind} {case.reason}")
        for other in rules.cases[:i]:
            if (other.kind, other.reason) == (case.kind, case.reason) and overlap(other, case):
                parser.error(case.line, f"case {case.kind} {case.reason} is in force already by line {other.line}")
    for i, rule in enumerate(rules.rules):
        check_provision(parser, rule, f"rule {rule.name}")
        for what, missing in (("for", rule.cases is None), ("needs", not rule.needs), ("otherwise", not rule.outcome)):
            if missing:
                parser.error(rule.line, f"rule {rule.name} has no `{what}` line")
        for other in rules.rules[:i]:
            if other.name == rule.name and (overlap(other, rule) or rule.draft):
                parser.error(rule.line, f"rule {rule.name} stands already in line {other.line}, for the same days")


    for i, setting in enumerate(rules.settings):
        name = f"{setting.service}.{setting.name}"
        check_provision(parser, setting, f"setting {name}")
        for other in rules.settings[:i]:
            if (other.service, other.name) == (setting.service, setting.name) and overlap(other, setting):
                parser.error(setting.line, f"setting {name} is in force already by line {other.line}")
    for i, holiday in enumerate(rules.holidays):
        check_provision(parser, holiday, f"holiday {holiday.name}")
        for other in rules.holidays[:i]:
            same = (other.month, other.day) == (holiday.month, holiday.day)
            if same and overlap(other, holiday):
                parser.error(holiday.line, f"{holiday.name} is spoken of already in line {other.line}")


# --- what is written ---

def text_c(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def day(date, default):
    return str((date - EPOCH).days) if date else default


def provision_c(p):
    document = "; ".join(d.name + (f", {d.date:%d/%m/%Y}" if d.date else "") + f", {place}" for d, place in p.documents)
    return (f"{{ .draft = {str(p.draft).lower()}, .from = {day(p.start, 'INT32_MIN')},\n"
            f"\t\t  .until = {day(p.end, 'INT32_MAX')},\n\t\t  .document = {text_c(document)},\n\t\t  .sentence = {text_c(p.sentence)} }}")


def conditions_c(conditions):
    if not conditions:
        return "{ { 0, 0 } }"
    return "{ " + ", ".join(f"{{ eligibility_fact_{f.c}, 0x{mask:x} }}" for f, mask in conditions) + " }"


def facts_header(rules):
    out = [BANNER, "#ifndef TDV_GEN_VERIFICATION_FACTS_H\n#define TDV_GEN_VERIFICATION_FACTS_H\n\n",
           f"#define eligibility_version {rules.version}u // {rules.about}\n\nenum eligibility_fact {{\n"]
    out += [f"\teligibility_fact_{f.c}, // {f.label}\n" for f in rules.facts.values()]
    out.append(f"}};\n#define eligibility_fact_count {len(rules.facts)}\n")
    most = max([len(c) for r in rules.rules for c in (r.when, r.needs)] + [1])
    out.append(f"#define eligibility_conditions_max {most}\n")
    for f in rules.facts.values():
        if "yes" not in f.values and not f.enum:
            constants = "".join(f"\teligibility_{f.c}_{v} = {n},\n" for v, n in f.values.items())
            out.append(f"\nenum eligibility_{f.c} {{\n{constants}}};\n")
    out.append("\n#endif\n")
    return "".join(out)


def tables_header(rules):
    cases = sorted({(c.kind, c.reason) for c in rules.cases})
    out = [BANNER, "// To be included by services/verification/eligibility.c.\n\n",
           "static const struct eligibility_case eligibility_cases[] = {\n"]
    for c in rules.cases:
        kind, reason = constant_name("request_kind", c.kind), constant_name("request_reason", c.reason)
        out.append(f"\t{{ .kind = {kind}, .reason = {reason},\n\t  .bit = {cases.index((c.kind, c.reason))},\n\t  .provision = {provision_c(c)} }},\n")
    out.append("};\n\nstatic const struct eligibility_rule eligibility_rules[] = {\n")
    for r in rules.rules:
        state, column, reason = r.outcome
        bits = sum(1 << cases.index(c) for c in r.cases)
        out.append(f"\t{{ .name = {text_c(r.name)}, .cases = 0x{bits:x},\n"
                   f"\t  .when_count = {len(r.when)}, .when = {conditions_c(r.when)},\n"
                   f"\t  .needs_count = {len(r.needs)}, .needs = {conditions_c(r.needs)},\n"
                   f"\t  .state = {constant_name('request_state', state)}, .field = {constant_name('field', column)}, "
                   f".reason = {constant_name('reason', reason)},\n\t  .provision = {provision_c(r)} }},\n")
    out.append("};\n")
    return "".join(out)


def settings_header(rules, service):
    """The dated settings of one service.  Drafts are left out: they are never enforced."""
    guard = f"TDV_GEN_{service.upper()}_SETTINGS_H"
    mine = [s for s in rules.settings if s.service == service and not s.draft]
    out = [BANNER, f"#ifndef {guard}\n#define {guard}\n\n#include \"domain/dated.h\"\n\n",
           f"#define {service}_rules_version {rules.version}u\n"]
    for name in sorted({s.name for s in mine}):
        out.append(f"\nstatic const struct dated_value {service}_{name}[] = {{\n")
        for s in mine:
            if s.name == name:
                out.append(f"\t{{ {day(s.start, 'INT32_MIN')}, {day(s.end, 'INT32_MAX')}, {s.value} }}, // {s.sentence}\n")
        out.append("};\n")
    out.append("\n#endif\n")
    return "".join(out)


def holidays_header(rules):
    """The days that libshared/domain/dated.c counts by.  Drafts are left out: they are never enforced."""
    mine = [h for h in rules.holidays if not h.draft]
    out = [BANNER, "// To be included by libshared/domain/dated.c.\n\n",
           "static const struct yearly_holiday yearly_holidays[] = {\n"]
    out += [f"\t{{ {day(h.start, 'INT32_MIN')}, {day(h.end, 'INT32_MAX')}, {h.month}, {h.day} }}, // {h.sentence}\n"
            for h in mine if h.month]
    for name, works in (("holidays", False), ("working_weekends", True)):
        out.append(f"\t{{ 0, -1, 0, 0 }}, // the end\n}};\n\n" if name == "holidays" else "\t{ 0, -1 }, // the end\n};\n\n")
        out.append(f"static const struct days {name}[] = {{\n")
        out += [f"\t{{ {day(h.first, '')}, {day(h.last, '')} }}, // {h.name}: {h.sentence}\n"
                for h in mine if not h.month and h.works == works]
    out.append("\t{ 0, -1 }, // the end\n};\n")
    return "".join(out)


def page(rules):
    """What a person reads: every provision, drafts marked."""
    def row(what, p, cases):
        force = "**dự thảo**, không áp dụng" if p.draft else f"từ {p.start:%d/%m/%Y}"
        force += f" đến {p.end:%d/%m/%Y}" if p.end else ""
        documents = "; ".join(f"{d.name}, {place}" for d, place in p.documents)
        return f"| {what} | {cases} | {force} | {p.sentence} | {documents} |\n"

    out = [f"# Điều kiện cấp, đổi thẻ đảng viên: bản {rules.version}\n\n{rules.about}\n\n",
           "| | trường hợp | hiệu lực | nội dung | văn bản |\n|---|---|---|---|---|\n"]
    out += [row("được đề nghị", c, f"{c.kind} {c.reason}") for c in rules.cases]
    out += [row(f"`{r.name}`", r, ", ".join(" ".join(c) for c in r.cases)) for r in rules.rules]
    out += [row(f"`{s.service}.{s.name}` = {s.value}", s, "") for s in rules.settings]
    out += [row(f"{'làm bù' if h.works else 'nghỉ'} {h.name}", h, "") for h in rules.holidays]
    return "".join(out)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--out", required=True, type=Path)
    arguments.add_argument("schemas", type=Path)
    options = arguments.parse_args()
    path = options.schemas / "eligibility.rules"
    parser = Parser(path, read_folder(options.schemas).enums)
    rules = parser.parse()
    check_rules(parser)
    if parser.errors:
        for at, text in sorted(parser.errors):
            print(f"{path}:{at}: {text}", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text in (("verification_facts.h", facts_header(rules)), ("verification_rules.h", tables_header(rules)),
                       ("eligibility.md", page(rules)), ("holidays.h", holidays_header(rules)),
                       *((f"{s}_settings.h", settings_header(rules, s)) for s in sorted({x.service for x in rules.settings}))):
        path = options.out / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:  # keeps its time when nothing changes
            path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
