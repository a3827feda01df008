"""Stub of the native extension; checked against it by a test."""

from collections.abc import Iterator
from typing import Literal, final

_Bytes = bytes
_Int = int
_Refusal = tuple[int, list[tuple[str, str]], bytes | None]
"""``(status, headers, body)``; the body is one line of the relay's own if there is none."""

__version__: str

_Kind = Literal["map", "list", "text", "number", "bool", "null", "binary", "extension", "code", "raw"]

class FormatError(ValueError):
    """The bytes are not one whole document of the format asked for.

    ``outcome`` is ``invalid``, ``truncated`` or ``exhausted`` (a cap was reached; ``why`` names the limit).
    """

    outcome: Literal["invalid", "truncated", "exhausted"]
    at: int | None
    why: str

@final
class View:
    """One value in a document of any format: read lazily, never built. Frozen; keeps the document alive."""

    @staticmethod
    def parse(data: _Bytes, format: str = "json") -> View:
        """Read exactly one document. Raises FormatError; ValueError for an unknown format's name."""
    @staticmethod
    def parse_all(data: _Bytes, format: str = "json") -> list[View]:
        """Read all documents that stand side by side (JSON lines, sequences)."""
    @property
    def kind(self) -> _Kind: ...
    @property
    def span(self) -> tuple[_Int, _Int]:
        """Where it stands in the document: bytes, end exclusive; quotes excluded, brackets included."""
    @property
    def raw(self) -> _Bytes:
        """The bytes of ``span``, undecoded."""
    @property
    def bytes(self) -> _Bytes:
        """A leaf's decoded bytes; a container's raw ones."""
    @property
    def text(self) -> str:
        """``bytes`` as text, U+FFFD for what is not UTF-8."""
    @property
    def key(self) -> str | None:
        """The name it goes by in its map."""
    @property
    def int(self) -> _Int | None:
        """The integer that a number is, within 64 bits."""
    @property
    def consumed(self) -> _Int:
        """Bytes of the input that the whole document took; the rest is somebody else's."""
    def __len__(self) -> _Int:
        """Elements or members; 0 for a leaf."""
    def __bool__(self) -> Literal[True]: ...
    def __getitem__(self, key: _Int | str) -> View:
        """A list's element by place, or a map's last member of a name."""
    def get(self, key: str) -> View | None:
        """A map's last member of this name, as most back ends would take."""
    def get_all(self, key: str) -> list[View]:
        """All of a map's members of this name, in order."""
    def __iter__(self) -> Iterator[View]:
        """Elements or members in order, duplicates included."""
    def find(self, key: str) -> list[View]:
        """Every map, here or anywhere inside, that has a member of this name."""

def walk(
    data: bytes, format: str
) -> list[tuple[tuple[str | bytes | int, ...], str, str, bytes, tuple[int, int]]]:
    """All leaves of a document as ``(path, role, kind, bytes, span)``.

    ``role`` is ``key``, ``value``, ``anomaly`` (``kind`` is then its name), and in the last row ``outcome``
    (``kind`` is ``complete``, ``invalid``, ``truncated`` or ``exhausted``).
    """

def formats() -> list[str]:
    """Names of the formats that can be walked."""

def readings(data: bytes, hint: str = "auto") -> list[str]:
    """Names of the formats that these bytes may plausibly be, likeliest first."""

@final
class Settings:
    """What a route asks of the engine. Frozen.

    ``sensitivity`` is 1 (few false alarms) to 3 (few misses); ``classes`` are the attack classes looked for (all but
    ``leak``); ``cap`` is what one class can add to the score, ``caps`` those that differ; ``exceptions`` are
    ``(path glob, class or None, rule or None)``; ``code`` leaves out what shared code trips over,
    ``markup`` what HTML that runs no script does;
    ``protected_fields`` are globs of names that a client may not set; ``schemas`` are descriptors, each a format
    (``protobuf`` or ``avro``), a message type, and files with their numbers; a part whose hint is ``schema:0`` is read
    by the first. ``limits`` go by their names. Raises ValueError for names that are not known, and for descriptors that
    are none.
    """

    def __init__(
        self,
        *,
        threshold: int | None = None,
        sensitivity: int | None = None,
        classes: list[str] | None = None,
        cap: int | None = None,
        caps: dict[str, int] | None = None,
        exceptions: list[tuple[str, str | None, str | None]] | None = None,
        code: bool = False,
        markup: bool = False,
        protected_fields: list[str] | None = None,
        schemas: list[tuple[str, str, list[tuple[int | None, bytes]]]] | None = None,
        limits: dict[str, int] | None = None,
    ) -> None: ...
    def plain(self) -> Settings:
        """The same for one look at all that stands in plain sight, or percent-encoded, in entities or escapes. No cap
        ends it: its work is bounded by a number of passes over the message."""
    @property
    def threshold(self) -> int:
        """Score from which on a message is an attack."""

@final
class Engine:
    """The rules, compiled. Frozen; shared by all threads."""

    def __init__(self, rules_json: str) -> None:
        """Compile rules, a JSON list. Raises ValueError that names the rule which is wrong."""
    def __len__(self) -> int: ...
    def inspect(self, parts: list[tuple[bytes, str, bool]], settings: Settings | None = None) -> Report:
        """Judge one message, given as ``(bytes, hint, key)`` parts, without the GIL."""
    def measure(
        self, messages: list[bytes], hint: str = "auto", settings: Settings | None = None
    ) -> list[tuple[int, int]]:
        """Judge messages one after another, natively: ``(score, nanoseconds)`` of each. For benchmarks."""
    def verify(self) -> list[tuple[str, str, bool]]:
        """Run all rules' examples; those that do not hold, as ``(rule, example, whether it was to be found)``."""
    def imported_matches(self, text: bytes, *, key: bool = False) -> list[str]:
        """The ids of the rules imported from SecLang that hold for one text: no views, no exceptions, no levels."""

@final
class Report:
    """What the engine says of one message."""

    @property
    def score(self) -> int:
        """Sum of the findings' scores, capped by class."""
    @property
    def findings(self) -> list[Finding]:
        """All findings, strongest first."""

@final
class Finding:
    """One rule matched one leaf."""

    @property
    def attack(self) -> str:
        """The class, as the contract names it."""
    @property
    def rule(self) -> str: ...
    @property
    def score(self) -> int: ...
    @property
    def part(self) -> int:
        """Which of the parts it was in."""
    @property
    def path(self) -> tuple[str | int, ...]:
        """From the part's root to the leaf; documents nested in leaves continue it."""
    @property
    def role(self) -> Literal["key", "value"]: ...
    @property
    def chain(self) -> tuple[str, ...]:
        """Formats and views from outside in: ``("json", "base64", "percent")``."""
    @property
    def match(self) -> bytes:
        """The matched bytes, as the last view shows them."""
    @property
    def span(self) -> tuple[int, int] | None:
        """Where the leaf stands in the part, raw, when it can be told."""

@final
class Split:
    """How one side's messages are cut into parts. Frozen."""

    def __init__(self, name: str, signs: list[str] = [], inner: Split | None = None) -> None:
        """``signs``: patterns of messages that it takes none of. Raises ValueError for what is not known."""

@final
class Screen:
    """What may pass on connections that are alike. Frozen; shared by them all."""

    def __init__(
        self,
        engine: Engine,
        client: tuple[Split, Settings | None] | None = None,
        server: tuple[Split, Settings | None] | None = None,
        limits: tuple[int, int] | None = None,
    ) -> None:
        """Sides that are given are screened. ``limits``: bytes of a message, and work on it."""
    def passes(self, from_client: bool, text: bool, data: bytes) -> bool | None:
        """Whether a message that may pass says anything; None: it may not pass."""
    def parts(
        self, from_client: bool, text: bool, data: bytes
    ) -> tuple[bool, list[tuple[bytes, str, bool]]] | None:
        """Whether it says anything, and its parts, whatever is in them; None: it is not cut."""
    def measure(self, messages: list[bytes]) -> list[tuple[bool, int]]:
        """Screen a client's text messages one after another: ``(passed, nanoseconds)``. For benchmarks."""

@final
class Era:
    """The time in which a policy counts: permits of it end with it."""

    def end(self) -> None: ...

@final
class Permit:
    """Lets messages of one connection pass, until it is ended or its era is."""

    def __init__(self, screen: Screen, era: Era) -> None: ...
    def passes(self, from_client: bool, text: bool, data: bytes) -> bool:
        """Whether a message passes; one that does is counted."""
    def beat(self, from_client: bool) -> None:
        """A Ping or Pong has passed that says too little to be judged."""
    def traffic(self) -> tuple[int, int, int, int]:
        """Messages and bytes of the client that have passed, and of the server; also once it has ended."""
    def beats(self) -> tuple[tuple[int, float, float], tuple[int, float, float]]:
        """Heartbeats of the client that have passed, and of the server: how many, when the last one came, when the one
        before (Unix seconds, 0 for never); also once it has ended."""
    def end(self) -> tuple[int, int, list[tuple[float, bool, bool, int, bytes]]]:
        """How many messages have passed, how many of them said something, and the last few.

        Of each its Unix time, whether it is the client's, whether it is text, its size and its beginning.
        """

@final
class Relay:
    """A running relay, from an object with the attributes of ``framewall.proxy.Settings``."""

    def __new__(cls, options: object) -> Relay:
        """Listen and serve. ValueError for options that cannot be used, OSError if it cannot listen."""
    @property
    def addresses(self) -> list[str]: ...
    @property
    def connections(self) -> int: ...
    @property
    def tunnels(self) -> int: ...
    @property
    def screened(self) -> int:
        """Messages that have passed without a job."""
    @property
    def waiting(self) -> int:
        """Jobs that no thread has taken."""
    def reload(self, options: object) -> None:
        """Take new routes, upstreams, trusted proxies and caps; ValueError, and nothing has changed."""
    def take(self, seconds: float) -> Job | None:
        """The next job within this many seconds."""
    def starved(self, seconds: float) -> bool:
        """Wait until jobs wait because all threads are held up this long; False once the relay has stopped."""
    def close(
        self, connection: int, code: int, reason: str = "", messages: list[tuple[bool, bytes]] = ...
    ) -> bool:
        """End a tunnel, its client told ``(text, data)`` messages first; False if there is none of that number."""
    def refuse(self, request: int, refusal: _Refusal) -> bool:
        """Answer a request whose plan allows it, or end its answer's stream; False if none of that number waits."""
    @property
    def interruptible(self) -> int:
        """Requests that may be answered from outside now."""
    def send(
        self,
        route: str,
        client_ip: str,
        method: str,
        target: str,
        headers: list[tuple[str, str]],
        body: bytes,
    ) -> bool:
        """One request to the server of a route that this client goes to, later; its answer is not looked at."""
    def stop(self) -> None:
        """Close 1001 to all, and drain."""

@final
class Job:
    """Something to decide or to know; ``kind`` says which of the others are there."""

    @property
    def kind(
        self,
    ) -> Literal["request", "body", "response", "refused", "opened", "messages", "failed", "closed"]: ...
    @property
    def connection(self) -> int | None: ...
    @property
    def request(
        self,
    ) -> tuple[int, str, str, str, tuple[tuple[str, str], ...], str, str, str, bool]:
        """``(id, method, target, version, headers, client_ip, route, scheme, upgrade)``."""
    @property
    def body(self) -> bytes: ...
    @property
    def answered(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        """``(status, headers)``."""
    @property
    def upgrade(self) -> tuple[str | None, str | None]:
        """``(subprotocol, extensions)``."""
    @property
    def messages(self) -> list[tuple[bool, bool, bytes, int, bool, str | None]]:
        """``[(from the client, text, data, frames, compressed, control), …]``; ``control`` may be None."""
    @property
    def failure(self) -> tuple[str | None, str | None, str, int]:
        """``(side, limit, why, code)``."""
    @property
    def summary(self) -> tuple[str, str, str | None, int, int, int, int, float, str]:
        """``(client_ip, route, subprotocol, messages up, down, bytes up, down, seconds, reason)``."""
    def done(self) -> None:
        """Unanswered it has failed; its tunnel's next job may be taken."""
    def plan(
        self,
        refuse: _Refusal | None,
        inspect_body: bool,
        inspect_response: bool,
        records: str | None = None,
        interruptible: bool = False,
    ) -> None:
        """``records``: what the answer is a stream of, ``lines`` or ``events``."""
    def rule(self, refuse: _Refusal | None) -> None: ...
    def screen(self, permit: Permit | None) -> None:
        """To an opening: what may pass without a job from the first message on."""
    def rulings(
        self,
        codes: list[int],
        reason: str = "",
        messages: list[tuple[bool, bytes]] = ...,
        permit: Permit | None = None,
    ) -> None:
        """In order: 0 passes, 1 drops, anything else is the code to close with, after ``(text, data)`` messages.

        ``permit``: what may pass without a job from now on, until the next one.
        """

def relay_limits() -> list[tuple[str, int, str]]:
    """The relay's caps as ``(name, default, outcome)``."""
