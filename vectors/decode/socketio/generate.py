"""Runs cases.json through python-socketio and python-engineio; writes what they deliver to delivered-python.json.

pip install python-socketio==5.18.1 && python generate.py
"""

import base64
import json
from importlib.metadata import version
from pathlib import Path

from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio.packet import BINARY_ACK, BINARY_EVENT, Packet

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text())
BY = f"python-socketio {version('python-socketio')}"


def values(found, into):
    """Every string and bytes that an application would be handed."""
    if isinstance(found, str):
        into.append(base64.b64encode(found.encode("utf-8", "surrogatepass")).decode())
    elif isinstance(found, bytes):
        into.append(base64.b64encode(found).decode())
    elif isinstance(found, list):
        for each in found:
            values(each, into)
    elif isinstance(found, dict):
        for key, each in found.items():
            values(key, into)
            values(each, into)
    return into


def deliver(wire):
    """As the server does: a binary packet waits for its attachments, everything else is handed on."""
    delivered, pending, accepted = [], None, True
    try:
        for data in wire:
            engine = EnginePacket(encoded_packet=data)
            if engine.packet_type != MESSAGE:
                continue
            if pending is not None:
                if pending.add_attachment(engine.data):
                    delivered.append(pending)
                    pending = None
                continue
            packet = Packet(encoded_packet=engine.data)
            if packet.packet_type in (BINARY_EVENT, BINARY_ACK):
                pending = packet
            else:
                delivered.append(packet)
    except Exception:
        accepted = False
    found = []
    for packet in delivered:
        values([packet.namespace or "/", packet.data], found)
    return {"accepted": accepted, "values": found}


messages = [
    {
        "name": case["name"],
        "by": {BY: deliver([*case["texts"], *map(base64.b64decode, case.get("binary", []))])},
    }
    for case in CASES["messages"]
]


def decoded(text):
    """The bytes, or None where Python refuses."""
    try:
        return base64.b64encode(EnginePacket(encoded_packet="b" + text).data).decode()
    except ValueError:
        return None


result = {
    "by": {"python-socketio": version("python-socketio"), "python-engineio": version("python-engineio")},
    "messages": messages,
    "base64": [{"name": case["name"], "bytes": decoded(case["text"])} for case in CASES["base64"]],
}
(HERE / "delivered-python.json").write_text(json.dumps(result, indent=1) + "\n")
