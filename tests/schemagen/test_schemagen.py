#!/usr/bin/python3
"""The generator: what it refuses and where, what the lock sees, and what it writes, compiled and at work."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCHEMAGEN = ROOT / "tools/schemagen/schemagen.py"
WARN = ("-Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla "
        "-Wswitch-enum -Wformat=2 -Wundef -Wpointer-arith -Wwrite-strings -Werror").split()

COMMON = """enum service_id
	none = 0
	alpha = 1
	beta = 2
enum colour
	red = 1
	blue = 2
struct point
	1 x  u8
"""

# claim, alpha.schema (or the file it says), the line of the error, words of the error
REFUSED = [
    ("a_number_that_is_used_twice", "sender alpha\nmessage 0x0101 a -> beta\n\t1 n u8\nmessage 0x0101 b -> beta\n", 4, "already a"),
    ("a_number_beyond_16_bits", "sender alpha\nmessage 0x10000 a -> beta\n\t1 n u8\n", 2, "0xffff"),
    ("a_name_that_is_used_twice", "sender alpha\nmessage 1 a -> beta\n\t1 n u8\nmessage 2 a -> beta\n", 4, "already taken"),
    ("a_message_named_like_an_enum", "sender alpha\nmessage 1 colour -> beta\n\t1 n u8\n", 2, "already taken"),
    ("a_message_named_like_a_struct_of_the_library", "sender alpha\nmessage 1 turn -> beta\n\t1 n u8\n", 2, "libshared"),
    ("keys_that_do_not_ascend", "sender alpha\nmessage 1 a -> beta\n\t2 n u8\n\t1 m u8\n", 4, "ascend"),
    ("a_key_that_is_used_twice", "sender alpha\nmessage 1 a -> beta\n\t1 n u8\n\t1 m u8\n", 4, "ascend"),
    ("key_0", "sender alpha\nmessage 1 a -> beta\n\t0 n u8\n", 3, "ascend"),
    ("key_128", "sender alpha\nmessage 1 a -> beta\n\t128 n u8\n", 3, "127"),
    ("a_field_name_that_is_used_twice", "sender alpha\nmessage 1 a -> beta\n\t1 n u8\n\t2 n u8\n", 4, "already"),
    ("a_field_that_meets_another_ones_count", "sender alpha\nmessage 1 a -> beta\n\t1 n array 2 of u8\n\t2 n_count u8\n", 4, "already"),
    ("a_field_named_by_a_word_of_c", "sender alpha\nmessage 1 a -> beta\n\t1 default u8\n", 3, "word of C"),
    ("an_unknown_type", "sender alpha\nmessage 1 a -> beta\n\t1 n u128\n", 3, "no struct or type u128"),
    ("an_unknown_enum", "sender alpha\nmessage 1 a -> beta\n\t1 n enum taste\n", 3, "no enum taste"),
    ("an_enum_without_the_word_enum", "sender alpha\nmessage 1 a -> beta\n\t1 n colour\n", 3, "did you mean `enum colour`"),
    ("an_unknown_receiver", "sender alpha\nmessage 1 a -> gamma\n\t1 n u8\n", 2, "no service gamma"),
    ("an_unknown_sender", "sender gamma\nmessage 1 a -> beta\n\t1 n u8\n", 2, "no service gamma"),
    ("a_service_that_tells_itself", "sender alpha\nmessage 1 a -> alpha\n\t1 n u8\n", 2, "tells itself"),
    ("a_message_of_nobody", "message 1 a -> beta\n\t1 n u8\n", 1, "sender NAME"),
    ("an_arrow_to_nobody", "sender alpha\nmessage 1 a ->\n\t1 n u8\n", 2, "no receiver"),
    ("a_timer_with_a_receiver", "sender alpha\ntimer 1 a -> beta\n\t1 n u8\n", 2, "neither senders nor receivers"),
    ("text_without_a_bound", "sender alpha\nmessage 1 a -> beta\n\t1 n text\n", 3, "needs its size"),
    ("an_array_without_a_bound", "sender alpha\nmessage 1 a -> beta\n\t1 n array of u8\n", 3, "array N of TYPE"),
    ("an_array_of_nothing", "sender alpha\nmessage 1 a -> beta\n\t1 n array 0 of u8\n", 3, "at most 0"),
    ("an_array_of_arrays", "sender alpha\nmessage 1 a -> beta\n\t1 n array 2 of array 2 of u8\n", 3, "array of arrays"),
    ("words_after_a_type", "sender alpha\nmessage 1 a -> beta\n\t1 n u8 optional\n", 3, "after the type"),
    ("a_name_with_capitals", "sender alpha\nmessage 1 Alpha -> beta\n\t1 n u8\n", 2, "is no name"),
    ("a_number_that_is_none", "sender alpha\nmessage x1 a -> beta\n\t1 n u8\n", 2, "is no number"),
    ("a_quotation_mark_that_stays_open", "sender alpha\nmessage 1 a -> beta\n\t1 n u8 \"open\n", 3, "quotation mark"),
    ("an_unknown_word", "mesage 1 a -> beta\n\t1 n u8\n", 1, "begins nothing"),
    ("an_indented_line_under_nothing", "\t1 n u8\n", 1, "belongs to nothing"),
    ("a_struct_that_contains_itself", "struct a\n\t1 b b\nstruct b\n\t1 a a\n", 1, "contains itself"),
    ("structs_nine_deep", "".join(f"struct s{i}\n\t1 n s{i + 1}\n" for i in range(1, 9)) + "struct s9\n\t1 n u8\n", 1, "nests 9 deep"),
    ("enum_numbers_that_do_not_ascend", "enum e\n\ta = 2\n\tb = 1\n", 3, "ascend"),
    ("an_enum_number_beyond_16_bits", "enum e\n\ta = 65536\n", 2, "65535"),
    ("an_enum_without_constants", "enum e\n", 1, "no constants"),
    ("a_machine_without_its_events", "machine colour\n\tred go -> blue\n", 1, "colour_event"),
    ("a_machine_with_an_unknown_state", "enum colour_event\n\tgo = 1\nmachine colour\n\tred go -> pink\n", 4, "pink is not in enum"),
    ("a_machine_with_two_answers", "enum colour_event\n\tgo = 1\nmachine colour\n\tred go -> blue\n\tred go -> red\n", 5, "one answer"),
    ("a_query_without_an_answer", "sender alpha\nquery 1 a\n\task\n\t\t1 n u8\n", 2, "list_query"),
    ("query_fields_without_ask", "sender alpha\nquery 1 a / 2 b\n\t1 n u8\n", 3, "under `ask`"),
    ("a_table_in_a_schema_file", "table t 1\n\tkey n u8\n", 1, ".tables"),
    ("a_message_larger_than_an_envelope", "struct envelope\n\t1 body bytes 100\nsender alpha\nmessage 1 a -> beta\n\t1 n bytes 99\n", 4, "an envelope's body holds 100"),
    ("a_table_without_a_key", ("alpha.tables", "table t 1\n\t1 n u8\n"), 1, "has no key"),
    ("a_table_of_no_service", ("gamma.tables", "table t 1\n\tkey n u8\n"), 1, "no service"),
    ("a_table_named_twice", ("alpha.tables", "table t 1\n\tkey n u8\ntable t 1\n\tkey n u8\n"), 3, "already"),
    ("a_key_of_text", ("alpha.tables", "table t 1\n\tkey n text 8\n"), 2, "fixed size"),
    ("a_key_beyond_96_bytes", ("alpha.tables", "table t 1\n\tkey n fixed 97\n"), 1, "at most 96"),
    ("a_key_line_after_a_field", ("alpha.tables", "table t 1\n\tkey n u8\n\t1 m u8\n\tkey o u8\n"), 4, "before the fields"),
    ("a_table_without_a_version", ("alpha.tables", "table t\n\tkey n u8\n"), 1, "VERSION"),
    ("a_kept_table_with_two_texts", ("alpha.tables", "table t 1 kept\n\tkey n u8\n\t1 a text 8\n\t2 b text 8\n"), 1, "plain fields"),
    ("a_kept_table_with_an_array", ("alpha.tables", "table t 1 kept\n\tkey n u8\n\t1 a array 2 of u8\n"), 1, "plain fields"),
    ("a_kept_table_without_fields", ("alpha.tables", "table t 1 kept\n\tkey n u8\n"), 1, "plain fields"),
]

passed = failed = 0


def claim(name, good, detail=""):
    global passed, failed
    passed, failed = passed + good, failed + (not good)
    print(f"{'ok' if good else 'not ok'} {name}")
    if not good and detail:
        print("".join(f"# {line}\n" for line in detail.strip().splitlines()), end="")


def schemagen(*arguments):
    done = subprocess.run([sys.executable, SCHEMAGEN, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def folder_of(base, files):
    folder = Path(tempfile.mkdtemp(dir=base))
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def refusals(base):
    for name, text, line, words in REFUSED:
        file, text = text if isinstance(text, tuple) else ("alpha.schema", text)
        folder = folder_of(base, {"common.schema": COMMON, file: text})
        status, output = schemagen("--out", folder / "gen", folder)
        at = f"{folder / file}:{line}: "
        good = status == 1 and any(o.startswith(at) and words in o for o in output.splitlines())
        claim(f"{name}_is_refused_with_its_line", good and not (folder / "gen").exists(), output or "it was accepted")
    folder = folder_of(base, {"common.schema": COMMON, "alpha.schema": "sender alpha\nmessage 1 a -> gamma\n\t1 n u128\n"})
    _, output = schemagen("--out", folder / "gen", folder)
    claim("all_errors_are_told_at_once", len(output.splitlines()) == 2, output)


def lock(base):
    alpha = "sender alpha\nmessage 1 a -> beta\n\t1 n point\n\t2 c enum colour\n\t3 t text 9\n"
    folder = folder_of(base, {"common.schema": COMMON, "alpha.schema": alpha,
                              "alpha.tables": "table t 1\n\tkey k u8\n\t1 n u8\n"})

    def drift(file, old, new):
        before = (folder / file).read_text()
        (folder / file).write_text(before.replace(old, new))
        status, output = schemagen("--check-lock", folder)
        (folder / file).write_text(before)
        return status, output

    status, output = schemagen("--check-lock", folder)
    claim("without_a_lock_everything_is_new", status == 1 and "message a is new" in output and "table alpha_t is new" in output, output)
    schemagen("--write-lock", folder)
    claim("a_renewed_lock_agrees", schemagen("--check-lock", folder) == (0, ""))
    same = [("alpha.schema", "\t1 n point", "\t# why\n\t1   n     point   \"documented\""), ("alpha.schema", " -> beta", ""),
            ("common.schema", "red = 1", "red = 1 \"Red\"")]
    claim("comments_documentation_spaces_and_routes_do_not_drift", all(drift(*s) == (0, "") for s in same))
    for name, what in [
            ("a_bound", ("alpha.schema", "text 9", "text 10")), ("a_key", ("alpha.schema", "3 t", "4 t")),
            ("an_optional_field", ("alpha.schema", "3 t ", "3 t? ")), ("a_fields_name", ("alpha.schema", "3 t ", "3 s ")),
            ("a_constant_of_an_enum_within", ("common.schema", "blue = 2", "blue = 2\n\tgreen = 3")),
            ("a_field_of_a_struct_within", ("common.schema", "1 x  u8", "1 x  u16"))]:
        status, output = drift(*what)
        claim(f"{name}_drifts", status == 1 and "message a has changed" in output, output)
    for name, what in [("a_rows_field", ("alpha.tables", "1 n u8", "1 n u16")), ("a_tables_key", ("alpha.tables", "k u8", "k u16")),
                       ("a_tables_version", ("alpha.tables", "t 1", "t 2"))]:
        status, output = drift(*what)
        claim(f"{name}_drifts", status == 1 and "table alpha_t has changed" in output, output)
    status, output = drift("alpha.schema", "message 1 a ", "message 1 b ")
    claim("a_new_name_is_one_gone_and_one_new", status == 1 and "a is gone" in output and "b is new" in output, output)


def written(base):
    out = Path(tempfile.mkdtemp(dir=base))
    status, output = schemagen("--out", out / "gen", HERE / "fixture")
    claim("the_fixture_is_accepted", status == 0, output)
    times = {p: p.stat().st_mtime_ns for p in (out / "gen").iterdir()}
    schemagen("--out", out / "gen", HERE / "fixture")
    claim("a_file_that_would_not_change_keeps_its_time", times == {p: p.stat().st_mtime_ns for p in (out / "gen").iterdir()})
    reference = (out / "gen/reference.md").read_text()
    claim("the_reference_has_every_message_field_and_meaning", all(w in reference for w in (
        "0x0101 everything", "Every type, required and optional", "| alpha | beta | [everything]", "at most 3 × text 40",
        "| green | switch | red |", "alpha: things", "Rows")))
    flags = ["-std=c17", "-O1", "-g", "-D_GNU_SOURCE", f"-I{ROOT}/libshared", f"-I{out}", f"-I{ROOT}/tests", *WARN]
    sources = [HERE / "fixture/driver.c", out / "gen/messages.c", out / "gen/tables.c"]
    for compiler in ("gcc", "clang"):
        if not shutil.which(compiler):
            print(f"skipped: {compiler}_has_nothing_to_say: it is not installed")
            continue
        done = subprocess.run([compiler, *flags, "-fsyntax-only", *sources], capture_output=True, text=True)
        claim(f"{compiler}_has_nothing_to_say", done.returncode == 0, done.stderr)
    (out / "stranger.c").write_text('#include "gen/beta.h"\nvoid f(struct turn *t);\nvoid f(struct turn *t)\n{\n'
                                    "\temit_everything(t, &(struct everything){ 0 });\n}\n")
    done = subprocess.run(["gcc", *flags, "-fsyntax-only", out / "stranger.c"], capture_output=True, text=True)
    claim("an_undeclared_route_does_not_compile", "implicit declaration of function ‘emit_everything’" in done.stderr
          or "implicit declaration of function 'emit_everything'" in done.stderr, done.stderr)
    drive(out, flags, sources)


def drive(out, flags, sources):
    """Compiles the driver with the library's sources that it needs, and counts its claims as ours."""
    library = [p for layer in ("base", "message", "crypto", "store") for p in sorted((ROOT / "libshared" / layer).glob("*.c"))]
    flags = [f for f in flags if f != "-Werror"] + ["-w", "-fsanitize=address,undefined"]
    built = subprocess.run(["gcc", *flags, "-o", out / "driver", *sources, *library,
                            "-llmdb", "-lcrypto", "-lmsgpackc", "-ljansson", "-lunistring", "-lpthread"], capture_output=True, text=True)
    claim("the_driver_links", built.returncode == 0, built.stderr)
    if built.returncode == 0:
        done = subprocess.run([out / "driver"], capture_output=True, text=True, env={**os.environ, "TMPDIR": str(out)})
        lines = done.stdout.splitlines()
        for line in lines:
            if line.startswith(("ok ", "not ok ")):
                claim(line.split(" ", 1)[1] if line[0] == "o" else line[7:], line[0] == "o",
                      "\n".join(x for x in lines if x[0] == "#"))
        claim("the_driver_ends_well", done.returncode == 0, done.stdout[-500:] + done.stderr)


def main():
    base = tempfile.mkdtemp(prefix="tdv-schemagen-")
    try:
        refusals(base)
        lock(base)
        written(base)
    finally:
        shutil.rmtree(base)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
