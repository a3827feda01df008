"""What Framewall remembers of sessions: their readers, their live connections, and whether they are blocked.

A session is one whatever it travels by: WebSockets and HTTP requests that name its id share a conversation.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock, RLock
from typing import NamedTuple

from framewall._core import Permit
from framewall.decode import Decoder, Exchange, Readings, decoders
from framewall.events.nearby import Nearby
from framewall.fields.window import Window
from framewall.limits import SESSION_IDLE_SECONDS, SESSION_REQUESTS, SESSIONS
from framewall.model import CloseConnection, Command, Direction, Notice, Request, Upgrade

Key = tuple[str, str, str]
"""Route, framework, and the framework's own session id."""

Traffic = tuple[int, int, int, int]
"""Messages and bytes of the client, and of the server."""


class Beats(NamedTuple):
    """Messages of one side that said nothing: how many, when the last one came, when the one before.

    Times are Unix seconds, 0 for never.
    """

    number: int = 0
    last: float = 0.0
    before: float = 0.0

    def then(self, later: Beats) -> Beats:
        """With those that came after."""
        if not later.number:
            return self
        return Beats(self.number + later.number, later.last, later.before or self.last)

    @property
    def interval(self) -> float | None:
        """Seconds between the last two."""
        return self.last - self.before if self.before else None


NO_BEATS = Beats(), Beats()


def _sum(one: Traffic, other: Traffic) -> Traffic:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]


class Conversation:
    """One session, over whichever connections and requests it uses.

    ``lock`` guards its readers, its permit and its connections. Most sessions stand idle, and there may be a million of
    them: what a session may never need it gets when it does.
    """

    __slots__ = (
        "__weakref__",
        "_windows",
        "beats",
        "blocked",
        "connections",
        "fallback",
        "id",
        "lock",
        "nearby",
        "permit",
        "readings",
        "route",
        "seen",
        "unread",
        "waiting",
    )

    def __init__(self, request: Request, upgrade: Upgrade | None, now: float) -> None:
        self.id = secrets.token_hex(8)
        self.route = request.route
        self.readings = Readings(request, upgrade)
        self.lock = RLock()
        self._windows: dict[Direction, Window] | None = None
        self.connections: tuple[int, ...] = ()
        """Those that are open."""
        self.blocked = False
        self.fallback: tuple[Decoder, Request] | None = None
        """The latest request of its fallback transport, and whose transport that is."""
        self.waiting: tuple[tuple[Decoder, Request], ...] = ()
        """The latest requests that wait for the server's messages, or have been answered since."""
        self.seen = now
        self.nearby = Nearby()
        self.permit: Permit | None = None
        """What lets messages of one of its connections pass unread, as its readers stand now."""
        self.beats = NO_BEATS
        """Heartbeats of the client and of the server, but those that the permit has let pass since."""
        self.unread = (0, 0, 0, 0)
        """What earlier permits let pass: messages and bytes of the client, and of the server."""

    def recall(self) -> None:
        """Before its readers read: they learn what has passed them by, and nothing more does."""
        permit, self.permit = self.permit, None
        if permit:
            messages, spoken, last = permit.end()
            self.unread = _sum(self.unread, permit.traffic())
            self.beats = self._beats(permit)
            self.readings.passed(messages, spoken)
            for row in last:
                self.nearby.overhear(*row)

    def passed(self) -> Traffic:
        """Messages and bytes of the client that have passed unread so far, and of the server."""
        permit = self.permit
        return _sum(self.unread, permit.traffic()) if permit else self.unread

    def beat(self, side: Direction, now: float) -> None:
        """A message that said nothing."""
        client, server = self.beats
        one = Beats(1, now)
        self.beats = (client.then(one), server) if side is Direction.CLIENT else (client, server.then(one))

    def heartbeats(self) -> tuple[Beats, Beats]:
        """Of the client so far, and of the server."""
        permit = self.permit
        return self._beats(permit) if permit else self.beats

    def _beats(self, permit: Permit) -> tuple[Beats, Beats]:
        (client, server), (more, others) = self.beats, permit.beats()
        return client.then(Beats(*more)), server.then(Beats(*others))

    def wait(self, decoder: Decoder, request: Request) -> None:
        """Remembers a request that waits; of its head no more than its answer depends on."""
        kept = tuple(pair for pair in request.headers if pair[0].lower() == "accept")
        waits = decoder, replace(request, headers=kept)
        with self.lock:
            self.waiting = (*self.waiting, waits)[-SESSION_REQUESTS.default :]

    def attach(self, connection: int) -> None:
        """One more connection is open."""
        with self.lock:
            self.connections = (*self.connections, connection)

    def detach(self, connection: int) -> None:
        """It is open no more."""
        with self.lock:
            self.connections = tuple(each for each in self.connections if each != connection)

    def window(self, side: Direction) -> Window:
        """What a side's fields have said lately, on routes that want it."""
        windows = self._windows
        if windows is None:
            windows = self._windows = {}
        return windows.setdefault(side, Window())

    def forget(self) -> None:
        """What its fields have said lately: an attack is told once."""
        self._windows = None

    def end(
        self, connection: int | None, code: int, reason: str = "", notices: tuple[Notice, ...] = ()
    ) -> tuple[Command, ...]:
        """Blocks the session for good: what closes its other connections, and ends it at the server."""
        with self.lock:
            self.blocked = True
            self.recall()
        commands: list[Command] = [
            CloseConnection(other, code, reason, notices)
            for other in sorted({*self.connections} - {connection})
        ]
        if self.fallback:
            decoder, request = self.fallback
            session = decoder.session(request)
            command = decoder.hang_up(request, session) if session else None
            if command:
                commands.append(replace(command, route=request.route, client_ip=request.client_ip))
        return tuple(commands)


class Conversations:
    """The sessions that have an id, by that id; capped and expiring. Thread-safe; ``now`` is Unix seconds."""

    def __init__(self) -> None:
        self._by_key: OrderedDict[Key, Conversation] = OrderedDict()
        self._lock = Lock()

    def exchange(self, request: Request, now: float) -> tuple[Decoder | None, Exchange | None]:
        """Whose session a request names; and if it is no upgrade, which fallback transport it belongs to.

        Of several frameworks the one that claims it most strongly; a session that is remembered is more than a claim.
        """
        strongest = -1.0
        found: tuple[Decoder | None, Exchange | None] = None, None
        for decoder in decoders():
            name = decoder.name
            exchange = None
            if request.upgrade:
                if not decoder.session(request):
                    continue
            else:
                exchange = decoder.exchange(
                    request,
                    lambda sid, name=name: self._has(request, name, sid, now),  # type: ignore[misc]
                )
                if exchange is None:
                    continue
            claim = decoder.claim(request, None, None)
            claim += self.find(request, decoder, now) is not None
            if claim > strongest:
                strongest, found = claim, (decoder, exchange)
        return found

    def find(self, request: Request, decoder: Decoder | None, now: float) -> Conversation | None:
        """The session that a request names, if it is remembered."""
        session = decoder.session(request) if decoder else None
        return self.get((request.route, decoder.name, session), now) if decoder and session else None

    def blocked(self, request: Request, now: float) -> tuple[Decoder, Conversation] | None:
        """A blocked session that the request names, in whichever framework's way."""
        for decoder in decoders():
            conversation = self.find(request, decoder, now)
            if conversation and conversation.blocked:
                return decoder, conversation
        return None

    def begin(
        self, request: Request, decoder: Decoder | None, upgrade: Upgrade | None, now: float
    ) -> Conversation:
        """A new session; remembered if the request names it."""
        conversation = Conversation(request, upgrade, now)
        session = decoder.session(request) if decoder else None
        if decoder and session:
            return self.add((request.route, decoder.name, session), conversation)
        return conversation

    def learn(self, request: Request, conversation: Conversation) -> None:
        """Remembers a session under the id that its readers have met."""
        learnt = conversation.readings.session
        if learnt:
            self.add((request.route, learnt[0].name, learnt[1]), conversation)

    def get(self, key: Key, now: float) -> Conversation | None:
        """The session of this id, if it is remembered; it is now the one used last."""
        with self._lock:
            self._expire(now)
            conversation = self._by_key.get(key)
            if conversation:
                conversation.seen = now
                self._by_key.move_to_end(key)
            return conversation

    def add(self, key: Key, conversation: Conversation) -> Conversation:
        """Remembers a session under its id; the one that is there already if two came at once."""
        with self._lock:
            known = self._by_key.setdefault(key, conversation)
            while len(self._by_key) > SESSIONS.default:
                self._by_key.popitem(last=False)
            return known

    def waiting(self, fits: Callable[[str], bool]) -> list[Conversation]:
        """Sessions with a request that waits, or has been answered since, of a client whose address fits."""
        with self._lock:
            known = list(self._by_key.values())
        return [each for each in known if any(fits(request.client_ip) for _, request in each.waiting)]

    def _has(self, request: Request, name: str, session: str, now: float) -> bool:
        return self.get((request.route, name, session), now) is not None

    def _expire(self, now: float) -> None:
        """Forgets idle sessions without live connections, looking at a few a call."""
        for key in [key for key, _ in zip(self._by_key, range(2), strict=False)]:
            conversation = self._by_key[key]
            if now - conversation.seen <= SESSION_IDLE_SECONDS.default:
                return
            if conversation.connections:
                conversation.seen = now
                self._by_key.move_to_end(key)
            else:
                del self._by_key[key]

    def __len__(self) -> int:
        return len(self._by_key)
