"""Reads schemas/*.schema and *.tables into a Schema.  The language: schemas/README.md."""

import re
from dataclasses import dataclass, field
from pathlib import Path

SCALARS = ("u8", "u16", "u32", "u64", "i64", "bool", "date", "instant", "hash")
SIZED = ("fixed", "bytes", "text")
MESSAGE_KINDS = ("message", "effect", "answer", "timer", "local", "continuation", "frame")


@dataclass(frozen=True)
class Place:
    file: str
    line: int

    def __str__(self):
        return f"{self.file}:{self.line}"


@dataclass
class Type:
    kind: str               # a scalar, a sized kind, "enum" or "struct"
    size: int = 0           # of fixed, bytes, text
    name: str = ""          # of enum, struct
    items: int = 0          # at most so many; 0: not an array

    def __str__(self):
        base = {"enum": f"enum {self.name}", "struct": self.name}.get(self.kind, self.kind)
        base += f" {self.size}" if self.kind in SIZED else ""
        return f"array {self.items} of {base}" if self.items else base


@dataclass
class Field:
    place: Place
    key: int                # 0: a field of a table's key
    name: str
    optional: bool
    type: Type
    doc: str = ""


@dataclass
class Constant:
    place: Place
    name: str
    number: int
    doc: str = ""


@dataclass
class Enum:
    place: Place
    name: str
    doc: str = ""
    constants: list = field(default_factory=list)


@dataclass
class Struct:
    place: Place
    name: str
    doc: str = ""
    fields: list = field(default_factory=list)


@dataclass
class Message(Struct):
    kind: str = "message"   # one of MESSAGE_KINDS, "query" or "query_answer"
    number: int = 0
    senders: list = field(default_factory=list)
    receivers: list = field(default_factory=list)
    answer: "Message" = None  # of a query


@dataclass
class Table(Struct):
    service: str = ""
    version: int = 0
    local: bool = False
    kept: bool = False
    keys: list = field(default_factory=list)

    @property
    def full_name(self):
        return f"{self.service}_{self.name}"


@dataclass
class Step:
    place: Place
    source: str
    event: str
    target: str


@dataclass
class Machine:
    place: Place
    name: str
    doc: str = ""
    steps: list = field(default_factory=list)


@dataclass
class Schema:
    enums: dict = field(default_factory=dict)
    structs: dict = field(default_factory=dict)
    messages: list = field(default_factory=list)   # queries are followed by their answers
    tables: list = field(default_factory=list)
    machines: list = field(default_factory=list)
    errors: list = field(default_factory=list)     # (place, text)

    def error(self, place, text):
        self.errors.append((place, text))

    def services(self):
        """Names by number, without `none`."""
        ids = self.enums.get("service_id")
        return {c.name: c.number for c in ids.constants if c.number} if ids else {}


class Wrong(Exception):
    """What is wrong with a line, and what to do."""


LINE = re.compile(r'^(?P<code>[^"#]*?)\s*(?P<doc>"[^"]*")?\s*(#.*)?$')


def number(word):
    if not re.fullmatch(r"0x[0-9a-fA-F]+|[0-9]+", word):
        raise Wrong(f"'{word}' is no number: write 12 or 0x010c")
    return int(word, 0)


def noun(word):
    if not re.fullmatch(r"[a-z][a-z0-9_]*", word):
        raise Wrong(f"'{word}' is no name: lower-case letters, digits and _, beginning with a letter")
    return word


def parse_type(words):
    """The Type that the words spell."""
    if not words:
        raise Wrong("the type is missing: write e.g. `1 list u64`")
    if words[0] == "array":
        if len(words) < 4 or words[2] != "of":
            raise Wrong("an array is `array N of TYPE`")
        of = parse_type(words[3:])
        if of.items:
            raise Wrong("an array of arrays: put the inner one into a struct")
        of.items = number(words[1])
        if of.items < 1:
            raise Wrong("an array of at most 0 items: give a bound of 1 or more")
        return of
    if words[0] in SCALARS:
        rest, result = words[1:], Type(words[0])
    elif words[0] in SIZED:
        if len(words) < 2:
            raise Wrong(f"`{words[0]}` needs its size: `{words[0]} 32`")
        rest, result = words[2:], Type(words[0], size=number(words[1]))
        if result.size < 1:
            raise Wrong(f"`{words[0]} 0` holds nothing: give a size of 1 or more")
    elif words[0] == "enum":
        if len(words) < 2:
            raise Wrong("`enum` needs its name: `enum reason`")
        rest, result = words[2:], Type("enum", name=noun(words[1]))
    else:
        rest, result = words[1:], Type("struct", name=noun(words[0]))
    if rest:
        raise Wrong(f"'{' '.join(rest)}' after the type: one field a line, documentation in quotes")
    return result


class Parser:
    """One file."""

    def __init__(self, schema, path):
        self.schema, self.path, self.stem = schema, path, path.stem
        self.sender = None   # of the `sender` line
        self.block = None    # what indented lines belong to
        self.part = None     # in a query: the Message of its ask or its answer
        self.last = None     # what a line of documentation belongs to

    def parse(self):
        text = self.path.read_text(encoding="utf-8")
        for at, line in enumerate(text.split("\n"), 1):
            self.place = Place(str(self.path), at)
            try:
                self.line(line)
            except Wrong as wrong:
                self.schema.error(self.place, str(wrong))

    def line(self, line):
        match = LINE.match(line)
        if not match:
            raise Wrong("a quotation mark is not closed, or stands inside quoted text")
        words, doc = match["code"].replace(",", " ").split(), (match["doc"] or "")[1:-1]
        if not words:
            if doc:
                self.document(doc)
            return
        if not line[0].isspace():
            self.block = self.part = self.last = None
            self.opening(words)
        elif self.block is None:
            raise Wrong("an indented line that belongs to nothing: is the line above it wrong?")
        else:
            self.inner(words)
        if doc:
            self.document(doc)

    def document(self, doc):
        if self.last is None:
            raise Wrong("documentation that belongs to nothing: it goes under an enum, struct, message, table or field")
        self.last.doc = f"{self.last.doc} {doc}" if self.last.doc else doc

    def opening(self, words):
        first = words[0]
        if first == "sender":
            if len(words) != 2:
                raise Wrong("write `sender NAME`")
            self.sender = noun(words[1])
        elif first in ("enum", "struct", "machine"):
            self.open_named(first, words)
        elif first in MESSAGE_KINDS:
            self.open_message(words)
        elif first == "query":
            self.open_query(words)
        elif first == "table":
            self.open_table(words)
        else:
            raise Wrong(f"'{first}' begins nothing: known are sender, enum, struct, machine, table, query, "
                        + ", ".join(MESSAGE_KINDS) + "; a field is indented by a tab")

    def open_named(self, kind, words):
        if len(words) != 2:
            raise Wrong(f"write `{kind} NAME`")
        name = noun(words[1])
        if kind == "machine":
            self.block = Machine(self.place, name)
            self.schema.machines.append(self.block)
        else:
            home = self.schema.enums if kind == "enum" else self.schema.structs
            self.block = (Enum if kind == "enum" else Struct)(self.place, name)
            if name in home:
                raise Wrong(f"{kind} {name} is already at {home[name].place}: rename one")
            home[name] = self.block
        self.last = self.block

    def open_message(self, words):
        kind = words[0]
        if len(words) < 3:
            raise Wrong(f"write `{kind} 0x0103 NAME …`")
        message = Message(self.place, noun(words[2]), kind=kind, number=number(words[1]))
        rest = words[3:]
        if kind == "message":
            if rest and rest[0] == "from":
                end = rest.index("->") if "->" in rest else len(rest)
                message.senders, rest = rest[1:end], rest[end:]
            if rest and rest[0] == "->":
                message.receivers, rest = rest[1:], []
                if not message.receivers:
                    raise Wrong("no receiver after `->`: leave the arrow out when only tools read it")
        if rest:
            raise Wrong(f"'{' '.join(rest)}' after the name: " + (
                "write `message 0x0103 NAME [from SENDER …] -> RECEIVER …`" if kind == "message"
                else f"a {kind} has neither senders nor receivers"))
        if not message.senders and kind != "frame":
            message.senders = [self.need_sender()]
        self.block = self.last = message
        self.schema.messages.append(message)

    def need_sender(self):
        if self.sender is None:
            raise Wrong("whose is it? Put `sender NAME` above it, or `from NAME` into the line")
        return self.sender

    def open_query(self, words):
        if len(words) != 6 or words[3] != "/":
            raise Wrong("write `query 0x0191 list_query / 0x0192 list_answer`")
        sender = self.need_sender()
        ask = Message(self.place, noun(words[2]), kind="query", number=number(words[1]), senders=[sender])
        ask.answer = Message(self.place, noun(words[5]), kind="query_answer", number=number(words[4]),
                             senders=[sender])
        self.block = self.last = ask
        self.schema.messages += [ask, ask.answer]

    def open_table(self, words):
        if self.path.suffix != ".tables":
            raise Wrong(f"tables stand in {self.stem}.tables")
        if len(words) not in (3, 4) or words[3:] not in ([], ["local"], ["kept"]):
            raise Wrong("write `table NAME VERSION`, `table NAME VERSION local` or `table NAME VERSION kept`")
        self.block = self.last = Table(self.place, noun(words[1]), service=self.stem, version=number(words[2]),
                                       local=words[3:] == ["local"], kept=words[3:] == ["kept"])
        self.schema.tables.append(self.block)

    def inner(self, words):
        block = self.block
        if isinstance(block, Enum):
            self.constant(words)
        elif isinstance(block, Machine):
            if len(words) != 4 or words[2] != "->":
                raise Wrong("a step is `STATE EVENT -> STATE`")
            block.steps.append(Step(self.place, words[0], words[1], words[3]))
            self.last = block
        elif isinstance(block, Message) and block.kind == "query":
            if words in (["ask"], ["answer"]):
                self.last = self.part = block if words == ["ask"] else block.answer
            elif self.part is None:
                raise Wrong("a query's fields stand under `ask` or `answer`")
            else:
                self.field(self.part, words)
        else:
            self.field(block, words)

    def constant(self, words):
        if len(words) != 3 or words[1] != "=":
            raise Wrong('a constant is `name = 3 "label"`')
        self.last = Constant(self.place, noun(words[0]), number(words[2]))
        self.block.constants.append(self.last)

    def field(self, block, words):
        if len(words) < 2:
            raise Wrong("a field is `KEY NAME TYPE`, e.g. `1 list u64`")
        if words[0] == "key" and isinstance(block, Table):
            self.last = Field(self.place, 0, noun(words[1]), False, parse_type(words[2:]))
            if block.fields:
                raise Wrong("the key lines stand before the fields")
            block.keys.append(self.last)
            return
        name = words[1].removesuffix("?")
        self.last = Field(self.place, number(words[0]), noun(name), words[1] != name, parse_type(words[2:]))
        block.fields.append(self.last)


def read_folder(folder):
    """All schemas of a folder, common.schema first."""
    schema = Schema()
    paths = sorted(Path(folder).glob("*.schema"), key=lambda p: (p.stem != "common", p.name))
    for path in paths + sorted(Path(folder).glob("*.tables")):
        Parser(schema, path).parse()
    return schema
