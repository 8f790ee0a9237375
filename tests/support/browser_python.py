"""The project's own tests inside a browser: pytest runs there, over the files that last there."""

from __future__ import annotations

import sysconfig
import zipfile
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, Route

from tests.architecture.sources import PACKAGES, ROOT
from tests.support.browser_app import START_MS, start_is_kept

_PROBE: Final = """
import { openPython } from "./python.js";

const { python, folder, isRestored } = await openPython("suite");
self.onmessage = async ({ data }) => {
  await folder.topUp(64);
  try {
    if (data.archive) python.unpackArchive(data.archive, "zip", { extractDir: "/suite" });
    self.postMessage({ told: python.runPython(data.code) });
  } catch (error) {
    self.postMessage({ told: String(error) });
  }
};
self.postMessage({ told: isRestored });
"""

_PAGE: Final = "<!doctype html><meta charset=utf-8><title>Suite</title>"

_BEGIN: Final = """
async (patience) => {
  globalThis.suite = new Worker("/app/probe.js", { type: "module" });
  return await new Promise((resolve, reject) => {
    suite.onmessage = ({ data }) => resolve(data.told);
    suite.onerror = (event) => reject(new Error(event.message));
    setTimeout(() => reject(new Error("Python did not start")), patience);
  });
}
"""

_RUN: Final = """
async ({ code, archive }) => {
  const bytes = archive && Uint8Array.from(atob(archive), (each) => each.charCodeAt(0)).buffer;
  const answered = new Promise((resolve) => { suite.onmessage = resolve; });
  suite.postMessage({ code, archive: bytes });
  return (await answered).data.told;
}
"""

_LIBRARIES: Final = ("_pytest", "iniconfig", "packaging", "pluggy", "py.py", "pygments", "pytest")

# What tests ask of libsodium is asked of noble; keys that only servers have are made for them here.
_STAND_IN: Final = """
import hashlib, hmac, os, sys, types
from pathlib import Path

os.chdir("/suite")
sys.path.insert(0, "/suite")


def pbkdf2_hmac(name, password, salt, rounds, dklen):
    keyed = hmac.new(password, digestmod=name)
    block, made = 1, b""
    while len(made) < dklen:
        last = keyed.copy()
        last.update(salt + block.to_bytes(4, "big"))
        last = last.digest()
        whole = int.from_bytes(last, "big")
        for _ in range(rounds - 1):
            again = keyed.copy()
            again.update(last)
            last = again.digest()
            whole ^= int.from_bytes(last, "big")
        made, block = made + whole.to_bytes(len(last), "big"), block + 1
    return made[:dklen]


hashlib.pbkdf2_hmac = pbkdf2_hmac

from trailmark_adapters.noble import loaded_cipher, loaded_key_pair

nacl = types.ModuleType("trailmark_adapters.nacl")
nacl.NaclCipher = loaded_cipher
nacl.NaclSigner = loaded_key_pair
sys.modules["trailmark_adapters.nacl"] = nacl
"ready"
"""

_PYTEST: Final = """
import contextlib, io, pytest

said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    code = pytest.main({words!r})
f"{{int(code)}} {{said.getvalue()}}"
"""


def begin_python(page: Page, url: str) -> bool:
    """Start Python in a worker of its own; return whether it began with a memory that was kept.

    Args:
        page: A window; no worker of the app may stand between it and the network.
        url: A server with the app.
    """
    _answer(page, "**/app/probe.js", "text/javascript", _PROBE)
    _answer(page, "**/app/probe.html", "text/html", _PAGE)
    page.goto(f"{url}/app/probe.html")
    is_restored = page.evaluate(_BEGIN, START_MS)
    start_is_kept(page)
    return is_restored


def begin_suite(page: Page) -> None:
    """Put our tests, and what they need, beside the Python that was started."""
    archive = b64encode(_suite()).decode()
    told = page.evaluate(_RUN, {"code": "'unpacked'", "archive": archive})
    assert told == "unpacked"
    told = run_python(page, _STAND_IN)
    assert told == "ready", told


def run_python(page: Page, code: str) -> str:
    """Run a piece of Python there; return its last value, or the error that it ended in."""
    return page.evaluate(_RUN, {"code": code, "archive": None})


def _answer(page: Page, pattern: str, media_type: str, body: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type=media_type)

    page.route(pattern, answer)


def run_suite(page: Page, *words: str) -> str:
    """Run pytest there; return its exit code, a blank, and what it said."""
    options = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir=/suite", *words]
    return run_python(page, _PYTEST.format(words=options))


def _suite() -> bytes:
    """Return an archive of the tests and of the libraries that run them."""
    libraries = Path(sysconfig.get_path("purelib"))
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, root in (
            *((ROOT / "tests" / name, ROOT) for name in ("golden", "support", "unit")),
            *((libraries / name, libraries) for name in _LIBRARIES),
            (PACKAGES["server"], PACKAGES["server"].parent),
        ):
            found = [folder] if folder.suffix else sorted(folder.rglob("*"))
            for path in found:
                if path.suffix in {".py", ".json", ".txt", ".gz"}:
                    archive.write(path, path.relative_to(root))
    return held.getvalue()
