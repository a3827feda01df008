"""Writes cases-python.json: frames as the client stomp.py writes them.

pip install stomp-py==9.0.0
"""

import json
import sys
from base64 import b64encode
from importlib.metadata import version
from pathlib import Path

from stomp.utils import Frame, convert_frame

FRAMES = [
    ("send", "SEND", {"destination": "/app/chat", "content-length": "5"}, "hello"),
    ("send with a NUL", "SEND", {"destination": "/app/chat", "content-length": "7"}, "a\0b<c\0d"),
    ("subscribe", "SUBSCRIBE", {"destination": "/topic/chat", "id": "1", "selector": "1=1"}, None),
    ("stomp", "STOMP", {"accept-version": "1.2", "host": "localhost"}, None),
]


def encoded(value: object) -> str:
    return b64encode(str(value).encode()).decode()


cases = [
    {
        "name": f"{name}, stomp.py",
        "command": command,
        "wire": b64encode(b"".join(convert_frame(Frame(command, headers, body)))).decode(),
        "delivered": [encoded(value) for value in (*headers.values(), *([body] if body else []))],
    }
    for name, command, headers, body in FRAMES
]
by = [f"stomp-py {version('stomp-py')}", f"python {sys.version.split()[0]}"]
FILE = Path(__file__).with_name("cases-python.json")
FILE.write_text(json.dumps({"by": by, "cases": cases}, indent=1) + "\n")
