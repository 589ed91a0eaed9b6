#!/usr/bin/python3
"""Writes C from schemas/.  The language and what is written: schemas/README.md.

	schemagen.py --out build/gen schemas      the C, and reference.md
	schemagen.py --check-lock schemas         fails when schemas/lock differs
	schemagen.py --write-lock schemas         renews it, on purpose
"""

import sys

sys.dont_write_bytecode = True

import argparse
import os
from pathlib import Path

import check
import lock
import parse
import write_messages
import write_reference
import write_samples
import write_service
import write_tables


def write(path, content):
    """Aside and renamed; a file that would not change keeps its time, so that make compiles nothing anew."""
    if path.exists() and path.read_text(encoding="utf-8") == content:
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(content, encoding="utf-8")
    os.replace(aside, path)


def outputs(schema):
    """File names and contents."""
    files = {
        "messages.h": write_messages.header(schema),
        "messages.c": write_messages.source(schema),
        "tables.h": write_tables.header(schema),
        "tables.c": write_tables.source(schema),
        "rows.h": (Path(__file__).parent / "rows.h").read_text(encoding="utf-8"),
        "samples.h": write_samples.header(schema),
        "reference.md": write_reference.page(schema),
    }
    for service, tables in write_tables.by_service(schema).items():
        files[f"{service}_tables.h"] = write_tables.service_header(service, tables)
        files[f"{service}_emit.h"] = write_service.emit_header(schema, service)
        files[f"{service}.h"] = write_service.header(schema, service)
        files[f"{service}_queries.h"] = write_service.queries_header(schema, service)
    return files


def main():
    parser = argparse.ArgumentParser(description="Writes C from schemas/.")
    parser.add_argument("--out", type=Path, help="folder for what is written")
    parser.add_argument("--check-lock", action="store_true")
    parser.add_argument("--write-lock", action="store_true")
    parser.add_argument("schemas", type=Path)
    arguments = parser.parse_args()

    schema = parse.read_folder(arguments.schemas)
    check.check(schema)
    for place, text in schema.errors:
        print(f"{place}: {text}", file=sys.stderr)
    if schema.errors:
        return 1
    lock_path = arguments.schemas / "lock"
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name, content in outputs(schema).items():
            write(arguments.out / name, content)
    if arguments.write_lock:
        write(lock_path, lock.text(schema))
    if arguments.check_lock:
        differences = lock.differences(schema, lock_path)
        for text in differences:
            print(f"{lock_path}: {text}", file=sys.stderr)
        if differences:
            print(f"{lock_path}: a published message never changes: make a new one.  Before release 0.1 `make lock` "
                  "renews the lock.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
