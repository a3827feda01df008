"""What applications carry besides talk: protocols with headers, rich text, sheets, searches, edits, states. No attacks.

A kind makes a whole message: it is read as it stands, and as the text of another one.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable

Draw = random.Random

_NAMES = ["Ann", "Bob O'Hara", "Zoë", "D'Angelo", "李明", "Åsa", "O'Neill & Sons", "Noël"]
_WORDS = [
    "plan",
    "draft",
    "north",
    "garden",
    "paper",
    "window",
    "second",
    "river",
    "number",
    "quiet",
    "letter",
    "reason",
]
_HOSTS = ["example.com", "pbx.example.org", "media.example.net", "cam.example"]


def _words(draw: Draw, least: int = 2, most: int = 8) -> str:
    return " ".join(draw.choices(_WORDS, k=draw.randint(least, most)))


def _id(draw: Draw) -> str:
    return f"{draw.getrandbits(64):016x}"


def sip(draw: Draw) -> str:
    """SIP over WebSocket (RFC 7118): requests and responses."""
    user, host = draw.choice(["ann", "bob", "1001", "+15550100"]), draw.choice(_HOSTS)
    method = draw.choice(["INVITE", "REGISTER", "BYE", "ACK", "OPTIONS", "MESSAGE", "CANCEL"])
    first = draw.choice([f"{method} sip:{user}@{host} SIP/2.0", "SIP/2.0 200 OK", "SIP/2.0 180 Ringing"])
    return "\r\n".join(
        [
            first,
            f"Via: SIP/2.0/WSS {_id(draw)}.invalid;branch=z9hG4bK{_id(draw)}",
            f"Max-Forwards: {draw.randint(60, 70)}",
            f"To: <sip:{user}@{host}>",
            f'From: "{draw.choice(_NAMES)}" <sip:me@{host}>;tag={_id(draw)}',
            f"Call-ID: {_id(draw)}",
            f"CSeq: {draw.randint(1, 999)} {method}",
            f"Contact: <sip:{_id(draw)}@{_id(draw)}.invalid;transport=ws;ob>",
            "User-Agent: Phone 3.2",
            "Content-Length: 0",
            "",
            "",
        ]
    )


def headed(draw: Draw) -> str:
    """Protocols whose messages begin with headers: MSRP, RTSP, STOMP, speech services, language servers, MIME."""
    host, body = draw.choice(_HOSTS), json.dumps({"text": _words(draw), "id": draw.randrange(999)})
    return draw.choice(
        [
            f"MSRP {_id(draw)[:12]} SEND\r\nTo-Path: msrps://{host}:7654/a;tcp\r\nFrom-Path: msrps://b.{host}:2855/c;ws\r\n"
            f"Content-Type: text/plain\r\n\r\n{_words(draw)}\r\n-------a$\r\n",
            f"OPTIONS rtsp://{host}/stream RTSP/1.0\r\nCSeq: {draw.randint(1, 99)}\r\nUser-Agent: viewer 1.0\r\n\r\n",
            f"SEND\ndestination:/app/room/{draw.randint(1, 99)}\ncontent-type:application/json\n\n{body}",
            f"Path: speech.config\r\nX-RequestId: {_id(draw)}\r\nContent-Type: application/json\r\n\r\n{body}",
            f"X-RequestId:{_id(draw)}\r\nContent-Type:application/json\r\nPath:turn.start\r\n\r\n{body}",
            f"Content-Length: {len(body)}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{body}",
            f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{_words(draw)}",
        ]
    )


def exclaimed(draw: Draw) -> str:
    """Messages that begin with exclamation marks."""
    marks = "!" * draw.randint(2, 7)
    return marks + draw.choice(
        ["", "1", "11", " " + _words(draw), _words(draw, 1, 1), "?", f" -- {_words(draw)}", ": x"]
    )


def rich_text(draw: Draw) -> str:
    """What an editor makes of a page: pictures, drawings, fields, whole documents."""
    words, size = _words(draw), draw.randint(16, 900)
    return draw.choice(
        [
            f'<p>{words}</p><img src="https://{draw.choice(_HOSTS)}/{_id(draw)}.png" width="{size}" alt="{words}">',
            f'<figure><img src="{_id(draw)}.jpg"><figcaption>{words}</figcaption></figure>',
            f'<p><input type="checkbox" checked> {words}</p>',
            f'<svg viewBox="0 0 {size} {size}"><path d="M0 0L{size} 10z" fill="none"/></svg>',
            f'<video controls src="https://{draw.choice(_HOSTS)}/{_id(draw)}.mp4"></video>',
            f'<html lang="en"><head><title>{words}</title></head><body><p>{words}</p></body></html>',
            f'<rss version="2.0"><channel><title>{words}</title></channel></rss>',
            f'<table><tr><td colspan="2">{size}</td></tr></table><blockquote>{words}</blockquote>',
        ]
    )


def about_pages(draw: Draw) -> str:
    """Questions of people who make pages: they name elements and properties."""
    ask = draw.choice(["what does", "why is there a", "should we use", "who can explain", "is it ok to have"])
    thing = draw.choice(
        ["<script> tags", "<iframe> in a page", "document.cookie", "window.location", "<script> in the body"]
    )
    return f"{ask} {thing} {draw.choice(['and how', 'in a form', 'for our site', 'on phones'])}?"


def code_spans(draw: Draw) -> str:
    """Commands side by side in Markdown."""
    one, other = draw.sample(["ping", "cat", "id", "date", "ls", "who", "pong", "sleep", "stop"], 2)
    return draw.choice([f"`{one}`/`{other}` {_words(draw)}", f"`{one}`'s {_words(draw)}"])


def shares(draw: Draw) -> str:
    """Paths of an office's file servers."""
    end = draw.choice(["docx", "xlsx", "pdf", "pptx", "txt"])
    folder = draw.choice(["Plans", "R&D", "Team A", "Q3 (final)", "old"])
    return f"\\\\{draw.choice(['files', 'nas01', 'SRV-2'])}\\{folder}\\{_words(draw, 1, 3)} v{draw.randint(1, 9)}.{end}"


def searches(draw: Draw) -> str:
    """Queries of log and search tools."""
    one, other = draw.sample(_WORDS, 2)
    return draw.choice(
        [
            f'message:"{one}" AND (level:50 OR level:60) AND @timestamp:[now-{draw.randint(1, 9)}h TO now]',
            f'level:{draw.randint(1, 9)} AND @fields.host:"{one}"',
            f'"{one} {other}" OR site:example.com -{one}',
            f"status:{draw.randint(200, 503)} or status:404 and not host:{one}",
            f'sum(rate({one}_total{{job="{other}",code=~"5.."}}[5m])) by (instance) > 0.{draw.randint(1, 9)}',
            f'{{app="{one}"}} |= "{other}" != "timeout" | json',
            f"$.{one}.items[?(@.price < {draw.randint(1, 99)})].title",
            f'.items[] | select(.name == "{one}") | .id',
            f'project = {one.upper()} AND status in (Open, "In Progress") ORDER BY created DESC',
        ]
    )


def sheets(draw: Draw) -> str:
    """Cells of a spreadsheet."""
    row, column = draw.randint(1, 99), draw.choice("ABCDEF")
    return draw.choice(
        [
            f"=SUM({column}{row}:{column}{row + 5})",
            f'=IF({column}{row}>{row},"yes","no")',
            f'={column}{row}&" or "&{column}{row + 1}',
            f'={column}{row}&" and "&{column}{row + 1}',
            f"=VLOOKUP({column}{row},Data!$A$1:$D$99,3,FALSE)",
        ]
    )


def edits(draw: Draw) -> str:
    """Operations of editors that many write in."""
    text = draw.choice([_words(draw), "it's", "\n", "</p>", "-- ", "`code`", "«" + _words(draw) + "»"])
    at = draw.randint(0, 999)
    operation = draw.choice(
        [
            {"ops": [{"retain": at}, {"insert": text, "attributes": {"bold": True}}, {"delete": 2}]},
            {"a": "op", "d": "doc1", "v": at, "op": [{"p": ["title", at], "si": text}]},
            {"changes": [[at], [0, text, ""], 3], "effects": []},
            {
                "steps": [
                    {"stepType": "replace", "from": at, "to": at, "slice": {"content": [{"text": text}]}}
                ]
            },
            [{"op": "replace", "path": f"/a/{at}", "value": text}, {"op": "test", "path": "/v", "value": 1}],
            {"t": "cursor", "sel": {"anchor": at, "head": at + 4}, "name": draw.choice(_NAMES)},
            {"update": base64.b64encode(b"\x00\x02\x01\x01" + draw.randbytes(40)).decode()},
        ]
    )
    return json.dumps(operation)


def links(draw: Draw) -> str:
    """Addresses inside a sentence, with queries and revisions."""
    one, other = draw.sample(_WORDS, 2)
    link = draw.choice(
        [
            f"https://github.com/{one}/{other}/compare/main...feature/{one}?expand=1",
            f"https://{draw.choice(_HOSTS)}/{one}/@48.8583701,2.2922926,17z/data=!3m1!4b1?entry={other}",
            f"https://{draw.choice(_HOSTS)}/search?q=%22{one}+{other}%22&utm_source={one}&page={draw.randint(1, 9)}",
        ]
    )
    return draw.choice(["see {} thanks", "{}", "<{}>", "it is at {} now"]).format(link)


def prompts(draw: Draw) -> str:
    """Prompts of terminals and of languages that are tried out there."""
    n = draw.randint(1, 99)
    return draw.choice(
        [
            f"$ irb(main):{n:03}:0> {n} + 1",
            "\x1b[32mann@host\x1b[0m:\x1b[34m~/app\x1b[0m$ ls -la\r\n",
            f">>> {n} + 1\r\n{n + 1}\r\n",
            f"(venv) $ make {draw.choice(_WORDS)}\r\n",
        ]
    )


def database_talk(draw: Draw) -> str:
    """What people say of functions of a database."""
    name = draw.choice(["pg_sleep", "xp_cmdshell", "pg_read_file", "load_file"])
    return (
        f"{name} is {draw.choice(['off', 'disabled', 'handy', 'not allowed', 'what we need'])} {_words(draw)}"
    )


def relative_links(draw: Draw) -> str:
    """Links of Markdown to pages beside and above it."""
    up, page = "../" * draw.randint(1, 3), draw.choice(["README", "guide", "index", "CHANGELOG"])
    return f"[{_words(draw)}]({up}{_words(draw, 1, 1)}/{page}.md#{_words(draw, 1, 1)}) and {_words(draw)}"


def go_templates(draw: Draw) -> str:
    """Templates of charts and alerts."""
    name = draw.choice(_WORDS)
    return draw.choice(
        [
            f"{{{{ range .{name.title()} }}}}{{{{ .Name }}}}{{{{ end }}}}",
            f'{{{{- include "{name}.labels" . | nindent {draw.randint(2, 8)} }}}}',
            f"{{{{ .Values.{name}.tag | default .Chart.AppVersion }}}}",
            f"{{{{ $labels.{name} }}}} is down ({{{{ $value }}}}%)",
        ]
    )


KINDS: tuple[Callable[[Draw], str], ...] = (
    sip,
    headed,
    exclaimed,
    about_pages,
    code_spans,
    shares,
    searches,
    sheets,
    edits,
    links,
    prompts,
    database_talk,
    relative_links,
    go_templates,
)
