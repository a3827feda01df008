"""The node's local control: what runs, and changes to it that take effect at the next message."""

from framewall.control._api import (
    Allowed,
    Ban,
    Change,
    ControlError,
    EventCounts,
    Graylisted,
    LiveSession,
    Metrics,
    NodeGoneError,
    OwnRule,
    RouteState,
    Rules,
    RuleState,
    SessionDetails,
    Sessions,
    Status,
)
from framewall.control.client import Control
from framewall.control.places import socket_path, state_path
from framewall.control.preview import LetThrough, Proposal, let_through, propose, would_block

__all__ = [
    "Allowed",
    "Ban",
    "Change",
    "Control",
    "ControlError",
    "EventCounts",
    "Graylisted",
    "LetThrough",
    "LiveSession",
    "Metrics",
    "NodeGoneError",
    "OwnRule",
    "Proposal",
    "RouteState",
    "RuleState",
    "Rules",
    "SessionDetails",
    "Sessions",
    "Status",
    "let_through",
    "propose",
    "socket_path",
    "state_path",
    "would_block",
]
