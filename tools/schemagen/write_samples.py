"""samples.h: for each message, struct and row a full and a bare value, the same in every run.  For tests only."""

from write_messages import BANNER

LIMIT = 2   # items in an array


class Maker:
    """Values that differ from field to field."""

    def __init__(self, schema):
        self.schema, self.count = schema, 0

    def number(self, bits):
        self.count += 1
        return (self.count * 0x9e3779b97f4a7c15) % (1 << bits)

    def bytes_(self, size):
        return ", ".join(f"0x{self.number(61) % 256:02x}" for _ in range(size))

    def value(self, type_, full):
        """A C initialiser of one value."""
        kind = type_.kind
        if kind in ("u8", "u16", "u32", "u64"):
            return f"UINT{kind[1:]}_C({self.number(int(kind[1:]))})"
        if kind == "i64":
            return f"INT64_C(-{self.number(60)})"
        if kind == "bool":
            return "true"
        if kind == "date":
            return str(self.number(40) % 20000)
        if kind == "instant":
            return f"INT64_C({1735689600000 + self.number(40) % 10**11})"
        if kind == "hash":
            return f"{{ {{ {self.bytes_(32)} }} }}"
        if kind == "fixed":
            return f"{{ {self.bytes_(type_.size)} }}"
        if kind == "bytes":
            size = min(type_.size, 5) if full else 0
            return f'{{ (const uint8_t *)"\\x01\\x80\\xff\\x00\\x7f", {size} }}'
        if kind == "text":
            text = "Đảng" if full and type_.size >= 7 else "a" if full else ""
            return f'{{ (const uint8_t *)"{text}", {len(text.encode())} }}'
        if kind == "enum":
            constants = self.schema.enums[type_.name].constants
            return f"(enum {type_.name}){constants[self.number(40) % min(len(constants), 2)].number}"
        return self.struct(self.schema.structs[type_.name].fields, full)

    def struct(self, fields, full):
        parts = []
        for f in fields:
            if f.optional and not full:
                continue
            if f.optional:
                parts.append(f".has_{f.name} = true")
            if f.type.items:
                count = min(LIMIT, f.type.items) if full else 0
                if count:
                    parts.append(f".{f.name} = {{ {', '.join(self.value(f.type, full) for _ in range(count))} }}")
                parts.append(f".{f.name}_count = {count}")
            else:
                parts.append(f".{f.name} = {self.value(f.type, full)}")
        return "{ " + (", ".join(parts) or "0") + " }"


def header(schema):
    shapes = [(s.name, s.fields) for s in list(schema.structs.values()) + sorted(schema.messages, key=lambda m: m.number)]
    shapes += [(f"{t.full_name}_row", t.fields) for t in schema.tables if t.fields]
    types = {m.name: f"message_type_{m.name}" for m in schema.messages}
    values, rows, keys = [], [], []
    for name, fields in shapes:
        full, bare = (Maker(schema).struct(fields, how) for how in (True, False))
        for how, value in (("full", full), ("bare", bare))[:1 if full == bare else 2]:
            values.append(f"static const struct {name} {name}_{how} = {value};\n")
            rows.append(f'\t{{ "{name} {how}", {types.get(name, 0)}, &{name}_shape, &{name}_{how} }},\n')
    for t in schema.tables:
        n = t.full_name
        values.append(f"static const struct {n}_key {n}_key_full = {Maker(schema).struct(t.keys, True)};\n"
                      f"static size_t {n}_key_sample(uint8_t out[store_key_max]) {{ return {n}_key_encode(&{n}_key_full, out); }}\n")
        row = f"&{n}_row_shape, &{n}_row_full" if t.fields else "NULL, NULL"
        keys.append(f'\t{{ "{n}", &{n}_table, {n}_key_sample, {row} }},\n')
    return f"""{BANNER}
#include "gen/tables.h"

struct sample {{
	const char *name; // of the struct, and whether optional fields and items are there
	uint16_t type;    // of a message; 0: a struct or a row
	const struct codec_shape *shape;
	const void *value;
}};

struct row_sample {{
	const char *name;
	const struct store_table *table;
	size_t (*key)(uint8_t out[store_key_max]);
	const struct codec_shape *shape; // NULL: no fields
	const void *row;
}};

{''.join(values)}
static const struct sample samples[] = {{
{''.join(rows)}}};

__attribute__((unused)) static const struct row_sample row_samples[] = {{
{''.join(keys)}	{{ NULL, NULL, NULL, NULL, NULL }},
}};
"""
