"""Rules of one's own on a node that runs: written, changed and taken out over its control socket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from framewall.config.settings import engine_settings
from framewall.console.context import Context
from framewall.control import Control, ControlError, socket_path
from framewall.replay import Lines
from support.command import framewall
from support.framewall import Framewall
from support.running import REPOSITORY
from support.servers import Echo, wait_until

XSS = "<img src=x onerror=alert(1)>"


def rule(id: str, word: str, more: str = "") -> str:
    return f'[[rule]]\nid = "{id}"\nattack = "rce"\nscore = 5\npattern = "{word}"\n{more}'


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """Sends everything back."""
    with Echo() as echo:
        yield echo.url


class Node(Framewall):
    """A node with a file of rules."""

    def __init__(self, upstream: str, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "framewall.toml"
        self.rules = folder / "rules"
        self.rules.mkdir(exist_ok=True)
        if not self.file.exists():
            self.file.write_text(
                f'upstream = "{upstream}"\nevents = "sqlite:events.db"\nrules = "rules"\nthreshold = 5\n'
            )
        super().__init__(upstream, folder, "--config", str(self.file))
        path = socket_path([self.events_url])
        assert path
        self.control = Control(path)
        wait_until(path.exists)

    def passes(self, text: str) -> bool:
        with connect(f"ws://{self.address}/ws", open_timeout=10) as client:
            try:
                client.send(text)
                return client.recv(10) == text
            except ConnectionClosed:
                return False

    def inspected(self, text: str, *more: str) -> str:
        """What the command line says of it with the node's configuration."""
        done = subprocess.run(
            [sys.executable, "-m", "framewall", "inspect", "--config", str(self.file), *more],
            input=json.dumps({"data": text}), capture_output=True, text=True, check=True, cwd=REPOSITORY,
        )  # fmt: skip
        verdict: str = json.loads(done.stdout)["verdict"]
        return verdict


@pytest.fixture
def node(upstream: str, tmp_path: Path) -> Iterator[Node]:
    with Node(upstream, tmp_path) as running:
        yield running


def test_a_rule_is_in_force_from_the_next_message_on_and_out_again(node: Node) -> None:
    with connect(f"ws://{node.address}/ws", open_timeout=10) as client:
        client.send("say opensesame")
        assert client.recv(10) == "say opensesame"
        (own,) = node.control.put_rules(rule("own.word", "opensesame"), by="ann", reason="a demo")
        assert (own.id, own.origin, own.by, own.reason, own.active) == (
            "own.word", "live", "ann", "a demo", True,
        )  # fmt: skip
        client.send("say opensesame")
        with pytest.raises(ConnectionClosed):
            client.recv(10)
    assert [each.id for each in node.control.rules() if each.origin == "live"] == ["own.word"]
    assert node.control.remove_rule("own.word", by="ben")
    assert not node.control.remove_rule("own.word", by="ben")
    assert node.passes("say opensesame")
    told = [(each.who, each.what, each.target, each.before, each.after) for each in node.control.audit()]
    text = json.dumps(rule("own.word", "opensesame"))
    assert told == [("ben", "rule", "own.word", text, ""), ("ann", "rule", "own.word", "", text)]


def test_a_rule_is_changed_renamed_switched_and_switched_on_again(node: Node) -> None:
    node.control.put_rules(rule("own.word", "opensesame"), by="ann")
    node.control.put_rules(rule("own.word", "closesesame"), by="ann")
    assert node.passes("opensesame")
    assert not node.passes("closesesame")
    node.control.set_rule("own.word", False, by="ann")
    assert node.passes("closesesame")
    node.control.put_rules(rule("own.other", "closesesame"), by="ann", instead_of="own.word")
    assert [each.id for each in node.control.ruleset().own or ()] == ["own.other"]
    assert not node.passes("closesesame")
    node.control.put_rules(rule("own.word", "closesesame"), by="ann")
    assert {each.id: each.on for each in node.control.rules()}["own.word"]


def test_a_built_in_rule_gives_way_and_comes_back(node: Node) -> None:
    assert not node.passes("<script>alert(1)</script>")
    shipped = {each.id: each for each in node.control.rules() if each.attack == "xss"}
    text = "".join(rule(id, f"never{place}found") for place, id in enumerate(shipped))
    owned = node.control.put_rules(text, by="ann")
    assert {each.hides for each in owned} == {"builtin"}
    assert node.passes("<script>alert(1)</script>")
    for id in shipped:
        with suppress(ControlError):
            node.control.remove_rule(id, by="ann")
    assert not node.passes("<script>alert(1)</script>")
    with pytest.raises(ControlError, match="comes with Framewall: switch it off"):
        node.control.remove_rule("xss.markup", by="ann")


def test_all_of_a_text_is_taken_or_nothing(node: Node) -> None:
    good = rule("own.good", "goodword")
    for bad, told in (
        (rule("own.bad", "("), "line 10: own.bad: its pattern does not parse"),
        (rule("own.good", "again"), "line 7: own.good: another rule here has this id"),
        (
            rule("own.bad", "word", 'examples = { match = ["none"] }\n'),
            "line 11: own.bad: the example 'none' must",
        ),
        ("[[rule]\n", "line 6: not TOML"),
    ):
        with pytest.raises(ControlError, match=told.replace("(", r"\(").replace(".", r"\.")):
            node.control.put_rules(good + bad, by="ann")
    with pytest.raises(ControlError, match="more than"):
        node.control.put_rules(good + "#" * (64 << 10), by="ann")
    assert node.control.ruleset().own == ()
    assert node.control.audit() == ()
    assert node.passes("goodword")


def test_rules_written_live_have_a_cap(node: Node) -> None:
    filled = "#" * 50_000 + "\n"
    for number in range(20):
        node.control.put_rules(filled + rule(f"own.r{number}", f"word{number}"), by="ann")
    with pytest.raises(ControlError, match="rules written live have 1048576 bytes at most"):
        node.control.put_rules(filled + rule("own.more", "moreword"), by="ann")
    assert node.control.remove_rule("own.r0", by="ann")
    node.control.put_rules(filled + rule("own.more", "moreword"), by="ann")


def test_a_files_rule_is_taken_out_put_back_and_overlaid(node: Node) -> None:
    (node.rules / "mine.toml").write_text(rule("own.file", "fileword"))
    wait_until(lambda: any(each.id == "own.file" for each in node.control.rules()))
    assert not node.passes("fileword")
    assert node.control.remove_rule("own.file", by="ann", reason="noisy")
    assert node.passes("fileword")
    (gone,) = node.control.ruleset().own or ()
    assert (gone.active, gone.by, gone.file.endswith("mine.toml")) == (False, "ann", True)
    assert node.control.restore_rule("own.file", by="ann")
    assert not node.control.restore_rule("own.file", by="ann")
    assert not node.passes("fileword")
    (over,) = node.control.put_rules(rule("own.file", "liveword"), by="ann")
    assert over.hides == "configuration"
    assert node.passes("fileword")
    assert node.control.remove_rule("own.file", by="ann")
    assert not node.passes("fileword")


def test_live_rules_survive_restarts_reloads_and_changed_files(upstream: str, tmp_path: Path) -> None:
    with Node(upstream, tmp_path) as first:
        (first.rules / "mine.toml").write_text(rule("own.file", "fileword"))
        wait_until(lambda: any(each.id == "own.file" for each in first.control.rules()))
        first.control.put_rules(rule("own.live", "liveword"), by="ann")
        first.control.remove_rule("own.file", by="ann")
    with Node(upstream, tmp_path) as node:
        node.wait_for("framewall: live: rule own.live was written live, by ann")
        node.wait_for("framewall: live: rule own.file is removed, by ann")
        assert not node.passes("liveword")
        assert node.passes("fileword")
        node.file.write_text(node.file.read_text().replace("threshold = 5", "threshold = 4"))
        os.kill(node.pid, signal.SIGHUP)
        wait_until(lambda: node.control.routes()[0].threshold == 4)
        assert not node.passes("liveword")
        assert node.passes("fileword")
        (node.rules / "more.toml").write_text(rule("own.more", "moreword"))
        wait_until(lambda: any(each.id == "own.more" for each in node.control.rules()))
        assert not node.passes("liveword")
        assert not node.passes("moreword")
        said = framewall("check", node.file, cwd=tmp_path).stdout
        assert "live: rule own.live was written live, by ann" in said


def test_a_live_rule_that_is_broken_by_other_hands_stops_nothing(upstream: str, tmp_path: Path) -> None:
    with Node(upstream, tmp_path) as first:
        first.control.put_rules(rule("own.live", "liveword"), by="ann")
        first.control.put_rules(rule("own.good", "goodword"), by="ann")
    state = tmp_path / "events-state.db"
    subprocess.run(
        [sys.executable, "-c", "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
         "db.execute(\"UPDATE change SET value = '\\\"nonsense\\\"' WHERE name = 'own.live'\"); db.commit()", state],
        check=True,
    )  # fmt: skip
    with Node(upstream, tmp_path) as node:
        node.wait_for("a rule that was written live takes no part")
        assert node.passes("liveword")
        assert not node.passes("goodword")
        assert not node.passes(XSS)
        (broken,) = [each for each in node.control.ruleset().own or () if each.problem]
        assert (broken.id, broken.active) == ("own.live", False)
        said = framewall("check", node.file, cwd=tmp_path).stdout
        assert "live: rule own.live takes no part: this is not one rule" in said
        assert node.control.remove_rule("own.live", by="ann")


def test_console_command_line_and_node_say_the_same(node: Node) -> None:
    """With a file's rule, a live one, an override, a switch, an exception and a changed threshold."""
    (node.rules / "mine.toml").write_text(rule("own.file", "fileword") + rule("own.out", "outword"))
    wait_until(lambda: any(each.id == "own.file" for each in node.control.rules()))
    node.control.put_rules(
        rule("own.live", "liveword") + rule("own.weak", "weakword").replace("5", "4"), by="ann"
    )
    node.control.put_rules(rule("own.allowed", "allowedword"), by="ann")
    node.control.put_rules(rule("own.off", "offword"), by="ann")
    node.control.remove_rule("own.out", by="ann")
    node.control.set_rule("own.off", False, by="ann")
    node.control.add_exception(rule="own.allowed", by="ann")
    context = Context.open(node.events_url, None, node.folder / "accounts.db")
    try:
        by = context.as_node("default")
        lines = Lines(by.engine, engine_settings, by.policy)
        words = ("fileword", "outword", "liveword", "weakword", "allowedword", "offword", XSS, "hello")
        expected = dict(
            zip(words, ["block", "pass", "block", "pass", "pass", "pass", "block", "pass"], strict=True)
        )
        assert {word: lines.judge({"data": word})["verdict"] for word in words} == expected
        assert {word: "pass" if node.passes(word) else "block" for word in words} == expected
        assert {word: node.inspected(word) for word in words} == expected
        assert node.inspected("liveword", "--as-written") == "pass"
        assert node.inspected("outword", "--as-written") == "block"
    finally:
        context.close()
