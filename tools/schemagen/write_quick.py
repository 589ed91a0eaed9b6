"""The short way through packing and unpacking (libshared/message/quick.h), for structs without arrays and structs in them."""

NUMBERS = ("u8", "u16", "u32", "u64", "i64", "date", "instant", "enum")
RUN_MOST = 255  # bytes of what goes the short way


def is_quick(fields):
    return bool(fields) and all(f.type.kind != "struct" and not f.type.items and
                                not (f.type.kind == "fixed" and f.type.size > RUN_MOST) for f in fields)


def take(f):
    """Where a field ends that was unpacked."""
    kind, at = f.type.kind, f"&v->{f.name}"
    if kind == "enum":
        return f"quick_take_enum(at, end, {f.key}, &{f.type.name}_values, {at})"
    if kind in ("bytes", "text"):
        return f"quick_take_{kind}(at, end, {f.key}, {f.type.size}, {at})"
    if kind in ("hash", "fixed"):
        return f"quick_take_fixed(at, end, {f.key}, sizeof v->{f.name}, {at})"
    return f"quick_take_{kind}(at, end, {f.key}, {at})"


def take_or_clear(f):
    if not f.optional:
        return f"\tat = {take(f)};\n"
    return (f"\tv->has_{f.name} = quick_has(at, end, {f.key});\n\tif (v->has_{f.name})\n\t\tat = {take(f)};\n"
            f"\telse\n\t\tmemset(&v->{f.name}, 0, sizeof v->{f.name});\n")


def bound(f):
    """What has to hold for a field to go the short way; "" when it always does."""
    kind, at = f.type.kind, f"v->{f.name}"
    if kind == "enum":
        return f"quick_enum_fits(&{f.type.name}_values, {at})"
    if kind == "i64":
        return f"{at} >= 0"
    if kind in ("date", "instant"):
        return f"{at} >= 0 && {at} <= {kind}_last"
    if kind in ("bytes", "text"):
        fits = f"{at}.size <= {min(f.type.size, RUN_MOST)}"
        return fits + (f" && ({at}.size == 0 || bytes_are_text({at}))" if kind == "text" else "")
    return ""


def put(f):
    kind, at = f.type.kind, f"v->{f.name}"
    if kind in NUMBERS:
        return f"quick_put_number(at, {f.key}, (uint64_t){at})"
    if kind == "bool":
        return f"quick_put_bool(at, {f.key}, {at})"
    if kind in ("bytes", "text"):
        return f"quick_put_run(at, {f.key}, {str(kind == 'text').lower()}, {at})"
    data = f"&{at}" if kind == "hash" else at
    return f"quick_put_run(at, {f.key}, false, bytes_of({data}, sizeof {at}))"


def room(f):
    if f.type.kind in NUMBERS:
        return "quick_number_most"
    if f.type.kind == "bool":
        return "2"
    return f"3 + {min(f.type.size, RUN_MOST) if f.type.kind in ('bytes', 'text') else f'sizeof v->{f.name}'}"


def quick_functions(name, fields):
    """put_NAME() and take_NAME(), as struct codec_shape wants them."""
    bounds = [(f, bound(f)) for f in fields if bound(f)]
    refused = "".join(f"\tif ({f'v->has_{f.name} && ' if f.optional else ''}!({b}))\n\t\treturn false;\n" for f, b in bounds)
    always = sum(not f.optional for f in fields)
    pairs = " + ".join([str(always)] + [f"v->has_{f.name}" for f in fields if f.optional])
    puts = "".join((f"\tif (v->has_{f.name})\n\t" if f.optional else "") + f"\tat = {put(f)};\n" for f in fields)
    takes = "".join(take_or_clear(f) for f in fields)
    return f"""static bool put_{name}(const void *value, struct buffer *out)
{{
	const struct {name} *v = value;
{refused}	uint8_t *at = quick_room(out, 3 + {' + '.join(room(f) for f in fields)});
	if (!at)
		return false;
	at = quick_put_map(at, (size_t)({pairs}));
{puts}	out->size = (size_t)(at - out->data);
	return true;
}}

static bool take_{name}(struct bytes frame, void *value)
{{
	struct {name} *v = value;
	const uint8_t *at = quick_take_map(frame), *end = frame.data + frame.size;
{takes}	return at == end && quick_pairs_are(frame, (size_t)({pairs}));
}}

"""
