"""The chapters, in the order in which they are played.  Each is one file: TITLE in both languages, run(hamlet)."""

import importlib

NAMES = ("registry", "requests", "loss", "damage", "facility", "orders", "shipment", "undelivered", "suspension", "leaving",
         "strikes", "destruction", "inspection", "quorum", "backup", "days")


def chapter(name):
    return importlib.import_module(f"chapters.{name}")
