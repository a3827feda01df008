"""What a session said last: a small ring of raw beginnings, made readable only when an event needs them."""

from __future__ import annotations

import re
from collections import deque

from framewall.events.record import REDACTED, is_secret, redact_free_text
from framewall.limits import NEARBY_BYTES, NEARBY_MESSAGES
from framewall.model import Direction, Message, Opcode, Said, Transport

_Heard = tuple[float, Direction, str, int, bytes]

# A member of a secret's name with its value, in JSON or in a form. What each tries at one place, it consumes.
_MEMBER = re.compile(r'"([^"\\]{1,64})"(\s{0,8}:\s{0,8})"((?:[^"\\]|\\.)*)("?)')
_PAIR = re.compile(r"(?:^|(?<=[&;\n]))([\w.-]{1,64})=([^&;\s]+)")


class Nearby:
    """The last messages of one session, and which event waits to hear what comes after it.

    Its owner sees to it that one thread at a time adds.
    """

    __slots__ = ("_after", "_left", "_ring")

    def __init__(self) -> None:
        self._ring: deque[_Heard] | None = None
        """From the first message on: an empty one is larger than all else of an idle session."""
        self._after = ""
        self._left = 0

    def hear(self, message: Message, now: float) -> tuple[str, Said] | None:
        """One more message, about to be judged; the event that it comes after, if one waits for it."""
        kind = "body" if message.transport is Transport.POLLING else message.opcode.value
        heard = (now, message.direction, kind, len(message.data), message.data[: NEARBY_BYTES.default])
        self._keep(heard)
        if not self._left:
            return None
        self._left -= 1
        return self._after, _said(heard)

    def overhear(self, now: float, from_client: bool, text: bool, size: int, data: bytes) -> None:
        """A message that passed without being judged, while no event waited; ``data`` is its beginning."""
        side = Direction.CLIENT if from_client else Direction.SERVER
        kind = Opcode.TEXT if text else Opcode.BINARY
        self._keep((now, side, kind.value, size, data[: NEARBY_BYTES.default]))

    def _keep(self, heard: _Heard) -> None:
        if self._ring is None:
            self._ring = deque(maxlen=NEARBY_MESSAGES.default + 1)
        self._ring.append(heard)

    @property
    def waits(self) -> bool:
        """Whether an event is still to be told what comes next."""
        return self._left > 0

    def follow(self, event: str) -> None:
        """The event of this id is told what comes next."""
        self._after, self._left = event, NEARBY_MESSAGES.default

    def before(self) -> tuple[Said, ...]:
        """The messages before the newest, in order."""
        return tuple(map(_said, list(self._ring or ())[:-1]))

    def all(self) -> tuple[Said, ...]:
        """The last messages, in order."""
        return tuple(map(_said, list(self._ring or ())))[-NEARBY_MESSAGES.default :]


def _said(heard: _Heard) -> Said:
    now, direction, kind, size, data = heard
    text = redact_said(data.decode("utf-8", "backslashreplace"))
    return Said(now, direction, kind, size, text if size <= len(data) else f"{text}…")


def redact_said(text: str) -> str:
    """A message as it may be kept beside another's attack: members named like secrets lose their values."""

    def member(found: re.Match[str]) -> str:
        if not is_secret(found[1]):
            return found[0]
        return f'"{found[1]}"{found[2]}"{REDACTED}{found[4]}'

    def pair(found: re.Match[str]) -> str:
        return f"{found[1]}={REDACTED}" if is_secret(found[1]) else found[0]

    return redact_free_text(_PAIR.sub(pair, _MEMBER.sub(member, text)))
