"""reference.md: who tells whom what, every field, its bound and its meaning."""

from check import struct_size
from parse import SIZED


def type_text(type_):
    link = {"enum": f"[enum {type_.name}](#enum-{type_.name})", "struct": f"[{type_.name}](#struct-{type_.name})"}
    base = link.get(type_.kind, f"{type_.kind} {type_.size}" if type_.kind in SIZED else type_.kind)
    return f"at most {type_.items} × {base}" if type_.items else base


def field_table(fields, keys=()):
    if not fields and not keys:
        return "No fields.\n\n"
    rows = "".join(f"| key | {f.name} | {type_text(f.type)} | {f.doc} |\n" for f in keys)
    rows += "".join(f"| {f.key} | {f.name}{' (optional)' if f.optional else ''} | {type_text(f.type)} | {f.doc} |\n"
                    for f in fields)
    return f"| key | field | type | meaning |\n|---|---|---|---|\n{rows}\n"


def message_section(schema, m):
    to = f" → {', '.join(m.receivers)}" if m.receivers else ""
    who = f" {', '.join(m.senders)}{to}" if m.kind != "frame" else ""
    doc = f"{m.doc}\n\n" if m.doc else ""
    return f"### 0x{m.number:04x} {m.name}\n\n{m.kind}{who}; at most {struct_size(schema, m)} bytes\n\n{doc}{field_table(m.fields)}"


def who_tells_whom(schema):
    rows = "".join(f"| {', '.join(m.senders)} | {', '.join(m.receivers) or 'tools'} | [{m.name}](#0x{m.number:04x}-{m.name}) | {m.doc} |\n"
                   for m in sorted(schema.messages, key=lambda m: m.number) if m.kind == "message")
    return f"| from | to | message | meaning |\n|---|---|---|---|\n{rows}\n"


def page(schema):
    out = ["# Reference of messages and tables\n\nWritten by tools/schemagen from schemas/.\n\n## Who tells whom\n\n",
           who_tells_whom(schema), "## Messages\n\n"]
    out += [message_section(schema, m) for m in sorted(schema.messages, key=lambda m: m.number)]
    out.append("## Tables\n\n")
    for t in schema.tables:
        doc = f"{t.doc}\n\n" if t.doc else ""
        local = ", local: left out of replay's digests" if t.local else ""
        out.append(f"### {t.service}: {t.name}\n\nVersion {t.version}{local}\n\n{doc}{field_table(t.fields, t.keys)}")
    out.append("## Structs\n\n")
    for s in schema.structs.values():
        doc = f"{s.doc}\n\n" if s.doc else ""
        out.append(f"### struct {s.name}\n\n{doc}{field_table(s.fields)}")
    out.append("## Enums\n\n")
    for e in schema.enums.values():
        doc = f"{e.doc}\n\n" if e.doc else ""
        rows = "".join(f"| {c.number} | {c.name} | {c.doc} |\n" for c in e.constants)
        out.append(f"### enum {e.name}\n\n{doc}| number | name | meaning |\n|---|---|---|\n{rows}\n")
    out.append("## State machines\n\n")
    for m in schema.machines:
        doc = f"{m.doc}\n\n" if m.doc else ""
        rows = "".join(f"| {s.source} | {s.event} | {s.target} |\n" for s in m.steps)
        out.append(f"### machine {m.name}\n\n{doc}| state | event | next state |\n|---|---|---|\n{rows}\n")
    return "".join(out)
