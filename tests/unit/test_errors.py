"""Errors say whose fault they are and what to answer."""

from __future__ import annotations

from framewall import errors
from framewall.limits import ATTACHMENTS


def test_the_docstring_draws_the_whole_tree() -> None:
    """Every class of the module stands in it."""
    classes = [name for name, found in vars(errors).items() if isinstance(found, type) and name[0].isupper()]
    assert classes
    assert all(name in (errors.__doc__ or "") for name in classes)


def test_a_limit_reached_is_a_data_bomb() -> None:
    """Named after the limit."""
    error = errors.LimitReached(ATTACHMENTS)
    assert (error.attack, error.rule, error.why) == ("data_bomb", "limit.attachments", "attachments reached")


def test_a_decode_error_breaks_the_protocol() -> None:
    """And is closed with 1008, or answered with 403."""
    error = errors.DecodeError("socketio.packet", "why")
    assert (error.attack, error.close_code, error.status) == ("protocol", 1008, 403)
