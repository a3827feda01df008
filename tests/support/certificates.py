"""Certificates that tests make for themselves, and that are worth nothing elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificate:
    """A certificate that signs itself for localhost and 127.0.0.1, and its key, as files."""

    certificate: Path
    key: Path
    serial: int


def certificate(folder: Path, passphrase: bytes | None = None) -> Certificate:
    """Writes a new pair; one that was there is replaced at once, as renewing tools do."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    parts = {
        "key.pem": key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked),
        "cert.pem": made.public_bytes(serialization.Encoding.PEM),
    }
    for file, data in parts.items():
        (folder / f"{file}.new").write_bytes(data)
    for file in parts:
        (folder / f"{file}.new").rename(folder / file)
    return Certificate(folder / "cert.pem", folder / "key.pem", made.serial_number)
