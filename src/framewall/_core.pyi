"""Stub of the native extension; checked against it by a test."""

from collections.abc import Iterator
from typing import Literal, final

_Bytes = bytes
_Int = int

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
