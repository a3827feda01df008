"""What each attack class is, for whoever has to decide: what it does, and what ends it for good."""

from __future__ import annotations

import re
from typing import NamedTuple

from framewall.model import ATTACKS


class Lesson(NamedTuple):
    """``does`` is what the attacker gets, ``mend`` what ends it in the application."""

    title: str
    does: str
    mend: str


_LESSONS = {
    "xss": Lesson(
        "Cross-site scripting",
        "Text that a browser takes for script. Relayed to others, it runs in their pages with their rights.",
        "Put messages into pages as text (textContent), never as HTML; add a strict Content-Security-Policy.",
    ),
    "sqli": Lesson(
        "SQL injection",
        "Text that leaves its string and becomes part of a database query: it reads, changes or deletes data.",
        "Bind values as parameters; never build a query from strings.",
    ),
    "nosqli": Lesson(
        "NoSQL injection",
        "An object with query operators where a plain value was expected: it matches what it should not.",
        "Check that values are strings or numbers before they go into a query.",
    ),
    "rce": Lesson(
        "Command or code injection",
        "Text that a shell or an interpreter executes on the server.",
        "Call programs with a list of arguments and no shell; never evaluate what a client sent.",
    ),
    "path_traversal": Lesson(
        "Path traversal",
        "A path that climbs out of its directory, to read or write files of the server.",
        "Resolve the path, then check that it is still below the directory meant.",
    ),
    "rfi": Lesson(
        "Remote file inclusion",
        "An address from which the server would load and run somebody else's code.",
        "Include files from a fixed list only.",
    ),
    "ssrf": Lesson(
        "Server-side request forgery",
        "An address inside the server's own network: the server fetches what the attacker cannot reach.",
        "Resolve the name first, refuse private and link-local addresses, and follow no redirects there.",
    ),
    "ssti": Lesson(
        "Template injection",
        "Template syntax that the server's template engine evaluates, often up to running commands.",
        "Give values to templates as data; never make a template from what a client sent.",
    ),
    "ssi": Lesson(
        "Server-side include injection",
        "Directives that a web server executes when it delivers the page they end up in.",
        "Escape what is stored, and switch server-side includes off.",
    ),
    "xxe": Lesson(
        "XML external entities",
        "An XML document that makes its parser read files or addresses.",
        "Switch document types and external entities off in the parser.",
    ),
    "ldapi": Lesson(
        "LDAP injection",
        "Text that becomes part of a directory's filter: it signs in as somebody else, or lists the directory.",
        "Escape values as RFC 4515 says before they go into a filter.",
    ),
    "xpath": Lesson(
        "XPath injection",
        "Text that becomes part of an XPath expression, and selects what it should not.",
        "Bind values as variables; never build an expression from strings.",
    ),
    "crlf": Lesson(
        "Header injection",
        "Line breaks that end one header and begin another, or a whole answer.",
        "Refuse line breaks in whatever goes into a header.",
    ),
    "mail_injection": Lesson(
        "Mail header injection",
        "Line breaks that add recipients or text to a mail that the server sends.",
        "Set headers through a mail library, and refuse line breaks in them.",
    ),
    "jndi": Lesson(
        "JNDI lookup",
        "A lookup that a vulnerable Java logger resolves: it loads and runs the attacker's code (Log4Shell).",
        "Update Log4j to 2.17.1 or newer, and switch message lookups off.",
    ),
    "deserialization": Lesson(
        "Insecure deserialization",
        "A serialised object that runs code while it is being loaded.",
        "Load data formats such as JSON, not objects; if it must be, sign what is loaded.",
    ),
    "prototype_pollution": Lesson(
        "Prototype pollution",
        "Keys such as __proto__ that change every object of a JavaScript server.",
        "Refuse such keys, or merge into objects without a prototype.",
    ),
    "mass_assignment": Lesson(
        "Mass assignment",
        "Fields that a client should not be able to set, such as a role, among those that it may.",
        "Copy the fields that are meant, by name.",
    ),
    "graphql": Lesson(
        "GraphQL abuse",
        "A query that asks for too much, too deep, or for the schema itself.",
        "Limit depth and cost, and switch introspection off where nobody needs it.",
    ),
    "data_bomb": Lesson(
        "Data bomb",
        "A message that costs far more to read than to send: nested, compressed, or huge.",
        "Nothing to mend where Framewall stands; elsewhere, bound depth and size before parsing.",
    ),
    "protocol": Lesson(
        "Protocol violation",
        "Bytes that no honest client of this protocol sends. It is how filters are probed and confused.",
        "If your own client sends it, mend the client, or allow it for that event only.",
    ),
    "cswsh": Lesson(
        "Cross-site WebSocket hijacking",
        "Another site's page opens a WebSocket with your user's cookies.",
        "Check the Origin header against a list, and ask for a token in the first message.",
    ),
    "flood": Lesson(
        "Flood",
        "More messages or connections than anybody needs.",
        "Set a rate for the event, and ban who keeps on.",
    ),
    "prompt_injection": Lesson(
        "Prompt injection",
        "Text that tells a language model behind the application to forget its instructions.",
        "Keep instructions and user text apart, and give the model no rights that the user lacks.",
    ),
    "leak": Lesson(
        "Data leak",
        "Something secret in what the server sends: keys, stack traces, card numbers.",
        "Find where it comes from; rotate what has been shown.",
    ),
}

_LINKS = (
    (re.compile(r"CWE-(\d{1,5})"), "https://cwe.mitre.org/data/definitions/{}.html"),
    (re.compile(r"RFC (\d{3,5})\b.*"), "https://www.rfc-editor.org/rfc/rfc{}"),
    (re.compile(r"(CVE-\d{4}-\d{4,7})"), "https://nvd.nist.gov/vuln/detail/{}"),
)
_UNKNOWN = Lesson(
    "Imported rule", "What the rule's author looks for; see the rule.", "See the rule's references."
)


def lesson(attack: str) -> Lesson:
    """What to know of a class."""
    return _LESSONS.get(attack, _UNKNOWN)


def link(reference: str) -> str | None:
    """The address of a reference, if there is a public one."""
    for pattern, address in _LINKS:
        found = pattern.fullmatch(reference)
        if found:
            return address.format(found[1])
    return None


def missing() -> list[str]:
    """Classes without a lesson."""
    return [attack for attack in ATTACKS if attack not in _LESSONS]
