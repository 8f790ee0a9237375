"""compose.yaml says what it should, and asks the server for nothing that it does not know."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.architecture.sources import ROOT
from trailmark_server.settings import DATA_VARIABLE


class HealthCheck(msgspec.Struct, forbid_unknown_fields=True):
    test: list[str]
    interval: str
    timeout: str
    retries: int
    start_period: str


class Service(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of a service that this project uses; a misspelt one is an unknown field."""

    image: str
    command: list[str]
    ports: list[str]
    volumes: list[str]
    user: str
    read_only: bool
    tmpfs: list[str]
    cap_drop: list[str]
    security_opt: list[str]
    restart: str
    stop_grace_period: str
    healthcheck: HealthCheck
    build: str


class Compose(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    services: dict[str, Service]
    volumes: dict[str, dict[str, str]]


@pytest.fixture
def compose() -> Compose:
    return msgspec.yaml.decode((ROOT / "compose.yaml").read_bytes(), type=Compose)


@pytest.fixture
def server(compose: Compose) -> Service:
    return compose.services["server"]


def dockerfile(instruction: str) -> list[str]:
    """Return what each line of the Dockerfile says that begins with an instruction."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    return [
        line.removeprefix(instruction).strip() for line in lines if line.startswith(instruction)
    ]


def test_every_volume_is_declared(compose: Compose, server: Service) -> None:
    named = {mount.partition(":")[0] for mount in server.volumes}

    assert compose.volumes.keys() == named


def test_port_is_on_loopback(server: Service) -> None:
    """Without TLS in front, nobody but this machine may reach it."""
    port = server.command[server.command.index("--port") + 1]

    assert [f"127.0.0.1:{port}:{port}"] == server.ports


def test_server_can_write_only_its_data(server: Service) -> None:
    mounted = [mount.partition(":")[2] for mount in server.volumes]

    assert server.read_only
    assert dockerfile("VOLUME") == mounted
    assert f"{DATA_VARIABLE}={mounted[0]}" in (ROOT / "Dockerfile").read_text().split()


def test_server_has_no_rights_it_does_not_need(server: Service) -> None:
    assert int(server.user.partition(":")[0]) > 0
    assert dockerfile("USER") == [server.user]
    assert ["ALL"] == server.cap_drop
    assert ["no-new-privileges:true"] == server.security_opt


def test_health_is_asked_at_health(server: Service) -> None:
    port = server.command[server.command.index("--port") + 1]
    kind, python, flag, script = server.healthcheck.test

    assert ("CMD", "python", "-c") == (kind, python, flag)
    assert f"http://127.0.0.1:{port}/health" in script
    compile(script, "healthcheck", "exec")


def test_image_copies_only_what_exists() -> None:
    lines = [line.split() for line in dockerfile("COPY") if "--from" not in line]
    sources = [name for *names, _destination in lines for name in names]

    assert [] == [name for name in sources if not (ROOT / name).exists()]


def test_command_is_one_that_the_server_knows(server: Service) -> None:
    program = Path(sys.executable).with_name("trailmark-server")
    command, *options = server.command
    done = subprocess.run(
        [program, command, "--help"],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
    )
    known = set(re.findall(r"--[a-z][a-z-]*", done.stdout))

    assert 0 == done.returncode, done.stderr
    assert [] == [option for option in options if option.startswith("--") and option not in known]
