"""A person's device installs no web framework, so nothing of the client may ask for one."""

import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT
from trailmark_server.__main__ import NEEDED

_BLOCK = """
import importlib.abc, importlib, pkgutil, sys

SERVER_ONLY = {
    "litestar", "uvicorn", "uvloop", "httptools", "jinja2", "argon2", "webauthn", "zxcvbn_rs_py",
    "trailmark_server",
}

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in SERVER_ONLY:
            raise ModuleNotFoundError(f"{name} is not on a person's device", name=name)
        return None

sys.meta_path.insert(0, Refuse())
"""

_IMPORT_ALL = """
import trailmark_client

# The person's own pages are an extra.
SHELLS = ("behind_pages", "in_browser", "local_site", "web")
PAGES = tuple(f"trailmark_client.{name}." for name in SHELLS)

for module in pkgutil.walk_packages(trailmark_client.__path__, "trailmark_client."):
    if not module.name.endswith("__main__") and not module.name.startswith(PAGES):
        importlib.import_module(module.name)
"""

_HELP = """
from trailmark_client.cli.program import main

sys.argv = ["trailmark", "--help"]
sys.exit(main())
"""

_SERVER = """
import sys

sys.modules[sys.argv[1]] = None  # as if it were not installed
sys.argv = ["trailmark-server", *sys.argv[2:]]

from trailmark_server.__main__ import run

run()
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _BLOCK + script],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
    )


def test_every_client_module_imports_without_the_server_extra() -> None:
    done = run(_IMPORT_ALL)

    assert (0, "") == (done.returncode, done.stderr)


def test_help_works_without_the_server_extra() -> None:
    done = run(_HELP)

    assert (0, "") == (done.returncode, done.stderr)
    assert "trailmark" in done.stdout.lower()


def run_server(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _SERVER, *words],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
    )


@pytest.mark.parametrize("missing", NEEDED)
def test_the_servers_command_says_what_is_not_installed(missing: str, tmp_path: Path) -> None:
    """The device's installation brings the command, too, and none of what it needs."""
    done = run_server(missing, "serve", "--data", str(tmp_path))

    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr == (
        "trailmark-server: the server is not installed here; install trailmark with its extra: "
        "trailmark[server]\n"
    )
    assert [] == list(tmp_path.iterdir())


def test_programs_are_told_as_of_any_error() -> None:
    done = run_server(NEEDED[0], "doctor", "--json")

    assert "invalid_input" == json.loads(done.stderr)["error"]["code"]


@pytest.mark.parametrize(
    "words",
    [
        ("migrate-to", "postgresql://127.0.0.1:1/nothing"),
        ("verify", "--database", "postgresql://127.0.0.1:1/nothing"),
        ("backup", "log", "keys", "--database", "postgresql://127.0.0.1:1/nothing"),
    ],
)
@pytest.mark.parametrize("missing", ["asyncpg", "greenlet"])
def test_what_postgresql_needs_is_told_where_it_is_not_installed(
    missing: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    done = run_server(missing, *words, "--data", str(tmp_path), "--json")
    told = json.loads(done.stderr)["error"]

    assert (4, "storage_unavailable") == (done.returncode, told["code"])
    assert "trailmark[server,postgres]" in told["message"]


def test_everything_that_the_extra_brings_everywhere_is_looked_for() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = map(Requirement, extras["optional-dependencies"]["server"])
    wanted = {canonicalize_name(each.name) for each in asked if each.marker is None}
    found = packages_distributions()
    looked_for = {canonicalize_name(name) for each in NEEDED for name in found[each]}

    assert wanted == looked_for
