"""Base64 as back ends read it. What real ones say is in the vectors."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from framewall.decode import _base64


@given(st.binary(max_size=50))
def test_proper_base64_has_one_reading(data: bytes) -> None:
    """Both agree on it."""
    assert _base64.readings(base64.b64encode(data)) == [data]


@given(st.binary(max_size=50))
def test_anything_can_be_read(data: bytes) -> None:
    """Node never refuses."""
    assert len(_base64.readings(data)) in (1, 2)


def test_what_only_one_of_them_reads() -> None:
    """Padding inside ends it for Node alone; the second alphabet is Node's alone."""
    assert _base64.readings(b"YQ==YQ==") == [b"a", b"a"][:1]
    assert _base64.node(b"-_-_") == base64.b64decode(b"+/+/")
    assert _base64.python(b"YQ") is None
