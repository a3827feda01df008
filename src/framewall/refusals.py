"""What the blocked side is told, as the route decides it: nothing, or its framework's own refusal."""

from __future__ import annotations

import logging
from dataclasses import replace
from math import ceil

from framewall.decode import REFUSED, Decoder
from framewall.model import Action, Answer, EndRequest, Notice, Packet, Request, Verdict
from framewall.policy import RoutePolicy
from framewall.sessions import Conversation

log = logging.getLogger("framewall.pipeline")

FRAMEWORK = "framework"


def told(
    route: RoutePolicy,
    verdict: Verdict,
    conversation: Conversation,
    packet: Packet | None,
    connection: int | None,
) -> Verdict:
    """A session's end: what the client is told on its WebSocket, and the end of its other connections and requests.

    ``packet`` is the one that is refused, None if it was the server's.
    """
    own = _notices(route, conversation, packet)
    others = _notices(route, conversation, None)
    commands = conversation.end(connection, route.close_code, route.close_reason, others)
    ends = tuple(_ended(route, *each, conversation, packet) for each in conversation.waiting)
    return replace(verdict, reason=route.close_reason, notices=own, commands=(*ends, *commands))


def _notices(route: RoutePolicy, conversation: Conversation, packet: Packet | None) -> tuple[Notice, ...]:
    """None if a decoder fails: the refusal stands without words."""
    if route.refusal != FRAMEWORK:
        return ()
    try:
        with conversation.lock:
            return tuple(conversation.readings.refuse(packet, route.refusal_text))
    except Exception:
        log.exception("a decoder failed to refuse")
        return ()


def _ended(
    route: RoutePolicy,
    decoder: Decoder,
    request: Request,
    conversation: Conversation,
    packet: Packet | None,
) -> EndRequest:
    """A request of the session that may still wait for the server; it brings what is said to ``packet``."""
    refusal = Verdict(Action.CLOSE, status=route.refusal_status)
    told = answered(route, refusal, request, decoder, conversation, packet)
    return EndRequest(request.id, told.status, told.headers, told.body)


def answered(
    route: RoutePolicy,
    verdict: Verdict,
    request: Request,
    decoder: Decoder | None,
    conversation: Conversation | None = None,
    packet: Packet | None = None,
) -> Verdict:
    """An HTTP request's refusal: with the framework's own answer, where the client waits for one."""
    if route.refusal != FRAMEWORK or decoder is None or request.upgrade:
        return verdict
    answer = _answer(route, request, decoder, conversation, packet)
    if answer is None:
        return verdict
    headers = (("Content-Type", answer.content_type), *verdict.headers)
    return replace(verdict, body=answer.body, headers=headers, status=answer.status or verdict.status)


def _answer(
    route: RoutePolicy,
    request: Request,
    decoder: Decoder,
    conversation: Conversation | None,
    packet: Packet | None,
) -> Answer | None:
    try:
        if conversation is None:
            return decoder.reader(request).answer(request, packet, route.refusal_text or REFUSED)
        with conversation.lock:
            return conversation.readings.answer(request, packet, route.refusal_text)
    except Exception:
        log.exception("the %s decoder failed to refuse", decoder.name)
        return None


def banned(route: RoutePolicy, verdict: Verdict, until: float, now: float) -> Verdict:
    """The refusal of a banned client: it may come back at ``until`` (RFC 9110 section 10.2.3)."""
    wait = max(1, ceil(until - now))
    return replace(verdict, status=route.ban_status, headers=(("Retry-After", str(wait)), *verdict.headers))
