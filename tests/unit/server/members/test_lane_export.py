"""A member's copy of a lane: whole, proven, told to the person, and over when the grant is."""

import json

import pytest

from tests.support.exports import check
from tests.support.shared_lanes import DAY_MS, HOUR_MS, Writer
from tests.support.web_site import OTHER, START, THERAPIST, Site, sharing_site
from trailmark_server.access import Right, TherapistActor, Verb, authorize
from trailmark_server.members.lane_export import export_lane
from trailmark_server.storage.ports import Reader
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import RefusedError
from trailmark_shared.events.envelope import Row
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import Lane, SpaceId, text_from_id
from trailmark_shared.phrases import told_head_from_text


@pytest.fixture
async def site(mira: Writer) -> Site:
    """Return a server on which Mira shares twelve small things with the therapist."""
    for number in range(12):
        mira.write(mira.new_id(), WinNoted(text=f"win {number}"), at=START + HOUR_MS + number)
    return await sharing_site(mira)


def right_of(site: Site, mira: Writer, member: bytes = THERAPIST.id) -> Right:
    actor = TherapistActor(member=member, session=None)
    return authorize(actor, Verb.EXPORT, mira.space, mira.lane, site.services.now())


async def pieces(site: Site, mira: Writer) -> list[bytes]:
    export = await export_lane(site.services, mira.space, mira.lane, right_of(site, mira))
    return [piece async for piece in export]


async def looks(site: Site, mira: Writer) -> list[str]:
    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    return [each.page for each in entries]


async def test_it_verifies_against_the_words_of_its_head(site: Site, mira: Writer) -> None:
    lines = b"".join(await pieces(site, mira)).splitlines(keepends=True)
    header = json.loads(lines[0])
    found = check(lines, told_head_from_text(header["words"]))

    assert (13, 13, (), True) == (
        found.entries,
        found.verified_to,
        found.misfits,
        found.words_match,
    )


async def test_the_top_says_for_whom_it_is_and_on_what_terms(site: Site, mira: Writer) -> None:
    header = json.loads((await pieces(site, mira))[0])
    (consent,) = header["consents"]

    assert {"id": text_from_id(THERAPIST.id), "name": "Dr Demo", "role": "therapist"} == (
        header["made_for"]
    )
    assert "Dr Demo" in header["notice"][0]
    assert (1, None, header["made_for"]["id"]) == (
        consent["seq"],
        consent["revoked_seq"],
        consent["member"],
    )
    assert [site.services.signer.public_key.hex()] == [each["key"] for each in header["keys"]]


async def test_the_person_is_told_before_the_first_word_leaves(site: Site, mira: Writer) -> None:
    await export_lane(site.services, mira.space, mira.lane, right_of(site, mira))

    assert [Look.EXPORT] == await looks(site, mira)


async def test_somebody_without_a_grant_gets_nothing(site: Site, mira: Writer) -> None:
    await site.sign_in(OTHER, "other")

    with pytest.raises(RefusedError):
        await export_lane(site.services, mira.space, mira.lane, right_of(site, mira, OTHER.id))

    assert [] == await looks(site, mira)


async def test_a_grant_that_ends_ends_the_file(
    site: Site, mira: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAGE_EVENTS_MAX", 5)
    export = await export_lane(site.services, mira.space, mira.lane, right_of(site, mira))
    written = [await anext(export), await anext(export)]
    (grant,) = await site.services.events.grants(mira.space)
    await site.services.events.record_revocations(mira.space, [grant.grant])

    with pytest.raises(RefusedError):
        await anext(export)

    found = check(b"".join(written).splitlines(keepends=True))
    assert {"entries", "head"} == {each.what for each in found.misfits}
    assert 5 == found.verified_to


async def test_a_log_that_lacks_its_last_rows_gives_a_file_that_says_so(
    site: Site, mira: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = site.services.events.lane_rows

    async def cut(space: SpaceId, lane: Lane, after: int, reader: Reader) -> list[Row]:
        return [row for row in await whole(space, lane, after, reader) if row.seq <= 5]

    monkeypatch.setattr(site.services.events, "lane_rows", cut)

    found = check(b"".join(await pieces(site, mira)).splitlines(keepends=True))

    assert {"entries", "head"} == {each.what for each in found.misfits}
    assert 5 == found.verified_to


async def test_it_ends_at_the_head_that_it_began_with(
    site: Site, mira: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAGE_EVENTS_MAX", 5)
    export = await export_lane(site.services, mira.space, mira.lane, right_of(site, mira))
    written = [await anext(export)]
    mira.write(mira.new_id(), WinNoted(text="too late for this copy"), at=START + DAY_MS)
    await site.deliver(mira)
    written += [piece async for piece in export]

    found = check(b"".join(written).splitlines(keepends=True))
    assert (4, 13, ()) == (len(written), found.entries, found.misfits)


async def test_a_grant_that_was_taken_back_before_stands_on_top_too(
    site: Site, mira: Writer
) -> None:
    second = mira.let_in(OTHER.id, OTHER.name, START + DAY_MS)
    mira.stop_sharing(second, START + DAY_MS + HOUR_MS)
    await site.deliver(mira)

    lines = b"".join(await pieces(site, mira)).splitlines(keepends=True)

    assert [None, 15] == [each["revoked_seq"] for each in json.loads(lines[0])["consents"]]
    assert () == check(lines).misfits
