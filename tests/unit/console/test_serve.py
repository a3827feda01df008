"""Where the console may listen."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.console.serve import ConsoleError, Place, check, listen, url
from framewall.console.tls import CertificateError
from support.certificates import certificate


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:8081", "[::1]:1", "127.9.9.9:65535"])
def test_this_machine_is_fine(address: str) -> None:
    assert check(Place(address))


@pytest.mark.parametrize("address", ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "example.com:1", ":1"])
def test_other_machines_need_tls_or_a_word(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="--tls-cert and --tls-key"):
        check(Place(address))
    assert check(Place(address, exposed=True))
    made = certificate(tmp_path)
    assert check(Place(address, made.certificate, made.key))


@pytest.mark.parametrize("address", ["8081", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", ""])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ConsoleError, match="no address to listen on"):
        check(Place(address))


def test_half_of_tls_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="both"):
        check(Place(certificate=tmp_path / "cert"))
    with pytest.raises(CertificateError, match="cannot be read"):
        check(Place(certificate=tmp_path / "cert", key=tmp_path / "key"))


def test_a_taken_address_is_told() -> None:
    with listen(Place("127.0.0.1:0")) as opened:
        here = url(opened, False)
        assert here.startswith("http://127.0.0.1:")
        address = here.removeprefix("http://").strip("/")
        with pytest.raises(ConsoleError, match="cannot listen"):
            listen(Place(address))
