"""What crosses a wire: a TCP relay that hands every byte on at once and remembers the conversations in them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import h11
from h11._state import MIGHT_SWITCH_PROTOCOL

_PIECE = 65536
_NOTHING = (type, h11.ConnectionClosed)
"""No event: h11's sentinels are classes."""
_HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"te", b"upgrade")
)
_ITS_OWN = frozenset((b"accept-encoding", b"sec-websocket-extensions"))
"""What a relay that reads bodies and messages may ask of a server for itself."""


@dataclass
class Exchange:
    """One request and its answer; of a WebSocket all bytes of both sides behind the handshake."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    sent: bytearray = field(default_factory=bytearray)
    status: int = 0
    answered: bytearray = field(default_factory=bytearray)
    answer_headers: tuple[tuple[bytes, bytes], ...] = ()
    done: bool = False

    @property
    def key(self) -> tuple[str, str, bytes]:
        """What tells it from others of its recording; equal ones stand in order."""
        keys = [value for name, value in self.headers if name.lower() == b"sec-websocket-key"]
        return self.method, self.target, b"".join(keys)


class _Conversation:
    """Both streams of one connection, read as HTTP until it becomes a tunnel."""

    def __init__(self, kept: list[Exchange], changed: threading.Condition) -> None:
        self._kept = kept
        self._changed = changed
        self._server = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
        self._client = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20)
        self._now: Exchange | None = None
        self._tunnel = False
        self._early = b""

    def sent(self, data: bytes) -> None:
        """Bytes of the client; none at its end."""
        with self._changed:
            if self._tunnel:
                assert self._now is not None
                self._now.sent += data
            elif self._now and self._server.their_state is MIGHT_SWITCH_PROTOCOL:
                self._early += data
            else:
                self._server.receive_data(data)
                self._requests()
            self._changed.notify_all()

    def answered(self, data: bytes) -> None:
        """Bytes of the server; none at its end."""
        with self._changed:
            if self._tunnel:
                assert self._now is not None
                self._now.answered += data
                self._now.done = self._now.done or not data
            else:
                with contextlib.suppress(h11.RemoteProtocolError):
                    self._client.receive_data(data)
                    self._responses()
            self._changed.notify_all()

    def _requests(self) -> None:
        with contextlib.suppress(h11.RemoteProtocolError):
            while not isinstance(event := self._server.next_event(), _NOTHING):
                if isinstance(event, h11.Request):
                    headers = tuple(event.headers.raw_items())
                    self._now = Exchange(event.method.decode(), event.target.decode(), headers)
                    self._kept.append(self._now)
                elif isinstance(event, h11.Data) and self._now:
                    self._now.sent += event.data
                if isinstance(event, h11.Request | h11.Data | h11.EndOfMessage):
                    self._client.send(event)

    def _responses(self) -> None:
        while self._now and not isinstance(event := self._client.next_event(), _NOTHING):
            if isinstance(event, h11.InformationalResponse | h11.Response):
                self._now.status = event.status_code
                self._now.answer_headers = tuple(event.headers.raw_items())
                self._server.send(event)
                if event.status_code == 101:
                    self._begin_tunnel()
                    return
            elif isinstance(event, h11.Data):
                self._now.answered += event.data
                self._server.send(event)
            elif isinstance(event, h11.EndOfMessage):
                self._server.send(event)
                self._now.done = True
                self._next()

    def _begin_tunnel(self) -> None:
        assert self._now is not None
        self._tunnel = True
        self._now.sent += self._server.trailing_data[0] + self._early
        self._now.answered += self._client.trailing_data[0]

    def _next(self) -> None:
        """The same connection's next request, if it is kept."""
        if self._server.our_state is h11.DONE and self._client.our_state is h11.DONE:
            self._server.start_next_cycle()
            self._client.start_next_cycle()
            self._now = None
            self._requests()


class Recorder:
    """``with Recorder(port) as wire``: connect to ``wire.port`` instead of that; ``wire.exchanges`` fills."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.exchanges: list[Exchange] = []
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), 10)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            talk = _Conversation(self.exchanges, self._changed)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(end)
            for source, sink, note in ((near, far, talk.sent), (far, near, talk.answered)):
                threading.Thread(target=self._pump, args=(source, sink, note), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, note: object) -> None:
        assert callable(note)
        with contextlib.suppress(OSError):
            while data := source.recv(_PIECE):
                note(data)
                sink.sendall(data)
        note(b"")
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def snapshot(self) -> list[Exchange]:
        """What was said so far."""
        with self._changed:
            return list(self.exchanges)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def differences(before: list[Exchange], behind: list[Exchange]) -> list[str]:
    """What is not the same on the two sides of a relay, in words; nothing if all of it is.

    An exchange still going on need only have come as far on one side as on the other, or further.
    """
    found: list[str] = []
    before = _without_abandoned(before, behind)
    if len(before) != len(behind):
        return [f"{len(before)} exchanges before and {len(behind)} behind"]
    order = [sorted(side, key=lambda each: each.key) for side in (before, behind)]
    for near, far in zip(*order, strict=True):
        where = f"{near.method} {near.target}"
        if (near.key, near.status) != (far.key, far.status) and near.done and far.done:
            found.append(f"{where} {near.status} became {far.method} {far.target} {far.status}")
        if near.sent != far.sent:
            found.append(f"{where}: sent {_shown(near.sent)}, arrived {_shown(far.sent)}")
        going_on = not (near.done and far.done) and near.status != 101
        begun = near.answered.startswith(far.answered) or far.answered.startswith(near.answered)
        if near.answered != far.answered and not (going_on and begun):
            found.append(f"{where}: answered {_shown(far.answered)}, arrived {_shown(near.answered)}")
        lost = _headers(near.headers) - _headers(far.headers)
        lost |= _headers(far.answer_headers) - _headers(near.answer_headers)
        if lost and near.done and far.done:
            found.append(f"{where}: lost {lost}")
    return found


def _without_abandoned(before: list[Exchange], behind: list[Exchange]) -> list[Exchange]:
    """A request that its client gave up at once need not have gone further."""
    missing = Counter(each.key for each in before) - Counter(each.key for each in behind)
    kept = []
    for each in before:
        if each.status == 0 and missing[each.key] > 0:
            missing[each.key] -= 1
        else:
            kept.append(each)
    return kept


def wait_for_same(before: Recorder, behind: Recorder, seconds: float = 10) -> list[Exchange]:
    """All exchanges once both sides agree on them. Fails with the differences that stay."""
    deadline = time.monotonic() + seconds
    while found := differences(before.snapshot(), behind.snapshot()):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return before.snapshot()


def _headers(pairs: tuple[tuple[bytes, bytes], ...]) -> set[tuple[bytes, bytes]]:
    lower = {(name.lower(), value) for name, value in pairs}
    return {pair for pair in lower if pair[0] not in _HOP_BY_HOP | _ITS_OWN}


def _shown(data: bytearray) -> str:
    return repr(bytes(data[:400])) + (f" and {len(data) - 400} more" if len(data) > 400 else "")
