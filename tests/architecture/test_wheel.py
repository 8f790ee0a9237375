"""What is installed is what is in the packages: templates, SQL and static files included."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, project_files


def test_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=50,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    expected = {
        path.relative_to(folder.parent).as_posix()
        for folder in PACKAGES.values()
        for path in project_files()
        if path.is_relative_to(folder)
    }

    built = PACKAGES["server"] / "built_app"
    expected |= {path.relative_to(PACKAGES["server"].parent).as_posix() for path in built.glob("*")}

    assert expected == {name for name in names if ".dist-info/" not in name}
