"""Writes deflate_python.json: permessage-deflate streams as Python's zlib makes them."""

from __future__ import annotations

import json
import platform
import random
import zlib
from pathlib import Path
from typing import Any

TAIL = b"\x00\x00\xff\xff"
KEY = bytes.fromhex("a1b2c3d4")
CHAT = [
    '42["new message","hello there"]',
    '42["typing"]',
    '42["new message","hello there, how are you?"]',
    '42["new message","don\'t worry, 1 < 2 and 3 > 2"]',
    '42["new message","κόσμε 🙂"]',
    '42["new message","<img src=x onerror=alert(1)>"]',
]


def frame(payload: bytes) -> bytes:
    """A whole compressed text message from a client (RFC 6455 5.2)."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\xc1" + length + KEY + bytes(byte ^ KEY[i % 4] for i, byte in enumerate(payload))


def case(
    name: str, texts: list[str], *, bits: int = 15, takeover: bool = True, **options: int
) -> dict[str, Any]:
    """The texts as one client's messages."""
    stream, compressor = b"", None
    for text in texts:
        if compressor is None or not takeover:
            compressor = zlib.compressobj(wbits=-bits, **options)
        data = compressor.compress(text.encode()) + compressor.flush(zlib.Z_SYNC_FLUSH)
        assert data.endswith(TAIL)
        stream += frame(data[: -len(TAIL)])
    units = [
        {"message": "text", "payload": text.encode().hex(), "frames": 1, "compressed": True} for text in texts
    ]
    deflate = {"client_max_window_bits": bits, "client_no_context_takeover": not takeover}
    return {
        "name": name,
        "rfc": "7692 7.2",
        "sender": "client",
        "deflate": deflate,
        "bytes": stream.hex(),
        "units": units,
    }


def main() -> None:
    """Makes the cases and writes them beside this file."""
    words = random.Random(6455).choices(
        ["lorem", "ipsum", "dolor", "sit", "amet", "consetetur", "sadipscing", "elitr"], k=400
    )
    long = " ".join(words)
    cases = [
        case("chat with takeover", CHAT),
        case("chat without takeover", CHAT, takeover=False),
        *(
            case(f"chat with a window of {bits} bits", [*CHAT, long, *CHAT], bits=bits)
            for bits in range(9, 16)
        ),
        *(case(f"chat at level {level}", [*CHAT, long, *CHAT], level=level) for level in (0, 1, 6, 9)),
        case("chat with little memory", [*CHAT, long], memLevel=1),
        case("fixed codes only", [*CHAT, long], strategy=zlib.Z_FIXED),
        case("Huffman codes only", [*CHAT, long], strategy=zlib.Z_HUFFMAN_ONLY),
        case("run lengths only", ["a" * 1000, *CHAT], strategy=zlib.Z_RLE),
        case("empty messages", ["", *CHAT[:1], "", ""]),
    ]
    by = f"Python {platform.python_version()}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    out = {"about": "Streams compressed by Python's zlib. Format: README.md.", "by": by, "cases": cases}
    Path(__file__).with_name("deflate_python.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
