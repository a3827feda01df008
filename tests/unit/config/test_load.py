"""Files and options to a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.config import BadConfiguration, from_text, load
from framewall.events import DEFAULT_URL
from framewall.model import Mode

MINIMAL = 'upstream = "http://127.0.0.1:3000"\n'


def test_an_upstream_on_the_command_line_is_a_complete_configuration() -> None:
    configuration = load(None, {"upstream": "http://127.0.0.1:3000"})
    assert configuration.listen == ("127.0.0.1:8080",)
    assert configuration.events == (DEFAULT_URL,)
    assert configuration.console == "off"
    assert configuration.node


def test_options_change_the_file_and_unset_options_do_not() -> None:
    file = MINIMAL + 'listen = "127.0.0.1:1"\nmode = "monitor"'
    changed = from_text(file, "", {"listen": ("127.0.0.1:2",), "mode": None, "upstream": None})
    assert changed.listen == ("127.0.0.1:2",)
    assert changed.mode is Mode.MONITOR


def test_a_mode_on_the_command_line_holds_for_every_route() -> None:
    file = MINIMAL + '[[routes]]\nname = "a"\nmode = "block"'
    changed = from_text(file, "", {"mode": "monitor"})
    assert (changed.mode, changed.routes[0].mode) == (Mode.MONITOR, None)


def test_stores_of_a_file_are_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "framewall.toml"
    file.write_text(MINIMAL + 'events = ["sqlite:a.db", "jsonl:/b", "jsonl:-"]')
    assert load(file).events == (f"sqlite:{tmp_path}/a.db", "jsonl:/b", "jsonl:-")
    assert load(file, {"events": ("sqlite:c.db",)}).events == ("sqlite:c.db",)


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"none\.toml: it cannot be read: No such file.*--config FILE"):
        load(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "framewall.toml"
    file.write_bytes(MINIMAL.encode() + b'node = "\xff"')
    with pytest.raises(BadConfiguration, match=r"framewall\.toml:2: not UTF-8; save the file as UTF-8"):
        load(file)


def test_values_nested_without_end_are_told() -> None:
    with pytest.raises(BadConfiguration, match="nested too deep"):
        from_text("a = " + "[" * 100_000)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("http://app", "http://app:80"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("unix:/run/app.sock", "unix:/run/app.sock"),
    ],
)
def test_servers_are_kept_in_one_form(written: str, kept: str) -> None:
    configuration = from_text(f'upstream = "a"\nupstreams.a.servers = "{written}"')
    assert configuration.upstreams["a"].servers[0].url == kept


def test_a_server_has_a_weight() -> None:
    servers = 'servers = ["http://a", { url = "http://b", weight = 3 }]'
    configuration = from_text(f'upstream = "a"\n[upstreams.a]\n{servers}\nbalance = "ip_hash"')
    assert [server.weight for server in configuration.upstreams["a"].servers] == [1, 3]
    assert configuration.upstreams["a"].balance == "ip_hash"


def test_the_same_text_is_the_same_configuration() -> None:
    assert from_text(MINIMAL + 'node = "n"') == from_text(MINIMAL + 'node = "n"')
