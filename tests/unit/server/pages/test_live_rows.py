"""The rows that an open page does not have yet."""

import re

import pytest

from tests.support.entries import a_body
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_server.members.audience import Audience
from trailmark_server.pages.live_rows import BATCH_ROWS_MAX, Batch, LiveRows
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.events.measures import OccurrenceRecorded
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.proposals import ProposalMade, ProposalWithdrawn, ProposedValues
from trailmark_shared.events.sharing import ExcerptShared, ExcerptWithdrawn
from trailmark_shared.ids import text_from_id


class Watcher:
    """An open page."""

    def __init__(self, site: Site, mira: Writer) -> None:
        self.site = site
        self.mira = mira
        self.rows = LiveRows(site.services, "token", {mira.lane: 1})

    async def batches(self) -> list[Batch]:
        await self.site.deliver(self.mira)
        audience, batches = await self.site.audience(self.mira), list[Batch]()
        while more := await self.next(audience):
            batches += more
        return batches

    async def next(self, audience: Audience) -> list[Batch]:
        events, reader = self.site.services.events, audience.reader(self.mira.lane)
        await self.rows.join(audience)
        cursors = self.rows.cursors
        found = await events.news(self.mira.space, cursors, BATCH_ROWS_MAX, reader)
        batches = await self.rows.read(audience, found)
        self.rows.release()
        return batches

    async def html(self) -> str:
        return "".join(each.html for each in await self.batches())


@pytest.fixture
async def watcher(mira: Writer) -> Watcher:
    return Watcher(await sharing_site(mira), mira)


def rows_of(html: str) -> list[str]:
    return re.findall(r'id="row-(\w+)"', html)


async def test_new_rows_come_once(watcher: Watcher, mira: Writer) -> None:
    event = mira.write(mira.new_id(), WinNoted(text="A win"), at=START + DAY_MS)

    first, again = await watcher.html(), await watcher.html()

    assert [text_from_id(event)] == rows_of(first)
    assert "" == again
    assert {mira.lane: 2} == watcher.rows.cursors


async def test_backlog_comes_in_bounded_batches(watcher: Watcher, mira: Writer) -> None:
    count = 2 * BATCH_ROWS_MAX + 1
    for number in range(count):
        mira.write(mira.new_id(), WinNoted(text="A win"), at=START + DAY_MS + number)

    batches = await watcher.batches()

    assert [BATCH_ROWS_MAX, BATCH_ROWS_MAX, 1] == [len(rows_of(each.html)) for each in batches]


async def test_comment_brings_the_row_that_it_answers(watcher: Watcher, mira: Writer) -> None:
    win, comment = mira.new_id(), mira.new_id()
    event = mira.write(win, WinNoted(text="A win"), at=START + DAY_MS)
    await watcher.html()
    added = mira.write(
        comment,
        CommentAdded(text="And more", about=text_from_id(win)),
        at=START + 2 * DAY_MS,
        cause=event,
    )

    html = await watcher.html()
    mira.write(comment, CommentWithdrawn(), at=START + 3 * DAY_MS)
    after = await watcher.html()

    assert added
    assert [text_from_id(event)] == rows_of(html) == rows_of(after)
    assert "And more" in html
    assert "And more" not in after
    assert "This comment was taken back." in after


async def test_withdrawn_excerpt_is_replaced_by_its_empty_line(
    watcher: Watcher, mira: Writer
) -> None:
    excerpt = mira.new_id()
    shared = mira.write(excerpt, ExcerptShared(text="secret words"), at=START + DAY_MS)
    before = await watcher.html()
    mira.write(excerpt, ExcerptWithdrawn(), at=START + 2 * DAY_MS)

    after = await watcher.html()

    assert "secret words" in before
    assert "secret words" not in after
    assert text_from_id(shared) in rows_of(after)


async def test_withdrawn_proposal_is_replaced_by_its_empty_line(
    watcher: Watcher, mira: Writer
) -> None:
    proposal = mira.new_id()
    made = ProposalMade(what="goal", values=ProposedValues(title="hasty words"))
    await watcher.site.say(mira, proposal, a_body(made))
    before = await watcher.html()
    await watcher.site.say(mira, proposal, a_body(ProposalWithdrawn()))

    after = await watcher.html()

    assert "hasty words" in before
    assert "hasty words" not in after
    assert rows_of(before)[0] in rows_of(after)


async def test_what_was_taken_back_comes_again_with_a_mark(watcher: Watcher, mira: Writer) -> None:
    win = mira.new_id()
    said = mira.write(win, WinNoted(text="Walked home"), at=START)
    before = await watcher.html()
    mira.write(win, EntryTakenBack(events=(text_from_id(said),)), at=START + DAY_MS)

    after = await watcher.html()

    assert "taken back on" not in before
    assert "taken back on" in after
    assert text_from_id(said) in rows_of(after)


async def test_what_was_shared_by_itself_and_taken_back_is_replaced_by_its_empty_line(
    watcher: Watcher, mira: Writer
) -> None:
    happened = mira.new_id()
    data = OccurrenceRecorded(what="marrowglint", intensity_tenths=60, note="fenwright")
    said = mira.write(happened, data, at=START)
    before = await watcher.html()
    mira.write(happened, EntryTakenBack(events=(text_from_id(said),)), at=START + DAY_MS)

    after = await watcher.html()

    assert [True] * 3 == [each in before for each in ("marrowglint", "fenwright", "6 of 10")]
    assert [False] * 3 == [each in after for each in ("marrowglint", "fenwright", "6 of 10")]
    assert text_from_id(said) in rows_of(after)


async def test_erased_rows_are_named_and_a_tombstone_stands_for_them(
    watcher: Watcher, mira: Writer
) -> None:
    win = mira.new_id()
    event = mira.write(win, WinNoted(text="A win"), at=START + DAY_MS)
    await watcher.html()
    said = SubjectErased(events=(text_from_id(event),))
    tombstone = mira.write(win, said, at=START + 2 * DAY_MS)

    (batch,) = await watcher.batches()

    assert [text_from_id(event)] == batch.erased
    assert [text_from_id(tombstone)] == rows_of(batch.html)
    assert "erased an entry for good" in batch.html
    assert "A win" not in batch.html


async def test_lane_that_is_no_longer_shared_is_forgotten(watcher: Watcher, mira: Writer) -> None:
    other = Writer(60)
    watcher.rows.cursors[other.lane] = 4

    await watcher.batches()

    assert {mira.lane: 1} == watcher.rows.cursors
