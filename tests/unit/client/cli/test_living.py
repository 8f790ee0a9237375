"""Self-care, habits, rewards and celebrations, as typed."""

from tests.unit.client.cli.conftest import Cli


def test_what_does_good_is_planned_and_done(cli: Cli) -> None:
    care = cli.ok("self-care", "plan", "Yoga", "--often", "Tuesdays")["id"]

    done = cli("self-care", "done", care[:8], "--note", "a short one", "--at", "yesterday 18:00")
    cli.ok("self-care", "revise", care, "--often", "when I like")

    [told] = cli.ok("self-care")["cards"]
    assert "That counts." in done.out
    assert ({"text": "Yoga", "often": "when I like"}, ["a short one"]) == (
        told["said"],
        [each["note"] for each in told["uses"]],
    )
    assert "often: when I like" in cli("self-care").out


def test_a_habit_gives_way_and_only_the_new_one_counts(cli: Cli) -> None:
    habit = cli.ok("habit", "choose", "scrolling", "ten pages")["id"]

    cli.ok("habit", "done", habit)
    cli.ok("habit", "revise", habit, "--old", "scrolling in bed")

    [told] = cli.ok("habit")["cards"]
    assert ("scrolling in bed -> ten pages", 1) == (told["words"], len(told["uses"]))


def test_a_reward_is_promised_and_given(cli: Cli) -> None:
    goal = cli.goal("Walk")
    step = cli.ok("step", "add", goal, "shoes")["id"]
    reward = cli.ok("reward", "plan", "Cinema", "--goal", goal, "--step", step)["id"]

    before = cli.ok("reward", "revise", reward, "--text", "Cinema with Mira")
    given = cli("reward", "give", reward)

    [told] = cli.ok("reward", "list", "--goal", goal)["cards"]
    assert before["saved"]
    assert "It is yours." in given.out
    assert ("Cinema with Mira", "given", step) == (
        told["words"],
        told["status"],
        told["said"]["step"],
    )
    assert (3, "nothing_changed") == cli("reward", "give", reward, "--json").error
    assert "Cinema with Mira, given" in cli("reward").out


def test_what_was_reached_is_celebrated(cli: Cli) -> None:
    goal = cli.goal("Walk")
    step = cli.ok("step", "add", goal, "shoes")["id"]
    cli.ok("step", "reach", step)

    held = cli("celebration", "hold", "Cake", "--step", step, "--goal", goal)
    [told] = cli.ok("celebration")["cards"]
    cli.ok("celebration", "revise", told["id"], "--text", "Cake with Mira")

    assert "You did a hard thing." in held.out
    assert "Cake with Mira" in cli("celebration").out


def test_empty_lists_shame_nobody(cli: Cli) -> None:
    for group in ("self-care", "habit", "reward", "celebration"):
        said = cli(group).out.lower()
        assert said
        assert not {"failed", "missed", "overdue"} & set(said.split())
