"""Binary documents for people."""

from __future__ import annotations

from framewall.fields.readable import readable
from support.msgpack import pack


def test_msgpack_is_shown_as_json() -> None:
    """Keys, values, bytes, and empty containers."""
    data = pack({"a": ["<b>", 1, None, True, 1.5], "b": b"\x00\xff", "c": [], "d": {}})
    assert (
        readable(data, "msgpack", 1000) == '{"a":["<b>",1,null,true,1.5],"b":"\\u0000\\\\xff","c":[],"d":{}}'
    )


def test_long_documents_are_cut() -> None:
    """And say so."""
    assert readable(pack(["x" * 50, "y" * 50]), "msgpack", 20) == '["xxxxxxxxxxxxxxxxxx…'


def test_what_is_no_document() -> None:
    """Of that format, or of any."""
    assert readable(b"\x92\x01", "msgpack", 100) is None
    assert readable(b"{}", "no such format", 100) is None
