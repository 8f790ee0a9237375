"""What is installed is what is in the packages: templates, SQL and static files included."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, project_files

pytestmark = pytest.mark.timeout(160)


def build(target: str, folder: Path, into: Path) -> Path:
    """Build what is released from a folder of sources; return the file."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", into],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=50,
    )
    (built,) = into.iterdir()
    return built


def packaged() -> set[str]:
    """Return the files of our packages, and those of the app where it is built."""
    kept = {
        path.relative_to(folder.parent).as_posix()
        for folder in PACKAGES.values()
        for path in project_files()
        if path.is_relative_to(folder)
    }
    server = PACKAGES["server"]
    app = (server / "built_app").glob("*")
    return kept | {path.relative_to(server.parent).as_posix() for path in app}


def tracked() -> set[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return {Path(name) for name in listed.split("\0") if name}


def held(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    assert packaged() == held(build("wheel", ROOT, tmp_path / "wheel"))


def test_wheel_made_of_the_released_sources_is_the_same(tmp_path: Path) -> None:
    """Tools that build both make the wheel of these sources, where nothing can be built."""
    sources = build("sdist", ROOT, tmp_path / "sources")
    with tarfile.open(sources) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}

    # What README and docs/operating.md ask for, from the lock to the demo, is there.
    assert set() == tracked() - files
    assert packaged() == held(build("wheel", folder, tmp_path / "wheel"))
