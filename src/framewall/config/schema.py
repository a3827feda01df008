"""``framewall.toml`` as types; each field's description is what the documentation says of it.

What may be decided for every route stands in :class:`Decisions`. At the top of the file it holds for all
routes, in a route for that one. ``None`` means: as at the top of the file, or else as Framewall ships.
"""

from __future__ import annotations

import socket
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from framewall._core import Settings
from framewall.config import values
from framewall.events import DEFAULT_URL
from framewall.model import Mode, Transport

Seconds = Annotated[int, BeforeValidator(values.as_seconds)]
Limits = Annotated[dict[str, int], BeforeValidator(values.as_limits)]
Address = Annotated[str, BeforeValidator(values.as_address)]
Url = Annotated[str, BeforeValidator(values.as_url)]

# A lone value may stand for a list of one.
_Listed = BeforeValidator(values.as_list)
Addresses = Annotated[tuple[Address, ...], _Listed]
Hosts = Annotated[tuple[Annotated[str, BeforeValidator(values.as_host)], ...], _Listed]
Networks = Annotated[tuple[Annotated[str, BeforeValidator(values.as_network)], ...], _Listed]
Paths = Annotated[tuple[Annotated[str, BeforeValidator(values.as_path)], ...], _Listed]
Stores = Annotated[tuple[Annotated[str, BeforeValidator(values.as_store)], ...], _Listed]
Names = Annotated[tuple[Annotated[StrictStr, Field(min_length=1)], ...], _Listed]
File = Annotated[StrictStr, Field(min_length=1)]
Origins = Annotated[tuple[Annotated[str, BeforeValidator(values.as_origin)], ...], _Listed]
Subprotocols = Annotated[tuple[Annotated[str, BeforeValidator(values.as_token)], ...], _Listed]
Bans = Annotated[tuple[Annotated[str, BeforeValidator(values.as_ban)], ...], _Listed, Field(min_length=1)]
Transports = Annotated[tuple[Transport, ...], _Listed]
Contents = Annotated[bytes, BeforeValidator(values.as_contents)]

#: Caps of the whole process: a route cannot have its own.
PROCESS_LIMITS = frozenset((
    "event_queue", "event_queue_bytes", "events_keep_days", "events_max_bytes", "connections", "client_connections",
    "headers", "head_bytes", "head_seconds", "drain_seconds", "memory_bytes",
))  # fmt: skip


class Table(BaseModel):
    """A table of the file: no key but those named here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Allow(Table):
    """Findings that the operator has decided to allow: those that fit every condition given."""

    rule: Annotated[str, BeforeValidator(values.as_rule)] = Field(
        default="", description="A rule's id, as findings tell it."
    )
    attack: Annotated[str, BeforeValidator(values.as_attack)] = Field(
        default="", description="An attack class, such as `xss`."
    )
    field: StrictStr = Field(
        default="", description="A field's name; `*` stands for anything, as in `*.args[0]`."
    )
    event: StrictStr = Field(default="", description="The event's name, as the framework tells it.")

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if not (self.rule or self.attack or self.field or self.event):
            raise values.wrong(
                "an exception without a condition would allow everything",
                'write at least one of rule, attack, field, event; to allow everything write mode = "off"',
            )
        return self


class Descriptor(Table):
    """Names for the fields of a binary format, whose data has none."""

    event: StrictStr = Field(
        default="", description="The event whose data is described; `*` stands for anything. All, if not set."
    )
    protobuf: Contents | None = Field(
        default=None,
        description="A file with a `FileDescriptorSet`, as `protoc --include_imports --descriptor_set_out` "
        "writes it.",
    )
    message: StrictStr = Field(
        default="", description="The full name of the message type that is sent: `chat.Envelope`."
    )
    avro: Contents | None = Field(
        default=None, description="A file with an Avro schema, for data without a number in a registry."
    )
    registry: Annotated[dict[int, Contents], BeforeValidator(values.as_registry)] = Field(
        default={}, description="Files with Avro schemas by their numbers in a schema registry."
    )

    @property
    def format(self) -> str:
        """``protobuf`` or ``avro``."""
        return "avro" if self.protobuf is None else "protobuf"

    @property
    def files(self) -> tuple[tuple[int | None, bytes], ...]:
        """The descriptors, each with its number or None."""
        lone = self.avro if self.protobuf is None else self.protobuf
        return (*(() if lone is None else ((None, lone),)), *self.registry.items())

    @model_validator(mode="after")
    def _describes_one_format(self) -> Self:
        avro = self.avro is not None or bool(self.registry)
        if avro == (self.protobuf is not None):
            raise values.wrong(
                "a descriptor is of one format",
                'write protobuf = "FILE" and message = "NAME", or avro = "FILE", or registry = { 1 = "FILE" }',
            )
        if avro == bool(self.message):
            why = "Avro has no message types" if avro else "which message type is sent is not said"
            instead = "leave message out" if avro else 'write for example message = "chat.Envelope"'
            raise values.wrong(why, instead, ("message",) if avro else ())
        return self

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        try:
            Settings(schemas=[(self.format, self.message, list(self.files))])
        except ValueError as error:
            why, _, instead = str(error).partition(": ")
            raise values.wrong(why, instead or "name a file that is") from None
        return self


class Decisions(Table):
    """What an operator decides for a route, or for all of them."""

    mode: Mode | None = Field(
        default=None,
        description="`off` passes, `monitor` records, `safe_block` blocks clients on the graylist and "
        "records the rest, `block` drops the socket.",
    )
    inspect: Literal["client", "both"] | None = Field(
        default=None, description="Whose messages are judged: the client's, or the server's as well."
    )
    threshold: Annotated[StrictInt, Field(ge=1)] | None = Field(
        default=None, description="The score from which a message is an attack; one certain finding has 5."
    )
    sensitivity: Annotated[StrictInt, Field(ge=1, le=3)] | None = Field(
        default=None, description="Which rules take part: 1 for few false alarms, 3 for few misses."
    )
    transports: Transports | None = Field(
        default=None, description="The only transports allowed: `websocket`, `polling`. All, if not set."
    )
    shares_code: StrictBool | None = Field(
        default=None,
        description="Whether people share code here: rules that code trips over are then left out.",
    )
    writes_markup: StrictBool | None = Field(
        default=None,
        description="Whether people write HTML here, as in an editor: what runs no script is then left out.",
    )
    protected_fields: Names | None = Field(
        default=None,
        description="Names that clients may not set, as `isAdmin` or `*.role`: a message with one is "
        "`mass_assignment`.",
    )
    leaks: StrictBool | None = Field(
        default=None,
        description="Whether servers' messages are searched for secrets, stack traces and SQL errors; "
        'needs `inspect = "both"`.',
    )
    window: StrictBool | None = Field(
        default=None,
        description="Whether the last texts of each field are also judged together, for attacks that come in pieces.",
    )
    origins: Origins | None = Field(
        default=None,
        description="The only origins whose pages may connect: `same-origin`, `https://chat.example`, "
        "`https://*.chat.example`, `null`. All, if not set; what is no browser sends none and may always.",
    )
    subprotocols: Subprotocols | None = Field(
        default=None,
        description="The only WebSocket subprotocols that may be offered and selected; `none` stands for a "
        "connection without one. All, if not set.",
    )
    exceptions: tuple[Allow, ...] = Field(
        default=(), description="Findings to allow. A route has those at the top of the file and its own."
    )
    schemas: Annotated[tuple[Descriptor, ...], _Listed] = Field(
        default=(),
        description="Names for the fields of binary formats. A route has its own, and then those at the top "
        "of the file.",
    )
    limits: Limits = Field(
        default={}, description="Caps by name. A route has those at the top of the file, changed by its own."
    )
    graylist: Networks | None = Field(
        default=None, description="Networks that `safe_block` takes for known attackers from the start."
    )
    graylist_seconds: Seconds | None = Field(
        default=None, description="How long an attack keeps its client on the graylist."
    )
    ban_seconds: Seconds | None = Field(
        default=None, description="How long a blocked client is refused at the handshake; 0 is not at all."
    )
    ban_by: Bans | None = Field(
        default=None,
        description="What a banned client is known again by: `ip`, `cookie:NAME`, or both; one is enough.",
    )
    ban_status: Literal[403, 429] | None = Field(
        default=None, description="The HTTP status that a banned client gets, with `Retry-After`."
    )
    refusal: Literal["none", "framework"] | None = Field(
        default=None,
        description="What a blocked client is told before its socket is closed: nothing, or the refusal of its "
        "framework, which keeps most clients from coming back by themselves.",
    )
    refusal_text: Annotated[str, BeforeValidator(values.as_refusal_text)] | None = Field(
        default=None,
        description="What that refusal says to people. Where no framework is recognised it is a message of its "
        "own, and without it there is none.",
    )
    refusal_status: Annotated[StrictInt, Field(ge=400, le=499)] | None = Field(
        default=None,
        description="The HTTP status of a refused handshake, or of a refused request of a fallback, unless its "
        "framework's refusal needs another one.",
    )
    close_code: Annotated[int, BeforeValidator(values.as_close_code)] | None = Field(
        default=None, description="The code of the Close that ends a blocked client's socket."
    )
    close_reason: Annotated[str, BeforeValidator(values.as_close_reason)] | None = Field(
        default=None, description="The reason in the Close that ends a blocked client's socket."
    )
    fail: Literal["closed", "open"] | None = Field(
        default=None, description="What becomes of a message that Framewall itself fails to judge."
    )


class Route(Decisions):
    """Requests of some hosts and paths, where they go, and what is decided for them."""

    name: StrictStr = Field(min_length=1, description="What events and metrics call it.")
    host: Hosts = Field(
        default=("*",), description="Hosts: `chat.example`, `*.chat.example`, or `*` for all."
    )
    path: Paths = Field(default=("/",), description="Paths, each with all below it.")
    upstream: StrictStr | None = Field(
        default=None, description="Where requests go: an upstream group's name, or a server's URL."
    )

    @property
    def takes_everything(self) -> bool:
        """Whether no request passes by this route."""
        return "*" in self.host and "/" in self.path

    @model_validator(mode="after")
    def _has_no_process_limits(self) -> Self:
        for name in sorted(PROCESS_LIMITS & self.limits.keys()):
            raise values.wrong(
                f"{name} is a limit of the whole process, not of a route",
                "move it to [limits] at the top of the file",
                ("limits", name),
            )
        return self


class Server(Table):
    """One server of a group."""

    url: Url = Field(description="`http://HOST:PORT` or `unix:/PATH`.")
    weight: Annotated[StrictInt, Field(ge=1, le=1_000)] = Field(
        default=1, description="How many connections it gets for each one of a server with weight 1."
    )


class Upstream(Table):
    """A group of servers that do the same work."""

    servers: Annotated[
        tuple[Annotated[Server, BeforeValidator(values.as_server)], ...], _Listed, Field(min_length=1)
    ] = Field(description="The servers: URLs, or tables of `url` and `weight`.")
    balance: Literal["round_robin", "ip_hash"] = Field(
        default="round_robin",
        description="How one is chosen: in turn by weight, or by the client's address, so that "
        "long-polling finds its session again.",
    )


_EXAMPLE = 'write upstream = "http://127.0.0.1:3000"'


class Configuration(Decisions):
    """The whole file."""

    listen: Addresses = Field(
        default=("127.0.0.1:8080",),
        description="Where clients connect: `HOST:PORT` or `unix:/PATH`, one or several.",
    )
    upstream: StrictStr | None = Field(
        default=None,
        description="Where requests of routes without an upstream of their own go: a URL or a group.",
    )
    upstreams: dict[str, Upstream] = Field(default={}, description="Groups of servers, by name.")
    routes: tuple[Route, ...] = Field(
        default=(), description="Routes; the first one whose host and path fit takes a request."
    )
    events: Stores = Field(
        default=(DEFAULT_URL,), description="Where events go: `sqlite:PATH`, `jsonl:PATH`, `jsonl:-`."
    )
    rules: Names = Field(
        default=(),
        description="Files and folders with rules of your own, or imported ones. One with a built-in rule's id "
        "takes its place.",
    )
    builtin_rules: StrictBool = Field(
        default=True, description="Whether the rules that come with Framewall are used."
    )
    trusted_proxies: Networks = Field(
        default=(), description="Proxies in front of Framewall, whose `X-Forwarded-For` is believed."
    )
    console: Annotated[str, BeforeValidator(values.as_toggle_address)] = Field(
        default="off", description="Where the console listens: `HOST:PORT`, or `off`."
    )
    console_tls_cert: File | None = Field(
        default=None, description="Its certificate (PEM): it then speaks TLS."
    )
    console_tls_key: File | None = Field(default=None, description="The private key of that (PEM).")
    console_hosts: Names = Field(
        default=(), description="Names that browsers call it by, beside addresses and `localhost`."
    )
    console_without_tls: StrictBool = Field(
        default=False,
        description="Whether it may listen beyond this machine in the clear: something else speaks TLS.",
    )
    control: StrictStr | None = Field(
        default=None,
        min_length=1,
        description="Where the node's control socket is: a path, or `off`; a private folder beside the events, if "
        "not set.",
    )
    metrics: Annotated[str, BeforeValidator(values.as_toggle_address)] = Field(
        default="off", description="Where Prometheus finds `/metrics`: `HOST:PORT`, or `off`."
    )
    node: StrictStr = Field(
        default_factory=socket.gethostname, min_length=1, description="What events call this machine."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="How much is told on standard error; `debug` has a line for each connection.",
    )

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.upstream is None and not self.routes:
            raise values.wrong(
                "there is no upstream to protect", f"{_EXAMPLE} with your application's address"
            )
        for place, route in enumerate(self.routes):
            if self.upstream is None and route.upstream is None:
                why = f'route "{route.name}" has no upstream'
                raise values.wrong(why, f"{_EXAMPLE} in it, or at the top of the file", ("routes", place))
        return self

    @model_validator(mode="after")
    def _has_both_halves_of_tls(self) -> Self:
        halves = ("console_tls_cert", "console_tls_key")
        missing = [name for name in halves if getattr(self, name) is None]
        if len(missing) == 1:
            (there,) = set(halves) - set(missing)
            why = f"it is of no use without {missing[0]}"
            raise values.wrong(why, f'name its file: {missing[0]} = "…"', (there,))
        return self

    @model_validator(mode="after")
    def _names_routes_once(self) -> Self:
        names: set[str] = set()
        for place, route in enumerate(self.routes):
            if route.name in names:
                why = f'another route is named "{route.name}" already'
                raise values.wrong(
                    why, "give each its own: events tell routes by it", ("routes", place, "name")
                )
            names.add(route.name)
        return self

    @model_validator(mode="after")
    def _reaches_every_route(self) -> Self:
        greedy = [place for place, route in enumerate(self.routes) if route.takes_everything]
        if greedy and greedy[0] < len(self.routes) - 1:
            first = self.routes[greedy[0]].name
            why = f'route "{first}" before it takes everything'
            raise values.wrong(why, f'move it above route "{first}"', ("routes", greedy[0] + 1))
        return self
