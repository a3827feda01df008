"""What judging one message costs: the whole Inspector, its Python alone, and the engine alone.

    python benches/inspector/run.py [--messages N]

Every message is another text; times are CPU of this thread, the least of several rounds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from framewall.detect import builtin_engine
from framewall.model import Direction, Message, Opcode, Request, Upgrade
from framewall.pipeline import Inspector
from framewall.policy import Policy

SENTENCE = "Shall we meet at noon, or don't you like it? Select one or two of the places near the station. "
HANDSHAKE = Request(
    1, "GET", "/socket.io/?EIO=4&transport=websocket", "HTTP/1.1", (), "203.0.113.9", upgrade=True
)
ROUNDS = 5


class NoEngine:
    """Finds nothing, at no cost."""

    def inspect(self, parts: list[tuple[bytes, str, bool]], settings: Any = None) -> Any:
        """Nothing."""
        del parts, settings
        return SimpleNamespace(findings=())


def messages(count: int, size: int) -> list[Message]:
    """Socket.IO events of about ``size`` bytes, no two alike."""
    room = size - 50
    texts = ((SENTENCE * (room // len(SENTENCE) + 1))[:room] for _ in range(count))
    return [
        Message(
            Direction.CLIENT, Opcode.TEXT, f'42["new message",{{"user":"u{n}","text":"{text}"}}]'.encode()
        )
        for n, text in enumerate(texts)
    ]


def least(work: Callable[[], object], count: int) -> float:
    """Microseconds for one of ``count``, in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        work()
        rounds.append((time.thread_time() - start) / count * 1e6)
    return min(rounds)


def through(engine: Any, batch: list[Message]) -> Callable[[], None]:
    """Judges them all on one connection."""
    inspector = Inspector(Policy(), engine, id, time.time)
    session = inspector.open(1, HANDSHAKE, Upgrade())

    def work() -> None:
        for message in batch:
            inspector.message(session, message)

    return work


def alone(batch: list[Message]) -> Callable[[], None]:
    """The engine on what the Inspector would hand it."""
    engine = builtin_engine()
    parts = [[(message.data[2:], "json", False)] for message in batch]

    def work() -> None:
        for each in parts:
            _ = engine.inspect(each).findings

    return work


def main() -> None:
    """Prints a line a size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=2_000)
    count = parser.parse_args().messages
    print(f"{'bytes':>7} {'inspector':>10} {'python':>8} {'engine':>8}   µs a message")
    for size in (100, 200, 2_000, 20_000):
        batch = messages(count, size)
        whole, python, engine = (
            least(work, count)
            for work in (through(builtin_engine(), batch), through(NoEngine(), batch), alone(batch))
        )
        print(f"{len(batch[0].data):>7} {whole:>10.1f} {python:>8.1f} {engine:>8.1f}")


if __name__ == "__main__":
    main()
