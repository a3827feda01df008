"""``framewall rules``."""

from __future__ import annotations

from pathlib import Path

from support.command import framewall


def test_the_rules_that_come_with_it_are_listed(tmp_path: Path) -> None:
    lines = framewall("rules", "list", cwd=tmp_path).stdout.splitlines()
    assert lines
    assert all(line.split()[-1].count(".") == 1 for line in lines)


def test_their_examples_hold(tmp_path: Path) -> None:
    assert framewall("rules", "test", cwd=tmp_path).stdout.endswith("examples: fine\n")


def test_imported_rules_are_rules(tmp_path: Path) -> None:
    (tmp_path / "x.conf").write_text(
        'SecRule ARGS "@rx union\\s+select" "id:942999,phase:2,block,t:none"\n'
        'SecRule RESPONSE_BODY "@rx x" "id:950999,phase:4,block"\n'
    )
    said = framewall("rules", "import", ".", "--output", "crs.json", "--verbose", cwd=tmp_path)
    assert said.stdout == (
        "crs.json: 1 rules\n"
        "left out    1: it looks at RESPONSE_BODY, which a message does not have\n"
        "x.conf:2: 950999: it looks at RESPONSE_BODY, which a message does not have\n"
    )
    listed = framewall("rules", "list", "crs.json", cwd=tmp_path).stdout
    assert listed.split() == ["sqli", "5", "from", "1", "crs.942999"]


def test_a_folder_without_rules_is_a_mistake(tmp_path: Path) -> None:
    assert "no rules for messages" in framewall("rules", "import", ".", cwd=tmp_path, status=1).stderr
