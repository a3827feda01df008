"""Exceptions: findings that an operator has decided to allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from framewall.model import Finding


@dataclass(frozen=True, slots=True)
class Allowance:
    """Allows the findings that fit every condition given; an empty condition fits all.

    ``field`` is a glob over the field's name (``[`` stands for itself: field names are full of them),
    ``event`` the packet's event name, ``attack`` a class, ``rule`` a rule's id,
    ``chain`` a format or view that it was found through.
    """

    field: str = ""
    event: str = ""
    attack: str = ""
    rule: str = ""
    chain: str = ""

    def fits(self, finding: Finding, event: str | None) -> bool:
        """Whether this finding, in a packet of this event, is allowed."""
        return (
            (not self.attack or self.attack == finding.attack)
            and (not self.rule or self.rule == finding.rule)
            and (not self.chain or self.chain in finding.chain)
            and (not self.event or self.event == event)
            and (not self.field or fnmatchcase(finding.field, self.field.replace("[", "[[]")))
        )


def apply(allowances: tuple[Allowance, ...], findings: Iterable[Finding], event: str | None) -> list[Finding]:
    """The findings that no allowance fits."""
    return [f for f in findings if not any(allowance.fits(f, event) for allowance in allowances)]
