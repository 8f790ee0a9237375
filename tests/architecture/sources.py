"""Where the project's files are, for the tests that read them instead of running them."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = {
    "shared": ROOT / "shared" / "trailmark_shared",
    "adapters": ROOT / "shared" / "trailmark_adapters",
    "client": ROOT / "client" / "trailmark_client",
    "server": ROOT / "server" / "trailmark_server",
}
"""Each import package by the name of the folder in tests/unit that mirrors it."""

_SCRIPT_FOLDERS = ("tests", "bench", "demo", "docs")


def modules(package: str) -> list[Path]:
    """Return the Python files of a package, sorted."""
    return sorted(PACKAGES[package].rglob("*.py"))


def python_files() -> list[Path]:
    """Return every Python file of the project, tests and scripts included, sorted."""
    files = [path for package in PACKAGES for path in modules(package)]
    for folder in _SCRIPT_FOLDERS:
        files.extend((ROOT / folder).rglob("*.py"))
    return sorted(files)


def project_files() -> list[Path]:
    """Return every file that git tracks or would offer to track, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return sorted({path for path in paths if path.is_file()})


def project_texts() -> list[tuple[Path, str]]:
    """Return the project's own text files with their text: nothing vendored, nothing binary."""
    texts: list[tuple[Path, str]] = []
    for path in project_files():
        data = path.read_bytes()
        if "vendor" not in path.parts and b"\0" not in data:
            texts.append((path, data.decode("utf-8")))
    return texts


def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, line: int = 0) -> str:
    """Return ``path:line`` seen from the project's root, for a list of findings."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name
