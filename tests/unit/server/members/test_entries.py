"""Stored rows as folds read them."""

import msgspec

from tests.support.shared_lanes import Writer
from tests.support.web_site import START, sharing_site
from trailmark_server.members.entries import entries_from_rows, entry_from_row
from trailmark_server.storage.ports import Window
from trailmark_shared.events.envelope import Row, without_body
from trailmark_shared.events.notes import WinNoted


async def rows_of_a_lane() -> list[Row]:
    writer = Writer(1)
    site = await sharing_site(writer)
    writer.write(writer.new_id(), WinNoted(text="one"), at=START + 1000)
    writer.write(writer.new_id(), WinNoted(text="two"), at=START + 2000)
    await site.deliver(writer)
    return await site.services.events.timeline(writer.space, writer.lane, Window(limit=9))


async def test_entries_stand_in_seq_order_whatever_the_order_of_rows() -> None:
    rows = await rows_of_a_lane()

    assert [1, 2, 3] == [each.seq for each in entries_from_rows(rows)]


async def test_row_without_body_has_no_entry() -> None:
    row = (await rows_of_a_lane())[0]
    stub = msgspec.structs.replace(row, event=without_body(row.event))

    assert entry_from_row(stub) is None


async def test_id_held_twice_is_shown_once_with_its_earliest_times() -> None:
    row = (await rows_of_a_lane())[0]
    earlier = msgspec.structs.replace(
        row, seq=9, event=without_body(row.event), received_at=row.received_at - 5
    )

    (entry,) = entries_from_rows([row, earlier])

    assert row.received_at - 5 == entry.received_at
