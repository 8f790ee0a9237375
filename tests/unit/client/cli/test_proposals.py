"""``trailmark proposal``: what waits, what it would change, an answer without needless words."""

from typing import Any

import pytest

from tests.support.two_sides import CARE, TwoSides
from tests.unit.client.cli.conftest import Cli
from trailmark_client.commands.proposals import Edits, accept_proposal
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.proposals import ProposalMade, ProposedValues
from trailmark_shared.ids import id_from_text, text_from_id

NEVER = ("failed", "missed", "overdue", "streak", "non-compliant", "violation")


async def proposed(sides: TwoSides, **values: object) -> str:
    """Let the therapist propose a change of the goal, and the phone learn of it."""
    proposal = sides.proposes_change(**values)
    await sides.meet(sides.phone)
    return text_from_id(proposal)


def changes(cli: Cli, proposal: str) -> dict[str, tuple[Any, Any, Any]]:
    """Return what each field was written for, is now, and would be."""
    line = cli.ok("proposal", "show", proposal)["proposal"]
    return {
        each["field"]: (each["written_for"], each["now"], each["proposed"])
        for each in line["values"]
    }


class TestLooking:
    async def test_a_list_says_what_by_whom_and_why(self, sides: TwoSides, cli: Cli) -> None:
        proposal = await proposed(sides, target=parse_target("at-least 3 walks per week"))
        ran = cli("proposal")

        for words in (
            proposal[:6],
            "A change of “Two walks a week”, proposed by Dr Demo",
            "target: at least 3 walks per week",
            "because it had become easy: Twice happens by itself.",
            "waits for your answer, whenever you like",
        ):
            assert words in ran.out
        assert not [word for word in NEVER if word in ran.out]
        [line] = cli.ok("proposal", "list")["proposals"]
        assert ("goal_change", "Dr Demo", "open") == (line["what"], line["by"], line["standing"])

    async def test_nothing_waiting_is_fine(self, sides: TwoSides, cli: Cli) -> None:
        assert sides.goal
        assert "Nothing waits for an answer." in cli("proposal", "list").out

    async def test_what_changed_meanwhile_shows_both(self, sides: TwoSides, cli: Cli) -> None:
        proposal = await proposed(sides, title="Walk")
        cli.ok("goal", "reword", text_from_id(sides.goal), "Stroll", "--reason", "new-insight")

        assert {"title": ("Two walks a week", "Stroll", "Walk")} == changes(cli, proposal)
        out = cli("proposal", "show", proposal).out
        assert "theirs was written for “Two walks a week”; now it is “Stroll”" in out
        assert f"trailmark proposal accept {proposal[:8]}" in out

    async def test_what_it_says_already_is_said(self, sides: TwoSides, cli: Cli) -> None:
        proposal = await proposed(sides, title="Walk")
        cli.ok("goal", "reword", text_from_id(sides.goal), "Walk", "--reason", "new-insight")

        assert "it says that already" in cli("proposal", "show", proposal).out

    async def test_answers_apart_are_both_shown(self, sides: TwoSides, cli: Cli) -> None:
        proposal = await proposed(sides, title="Walk")
        await sides.meet(sides.laptop)
        cli.ok("proposal", "decline", proposal, "--reason", "other:not this one")
        sides.laptop.write(
            lambda c, r: accept_proposal(c, r, id_from_text(proposal), Edits(), r.now())
        )
        sides.withdraws(id_from_text(proposal))
        await sides.meet(sides.laptop, sides.phone)
        out = cli("proposal", "show", proposal).out

        for words in (
            "you accepted it; two of your devices answered differently, both are kept",
            "declined, on this device, for another reason: not this one",
            "accepted, on device",
            "Dr Demo took it back",
        ):
            assert words in out
        assert [] == cli.ok("proposal", "list")["proposals"]
        [line] = cli.ok("proposal", "list", "--all")["proposals"]
        assert line["answered_apart"]
        assert line["standing"] == "accepted"

    async def test_one_that_needs_a_second_look_says_at_what(
        self, sides: TwoSides, cli: Cli
    ) -> None:
        proposal = await proposed(sides, lifecycle="entered-in-error", title="Walk")

        assert "It cannot be accepted as it is; check: status." in (
            cli("proposal", "show", proposal).out
        )
        assert (2, "invalid_input") == cli("proposal", "accept", proposal, "--json").error
        assert cli.ok("proposal", "accept", proposal, "--without", "status")["saved"]

    async def test_what_is_no_longer_shared_waits_for_nothing(
        self, sides: TwoSides, cli: Cli
    ) -> None:
        proposal = await proposed(sides, title="Walk")
        cli.ok("goal", "withdraw", text_from_id(sides.goal))

        out = cli("proposal", "show", proposal).out
        assert "its goal is no longer shared there" in out
        assert "closed, as its goal is no longer shared, on this device" in out
        assert (3, "not_shared") == cli("proposal", "accept", proposal, "--json").error


class TestAnswering:
    async def test_accepting_asks_nothing_and_says_who_will_see_it(
        self, sides: TwoSides, cli: Cli
    ) -> None:
        proposal = await proposed(sides, title="Walk")
        ran = cli("proposal", "accept", proposal[:8])

        assert ran.code == 0
        assert "Accepted: it is yours now." in ran.out
        assert "Dr Demo will see that you accepted it." in ran.out
        assert "Walk" == cli.ok("goal", "show", text_from_id(sides.goal))["goal"]["title"]
        assert (3, "nothing_changed") == cli("proposal", "accept", proposal, "--json").error

    async def test_it_can_be_changed_before(self, sides: TwoSides, cli: Cli) -> None:
        target = parse_target("at-least 3 walks per week")
        proposal = await proposed(
            sides, title="Walk", why="w", area="a", target=target, due="2030-01-31"
        )
        done = cli.ok(
            "proposal",
            "accept",
            proposal,
            "--with-title",
            "Stroll",
            "--with-why",
            "none",
            "--with-area",
            "self-care",
            "--with-target",
            "at-least 1 walk per week",
            "--with-baseline",
            "0.5",
            "--with-due",
            "2030-02-28",
            "--reason",
            "other:gently",
        )
        found = cli.ok("goal", "show", text_from_id(sides.goal))
        history = cli.ok("history", text_from_id(sides.goal))["events"]

        assert ("Stroll", "self-care", "at-least 1 walk per week", "2030-02-28") == (
            found["goal"]["title"],
            found["goal"]["area"],
            found["goal"]["target"],
            found["goal"]["due"],
        )
        assert (None, 0.5) == (found["why"], found["baseline"])
        assert (done["goal"], done["step"]) == (text_from_id(sides.goal), None)
        assert {"gently"} == {each["reason_text"] for each in history if each["reason"] == "other"}
        [answer] = cli.ok("proposal", "show", proposal)["answers"]
        assert answer["with_changes"]
        assert "accepted with changes, on this device" in cli("proposal", "show", proposal).out

    @pytest.mark.parametrize("words", [("--with-title", " "), ("--with-target", "often")])
    async def test_words_that_say_nothing_change_nothing(
        self, sides: TwoSides, cli: Cli, words: tuple[str, str]
    ) -> None:
        proposal = await proposed(sides, title="Walk")

        assert (2, "invalid_input") == cli("proposal", "accept", proposal, *words, "--json").error
        assert "open" == cli.ok("proposal", "show", proposal)["proposal"]["standing"]

    async def test_a_step_keeps_its_own_status(self, sides: TwoSides, cli: Cli) -> None:
        step = sides.step()
        data = ProposalMade(
            what="step_change",
            goal=text_from_id(sides.goal),
            step=text_from_id(step),
            values=ProposedValues(status="dropped", text="Buy shoes"),
        )
        proposal = text_from_id(sides.proposes(data))
        await sides.meet(sides.phone)
        done = cli.ok("proposal", "accept", proposal, "--without", "status")
        [line] = cli.ok("goal", "show", text_from_id(sides.goal))["steps"]

        assert ("Buy shoes", "open", text_from_id(step)) == (
            line["text"],
            line["status"],
            done["step"],
        )

    async def test_a_new_goal_can_stay_private(self, sides: TwoSides, cli: Cli) -> None:
        proposal = text_from_id(
            sides.proposes(ProposalMade(what="goal", values=ProposedValues(title="Sleep")))
        )
        await sides.meet(sides.phone)

        assert "A new goal, proposed by Dr Demo" in cli("proposal").out

        ran = cli("proposal", "accept", proposal, "--private", "--with-title", "Sleep well")
        [goal] = [each for each in cli.ok("goal", "list")["goals"] if each["title"] == "Sleep well"]

        assert "What it became stays on your devices." in ran.out
        assert ("self", []) == (goal["lane"], goal["seen_by"])

    async def test_declining_needs_no_reason(self, sides: TwoSides, cli: Cli) -> None:
        proposal = await proposed(sides, title="Walk")
        ran = cli("proposal", "decline", proposal)

        assert "Declined. Your word stands." in ran.out
        assert (
            "Two walks a week" == cli.ok("goal", "show", text_from_id(sides.goal))["goal"]["title"]
        )

    async def test_what_is_not_there(self, cli: Cli) -> None:
        for words in (("show", "0"), ("accept", "0"), ("decline", "0")):
            assert (3, "not_found") == cli("proposal", *words, "--json").error


class TestWhereItShows:
    async def test_in_the_goal_with_what_each_side_says(self, sides: TwoSides, cli: Cli) -> None:
        goal = text_from_id(sides.goal)
        seen = [id_from_text(each.event) for each in sides.goal_on(sides.phone).title.values]
        sides.says(sides.goal, AgreementRecorded(answer="disagree"), base=seen)
        sides.says(
            sides.goal, GoalAssessedByMember(achievement="improving", note="You told me so.")
        )
        proposal = await proposed(sides, title="Walk")
        said = cli("goal", "agree", goal)
        cli.ok("goal", "reword", goal, "Stroll", "--reason", "new-insight")
        out = cli("goal", "show", goal).out
        found = cli.ok("goal", "show", goal)

        assert "Dr Demo will see this." in said.out
        for words in (
            "you agreed with it (changed since: title)",
            "Dr Demo did not agree with it: Twice happens by itself. (changed since: ",
            "How it goes, as Dr Demo sees it: Getting easier: You told me so.",
            "Proposed",
            proposal[:6],
        ):
            assert words in out
        assert [proposal] == [each["id"] for each in found["proposals"]]
        assert ["disagree", "agree"] == [each["answer"] for each in found["agreements"]]
        assert ["improving"] == [each["achievement"] for each in found["assessments"]]

    async def test_in_history_with_what_carried_it_out(self, sides: TwoSides, cli: Cli) -> None:
        proposal = await proposed(sides, title="Walk")
        cli.ok("proposal", "accept", proposal)
        goal = text_from_id(sides.goal)
        events = cli.ok("history", goal)["events"]

        assert ["proposal_made", "goal_reworded", "proposal_accepted"] == [
            each["type"] for each in events if each["proposal"] == proposal
        ]
        out = cli("history", goal).out
        assert "Dr Demo proposed to change the wording, because it had become easy" in out
        assert "you accepted a proposal" in out
        assert "after the therapist suggested it" in out

    async def test_in_the_timeline_until_it_is_taken_back(self, sides: TwoSides, cli: Cli) -> None:
        proposal = sides.proposes_change(title="Hasty words")
        await sides.meet(sides.phone)
        before = cli("timeline").out
        sides.withdraws(proposal)
        await sides.meet(sides.phone)
        after = cli("timeline").out

        assert "the wording: “Hasty words”" in before
        assert "Hasty words" not in after
        assert "Dr Demo took a proposal back" in after
        assert "taken back before you answered" in cli("proposal", "list", "--all").out

    async def test_in_status_by_number(self, sides: TwoSides, cli: Cli) -> None:
        assert 0 == cli.ok("status")["proposals"]

        await proposed(sides, title="Walk")

        assert 1 == cli.ok("status")["proposals"]
        assert "1 proposal waits for your answer" in cli("status").out

        sides.proposes(
            ProposalMade(what="goal", values=ProposedValues(title="Sleep")), b"another-proposal"
        )
        await sides.meet(sides.phone)

        assert "2 proposals wait for your answer" in cli("status").out


class TestAgreeing:
    @pytest.mark.parametrize(
        ("words", "answer"),
        [((), "agree"), (("--disagree",), "disagree"), (("--pending",), "pending")],
    )
    async def test_one_of_three(
        self, sides: TwoSides, cli: Cli, words: tuple[str, ...], answer: str
    ) -> None:
        goal = text_from_id(sides.goal)
        saved = cli.ok("goal", "agree", goal, *words, "--reason", "other:so it is")
        [agreement] = cli.ok("goal", "show", goal)["agreements"]

        assert CARE == saved["lane"]
        assert (answer, "you", "so it is") == (
            agreement["answer"],
            agreement["by"],
            agreement["reason_text"],
        )

    async def test_not_two_at_once(self, sides: TwoSides, cli: Cli) -> None:
        goal = text_from_id(sides.goal)
        ran = cli("goal", "agree", goal, "--disagree", "--pending", "--json")

        assert (2, "invalid_input") == ran.error

    async def test_a_private_goal_is_agreed_on_with_nobody(self, sides: TwoSides, cli: Cli) -> None:
        goal = text_from_id(sides.phone.goal("Mine"))

        assert (3, "not_shared") == cli("goal", "agree", goal, "--json").error


async def test_erasing_a_goal_takes_its_proposals_along_and_theirs_alone_is_theirs(
    sides: TwoSides, cli: Cli
) -> None:
    proposal = await proposed(sides, title="Walk")

    assert (3, "not_authorised") == cli("erase", proposal, "--yes", "--json").error

    cli.ok("erase", text_from_id(sides.goal), "--yes")

    assert [] == cli.ok("proposal", "list", "--all")["proposals"]
