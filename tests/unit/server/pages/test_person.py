"""The head of every page about one person."""

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, new_site, sharing_site
from trailmark_server.pages.person import head_of, until_words
from trailmark_shared.domain.consent import CLASS_WORDS
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.ids import text_from_id


async def test_head_says_what_is_shared() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)

    person = await head_of(site.services, await site.audience(mira))

    assert ("Mira (Tuesdays)", list(CLASS_WORDS.values())) == (person.label, person.shares)


async def test_changed_terms_begin_no_new_time() -> None:
    mira = Writer(1)
    site = await new_site()
    first = mira.let_in(THERAPIST.id, THERAPIST.name, START)
    second = mira.let_in(
        THERAPIST.id, THERAPIST.name, START + 40 * DAY_MS, until="2027-10-02", replaces=first
    )
    mira.write(first, AccessRevoked(replaced_by=text_from_id(second)), at=START + 40 * DAY_MS + 1)
    await site.deliver(mira)

    person = await head_of(site.services, await site.audience(mira))

    assert ("29 Sep 2026", "2 Oct 2027") == (person.since, person.until)


async def test_head_says_since_which_day_of_the_person() -> None:
    aroha = Writer(1, zone="Pacific/Auckland")
    site = await new_site()
    aroha.let_in(THERAPIST.id, THERAPIST.name, START)
    await site.deliver(aroha)

    person = await head_of(site.services, await site.audience(aroha))
    async with site.browser() as browser:
        people = (await browser.get("/people")).text

    assert "30 Sep 2026" == person.since
    assert "Shares with you since 30 Sep 2026" in people


async def test_head_says_until_when() -> None:
    mira = Writer(1)
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, until="2026-10-02")
    await site.deliver(mira)

    person = await head_of(site.services, await site.audience(mira))

    assert "2 Oct 2026" == person.until


async def test_head_says_what_the_reader_may_do() -> None:
    mira = Writer(1)
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=("propose",))
    await site.deliver(mira)

    person = await head_of(site.services, await site.audience(mira))

    assert ["read it", "propose changes"] == list(person.may)


def test_until_is_the_last_day_of_all_or_no_end() -> None:
    assert "3 Nov 2026" == until_words(["2026-11-03", "2026-10-01"])
    assert "they stop sharing" == until_words(["2026-11-03", None])
    assert "they stop sharing" == until_words([])
