"""Builds the app for the browser into the server's package: ``make app``.

Everything comes from the lock files: JavaScript and Python itself from ``package-lock.json``, the
libraries of Python from ``requirements.lock``. Nothing is fetched when the app runs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from base64 import b64encode
from hashlib import sha256, sha384
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

import msgspec

from trailmark_client.web.rendering import COMPILED_FOLDER, templates

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
SOURCES: Final = HERE / "src"
NODE: Final = HERE / "node_modules"
SCRATCH: Final = HERE / "build"
TARGET: Final = ROOT / "server" / "trailmark_server" / "built_app"
WEB: Final = ROOT / "client" / "trailmark_client" / "web" / "static"

PYTHON_VERSION: Final = "3.14"
PLATFORM: Final = "pyemscripten_2026_0_wasm32"

_FETCHED: Final = ("msgspec", "tzdata")
_INSTALLED: Final = ("jinja2", "markupsafe", "segno")
_OURS: Final = (
    ROOT / "shared" / "trailmark_shared",
    ROOT / "shared" / "trailmark_adapters",
    ROOT / "client" / "trailmark_client",
)
_NOT_THERE: Final = ("__pycache__", "cli", "*.so", "*.c", "*.po", "*.pot", "static", "templates")
"""What no browser needs: the command line, compiled code of other machines, sources of texts and
of pages."""

_FOR_CHECKERS: Final = ("*.pyi", "py.typed")
"""Files that only checkers of types read."""

_ZONES: Final = "tzdata"
_BUNDLES: Final = ("page", "python", "worker", "service-worker")
_COPIES: Final = {
    "pyodide.mjs": NODE / "pyodide" / "pyodide.mjs",
    "pyodide.asm.mjs": NODE / "pyodide" / "pyodide.asm.mjs",
    "pyodide.asm.wasm": NODE / "pyodide" / "pyodide.asm.wasm",
    "python_stdlib.zip": NODE / "pyodide" / "python_stdlib.zip",
    "manifest.webmanifest": SOURCES / "manifest.webmanifest",
    "pages.css": WEB / "pages.css",
    "pages.js": WEB / "pages.js",
    "icon.svg": WEB / "icon.svg",
    **{path.name: path for path in SOURCES.glob("*.png")},
}
_EPOCH: Final = (2020, 1, 1, 0, 0, 0)
_LICENCE: Final = re.compile(r"\.dist-info/(?:.*/)?LICEN[CS]E[^/]*$", re.IGNORECASE)
_LICENCES_HEAD: Final = (
    "Trailmark is under the Apache License, Version 2.0. This app also holds the work of others,\n"
    "under these licences:\n"
)
_PYTHON_LICENCE: Final = (
    "PSF-2.0, see https://docs.python.org/3/license.html\n"
    "Copyright (c) 2001 Python Software Foundation; All Rights Reserved\n"
)
_SHELL: Final = "index.html"
_KEEPER: Final = "service-worker.js"


def main() -> None:
    """Build everything anew."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for name, path in _COPIES.items():
        shutil.copyfile(path, TARGET / name)
    (TARGET / "pyodide-lock.json").write_bytes(_lock_of_pyodide())
    packages = _packages()
    (TARGET / "licences.txt").write_text(_licences())
    _pack(packages / _ZONES, TARGET / "zones.zip")
    shutil.rmtree(packages / _ZONES)
    (compiled,) = packages.rglob("*.so")
    compiled.rename(TARGET / "compiled.wasm")
    # Python looks for it there; what it finds was loaded before.
    compiled.touch()
    _line_up(packages, TARGET / "packages.bin")
    for name in _BUNDLES:
        _bundle(name, compiled.relative_to(packages))
    _seal()
    _compress()
    size = sum(path.stat().st_size for path in TARGET.iterdir())
    print(
        f"{len(list(TARGET.iterdir()))} files, {size / 1e6:.1f} MB, in {TARGET.relative_to(ROOT)}"
    )


def _lock_of_pyodide() -> bytes:
    """Return what Pyodide asks for at its start, without the packages that we do not use."""
    held: dict[str, Any] = msgspec.json.decode(
        (NODE / "pyodide" / "pyodide-lock.json").read_bytes()
    )
    return msgspec.json.encode({"info": held["info"], "packages": {}})


def _bundle(name: str, compiled: Path) -> None:
    subprocess.run(
        [
            NODE / ".bin" / "esbuild",
            SOURCES / f"{name}.js",
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2024",
            "--external:./pyodide.asm.mjs",
            "--external:./pyodide.mjs",
            "--external:./python.js",
            "--legal-comments=inline",
            f'--define:COMPILED="/packages/{compiled.as_posix()}"',
            f'--define:PYTHON_BUILD="{_python_build()}"',
            "--log-level=warning",
            f"--outfile={TARGET / name}.js",
        ],
        check=True,
    )


def _python_build() -> str:
    """Return a name for all that is in Python's memory once it has started, and for how it does."""
    files = [path for path in TARGET.iterdir() if path.suffix in {".bin", ".mjs", ".wasm", ".zip"}]
    files += [SOURCES / name for name in ("packages.js", "python.js", "start.js")]
    return sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()[:16]


def _packages() -> Path:
    """Return a folder with every Python package that the app needs, compiled."""
    folder = SCRATCH / "packages"
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns(*_NOT_THERE)
    for path in _OURS:
        shutil.copytree(path, folder / path.name, ignore=ignored)
    # Templates name static files by their hashes; only the names are needed there.
    shutil.copytree(WEB, folder / "trailmark_client" / "web" / "static")
    templates().compile_to(folder / "trailmark_client" / "web" / COMPILED_FOLDER.name)
    installed = Path(sysconfig.get_path("purelib"))
    for name in _INSTALLED:
        shutil.copytree(installed / name, folder / name, ignore=ignored)
    for wheel in _wheels():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    for unwanted in (*folder.glob("*.dist-info"), *folder.rglob("tests")):
        shutil.rmtree(unwanted)
    for unwanted in [path for kind in _FOR_CHECKERS for path in folder.rglob(kind)]:
        unwanted.unlink()
    subprocess.run(["node", HERE / "compile.mjs", folder], check=True, cwd=HERE)
    return folder


def _wheels() -> list[Path]:
    """Return the wheels that this machine has not installed, each checked against the lock."""
    folder = SCRATCH / "wheels"
    folder.mkdir(parents=True)
    pins = SCRATCH / "wheels.txt"
    lock = (ROOT / "requirements.lock").read_text()
    pins.write_text("".join(_pin(lock, name) for name in _FETCHED))
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
            *("--only-binary=:all:", "--python-version", PYTHON_VERSION, "--implementation", "cp"),
            *("--abi", f"cp{PYTHON_VERSION.replace('.', '')}", "--abi", "none"),
            *("--platform", PLATFORM, "--platform", "any", "--dest", folder, "--requirement", pins),
        ],
        check=True,
    )
    return sorted(folder.glob("*.whl"))


def _licences() -> str:
    """Return whose work the app holds besides ours, each with its licence as it came with it."""
    ours = msgspec.json.decode((HERE / "package.json").read_bytes())
    parts = [_LICENCES_HEAD]
    for name in ours["dependencies"]:
        told = msgspec.json.decode((NODE / name / "package.json").read_bytes())
        texts = [path.read_text() for path in sorted(NODE.glob(f"{name}/LICENSE*"))]
        texts = texts or [
            f"{told['license']}; sources, also of what it holds: {told['homepage']}\n"
        ]
        parts.append(_named(name, told["version"], texts))
    parts.append(_named("Python", PYTHON_VERSION, [_PYTHON_LICENCE]))
    for name in _INSTALLED:
        found = distribution(name)
        files = [each for each in found.files or () if _LICENCE.search(each.as_posix())]
        parts.append(_named(name, found.version, [each.read_text() for each in files]))
    for wheel in sorted((SCRATCH / "wheels").glob("*.whl")):
        name, version, *_ = wheel.name.split("-")
        with zipfile.ZipFile(wheel) as archive:
            files = [each for each in archive.namelist() if _LICENCE.search(each)]
            parts.append(_named(name, version, [archive.read(each).decode() for each in files]))
    return "\n".join(parts)


def _named(name: str, version: str, texts: list[str]) -> str:
    assert texts, f"{name} comes with its licence"
    return "\n".join((f"----- {name} {version} -----\n", *texts))


def _pin(lock: str, name: str) -> str:
    """Return the pin of a package with its hashes, for whatever machine it was meant."""
    found = re.search(rf"^{name}==(\S+).*?\\\n((?:    --hash=.*\n?)+)", lock, re.MULTILINE)
    assert found is not None, f"{name} is in the lock"
    return f"{name}=={found[1]} \\\n{found[2]}"


def _pack(folder: Path, target: Path) -> None:
    """Pack a folder under its name, byte for byte the same whenever its files are."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in _files(folder):
            info = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())


def _line_up(folder: Path, target: Path) -> None:
    """Write all files behind each other, after a list of their names and sizes: see packages.js.

    The list is JSON, and the length of it stands before it, 4 bytes, the greatest first.
    """
    files = _files(folder)
    told = [(path.relative_to(folder).as_posix(), path.stat().st_size) for path in files]
    listed = msgspec.json.encode(told)
    data = b"".join(path.read_bytes() for path in files)
    target.write_bytes(len(listed).to_bytes(4, "big") + listed + data)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _seal() -> None:
    """Write the page that names its scripts by hash, and the worker that knows every file's."""
    shell = (SOURCES / _SHELL).read_text()
    shell = re.sub(r'(?:src|href)="([\w.-]+\.(?:js|css))"', _with_integrity, shell)
    (TARGET / _SHELL).write_text(shell)
    kept = sorted(path for path in TARGET.iterdir() if path.name != _KEEPER)
    files = {path.name: _integrity(path.read_bytes()) for path in kept}
    build = sha256(msgspec.json.encode(files)).hexdigest()[:16]
    told = msgspec.json.encode({"build": build, "files": files}).decode()
    keeper = TARGET / _KEEPER
    keeper.write_text(f"self.TRAILMARK_BUILD={told};\n{keeper.read_text()}")


def _compress() -> None:
    """Write the Brotli form of everything that gets smaller by it."""
    wanted = [path for path in sorted(TARGET.iterdir()) if path.suffix != ".zip"]
    subprocess.run(["node", HERE / "compress.mjs", *wanted], check=True)


def _with_integrity(found: re.Match[str]) -> str:
    return f'{found[0]} integrity="{_integrity((TARGET / found[1]).read_bytes())}"'


def _integrity(data: bytes) -> str:
    return f"sha384-{b64encode(sha384(data).digest()).decode()}"


if __name__ == "__main__":
    main()
