"""compose.postgres.yaml gives each service what it needs and nothing more."""

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.architecture.sources import ROOT
from trailmark_server.settings import DATABASE_VARIABLE, KEYS_DATABASE_VARIABLE

FILE = "compose.postgres.yaml"
KEYS = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "entrypoint", "environment",
    "healthcheck", "image",
    "network_mode", "networks", "ports", "read_only", "restart", "secrets", "security_opt",
    "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
"""Of a service, that this project uses; a misspelt one is another."""

ONCE = "folders"
"""Gives the volumes their owners, and ends."""


@pytest.fixture
def compose() -> dict[str, Any]:
    return msgspec.yaml.decode((ROOT / FILE).read_bytes())


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Return what is mounted where."""
    pairs = [each.split(":") for each in service.get("volumes", [])]
    return {source: target for source, target, *_ in pairs}


def test_no_key_is_misspelt(compose: dict[str, Any]) -> None:
    unknown = {key for service in compose["services"].values() for key in service} - KEYS

    assert set() == unknown
    assert {"name", "networks", "secrets", "services", "volumes", "x-server"} == set(compose)


def test_nobody_is_root_or_can_write_elsewhere(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert ["ALL"] == service["cap_drop"], name
        assert ["no-new-privileges:true"] == service["security_opt"], name
        assert name == ONCE or int(service["user"].partition(":")[0]) > 0, name
        assert name == ONCE or "cap_add" not in service, name


def test_everything_named_is_declared_and_used(compose: dict[str, Any]) -> None:
    services = compose["services"].values()
    named = {source for each in services for source in mounts(each) if "/" not in source}
    secrets = {secret for each in services for secret in each.get("secrets", [])}
    networks = {network for each in services for network in each.get("networks", [])}

    assert named == set(compose["volumes"])
    assert secrets == set(compose["secrets"])
    assert networks == set(compose["networks"])
    for service in services:
        for source in mounts(service):
            assert "/" not in source or (ROOT / source).is_file(), source


def test_only_the_proxy_is_reached_and_never_reaches_the_database(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert ["caddy"] == [name for name, each in services.items() if "ports" in each]
    assert ["front"] == services["caddy"]["networks"]
    assert ["back"] == services["postgres"]["networks"]
    assert compose["networks"]["back"]["internal"]


def test_servers_are_alike_and_take_their_secrets_from_files(compose: dict[str, Any]) -> None:
    one, two = compose["services"]["one"], compose["services"]["two"]
    subnet = compose["networks"]["front"]["ipam"]["config"][0]["subnet"]

    assert one == two
    assert {DATABASE_VARIABLE, KEYS_DATABASE_VARIABLE} == set(one["environment"])
    for value in one["environment"].values():
        folder, _, secret = value.rpartition("/")
        assert "@/run/secrets" == folder
        assert secret in one["secrets"]
    assert subnet == one["command"][one["command"].index("--trusted-proxy") + 1]
    assert (ROOT / "Dockerfile").read_text().count(f"USER {one['user']}") == 1


def test_each_waits_until_what_it_needs_answers(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert name in {ONCE, "backup"} or "healthcheck" in service, name
        for needed, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if needed == ONCE else "service_healthy"
            assert {"condition": wanted} == how
    script = services["one"]["healthcheck"]["test"][-1]
    port = services["one"]["command"][services["one"]["command"].index("--port") + 1]
    assert f"http://127.0.0.1:{port}/health/ready" in script
    compile(script, "healthcheck", "exec")


def test_the_proxy_knows_the_servers_and_keeps_no_paths(compose: dict[str, Any]) -> None:
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    port = compose["services"]["one"]["command"][4]
    said = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]

    assert f"reverse_proxy one:{port} two:{port} {{" in text
    assert "flush_interval -1" in text
    # Nobody asks for a log of accesses; that of errors has requests that no server answered.
    assert ["log default {"] == [line for line in said if re.match(r"log\b", line)]
    assert {"request>uri delete", "request>headers delete"} <= set(said)
    assert {"8080", "8443"} == {
        each.partition("/")[0].split(":")[1] for each in compose["services"]["caddy"]["ports"]
    }


def test_log_and_keys_are_backed_up_apart(compose: dict[str, Any]) -> None:
    environment = compose["services"]["backup"]["environment"]
    targets = set(mounts(compose["services"]["backup"]).values())

    assert environment["LOG_FOLDER"] != environment["KEYS_FOLDER"]
    assert {environment["LOG_FOLDER"], environment["KEYS_FOLDER"]} < targets
    assert int(environment["KEYS_DAYS"]) < int(environment["LOG_DAYS"])


def test_scripts_are_sound() -> None:
    for script in sorted((ROOT / "deploy").glob("*.sh")):
        subprocess.run(["sh", "-n", script], check=True)
        assert script.stat().st_mode & stat.S_IXUSR, script.name


def test_the_command_is_one_that_the_server_knows(compose: dict[str, Any]) -> None:
    program = Path(sys.executable).with_name("trailmark-server")
    command, *options = compose["services"]["one"]["command"]
    done = subprocess.run(
        [program, command, "--help"], check=True, capture_output=True, text=True, timeout=30
    )
    known = set(re.findall(r"--[a-z][a-z-]*", done.stdout))

    assert [] == [option for option in options if option.startswith("--") and option not in known]
