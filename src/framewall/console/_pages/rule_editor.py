"""Rules of one's own: written, tried while they are written, and put in force."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from framewall.config.ruletext import RuleTextError, checked, compiled, examples, read
from framewall.console._pages._common import RULE_CHARS, Draws, Shared, Who
from framewall.console._pages.rules import Reason
from framewall.console.catalogue import CONFIRMS
from framewall.console.playground import found_by
from framewall.model import ATTACKS
from framewall.replay import LineError

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=RULE_CHARS)]

#: What somebody begins with.
BLANK = """[[rule]]
id = "xss.our-editor"
attack = "xss"
score = 5
pattern = '(?i)data-our-editor\\s*=\\s*["\\x27]?javascript:'
references = ["CWE-79"]
[rule.examples]
match = ['<p data-our-editor="javascript:go()">']
pass = ['<p data-our-editor="bold">']
"""

#: What a rule may say, in the order in which people need it.
KEYS = (
    ("id", 'what findings, exceptions and searches call it: "class.name". A built-in rule\'s id takes its place'),
    ("attack", "its class"),
    ("score", "what it adds to a message's score; 5 alone is an attack on a route as shipped"),
    ("pattern", "a regular expression over bytes, without look-around and back-references; (?i) ignores case"),
    ("unless", "a pattern that excuses what the first one found"),
    ("literals", "words of which one must be there; taken from the pattern where it has no other way"),
    ("confirm", f"a tokeniser that has the last word: {', '.join(CONFIRMS)}"),
    ("targets", '["value"], ["key"] or both: values of fields, or their names'),
    ("paths", 'fields that it looks at, with * for anything: ["*.args[0]"]'),
    ("views", 'readings that it looks at, such as ["raw", "html", "base64"]; all, if not set'),
    ("sensitivity", "1 always, 2 by default, 3 where false alarms are tolerated"),
    ("code", "false leaves it out where people share code"),
    ("strength", "how sure its tokeniser must be, 1 to 100; 50, if not set"),
    ("markup", "the same where people write HTML"),
    ("references", "CWE, OWASP, RFC"),
    ("examples", "messages that it must find (match) and must let pass (pass); they are run before it is used"),
)  # fmt: skip


@router.get("/rules/edit")
def edit(
    request: Request,
    shared: Shared,
    draws: Draws,
    rule: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The form: empty, or with a rule that is to be changed, or copied where it comes with Framewall."""
    book = shared.rulebook.read()
    known = book.by_id.get(rule)
    aside = next((each for each in book.aside if each.id == rule), None)
    if rule and known is None and aside is None:
        raise HTTPException(404, f"There is no rule {rule!r}.")
    own = (known.own if known else None) or aside
    text = aside.text if aside else known.text if known else BLANK
    return draws.draw(
        request, "rule_editor.html", rule=rule, own=own, text=text, keys=KEYS, classes=ATTACKS,
        instead_of=rule if own and own.origin == "live" else "", most=RULE_CHARS,
        sample=known.finds[0] if known and known.finds else "",
    )  # fmt: skip


@router.post("/playground/rules")
def try_(
    request: Request,
    shared: Shared,
    draws: Draws,
    text: Text = "",
    data: Annotated[str, Form(max_length=65_536)] = "",
) -> Response:
    """What is wrong with the text, or its examples, run, and what its rules find in ``data``."""
    values: dict[str, Any] = {"mistakes": (), "ran": (), "found": (), "rules": (), "problem": None}
    try:
        written = read(text)
        values |= {"rules": written, "ran": examples(written)}
        if data:
            values["found"] = found_by(compiled(written), data.replace("\r\n", "\n"))
    except RuleTextError as error:
        values["mistakes"] = error.problems
    except LineError as error:
        values["problem"] = str(error)
    known = shared.rulebook.read().by_id
    taken = {each.id: known.get(each.id) for each in values["rules"]}
    return draws.draw(request, "_rules_tried.html", data=data, taken=taken, **values)


@router.post("/rules")
def put(
    request: Request,
    shared: Shared,
    draws: Draws,
    who: Who,
    text: Text = "",
    instead_of: Annotated[str, Form(max_length=200)] = "",
    reason: Reason = "",
) -> Response:
    """Puts the rules of the text in force, all or none."""
    try:
        written = checked(text)
    except RuleTextError as error:
        return draws.draw(
            request, "_rules_tried.html", mistakes=error.problems, ran=(), found=(), rules=(), problem=None, data="",
            taken={},
        )  # fmt: skip
    shared.node().put_rules(text, by=who.name, reason=reason, instead_of=instead_of)
    place = f"/rules/{quote(written[0].id, safe='')}" if len(written) == 1 else "/rules#own"
    return Response(status_code=204, headers={"hx-redirect": place})
