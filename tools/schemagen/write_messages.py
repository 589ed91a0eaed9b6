"""messages.h and messages.c: the C of everything in *.schema."""

from check import constant_name, struct_size
from write_quick import is_quick, quick_functions

PLAIN = {"u8": "uint8_t", "u16": "uint16_t", "u32": "uint32_t", "u64": "uint64_t", "i64": "int64_t", "bool": "bool",
         "date": "int32_t", "instant": "int64_t", "hash": "struct hash", "bytes": "struct bytes", "text": "struct bytes"}

BANNER = "// Written by tools/schemagen from schemas/; see schemas/README.md.  Not to be edited.\n"


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def comment(doc, indent=""):
    return f"{indent}// {doc}\n" if doc else ""


def c_type(type_):
    """The type of one value, without an array's or a fixed value's brackets."""
    if type_.kind in ("enum", "struct"):
        return f"{type_.kind} {type_.name}"
    return "uint8_t" if type_.kind == "fixed" else PLAIN[type_.kind]


def declaration(f):
    """The members that a field has in its C struct."""
    brackets = (f"[{f.type.items}]" if f.type.items else "") + (f"[{f.type.size}]" if f.type.kind == "fixed" else "")
    lines = [f"\t{c_type(f.type)} {f.name}{brackets};" + (f" // {f.doc}" if f.doc else "")]
    if f.type.items:
        lines.append(f"\tsize_t {f.name}_count;")
    if f.optional:
        lines.append(f"\tbool has_{f.name};")
    return "\n".join(lines) + "\n"


def c_struct(name, fields, doc=""):
    members = "".join(declaration(f) for f in fields) or "\tuint8_t nothing; // it has no fields\n"
    return f"{comment(doc)}struct {name} {{\n{members}}};\n"


def shape(name, fields, linkage="", is_key=False):
    """The codec's description of struct `name`: `name_shape`."""
    rows = "".join(f"\t{{ {field_description(name, f)} }},\n" for f in fields)
    table = f"static const struct codec_field fields_of_{name}[] = {{\n{rows}}};\n" if fields else ""
    list_, count = (f"fields_of_{name}", f"array_size(fields_of_{name})") if fields else ("NULL", "0")
    quick = not is_key and is_quick(fields)
    ways = f"put_{name}, take_{name}" if quick else "NULL, NULL"
    return ((quick_functions(name, fields) if quick else "") + f"{table}{linkage}const struct codec_shape {name}_shape = "
            f"{{ \"{name}\", {list_}, {count}, sizeof(struct {name}), {ways} }};\n")


def field_description(name, f):
    def offset(member):
        return f"offsetof(struct {name}, {member})"
    parts = [str(f.key), f"codec_kind_{f.type.kind}", f'"{f.name}"', f".at = {offset(f.name)}"]
    if f.optional:
        parts.append(f".has_at = {offset('has_' + f.name)}")
    if f.type.size:
        parts.append(f".size = {f.type.size}")
    if f.type.items:
        parts.append(f".items = {f.type.items}, .count_at = {offset(f.name + '_count')}")
    if f.type.kind == "enum":
        parts.append(f".values = &{f.type.name}_values")
    if f.type.kind == "struct":
        parts.append(f".shape = &{f.type.name}_shape")
    return ", ".join(parts)


def in_order(structs):
    """Structs, each after those that it contains."""
    done = {}

    def visit(struct):
        if struct.name in done:
            return
        for f in struct.fields:
            if f.type.kind == "struct":
                visit(structs[f.type.name])
        done[struct.name] = struct

    for struct in structs.values():
        visit(struct)
    return list(done.values())


def enum_header(enum):
    constants = "".join(f"\t{constant_name(enum.name, c.name)} = {c.number}," + (f" // {c.doc}" if c.doc else "") + "\n"
                        for c in enum.constants)
    e = enum.name
    return f"""{comment(enum.doc)}enum {e} {{
{constants}}};
extern const struct codec_values {e}_values;
static inline const char *{e}_name(enum {e} v) {{ return codec_value_name(&{e}_values, v); }}
static inline const char *{e}_label(enum {e} v) {{ return codec_value_label(&{e}_values, v); }}
static inline bool {e}_known(uint64_t v) {{ return codec_value_known(&{e}_values, v); }}
static inline bool {e}_from_name(const char *name, enum {e} *v)
{{
	uint16_t number;
	if (!codec_value_from_name(&{e}_values, name, &number))
		return false;
	*v = (enum {e})number;
	return true;
}}
"""


def enum_source(enum):
    rows = "".join(f"\t{{ {c.number}, {c_text(c.name)}, {c_text(c.doc or c.name)} }},\n" for c in enum.constants)
    first = enum.constants[0].number
    dense = sum(c.number == first + at for at, c in enumerate(enum.constants))  # they ascend
    return (f"static const struct codec_value values_of_{enum.name}[] = {{\n{rows}}};\n"
            f"const struct codec_values {enum.name}_values = "
            f"{{ \"{enum.name}\", values_of_{enum.name}, array_size(values_of_{enum.name}), {first}, {dense} }};\n")


def machine_header(machine):
    m = machine.name
    return f"""{comment(machine.doc)}bool {m}_step(enum {m} from, enum {m}_event event, enum {m} *to); // false: not allowed
const struct codec_step *{m}_steps(size_t *count);
"""


def machine_source(machine):
    m, e = machine.name, machine.name + "_event"
    rows = "".join(f"\t{{ {constant_name(m, s.source)}, {constant_name(e, s.event)}, {constant_name(m, s.target)} }},\n"
                   for s in machine.steps)
    return f"""static const struct codec_step steps_of_{m}[] = {{
{rows}}};

const struct codec_step *{m}_steps(size_t *count)
{{
	*count = array_size(steps_of_{m});
	return steps_of_{m};
}}

bool {m}_step(enum {m} from, enum {e} event, enum {m} *to)
{{
	for (size_t i = 0; i < array_size(steps_of_{m}); i++) {{
		if (steps_of_{m}[i].from == from && steps_of_{m}[i].event == event) {{
			*to = (enum {m})steps_of_{m}[i].to;
			return true;
		}}
	}}
	return false;
}}
"""


def codec_functions(name):
    return f"""extern const struct codec_shape {name}_shape;
static inline void {name}_encode(const struct {name} *m, struct buffer *out) {{ codec_encode(&{name}_shape, m, out); }}
static inline enum error {name}_decode(struct bytes in, struct {name} *out) {{ return codec_decode(&{name}_shape, in, out); }}
static inline struct json_t *{name}_json(const struct {name} *m) {{ return codec_json(&{name}_shape, m); }}
"""


def route(m):
    if m.kind == "frame":
        return "frame"
    to = f" -> {' '.join(m.receivers)}" if m.receivers else ""
    return f"{m.kind}: {' '.join(m.senders)}{to}"


def header(schema):
    messages = sorted(schema.messages, key=lambda m: m.number)
    types = "".join(f"\tmessage_type_{m.name} = 0x{m.number:04x}, // {route(m)}\n" for m in messages)
    out = [BANNER, """#ifndef TDV_GEN_MESSAGES_H
#define TDV_GEN_MESSAGES_H

#include "message/codec.h"

// ---- enums: name() is the constant's name, label() its documentation; both "?" for an unknown number ----

"""]
    out += [enum_header(e) + "\n" for e in schema.enums.values()]
    out.append("// ---- state machines ----\n\n")
    out += [machine_header(m) + "\n" for m in schema.machines]
    out.append("// ---- structs that messages and rows contain ----\n\n")
    out += [c_struct(s.name, s.fields, s.doc) + codec_functions(s.name) + "\n" for s in in_order(schema.structs)]
    out.append("// ---- messages ----\n\n")
    out.append(f"enum message_type {{\n{types}}};\n\n")
    for m in messages:
        out.append(f"// 0x{m.number:04x} {route(m)}\n" + c_struct(m.name, m.fields, m.doc) + codec_functions(m.name) + "\n")
    out.append(BY_NUMBER_HEADER)
    return "".join(out)


BY_NUMBER_HEADER = """// ---- by number, for tools ----

enum message_kind {
	message_kind_message, message_kind_effect, message_kind_answer, message_kind_timer, message_kind_local,
	message_kind_continuation, message_kind_query, message_kind_query_answer, message_kind_frame,
};

// All numbers, ascending.
extern const uint16_t message_types[];
extern const size_t message_type_count;

bool message_known(uint16_t type);
const char *message_name(uint16_t type); // "?" when unknown
enum message_kind message_kind_of(uint16_t type); // of a known one
size_t message_max_size(uint16_t type); // of an encoding; 0 when unknown
// `service` is an enum service_id; a message that only tools read goes to none.
bool message_goes_to(uint16_t type, uint16_t service);
bool message_comes_from(uint16_t type, uint16_t service);
// All that it goes to, a bit each: 1 << service.
uint64_t message_receivers(uint16_t type);
// NULL when unknown, malformed, or without memory.
struct json_t *message_json(uint16_t type, struct bytes body);
// Decodes, encodes again and compares: error_absent for an unknown type, codec_decode's errors, and error_corrupt when
// the bytes differ, which would be a bug of ours.
enum error message_check(uint16_t type, struct bytes body);

#endif
"""


def service_mask(schema, names):
    numbers = schema.services()
    return " | ".join(f"service_bit({constant_name('service_id', n)})" for n in names if n in numbers) or "0"


def source(schema):
    messages = sorted(schema.messages, key=lambda m: m.number)
    out = [BANNER, '#include "gen/messages.h"\n\n#include <stddef.h>\n#include <string.h>\n\n#include "base/ensure.h"\n#include "message/quick.h"\n\n']
    out += [enum_source(e) + "\n" for e in schema.enums.values()]
    out += [machine_source(m) + "\n" for m in schema.machines]
    out += [shape(s.name, s.fields) + "\n" for s in in_order(schema.structs)]
    out += [shape(m.name, m.fields) + "\n" for m in messages]
    out.append("static _Thread_local union {\n" + "".join(f"\tstruct {m.name} {m.name};\n" for m in messages)
               + "} any_message;\n\n")
    out.append(BY_NUMBER_TYPES)
    for m in messages:
        out.append(f"\t{{ 0x{m.number:04x}, message_kind_{m.kind}, &{m.name}_shape, {struct_size(schema, m)}, "
                   f"{service_mask(schema, m.senders)}, {service_mask(schema, m.receivers)} }},\n")
    out.append("};\n\nconst uint16_t message_types[] = {\n")
    out += [f"\tmessage_type_{m.name},\n" for m in messages]
    out.append("};\nconst size_t message_type_count = array_size(message_types);\n\n" + BY_NUMBER_SOURCE)
    return "".join(out)


BY_NUMBER_TYPES = """#define service_bit(id) (UINT64_C(1) << (id))

struct message {
	uint16_t type;
	enum message_kind kind;
	const struct codec_shape *shape;
	size_t max_size;
	uint64_t senders, receivers; // a bit a service
};

static const struct message messages[] = {
"""

BY_NUMBER_SOURCE = """static const struct message *message_find(uint16_t type)
{
	size_t low = 0, high = array_size(messages);
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (messages[middle].type == type)
			return &messages[middle];
		if (messages[middle].type < type)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool message_known(uint16_t type)
{
	return message_find(type) != NULL;
}

const char *message_name(uint16_t type)
{
	const struct message *m = message_find(type);
	return m ? m->shape->name : "?";
}

enum message_kind message_kind_of(uint16_t type)
{
	const struct message *m = message_find(type);
	ensure(m);
	return m->kind;
}

size_t message_max_size(uint16_t type)
{
	const struct message *m = message_find(type);
	return m ? m->max_size : 0;
}

bool message_goes_to(uint16_t type, uint16_t service)
{
	const struct message *m = message_find(type);
	return m && service < 64 && (m->receivers & service_bit(service));
}

bool message_comes_from(uint16_t type, uint16_t service)
{
	const struct message *m = message_find(type);
	return m && service < 64 && (m->senders & service_bit(service));
}

uint64_t message_receivers(uint16_t type)
{
	const struct message *m = message_find(type);
	return m ? m->receivers : 0;
}

struct json_t *message_json(uint16_t type, struct bytes body)
{
	const struct message *m = message_find(type);
	if (!m || codec_decode(m->shape, body, &any_message) != error_none)
		return NULL;
	return codec_json(m->shape, &any_message);
}

enum error message_check(uint16_t type, struct bytes body)
{
	const struct message *m = message_find(type);
	if (!m)
		return error_absent;
	enum error error = codec_decode(m->shape, body, &any_message);
	if (error != error_none)
		return error;
	struct buffer again = { 0 };
	codec_encode(m->shape, &any_message, &again);
	if (again.failed)
		error = error_no_memory;
	else if (!bytes_equal(buffer_bytes(&again), body))
		error = error_corrupt;
	buffer_deinit(&again);
	return error;
}
"""
