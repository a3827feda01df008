"""Multipart: fields, files, encodings, parts in parts, odd boundaries, by six encoders."""

from __future__ import annotations

import email.message
import email.mime.application
import email.mime.multipart
import email.mime.text
import email.policy
import io
import re
from typing import Any

import httpx
import requests
import urllib3
from leaves import leaf
from requests_toolbelt import MultipartEncoder

from .battery import ATTACK
from .collect import PYTHON, Rows, Vectors, package
from .node import Node

SVG = b"<svg onload=alert(1)>"
BINARY = b"\x89PNG\r\n\x1a\n\x00\xff--X\r\n"

Header = tuple[str, str, list[tuple[str, str]]]


def disposition(name: str, *more: tuple[str, str], raw: str | None = None) -> Header:
    """A Content-Disposition; `raw` where it is not written plainly."""
    written = raw or "; ".join(["form-data", *(f'{key}="{text}"' for key, text in (("name", name), *more))])
    return "Content-Disposition", written, [("name", name), *more]


def kind(text: str, *parameters: tuple[str, str]) -> Header:
    return "Content-Type", text, [*parameters]


def part(name: str | int, headers: list[Header], body: str | bytes | Rows, file: bool = False) -> Rows:
    """The leaves of a part: its name, its headers with their parameters, its body or the parts in it."""
    rows: Rows = [] if isinstance(name, int) else [leaf([name], "key", "text", name)]
    for header, text, parameters in headers:
        at = [name, header]
        rows += [leaf(at, "key", "text", header), leaf(at, "value", "text", text)]
        rows += [leaf([*at, key], "value", "text", found) for key, found in parameters]
    if isinstance(body, list):
        return rows + [{**row, "path": [name, *row["path"]]} for row in body]
    return [*rows, leaf([name], "value", "binary" if file else "text", body)]


def make(vectors: Vectors, node: Node) -> None:
    by_urllib3(vectors)
    by_toolbelt(vectors)
    by_requests(vectors)
    by_email(vectors)
    by_script(vectors, node)


def by_urllib3(vectors: Vectors) -> None:
    by = package("urllib3")
    fields = [("text", ATTACK), ("text", "again"), ("empty", ""), ("é", "漢字😀\r\n--no boundary")]
    data, _ = urllib3.encode_multipart_formdata(fields, boundary="-----a_b.c")
    told = [row for name, text in fields for row in part(name, [disposition(name)], text)]
    vectors.add(by, "fields", data, told)
    files = {"file": ('a "b" <c>.svg', SVG, "image/svg+xml"), "bin": ("é.png", BINARY, "image/png")}
    data, _ = urllib3.encode_multipart_formdata(files, boundary="X")
    rows = part(
        "file", [disposition("file", ("filename", "a %22b%22 <c>.svg")), kind("image/svg+xml")], SVG, True
    )
    rows += part("bin", [disposition("bin", ("filename", "é.png")), kind("image/png")], BINARY, True)
    vectors.add(by, "files", data, rows)
    old = urllib3.fields.RequestField(
        "file", SVG, filename="é.svg", header_formatter=urllib3.fields.format_header_param_rfc2231
    )
    old.make_multipart(content_type="image/svg+xml")
    data, _ = urllib3.encode_multipart_formdata([old], boundary="X")
    raw = "form-data; name=\"file\"; filename*=utf-8''%C3%A9.svg"
    rows = part(
        "file", [disposition("file", ("filename*", "é.svg"), raw=raw), kind("image/svg+xml")], SVG, True
    )
    vectors.add(by, "a file name as of RFC 2231", data, rows)
    extra = urllib3.fields.RequestField("meta", '{"a":"<b>"}', headers={"X-Note": "a; b=c"})
    extra.make_multipart(content_type="application/json; charset=utf-8", content_location="/x")
    data, _ = urllib3.encode_multipart_formdata([extra], boundary="X")
    headers = [disposition("meta"), kind("application/json; charset=utf-8", ("charset", "utf-8"))]
    headers += [("Content-Location", "/x", []), ("X-Note", "a; b=c", [("b", "c")])]
    found = re.findall(r"^([\w-]+):", data.decode(), re.M)
    rows = part("meta", sorted(headers, key=lambda header: found.index(header[0])), '{"a":"<b>"}')
    vectors.add(by, "other headers", data, rows)
    vectors.cuts("other headers (urllib3)", data, ends_itself=False)


def by_toolbelt(vectors: Vectors) -> None:
    by = package("requests-toolbelt")
    for name, boundary in (
        ("letters", "'()+_,-./:=?0"),
        ("a blank", "with blank"),
        ("the longest", "b" * 70),
        ("dashes", "--" * 12),
    ):
        fields = {"text": ATTACK, "file": ("a.svg", io.BytesIO(SVG), "image/svg+xml", {"X-Id": "7"})}
        data = MultipartEncoder(fields=fields, boundary=boundary).read()
        headers = [disposition("file", ("filename", "a.svg")), kind("image/svg+xml"), ("X-Id", "7", [])]
        found = re.findall(r"^([\w-]+):", data.decode(), re.M)[1:]
        headers.sort(key=lambda header: found.index(header[0]))
        vectors.add(
            by,
            f"a boundary of {name}",
            data,
            part("text", [disposition("text")], ATTACK) + part("file", headers, SVG, True),
        )


def by_requests(vectors: Vectors) -> None:
    files = {"file": ("a.txt", ATTACK, "text/plain")}
    asked = requests.Request("POST", "http://x/", data={"a": "1", "b": ["2", "<b>"]}, files=files).prepare()
    rows = (
        part("a", [disposition("a")], "1")
        + part("b", [disposition("b")], "2")
        + part("b", [disposition("b")], "<b>")
    )
    rows += part("file", [disposition("file", ("filename", "a.txt")), kind("text/plain")], ATTACK, True)
    vectors.add(package("requests"), "fields and a file", bytes(asked.body or b""), rows)
    many = [("f", ("one.svg", SVG)), ("f", ('t"wo.bin', BINARY))]
    sent = httpx.Request("POST", "http://x/", data={"text": "é <b>"}, files=many)
    rows = part("text", [disposition("text")], "é <b>")
    rows += part("f", [disposition("f", ("filename", "one.svg")), kind("image/svg+xml")], SVG, True)
    rows += part(
        "f", [disposition("f", ("filename", "t%22wo.bin")), kind("application/octet-stream")], BINARY, True
    )
    vectors.add(package("httpx"), "two files of one name", sent.read(), rows)


def mail(subtype: str, parts: list[Any], boundary: str) -> bytes:
    """Parts as a mail has them, without the mail's own headers."""
    message = email.mime.multipart.MIMEMultipart(subtype, boundary, parts)
    return message.as_bytes(policy=email.policy.HTTP).partition(b"\r\n\r\n")[2]


def by_email(vectors: Vectors) -> None:
    by = f"email ({PYTHON})"
    plain = email.mime.text.MIMEText("<b>plain</b>", "plain", "us-ascii")
    coded = email.mime.text.MIMEText("é <script>", "html", "utf-8")
    packed = email.mime.application.MIMEApplication(SVG, "octet-stream", name="a.svg")
    packed.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "é.svg"))
    data = mail("mixed", [plain, coded, packed], "mixed")
    version = ("MIME-Version", "1.0", [])

    def text(place: int, subtype: str, charset: str, way: str, body: str) -> Rows:
        headers = [
            kind(f'text/{subtype}; charset="{charset}"', ("charset", charset)),
            version,
            ("Content-Transfer-Encoding", way, []),
        ]
        return part(place, headers, body)

    rows = text(0, "plain", "us-ascii", "7bit", "<b>plain</b>")
    rows += text(1, "html", "utf-8", "base64", "w6kgPHNjcmlwdD4=\r\n")
    headers = [
        kind('application/octet-stream; name="a.svg"', ("name", "a.svg")),
        version,
        ("Content-Transfer-Encoding", "base64", []),
        ("Content-Disposition", "attachment; filename*=utf-8''%C3%A9.svg", [("filename*", "é.svg")]),
    ]
    rows += part(2, headers, "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+\r\n", True)
    vectors.add(by, "mixed, with encodings", data, rows)
    inner = email.mime.multipart.MIMEMultipart("alternative", "inner-one", [plain, plain])
    data = mail("mixed", [plain, inner, plain], "outer")
    one = text(0, "plain", "us-ascii", "7bit", "<b>plain</b>")
    within = one + text(1, "plain", "us-ascii", "7bit", "<b>plain</b>")
    headers = [kind('multipart/alternative; boundary="inner-one"', ("boundary", "inner-one")), version]
    rows = one + part(1, headers, within) + text(2, "plain", "us-ascii", "7bit", "<b>plain</b>")
    vectors.add(by, "alternatives inside mixed", data, rows)
    vectors.cuts("alternatives inside mixed (email)", data, ends_itself=False)
    files = email.mime.multipart.MIMEMultipart("mixed", "files")
    for name in ("one.txt", "two.txt"):
        file = email.message.Message()
        file.add_header("Content-Disposition", "file", filename=name)
        file.set_payload(f"<b>{name}")
        files.attach(file)
    files.add_header("Content-Disposition", "form-data", name="files")
    data = mail("form-data", [files], "outer")
    within = []
    for place, name in enumerate(("one.txt", "two.txt")):
        given = ("Content-Disposition", f'file; filename="{name}"', [("filename", name)])
        within += part(place, [given], f"<b>{name}", True)
    headers = [
        kind('multipart/mixed; boundary="files"', ("boundary", "files")),
        version,
        disposition("files"),
    ]
    vectors.add(by, "files inside a field", data, part("files", headers, within))


def by_script(vectors: Vectors, node: Node) -> None:
    by = node.by("form-data")
    rows = part("text", [disposition("text")], ATTACK)
    rows += part("file", [disposition("file", ("filename", "a.svg")), kind("image/svg+xml")], SVG, True)
    rows += part("é", [disposition("é")], "漢字")
    data = node.document("multipart", "form-data: fields and a file")
    vectors.add(by, "fields and a file", data, rows)
    rows = part(
        "data", [disposition("data", ("filename", "x/y.json")), kind("application/json")], '{"a":"<b>"}', True
    )
    vectors.add(by, "a path of a file", node.document("multipart", "form-data: a path of a file"), rows)
    by = node.by("Node FormData")
    rows = part("a%22b%0D%0Ac", [disposition("a%22b%0D%0Ac")], "one\r\ntwo\r\nthree")
    rows += part("é", [disposition("é")], "<b>")
    rows += part("f", [disposition("f", ("filename", "%22;x=.svg")), kind("image/svg+xml")], SVG, True)
    rows += part("f", [disposition("f", ("filename", "blob")), kind("application/octet-stream")], b"", True)
    vectors.add(
        by, "names, lines and files", node.document("multipart", "FormData: names, lines and files"), rows
    )
