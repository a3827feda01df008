"""TLS for the console: a certificate that is checked before anything starts, and replaced while it runs."""

from __future__ import annotations

import logging
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from framewall.errors import FramewallError

log = logging.getLogger("framewall.console")


class CertificateError(FramewallError):
    """The certificate or its key cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Files:
    """A certificate chain and its private key, PEM both."""

    certificate: Path
    key: Path

    def stamp(self) -> tuple[tuple[int, int], ...]:
        """What tells whether they were replaced. Raises OSError."""
        found = [os.stat(file) for file in (self.certificate, self.key)]
        return tuple((status.st_mtime_ns, status.st_size) for status in found)

    def load(self) -> ssl.SSLContext:
        """A server's context: TLS 1.2 or later. Raises CertificateError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        for file in (self.certificate, self.key):
            if not os.access(file, os.R_OK):
                raise CertificateError(f"{file} cannot be read")
        try:
            context.load_cert_chain(self.certificate, self.key, password=self._locked)
        except (ssl.SSLError, ValueError) as error:
            why = getattr(error, "reason", None) or str(error)
            raise CertificateError(
                f"{self.certificate} and {self.key} are no certificate chain (PEM) with its key: {why}"
            ) from None
        return context

    def _locked(self) -> bytes:
        raise CertificateError(
            f"{self.key} is locked by a passphrase: save it without one, for this user alone"
        )


class Served:
    """A context for a server whose new connections get the files as they are now."""

    def __init__(self, files: Files) -> None:
        """Raises CertificateError."""
        self._files = files
        self._stamp = files.stamp()
        self.context = self._now = files.load()
        self.context.sni_callback = self._choose

    def look(self) -> None:
        """Takes files that were replaced; what cannot be used is logged once, and what is in use stays."""
        try:
            stamp = self._files.stamp()
        except OSError:
            return  # being replaced
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._now = self._files.load()
        except CertificateError as error:
            log.error("the certificate in use stays: %s", error)
        else:
            log.info("the certificate was replaced")

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        del name, context
        connection.context = self._now
