"""A route's decisions as they travel over the control socket: whole, so that others judge as the node does."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from framewall.policy import RoutePolicy

_POLICY: TypeAdapter[RoutePolicy] = TypeAdapter(RoutePolicy)


def told_policy(policy: RoutePolicy) -> dict[str, Any]:
    """The decisions as JSON has them; descriptors' bytes as base64."""
    shape = asdict(policy)
    for schema in shape["schemas"]:
        schema["files"] = [(number, b64encode(data).decode()) for number, data in schema["files"]]
    return shape


def heard_policy(shape: dict[str, Any]) -> RoutePolicy:
    """The decisions again. Raises ValueError for what are none."""
    schemas = [
        {**schema, "files": [(number, b64decode(data)) for number, data in schema["files"]]}
        for schema in shape.get("schemas", ())
    ]
    return _POLICY.validate_python({**shape, "schemas": schemas})
