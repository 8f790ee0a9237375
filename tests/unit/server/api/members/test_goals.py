"""Goals over the API: the list, one goal now and at past moments."""

from tests.support.journey import Journey
from tests.support.members_api import members_api, person_path
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, Site
from trailmark_shared.domain.looks import Look
from trailmark_shared.ids import text_from_id


def goal_path(mira: Writer, goal: bytes, rest: str = "") -> str:
    return person_path(mira, f"/goals/{text_from_id(goal)}{rest}")


async def test_goals_stand_in_the_order_of_sharing(
    site: Site, mira: Writer, journey: Journey
) -> None:
    async with members_api(site) as api:
        goals = (await api.get(person_path(mira, "/goals"))).json()["goals"]

    assert text_from_id(journey.goal) == goals[0]["id"]
    assert [mira.lane] * len(goals) == [each["lane"] for each in goals]


async def test_goal_has_its_fields_and_steps(site: Site, mira: Writer, journey: Journey) -> None:
    async with members_api(site) as api:
        goal = (await api.get(goal_path(mira, journey.goal))).json()

    title = goal["fields"]["title"]
    assert ("Paint or walk, for its own sake", False) == (title["value"], title["conflict"])
    assert "Mira (Tuesdays)" == title["values"][0]["actor"]["name"]
    assert {"kind", "value_tenths"} <= set(goal["fields"]["target"]["value"])
    assert goal["steps"]
    assert "reached" in {each["status"]["value"] for each in goal["steps"]}


async def test_values_that_contradict_stand_side_by_side(
    site: Site, mira: Writer, journey: Journey
) -> None:
    async with members_api(site) as api:
        goal = (await api.get(goal_path(mira, journey.panic))).json()

    target = goal["fields"]["target"]
    assert (True, 2) == (target["conflict"], len(target["values"]))


async def test_goal_is_shown_as_it_was(site: Site, mira: Writer, journey: Journey) -> None:
    async with members_api(site) as api:
        path = goal_path(mira, journey.goal)
        then = (await api.get(path, params={"received_by": START + DAY_MS})).json()
        recorded = (await api.get(path, params={"recorded_by": START + DAY_MS})).json()
        before = await api.get(path, params={"received_by": START - DAY_MS})

    first = "Do something I enjoy, for its own sake"
    assert [first, first] == [each["fields"]["title"]["value"] for each in (then, recorded)]
    assert 404 == before.status_code


async def test_looks_at_goals_are_shown_to_the_person(
    site: Site, mira: Writer, journey: Journey
) -> None:
    async with members_api(site) as api:
        await api.get(person_path(mira, "/goals"))
        await api.get(goal_path(mira, journey.goal))
        await api.get(goal_path(mira, journey.goal, "/audit"))

    rows = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert {Look.GOALS, Look.GOAL, Look.AUDIT} == {row.page for row in rows}
