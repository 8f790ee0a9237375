"""A copy of everything: whole or not at all, for the person's own account only."""

import csv
import errno
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.person import NOON
from tests.support.pseudo import TAG, write_pseudo
from tests.unit.client.cli.conftest import Cli
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.languages import Languages
from trailmark_client.cli import exporting
from trailmark_client.cli.program import main
from trailmark_client.queries.export_records import Source, Table
from trailmark_client.queries.export_tables import TABLES
from trailmark_shared.errors import ErrorCode

_REFLECTION = "It was hard.\nI said so, “aloud”; =SUM(1) is no formula"


def write_things(cli: Cli) -> str:
    """Write a few things down and return the goal."""
    goal = cli.goal("Two walks a week")
    cli.ok("check-in", goal, "2", "--note", "by the river")
    cli.ok("reflect", _REFLECTION)
    cli.ok("win", "=HYPERLINK(1)")
    return goal


def rows_of(archive: ZipFile, name: str) -> list[dict[str, str]]:
    [inner] = [each for each in archive.namelist() if each.endswith(f"/{name}.csv")]
    text = io.StringIO(archive.read(inner).decode(), newline="")
    return list(csv.DictReader(text, strict=True))


def test_everything_readable_is_in_it(cli: Cli, tmp_path: Path) -> None:
    write_things(cli)
    file = tmp_path / "copy.json"

    told = cli.ok("export", str(file))

    found = json.loads(file.read_bytes())
    assert (str(file), "json", 1, 5, file.stat().st_size, []) == (
        told["file"],
        told["format"],
        told["goals"],
        told["events"],
        told["size"],
        told["files"],
    )
    assert "trailmark-export/1" == found["format"]
    assert ["by the river"] == [each["note"] for each in found["goals"][0]["check_ins"]]
    assert _REFLECTION in {each["text"] for each in found["timeline"]}
    assert all(each["body"] for each in found["events"])
    assert [] == found["access_log"]
    assert 0o600 == file.stat().st_mode & 0o777
    assert ["copy.json", "home"] == sorted(each.name for each in tmp_path.iterdir())


def test_an_archive_holds_tables_the_document_and_a_page(cli: Cli, tmp_path: Path) -> None:
    write_things(cli)
    file = tmp_path / "copy.zip"

    told = cli.ok("export", str(file))

    with ZipFile(file) as archive:
        names, infos = archive.namelist(), archive.infolist()
        folders = {each.partition("/")[0] for each in names}
        [reflection] = rows_of(archive, "reflections")
        [won] = rows_of(archive, "wins-and-setbacks")
        [checked] = rows_of(archive, "check-ins")
        document = json.loads(archive.read(next(n for n in names if n.endswith(".json"))))
        page = archive.read(next(n for n in names if n.endswith("/index.html"))).decode()
    assert 1 == len(folders)
    assert folders.pop().startswith("trailmark-20")
    assert [*(each["name"] for each in told["files"]), "index.html"] == [
        each.partition("/")[2] for each in names
    ]
    assert {0o600} == {each.external_attr >> 16 & 0o777 for each in infos}
    assert (_REFLECTION, "Europe/Berlin") == (reflection["text"], reflection["zone"])
    assert "'=HYPERLINK(1)" == won["text"]
    assert ("Two walks a week", "by the river") == (checked["goal_title"], checked["note"])
    assert ("trailmark-export/1", 5) == (document["format"], len(document["events"]))
    assert "Two walks a week" in page
    assert (1, 5, 0o600) == (told["goals"], told["events"], file.stat().st_mode & 0o777)


@pytest.mark.parametrize(("name", "format_"), [("copy", "csv"), ("copy.zip", "json")])
def test_the_form_can_be_chosen(cli: Cli, tmp_path: Path, name: str, format_: str) -> None:
    write_things(cli)

    told = cli.ok("export", str(tmp_path / name), "--format", format_)

    begins = (tmp_path / name).read_bytes()[:2]
    assert (format_, b"PK" if format_ == "csv" else b"{\n") == (told["format"], begins)


@pytest.mark.parametrize("name", ["copy.json", "copy.zip"])
def test_the_same_moment_gives_the_same_bytes(
    cli: Cli, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_things(cli)

    def now_ms(_clock: SystemClock) -> int:
        return NOON

    monkeypatch.setattr(SystemClock, "now_ms", now_ms)

    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        cli.ok("export", str(tmp_path / folder / name))

    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_people_are_told_what_was_written_and_that_it_is_open(cli: Cli, tmp_path: Path) -> None:
    write_things(cli)

    ran = cli("export", str(tmp_path / "copy.zip"))

    assert 0 == ran.code
    assert "Written: 1 goal, 5 events." in ran.out
    assert "reflections.csv: 1" in ran.out
    assert "It is not sealed" in ran.out


@pytest.mark.parametrize("name", ["there.json", "no-such-folder/copy.json", "dangling.json"])
def test_nothing_is_overwritten_and_no_folder_is_made(cli: Cli, tmp_path: Path, name: str) -> None:
    (tmp_path / "there.json").write_text("mine")
    (tmp_path / "dangling.json").symlink_to(tmp_path / "elsewhere")

    assert (2, ErrorCode.INVALID_INPUT) == cli("export", str(tmp_path / name), "--json").error
    assert "mine" == (tmp_path / "there.json").read_text()
    assert not (tmp_path / "elsewhere").exists()


def test_what_an_export_that_was_killed_left_is_pointed_at(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "copy.json.part").write_text("half of it")

    ran = cli("export", str(tmp_path / "copy.json"))

    assert 2 == ran.code
    assert "copy.json.part was left there, unfinished and readable: remove it" in ran.err
    assert ["copy.json.part", "home"] == sorted(each.name for each in tmp_path.iterdir())


def failing(error: BaseException) -> Callable[[Source], Iterator[tuple[str]]]:
    def rows(_source: Source) -> Iterator[tuple[str]]:
        yield ("thistlevane",)
        raise error

    return rows


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "full"), ErrorCode.DISK_FULL),
        (OSError(errno.EIO, "broken"), ErrorCode.STORAGE_UNAVAILABLE),
        (KeyboardInterrupt(), None),
    ],
)
def test_a_failed_write_leaves_nothing(
    cli: Cli,
    tmp_path: Path,
    error: BaseException,
    code: ErrorCode | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_things(cli)
    broken = Table(name="broken", title="Broken", columns=("text",), rows=failing(error))
    monkeypatch.setattr(exporting, "TABLES", (*TABLES[:2], broken))

    ran = cli("export", str(tmp_path / "copy.zip"), "--json")

    assert 0 != ran.code
    assert code is None or code == ran.error[1]
    assert "thistlevane" not in ran.err
    assert ["home"] == [each.name for each in tmp_path.iterdir()]


def test_a_file_that_the_disk_does_not_confirm_is_not_left(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_things(cli)
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == tmp_path:
            raise OSError(errno.EIO, "not confirmed")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)

    ran = cli("export", str(tmp_path / "copy.json"), "--json")

    assert (6, ErrorCode.STORAGE_UNAVAILABLE) == ran.error
    assert ["home"] == [each.name for each in tmp_path.iterdir()]


def test_a_clinic_gets_a_bundle_without_reflections(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk", "--target", "at-least 2 walks per week")
    cli.ok("reflect", "marrowglint")
    file = tmp_path / "fhir.json"

    ran = cli("export", str(file), "--format", "fhir")
    told = cli.ok("export", str(tmp_path / "again.json"), "--format", "fhir")

    bundle = json.loads(file.read_text())
    kinds = [each["resource"]["resourceType"] for each in bundle["entry"]]
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    assert kinds == ["Patient", "CarePlan", "Goal", "Provenance", "Provenance"]
    assert "marrowglint" not in file.read_text()
    assert "Your reflections, and parts of them, are not in it." in ran.out
    assert (told["format"], told["goals"], told["events"]) == ("fhir", 1, 2)


def test_what_programs_read_is_the_same_in_every_language(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = write_things(cli)
    cli.ok("goal", "achieve", goal, "--reason", "goal-reached")
    write_pseudo(tmp_path / "locale")
    monkeypatch.setattr(SystemClock, "now_ms", _noon)
    read: dict[str, dict[str, bytes]] = {}

    for language in ("en", TAG):
        monkeypatch.setenv("TRAILMARK_LANGUAGE", language)
        for name, format_ in (("all.zip", "csv"), ("all.json", "json"), ("fhir.json", "fhir")):
            words = ("export", str(tmp_path / f"{language}-{name}"), "--format", format_)
            assert main(words, Languages(tmp_path / "locale")) == 0
        read[language] = _files(tmp_path, language)

    pages = [each.pop("index.html") for each in read.values()]
    assert read["en"] == read[TAG]
    assert pages[0] != pages[1], "the page is for people"


def _noon(_clock: SystemClock) -> int:
    return NOON


def _files(folder: Path, language: str) -> dict[str, bytes]:
    with ZipFile(folder / f"{language}-all.zip") as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    others = {name: (folder / f"{language}-{name}").read_bytes() for name in _ALONE}
    return files | others


_ALONE = ("all.json", "fhir.json")
