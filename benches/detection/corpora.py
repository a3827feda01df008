"""The corpora: read from where they lie, never kept here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Tiers of attacks that count; the others are noisy by design.
COUNTED = ("curated", "crs-pl1")

#: A category of the corpora and the classes that fit it. Any class found counts as found; agreement is apart.
FITTING = {
    "cmdi": {"rce"},
    "nodejs": {"rce", "xss", "deserialization", "nosqli"},
    "php": {"rce", "rfi", "path_traversal", "deserialization"},
    "perl": {"rce"},
    "ruby": {"rce", "ssti"},
    "java": {"rce", "deserialization", "ssti"},
    "lfi": {"path_traversal", "rfi", "ssrf"},
    "ldap": {"ldapi", "xpath"},
    "generic": {"ssti", "rce"},
    "mail": {"mail_injection"},
    "protopollution": {"prototype_pollution"},
    "redirect": {"xss", "ssrf", "crlf"},
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One text, with its category (or kind, if benign)."""

    text: str
    kind: str
    tier: str = ""


def folder() -> Path:
    """Where the corpora are: ``FRAMEWALL_CORPORA``, or beside the repository."""
    return Path(os.environ.get("FRAMEWALL_CORPORA", "../shared/corpora"))


def _rows(name: str) -> list[dict[str, Any]]:
    with (folder() / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def every_attack() -> list[Sample]:
    """The attacks of all tiers."""
    return [Sample(row["payload"], row["cat"], row["tier"]) for row in _rows("attacks.dev.jsonl")]


def attacks() -> list[Sample]:
    """The attacks that count."""
    return [sample for sample in every_attack() if sample.tier in COUNTED]


def benign() -> list[Sample]:
    """What must pass."""
    return [Sample(row["text"], row["kind"]) for row in _rows("benign.dev.jsonl")]
