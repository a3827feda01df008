"""Messages through the relay, as well-behaved peers send them."""

from __future__ import annotations

import asyncio

import pytest
import websockets

from integration.conftest import Start
from support.servers import Echo, wait_until
from support.wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame


def test_a_message_comes_back(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"hello"))
        assert wire.frame() == (TEXT, b"hello")
    assert echo.received == ["hello"]
    assert running.inspector.messages == [b"hello"]


def test_bytes_may_come_one_at_a_time(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        for byte in frame(TEXT, b"one at a time") + frame(BINARY, bytes(200)):
            wire.send(bytes([byte]))
        assert wire.frame() == (TEXT, b"one at a time")
        assert wire.frame() == (BINARY, bytes(200))


def test_ten_thousand_fragments_are_one_message(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        middle = b"".join(frame(CONTINUATION, b"x", fin=False) for _ in range(9_998))
        wire.send(frame(TEXT, b"<", fin=False) + middle + frame(CONTINUATION, b">"))
        assert wire.frame() == (TEXT, b"<" + b"x" * 9_998 + b">")
    [message] = running.inspector.sessions[0].messages
    assert message.frames == 10_000


def test_a_ping_between_fragments_is_answered_at_once(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"first ", fin=False) + frame(PING, b"there?"))
        assert wire.frame() == (PONG, b"there?")
        assert echo.received == []
        wire.send(frame(CONTINUATION, b"last"))
        assert wire.frame() == (TEXT, b"first last")


def test_many_messages_in_one_segment_keep_their_order(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(b"".join(frame(TEXT, b"%d" % number) for number in range(1_000)))
        assert [wire.frame() for _ in range(1_000)] == [(TEXT, b"%d" % number) for number in range(1_000)]


def test_a_message_over_the_cap_is_closed_1009_and_not_forwarded(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"before"))
        assert wire.frame() == (TEXT, b"before")
        try:
            wire.send(frame(BINARY, bytes(64 << 20)))
        except (BrokenPipeError, ConnectionResetError):
            pytest.fail("the Close has to be readable before the connection ends")
        assert wire.close_code() == 1009
    assert echo.received == ["before"]
    wait_until(lambda: bool(running.inspector.failures))
    assert running.inspector.failures == [("client", "message_bytes", "message too big", 1009)]


def test_a_large_message_below_the_cap_passes(start: Start, echo: Echo) -> None:
    running = start(echo.url, limits={"message_bytes": 8 << 20})
    data = bytes(range(256)) * (8 << 12)

    async def talk() -> None:
        async with websockets.connect(running.url, max_size=None, compression=None) as client:
            await client.send(data)
            assert await client.recv() == data

    asyncio.run(talk())


@pytest.mark.parametrize(
    "offer",
    [
        "permessage-deflate",
        "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9",
    ],
)
def test_compressed_messages_pass_and_are_judged_inflated(start: Start, offer: str) -> None:
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    no_takeover = "takeover" in offer
    bits = 9 if "bits" in offer else None
    factory = ClientPerMessageDeflateFactory(
        server_no_context_takeover=no_takeover,
        client_no_context_takeover=no_takeover,
        server_max_window_bits=bits,
        client_max_window_bits=bits or True,
    )
    texts = [f"message {number} " * 20 for number in range(50)]

    async def talk(url: str) -> None:
        async with websockets.connect(url, compression=None, extensions=[factory]) as client:
            assert client.protocol.extensions
            for text in texts:
                await client.send(text)
            assert [await client.recv() for _ in texts] == texts

    with Echo() as server:
        running = start(server.url)
        asyncio.run(talk(running.url))
    assert running.inspector.messages == [text.encode() for text in texts]
    assert all(message.compressed for message in running.inspector.sessions[0].messages)


def test_a_thousand_connections_at_once(start: Start, echo: Echo) -> None:
    running = start(echo.url)

    async def one(number: int, everyone: asyncio.Barrier) -> None:
        async with websockets.connect(running.url, compression=None, open_timeout=60) as client:
            async with asyncio.timeout(60):
                await everyone.wait()
            for turn in range(3):
                await client.send(f"{number}/{turn}")
                assert await client.recv() == f"{number}/{turn}"

    async def all_of_them() -> None:
        everyone = asyncio.Barrier(1_000)
        async with asyncio.TaskGroup() as group:
            for number in range(1_000):
                group.create_task(one(number, everyone))

    asyncio.run(all_of_them())
    assert len(echo.received) == 3_000


def test_a_close_and_its_code_pass_both_ways(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(CLOSE, (3000).to_bytes(2, "big") + b"done"))
        assert wire.frame() == (CLOSE, (3000).to_bytes(2, "big") + b"done")
        data, seconds = wire.until_end()
    assert (data, seconds < 1) == (b"", True)
    wait_until(lambda: bool(echo.closes))
    assert echo.closes == [(3000, "done")]


def test_the_server_s_messages_are_judged_where_asked(start: Start, echo: Echo) -> None:
    from framewall.model import Direction, Message, Verdict
    from support.inspectors import PASS, Recorder, Said, block_attacks

    def only_the_server(_: Said, message: Message) -> Verdict:
        return block_attacks(message.data) if message.direction is Direction.SERVER else PASS

    inspector = Recorder()
    inspector.on_message = only_the_server
    running = start(echo.url, inspect="both", inspector=inspector)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"fine") + frame(TEXT, b"an attack") + frame(TEXT, b"after"))
        assert wire.frame() == (TEXT, b"fine")
        assert wire.frame()[0] == CLOSE


def test_a_route_that_is_off_passes_untouched(start: Start, echo: Echo) -> None:
    running = start(echo.url, inspect="nothing")
    with running.wire() as wire:
        wire.upgrade("/attack", behind=frame(TEXT, b"an attack"))
        assert wire.frame() == (TEXT, b"an attack")
    assert running.inspector.requests == []
    assert running.inspector.messages == []
