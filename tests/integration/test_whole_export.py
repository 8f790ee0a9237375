"""A copy of everything, taken with a server and without one."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

from tests.integration.test_whole_erasing_everything import CANARY, fill, space_of
from tests.integration.test_whole_private import every_page, signed_in
from tests.support.whole import World


def inner(file: Path, name: str) -> str:
    with ZipFile(file) as archive:
        [found] = [each for each in archive.namelist() if each.endswith(f"/{name}")]
        return archive.read(found).decode()


def looks(file: Path) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(inner(file, "access-log.csv"), newline=""), strict=True)
    return [(each["name"], each["page"]) for each in rows]


def test_both_devices_take_the_same_along_and_who_looked(world: World) -> None:
    fill(world)
    with closing(signed_in(world.server)) as browser:
        assert CANARY in str(every_page(browser))
    copies = [world.root / f"{each.home.name}.zip" for each in world.devices]

    for device, copy in zip(world.devices, copies, strict=True):
        device.run("export", str(copy))
    world.server.stop()
    world.phone.run("export", str(world.root / "offline.zip"))

    one, other = (json.loads(inner(each, "everything.json")) for each in copies)
    assert {"Dr Okafor"} == {name for name, _ in looks(copies[0])}
    assert looks(copies[0]) == looks(copies[1]) == looks(world.root / "offline.zip")
    assert one["timeline"] == other["timeline"]
    assert {each["event"] for each in one["events"]} == {each["event"] for each in other["events"]}
    assert space_of(world.phone) == one["space"] == other["space"]
    for name in ("reflections", "goals", "goal-history", "check-ins", "excerpts", "steps"):
        tables = [inner(each, f"{name}.csv") for each in copies]
        assert tables[0] == tables[1], name
    assert CANARY in inner(copies[0], "index.html")
