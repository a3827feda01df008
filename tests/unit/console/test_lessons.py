"""Every attack class is explained, and references lead somewhere."""

import pytest

from framewall.console.catalogue import shipped
from framewall.console.lessons import lesson, link, missing


def test_every_class_has_a_lesson() -> None:
    assert missing() == []


def test_a_class_nobody_knows_has_one_too() -> None:
    assert lesson("homegrown").title == "Imported rule"


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("CWE-79", "https://cwe.mitre.org/data/definitions/79.html"),
        ("RFC 6455 section 5.2", "https://www.rfc-editor.org/rfc/rfc6455"),
        ("CVE-2021-44228", "https://nvd.nist.gov/vuln/detail/CVE-2021-44228"),
        ("javascript:alert(1)", None),
        ("OWASP A03:2021", None),
    ],
)
def test_references_lead_to_public_pages_only(reference: str, address: str | None) -> None:
    assert link(reference) == address


def test_most_rules_have_a_reference_that_leads_somewhere() -> None:
    linked = [rule for rule in shipped().rules if any(map(link, rule.references))]
    assert len(linked) > len(shipped().rules) / 2
