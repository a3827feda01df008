"""The one place that knows the order of the rooms: decode, fields, detect, policy, events.

An :class:`Inspector` judges; it touches no socket and no clock of its own. Its methods may be called from any
thread. Whatever it is given it answers with a verdict: a fault of its own is answered as the route's ``fail``
setting says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from framewall import refusals
from framewall._core import Permit, Settings
from framewall.decode import Decoder, Exchange, Reading
from framewall.errors import ForeignOrigin, PeerError
from framewall.events import normalised
from framewall.fields import head
from framewall.model import (
    Action,
    Command,
    Control,
    Direction,
    Event,
    Finding,
    Message,
    Mode,
    Opcode,
    Packet,
    Part,
    Request,
    RequestPlan,
    Said,
    Transport,
    Upgrade,
    Verdict,
)
from framewall.policy import Policy, RoutePolicy, bans, handshake
from framewall.policy.judge import Judge
from framewall.presence import Presence
from framewall.screening import Screening
from framewall.sessions import Conversation, Conversations
from framewall.verdicts import NOTHING, Engine, Judged, Verdicts, passed

log = logging.getLogger("framewall.pipeline")

_WEBSOCKET = "websocket"
_HTTP = "http"
_ERRORS = 400
"""HTTP statuses of errors begin here (RFC 9110 section 15)."""
_HEARTBEATS = frozenset(("heartbeat", "keepalive", "ping", "pong"))
"""Kinds of packets by which a peer shows that it is there."""
_SIGNALS = frozenset((Control.PING, Control.PONG))
"""The WebSocket's own heartbeats; those that say nothing pass the relay unseen."""
_LENIENT = frozenset((Mode.OFF, Mode.MONITOR))
"""Modes in which a ban that a route made refuses nobody."""
_PEERS = frozenset(each.value for each in Direction)


class Session:
    """One open WebSocket, as the driver holds it."""

    __slots__ = ("connection", "conversation", "objection", "request")

    def __init__(self, connection: int, request: Request, conversation: Conversation) -> None:
        self.connection = connection
        self.request = request
        self.conversation = conversation
        self.objection: PeerError | None = None
        """Why no message may pass, whatever it says: the server selected what the route does not allow."""


class Inspector:
    """Judges requests, messages and bodies; remembers sessions and attackers.

    ``record`` takes every event (already redacted) and must not block, nor ``follow``, which takes what a session
    says after an event, with its id; ``clock`` gives Unix seconds; ``node`` names this instance in events;
    ``settings`` makes the engine's settings of a route.
    """

    def __init__(
        self,
        policy: Policy,
        engine: Engine,
        record: Callable[[Event], object],
        clock: Callable[[], float],
        node: str = "",
        settings: Callable[[RoutePolicy, Direction], Settings] | None = None,
        follow: Callable[[str, Said], object] | None = None,
    ) -> None:
        self._policy = policy
        self._screening = Screening(settings)
        self.judge = Judge()
        self._verdicts = Verdicts(engine, self.judge, record, clock, node, settings)
        self._follow = follow
        self._clock = clock
        self._node = node
        self._conversations = Conversations()
        self._presence = Presence()

    @property
    def policy(self) -> Policy:
        """Assigning another one changes what happens at every session's next message."""
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self._policy = policy
        self._screening.renew()

    @property
    def engine(self) -> Engine:
        """As for the policy."""
        return self._verdicts.engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._verdicts.engine = engine
        self._screening.renew()

    # HTTP

    def request(self, request: Request) -> RequestPlan:
        """Judges the head of a handshake or of a fallback's request; all else passes unjudged."""
        route = self.policy.route(request.route)
        if route.mode is Mode.OFF:
            return _PASS_PLAN
        try:
            return self._request(route, request)
        except Exception:
            return RequestPlan(self._fault(route, request, _HTTP))

    def _request(self, route: RoutePolicy, request: Request) -> RequestPlan:
        now = self._clock()
        decoder, exchange = self._conversations.exchange(request, now)
        if exchange is None and not request.upgrade:
            return _PASS_PLAN
        transport = _WEBSOCKET if exchange is None else exchange.transport
        framework = decoder.name if decoder else _WEBSOCKET
        refused = self._refused(route, request, transport, decoder, framework, now)
        if refused:
            return RequestPlan(refused)
        parts = head.parts(request)
        suspicion = decoder.suspect(request) if decoder else None
        packets = (Packet(framework, "", "handshake", tuple(parts)),)
        errors = (*((suspicion,) if suspicion else ()), *handshake.objections(route, request))
        reading = Reading(framework, packets, errors)
        verdict, packet = self._verdicts.of(
            route,
            Judged(
                request, reading, transport, f"{self._node}-{request.id}", lambda *_: normalised.head(request)
            ),
        )
        if verdict.action is not Action.PASS:
            return RequestPlan(self._refuse(route, verdict, request, decoder, exchange, packet))
        if exchange is None or decoder is None:
            return RequestPlan(verdict)
        waits = exchange.session is not None and (exchange.waits or not exchange.sends)
        if waits:
            self._wait(route, request, decoder, now)
            # Who bans from here on finds it among those that wait.
            refused = self._refused(route, request, transport, decoder, framework, now)
            if refused:
                return RequestPlan(refused)
        responds = exchange.begins or route.inspect == "both"
        return RequestPlan(verdict, exchange.sends, responds, exchange.records, waits)

    def _refuse(
        self,
        route: RoutePolicy,
        verdict: Verdict,
        request: Request,
        decoder: Decoder | None,
        exchange: Exchange | None,
        packet: Packet,
    ) -> Verdict:
        """A request whose head attacks ends the session that it names, as a JSONP client's message does.

        Not one that a page of another origin made its visitor send.
        """
        conversation = None
        foreign = any(finding.attack == ForeignOrigin.attack for finding in verdict.findings)
        if exchange and exchange.session and not foreign:
            now = self._clock()
            conversation = self._conversations.find(request, decoder, now)
            conversation = conversation or self._conversations.begin(request, decoder, None, now)
            if decoder and not conversation.fallback:
                conversation.fallback = decoder, request
            verdict = refusals.told(route, verdict, conversation, packet, None)
        verdict = self._expelling(route, verdict, request)
        return refusals.answered(route, verdict, request, decoder, conversation, packet)

    def _wait(self, route: RoutePolicy, request: Request, decoder: Decoder, now: float) -> None:
        """Remembers a request that waits for the server, to end it with its session."""
        known = self._conversations.find(request, decoder, now)
        conversation = known or self._conversations.begin(request, decoder, None, now)
        if not conversation.fallback:
            conversation.fallback = decoder, request
        conversation.wait(decoder, request)
        self._presence.add(bans.names(route, request), conversation)

    def _refused(
        self,
        route: RoutePolicy,
        request: Request,
        transport: str,
        decoder: Decoder | None,
        framework: str,
        now: float,
    ) -> Verdict | None:
        """The refusal, if the client is banned, the transport not allowed, or the session blocked already.

        What a person has banned is refused in ``monitor`` too.
        """
        refusal = Verdict(Action.CLOSE, framework=framework, status=route.refusal_status)
        blocked = self._conversations.blocked(request, now)
        over = refusals.answered(route, refusal, request, *blocked) if blocked else None
        # At its session's end in its own words a client stops; at the status of a ban it would try again.
        ended = over if over and over.status < _ERRORS else None
        denial = self.judge.denied.covering(request.client_ip, now)
        if denial:
            if ended:
                return ended
            told = refusals.answered(route, refusal, request, decoder)
            return told if denial.until is None else refusals.banned(route, told, denial.until, now)
        if route.mode is Mode.MONITOR:
            return over
        until = bans.until(self.judge.banned, route, request, now)
        if ended:
            return ended
        if until is not None:
            # A session that the ban is about to end hears of it as one that has ended.
            known = self._conversations.find(request, decoder, now)
            told = refusals.answered(route, refusal, request, decoder, known)
            return told if known and told.status < _ERRORS else refusals.banned(route, told, until, now)
        kind = transport if transport == _WEBSOCKET else Transport.POLLING
        if route.transports is not None and kind not in route.transports:
            return refusals.answered(route, refusal, request, decoder)
        return over

    def body(self, request: Request, body: bytes, session: Session | None = None) -> Verdict:
        """Judges what a client's fallback request carries.

        ``session`` is for drivers that know better than the request whose it is.
        """
        route = self.policy.route(request.route)
        if route.mode is Mode.OFF:
            return passed(_HTTP)
        try:
            message = Message(Direction.CLIENT, _opcode(body), body, transport=Transport.POLLING)
            return self._http(route, request, message, 0, session=session)
        except Exception:
            return self._fault(route, request, _HTTP)

    def response(
        self,
        request: Request,
        status: int,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        session: Session | None = None,
    ) -> Verdict:
        """Learns the session that a fallback's response opens; judges it if the route inspects both sides."""
        route = self.policy.route(request.route)
        coding = next((value for name, value in headers if name.lower() == "content-encoding"), None)
        if route.mode is Mode.OFF:
            return passed(_HTTP)
        try:
            message = Message(Direction.SERVER, _opcode(body), body, transport=Transport.POLLING)
            return self._http(route, request, message, status, coding, session)
        except Exception:
            return self._fault(route, request, _HTTP)

    def _http(
        self,
        route: RoutePolicy,
        request: Request,
        message: Message,
        status: int,
        coding: str | None = None,
        session: Session | None = None,
    ) -> Verdict:
        now = self._clock()
        decoder, _ = self._conversations.exchange(request, now)
        known = session.conversation if session else self._conversations.find(request, decoder, now)
        conversation = known or self._conversations.begin(request, decoder, None, now)
        if conversation.blocked:
            refused = Verdict(
                Action.CLOSE, framework=decoder.name if decoder else _HTTP, status=route.refusal_status
            )
            return refusals.answered(route, refused, request, decoder, conversation)
        if decoder:
            conversation.fallback = decoder, request
        with conversation.lock:
            conversation.recall()
            self._hear(conversation, message, now)
            if message.direction is Direction.CLIENT:
                reading = conversation.readings.body(request, message)
            else:
                reading = conversation.readings.reply(request, status, message, coding)
            reading = _with_window(route, conversation, message.direction, reading)
        self._conversations.learn(request, conversation)
        if message.direction is Direction.SERVER and route.inspect != "both":
            return passed(reading.framework)
        judged = Judged(
            request,
            reading,
            message.transport,
            conversation.id,
            lambda packet, focus: normalised.exchange(request, message, packet, status, focus),
            message.direction,
            conversation.nearby,
        )
        verdict, packet = self._verdicts.of(route, judged)
        if verdict.score >= route.threshold:
            conversation.forget()
        if verdict.action is Action.PASS:
            return verdict
        at_fault = packet if message.direction is Direction.CLIENT else None
        verdict = refusals.told(route, verdict, conversation, at_fault, None)
        verdict = self._expelling(route, verdict, request)
        return refusals.answered(route, verdict, request, decoder, conversation, at_fault)

    # WebSockets

    def open(self, connection: int, request: Request, upgrade: Upgrade) -> Session:
        """A WebSocket whose handshake both sides have agreed on."""
        now = self._clock()
        decoder, _ = self._conversations.exchange(request, now)
        known = self._conversations.find(request, decoder, now)
        conversation = known or self._conversations.begin(request, decoder, upgrade, now)
        conversation.attach(connection)
        session = Session(connection, request, conversation)
        if request.upgrade:
            route = self.policy.route(request.route)
            session.objection = handshake.selected(route, upgrade.subprotocol)
            self._presence.add(bans.names(route, request), conversation)
            if route.mode not in _LENIENT and bans.until(self.judge.banned, route, request, now) is not None:
                # Banned while the handshake was on its way.
                conversation.blocked = True
        return session

    def message(self, session: Session, message: Message) -> Verdict:
        """Judges one message; the session's memory advances."""
        request = session.request
        route = self.policy.route(request.route)
        if route.mode is Mode.OFF:
            return passed(_WEBSOCKET)
        conversation = session.conversation
        if conversation.blocked:
            return Verdict(
                Action.CLOSE, framework=_WEBSOCKET, close_code=route.close_code, reason=route.close_reason
            )
        try:
            with conversation.lock:
                conversation.recall()
                self._hear(conversation, message, self._clock())
                reading = _control(message) or conversation.readings.message(message)
                if message.control in _SIGNALS or _is_heartbeat(reading):
                    conversation.beat(message.direction, self._clock())
                reading = _with_window(route, conversation, message.direction, reading)
            if message.direction is Direction.SERVER and route.inspect != "both":
                return passed(reading.framework)
            if session.objection:
                reading = reading._replace(errors=(*reading.errors, session.objection))
            judged = Judged(
                request,
                reading,
                message.transport,
                conversation.id,
                lambda packet, focus: normalised.message(request, message, packet, focus),
                message.direction,
                conversation.nearby,
            )
            verdict, packet = self._verdicts.of(route, judged)
            if verdict.score >= route.threshold:
                conversation.forget()
            if verdict.action is Action.PASS:
                return verdict
            at_fault = packet if message.direction is Direction.CLIENT else None
            verdict = refusals.told(route, verdict, conversation, at_fault, session.connection)
            return self._expelling(route, verdict, request)
        except Exception:
            return self._fault(route, request, _WEBSOCKET)

    def screen(self, session: Session) -> Permit | None:
        """What the driver may pass of this connection by itself until it calls again; None: nothing.

        To be asked after the connection's last message has been judged, and before its next one.
        """
        era = self._screening.era
        route = self.policy.route(session.request.route)
        if session.objection:
            return None
        return self._screening.permit(route, self.engine, session.conversation, era)

    def failed(self, session: Session, side: str, limit: str | None, why: str, code: int) -> None:
        """Records what the wire refused: a broken frame, a cap reached. The driver closes with ``code``.

        ``side`` is whose fault it is: ``client``, ``server``, or ``framewall`` for a fault of our own.
        """
        request = session.request
        route = self.policy.route(request.route)
        if route.mode is Mode.OFF:
            return
        if limit is None and side not in _PEERS:
            log.warning("a connection to %s was ended: %s", request.path, why)
            return
        attack, rule = ("data_bomb", f"limit.{limit}") if limit else ("protocol", f"websocket.{code}")
        finding = Finding(attack, rule, f"{side}.frames", (_WEBSOCKET,), why, route.threshold)
        framework = session.conversation.readings.framework or _WEBSOCKET
        shown = normalised.head(request)
        verdict = Verdict(Action.CLOSE, route.threshold, (finding,), framework, shown, close_code=code)
        transport = _WEBSOCKET if request.upgrade else _HTTP
        self._verdicts.tell(route, request, verdict, transport, session.conversation.id, None)

    def close(self, session: Session, reason: str) -> None:
        """The connection has ended."""
        del reason
        session.conversation.detach(session.connection)
        session.conversation.seen = self._clock()

    # bans

    def expel(self, fits: Callable[[str], bool]) -> tuple[Command, ...]:
        """What ends the fallback sessions, now, of the clients whose addresses fit: a person has banned them."""
        commands: tuple[Command, ...] = ()
        for conversation in self._conversations.waiting(fits):
            route = self.policy.route(conversation.route)
            if not conversation.blocked and route.mode is not Mode.OFF:
                told = refusals.told(route, Verdict(Action.CLOSE), conversation, None, None)
                commands += told.commands
        return commands

    # verdicts

    def _expelling(self, route: RoutePolicy, verdict: Verdict, request: Request) -> Verdict:
        """With the end of all else that the client of ``request`` has open, if it is banned by this verdict.

        Where its handshake would still be taken, as on a route that only monitors, what is open stays so.
        """
        if verdict.action is not Action.BAN:
            return verdict
        commands = verdict.commands
        for conversation in self._presence.of(bans.names(route, request)):
            theirs = self.policy.route(conversation.route)
            if conversation.blocked or theirs.mode in _LENIENT:
                continue
            told = refusals.told(theirs, Verdict(Action.CLOSE), conversation, None, None)
            commands += told.commands
        return replace(verdict, commands=commands)

    def _hear(self, conversation: Conversation, message: Message, now: float) -> None:
        """Keeps the message for events to come, and for the one that waits for it."""
        heard = conversation.nearby.hear(message, now)
        if heard and self._follow:
            self._follow(*heard)

    def _fault(self, route: RoutePolicy, request: Request, framework: str) -> Verdict:
        """Our own failure, answered as the route says."""
        log.exception("inspection failed for %s on route %s", request.path, route.name)
        if route.fail == "open" or route.mode is not Mode.BLOCK:
            return passed(framework)
        return Verdict(Action.CLOSE, framework=framework, close_code=1011, status=500)


def _with_window(
    route: RoutePolicy, conversation: Conversation, side: Direction, reading: Reading
) -> Reading:
    """With what its fields say together with what they said before, if the route wants that."""
    if not route.window or (side is Direction.SERVER and route.inspect != "both"):
        return reading
    together = conversation.window(side).add(reading.packets)
    return reading._replace(packets=(*reading.packets, *together)) if together else reading


def _is_heartbeat(reading: Reading) -> bool:
    """Whether a message is its framework's heartbeat, or begins with one."""
    packet = reading.packets[0] if reading.packets and not reading.errors else NOTHING
    return packet.kind in _HEARTBEATS and not packet.parts


def _control(message: Message) -> Reading | None:
    """What a control frame says; it is no framework's, and changes no reader's state."""
    if message.control is None:
        return None
    label = "close.reason" if message.control is Control.CLOSE else f"{message.control}.payload"
    part = Part(message.data, "auto", False, label)
    return Reading(_WEBSOCKET, (Packet(_WEBSOCKET, "13", message.control, (part,)),))


_PASS_PLAN = RequestPlan(Verdict(framework=_HTTP))


def _opcode(body: bytes) -> Opcode:
    """What a body looks like: HTTP does not say whether it is text."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return Opcode.BINARY
    return Opcode.TEXT
