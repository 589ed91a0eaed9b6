"""<service>.h, for a service's handlers, and <service>_queries.h, for its query functions."""

from check import constant_name
from write_messages import BANNER

INTRODUCTION = """// What {s} takes in and what it may put out.  To be included by exactly the file with its handlers, which
// defines every on_… function declared here.
"""


def owned(schema, service, kind):
    return [m for m in schema.messages if m.kind == kind and service in m.senders]


def inputs(schema, service):
    """Messages that reach the service's handlers, by number."""
    messages = [m for m in schema.messages
                if (m.kind == "message" and service in m.receivers)
                or (m.kind in ("answer", "timer", "local", "continuation") and service in m.senders)]
    return sorted(messages, key=lambda m: m.number)


def sources(schema, service):
    numbers = schema.services()
    return sorted({s for m in schema.messages if m.kind == "message" and service in m.receivers for s in m.senders},
                  key=lambda s: numbers[s])


def output(head, call, m, last=""):
    """A function that encodes into the turn's scratch space and hands on."""
    return f"""{head}
{{
	struct bytes body = turn_encoded(t, &{m.name}_shape, m);
	{call}
}}
"""


def outputs(schema, service):
    out = []
    for m in owned(schema, service, "message"):
        to = ", ".join(m.receivers) or "tools"
        out.append(f"// to {to}\n" + output(
            f"static inline void emit_{m.name}(struct turn *t, const struct {m.name} *m)",
            f"turn_emit(t, message_type_{m.name}, body);", m))
    for m in owned(schema, service, "effect"):
        out.append(output(f"static inline uint64_t ask_{m.name}(struct turn *t, const struct {m.name} *m)",
                          f"return turn_ask(t, message_type_{m.name}, body);", m))
    for m in owned(schema, service, "timer"):
        out.append(output(f"static inline void set_{m.name}(struct turn *t, int64_t due_ms, const struct {m.name} *m)",
                          f"turn_timer(t, message_type_{m.name}, due_ms, body);", m))
    for m in owned(schema, service, "continuation"):
        out.append(output(f"static inline void leave_{m.name}(struct turn *t, const struct {m.name} *m)",
                          f"turn_continue(t, message_type_{m.name}, body);", m))
    return "\n".join(out)


ENCODE = """static inline struct bytes turn_encoded(struct turn *t, const struct codec_shape *shape, const void *m)
{
	struct buffer *b = turn_scratch(t);
	buffer_clear(b);
	if (t->tx->fault != error_none) // what could not be read is in the message
		return bytes_of("", 0);
	codec_encode(shape, m, b);
	if (b->failed)
		t->tx->fault = error_no_memory;
	return buffer_bytes(b);
}

"""


def wrapper(m):
    return f"""static enum error run_{m.name}(struct turn *t, const struct origin *o, struct bytes body)
{{
	static struct {m.name} m;
	enum error error = {m.name}_decode(body, &m);
	if (error == error_none)
		on_{m.name}(t, o, &m);
	return error;
}}

"""


def emit_header(schema, service):
    """What every file of the service may put out."""
    guard = f"TDV_GEN_{service.upper()}_EMIT_H"
    puts = outputs(schema, service)
    out = [BANNER, f"#ifndef {guard}\n#define {guard}\n\n// What {service} may put out.  For every file of its handlers.\n",
           f'\n#include "gen/{service}_tables.h"\n#include "runtime/turn.h"\n\n']
    if puts:
        out += [ENCODE, puts, "\n"]
    out.append("#endif\n")
    return "".join(out)


def header(schema, service):
    taken = inputs(schema, service)
    guard = f"TDV_GEN_{service.upper()}_H"
    out = [BANNER, f"#ifndef {guard}\n#define {guard}\n\n", INTRODUCTION.format(s=service),
           f'\n#include "gen/{service}_emit.h"\n\n']
    out.append("// ---- what it takes in ----\n\n")
    for m in taken:
        come = f"from {', '.join(m.senders)}" if m.kind == "message" else m.kind
        out.append(f"static void on_{m.name}(struct turn *t, const struct origin *o, const struct {m.name} *m); // {come}\n")
    out.append("\n")
    out += [wrapper(m) for m in taken]
    rows = "".join(f"\t{{ message_type_{m.name}, input_kind_{m.kind}, run_{m.name} }},\n" for m in taken)
    ids = "".join(f"{constant_name('service_id', s)}, " for s in sources(schema, service))
    out.append(f"// Ends with type 0.\n__attribute__((unused)) static const struct service_input {service}_inputs[] = {{\n"
               f"{rows}\t{{ 0, input_kind_message, NULL }},\n}};\n\n"
               "// The services that send it something; ends with 0.\n"
               f"__attribute__((unused)) static const uint16_t {service}_sources[] = {{ {ids}0 }};\n\n#endif\n")
    return "".join(out)


def query_wrapper(m):
    a = m.answer.name
    return f"""static enum error run_{m.name}(struct store_txn *txn, struct bytes body, struct buffer *out)
{{
	static struct {m.name} ask;
	static struct {a} answer;
	enum error error = {m.name}_decode(body, &ask);
	if (error != error_none)
		return error;
	memset(&answer, 0, sizeof answer);
	error = answer_{m.name}(txn, &ask, &answer);
	if (error == error_none)
		{a}_encode(&answer, out);
	return error;
}}

"""


def queries_header(schema, service):
    queries = sorted(owned(schema, service, "query"), key=lambda m: m.number)
    guard = f"TDV_GEN_{service.upper()}_QUERIES_H"
    out = [BANNER, f"""#ifndef {guard}
#define {guard}

// What {service} answers at its query socket.  To be included by exactly the file that defines every answer_… function
// declared here: they read through `txn` and fill `answer`, which is all zero before; error_absent: no such thing.

#include <string.h>

#include "gen/{service}_tables.h"
#include "runtime/service.h"

"""]
    out += [f"static enum error answer_{m.name}(struct store_txn *txn, const struct {m.name} *ask, struct {m.answer.name} *answer);\n"
            for m in queries]
    out.append("\n")
    out += [query_wrapper(m) for m in queries]
    rows = "".join(f"\t{{ message_type_{m.name}, run_{m.name} }},\n" for m in queries)
    out.append(f"// Ends with type 0.\n__attribute__((unused)) static const struct service_query {service}_queries[] = {{\n{rows}\t{{ 0, NULL }},\n}};\n\n#endif\n")
    return "".join(out)
