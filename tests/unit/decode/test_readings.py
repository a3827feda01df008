"""Several readers live until one is proven, and none may look away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from framewall.decode import _readings
from framewall.decode._api import Decoder, Reader
from framewall.decode._readings import Readings, generic
from framewall.decode._registry import decoders
from framewall.errors import DecodeError
from framewall.model import Message, Packet, Part, Request, Upgrade
from support import leaves
from support.requests import SOCKETIO, binary, text, upgrade


class ToyReader(Reader):
    """Understands messages that begin with its mark."""

    def __init__(self, mark: bytes, *, breaks: bool = False) -> None:
        self.framework = f"toy{mark.decode()}"
        self._mark = mark
        self._breaks = breaks

    def decode(self, message: Message) -> Sequence[Packet]:
        """The rest of the message; ``!`` proves it."""
        if self._breaks:
            raise RuntimeError("a fault of its own")
        if not message.data.startswith(self._mark):
            raise DecodeError(f"{self.framework}.mark", "no mark")
        self.proven = message.data.endswith(b"!")
        return (
            Packet(self.framework, "1", "message", (Part(message.data[1:], "text", False, self.framework),)),
        )


class Toy(Decoder):
    """Claims by a fixed score."""

    def __init__(self, mark: bytes, score: float, *, breaks: bool = False) -> None:
        self.name = f"toy{mark.decode()}"  # type: ignore[misc]
        self._mark, self._score, self._breaks = mark, score, breaks

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """Always."""
        return self._score

    def reader(self, request: Request) -> ToyReader:
        """A fresh one."""
        return ToyReader(self._mark, breaks=self._breaks)


def readings(monkeypatch: pytest.MonkeyPatch, *toys: Toy) -> Readings:
    """A connection that only these may claim."""
    own = tuple(decoder for decoder in decoders() if decoder.generic) + toys
    monkeypatch.setattr(_readings, "decoders", lambda: own)
    return Readings(upgrade("/"), Upgrade())


def test_the_decoders_of_the_house_are_found() -> None:
    """By themselves, by name."""
    names = [decoder.name for decoder in decoders()]
    assert {"binary", "json", "socket.io", "text"} <= set(names)
    assert names == sorted(names)


def test_all_candidates_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """While none is proven, every reading is judged, the likeliest names the framework."""
    both = readings(monkeypatch, Toy(b"a", 0.3), Toy(b"a", 0.9))
    found = both.message(text("ahello"))
    assert len(found.packets) == 2
    assert found.framework == "toya"
    assert not found.errors


def test_proof_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """From then on there is one reader."""
    both = readings(monkeypatch, Toy(b"a", 0.9), Toy(b"b", 0.5))
    assert len(both.message(text("a!")).packets) == 1
    assert len(both.message(text("ahello")).packets) == 1


def test_a_wrong_guess_is_dropped_without_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A weak claim that fails says nothing about the client."""
    found = readings(monkeypatch, Toy(b"a", 0.3)).message(text("hello"))
    assert (found.framework, list(found.errors)) == ("text", [])


def test_a_sure_reader_s_refusal_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the message is read raw as well."""
    found = readings(monkeypatch, Toy(b"a", 0.9)).message(text("hello"))
    assert [error.rule for error in found.errors] == ["toya.mark"]
    assert b"hello" in leaves.of(found.packets)


def test_a_guess_that_held_becomes_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """After several messages it may not be left again by sending something else."""
    one = readings(monkeypatch, Toy(b"a", 0.3))
    for _ in range(3):
        assert one.message(text("ahello")).framework == "toya"
    assert one.message(text("hello")).errors


def test_a_decoder_that_fails_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in one file blinds nobody."""
    both = readings(monkeypatch, Toy(b"x", 0.9, breaks=True), Toy(b"a", 0.5))
    found = both.message(text("ahello"))
    assert [error.rule for error in found.errors] == ["toyx.fault"]
    assert any(packet.framework == "toya" for packet in found.packets)


def test_a_framework_may_be_recognised_late() -> None:
    """A path says nothing, a later message does."""
    one = Readings(upgrade("/live"), Upgrade())
    assert one.message(text("hello")).framework == "text"
    assert one.message(text('42["m",1]')).framework == "socket.io"


def test_a_wrong_guess_is_made_once() -> None:
    """A path that only suggests a framework does not suggest it anew with every message."""
    one = Readings(upgrade("/x?transport=websocket"), Upgrade())
    assert one.framework == "engine.io"
    for _ in range(3):
        assert one.message(text("hello")).framework == "text"
        assert one.framework == ""
    assert one.message(text('42["m",1]')).framework == "socket.io"


def test_patience_hides_nothing() -> None:
    """However many other messages came before."""
    one = Readings(upgrade("/live"), Upgrade())
    for _ in range(50):
        assert one.message(text("hello")).framework == "text"
    assert one.message(text('42["m",1]')).framework == "socket.io"


def test_the_handshake_alone_names_the_framework() -> None:
    """Before any message."""
    assert Readings(upgrade(SOCKETIO), Upgrade()).framework == "socket.io"
    assert Readings(upgrade("/ws"), Upgrade()).framework == ""


@pytest.mark.parametrize(
    ("message", "framework"),
    [
        (text('{"a":1}'), "json"),
        (text(" [1]\n"), "json"),
        (text('\ufeff{"a":1}'), "json"),
        (binary(b'{"a":1}'), "json"),
        (text('"quoted"'), "text"),
        (text("{hello"), "text"),
        (text(""), "text"),
        (binary(b""), "binary"),
        (binary(b"\x93\x01\x02\x03"), "binary"),
    ],
)
def test_formats_are_told_by_their_ends(message: Message, framework: str) -> None:
    """The whole message is in the one part, whatever it is called."""
    found = generic(message, upgrade("/"))
    assert found.framework == framework
    assert [part.data for packet in found.packets for part in packet.parts] == [message.data]
