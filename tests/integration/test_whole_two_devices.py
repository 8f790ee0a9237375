"""Two devices that were apart for weeks hold the same afterwards, in whatever order they sync."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.support.processes import DeviceFolder
from tests.support.whole import World, events_of, written

WEEK_S = 7 * 24 * 3600
REASON = ("--reason", "new-insight")


def apart(device: DeviceFolder, goal: str, words: str) -> set[bytes]:
    """Let a device live through three weeks alone; return what it said was saved."""
    saved: set[bytes] = set()
    for week, command in enumerate(
        (
            ("goal", "reword", goal, words, *REASON),
            ("check-in", goal, "4", "--note", words),
            ("reflect", words, "--mood", "6"),
        )
    ):
        device.shift_s = (week + 1) * WEEK_S
        saved |= events_of(device.run(*command))
    return saved


def conflict_of(device: DeviceFolder, goal: str) -> dict[str, Any]:
    (found,) = device.run("goal", "show", goal)["conflicts"]
    return found


@pytest.mark.parametrize("first", [0, 1], ids=["phone-first", "laptop-first"])
def test_weeks_apart_end_in_the_same_state(world: World, first: int) -> None:
    goal = world.phone.run("goal", "add", "Sleep better", "--share")["id"]
    world.settle()

    saved = apart(world.phone, goal, "Fall asleep earlier") | apart(
        world.laptop, goal, "Wake up rested"
    )
    world.server.stop()
    world.server.shift_s = 4 * WEEK_S
    world.server.start()
    order = world.devices[first], world.devices[1 - first]
    world.settle(*order)

    assert set() == saved - written(world.server.database)
    world.check()
    for device in world.devices:
        conflict = conflict_of(device, goal)
        assert "title" == conflict["field"]
        assert {"Fall asleep earlier", "Wake up rested"} == {
            each["value"] for each in conflict["values"]
        }


def test_settling_a_conflict_settles_it_everywhere(world: World) -> None:
    goal = world.phone.run("goal", "add", "Sleep better", "--share")["id"]
    world.settle()
    for device, words in zip(world.devices, ("Sleep well", "Sleep long"), strict=True):
        device.run("goal", "reword", goal, words, *REASON)
    world.settle()
    kept = next(
        each for each in conflict_of(world.laptop, goal)["values"] if each["value"] == "Sleep long"
    )

    world.laptop.run("goal", "keep", goal, "title", kept["event"], *REASON)
    world.settle(world.laptop, world.phone)

    for device in world.devices:
        shown = device.run("goal", "show", goal)
        assert [] == shown["conflicts"]
        assert "Sleep long" == shown["goal"]["title"]
    world.check()


def test_pieces_of_a_backlog_arrive_in_any_order(world: World) -> None:
    """Every order of syncs in between ends in the same state as every other."""
    goal = world.phone.run("goal", "add", "Go out twice a week", "--share")["id"]
    world.settle()
    for turn, order in enumerate(permutations(world.devices)):
        for device in order:
            device.run("step", "add", goal, f"call somebody {turn}")
            device.run("goal", "due", goal, f"2030-0{turn + 1}-01", *REASON)
        order[0].run("sync")
        order[1].run("win", f"went out {turn}")
        order[1].run("sync")

    world.settle()
    world.check()
