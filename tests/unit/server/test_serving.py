"""Serving: the listening socket, its addresses, and how uvicorn is set up."""

import gc
import socket
import ssl
import sys
from pathlib import Path

import pytest

from tests.support.certificates import certificate_in
from trailmark_adapters.threads import TURN_S
from trailmark_server import serving
from trailmark_shared import limits
from trailmark_shared.errors import StorageError


def test_a_free_port_is_found_and_shown() -> None:
    opened = serving.listening_socket("127.0.0.1", 0)
    try:
        port = opened.getsockname()[1]
        assert f"http://127.0.0.1:{port}" == serving.url_of(opened, tls=False)
        assert f"https://127.0.0.1:{port}" == serving.url_of(opened, tls=True)
        with pytest.raises(StorageError, match=str(port)):
            serving.listening_socket("127.0.0.1", port)
    finally:
        opened.close()


def test_everywhere_is_shown_as_this_machine() -> None:
    opened = serving.listening_socket("0.0.0.0", 0)  # noqa: S104  (what is shown is the point)
    try:
        assert serving.url_of(opened, tls=False).startswith("http://127.0.0.1:")
    finally:
        opened.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="not on this system")
def test_a_peer_that_takes_nothing_is_given_up_by_the_system_too() -> None:
    opened = serving.listening_socket("127.0.0.1", 0)
    try:
        kept = opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    finally:
        opened.close()

    assert limits.SEND_TIMEOUT_MS == kept


def test_loopback_has_two_names() -> None:
    assert ("http://127.0.0.1:1", "http://localhost:1") == serving.own_urls("http://127.0.0.1:1")
    assert ("https://[::1]:1", "https://localhost:1") == serving.own_urls("https://[::1]:1")
    assert ("http://192.0.2.1:1",) == serving.own_urls("http://192.0.2.1:1")


def test_uvicorn_is_set_up_for_long_sessions() -> None:
    config = serving.configured(lambda: None, None)

    assert limits.FRAME_BYTES_MAX == config.ws_max_size
    assert limits.PING_INTERVAL_MS == 1000 * (config.ws_ping_interval or 0)
    assert limits.PING_INTERVAL_MS == 1000 * (config.ws_ping_timeout or 0)
    assert not config.ws_per_message_deflate
    assert not config.server_header
    assert not config.access_log
    assert serving.STOP_SECONDS == config.timeout_graceful_shutdown


def test_what_is_older_than_tls_1_2_is_refused_whatever_the_machine_allows(tmp_path: Path) -> None:
    config = serving.configured(lambda: None, certificate_in(tmp_path))
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        lax.minimum_version = ssl.TLSVersion.TLSv1

    assert config.ssl_context_factory is not None
    context = config.ssl_context_factory(config, lambda: lax)

    assert ssl.TLSVersion.TLSv1_2 == context.minimum_version


def test_a_running_server_lets_its_threads_take_short_turns() -> None:
    before = sys.getswitchinterval()
    turns = list[float]()

    async def work() -> None:
        turns.append(sys.getswitchinterval())

    try:
        serving.run(work())
    finally:
        sys.setswitchinterval(before)

    assert [pytest.approx(TURN_S)] == turns


def test_what_was_loaded_is_not_looked_through_for_garbage() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        serving.spare_what_was_loaded()

        assert gc.get_freeze_count() > frozen
        assert gc.get_threshold()[0] > 1000
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
