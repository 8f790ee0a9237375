"""``serve --tls-cert`` speaks TLS 1.2 and 1.3, and nothing older."""

import socket
import ssl
import threading
import warnings
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.certificates import certificate_in
from tests.support.processes import ServerProcess
from trailmark_server.serving import Certificate

PATIENCE_S = 20
ANY_STRENGTH = "DEFAULT:@SECLEVEL=0"
"""Ciphers of a machine whose OpenSSL was told to allow what is out of date."""

OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
NEW = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return certificate_in(tmp_path)


@pytest.fixture
def server(tmp_path: Path, certificate: Certificate) -> Generator[ServerProcess]:
    made = ServerProcess(tmp_path / "server")
    made.options = ("--tls-cert", str(certificate.certificate), "--tls-key", str(certificate.key))
    with made:
        yield made


def speaking(version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return a client that speaks one version, strong or not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _only(context, version)


def _only(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    context.set_ciphers(ANY_STRENGTH)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


def spoken(port: int, version: ssl.TLSVersion) -> str | None:
    """Return what a server speaks with a client that knows one version, or ``None``."""
    try:
        with (
            socket.create_connection(("127.0.0.1", port), PATIENCE_S) as plain,
            speaking(version).wrap_socket(plain) as secured,
        ):
            return secured.version()
    except ssl.SSLError:
        return None


def lax_server(certificate: Certificate, version: ssl.TLSVersion) -> int:
    """Serve one handshake in a version that is out of date; return the port."""
    context = _only(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), version)
    context.load_cert_chain(certificate.certificate, certificate.key)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with closing(listening), listening.accept()[0] as plain:
            context.wrap_socket(plain, server_side=True).close()

    threading.Thread(target=serve, daemon=True).start()
    return listening.getsockname()[1]


@pytest.mark.parametrize("version", NEW)
def test_what_is_current_is_spoken(server: ServerProcess, version: ssl.TLSVersion) -> None:
    assert version.name == (spoken(server.port, version) or "").replace(".", "_")


@pytest.mark.parametrize("version", OLD)
def test_what_is_older_is_refused(
    server: ServerProcess, certificate: Certificate, version: ssl.TLSVersion
) -> None:
    assert spoken(lax_server(certificate, version), version), "this client does speak it"
    assert spoken(server.port, version) is None
