"""The API keeps to its own description, whatever it is sent: a real node, a real console, made-up requests."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from framewall.console.accounts import Accounts, Role
from framewall.events import open_sink
from support.events import events
from support.framewall import Framewall

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Where a console is, and what signs an operator's requests in."""
    folder = tmp_path_factory.mktemp("console")
    sink = open_sink(f"sqlite:{folder / 'events.db'}")
    for event in events(20):
        sink.put(event)
    sink.close()
    accounts = Accounts(folder / "framewall-console.db", time.time)
    accounts.first_run("not used by anybody")
    token = accounts.add_token("schemathesis", Role.OPERATOR, "test")
    accounts.close()
    with Framewall("http://127.0.0.1:9", folder, "--console", "127.0.0.1:0") as node:
        url = node.wait_for(r"console at (http://\S+)").group(1)
        yield url, {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def api(console: tuple[str, dict[str, str]]) -> schemathesis.BaseSchema:
    """What the console says of itself."""
    url, headers = console
    return schemathesis.openapi.from_url(f"{url}api/openapi.json", headers=headers)


def test_every_answer_is_as_described_and_none_is_a_fault_of_ours(
    api: schemathesis.BaseSchema, console: tuple[str, dict[str, str]]
) -> None:
    statuses: Counter[int] = Counter()
    for found in api.get_all_operations():
        assert isinstance(found, Ok)

        @settings(
            max_examples=6,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.ok().as_strategy())
        def answers(case: Any) -> None:
            statuses[case.call_and_validate(headers=console[1], checks=CHECKS).status_code] += 1

        answers()
    assert statuses[200] > 50
    assert statuses[401] == 0
