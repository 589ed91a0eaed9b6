"""What a schema must fulfil beyond its grammar.  Every error names its line and says what to do."""

from parse import Message, Table

KEY_KINDS = ("u8", "u16", "u32", "u64", "i64", "date", "instant", "hash", "fixed", "enum")
KEY_MAX = 96    # store_key_max
DEPTH_MAX = 8   # codec_depth_max
PSEUDO_SENDERS = ("common", "wire")

# A constant of these names would be the enum's own function, field_name(): it gets a final underscore in C.
ENUM_FUNCTIONS = ("name", "label", "from_name", "known", "values", "step", "steps")

C_KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true
false""".split())
# Tags of the library's own structs and enums.
LIBRARY_TAGS = set("""error bytes hash buffer store store_table store_txn store_walk store_options store_figures turn origin service
service_input service_query service_adapter input_kind log_level message_type message_kind codec_kind
codec_field codec_shape codec_value codec_values codec_step""".split())

# Functions and objects of what is written.
GENERATED_NAMES = set("""message_name message_known message_json message_check message_goes_to message_comes_from message_receivers
message_kind_of message_max_size message_types message_type_count table_by_name table_json table_check service_tables""".split())


def constant_name(enum, constant):
    return f"{enum}_{constant}" + ("_" if constant in ENUM_FUNCTIONS else "")


def wire_size(schema, type_):
    """The most bytes that a value takes in its encoding."""
    if type_.items:
        one = wire_size(schema, one_of(type_))
        return count_head(type_.items) + type_.items * one
    sizes = {"u8": 2, "u16": 3, "u32": 5, "u64": 9, "i64": 9, "bool": 1, "date": 5, "instant": 9, "hash": 34,
             "enum": 3}
    if type_.kind in sizes:
        return sizes[type_.kind]
    if type_.kind == "struct":
        return struct_size(schema, schema.structs[type_.name])
    small = 1 if type_.kind == "text" and type_.size < 32 else 2
    return type_.size + (small if type_.size < 256 else 3 if type_.size < 65536 else 5)


def struct_size(schema, struct):
    return count_head(len(struct.fields)) + sum(1 + wire_size(schema, f.type) for f in struct.fields)


def count_head(count):
    return 1 if count < 16 else 3 if count < 65536 else 5


def one_of(type_):
    return type(type_)(type_.kind, type_.size, type_.name)


def key_size(type_):
    return {"u8": 1, "u16": 2, "enum": 2, "u32": 4, "date": 4, "u64": 8, "i64": 8, "instant": 8,
            "hash": 32}.get(type_.kind, type_.size)


class Checker:
    def __init__(self, schema):
        self.schema, self.error = schema, schema.error
        self.services = schema.services()

    def check(self):
        schema = self.schema
        if not self.services:
            self.error(next(iter(schema.enums.values())).place if schema.enums else "schemas",
                       "there is no enum service_id: common.schema declares it")
        for name, value in self.services.items():
            if value > 63:
                self.error(schema.enums["service_id"].place, f"service {name} has number {value}: use 1 to 63")
        for enum in schema.enums.values():
            self.check_enum(enum)
        for struct in list(schema.structs.values()) + schema.messages + schema.tables:
            self.check_fields(struct)
        for message in schema.messages:
            self.check_message(message)
        for table in schema.tables:
            self.check_table(table)
        for machine in schema.machines:
            self.check_machine(machine)
        self.check_names()
        if not schema.errors:
            self.check_depth()
        if not schema.errors:
            self.check_sizes()

    def check_enum(self, enum):
        if not enum.constants:
            self.error(enum.place, f"enum {enum.name} has no constants: add `name = 1 \"label\"`")
        names, last = {}, -1
        for c in enum.constants:
            if c.name in names:
                self.error(c.place, f"{c.name} is already at {names[c.name]}: rename one")
            names[c.name] = c.place
            if c.number <= last:
                self.error(c.place, f"{c.name} = {c.number} after {last}: numbers ascend and none is used twice")
            last = c.number
            if c.number > 0xffff:
                self.error(c.place, f"{c.name} = {c.number}: at most 65535")

    def check_fields(self, struct):
        names, last = {}, 0
        for f in getattr(struct, "keys", []) + struct.fields:
            for name in [f.name, f"has_{f.name}" if f.optional else "", f"{f.name}_count" if f.type.items else ""]:
                if name in names:
                    self.error(f.place, f"{name} is already at {names[name]}: rename one")
                if name:
                    names[name] = f.place
            if f.name in C_KEYWORDS:
                self.error(f.place, f"'{f.name}' is a word of C: take another name")
            self.check_type(f)
        for f in struct.fields:
            if not last < f.key <= 127:
                self.error(f.place, f"key {f.key} after {last}: keys ascend from 1 to 127 and none is used twice")
            last = max(last, f.key)

    def check_type(self, f):
        kind, name = f.type.kind, f.type.name
        if kind == "enum" and name not in self.schema.enums:
            self.error(f.place, f"there is no enum {name}: declare it, or correct the name")
        if kind == "struct" and name not in self.schema.structs:
            hint = f": did you mean `enum {name}`?" if name in self.schema.enums else \
                ": declare it, or use u8 u16 u32 u64 i64 bool date instant hash, `fixed N`, `bytes N`, `text N`, `enum NAME`"
            self.error(f.place, f"there is no struct or type {name}{hint}")
        if f.type.size > 0xffffff or f.type.items > 0xffff:
            self.error(f.place, "the bound is too large: at most 16777215 bytes, 65535 items")

    def check_message(self, m):
        same = [o for o in self.schema.messages if o.number == m.number]
        if same[0] is not m:
            self.error(m.place, f"number 0x{m.number:04x} is already {same[0].name} at {same[0].place}: take a free one")
        if not 1 <= m.number <= 0xffff:
            self.error(m.place, "the number is from 0x0001 to 0xffff")
        pseudo = [s for s in m.senders if s in PSEUDO_SENDERS]
        if pseudo:
            self.error(m.place, f"a {m.kind} of several senders names them: `message 0x0001 {m.name} from registry approval -> intake`")
        for who in m.senders + m.receivers:
            if who not in self.services and who not in pseudo:
                self.error(m.place, f"there is no service {who}: known are {', '.join(self.services)} (enum service_id)")
        for who in m.receivers:
            if who in m.senders:
                self.error(m.place, f"{who} tells itself: use a `continuation`, or take it out of one side")
        for names in (m.senders, m.receivers):
            if len(set(names)) != len(names):
                self.error(m.place, "a service is named twice: take one out")

    def check_table(self, table):
        if table.service not in self.services:
            self.error(table.place, f"{table.service} is no service of enum service_id: the file's name is the service's")
        same = [t for t in self.schema.tables if t.full_name == table.full_name]
        if same[0] is not table:
            self.error(table.place, f"table {table.name} is already at {same[0].place}: rename one")
        if not table.keys:
            self.error(table.place, f"table {table.name} has no key: add `key NAME TYPE` lines above its fields")
        if not 1 <= table.version <= 0xffff:
            self.error(table.place, "the version is from 1 to 65535")
        for f in table.keys:
            if f.type.kind not in KEY_KINDS or f.type.items:
                self.error(f.place, f"a key of type {f.type}: keys are of fixed size, of {', '.join(KEY_KINDS)}")
        size = sum(key_size(f.type) for f in table.keys)
        if size > KEY_MAX:
            self.error(table.place, f"the key takes {size} bytes: at most {KEY_MAX}; hash the long part")

        texts = [f for f in table.fields if f.type.kind == "text"]
        plain = all(f.type.kind not in ("bytes", "struct") and not f.type.items for f in table.fields)
        if table.kept and (not table.fields or len(texts) > 1 or not plain):
            self.error(table.place, "a kept table has rows of plain fields, at most one of them a text: take `kept` out")

    def check_machine(self, machine):
        states, events = (self.schema.enums.get(n) for n in (machine.name, machine.name + "_event"))
        if not states or not events:
            self.error(machine.place, f"machine {machine.name} needs enum {machine.name} and enum {machine.name}_event")
            return
        seen = {}
        for step in machine.steps:
            for enum, name in ((states, step.source), (events, step.event), (states, step.target)):
                if name not in [c.name for c in enum.constants]:
                    self.error(step.place, f"{name} is not in enum {enum.name} ({enum.place}): add it there, or correct it")
            at = (step.source, step.event)
            if at in seen:
                self.error(step.place, f"{step.source} {step.event} is already at {seen[at]}: a machine has one answer")
            seen[at] = step.place

    def check_names(self):
        """Tags share one name space in C, functions and constants another."""
        tags, others = {t: "libshared" for t in LIBRARY_TAGS}, {n: "build/gen" for n in GENERATED_NAMES}
        for what in list(self.schema.enums.values()) + list(self.schema.structs.values()) + self.schema.messages:
            self.take(tags, what.name, what.place)
        for table in self.schema.tables:
            for suffix in ("row", "key"):
                self.take(tags, f"{table.full_name}_{suffix}", table.place)
        for enum in self.schema.enums.values():
            for c in enum.constants:
                self.take(others, constant_name(enum.name, c.name), c.place)
        for struct in list(self.schema.structs.values()) + self.schema.messages:
            for function in ("encode", "decode", "json", "shape"):
                self.take(others, f"{struct.name}_{function}", struct.place)
        for enum in self.schema.enums.values():
            for function in ENUM_FUNCTIONS:
                self.take(others, f"{enum.name}_{function}", enum.place)

    def take(self, names, name, place):
        if name in names:
            self.error(place, f"the name {name} is already taken at {names[name]}: C has one name space for both; rename one")
        else:
            names[name] = place

    def check_depth(self):
        for struct in list(self.schema.structs.values()) + self.schema.messages + self.schema.tables:
            try:
                depth = self.depth(struct, ())
            except RecursionError:
                self.error(struct.place, f"{struct.name} contains itself: break the circle")
                return
            if depth > DEPTH_MAX:
                self.error(struct.place, f"{struct.name} nests {depth} deep: at most {DEPTH_MAX}")

    def depth(self, struct, outer):
        if struct.name in outer and not isinstance(struct, (Message, Table)):
            raise RecursionError
        inner = [0]
        for f in struct.fields:
            below = self.depth(self.schema.structs[f.type.name], outer + (struct.name,)) if f.type.kind == "struct" else 0
            inner.append(below + (1 if f.type.items else 0))
        return 1 + max(inner)

    def check_sizes(self):
        envelope = self.schema.structs.get("envelope")
        body = next((f.type.size for f in envelope.fields if f.name == "body"), 0) if envelope else 0
        for m in self.schema.messages:
            size = struct_size(self.schema, m)
            if body and m.kind == "message" and size > body:
                self.error(m.place, f"{m.name} may take {size} bytes, an envelope's body holds {body}: lower its bounds, "
                           "or send it as open, items, close")


def check(schema):
    Checker(schema).check()
