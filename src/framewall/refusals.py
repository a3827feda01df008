"""What the blocked side is told, as the route decides it: nothing, or its framework's own refusal."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from framewall.decode import REFUSED, Decoder
from framewall.model import Answer, Notice, Packet, Request, Verdict
from framewall.policy import RoutePolicy
from framewall.sessions import Conversation

FRAMEWORK = "framework"


def told(
    route: RoutePolicy,
    verdict: Verdict,
    conversation: Conversation,
    packet: Packet | None,
    connection: int | None,
) -> Verdict:
    """A WebSocket's end: what its client is told, and the end of the session's other connections.

    ``packet`` is the one that is refused, None if it was the server's.
    """
    own: tuple[Notice, ...] = ()
    others: tuple[Notice, ...] = ()
    if route.refusal == FRAMEWORK:
        with conversation.lock:
            own = tuple(conversation.readings.refuse(packet, route.refusal_text))
            others = tuple(conversation.readings.refuse(None, route.refusal_text))
    commands = conversation.end(connection, route.close_code, route.close_reason, others)
    return replace(verdict, reason=route.close_reason, notices=own, commands=commands)


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
    answer: Answer | None
    if conversation is None:
        answer = decoder.reader(request).answer(request, packet, route.refusal_text or REFUSED)
    else:
        with conversation.lock:
            answer = conversation.readings.answer(request, packet, route.refusal_text)
    if answer is None:
        return verdict
    headers = (("Content-Type", answer.content_type), *verdict.headers)
    return replace(verdict, body=answer.body, headers=headers, status=answer.status or verdict.status)


def banned(route: RoutePolicy, verdict: Verdict, until: float, now: float) -> Verdict:
    """The refusal of a banned client: it may come back at ``until`` (RFC 9110 section 10.2.3)."""
    wait = max(1, ceil(until - now))
    return replace(verdict, status=route.ban_status, headers=(("Retry-After", str(wait)), *verdict.headers))
