"""Changes to a running node: each is kept, logged, and in force at the next message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from threading import RLock
from typing import Protocol

from framewall import refusals
from framewall.config import Configuration
from framewall.config.relay import relay_settings
from framewall.config.ruletext import checked
from framewall.config.values import suggest
from framewall.control import overlay
from framewall.control._api import Allowed, Ban, ControlError, OwnRule, RuleState
from framewall.control.ruling import Ruleset, ruleset
from framewall.control.state import GONE, Deed, Edit, Live, State
from framewall.detect import builtin_rules, written
from framewall.limits import LIVE_RULES_BYTES
from framewall.model import ATTACKS, Action, Command, Mode, Verdict
from framewall.policy import Allowance
from framewall.policy.denials import source as network_of
from framewall.proxy import Settings
from framewall.watch import Live as LiveSocket
from framewall.watch import Watched

log = logging.getLogger("framewall.control")

#: How long a ban may last; longer ones are for good.
LONGEST_BAN = 10 * 365 * 86_400


class Steered(Protocol):
    """What changes ask of the relay."""

    def perform(self, commands: tuple[Command, ...]) -> None:
        """End what is to end."""

    def reload(self, settings: Settings) -> None:
        """Take other routes for what comes."""


class Changes:
    """Makes changes. ``clock`` gives Unix seconds. Thread-safe."""

    def __init__(
        self,
        configuration: Configuration,
        watched: Watched,
        state: State,
        relay: Steered,
        clock: Callable[[], float],
    ) -> None:
        self._configuration = configuration
        self._watched = watched
        self._state = state
        self._relay = relay
        self._clock = clock
        self._lock = RLock()
        self._now: tuple[Live, ...] = state.changes()
        self._off: frozenset[str] = frozenset()
        self._told: frozenset[str] = frozenset()
        self._apply(self.compile(configuration))

    @property
    def lock(self) -> RLock:
        """Whoever holds it sees no change being made."""
        return self._lock

    @property
    def rules(self) -> Ruleset:
        """The rules in force."""
        return self._rules

    @property
    def live(self) -> tuple[Live, ...]:
        """All changes in force."""
        return self._now

    def set_mode(self, route: str, mode: Mode | None, by: str, reason: str = "") -> None:
        """Change a route's mode; None goes back to the configuration's."""
        with self._lock:
            configured = self._configured_mode(route)
            before = self._watched.inspector.policy.route(route).mode.value
            deed = self._deed(by, reason)
            if mode is None or mode is configured:
                self._state.drop("mode", route, deed, ("mode", route, before, configured.value))
            else:
                self._state.put("mode", route, mode.value, deed, ("mode", route, before))
            self._apply()

    def add_exception(self, route: str, allowance: Allowance, by: str, reason: str = "") -> Allowed:
        """Allow what fits."""
        conditions = {name: getattr(allowance, name) for name in overlay.CONDITIONS}
        if not any(conditions.values()):
            raise ControlError(
                "an exception without a condition would allow everything; name a rule or a field"
            )
        if allowance.attack and allowance.attack not in ATTACKS:
            raise ControlError(
                f'"{allowance.attack}" is no attack class; {suggest(allowance.attack, list(ATTACKS))}'
            )
        if route:
            self._configured_mode(route)
        with self._lock:
            id = overlay.exception_id(route, allowance)
            deed = self._deed(by, reason)
            shown = {"route": route, **conditions}
            if any(each.kind == "removed" and each.name == id for each in self._now):
                self._state.drop("removed", id, deed, ("exception", id, None, shown))
            else:
                self._state.put("exception", id, shown, deed, ("exception", id, None))
            self._apply()
            return next(each for each in self.exceptions() if each.id == id)

    def remove_exception(self, id: str, by: str, reason: str = "") -> bool:
        """Take an exception back; one of the configuration's stays away over restarts."""
        with self._lock:
            found = next((each for each in self.exceptions() if each.id == id and each.active), None)
            if found is None:
                return False
            before = {"route": found.route} | {name: getattr(found, name) for name in overlay.CONDITIONS}
            deed = self._deed(by, reason)
            if found.origin == "live":
                self._state.drop("exception", id, deed, ("exception", id, before, None))
            else:
                self._state.put("removed", id, None, deed, ("exception", id, before))
            self._apply()
            return True

    def exceptions(self) -> tuple[Allowed, ...]:
        """All exceptions."""
        return overlay.exceptions(self._configuration, self._now)

    def set_rule(self, id: str, on: bool, by: str, reason: str = "") -> None:
        """Switch a rule, for all routes."""
        with self._lock:
            known = sorted(each.id for each in self._rules.states)
            if id not in known:
                raise ControlError(f'there is no rule "{id}"; {suggest(id, known)}')
            off = self._is_off(id)
            deed = self._deed(by, reason)
            if on and off:
                self._state.drop("rule", id, deed, ("rule", id, "off", "on"))
            elif not on and not off:
                self._state.put("rule", id, "off", deed, ("rule", id, "on"))
            self._apply()

    def put_rules(self, text: str, by: str, reason: str = "", instead_of: str = "") -> tuple[OwnRule, ...]:
        """Add or replace rules, all of a text or none. ``instead_of`` is the live rule that they take the place of."""
        rules = checked(text)
        ids = {each.id for each in rules}
        with self._lock:
            deed = self._deed(by, reason)
            edits = [
                Edit("own", each.id, each.text, ("rule", each.id, self._text(each.id), each.text))
                for each in rules
            ]
            if instead_of not in ids and any(each.id == instead_of for each in self._live_rules()):
                edits += self._without(instead_of)
            self._rule(edits, deed)
            return tuple(each for each in self._rules.own if each.id in ids)

    def remove_rule(self, id: str, by: str, reason: str = "") -> bool:
        """Take out one of the operator's rules. One of the configuration's files stays away over restarts."""
        with self._lock:
            found = next((each for each in self._rules.own if each.id == id), None)
            if found is None and any(each.id == id for each in self._rules.states):
                raise ControlError(
                    f'the rule "{id}" comes with Framewall: switch it off, or write your own with its id'
                )
            if found is None or (found.origin == "configuration" and not found.active):
                return False
            gone = Edit("unruled", id, True, ("rule", id, found.text, None))
            edits = self._without(id) if found.origin == "live" else [gone]
            self._rule(edits, self._deed(by, reason))
            return True

    def restore_rule(self, id: str, by: str, reason: str = "") -> bool:
        """Put back a rule of the configuration's files that was removed."""
        with self._lock:
            gone = any(each.kind == "unruled" and each.name == id for each in self._now)
            if gone:
                text = next((each.text for each in self._rules.own if each.id == id), None)
                self._rule([Edit("unruled", id, GONE, ("rule", id, None, text))], self._deed(by, reason))
            return gone

    def states(self) -> tuple[RuleState, ...]:
        """All rules in force, and whether they are switched off."""
        return self._rules.switched(self._now)

    def compile(self, configuration: Configuration) -> Ruleset:
        """The rules of a configuration with the live changes. Raises RuleError."""
        return ruleset(configuration, self._now)

    def ban(self, source: str, seconds: int | None, by: str, reason: str = "") -> Ban:
        """Refuse an address or network from now on, and end its live sessions."""
        name = _source(source)
        if seconds is not None and seconds < 1:
            raise ControlError("a ban lasts a second or more; leave the time out for a ban for good")
        with self._lock:
            deed = self._deed(by, reason)
            lasts = None if seconds is None or seconds > LONGEST_BAN else seconds
            until = None if lasts is None else deed.time + lasts
            self._state.put("ban", name, {"until": until}, deed, ("ban", name, self._ban_before(name)))
            self._apply()
        network = ip_network(name)
        self._end(self._watched.live.find(lambda live: _inside(live.session.request.client_ip, network)))
        self._relay.perform(self._watched.inspector.expel(lambda address: _inside(address, network)))
        return Ban(name, deed.time, until, reason, deed.who)

    def unban(self, source: str, by: str, reason: str = "") -> bool:
        """Let in again whoever goes by this, whether a person or a route has banned it."""
        name = source if source.startswith("cookie:") else _source(source)
        with self._lock:
            banned = self._watched.inspector.judge.banned
            automatic = _automatic(name)
            was = banned.until(automatic, self._clock()) is not None
            before = self._ban_before(name)
            if not was and before is None:
                return False
            if was:
                banned.remove(automatic)
            self._state.drop(
                "ban", name, self._deed(by, reason), ("ban", name, before or {"until": None}, None)
            )
            self._apply()
            return True

    def drop(self, id: str, by: str, reason: str = "") -> int:
        """End a live session on all its transports; how many WebSockets that were."""
        found = self._watched.live.find(lambda live: live.id == id)
        if found:
            target = f"{id} of {found[0].session.request.client_ip}"
            self._state.note("session", target, "live", "dropped", self._deed(by, reason))
        return self._end(found)

    def expire(self) -> None:
        """Forget bans that have run out."""
        with self._lock:
            now = self._clock()
            over = [
                each.name
                for each in self._now
                if each.kind == "ban" and each.value["until"] is not None and each.value["until"] <= now
            ]
            if over:
                self._state.forget("ban", over)
                self._apply()

    def reconfigured(self, configuration: Configuration, rules: Ruleset) -> None:
        """This configuration with these rules is in force now; the changes stay."""
        with self._lock:
            self._configuration = configuration
            self._apply(rules)

    def _end(self, found: Iterable[LiveSocket]) -> int:
        """Close the WebSockets; their clients are told as the route says, their servers as the framework does."""
        sockets = list(found)
        for live in {live.id: live for live in sockets}.values():
            request = live.session.request
            route = self._watched.inspector.policy.route(request.route)
            ended = refusals.told(route, Verdict(Action.CLOSE), live.session.conversation, None, None)
            self._relay.perform(ended.commands)
        return len(sockets)

    def _rule(self, edits: list[Edit], deed: Deed) -> None:
        """Change the rules, if what comes of it can be used."""
        gone = {(edit.kind, edit.name) for edit in edits}
        kept = [each for each in self._now if (each.kind, each.name) not in gone]
        made = [
            Live(edit.kind, edit.name, edit.value, deed.who, deed.time, deed.reason)
            for edit in edits
            if edit.value is not GONE
        ]
        if sum(len(str(each.value).encode()) for each in (*kept, *made) if each.kind == "own") > (
            LIVE_RULES_BYTES.default
        ):
            raise ControlError(
                f"rules written live have {LIVE_RULES_BYTES.default} bytes at most; put some into a file that the "
                "setting rules names"
            )
        rules = ruleset(self._configuration, (*kept, *made))
        names = {edit.name for edit in edits}
        for each in rules.own:
            if each.problem and each.id in names:
                raise ControlError(each.problem)
        self._state.write(edits, deed)
        self._apply(rules)

    def _without(self, id: str) -> list[Edit]:
        """Edits that take out a live rule, with its switch where nothing is left to be switched."""
        edits = [Edit("own", id, GONE, ("rule", id, self._text(id), None))]
        own = next(each for each in self._live_rules() if each.id == id)
        if not own.hides and self._is_off(id):
            edits.append(Edit("rule", id, GONE))
        return edits

    def _live_rules(self) -> list[OwnRule]:
        return [each for each in self._rules.own if each.origin == "live"]

    def _text(self, id: str) -> str | None:
        """The text of the rule in force."""
        own = next((each.text for each in self._rules.own if each.id == id and each.active), None)
        shipped = builtin_rules() if own is None and self._rules.builtin else ()
        return own or next((written(rule) for rule in shipped if rule["id"] == id), None)

    def _is_off(self, id: str) -> bool:
        return any(each.kind == "rule" and each.name == id for each in self._now)

    def _apply(self, rules: Ruleset | None = None) -> None:
        self._now = self._state.changes()
        inspector = self._watched.inspector
        if rules is not None:
            self._rules = rules
            inspector.engine = rules.engine
            unusable = frozenset(each.problem for each in rules.own if each.problem)
            for problem in sorted(unusable - self._told):
                log.error("a rule that was written live takes no part: %s", problem)
            self._told = unusable
        inspector.policy = policy = overlay.effective(self._configuration, self._now)
        inspector.judge.denied = overlay.denials(self._now)
        # What is off passes the relay unseen: it must know of that itself.
        off = frozenset(route.name for route in policy.routes if route.mode is Mode.OFF)
        if off != self._off:
            self._off = off
            self._relay.reload(relay_settings(self._configuration, policy))

    def _configured_mode(self, route: str) -> Mode:
        routes = {each.name: each.mode for each in overlay.effective(self._configuration, ()).routes}
        if route not in routes:
            raise ControlError(f'there is no route "{route}"; {suggest(route, sorted(routes))}')
        return routes[route]

    def _ban_before(self, name: str) -> object:
        return next((each.value for each in self._now if each.kind == "ban" and each.name == name), None)

    def _deed(self, by: str, reason: str) -> Deed:
        if not by:
            raise ControlError("a change needs to say who makes it")
        return Deed(by, self._clock(), reason)


def one_form(name: str) -> str:
    """What a route banned, as bans are told: addresses as networks of one."""
    try:
        return network_of(name)
    except ValueError:
        return name  # a cookie's hash


def _automatic(name: str) -> str:
    """What a route would have banned by this name: a lone address goes without its length."""
    address, slash, length = name.partition("/")
    return address if slash and length in ("32", "128") else name


def _source(text: str) -> str:
    try:
        return network_of(text.strip())
    except ValueError:
        raise ControlError(
            f'"{text}" is no IP address or network; write for example 203.0.113.9 or 203.0.113.0/24'
        ) from None


def _inside(address: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(address) in network
    except ValueError:
        return False
