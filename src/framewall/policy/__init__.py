"""Findings to verdict: scores against a threshold, modes, exceptions, the graylist and bans."""

from framewall.policy.exceptions import Allowance
from framewall.policy.route import THRESHOLD, Policy, RoutePolicy

__all__ = ["THRESHOLD", "Allowance", "Policy", "RoutePolicy"]
