"""Parts of life: those that are often meant, and a person's own words for them."""

import pytest

from tests.unit.client.cli.conftest import Cli

OWN = "A part of life in your own words."


@pytest.mark.parametrize("typed", ["work", "Work"])
def test_areas_are_known_ones_and_the_person_s_own(cli: Cli, typed: str) -> None:
    job, garden = cli.goal("Say no once", "--area", typed), cli.goal("Dig", "--area", "My garden")

    areas = {each["area"]: each["goals"] for each in cli.ok("goal", "areas")["areas"]}

    assert ([job], [garden], []) == (areas["work"], areas["My garden"], areas["mood"])
    assert [job] == [each["id"] for each in cli.ok("goal", "list", "--area", "work")["goals"]]
    assert "work: work and stress" in cli("goal", "areas").out
    assert "Area: work and stress" in cli("goal", "show", job).out


def test_words_of_one_s_own_are_told_the_first_time_beside_those_often_meant(cli: Cli) -> None:
    first = cli("goal", "add", "Dig", "--area", "wrok").out
    again = cli("goal", "add", "Plant", "--area", "wrok").out
    hard = cli("challenge", "add", "Weeds", "--area", "garden").out
    after = cli("goal", "add", "Weed", "--area", "garden").out
    known = cli("goal", "add", "Rest", "--area", "Self-care").out

    assert f"{OWN} Those that are often meant: mood, coping, " in first
    assert OWN in hard
    assert not any(OWN in each for each in (again, after, known))


def test_an_area_without_goals_says_where_to_look(cli: Cli) -> None:
    goal = cli.goal("Dig")
    cli.ok("goal", "reword", goal, "Dig", "--area", "Garden", "--reason", "new-insight")

    assert "trailmark goal areas" in cli("goal", "list", "--area", "wrok").out
    assert [goal] == [each["id"] for each in cli.ok("goal", "list", "--area", "Garden")["goals"]]
