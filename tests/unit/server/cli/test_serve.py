"""``serve``: what it remembers and what it refuses before it listens."""

import json
import re
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from litestar import Request

from tests.support.certificates import certificate_in
from trailmark_server import cli, serving
from trailmark_server.cli.output import ExitCode
from trailmark_server.settings import Settings, read_kept, settings_of_folder
from trailmark_shared.errors import StorageError


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Settings of the servers that would have been started."""
    kept: list[Settings] = []

    async def serve(
        settings: Settings,
        opened: socket.socket,
        on_ready: Callable[[None], None],
        _: object,
        watched: socket.socket | None,
    ) -> None:
        kept.append(settings)
        on_ready(None)
        for each in (opened, watched):
            if each is not None:
                each.close()

    monkeypatch.setattr(serving, "serve", serve)
    monkeypatch.setattr(serving, "stop_on_signals", leave_signals)
    monkeypatch.setattr("trailmark_server.logs.set_up_logs", lambda: None)
    return kept


def leave_signals(_: object) -> None:
    """Let pytest hear Ctrl-C."""


def forwarded() -> "Request[Any, Any, Any]":
    """A request that comes through the proxy 10.0.0.2, from somebody behind it."""
    headers = [(b"x-forwarded-for", b"198.51.100.9")]
    scope: Any = {"type": "http", "client": ("10.0.0.2", 1), "headers": headers}
    return Request(scope)


def test_public_address_and_name_are_remembered(tmp_path: Path, started: list[Settings]) -> None:
    arguments = ["serve", "--data", str(tmp_path), "--port", "0"]
    named = [*arguments, "--public-url", "https://Trail.example.org/", "--name", "Practice"]
    assert ExitCode.OK == cli.run(named)
    assert ExitCode.OK == cli.run(arguments)

    assert ["https://trail.example.org"] * 2 == [each.public_url for each in started]
    assert ["Practice"] * 2 == [each.name for each in started]
    assert "Practice" == read_kept(tmp_path).name


def test_without_one_links_lead_to_where_it_listens(
    tmp_path: Path, started: list[Settings]
) -> None:
    assert ExitCode.OK == cli.run(["serve", "--data", str(tmp_path), "--port", "0"])

    assert started[0].public_url == settings_of_folder(tmp_path).public_url
    assert started[0].public_url.startswith("http://127.0.0.1:")


def test_a_name_of_several_lines_is_refused(tmp_path: Path, started: list[Settings]) -> None:
    named = ["serve", "--data", str(tmp_path), "--port", "0", "--name", "a\nb"]

    assert ExitCode.REFUSED == cli.run(named)
    assert [] == started


@pytest.mark.parametrize("half", [["--tls-cert", "x.pem"], ["--tls-key", "x.pem"]])
def test_half_a_pair_for_tls_is_refused(
    tmp_path: Path, started: list[Settings], half: list[str]
) -> None:
    assert ExitCode.REFUSED == cli.run(["serve", "--data", str(tmp_path), *half])
    assert [] == started


def test_trusted_proxies_are_remembered_and_forgotten(
    tmp_path: Path, started: list[Settings]
) -> None:
    arguments = ["serve", "--data", str(tmp_path), "--port", "0"]
    named = ["--trusted-proxy", "10.0.0.2", "--trusted-proxy", "2001:db8::/32"]
    for given in (named, [], ["--name", "Practice"]):
        assert ExitCode.OK == cli.run([*arguments, *given])
        assert ("10.0.0.2", "2001:db8::/32") == read_kept(tmp_path).trusted_proxies
    assert ExitCode.OK == cli.run([*arguments, "--trusted-proxy", "none"])
    assert () == read_kept(tmp_path).trusted_proxies

    believed = [each.trusted_proxies.address_of(forwarded()) for each in started]
    assert ["198.51.100.9"] * 3 + ["10.0.0.2"] == believed


def test_a_strange_proxy_is_refused(tmp_path: Path, started: list[Settings]) -> None:
    arguments = ["serve", "--data", str(tmp_path), "--port", "0"]

    assert ExitCode.REFUSED == cli.run([*arguments, "--trusted-proxy", "my-proxy"])
    assert [] == started


def test_taking_no_passwords_is_remembered(tmp_path: Path, started: list[Settings]) -> None:
    arguments = ["serve", "--data", str(tmp_path), "--port", "0"]
    safe = ["--public-url", "https://trail.example.org", "--sign-in", "passkey"]
    for given in ([], safe, [], ["--sign-in", "any"]):
        assert ExitCode.OK == cli.run([*arguments, *given])

    assert [True, False, False, True] == [each.takes_passwords for each in started]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8740", "https://192.0.2.1", None])
def test_where_there_are_no_passkeys_passwords_are_taken(
    tmp_path: Path, started: list[Settings], url: str | None
) -> None:
    """Otherwise nobody could sign in but by links, and somebody believes that it is safer."""
    arguments = ["serve", "--data", str(tmp_path), "--port", "0", "--sign-in", "passkey"]
    named = [] if url is None else ["--public-url", url]

    assert ExitCode.REFUSED == cli.run([*arguments, *named])
    assert ExitCode.USAGE == cli.run([*arguments[:-1], "something"])
    assert ([], "any") == (started, read_kept(tmp_path).sign_in)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--port", "99999"], ExitCode.USAGE),
        (["--port", "-1"], ExitCode.USAGE),
        (["--metrics-port", "99999"], ExitCode.USAGE),
        (["--access-log-days", "0"], ExitCode.USAGE),
        (["--access-log-days", "99999999"], ExitCode.USAGE),
        (["--host", "a..b"], ExitCode.STORAGE),
        (["--public-url", "https://[::1"], ExitCode.REFUSED),
        (["--public-url", "https://h:99999"], ExitCode.REFUSED),
        (["--database", "postgresql://[::1/x"], ExitCode.REFUSED),
    ],
)
def test_what_cannot_be_used_is_named_and_not_remembered(
    tmp_path: Path,
    started: list[Settings],
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    code: ExitCode,
) -> None:
    arguments = ["serve", "--data", str(tmp_path), "--name", "Practice"]

    assert code == cli.run([*arguments, *([] if "--port" in given else ["--port", "0"]), *given])
    assert "defect" not in capsys.readouterr().err
    assert [] == started
    assert [] == list(tmp_path.iterdir())


def test_a_taken_port_leaves_what_was_remembered(tmp_path: Path, started: list[Settings]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        arguments = ["serve", "--data", str(tmp_path), "--name", "Practice", "--port", port]
        assert ExitCode.STORAGE == cli.run(arguments)

    assert ([], []) == (started, list(tmp_path.iterdir()))


def test_an_address_of_another_machine_is_not_blamed_on_the_port(
    tmp_path: Path, started: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--host", "192.0.2.1", "--port", "0", "--data", str(tmp_path)]

    assert ExitCode.STORAGE == cli.run(["serve", *given])
    assert "choose another address or port" in capsys.readouterr().err
    assert [] == started


@pytest.mark.parametrize("wrong", ["missing", "no PEM", "another key"])
def test_a_certificate_that_cannot_be_used_is_named(
    tmp_path: Path, started: list[Settings], capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = certificate_in(tmp_path / "one"), certificate_in(tmp_path / "two")
    key = {"missing": tmp_path / "none.pem", "no PEM": tmp_path / "text", "another key": two.key}
    (tmp_path / "text").write_text("no key")
    pair = ["--tls-cert", str(one.certificate), "--tls-key", str(key[wrong])]
    data = tmp_path / "data"

    assert ExitCode.REFUSED == cli.run(["serve", "--data", str(data), "--json", *pair])
    assert "invalid_input" == json.loads(capsys.readouterr().err)["error"]["code"]
    assert ([], False) == (started, data.exists())


def test_both_ports_that_were_taken_are_said(
    tmp_path: Path, started: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    ports = ["--port", "0", "--metrics-port", "0"]
    assert ExitCode.OK == cli.run(["serve", "--data", str(tmp_path), *ports])

    server, numbers = capsys.readouterr().out.splitlines()
    assert server.endswith(started[0].public_url)
    assert re.search(r"http://127\.0\.0\.1:[1-9]\d*/metrics$", numbers)


def has_ipv6() -> bool:
    try:
        serving.listening_socket("::1", 0).close()
    except StorageError:
        return False
    return True


@pytest.mark.parametrize("host", ["::1", "::"])
def test_the_address_of_numbers_can_be_opened_where_it_is_of_ipv6(
    tmp_path: Path, started: list[Settings], capsys: pytest.CaptureFixture[str], host: str
) -> None:
    if not has_ipv6():  # as in many containers: there is nothing to listen on
        pytest.skip("NO ADDRESS OF IPV6 WAS TRIED: this machine has none")
    ports = ["--port", "0", "--metrics-port", "0", "--metrics-host", host, "--json"]
    assert ExitCode.OK == cli.run(["serve", "--data", str(tmp_path), *ports])

    assert re.fullmatch(
        r"http://\[::1\]:[1-9]\d*/metrics", json.loads(capsys.readouterr().out)["metrics"]
    )
    assert started
