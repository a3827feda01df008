"""What one connection may be speaking: several readers live until one is proven, and none may look away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from framewall.decode import _content
from framewall.decode._api import SURE, UNCLAIMED, Decoder, Reader, Split
from framewall.decode._registry import decoders
from framewall.errors import DecodeError, PeerError
from framewall.model import Answer, Direction, Message, Notice, Packet, Request, Upgrade

log = logging.getLogger("framewall.decode")

_SNIFFED = 8
"""Messages whose shape may bring in one more framework; while there is none, any message's may."""
REFUSED = "Blocked"
"""What a refusal says where the route has no text of its own."""
_LIKELY = 0.5
"""From this score on, a client is refused in the framework's words: at worst it cannot read them."""
_PLAIN = frozenset(("binary", "json", "text"))
"""The data formats that the screen's split ``plain`` tells apart."""
_CONVINCED = 3
"""Messages that say something, read by a guess, after which it is none."""

_NONE: Mapping[str, float] = MappingProxyType({})
"""Scores of no framework: most connections speak none, and share it."""


class Reading(NamedTuple):
    """What was made of one message or body. ``errors`` are findings; their packets are among ``packets``."""

    framework: str
    packets: Sequence[Packet]
    errors: Sequence[PeerError] = ()


class Candidate:
    """A framework that the connection may be speaking."""

    __slots__ = ("decoder", "read", "reader", "score")

    def __init__(self, decoder: Decoder, reader: Reader, score: float) -> None:
        self.decoder = decoder
        self.reader = reader
        self.score = score
        self.read = 0

    @property
    def sure(self) -> bool:
        """Whether a message that it refuses is a finding: it was claimed strongly, or has read several."""
        return self.score >= SURE or self.read >= _CONVINCED


def generic(message: Message, request: Request) -> Reading:
    """The message as the data format that it looks like."""
    best = max(
        (decoder for decoder in decoders() if decoder.generic),
        key=lambda decoder: decoder.claim(request, None, message),
    )
    reader = best.reader(request)
    return Reading(reader.framework, reader.decode(message))


class Readings:
    """One connection's candidates. Not thread-safe: the caller has one message of it at hand at a time."""

    __slots__ = ("_floor", "_handshake", "_left", "_live", "_request", "_upgrade")

    def __init__(self, request: Request, upgrade: Upgrade | None) -> None:
        self._request = request
        self._upgrade = upgrade
        self._live: list[Candidate] = []
        self._left = _SNIFFED
        self._floor = _NONE
        self._claim(None)
        self._handshake = {each.decoder.name: each.score for each in self._live} or _NONE

    @property
    def framework(self) -> str:
        """The likeliest framework; empty while there is none."""
        return self._live[0].reader.framework if self._live else ""

    @property
    def pings(self) -> str:
        """Whose heartbeats the likeliest framework lives by, as its reader says it."""
        return self._live[0].reader.pings if self._live else ""

    @property
    def session(self) -> tuple[Decoder, str] | None:
        """The framework's session id as its reader learnt it."""
        return next(((c.decoder, c.reader.session) for c in self._live if c.reader.session), None)

    def message(self, message: Message) -> Reading:
        """Every plausible reading of one WebSocket message."""
        if not self._live or self._sniffs:
            self._left = max(self._left - 1, 0)
            self._claim(message)
        reading = self._read(lambda reader: reader.decode(message))
        if reading is None:
            return generic(message, self._request)
        if reading.errors:
            raw = generic(message, self._request)
            return reading._replace(packets=(*reading.packets, *raw.packets))
        return reading

    # what need not be seen

    @property
    def settled(self) -> bool:
        """Whether it would be the same had it not counted the messages so far."""
        if not self._live:
            return not self._left
        return self._live[0].sure and not self._sniffs

    def split(self, side: Direction) -> Split | None:
        """How a side's messages may be screened from now on; None: every one is to be read.

        What the screen has passed is told by :meth:`passed` before the next message is read.
        """
        if len(self._live) > 1 or self._overdue():
            return None
        if not self._live:
            signs = _signs(None)
            known = {decoder.name for decoder in decoders() if decoder.generic} == _PLAIN
            return Split("plain", signs) if known and signs is not None else None
        candidate = self._live[0]
        split = candidate.reader.split(side)
        if split is None or not self._sniffs:
            return split
        # Of a framework that is claimed surely anyway, another message's shape changes nothing.
        signs = _signs(candidate.decoder if candidate.score >= SURE else None)
        return None if signs is None else split._replace(signs=signs)

    def passed(self, messages: int, spoken: int) -> None:
        """So many messages were screened; ``spoken`` of them would have had packets with parts."""
        if not self._live or self._sniffs:
            self._left = max(self._left - messages, 0)
        if self._live:
            self._live[0].read += spoken

    def _overdue(self) -> bool:
        """Whether the next message, whatever it is, brings back a framework that the handshake had suggested."""
        if self._live and not self._sniffs:
            return False
        live = {each.decoder.name for each in self._live}
        return any(
            name not in live and score > self._floor.get(name, UNCLAIMED)
            for name, score in self._handshake.items()
        )

    @property
    def _sniffs(self) -> bool:
        """Whether a message's shape may bring in another framework beside the one that is there."""
        return bool(self._left) and not self._live[0].reader.proven

    def body(self, request: Request, message: Message) -> Reading:
        """Every plausible reading of a fallback request's body; ``message`` is that body."""
        return self._http(message, request.header("content-encoding"), lambda r, data: r.body(request, data))

    def reply(self, request: Request, status: int, message: Message, coding: str | None) -> Reading:
        """Every plausible reading of a fallback response's body; ``coding`` is its Content-Encoding."""
        return self._http(message, coding, lambda r, data: r.reply(request, status, data))

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """The refusal in the framework's words; where none is recognised ``text`` itself, if there is any."""
        leading = self._leading
        if leading:
            return leading.reader.refuse(packet, text or REFUSED)
        return (Notice(text.encode()),) if text else ()

    def answer(self, request: Request, packet: Packet | None, text: str) -> Answer | None:
        """The same to a fallback's request."""
        leading = self._leading
        if leading:
            return leading.reader.answer(request, packet, text or REFUSED)
        return Answer(text.encode()) if text else None

    @property
    def _leading(self) -> Candidate | None:
        first = self._live[0] if self._live else None
        return first if first and (first.sure or first.score >= _LIKELY or first.reader.proven) else None

    def _http(
        self, message: Message, coding: str | None, read: Callable[[Reader, bytes], Sequence[Packet]]
    ) -> Reading:
        """A body that is compressed is read inflated, and judged as it is too: not all servers inflate."""
        errors: list[PeerError] = []
        plain = message
        if coding:
            try:
                plain = replace(message, data=_content.decoded(message.data, coding))
            except PeerError as error:
                errors.append(error)
        reading = self._read(lambda reader: read(reader, plain.data))
        if reading is None:
            reading = generic(plain, self._request)
        elif reading.errors:
            reading = reading._replace(packets=(*reading.packets, *generic(plain, self._request).packets))
        if errors or plain is not message:
            raw = generic(message, self._request).packets
            reading = Reading(reading.framework, (*reading.packets, *raw), (*errors, *reading.errors))
        return reading

    def _claim(self, message: Message | None) -> None:
        """Adds the frameworks that claim the connection, strongest first; old ones keep their readers."""
        for decoder in decoders():
            if decoder.generic:
                continue
            score = decoder.claim(self._request, self._upgrade, message)
            known = next((each for each in self._live if each.decoder is decoder), None)
            if known:
                known.score = max(known.score, score)
            elif score > self._floor.get(decoder.name, UNCLAIMED):
                self._live.append(Candidate(decoder, decoder.begin(self._request, self._upgrade), score))
        self._live.sort(key=lambda each: -each.score)

    def _read(self, read: Callable[[Reader], Sequence[Packet]]) -> Reading | None:
        """All candidates' packets, and the errors of those that had a right to be understood."""
        if len(self._live) == 1:
            return self._read_one(self._live[0], read)
        packets: list[Packet] = []
        errors: list[PeerError] = []
        framework = ""
        for candidate in tuple(self._live):
            reading = self._read_one(candidate, read)
            if reading is None:
                continue
            framework = framework or reading.framework
            packets += reading.packets
            errors += reading.errors
            if candidate.reader.proven and not reading.errors:
                self._live = [candidate]
                break
        return Reading(framework, packets, errors) if framework else None

    def _read_one(self, candidate: Candidate, read: Callable[[Reader], Sequence[Packet]]) -> Reading | None:
        """One candidate's packets. None if it was a guess and wrong: then it is a candidate no more."""
        reader = candidate.reader
        try:
            packets = read(reader)
        except PeerError as error:
            if not candidate.sure:
                self._drop(candidate)
                return None
            return Reading(reader.framework, error.packets, (error,))
        except Exception:
            log.exception("the %s decoder failed", candidate.decoder.name)
            fault = DecodeError(f"{candidate.decoder.name}.fault", "the decoder failed on this message")
            return Reading(reader.framework, (), (fault,))
        if packets and packets[0].parts:
            candidate.read += 1
        return Reading(reader.framework, packets)

    def _drop(self, candidate: Candidate) -> None:
        """What the handshake alone suggested is not tried again; a message that looks the part may be."""
        self._live.remove(candidate)
        decoder = candidate.decoder
        floor = decoder.claim(self._request, self._upgrade, None)
        self._floor = MappingProxyType({**self._floor, decoder.name: floor})


def _signs(but: Decoder | None) -> tuple[str, ...] | None:
    """Signs of all frameworks but one; None if one of them has none to go by."""
    found: list[str] = []
    for decoder in decoders():
        if decoder.generic or decoder is but:
            continue
        if decoder.signs is None:
            return None
        found += decoder.signs
    return tuple(found)
