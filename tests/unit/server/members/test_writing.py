"""How a member's words get into the log, and what is said where they cannot."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.support.entries import a_text, an_entry, an_id
from tests.support.shared_lanes import Writer
from tests.support.web_site import Site, sharing_site
from trailmark_server.access import Verb
from trailmark_server.forms import is_of, stem_of
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.writing import (
    ZONE_CHARS_MAX,
    Said,
    Sending,
    SentBeforeError,
    append_said,
    clean_reason,
    entries_there,
    known_zone,
    seen_there,
    subject_of,
    too_long,
)
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, EventDataError, RefusedError
from trailmark_shared.events.body import Reason
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.events.goals import GoalActivated
from trailmark_shared.ids import care_lane, text_from_id


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


def said(subject: int = 7) -> Said:
    return Said(
        subject=an_id(subject),
        data=CommentAdded(text="Well done", about=a_text(100)),
        base=(an_id(1),),
        cause=an_id(2),
    )


async def test_what_is_said_carries_what_the_writer_saw_and_when(site: Site, mira: Writer) -> None:
    audience = await site.audience(mira)
    sending = Sending(id=new_id(site.services), lane=mira.lane, zone="America/New_York")
    right = audience.right(Verb.COMMENT, mira.lane)
    await append_said(site.services, audience.space, right, sending, said())

    (entry,) = await entries_there(site.services, audience, mira.lane, an_id(7))
    assert is_of(entry.id, stem_of(audience.actor, sending.form))
    assert audience.actor == entry.actor
    assert ((an_id(1),), an_id(2)) == (entry.body.base, entry.body.cause)
    assert ("America/New_York", "2026-09-29T12:00:00-04:00", site.clock.ms) == (
        entry.body.zone,
        entry.body.occurred_at,
        entry.body.recorded_at,
    )


async def test_what_is_said_is_dated_by_the_day_that_the_person_has() -> None:
    aroha, site = Writer(1, zone="Pacific/Auckland"), await sharing_site()
    aroha.let_in(site.signed_in.therapist.id, "Dr Demo", site.clock.ms)
    await site.know(aroha.space, "Aroha")
    await site.deliver(aroha)
    audience = await site.audience(aroha)
    right = audience.right(Verb.COMMENT, aroha.lane)
    sending = Sending(id=new_id(site.services), lane=aroha.lane)

    entry = await append_said(site.services, audience.space, right, sending, said())

    assert ("Pacific/Auckland", "2026-09-30T05:00:00+13:00", "2026-09-30") == (
        entry.body.zone,
        entry.body.occurred_at,
        entry.body.day,
    )


async def test_sent_twice_is_written_once_and_names_the_first_subject(
    site: Site, mira: Writer
) -> None:
    audience = await site.audience(mira)
    sending = Sending(id=new_id(site.services), lane=mira.lane)
    right = audience.right(Verb.COMMENT, mira.lane)
    begins = replace(said(), subject=None)

    first, again = [
        await append_said(site.services, audience.space, right, sending, begins) for _ in range(2)
    ]

    assert first == again
    assert [first] == await entries_there(site.services, audience, mira.lane, first.body.subject)


@pytest.mark.parametrize(
    "other",
    [
        replace(said(), subject=an_id(8)),
        replace(said(), data=CommentAdded(text="Well done", about=a_text(101))),
        replace(said(), data=CommentWithdrawn()),
        replace(said(), cause=an_id(3)),
        replace(said(), reason=Reason(code="other")),
    ],
)
async def test_a_form_that_wrote_something_else_is_refused(
    site: Site, mira: Writer, other: Said
) -> None:
    """Whatever it is and whatever it is about: what is not written is never taken as sent."""
    audience = await site.audience(mira)
    sending = Sending(id=new_id(site.services), lane=mira.lane)
    right = audience.right(Verb.COMMENT, mira.lane)
    first = await append_said(site.services, audience.space, right, sending, said())

    with pytest.raises(SentBeforeError, match="open the page again"):
        await append_said(site.services, audience.space, right, sending, other)

    assert [first] == await entries_there(site.services, audience, mira.lane, an_id(7))
    assert [] == await entries_there(site.services, audience, mira.lane, an_id(8))


async def test_it_rings_for_the_persons_devices(site: Site, mira: Writer) -> None:
    audience = await site.audience(mira)
    sending = Sending(id=new_id(site.services), lane=mira.lane)
    right = audience.right(Verb.COMMENT, mira.lane)

    with site.services.bell.subscribe([mira.space]) as subscription:
        await append_said(site.services, audience.space, right, sending, said())
        wake = subscription.take()

    assert (mira.space, mira.lane) in wake.lanes


async def test_a_right_that_ended_meanwhile_writes_nothing(mira: Writer) -> None:
    site = await sharing_site()
    grant = mira.let_in(site.signed_in.therapist.id, "Dr Demo", site.clock.ms)
    await site.know(mira.space, "Mira")
    await site.deliver(mira)
    audience = await site.audience(mira)
    sending = Sending(id=new_id(site.services), lane=mira.lane)
    right = audience.right(Verb.COMMENT, mira.lane)
    mira.stop_sharing(grant, site.clock.ms + 1)
    await site.deliver(mira)

    with pytest.raises(RefusedError):
        await append_said(site.services, audience.space, right, sending, said())


def test_an_id_that_is_none_is_refused() -> None:
    with pytest.raises(EventDataError):
        _ = Sending(id="nothing", lane=care_lane(bytes(16))).form


def test_what_a_form_begins_follows_from_it() -> None:
    one, other = an_id(1), an_id(2)

    assert subject_of(one) == subject_of(one)
    assert subject_of(one) not in {one, other, subject_of(other)}


@pytest.mark.parametrize(
    ("seen", "base"),
    [
        ((a_text(1),), (an_id(1),)),
        ((a_text(2), a_text(9), a_text(1), a_text(2)), (an_id(2), an_id(1))),
    ],
)
def test_only_what_is_there_was_seen(seen: Sequence[str], base: tuple[bytes, ...]) -> None:
    known = [an_entry(number, GoalActivated()) for number in (1, 2, 3)]

    assert seen_there(seen, known) == base


def test_what_names_nothing_was_not_drawn_from_it() -> None:
    with pytest.raises(DomainError, match="Open the page again"):
        seen_there([a_text(9), ""], [an_entry(1, GoalActivated())])


def test_base_is_bounded() -> None:
    known = [an_entry(number % 250, GoalActivated()) for number in range(limits.BASE_IDS_MAX)]
    entries = [*known, *known]
    seen = [text_from_id(each.id) for each in entries]

    assert len(seen_there(seen, entries)) == 250


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Reason(code="too-easy", text=" a\r\nb "), Reason(code="too-easy", text="a\nb")),
        (Reason(code="too-easy", text="  "), Reason(code="too-easy")),
        (Reason(code="too-easy"), Reason(code="too-easy")),
    ],
)
def test_a_reason_is_kept_without_blanks_around(given: Reason, kept: Reason) -> None:
    assert clean_reason(given) == kept


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(code="because"), "one of the reasons"),
        (Reason(code="other", text="x" * (limits.TEXT_CHARS_MAX + 1)), "Your words are still here"),
    ],
)
def test_a_reason_that_cannot_be_kept_says_what_to_change(reason: Reason, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        clean_reason(reason)


def test_words_at_their_bound_are_not_too_long() -> None:
    assert too_long("A note", "xx", 2) is None
    assert too_long("A note", "xxx", 2) == (
        "A note has at most 2 characters; this one has 3. Your words are still here."
    )


@pytest.mark.parametrize(
    ("name", "known"),
    [("Europe/Berlin", "Europe/Berlin"), ("Moon/Sea", "UTC"), ("", "UTC")],
)
def test_unknown_zone_is_utc(name: str, known: str) -> None:
    assert known == known_zone(name)


def test_a_zone_with_an_endless_name_is_not_looked_up() -> None:
    assert "UTC" == known_zone("x" * (ZONE_CHARS_MAX + 1))
