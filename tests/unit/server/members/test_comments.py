"""What therapists write: comments, and taking one back."""

import pytest
from msgspec.structs import replace

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import OTHER, START, Site, sharing_site
from trailmark_server.members.audience import Audience, NothingHereError, find_audience
from trailmark_server.members.comments import (
    NewComment,
    add_comment,
    problem_with,
    withdraw_comment,
)
from trailmark_server.members.surroundings import new_id, read_comments
from trailmark_server.storage.ports import Window
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import DomainError
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import care_lane, id_from_text, text_from_id


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


@pytest.fixture
async def audience(site: Site, mira: Writer) -> Audience:
    return await site.audience(mira)


@pytest.fixture
async def comment(site: Site, mira: Writer) -> NewComment:
    win = mira.new_id()
    event = mira.write(win, WinNoted(text="A win"), at=START + DAY_MS)
    await site.deliver(mira)
    return NewComment(
        id=new_id(site.services),
        lane=mira.lane,
        about=text_from_id(win),
        cause=text_from_id(event),
        text="Well done",
    )


async def words(site: Site, audience: Audience, comment: NewComment) -> list[str | None]:
    found = await read_comments(
        site.services, audience, comment.lane, [id_from_text(comment.about)]
    )
    return [each.text for _, each in found]


async def test_comment_stands_under_what_it_is_about(
    site: Site, audience: Audience, comment: NewComment
) -> None:
    await add_comment(site.services, audience, comment)

    assert ["Well done"] == await words(site, audience, comment)


async def test_sent_twice_is_written_once_and_has_one_subject(
    site: Site, audience: Audience, comment: NewComment
) -> None:
    first = await add_comment(site.services, audience, comment)
    again = await add_comment(site.services, audience, comment)

    assert first == again
    assert ["Well done"] == await words(site, audience, comment)


async def test_comment_taken_back_has_no_words(
    site: Site, audience: Audience, comment: NewComment
) -> None:
    subject = await add_comment(site.services, audience, comment)

    for _ in range(2):
        await withdraw_comment(
            site.services, audience, comment.lane, subject, new_id(site.services)
        )

    assert [None] == await words(site, audience, comment)
    rows = await site.services.events.timeline(audience.space, comment.lane, Window(limit=9))
    assert 4 == len(rows)


async def test_only_ones_own_comment_can_be_taken_back(
    site: Site, mira: Writer, audience: Audience, comment: NewComment
) -> None:
    subject = await add_comment(site.services, audience, comment)
    mira.let_in(OTHER.id, OTHER.name, START + 2 * DAY_MS)
    await site.deliver(mira)
    await site.sign_in(OTHER, "other")
    signed_in = replace(site.signed_in, therapist=OTHER, session_hash=secret_hash("other"))
    colleague = await find_audience(site.services, signed_in, mira.space)

    for who, lane, what in [
        (colleague, mira.lane, subject),
        (audience, mira.lane, bytes(16)),
        (audience, mira.lane, id_from_text(comment.about)),
        (audience, care_lane(bytes(16)), subject),
    ]:
        with pytest.raises(NothingHereError):
            await withdraw_comment(site.services, who, lane, what, "0" * 26)

    assert ["Well done"] == await words(site, audience, comment)


async def test_comment_without_words_is_refused(
    site: Site, audience: Audience, comment: NewComment
) -> None:
    with pytest.raises(DomainError, match="nothing to send"):
        await add_comment(site.services, audience, replace(comment, text=""))

    assert [] == await words(site, audience, comment)


async def test_comment_in_another_lane_is_refused(
    site: Site, audience: Audience, comment: NewComment
) -> None:
    elsewhere = replace(comment, lane=care_lane(bytes(16)))

    with pytest.raises(NothingHereError):
        await add_comment(site.services, audience, elsewhere)


def test_longest_comment_is_accepted() -> None:
    assert problem_with("x" * limits.TEXT_CHARS_MAX) is None
    assert problem_with("x" * (limits.TEXT_CHARS_MAX + 1)) is not None
