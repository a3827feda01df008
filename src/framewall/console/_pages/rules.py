"""What is looked for: every rule, why, and whether it takes part."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, Who, told
from framewall.console.catalogue import Rule
from framewall.console.context import Context
from framewall.console.playground import found_by
from framewall.control import RuleState
from framewall.events import term
from framewall.replay import LineError

router = APIRouter(include_in_schema=False)

Reason = Annotated[str, Form(max_length=500)]


@router.get("/rules")
def rules(
    request: Request,
    shared: Shared,
    draws: Draws,
    find: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """All of them: the operator's own, then those that come with Framewall by class."""
    book = shared.rulebook.read()
    states, away = _states(shared)
    wanted = find.lower().split()
    fitting = [rule for rule in book.rules if all(word in rule.searchable for word in wanted)]
    by_class: dict[str, list[Rule]] = {}
    for rule in fitting:
        if rule.own is None:
            by_class.setdefault(rule.attack, []).append(rule)
    hits, _ = told(lambda: {tally.value: tally for tally in shared.reader.values("rule", limit=500)})
    return draws.draw(
        request, "rules.html", mine=[rule for rule in fitting if rule.own], aside=book.aside if not find else (),
        by_class=by_class, states=states, away=away, find=find, hits=hits or {}, total=len(book.rules),
        off=[state for state in states.values() if not state.on],
    )  # fmt: skip


@router.get("/rules/{id:path}")
def rule(request: Request, shared: Shared, draws: Draws, id: str) -> Response:
    """One rule: what it looks for, its examples, and a place to try it."""
    known = _known(shared, id)
    states, away = _states(shared)
    return draws.draw(
        request, "rule.html", rule=known, state=states.get(id), away=away, search=term("rule", id)
    )


@router.post("/rules/{id:path}/switch")
def switch(
    request: Request,
    shared: Shared,
    draws: Draws,
    who: Who,
    id: str,
    on: Annotated[bool, Form()],
    reason: Reason = "",
) -> Response:
    """Takes the rule out of every judgement, or back in."""
    known = _known(shared, id)
    state = shared.node().set_rule(id, on, by=who.name, reason=reason)
    return draws.draw(request, "_switch.html", rule=known, state=state, away=None)


@router.post("/rules/{id:path}/remove")
def remove(shared: Shared, who: Who, id: str, reason: Reason = "") -> Response:
    """Takes out one of the operator's own; what it hid takes part again."""
    shared.node().remove_rule(id, by=who.name, reason=reason)
    return Response(status_code=204, headers={"hx-redirect": "/rules"})


@router.post("/rules/{id:path}/restore")
def restore(shared: Shared, who: Who, id: str) -> Response:
    """Puts back one of a file's."""
    shared.node().restore_rule(id, by=who.name)
    return Response(status_code=204, headers={"hx-refresh": "true"})


@router.post("/playground/rule/{id:path}")
def try_rule(
    request: Request,
    shared: Shared,
    draws: Draws,
    id: str,
    text: Annotated[str, Form(max_length=65_536)] = "",
) -> Response:
    """Whether this rule finds something in a text."""
    _known(shared, id)
    try:
        all_found = found_by(shared.rulebook.read().engine, text)
        found, problem = [each for each in all_found if each["rule"] == id], None
    except LineError as error:
        found, problem = [], str(error)
    return draws.draw(request, "_tested.html", found=found, problem=problem, id=id)


def _known(shared: Context, id: str) -> Rule:
    found = shared.rulebook.read().by_id.get(id)
    if found is None:
        raise HTTPException(404, f"There is no rule {id!r}.")
    return found


def _states(shared: Context) -> tuple[dict[str, RuleState], str | None]:
    states, away = told(lambda: {state.id: state for state in shared.node().rules()})
    return states or {}, away
