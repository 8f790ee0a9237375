"""What therapists write down together with a person."""

from typing import Any

import msgspec
import pytest

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.joint import (
    Begun,
    answer_joint,
    begin_joint,
    end_joint,
    reword_joint,
)
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.writing import Sending, SentBeforeError
from trailmark_server.storage.ports import Window
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    ContactGiven,
    Decision,
    ExpectationAnswered,
    ExpectationWritten,
    InterventionEnded,
    InterventionPlanned,
    ReviewAnswered,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import care_lane, text_from_id
from trailmark_shared.projections.card_kinds import CARD_KINDS, said_words

OPEN_TALK = ExpectationWritten(text="Open talk")


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


@pytest.fixture
async def audience(site: Site, mira: Writer) -> Audience:
    return await site.audience(mira)


def sending(site: Site, mira: Writer) -> Sending:
    return Sending(id=new_id(site.services), lane=mira.lane)


async def begun(site: Site, audience: Audience, mira: Writer, data: Begun) -> bytes:
    return await begin_joint(site.services, audience, sending(site, mira), data)


async def shown_to(site: Site, audience: Audience, mira: Writer, kind: Kind) -> dict[bytes, Any]:
    """Return the documents of all entries of a kind, by their ids."""
    stored = await site.services.events.documents(
        audience.space, mira.lane, kind, parent=None, reader=audience.reader(mira.lane)
    )
    document = CARD_KINDS[kind].document
    return {each.subject: msgspec.json.decode(each.json, type=document) for each in stored}


async def by_mira(site: Site, mira: Writer, data: EventData) -> bytes:
    subject = mira.new_id()
    mira.write(subject, data, at=START + DAY_MS)
    await site.deliver(mira)
    return subject


@pytest.mark.parametrize(
    "data",
    [
        OPEN_TALK,
        InterventionPlanned(text="One stop together", often="every second week"),
        AgendaItemAdded(text="That night"),
        ReviewScheduled(on="2026-10-05"),
        ContactGiven(name="Dr Okafor", hours="8 to 20", note="A reply takes a day"),
    ],
)
async def test_it_is_there_for_both(
    site: Site, audience: Audience, mira: Writer, data: Begun
) -> None:
    entry = await begun(site, audience, mira, data)

    kinds = ("expectation", "intervention", "agenda_item", "review", "contact")
    shown = [
        each for kind in kinds for each in (await shown_to(site, audience, mira, kind)).items()
    ]
    assert [(entry, data, audience.actor)] == [
        (subject, document.said.value, document.by) for subject, document in shown
    ]


async def test_sent_twice_it_is_written_once(site: Site, audience: Audience, mira: Writer) -> None:
    once = sending(site, mira)

    first = await begin_joint(site.services, audience, once, OPEN_TALK)
    again = await begin_joint(site.services, audience, once, OPEN_TALK)

    assert first == again
    assert 1 == len(await shown_to(site, audience, mira, "expectation"))


async def test_a_form_that_is_sent_again_with_other_words_is_refused(
    site: Site, audience: Audience, mira: Writer
) -> None:
    once = sending(site, mira)
    await begin_joint(site.services, audience, once, OPEN_TALK)

    with pytest.raises(SentBeforeError):
        await begin_joint(site.services, audience, once, ExpectationWritten(text="Something else"))

    [shown] = (await shown_to(site, audience, mira, "expectation")).values()
    assert OPEN_TALK == shown.said.value


async def test_each_form_that_is_sent_twice_is_written_once(
    site: Site, audience: Audience, mira: Writer
) -> None:
    """A double click, or sending again where the answer was lost, is no mistake of anybody's."""
    own = await begun(site, audience, mira, InterventionPlanned(text="Breathe"))
    hers = await by_mira(site, mira, ExpectationWritten(text="Time to think"))
    reword, answer, end = (sending(site, mira) for _ in range(3))
    words = InterventionPlanned(text="Breathe out longer")
    agree = ExpectationAnswered(answer="agree")

    for _ in range(2):
        await reword_joint(site.services, audience, reword, own, words)
        await answer_joint(site.services, audience, answer, hers, agree)
        await end_joint(site.services, audience, end, own, InterventionEnded())

    with pytest.raises(SentBeforeError):
        await end_joint(site.services, audience, end, own, InterventionEnded(note="Enough"))
    stored = await site.services.events.timeline(audience.space, mira.lane, Window(limit=9))
    assert 6 == len(stored)  # the grant, what both began, and each form once


async def test_who_began_it_words_it_anew(site: Site, audience: Audience, mira: Writer) -> None:
    own = await begun(site, audience, mira, OPEN_TALK)
    hers = await by_mira(site, mira, ExpectationWritten(text="Time to think"))
    later = ExpectationWritten(text=" Open,\r\nkind talk ")

    await reword_joint(site.services, audience, sending(site, mira), own, later)
    with pytest.raises(NothingHereError):
        await reword_joint(site.services, audience, sending(site, mira), hers, later)
    with pytest.raises(DomainError) as same:
        await reword_joint(site.services, audience, sending(site, mira), own, later)

    shown = await shown_to(site, audience, mira, "expectation")
    assert {own: "Open,\nkind talk", hers: "Time to think"} == {
        subject: said_words(document.said.value or OPEN_TALK) for subject, document in shown.items()
    }
    assert ErrorCode.NOTHING_CHANGED == same.value.code


async def test_they_say_whether_they_agree(site: Site, audience: Audience, mira: Writer) -> None:
    hers = await by_mira(site, mira, ExpectationWritten(text="Time to think"))
    agree = ExpectationAnswered(answer="agree")

    await answer_joint(site.services, audience, sending(site, mira), hers, agree)
    with pytest.raises(DomainError) as again:
        await answer_joint(site.services, audience, sending(site, mira), hers, agree)
    disagree = ExpectationAnswered(answer="disagree")
    await answer_joint(site.services, audience, sending(site, mira), hers, disagree)

    [shown] = (await shown_to(site, audience, mira, "expectation")).values()
    assert [("disagree", audience.actor, False)] == [
        (each.answer, each.by, each.is_outdated) for each in shown.answers
    ]
    assert ErrorCode.NOTHING_CHANGED == again.value.code


async def test_either_side_brings_it_to_its_end(
    site: Site, audience: Audience, mira: Writer
) -> None:
    item = await by_mira(site, mira, AgendaItemAdded(text="The door"))
    tried = await begun(site, audience, mira, InterventionPlanned(text="One stop"))

    closed = AgendaItemClosed(note="we go together")
    await end_joint(site.services, audience, sending(site, mira), item, closed)
    await end_joint(site.services, audience, sending(site, mira), tried, InterventionEnded())
    with pytest.raises(DomainError) as again:
        await end_joint(site.services, audience, sending(site, mira), item, closed)

    [shown] = (await shown_to(site, audience, mira, "agenda_item")).values()
    assert ("closed", ["we go together"]) == (
        shown.status.value,
        [each.note for each in shown.uses],
    )
    assert ErrorCode.NOTHING_CHANGED == again.value.code


async def test_a_review_is_held_and_its_telling_agreed_to(
    site: Site, audience: Audience, mira: Writer
) -> None:
    goal = await by_mira(site, mira, GoalShared(title="Ride"))
    review = await begun(site, audience, mira, ReviewScheduled(on="2026-10-05"))
    held = ReviewHeld(decisions=(Decision(goal=text_from_id(goal), outcome="kept"),))

    await end_joint(site.services, audience, sending(site, mira), review, held)
    agree = ReviewAnswered(answer="agree")
    await answer_joint(site.services, audience, sending(site, mira), review, agree)

    [shown] = (await shown_to(site, audience, mira, "review")).values()
    assert ("held", ["agree"]) == (
        shown.status.value,
        [each.answer for each in shown.answers],
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ExpectationWritten(text=" "), ErrorCode.INVALID_INPUT),
        (ReviewScheduled(on="soon"), ErrorCode.INVALID_INPUT),
        (AgendaItemAdded(text="x" * (limits.TEXT_CHARS_MAX + 1)), ErrorCode.INVALID_INPUT),
        (ContactGiven(name="x" * (limits.TITLE_CHARS_MAX + 1)), ErrorCode.INVALID_INPUT),
        (ExpectationWritten(text="x", goal="0" * 26), ErrorCode.NOT_SHARED),
        (InterventionPlanned(text="x", goals=("0" * 26,)), ErrorCode.NOT_SHARED),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_a_sentence(
    site: Site, audience: Audience, mira: Writer, data: Begun, code: ErrorCode
) -> None:
    with pytest.raises(DomainError) as refused:
        await begun(site, audience, mira, data)

    assert code == refused.value.code
    assert {} == await shown_to(site, audience, mira, "expectation")


async def test_nobody_writes_in_a_lane_of_others(
    site: Site, audience: Audience, mira: Writer
) -> None:
    elsewhere = Sending(id=new_id(site.services), lane=care_lane(bytes(16)))

    with pytest.raises(NothingHereError):
        await begin_joint(site.services, audience, elsewhere, OPEN_TALK)
    with pytest.raises(NothingHereError):
        await end_joint(site.services, audience, elsewhere, mira.new_id(), AgendaItemClosed())


@pytest.mark.parametrize(
    ("actions", "data"),
    [(("view",), AgendaItemAdded(text="x")), (("view", "comment"), OPEN_TALK)],
)
async def test_what_the_grant_does_not_allow_is_not_written(
    mira: Writer, actions: tuple[str, ...], data: Begun
) -> None:
    site = await sharing_site()
    await site.know(mira.space, "Mira")
    mira.let_in(site.signed_in.therapist.id, "Dr Demo", START, actions=actions)
    await site.deliver(mira)
    audience = await site.audience(mira)

    with pytest.raises(RefusedError):
        await begun(site, audience, mira, data)
