"""How far imported ModSecurity rules agree with libmodsecurity itself, message by message and rule by rule.

    python benches/crs_agreement.py RULES CORPUS [--every N] [--family 942] [--show 20]

RULES is a folder of CRS (``*.conf``), CORPUS a file of JSON lines with ``payload`` or ``text``. Each
message is given to both as one field: to libmodsecurity as the only argument of a form, to Framewall as a
text. A match is a pair of message and rule. Needs the package ``libmodsecurity``.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes

import libmodsecurity

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


def messages(corpus: Path, every: int) -> Iterator[bytes]:
    for number, line in enumerate(corpus.read_text(encoding="utf-8").splitlines()):
        if number % every == 0:
            row = json.loads(line)
            yield str(row.get("payload", row.get("text"))).encode("utf-8", "surrogatepass")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--family", default="9")
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    imported = [
        rule
        for rule in import_rules(arguments.rules).rules
        if rule["id"][4:7].isdigit() and int(rule["id"][4:7]) in FAMILIES
    ]
    engine = Engine(json.dumps(imported))
    known = {rule["id"][4:] for rule in imported if rule["id"][4:].startswith(arguments.family)}
    both: collections.Counter[str] = collections.Counter()
    missed: collections.Counter[str] = collections.Counter()
    extra: collections.Counter[str] = collections.Counter()
    shown: collections.Counter[str] = collections.Counter()
    modsecurity, rules = oracle(arguments.rules)
    for text in messages(arguments.corpus, arguments.every):
        theirs = {
            rule for rule in oracle_matches(modsecurity, rules, text) if rule.startswith(arguments.family)
        }
        ours = {rule[4:] for rule in engine.imported_matches(text)} & known
        both.update(theirs & ours)
        missed.update(theirs - ours)
        extra.update(ours - theirs)
        for kind, rules_ in (("missed", theirs - ours), ("extra", ours - theirs)):
            for rule in rules_:
                if arguments.show and shown[kind + rule] < arguments.show:
                    shown[kind + rule] += 1
                    print(kind, rule, repr(text[:160]))
    matches = sum(both.values()) + sum(missed.values())
    for rule in sorted({*missed, *extra}, key=lambda rule: -(missed[rule] + extra[rule]))[:40]:
        print(f"{rule}: both {both[rule]}, theirs alone {missed[rule]}, ours alone {extra[rule]}")
    shared = sum(both.values())
    print(f"libmodsecurity {matches} matches; also ours {shared} ({100 * shared / max(matches, 1):.2f} %);")
    print(f"ours alone {sum(extra.values())} ({100 * sum(extra.values()) / max(matches, 1):.2f} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
