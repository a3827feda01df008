"""Typed JSON for programs: the same as the pages, by the same rights. Described at ``/api/openapi.json``."""

from framewall.console._api import events, node, rules

ROUTERS = (events.router, node.router, rules.router)
