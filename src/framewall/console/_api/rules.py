"""Rules: those in force, and the operator's own, tried, added, replaced and taken out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from framewall.config.ruletext import Example, checked, compiled, examples, read
from framewall.console._api.events import REFUSED
from framewall.console._api.node import AWAY, NOT_HERE, Asked, Done, Id
from framewall.console._pages._common import RULE_CHARS, Shared, Who
from framewall.console.playground import found_by
from framewall.control import OwnRule, Rules, RuleState

router = APIRouter(prefix="/api", tags=["rules"])

Text = Annotated[str, Field(max_length=RULE_CHARS, description="Rules as a rule file has them (TOML).")]


class Switch(Asked):
    """Whether a rule takes part."""

    on: bool


class NewRules(Asked):
    """All of these rules or none. ``instead_of`` is a rule written live that they take the place of."""

    text: Text
    instead_of: str = Field(default="", max_length=200)


class Tried(BaseModel):
    """Rules to be tried, and a text to look for them in."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    data: str = Field(default="", max_length=65_536)


class Outcome(BaseModel):
    """Every example, run, and what was found in the text."""

    examples: list[Example]
    findings: list[dict[str, Any]]


@router.get("/rules", responses=AWAY)
def rules(shared: Shared) -> list[RuleState]:
    """All rules, and whether they take part."""
    return list(shared.node().rules())


@router.get("/rules/own", responses=AWAY)
def own(shared: Shared) -> Rules:
    """The operator's, as texts: of files, and written live."""
    return shared.node().ruleset()


@router.post("/rules", responses=AWAY)
def put(shared: Shared, who: Who, new: NewRules) -> list[OwnRule]:
    """Adds or replaces rules from the next message on, if every one can be used and every example holds."""
    checked(new.text)
    return list(shared.node().put_rules(new.text, by=who.name, reason=new.reason, instead_of=new.instead_of))


@router.put("/rules/{id}", responses=NOT_HERE)
def switch(shared: Shared, who: Who, id: Id, new: Switch) -> RuleState:
    """Switches a rule off or on, for all routes."""
    return shared.node().set_rule(id, new.on, by=who.name, reason=new.reason)


@router.delete("/rules/{id}", responses=NOT_HERE)
def remove(shared: Shared, who: Who, id: Id) -> Done:
    """Takes out one of the operator's rules."""
    return Done(done=shared.node().remove_rule(id, by=who.name))


@router.post("/rules/{id}/restore", responses=NOT_HERE)
def restore(shared: Shared, who: Who, id: Id) -> Done:
    """Puts back a rule of the configuration's files that was taken out."""
    return Done(done=shared.node().restore_rule(id, by=who.name))


@router.post("/inspect/rules", responses=REFUSED)
def try_(tried: Tried) -> Outcome:
    """Runs the examples of rules, and looks for them in a text. Nothing is changed."""
    written = read(tried.text)
    found = found_by(compiled(written), tried.data) if tried.data else []
    return Outcome(examples=list(examples(written)), findings=found)
