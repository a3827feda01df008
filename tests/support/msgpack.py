"""Just enough MessagePack to write what a peer could send."""

from __future__ import annotations

import struct


def pack(value: object) -> bytes:
    """The value in MessagePack, in its shortest common forms."""
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int():
            return bytes([value]) if 0 <= value < 128 else struct.pack(">Bq", 0xD3, value)
        case float():
            return struct.pack(">Bd", 0xCB, value)
        case str():
            data = value.encode()
            return struct.pack(">BI", 0xDB, len(data)) + data
        case bytes():
            return struct.pack(">BI", 0xC6, len(value)) + value
        case list():
            return struct.pack(">BI", 0xDD, len(value)) + b"".join(map(pack, value))
        case dict():
            pairs = b"".join(pack(key) + pack(member) for key, member in value.items())
            return struct.pack(">BI", 0xDF, len(value)) + pairs
    raise TypeError(f"{type(value)} has no MessagePack form here")
