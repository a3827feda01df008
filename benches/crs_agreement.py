"""How far imported ModSecurity rules agree with libmodsecurity itself, message by message and rule by rule.

    python -m benches.crs_agreement RULES... [--every N] [--family 942] [--show 20] [--write]

Each of RULES is a folder of CRS (``*.conf``). Every message of the corpora (``FRAMEWALL_CORPORA``) is given to both as
one field: to libmodsecurity as the only argument of a form, to Framewall as a text. A match is a pair of message and
rule. ``--write`` puts the table into docs/detection.md. Needs the package ``libmodsecurity``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_from_bytes

import libmodsecurity
from benches.detection import corpora
from benches.detection.__main__ import PAGE, write

from framewall._core import Engine
from framewall.detect.seclang import import_rules

FAMILIES = range(930, 945)

SETUP = """
SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 1310720
SecPcreMatchLimit 1000000
SecPcreMatchLimitRecursion 1000000
SecDefaultAction "phase:1,log,auditlog,pass"
SecDefaultAction "phase:2,log,auditlog,pass"
SecAction "id:900000,phase:1,pass,nolog,setvar:tx.paranoia_level=4,setvar:tx.executing_paranoia_level=4,\\
setvar:tx.blocking_paranoia_level=4,setvar:tx.detection_paranoia_level=4,setvar:tx.crs_setup_version=500,\\
setvar:tx.allowed_methods=POST,setvar:tx.enforce_bodyproc_urlencoded=1,setvar:tx.critical_anomaly_score=5,\\
setvar:tx.error_anomaly_score=4,setvar:tx.warning_anomaly_score=3,setvar:tx.notice_anomaly_score=2"
"""


def oracle(folder: Path) -> tuple[libmodsecurity.ModSecurity, libmodsecurity.RulesSet]:
    modsecurity = libmodsecurity.ModSecurity()
    modsecurity.set_log_callback(lambda _: None)
    rules = libmodsecurity.RulesSet()
    if rules.load(SETUP) < 0:
        raise SystemExit(rules.get_parser_error())
    for file in sorted(folder.glob("REQUEST-9*.conf")):
        if (
            file.name[8:11].isdigit()
            and int(file.name[8:11]) in FAMILIES
            and rules.load_from_uri(str(file)) < 0
        ):
            raise SystemExit(f"{file}: {rules.get_parser_error()}")
    return modsecurity, rules


def oracle_matches(
    modsecurity: libmodsecurity.ModSecurity, rules: libmodsecurity.RulesSet, text: bytes
) -> set[str]:
    with modsecurity.transaction(rules) as transaction:
        transaction.process_connection("127.0.0.1", 1, "127.0.0.1", 80)
        transaction.process_uri("/", "POST", "1.1")
        transaction.add_request_header("Host", "chat.example")
        transaction.add_request_header("Content-Type", "application/x-www-form-urlencoded")
        transaction.process_request_headers()
        transaction.append_request_body(b"m=" + quote_from_bytes(text, safe="").encode())
        transaction.process_request_body()
        found = [(str(message.rule_id), _where(message)) for message in transaction.get_rule_messages()]
    # What was found in the argument, or in the body that is the same text encoded; not in headers.
    return {
        rule
        for rule, where in found
        if any(name in where for name in ("ARGS:m", "TX:", "MATCHED_VAR", "REQUEST_BODY"))
    }


def _where(message: libmodsecurity.RuleMessage) -> str:
    try:
        return str(message.match) + str(message.data)
    except UnicodeDecodeError:
        # The binding cannot show what is not UTF-8; such bytes stand in the argument.
        return "ARGS:m"


def messages(every: int) -> Iterator[bytes]:
    """The corpora's texts, or every so many of them."""
    for number, sample in enumerate((*corpora.every_attack(), *corpora.benign())):
        if number % every == 0:
            yield sample.text.encode("utf-8", "surrogatepass")


@dataclass
class Agreement:
    """Matches of one rule set: by both, by one alone, each by rule."""

    version: str
    imported: int
    all: int
    both: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)

    def row(self) -> str:
        """A line of the table."""
        shared, missed = sum(self.both.values()), sum(self.missed.values())
        return (
            f"| {self.version} | {self.imported} of {self.all} | {shared + missed} "
            f"| {100 * shared / max(shared + missed, 1):.2f} % | {sum(self.extra.values())} |"
        )


def version(folder: Path) -> str:
    """What the rule set says of itself."""
    for file in sorted(folder.glob("*.conf")):
        if found := re.search(
            r"(?:CRS|Rule Set) ver\.(\S+)", file.read_text(encoding="utf-8", errors="replace")
        ):
            return found[1]
    return folder.name


def in_families(number: str) -> bool:
    """Whether a rule's number is of a family that finds attacks."""
    return number[:3].isdigit() and int(number[:3]) in FAMILIES


def compare(folder: Path, family: str, every: int, show: int) -> Agreement:
    """Imports the rules and has both judge every message."""
    imported = import_rules(folder)
    rules = [rule for rule in imported.rules if in_families(rule["id"][4:])]
    left_out = {each.rule for each in imported.skipped if in_families(each.rule)}
    engine = Engine(json.dumps(rules))
    known = {rule["id"][4:] for rule in rules if rule["id"][4:].startswith(family)}
    agreement = Agreement(version(folder), len(rules), len({rule["id"][4:] for rule in rules} | left_out))
    shown: Counter[str] = Counter()
    modsecurity, theirs_all = oracle(folder)
    for text in messages(every):
        matched = oracle_matches(modsecurity, theirs_all, text)
        theirs = {rule for rule in matched if rule.startswith(family)}
        ours = {rule[4:] for rule in engine.imported_matches(text)} & known
        agreement.both.update(theirs & ours)
        agreement.missed.update(theirs - ours)
        agreement.extra.update(ours - theirs)
        for kind, differing in (("missed", theirs - ours), ("extra", ours - theirs)):
            for rule in differing:
                if shown[kind + rule] < show:
                    shown[kind + rule] += 1
                    print(kind, rule, repr(text[:160]))
    return agreement


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--family", default="9")
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")
    arguments = parser.parse_args()
    table = [
        "| CRS | rules of 930 to 944 that import | libmodsecurity's matches | also ours | ours alone |",
        "|---|---|---|---|---|",
    ]
    for folder in arguments.rules:
        found = compare(folder, arguments.family, arguments.every, arguments.show)
        differing = {*found.missed, *found.extra}
        for rule in sorted(differing, key=lambda rule: -(found.missed[rule] + found.extra[rule]))[:40]:
            print(
                f"{rule}: both {found.both[rule]}, theirs alone {found.missed[rule]}, ours alone {found.extra[rule]}"
            )
        table.append(found.row())
    print("\n".join(table))
    if arguments.write:
        write(table, "imported")
    return 0


if __name__ == "__main__":
    sys.exit(main())
