"""The page on scale reckons with the figures that were measured."""

from __future__ import annotations

import re

import pytest

from support.running import REPOSITORY

SPEED = (REPOSITORY / "docs" / "speed.md").read_text()
SCALE = (REPOSITORY / "docs" / "scale.md").read_text()


def section(title: str) -> str:
    """Of the measured ones."""
    return SPEED.split(f"### {title}\n")[1].split("\n### ")[0]


def block_row(title: str) -> list[str]:
    """The cells of the row for what is inspected and blocked."""
    row = next(line for line in section(title).splitlines() if line.startswith("| Framewall, block |"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def reckoned(what: str) -> tuple[str, str]:
    """What was measured, and what it makes."""
    found = re.search(rf"^\| {re.escape(what)} \| (.*?) \| (.*?) \|$", SCALE, re.MULTILINE)
    assert found
    return found[1], found[2]


def test_memory_is_what_an_idle_connection_was_found_to_hold() -> None:
    each = block_row("Memory of an idle connection")[2]
    assert reckoned("Framewall's memory, idle") == (
        f"{each} KiB each",
        f"{float(each) * 1e6 / 2**20:.1f} GiB",
    )


def test_the_kernels_memory_is_what_was_found_beside_it() -> None:
    found = re.search(r"The kernel holds ([\d.]+) KiB", section("Memory of an idle connection"))
    assert found
    assert reckoned("the kernel's, for two sockets each")[0] == f"{found[1]} KiB each"


def test_opening_them_takes_as_long_as_five_thousand_at_once_did() -> None:
    seconds = float(block_row("Many connections")[1])
    assert reckoned("opening them all, one core")[1] == f"{seconds * 200 / 60:.0f} minutes"


@pytest.mark.parametrize(("seconds", "messages"), [(60, 1e6 / 60), (10, 1e5), (1, 1e6)])
def test_cores_are_messages_by_their_price(seconds: int, messages: float) -> None:
    price = re.search(r"^\| chat \| 1 \| Framewall, block \| ([\d.]+) \|", SPEED, re.MULTILINE)
    assert price
    cores = reckoned(f"each says one chat message in {seconds} s, and gets one")[1]
    assert cores == f"{messages * float(price[1]) / 1e6:.1f} cores"
