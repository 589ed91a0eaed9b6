"""<service>_tables.h, tables.h and tables.c: rows, keys and typed access to every service's tables."""

from pathlib import Path

from write_messages import BANNER, c_struct, c_type, codec_functions, comment, shape


def by_service(schema):
    """Tables by service, every service of enum service_id included."""
    return {s: [t for t in schema.tables if t.service == s] for s in schema.services()}


def parameter_name(f, prefix=""):
    """A key's part as a parameter; those that every function has keep their names."""
    taken = not prefix and f.name in ("tx", "key", "row", "walk")
    return f"{prefix}{f.name}" + ("_key" if taken else "")


def key_parameter(f, prefix):
    name = parameter_name(f, prefix)
    if f.type.kind == "hash":
        return f"const struct hash *{name}"
    if f.type.kind == "fixed":
        return f"const uint8_t {name}[{f.type.size}]"
    return f"{c_type(f.type)} {name}"


def key_value(f, prefix):
    name = parameter_name(f, prefix)
    if f.type.kind == "hash":
        return f"*{name}"
    if f.type.kind == "fixed":
        return "{ " + ", ".join(f"{name}[{i}]" for i in range(f.type.size)) + " }"
    return name


def key_out(table):
    """Its declaration and its name: one key field comes out as itself, several as a struct."""
    if len(table.keys) > 1:
        return f"struct {table.full_name}_key *key", "key"
    f, name = table.keys[0], parameter_name(table.keys[0])
    return (f"uint8_t {name}[{f.type.size}]" if f.type.kind == "fixed" else f"{c_type(f.type)} *{name}"), name


def functions(table):
    """(prototype, body) of each function of a table."""
    n = table.full_name
    access = f"&{n}_access"
    keys, from_, to = (", ".join(key_parameter(f, p) for f in table.keys) for p in ("", "from_", "to_"))
    at, at_from, at_to = (f"&(struct {n}_key){{ {', '.join(key_value(f, p) for f in table.keys)} }}"
                          for p in ("", "from_", "to_"))
    out, key = key_out(table)
    get = f", struct {n}_row *row" if table.fields else ""
    put = f", const struct {n}_row *row" if table.fields else ""
    row = "row" if table.fields else "NULL"
    tx = "struct store_txn *tx"
    return [
        (f"bool {n}_get({tx}, {keys}{get})", f"return row_get(tx, {access}, {at}, {row});"),
        (f"void {n}_put({tx}, {keys}{put})", f"row_put(tx, {access}, {at}, {row}, store_put);"),
        (f"void {n}_append({tx}, {keys}{put})", f"row_put(tx, {access}, {at}, {row}, store_append);"),
        (f"bool {n}_delete({tx}, {keys})", f"return row_delete(tx, {access}, {at});"),
        (f"bool {n}_first({tx}, {from_}, {out}{get})", f"return row_first(tx, {access}, {at_from}, {key}, {row});"),
        (f"bool {n}_last({tx}, {out}{get})", f"return row_last(tx, {access}, {key}, {row});"),
        (f"bool {n}_last_to({tx}, {to}, {out}{get})", f"return row_last_to(tx, {access}, {at_to}, {key}, {row});"),
        (f"void {n}_walk_init(struct store_walk *walk, {tx}, {from_})",
         f"row_walk_init(walk, tx, {access}, {at_from});"),
        (f"bool {n}_walk_next(struct store_walk *walk, {out}{get})",
         f"return row_walk_next(walk, {access}, {key}, {row});"),
    ]


def table_header(table):
    n = table.full_name
    local = ", local" if table.local else ", kept" if table.kept else ""
    out = [f"// ---- {table.name}, version {table.version}{local} ----\n", comment(table.doc)]
    out.append(c_struct(f"{n}_key", table.keys))
    if table.fields:
        out.append(c_struct(f"{n}_row", table.fields) + codec_functions(f"{n}_row"))
    out.append(f"extern const struct store_table {n}_table;\n")
    out.append(f"size_t {n}_key_encode(const struct {n}_key *key, uint8_t out[store_key_max]); // returns its size\n"
               f"bool {n}_key_decode(struct bytes in, struct {n}_key *key);\n")
    out += [f"{prototype};\n" for prototype, _ in functions(table)]
    return "".join(out) + "\n"


def service_header(service, tables):
    guard = f"TDV_GEN_{service.upper()}_TABLES_H"
    return (f"{BANNER}#ifndef {guard}\n#define {guard}\n\n"
            '#include "gen/messages.h"\n#include "gen/rows.h"\n\n'
            f"extern const struct store_table *const {service}_tables[]; // ends with NULL\n\n"
            + "".join(table_header(t) for t in tables) + "#endif\n")


def header(schema):
    includes = "".join(f'#include "gen/{s}_tables.h"\n' for s in by_service(schema))
    return f"""{BANNER}#ifndef TDV_GEN_TABLES_H
#define TDV_GEN_TABLES_H

// Every service's tables, for tools and the audit.

{includes}
// Ends with NULL; NULL for an unknown service.
const struct store_table *const *service_tables(uint16_t service);
const struct store_table *table_by_name(uint16_t service, const char *name); // NULL: none
// The key's fields, then the row's.  NULL when either does not decode, or without memory.
struct json_t *table_json(const struct store_table *table, struct bytes key, struct bytes value);
// Decodes key and value, encodes again and compares; errors as of message_check.
enum error table_check(const struct store_table *table, struct bytes key, struct bytes value);

#endif
"""


def table_source(index, table):
    n = table.full_name
    row = f"&{n}_row_shape" if table.fields else "&no_row_shape"
    out = [f"// ---- {table.service}: {table.name} ----\n\n", shape(f"{n}_key", table.keys, "static ", is_key=True)]
    if table.fields:
        out.append(shape(f"{n}_row", table.fields))
    out.append(f"const struct store_table {n}_table = "
               f'{{ "{table.name}", {index}, {table.version}, {str(table.local).lower()}, {str(table.kept).lower()} }};\n'
               f"static const struct access {n}_access = {{ &{n}_table, &{n}_key_shape, {row} }};\n\n")
    out.append(f"size_t {n}_key_encode(const struct {n}_key *key, uint8_t out[store_key_max])\n"
               f"{{\n\treturn key_encode(&{n}_key_shape, key, out);\n}}\n\n"
               f"bool {n}_key_decode(struct bytes in, struct {n}_key *key)\n"
               f"{{\n\treturn key_decode(&{n}_key_shape, in, key);\n}}\n\n")
    out += [f"{prototype}\n{{\n\t{body}\n}}\n\n" for prototype, body in functions(table)]
    return "".join(out)


def source(schema):
    services = by_service(schema)
    out = [BANNER, '#include "gen/tables.h"\n\n']
    out.append((Path(__file__).parent / "rows.c").read_text(encoding="utf-8") + "\n")
    for tables in services.values():
        out += [table_source(i, t) for i, t in enumerate(tables)]
    for service, tables in services.items():
        rows = "".join(f"\t&{t.full_name}_table,\n" for t in tables)
        out.append(f"const struct store_table *const {service}_tables[] = {{\n{rows}\tNULL,\n}};\n")
    cases = "".join(f"\tcase service_id_{s}: return {s}_tables;\n" for s in services)
    unions = "".join(f"\tstruct {t.full_name}_{part} {t.full_name}_{part};\n" for t in schema.tables
                     for part in ("key", "row") if part == "key" or t.fields)
    accesses = "".join(f"\t&{t.full_name}_access,\n" for t in schema.tables)
    out.append(f"""
const struct store_table *const *service_tables(uint16_t service)
{{
	switch (service) {{
{cases}\t}}
	return NULL;
}}

static const struct access *const accesses[] = {{
{accesses}\tNULL,
}};

static _Thread_local union {{
	uint8_t nothing;
{unions}}} any_key, any_row;

""")
    out.append((Path(__file__).parent / "rows_by_name.c").read_text(encoding="utf-8"))
    return "".join(out)
