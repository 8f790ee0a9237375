"""Accepting: the person's own events carry it out, at once, with or without a network."""

from pathlib import Path

import pytest

from tests.support.person import Person
from tests.support.two_sides import CARE, WHY, TwoSides
from trailmark_client.commands import goals
from trailmark_client.commands.answers import decline_proposal
from trailmark_client.commands.proposals import SUGGESTED, Accepted, Edits, accept_proposal
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.queries.documents import documents, of_subject
from trailmark_client.queries.homes import goal_at_home
from trailmark_shared.domain.proposals import proposed_subject
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.proposals import ProposalAccepted, ProposalMade, ProposedValues
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.projections.step import StepDocument

THRICE = parse_target("at-least 3 walks per week")


def accept(device: Person, proposal: bytes, edits: Edits | None = None) -> Accepted:
    return device.write(lambda c, r: accept_proposal(c, r, proposal, edits or Edits(), r.now()))


def refused(device: Person, proposal: bytes, edits: Edits | None = None) -> DomainError:
    with pytest.raises(DomainError) as error:
        accept(device, proposal, edits)
    return error.value


async def proposed(sides: TwoSides, **values: object) -> bytes:
    proposal = sides.proposes_change(**values)
    await sides.meet(sides.phone)
    return proposal


def bodies(device: Person, subject: bytes, lane: str = CARE) -> list[Body]:
    return [each.body for each in device.entries(subject, lane)]


class TestChangingAGoal:
    async def test_every_field_has_a_setter_of_the_person_with_the_proposal_as_cause(
        self, sides: TwoSides
    ) -> None:
        values = {
            "title": "Walk",
            "why": "It helps.",
            "target": THRICE,
            "baseline_tenths": 10,
            "due": "2026-12-24",
            "priority": "high",
            "lifecycle": "on-hold",
        }
        proposal = await proposed(sides, **values)
        before = len(bodies(sides.phone, sides.goal))
        done = accept(sides.phone, proposal)

        goal = sides.goal_on(sides.phone)
        changes = bodies(sides.phone, sides.goal)[before:]
        made = sides.proposal_on(sides.phone, proposal)
        assert {name: getattr(goal, name).value for name in values} == values
        assert not any(getattr(goal, name).conflict for name in values)
        assert {text_from_id(each.cause or b"") for each in changes} == {made.made_event}
        assert {each.reason for each in changes} == {SUGGESTED, None}
        assert (["person"] * 5, "accepted") == (
            [each.actor for each in sides.phone.entries(sides.goal, CARE)[before:]],
            made.status,
        )
        assert made.answers[0].carried_out == tuple(map(text_from_id, done.written.events[:-1]))
        assert (sides.goal, None, False) == (done.goal, done.step, done.private)

    async def test_it_changes_what_stands_there_now(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, title="Walk")
        words = goals.Words(title="Three walks")
        sides.phone.write(lambda c, r: goals.reword_goal(c, r, sides.goal, words, WHY))
        accept(sides.phone, proposal)
        goal = sides.goal_on(sides.phone)

        assert ("Walk", False) == (goal.title.value, goal.title.conflict)

    async def test_edits_come_before_it(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, title="Walk", due="2026-12-24")
        edits = Edits(
            values=ProposedValues(title="Stroll"),
            without=frozenset({"due"}),
            reason=Reason(code="other", text="Softer."),
        )
        accept(sides.phone, proposal, edits)
        goal, made = sides.goal_on(sides.phone), sides.proposal_on(sides.phone, proposal)

        assert ("Stroll", None) == (goal.title.value, goal.due.value)
        assert made.answers[0].with_changes
        assert edits.reason == bodies(sides.phone, sides.goal)[-1].reason
        assert made.values == ProposedValues(title="Walk", due="2026-12-24")

    async def test_what_stands_there_already_needs_no_event(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, title="Two walks a week")
        done = accept(sides.phone, proposal)
        made = sides.proposal_on(sides.phone, proposal)

        assert (1, "accepted", ()) == (
            len(done.written.events),
            made.status,
            made.answers[0].carried_out,
        )

    @pytest.mark.parametrize(
        ("first", "second", "types"),
        [
            ({"target": THRICE}, {"target": None}, ["goal_target_set", "goal_target_adjusted"]),
            (
                {"target": THRICE},
                {"target": THRICE, "baseline_tenths": 20},
                ["goal_target_set", "goal_target_set"],
            ),
            (
                {"lifecycle": "on-hold"},
                {"lifecycle": "active"},
                ["goal_put_on_hold", "goal_resumed"],
            ),
            (
                {"lifecycle": "completed"},
                {"lifecycle": "active"},
                ["goal_completed", "goal_reopened"],
            ),
        ],
    )
    async def test_the_setter_is_the_one_that_fits(
        self,
        sides: TwoSides,
        first: dict[str, object],
        second: dict[str, object],
        types: list[str],
    ) -> None:
        accept(sides.phone, await proposed(sides, **first))
        changed = ProposedValues(**second)  # pyright: ignore[reportArgumentType]
        data = ProposalMade(what="goal_change", goal=text_from_id(sides.goal), values=changed)
        again = sides.proposes(data, b"another-proposal")
        await sides.meet(sides.phone)
        accept(sides.phone, again)

        assert types == [each.type for each in bodies(sides.phone, sides.goal)[-2:]]

    async def test_where_the_goal_stands_now_decides_where_it_can_go(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, lifecycle="completed", title="Walk")
        move = goals.move_goal
        sides.phone.write(lambda c, r: move(c, r, sides.goal, "on-hold", WHY))

        assert ErrorCode.ILLEGAL_MOVE is refused(sides.phone, proposal).code
        assert "Two walks a week" == sides.goal_on(sides.phone).title.value

        accept(sides.phone, proposal, Edits(without=frozenset({"lifecycle"})))

        assert "Walk" == sides.goal_on(sides.phone).title.value


class TestSteps:
    async def test_a_new_step_stands_where_steps_are_shared(self, sides: TwoSides) -> None:
        values = ProposedValues(text="Put the shoes by the door", due="2026-12-24")
        data = ProposalMade(what="step", goal=text_from_id(sides.goal), values=values)
        proposal = sides.proposes(data)
        await sides.meet(sides.phone)
        done = accept(sides.phone, proposal)
        made = sides.proposal_on(sides.phone, proposal)
        step = sides.phone.read(
            lambda conn: of_subject(conn, "step", proposed_subject(proposal), StepDocument)
        )

        assert done.step == proposed_subject(proposal)
        assert [CARE] == list(step)
        assert ("Put the shoes by the door", "2026-12-24") == (
            step[CARE].text.value,
            step[CARE].due.value,
        )
        assert (made.step, made.answers[0].carried_out) == (
            text_from_id(proposed_subject(proposal)),
            (text_from_id(done.written.events[0]),),
        )

    async def test_a_private_one_tells_nobody_where_it_is(self, sides: TwoSides) -> None:
        values = ProposedValues(text="Put the shoes by the door")
        data = ProposalMade(what="step", goal=text_from_id(sides.goal), values=values)
        proposal = sides.proposes(data)
        await sides.meet(sides.phone)
        done = accept(sides.phone, proposal, Edits(private=True))
        made = sides.proposal_on(sides.phone, proposal)

        assert (True, (), "accepted") == (done.private, made.answers[0].carried_out, made.status)
        assert ["step_added"] == sides.phone.types(proposed_subject(proposal), SELF)
        assert [] == sides.phone.types(proposed_subject(proposal), CARE)

    async def test_a_step_is_changed_in_every_part(self, sides: TwoSides) -> None:
        step = sides.step()
        values = ProposedValues(text="Buy shoes", due="2026-12-24", status="dropped")
        data = ProposalMade(
            what="step_change",
            goal=text_from_id(sides.goal),
            step=text_from_id(step),
            values=values,
        )
        proposal = sides.proposes(data)
        await sides.meet(sides.phone)
        done = accept(sides.phone, proposal)
        document = sides.phone.read(lambda conn: of_subject(conn, "step", step, StepDocument))[CARE]

        assert ("Buy shoes", "2026-12-24", "dropped") == (
            document.text.value,
            document.due.value,
            document.status.value,
        )
        assert (sides.goal, step) == (done.goal, done.step)
        assert ["step_reworded", "step_rescheduled", "step_dropped"] == sides.phone.types(
            step, CARE
        )[1:]

        same = sides.proposes(data, b"another-proposal")
        await sides.meet(sides.phone)

        assert 1 == len(accept(sides.phone, same).written.events)


class TestNewGoals:
    data = ProposalMade(what="goal", values=ProposedValues(title="Sleep", why=None, target=THRICE))

    async def test_it_is_the_persons_goal_and_shared_with_who_proposed_it(
        self, sides: TwoSides
    ) -> None:
        proposal = sides.proposes(self.data)
        await sides.meet(sides.phone)
        done = accept(sides.phone, proposal)
        made = sides.proposal_on(sides.phone, proposal)
        at_home = sides.phone.read(lambda conn: goal_at_home(conn, done.goal))
        (shared,) = bodies(sides.phone, done.goal)

        assert (CARE, "Sleep", "active") == (
            at_home.lane,
            at_home.document.title.value,
            at_home.document.lifecycle.value,
        )
        assert ["goal_drafted", "goal_activated", "goal_moved"] == sides.phone.types(done.goal)
        assert (made.made_event, text_from_id(done.goal)) == (
            text_from_id(shared.cause or b""),
            made.goal,
        )
        assert 1 == len(made.answers[0].carried_out)

    async def test_it_can_stay_private(self, sides: TwoSides) -> None:
        proposal = sides.proposes(self.data)
        await sides.meet(sides.phone)
        done = accept(sides.phone, proposal, Edits(private=True))
        made = sides.proposal_on(sides.phone, proposal)

        assert (True, ()) == (done.private, made.answers[0].carried_out)
        assert [] == bodies(sides.phone, done.goal)

    async def test_it_stays_private_where_goals_were_not_agreed_to(self, tmp_path: Path) -> None:
        sides = TwoSides(tmp_path)
        sides.phone.let_in(lane=CARE, classes=("check_ins",))
        proposal = sides.proposes(self.data)
        await sides.meet(sides.phone)

        assert accept(sides.phone, proposal).private
        sides.close()


class TestRefusing:
    async def test_what_is_accepted_is_accepted(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, title="Walk")
        accept(sides.phone, proposal)

        assert ErrorCode.NOTHING_CHANGED is refused(sides.phone, proposal).code

    async def test_a_declined_one_may_be_accepted_after_all(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, title="Walk")
        sides.phone.write(lambda c, r: decline_proposal(c, r, proposal, r.now()))
        accept(sides.phone, proposal)
        made = sides.proposal_on(sides.phone, proposal)

        assert ("accepted", False, 2) == (made.status, made.answer.conflict, len(made.answers))

    async def test_what_was_taken_back_has_nothing_to_accept(self, sides: TwoSides) -> None:
        proposal = sides.proposes_change(title="Walk")
        sides.withdraws(proposal)
        await sides.meet(sides.phone)

        assert ErrorCode.NOTHING_CHANGED is refused(sides.phone, proposal).code

    async def test_what_is_no_longer_shared_there(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, title="Walk")
        sides.phone.write(lambda c, r: withdraw_goal(c, r, sides.goal, r.now()))

        assert ErrorCode.NOT_SHARED is refused(sides.phone, proposal).code
        assert "declined" == sides.proposal_on(sides.phone, proposal).status

    async def test_where_nobody_is_let_in_any_more(self, sides: TwoSides) -> None:
        proposal = sides.proposes(TestNewGoals.data)
        await sides.meet(sides.phone)
        (grant,) = sides.phone.read(lambda conn: documents(conn, "grant", GrantDocument))
        sides.phone.write(lambda c, r: stop_sharing(c, r, grant.subject, r.now()))

        assert ErrorCode.NOT_SHARED is refused(sides.phone, proposal).code

    @pytest.mark.parametrize(
        "edits",
        [
            Edits(without=frozenset({"title"})),
            Edits(without=frozenset({"due"})),
            Edits(values=ProposedValues(text="Walk")),
        ],
    )
    async def test_edits_that_leave_nothing_or_do_not_fit(
        self, sides: TwoSides, edits: Edits
    ) -> None:
        proposal = await proposed(sides, title="Walk")

        assert ErrorCode.INVALID_INPUT is refused(sides.phone, proposal, edits).code
        assert "open" == sides.proposal_on(sides.phone, proposal).status

    async def test_what_the_rules_do_not_know_can_be_left_out(self, sides: TwoSides) -> None:
        proposal = await proposed(sides, title="Walk", lifecycle="entered-in-error")

        assert ErrorCode.INVALID_INPUT is refused(sides.phone, proposal).code

        accept(sides.phone, proposal, Edits(without=frozenset({"lifecycle"})))

        assert "Walk" == sides.goal_on(sides.phone).title.value

    async def test_what_is_not_there(self, person: Person) -> None:
        assert ErrorCode.NOT_FOUND is refused(person, bytes(16)).code


async def test_an_acceptance_names_every_answer_that_it_knows(sides: TwoSides) -> None:
    proposal = await proposed(sides, title="Walk")
    sides.phone.write(lambda c, r: decline_proposal(c, r, proposal, r.now()))
    accept(sides.phone, proposal)
    declined, accepted = sides.phone.entries(proposal, CARE)[-2:]

    assert isinstance(accepted.body.data, ProposalAccepted)
    assert (declined.id,) == accepted.body.base
