"""The table of real peers: each row is of a framework and a test that there are, with a version that is locked."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from framewall.decode import decoders
from support.running import REPOSITORY


@pytest.fixture(scope="module")
def peers() -> ModuleType:
    """docs/peers.py."""
    spec = importlib.util.spec_from_file_location("docs_peers", REPOSITORY / "docs" / "peers.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_row_is_of_a_framework_that_there_is(peers: ModuleType) -> None:
    frameworks = {decoder.name for decoder in decoders() if not decoder.generic}
    assert {each["framework"] for each in peers.declared()} <= frameworks


def test_every_row_has_its_test(peers: ModuleType) -> None:
    for each in peers.declared():
        assert (REPOSITORY / each["test"]).is_file(), each["test"]


def test_a_package_that_no_lock_file_has_is_an_error(peers: ModuleType) -> None:
    assert peers.versioned("go:github.com/philippseith/signalr").endswith(" v0.11.0")
    for peer in ("no-such-package", "python:no-such-package", "go:no/such"):
        with pytest.raises(KeyError):
            peers.versioned(peer)
