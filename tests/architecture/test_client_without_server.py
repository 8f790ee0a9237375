"""A person's device installs no web framework, so nothing of the client may ask for one."""

import subprocess
import sys

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
PAGES = ("trailmark_client.web.", "trailmark_client.local_site.", "trailmark_client.in_browser.")

for module in pkgutil.walk_packages(trailmark_client.__path__, "trailmark_client."):
    if not module.name.endswith("__main__") and not module.name.startswith(PAGES):
        importlib.import_module(module.name)
"""

_HELP = """
from trailmark_client.cli.program import main

sys.argv = ["trailmark", "--help"]
sys.exit(main())
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
