"""Writes cases-python.json: messages as Autobahn serializes them, each twice in a batch where it batches.

Autobahn's ``ubjson`` is BJData, its older versions' was py-ubjson's, which has no batches here.
pip install autobahn==26.10.2 msgpack==1.2.4 cbor2==6.3.0 py-ubjson==0.16.1 'numpy<2' bjdata==0.6.6
"""

import json
import sys
from base64 import b64encode
from importlib.metadata import version
from pathlib import Path

import ubjson
from autobahn.wamp import serializer

HERE = Path(__file__).parent
MESSAGES = json.loads((HERE / "messages.json").read_text())
SERIALIZERS = {
    "json": "JsonObjectSerializer",
    "msgpack": "MsgPackObjectSerializer",
    "cbor": "CBORObjectSerializer",
    "ubjson": "UBJSONObjectSerializer",
}

cases = []
for name, kind in SERIALIZERS.items():
    for batched in (False, True):
        write = getattr(serializer, kind)(batched=batched).serialize
        for message in MESSAGES:
            wire = write(message["value"]) * (2 if batched else 1)
            subprotocol = f"wamp.2.{name}" + (".batched" if batched else "")
            cases.append(
                {
                    "name": f"{message['name']}, {subprotocol}",
                    "message": message["name"],
                    "subprotocol": subprotocol,
                    "wire": b64encode(wire).decode(),
                }
            )
for message in MESSAGES:
    wire = ubjson.dumpb(message["value"])
    case = {
        "name": f"{message['name']}, py-ubjson",
        "message": message["name"],
        "subprotocol": "wamp.2.ubjson",
    }
    cases.append({**case, "wire": b64encode(wire).decode()})
packages = ("autobahn", "msgpack", "cbor2", "bjdata", "py-ubjson")
by = [f"{each} {version(each)}" for each in packages] + [f"python {sys.version.split()[0]}"]
(HERE / "cases-python.json").write_text(json.dumps({"by": by, "cases": cases}, indent=1) + "\n")
