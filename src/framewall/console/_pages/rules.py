"""What is looked for: every rule, why, and whether it takes part."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, Who, told
from framewall.console.catalogue import Rule, catalogue, rules_by_id
from framewall.console.context import Context
from framewall.console.playground import judge
from framewall.control import RuleState
from framewall.events import term
from framewall.replay import LineError

router = APIRouter(include_in_schema=False)


@router.get("/rules")
def rules(
    request: Request,
    shared: Shared,
    draws: Draws,
    find: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """All of them by class."""
    states, away = _states(shared)
    wanted = find.lower().split()
    by_class: dict[str, list[Rule]] = {}
    for rule in catalogue():
        if all(word in rule.searchable for word in wanted):
            by_class.setdefault(rule.attack, []).append(rule)
    hits, _ = told(lambda: {tally.value: tally for tally in shared.reader.values("rule", limit=500)})
    return draws.draw(
        request, "rules.html", by_class=by_class, states=states, away=away, find=find, hits=hits or {},
        total=len(catalogue()),
    )  # fmt: skip


@router.get("/rules/{id}")
def rule(request: Request, shared: Shared, draws: Draws, id: str) -> Response:
    """One rule: what it looks for, its examples, and a place to try it."""
    known = _known(id)
    states, away = _states(shared)
    return draws.draw(
        request, "rule.html", rule=known, state=states.get(id), away=away, search=term("rule", id)
    )


@router.post("/rules/{id}/switch")
def switch(
    request: Request,
    shared: Shared,
    draws: Draws,
    who: Who,
    id: str,
    on: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Takes the rule out of every judgement, or back in."""
    _known(id)
    state = shared.node().set_rule(id, on, by=who.name, reason=reason)
    return draws.draw(request, "_switch.html", rule=rules_by_id()[id], state=state, away=None)


@router.post("/playground/rule/{id}")
def try_rule(
    request: Request,
    shared: Shared,
    draws: Draws,
    id: str,
    text: Annotated[str, Form(max_length=65_536)] = "",
) -> Response:
    """Whether this rule finds something in a text."""
    _known(id)
    try:
        found = [
            each for each in judge(shared.engine, {"data": text}).answer["findings"] if each["rule"] == id
        ]
        problem = None
    except LineError as error:
        found, problem = [], str(error)
    return draws.draw(request, "_tested.html", found=found, problem=problem, id=id)


def _known(id: str) -> Rule:
    found = rules_by_id().get(id)
    if found is None:
        raise HTTPException(404, f"There is no rule {id!r}.")
    return found


def _states(shared: Context) -> tuple[dict[str, RuleState], str | None]:
    states, away = told(lambda: {state.id: state for state in shared.node().rules()})
    return states or {}, away
