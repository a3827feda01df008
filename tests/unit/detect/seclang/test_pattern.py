import pytest

from framewall.detect.seclang.pattern import UnsupportedPatternError, translate


@pytest.mark.parametrize(
    ("pcre", "ours"),
    [
        (r"a\/b\-c", r"a\/b\-c"),
        (r"a++b*+", "a+b*"),
        (r"(?>a|b)", "(?:a|b)"),
        (r"\${x}", r"\$\{x\}"),
        (r"a{2,3}", "a{2,3}"),
        (r"[[-\]]", r"[\[-\]]"),
        (r"[a&&b~]", r"[a\&\&b\~]"),
        (r"\x{be}", r"\xBE"),
        (r"\s", r"[\t\n\x0B\f\r ]"),
        (r"[\s\d]", r"[\t\n\x0B\f\r \d]"),
        ("[´]", r"[\xC2\xB4]"),
        (r"\<\>", "<>"),
        (r"a+?b??", "a+?b??"),
        (r"(?i)x(?:y)(?P<n>z)", r"(?i)x(?:y)(?P<n>z)"),
    ],
)
def test_the_same_language_in_the_engines_syntax(pcre: str, ours: str) -> None:
    assert translate(pcre) == ours


@pytest.mark.parametrize("pcre", [r"(?=a)", r"(?!a)", r"(?<=a)b", r"(?<!a)b", r"(a)\1"])
def test_what_is_not_linear_is_refused_by_name(pcre: str) -> None:
    with pytest.raises(UnsupportedPatternError, match=r"it (needs|refers)"):
        translate(pcre)
