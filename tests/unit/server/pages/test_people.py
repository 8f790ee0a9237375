"""``/people``: who shares, what is new, and who waits to be confirmed."""

import re

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, Site, new_site, sharing_site, timeline_path
from trailmark_server.members.people import PEOPLE_PER_PAGE
from trailmark_server.storage.accounts import Password
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.notes import SetbackNoted, WinNoted


async def people_of(site: Site) -> str:
    async with site.browser() as browser:
        answer = await browser.get("/people")
    assert 200 == answer.status_code
    return answer.text


async def test_nobody_yet_gets_an_invitation_text() -> None:
    html = await people_of(await new_site())

    assert "Nobody shares with you yet." in html
    assert '<a href="/people/invite">' in html


async def test_whoever_came_by_a_link_is_led_to_a_way_of_their_own() -> None:
    site = await new_site()
    hinted = await people_of(site)
    row = Password(therapist=THERAPIST.id, hash="x", changed_at=START)
    await site.services.accounts.write(lambda rows: rows.save_password(row))
    settled = await people_of(site)

    words = "Choose how you sign in next time"
    assert (True, False) == (words in hinted, words in settled)


async def test_people_stand_in_the_order_of_letting_in_not_of_activity() -> None:
    quiet, busy = Writer(1), Writer(40)
    site = await sharing_site(quiet, busy, labels=("Quiet", "Busy"))
    await site.know(busy.space, "Busy", joined_at=START + 1)
    for number in range(9):
        busy.write(busy.new_id(), WinNoted(text="win"), at=START + number * DAY_MS)
    await site.deliver(busy)

    html = await people_of(site)

    assert html.index("Quiet") < html.index("Busy")


async def test_what_is_new_is_counted_by_kind_since_the_last_visit() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="before"), at=START + DAY_MS)
    await site.deliver(mira)
    async with site.browser() as browser:
        await browser.get(timeline_path(mira))
    for number in (2, 3):
        mira.write(mira.new_id(), WinNoted(text="after"), at=START + number * DAY_MS)
    mira.write(mira.new_id(), SetbackNoted(text="hard"), at=START + 4 * DAY_MS)
    await site.deliver(mira)

    html = await people_of(site)

    assert ["2 wins", "1 hard moment"] == re.findall(r"<li>([^<]+)</li>", html)


async def test_sharing_that_ended_is_said_without_blame() -> None:
    mira = Writer(1)
    site = await new_site()
    grant = mira.let_in(THERAPIST.id, THERAPIST.name, START)
    mira.stop_sharing(grant, START + 35 * DAY_MS)
    await site.know(mira.space, "Mira")
    await site.deliver(mira)

    html = await people_of(site)

    assert "Sharing ended on 3 Nov 2026" in html
    assert timeline_path(mira) not in html


async def test_new_person_is_confirmed_by_comparing_words() -> None:
    mira = Writer(1)
    site = await new_site()
    await site.know(mira.space, "Mira", confirmed=False)

    before = await people_of(site)
    form = re.search(r'action="(/people/[^"]+/confirm)"', before)
    assert form is not None
    async with site.browser() as browser:
        refused = await browser.post(form[1], data={"form_token": "another"})
        done = await browser.post(form[1], data={"form_token": site.signed_in.form_token})
    after = await people_of(site)

    assert "Compare these words" in before
    assert (403, 303) == (refused.status_code, done.status_code)
    assert "Compare these words" not in after


async def test_people_see_that_the_list_was_opened() -> None:
    """The list counts what is new, so it reads; who shares no more was not looked at."""
    mira, jonas = Writer(1), Writer(5)
    site = await sharing_site(mira, jonas, labels=("Mira", "Jonas"))
    grant = (await site.services.events.grants(jonas.space))[0].grant
    jonas.stop_sharing(grant, START + DAY_MS)
    await site.deliver(jonas)

    async with site.browser() as browser:
        await browser.get("/people")

    found = await site.services.accounts.read(
        lambda rows: [rows.access_entries(each.space, 9) for each in (mira, jonas)]
    )
    assert [[Look.PEOPLE], []] == [[each.page for each in looks] for looks in found]


async def test_a_search_stands_in_no_address_and_finds_by_name() -> None:
    mira, jonas = Writer(1), Writer(5)
    site = await sharing_site(mira, jonas, labels=("Mira", "Jonas"))

    async with site.browser() as browser:
        form = {"q": " mira ", "form_token": site.signed_in.form_token}
        sent = await browser.post("/people", data=form)
        found = await browser.get(sent.headers["Location"])
        all_of_them = await browser.post("/people", data=form | {"q": " "})
        foreign = await browser.post("/people", data=form | {"form_token": "x"})

    assert (303, 303, 403) == (sent.status_code, all_of_them.status_code, foreign.status_code)
    assert "mira" not in sent.headers["Location"]
    assert ("Mira" in found.text, "Jonas" in found.text) == (True, False)
    assert "/people" == all_of_them.headers["Location"]


async def test_the_pages_of_a_search_go_on_with_it() -> None:
    everybody = [Writer(number) for number in range(1, PEOPLE_PER_PAGE + 3)]
    labels = [f"Mira {number}" for number in range(len(everybody) - 1)] + ["Jonas"]
    site = await sharing_site(*everybody, labels=labels)

    async with site.browser() as browser:
        form = {"q": "mira", "form_token": site.signed_in.form_token}
        first = await browser.get((await browser.post("/people", data=form)).headers["Location"])
        second = re.findall(r'href="(/people\?search=[^"]+page=2)"', first.text)
        following = await browser.get(second[0].replace("&amp;", "&"))

    assert 1 == following.text.count('class="card person"')
    assert "Jonas" not in first.text + following.text
