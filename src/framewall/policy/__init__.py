"""Findings to verdict: scores against a threshold, modes, exceptions, the graylist and bans."""

from framewall.policy.exceptions import Allowance
from framewall.policy.route import THRESHOLD, Policy, RoutePolicy
from framewall.policy.schemas import Schema

__all__ = ["THRESHOLD", "Allowance", "Policy", "RoutePolicy", "Schema"]
