"""schemas/lock: a line for each message, struct of a table and machine, with the hash of what its bytes mean."""

import hashlib


def canonical_type(schema, type_):
    base = f"{type_.kind} {type_.size}" if type_.size else type_.kind
    if type_.kind == "enum":
        base = "enum(" + ",".join(f"{c.number}={c.name}" for c in schema.enums[type_.name].constants) + ")"
    if type_.kind == "struct":
        base = canonical_fields(schema, schema.structs[type_.name].fields)
    return f"array {type_.items} of {base}" if type_.items else base


def canonical_fields(schema, fields):
    return "{" + ";".join(f"{f.key} {f.name}{'?' if f.optional else ''} {canonical_type(schema, f.type)}"
                          for f in fields) + "}"


def lines(schema):
    """The lock's lines: kind, number, name, hash."""
    out = []
    for m in sorted(schema.messages, key=lambda m: m.number):
        text = f"{m.kind} {m.number} {m.name} {canonical_fields(schema, m.fields)}"
        out.append((m.kind, f"0x{m.number:04x}", m.name, text))
    for t in sorted(schema.tables, key=lambda t: t.full_name):
        text = f"table {t.full_name} {t.version} {canonical_fields(schema, t.keys)}{canonical_fields(schema, t.fields)}"
        out.append(("table", str(t.version), t.full_name, text))
    for m in sorted(schema.machines, key=lambda m: m.name):
        text = "machine " + ";".join(sorted(f"{s.source} {s.event} {s.target}" for s in m.steps))
        out.append(("machine", "0", m.name, text))
    return [f"{kind} {number} {name} {hashlib.sha256(text.encode()).hexdigest()}" for kind, number, name, text in out]


def differences(schema, path):
    """What the lock file and the schemas say differently, one text each."""
    locked = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    old = {tuple(line.split()[i] for i in (0, 2)): line for line in locked if line and not line.startswith("#")}
    new = {tuple(line.split()[i] for i in (0, 2)): line for line in lines(schema)}
    out = [f"{kind} {name} is new" for kind, name in new if (kind, name) not in old]
    out += [f"{kind} {name} is gone" for kind, name in old if (kind, name) not in new]
    out += [f"{kind} {name} has changed" for (kind, name), line in new.items()
            if (kind, name) in old and old[(kind, name)] != line]
    return out


def text(schema):
    return ("# What is published, and the hash of its encoding's canonical text.  Written by `make lock`; see README.md.\n"
            + "".join(line + "\n" for line in lines(schema)))
