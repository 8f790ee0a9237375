"""What therapists say of a goal: beside the person's word, outdated by what changes later."""

import pytest
from msgspec.structs import replace

from tests.support.journey import Journey, tell
from tests.support.proposing import goal_of, sending
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_server.members.agreements import NewAgreement, NewAssessment, agree, assess
from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.proposals import seen_of
from trailmark_server.members.writing import SentBeforeError
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalReworded, GoalWithdrawn
from trailmark_shared.ids import text_from_id


async def an_agreement(site: Site, mira: Writer, journey: Journey) -> NewAgreement:
    return NewAgreement(
        sending=sending(site, mira),
        goal=text_from_id(journey.goal),
        answer="agree",
        seen=seen_of(await goal_of(site, mira, journey.goal)),
        reason=Reason(code="new-insight", text=" Yes. "),
    )


async def an_assessment(site: Site, mira: Writer, journey: Journey) -> NewAssessment:
    return NewAssessment(
        sending=sending(site, mira),
        goal=text_from_id(journey.goal),
        achievement="improving",
        note=" You paint again. ",
        seen=seen_of(await goal_of(site, mira, journey.goal)),
    )


async def test_agreement_stands_until_the_goal_changes(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    sent = await an_agreement(site, mira, journey)
    await agree(site.services, audience, sent)
    await agree(site.services, audience, sent)

    (agreement,) = (await goal_of(site, mira, journey.goal)).agreements
    assert (audience.actor, "agree", ()) == (
        agreement.by,
        agreement.answer,
        agreement.changed_since,
    )
    assert Reason(code="new-insight", text="Yes.") == agreement.reason

    mira.write(journey.goal, GoalReworded(title="Sing"), at=site.clock.ms + DAY_MS)
    await site.deliver(mira)

    assert ("title",) == (await goal_of(site, mira, journey.goal)).agreements[0].changed_since


async def test_a_form_that_is_sent_again_with_another_word_is_refused(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    sent = await an_agreement(site, mira, journey)
    await agree(site.services, audience, sent)

    for other in (
        replace(sent, answer="disagree"),
        replace(sent, reason=Reason(code="new-insight", text="No.")),
    ):
        with pytest.raises(SentBeforeError):
            await agree(site.services, audience, other)

    (agreement,) = (await goal_of(site, mira, journey.goal)).agreements
    assert ("agree", "Yes.") == (agreement.answer, agreement.reason and agreement.reason.text)


async def test_a_form_of_another_goal_is_refused_not_taken_as_sent(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    sent = await an_agreement(site, mira, journey)
    await agree(site.services, audience, sent)
    there = await goal_of(site, mira, journey.panic)
    other = replace(sent, goal=text_from_id(journey.panic), seen=seen_of(there))
    view = replace(await an_assessment(site, mira, journey), sending=sent.sending)

    with pytest.raises(SentBeforeError):
        await agree(site.services, audience, other)
    with pytest.raises(SentBeforeError):
        await assess(site.services, audience, view)

    assert there == await goal_of(site, mira, journey.panic)
    assert not (await goal_of(site, mira, journey.goal)).assessments


async def test_a_second_word_takes_the_place_of_the_first(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    await agree(site.services, audience, await an_agreement(site, mira, journey))
    later = await an_agreement(site, mira, journey)
    await agree(site.services, audience, replace(later, answer="disagree", reason=None))

    (agreement,) = (await goal_of(site, mira, journey.goal)).agreements
    assert ("disagree", None) == (agreement.answer, agreement.reason)


async def test_view_of_how_it_goes_stands_beside_the_persons_word(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    before = await goal_of(site, mira, journey.goal)
    await assess(site.services, audience, await an_assessment(site, mira, journey))

    after = await goal_of(site, mira, journey.goal)
    (assessment,) = after.assessments
    assert before.achievement == after.achievement
    assert ("improving", "You paint again.") == (assessment.achievement, assessment.note)

    taken_back = replace(await an_assessment(site, mira, journey), achievement=None, note="")
    await assess(site.services, audience, taken_back)

    assert () == (await goal_of(site, mira, journey.goal)).assessments


async def test_too_many_words_are_given_back(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    long = replace(await an_assessment(site, mira, journey), note="x" * (limits.TEXT_CHARS_MAX + 1))

    with pytest.raises(DomainError, match="Your words are still here"):
        await assess(site.services, audience, long)


async def test_what_was_not_drawn_from_the_goal_is_refused(
    site: Site, mira: Writer, journey: Journey, audience: Audience
) -> None:
    sent = await an_agreement(site, mira, journey)

    with pytest.raises(DomainError, match="Open the page again"):
        await agree(site.services, audience, replace(sent, seen=[]))
    with pytest.raises(NothingHereError):
        await agree(site.services, audience, replace(sent, goal=text_from_id(bytes(16))))


async def test_a_goal_that_is_no_longer_shared_is_not_spoken_of(
    site: Site, mira: Writer, journey: Journey
) -> None:
    sent = await an_agreement(site, mira, journey)
    mira.write(
        journey.goal,
        GoalWithdrawn(shares=(text_from_id(journey.shared),)),
        at=site.clock.ms + DAY_MS,
    )
    await site.deliver(mira)

    with pytest.raises(DomainError, match="no longer share") as refused:
        await agree(site.services, await site.audience(mira), sent)

    assert ErrorCode.NOT_SHARED is refused.value.code


async def test_a_grant_to_look_lets_nobody_speak() -> None:
    mira = Writer(3)
    site = await sharing_site()
    mira.let_in(site.signed_in.therapist.id, "Dr Demo", START, actions=("view",))
    journey = tell(mira, START)
    await site.know(mira.space, "Mira")
    await site.deliver(mira)
    audience = await site.audience(mira)

    with pytest.raises(RefusedError):
        await agree(site.services, audience, await an_agreement(site, mira, journey))
    with pytest.raises(RefusedError):
        await assess(site.services, audience, await an_assessment(site, mira, journey))
