"""The console's certificate: checked before the start, and replaced while it runs."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509

from framewall.console.tls import CertificateError, Files, Served
from support.certificates import certificate


def serial(served: Served) -> int:
    """What a client is shown, whoever it trusts."""
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    theirs.settimeout(10)

    def serve() -> None:
        with suppress(OSError), served.context.wrap_socket(theirs, server_side=True) as opened:
            opened.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    try:
        with client.wrap_socket(ours) as opened:
            shown = opened.getpeercert(binary_form=True)
            assert shown
            return x509.load_der_x509_certificate(shown).serial_number
    finally:
        ours.close()
        thread.join(10)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    made = certificate(tmp_path)
    return Files(made.certificate, made.key)


def test_a_renewed_certificate_is_shown_to_whoever_comes_next(tmp_path: Path) -> None:
    first = certificate(tmp_path)
    served = Served(Files(first.certificate, first.key))
    assert serial(served) == first.serial
    second = certificate(tmp_path)
    served.look()
    assert serial(served) == second.serial != first.serial


def test_one_that_cannot_be_used_changes_nothing_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = certificate(tmp_path)
    served = Served(Files(first.certificate, first.key))
    first.certificate.write_text("nonsense")
    with caplog.at_level(logging.ERROR):
        served.look()
        served.look()
    assert serial(served) == first.serial
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    first.key.unlink()
    served.look()
    assert serial(served) == first.serial


def test_nothing_older_than_tls_1_2_is_spoken(files: Files) -> None:
    assert files.load().minimum_version is ssl.TLSVersion.TLSv1_2


def test_what_is_no_certificate_with_its_key_is_told(files: Files, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = certificate(tmp_path / "other")
    for wrong in (Files(files.certificate, other.key), Files(files.key, files.key)):
        with pytest.raises(CertificateError, match="no certificate chain"):
            wrong.load()
    with pytest.raises(CertificateError, match=r"none\.pem cannot be read"):
        Files(tmp_path / "none.pem", files.key).load()


def test_a_locked_key_is_told_and_nobody_is_asked(tmp_path: Path) -> None:
    made = certificate(tmp_path, b"secret")
    with pytest.raises(CertificateError, match="locked by a passphrase"):
        Files(made.certificate, made.key).load()
