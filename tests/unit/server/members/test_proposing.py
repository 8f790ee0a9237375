"""What therapists propose: nothing changes by it, nothing of it is lost, nobody is flooded."""

import pytest
from msgspec.structs import replace

from tests.support.journey import Journey, tell
from tests.support.languages import language_of
from tests.support.proposing import WHY, a_change, a_step, goal_of, only, sending
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import OTHER, START, Site, sharing_site
from trailmark_server.members.audience import Audience, NothingHereError, find_audience
from trailmark_server.members.joint import begin_joint
from trailmark_server.members.proposals import read_proposals, seen_of
from trailmark_server.members.proposing import NewProposal, propose, withdraw_proposal
from trailmark_server.members.writing import SentBeforeError
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    EventDataError,
    LimitExceededError,
    RefusedError,
)
from trailmark_shared.events.goals import GoalRescheduled, GoalReworded, GoalShared, GoalWithdrawn
from trailmark_shared.events.joint import ExpectationWritten
from trailmark_shared.events.proposals import (
    ProposalAccepted,
    ProposalDeclined,
    ProposedValues,
)
from trailmark_shared.ids import care_lane, text_from_id
from trailmark_shared.words import speaking

TARGET = parse_target("at-least 3 enjoyable activities per week")


class TestProposing:
    async def test_a_change_stands_beside_the_goal_and_changes_nothing(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        before = await goal_of(site, mira, journey.goal)
        subject = await propose(
            site.services,
            audience,
            await a_change(site, mira, journey, ProposedValues(target=TARGET)),
        )

        shown = await only(site, audience, journey.goal)
        assert await goal_of(site, mira, journey.goal) == before
        assert (text_from_id(subject), "open") == (shown.id, shown.standing)
        assert (audience.actor, WHY) == (shown.document.made_by, shown.document.reason)
        (compared,) = shown.compared
        assert (TARGET, before.target.value, False) == (
            compared.proposed,
            compared.written_for,
            compared.has_moved,
        )

    async def test_a_form_sent_twice_is_one_proposal_whatever_was_said_between(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        proposal = await a_change(site, mira, journey, ProposedValues(title="Sing"))
        first = await propose(site.services, audience, proposal)
        mira.write(journey.goal, GoalReworded(title="Sing"), at=site.clock.ms + DAY_MS)
        await site.deliver(mira)

        assert first == await propose(site.services, await site.audience(mira), proposal)
        assert (await only(site, audience)).id == text_from_id(first)

    async def test_a_form_that_is_sent_again_with_other_words_is_refused(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        """What stood there is no part of a proposal; sent again, it changes nothing."""
        before = await goal_of(site, mira, journey.goal)
        values = ProposedValues(title="Sing", due=before.due.value, target=TARGET)
        proposal = await a_change(site, mira, journey, values)
        first = await propose(site.services, audience, proposal)
        mira.write(journey.goal, GoalRescheduled(due="2027-03-01"), at=site.clock.ms + DAY_MS)
        await site.deliver(mira)

        for other in (
            replace(proposal, values=replace(values, title="Walk")),
            replace(proposal, values=replace(values, due="2027-04-01")),
            replace(proposal, reason=replace(WHY, text="Something else.")),
            replace(proposal, what="goal", goal=None, seen=()),
        ):
            with pytest.raises(SentBeforeError):
                await propose(site.services, audience, other)

        assert first == await propose(site.services, audience, proposal)
        expected = ProposedValues(title="Sing", target=TARGET)
        assert expected == (await only(site, audience)).document.values

    async def test_a_form_that_wrote_something_else_proposes_nothing(
        self, site: Site, mira: Writer, audience: Audience
    ) -> None:
        once = sending(site, mira)
        await begin_joint(site.services, audience, once, ExpectationWritten(text="Open talk"))
        proposal = NewProposal(
            sending=once, what="goal", values=ProposedValues(title="Sing"), reason=WHY
        )

        with pytest.raises(SentBeforeError):
            await propose(site.services, audience, proposal)

    async def test_a_new_goal_and_a_new_step(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        goal = NewProposal(
            sending=sending(site, mira),
            what="goal",
            values=ProposedValues(title=" Sleep\r\nwell ", why=" ", due="2026-12-24"),
            reason=WHY,
        )
        step = NewProposal(
            sending=sending(site, mira),
            what="step",
            goal=text_from_id(journey.goal),
            values=ProposedValues(text="Put the paints on the table"),
            reason=WHY,
        )
        await propose(site.services, audience, goal)
        await propose(site.services, audience, step)

        about_goal = await only(site, audience, journey.goal)
        everything = await read_proposals(site.services, audience, mira.lane)
        assert ["goal", "step"] == sorted(each.document.what or "" for each in everything)
        assert (step.values, ()) == (about_goal.document.values, about_goal.document.seen)
        (new,) = (each for each in everything if each.document.what == "goal")
        assert new.document.values == ProposedValues(
            title="Sleep\nwell", why=None, due="2026-12-24"
        )
        assert "open" == new.standing

    async def test_it_rings_for_the_persons_devices(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        proposal = await a_change(site, mira, journey, ProposedValues(title="Walk"))
        with site.services.bell.subscribe([mira.space]) as subscription:
            await propose(site.services, audience, proposal)
            wake = subscription.take()

        assert (mira.space, mira.lane) in wake.lanes


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (ProposedValues(title="  "), "nothing to send"),
        (
            ProposedValues(title="x" * (limits.TITLE_CHARS_MAX + 1)),
            "The wording has at most 300 characters; this one has 301. Your words are still",
        ),
        (ProposedValues(text="t"), "check: the words"),
        (ProposedValues(lifecycle="rejected"), "check: the status"),
        (ProposedValues(area="Self-care", lifecycle="active"), "exactly that already"),
    ],
)
async def test_what_cannot_be_proposed_says_what_to_change(
    site: Site,
    mira: Writer,
    journey: Journey,
    audience: Audience,
    values: ProposedValues,
    words: str,
) -> None:
    with pytest.raises(DomainError, match=words):
        await propose(site.services, audience, await a_change(site, mira, journey, values))

    assert [] == await read_proposals(site.services, audience, mira.lane)


async def test_what_is_too_long_is_named_with_the_capitals_of_its_language(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    values = ProposedValues(title="x" * (limits.TITLE_CHARS_MAX + 1))
    proposal = await a_change(site, mira, journey, values)
    said = speaking(language_of({"the wording": "der Wortlaut"}))
    with said, pytest.raises(DomainError, match="Der Wortlaut has at most"):
        await propose(site.services, audience, proposal)


class TestRefusing:
    async def test_what_stands_there_already_is_left_out(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        values = ProposedValues(target=TARGET, lifecycle="on-hold", area="Self-care")
        await propose(site.services, audience, await a_change(site, mira, journey, values))

        assert (await only(site, audience)).document.values == ProposedValues(
            target=TARGET, lifecycle="on-hold"
        )

    async def test_a_goal_does_not_go_everywhere(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        stored = await site.services.events.documents(mira.space, mira.lane, "goal")
        goals = {each.subject: await goal_of(site, mira, each.subject) for each in stored}
        resting = next(id_ for id_, each in goals.items() if each.lifecycle.value == "on-hold")
        change = await a_change(site, mira, journey, ProposedValues(lifecycle="completed"))
        proposal = replace(change, goal=text_from_id(resting), seen=seen_of(goals[resting]))

        with pytest.raises(DomainError, match="cannot go from “Resting” to “Done”") as refused:
            await propose(site.services, audience, proposal)

        assert ErrorCode.ILLEGAL_MOVE is refused.value.code

    async def test_a_copy_of_a_goal_can_be_spoken_of_too(
        self, site: Site, mira: Writer, audience: Audience
    ) -> None:
        """It is at home elsewhere; the person carries out there what they accept here."""
        goal = mira.new_id()
        event = mira.write(
            goal,
            GoalShared(title="t", lifecycle="active", is_copy=True),
            at=site.clock.ms + DAY_MS,
        )
        await site.deliver(mira)
        proposal = NewProposal(
            sending=sending(site, mira),
            what="goal_change",
            goal=text_from_id(goal),
            values=ProposedValues(lifecycle="completed"),
            reason=WHY,
            seen=[text_from_id(event)],
        )

        await propose(site.services, await site.audience(mira), proposal)

        assert "open" == (await only(site, audience)).standing

    async def test_what_is_no_longer_shared_takes_no_proposal(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        proposal = await a_change(site, mira, journey, ProposedValues(title="Walk"))
        await propose(site.services, audience, proposal)
        mira.write(
            journey.goal,
            GoalWithdrawn(shares=(text_from_id(journey.shared),)),
            at=site.clock.ms + DAY_MS,
        )
        await site.deliver(mira)
        audience = await site.audience(mira)

        with pytest.raises(DomainError, match="no longer share") as refused:
            await propose(site.services, audience, replace(proposal, sending=sending(site, mira)))

        assert ErrorCode.NOT_SHARED is refused.value.code
        assert "no_longer_shared" == (await only(site, audience)).standing

    async def test_what_is_not_there_is_not_there(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        change = await a_change(site, mira, journey, ProposedValues(title="Walk"))
        step, document = await a_step(site, mira, journey)
        of_step = replace(
            change,
            what="step_change",
            step=text_from_id(step),
            values=ProposedValues(text="t"),
            seen=seen_of(document),
        )
        nowhere = replace(change.sending, lane=care_lane(bytes(16)))
        for proposal in (
            replace(change, sending=nowhere),
            replace(change, goal=text_from_id(bytes(16))),
            replace(change, goal=text_from_id(step)),
            replace(of_step, step=text_from_id(journey.goal)),
            replace(of_step, goal=text_from_id(journey.panic)),
        ):
            with pytest.raises(NothingHereError):
                await propose(site.services, audience, proposal)
        with pytest.raises(EventDataError):
            await propose(site.services, audience, replace(change, goal="nothing"))
        with pytest.raises(DomainError, match="not drawn from"):
            await propose(site.services, audience, replace(change, seen=seen_of(document)))

    async def test_a_grant_to_look_and_comment_lets_nobody_propose(self) -> None:
        mira = Writer(3)
        site = await sharing_site()
        mira.let_in(site.signed_in.therapist.id, "Dr Demo", START, actions=("view", "comment"))
        journey = tell(mira, START)
        await site.know(mira.space, "Mira")
        await site.deliver(mira)
        proposal = await a_change(site, mira, journey, ProposedValues(title="Walk"))

        with pytest.raises(RefusedError) as refused:
            await propose(site.services, await site.audience(mira), proposal)

        assert ErrorCode.NOT_AUTHORISED is refused.value.code

    async def test_nobody_is_flooded_with_proposals(
        self, site: Site, mira: Writer, audience: Audience
    ) -> None:
        def another(number: int) -> NewProposal:
            return NewProposal(
                sending=sending(site, mira),
                what="goal",
                values=ProposedValues(title=f"Goal {number}"),
                reason=WHY,
            )

        made = [
            await propose(site.services, audience, another(number))
            for number in range(limits.OPEN_PROPOSALS_MAX)
        ]
        with pytest.raises(LimitExceededError) as refused:
            await propose(site.services, audience, another(0))

        assert ("open_proposals", limits.OPEN_PROPOSALS_MAX) == (
            refused.value.limit,
            refused.value.maximum,
        )

        mira.write(made[0], ProposalDeclined(), at=site.clock.ms + DAY_MS)
        await site.deliver(mira)

        assert await propose(site.services, await site.audience(mira), another(0))


class TestTakingBack:
    async def test_taken_back_it_has_no_words(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        proposal = await a_change(site, mira, journey, ProposedValues(title="Walk"))
        subject = await propose(site.services, audience, proposal)
        for _ in range(2):
            await withdraw_proposal(site.services, audience, sending(site, mira), subject)

        shown = await only(site, audience)
        rows = await site.services.events.subject_rows(mira.space, mira.lane, subject)
        assert ("withdrawn", None, ()) == (
            shown.standing,
            shown.document.values,
            shown.compared,
        )
        assert 2 == len(rows)

    @pytest.mark.parametrize("answer", [ProposalAccepted(), ProposalDeclined()])
    async def test_what_was_answered_stays(
        self,
        site: Site,
        mira: Writer,
        journey: Journey,
        audience: Audience,
        answer: ProposalAccepted | ProposalDeclined,
    ) -> None:
        proposal = await a_change(site, mira, journey, ProposedValues(title="Walk"))
        subject = await propose(site.services, audience, proposal)
        mira.write(subject, answer, at=site.clock.ms + DAY_MS)
        await site.deliver(mira)

        with pytest.raises(DomainError, match="answered already"):
            await withdraw_proposal(
                site.services, await site.audience(mira), sending(site, mira), subject
            )

    async def test_only_ones_own_is_taken_back(
        self, site: Site, mira: Writer, journey: Journey, audience: Audience
    ) -> None:
        proposal = await a_change(site, mira, journey, ProposedValues(title="Walk"))
        subject = await propose(site.services, audience, proposal)
        mira.let_in(OTHER.id, OTHER.name, site.clock.ms + DAY_MS)
        await site.deliver(mira)
        await site.sign_in(OTHER, "other")
        signed_in = replace(site.signed_in, therapist=OTHER, session_hash=secret_hash("other"))
        colleague = await find_audience(site.services, signed_in, mira.space)

        for who, what in ((colleague, subject), (audience, journey.goal), (audience, bytes(16))):
            with pytest.raises(NothingHereError):
                await withdraw_proposal(site.services, who, sending(site, mira), what)
