"""``framewall check``."""

from __future__ import annotations

from pathlib import Path

from support.command import framewall


def test_a_good_file_is_fine_and_its_routes_are_told(tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(
        'upstream = "http://127.0.0.1:3000"\nmode = "monitor"\nevents = "jsonl:/var/log/w"\n'
        '[[routes]]\nname = "chat"\nhost = ["a.example", "b.example"]\npath = "/socket.io/"\nmode = "block"\n'
    )
    assert framewall("check", "w.toml", cwd=tmp_path).stdout == (
        "w.toml: fine\n"
        "listens on 127.0.0.1:8080; events go to jsonl:/var/log/w\n"
        "route chat: a.example|b.example /socket.io/ -> http://127.0.0.1:3000, block\n"
        "route default: * / -> http://127.0.0.1:3000, monitor\n"
    )


def test_every_mistake_has_a_line_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text('upstrem = "http://127.0.0.1:3000"\nmode = "blok"\n')
    said = framewall("check", "w.toml", cwd=tmp_path, status=1)
    assert said.stdout == ""
    assert said.stderr == (
        'framewall: w.toml:1: upstrem: there is no setting "upstrem" here; did you mean "upstream"?\n'
        'framewall: w.toml:2: mode: "blok" is not possible here; did you mean "block"?\n'
    )


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    said = framewall("check", "none.toml", cwd=tmp_path, status=1)
    assert said.stderr.startswith("framewall: none.toml: it cannot be read: No such file or directory")
