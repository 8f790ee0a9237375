"""``/people/invite``: a code that is shown once, listed without it, and taken back."""

import html
import re

import httpx
import pytest

from tests.support.web_site import OTHER, URL, Site, new_site
from trailmark_server.invitations import Code, code_from_random
from trailmark_server.joining import JoinRequest, redeem_invitation
from trailmark_server.sessions import form_token
from trailmark_server.storage.accounts import AccountRows
from trailmark_shared import limits
from trailmark_shared.ids import DeviceId, SpaceId

PATH = "/people/invite"


@pytest.fixture
async def site() -> Site:
    return await new_site()


async def sent(site: Site, path: str = PATH, **fields: str) -> httpx.Response:
    async with site.browser() as browser:
        return await browser.post(path, data={"form_token": form_token(site.token), **fields})


async def shown(site: Site) -> str:
    async with site.browser() as browser:
        return (await browser.get(PATH)).text


async def test_code_is_shown_typed_scanned_and_to_be_sent(site: Site) -> None:
    answer = await sent(site, label="Jonas")

    page = html.unescape(answer.text)
    code = re.search(r"trailmark connect (\S+) <strong>([A-Z-]{11})</strong>", page)
    assert 201 == answer.status_code
    assert code is not None
    assert URL == code[1]
    assert f"trailmark connect 'trailmark://127.0.0.1:8740/{code[2]}'" in page
    assert "Works until <strong>16:10 UTC</strong>, and once" in page
    assert '<svg viewBox="0 0' in page
    assert "For Jonas" in page
    assert "no-store" == answer.headers["cache-control"]


async def test_shown_code_lets_somebody_redeem_it(site: Site) -> None:
    page = (await sent(site, label="Jonas")).text
    text = re.search(r"<strong>([A-Z-]{11})</strong>", page)
    assert text is not None
    request = JoinRequest(
        code=Code(text=text[1], key=await site.services.code_key()),
        space=SpaceId(bytes([9]) * 16),
        device=DeviceId(bytes([8]) * 16),
        device_name="phone",
        claim_hash=bytes(32),
        known=None,
        signing_key=bytes(32),
    )

    def work(rows: AccountRows) -> tuple[str, int | None]:
        joined = redeem_invitation(rows, request, "credential", site.clock.ms)
        assert joined is not None
        return joined[1].label, joined[1].confirmed_at

    assert ("Jonas", None) == await site.services.accounts.write(work)


async def test_page_tells_what_the_person_will_be_asked(site: Site) -> None:
    page = " ".join((await shown(site)).split())

    assert "Their device asks them one thing at a time" in page
    assert "Until both of you have confirmed, you see nothing." in page


async def test_open_ones_are_listed_without_their_codes(site: Site) -> None:
    code = re.search(r"<strong>([A-Z-]{11})</strong>", (await sent(site, label="Jonas")).text)
    assert code is not None
    page = await shown(site)

    assert "Jonas" in page
    assert "works until 16:10 UTC" in page
    assert code[1] not in page
    site.clock.advance(limits.INVITATION_TTL_MS)
    assert "Jonas" not in await shown(site)


async def test_one_is_taken_back(site: Site) -> None:
    await sent(site, label="Jonas")
    path = re.search(r'action="(/people/invite/\w+/withdraw)"', await shown(site))
    assert path is not None

    first, again = await sent(site, path[1]), await sent(site, path[1])

    assert (303, PATH, 404) == (first.status_code, first.headers["location"], again.status_code)
    assert "Jonas" not in await shown(site)


async def test_label_that_cannot_be_shown_is_given_back(site: Site) -> None:
    answer = await sent(site, label="x" * (limits.TITLE_CHARS_MAX + 1))

    assert 422 == answer.status_code
    assert "A label has 1 to 300 printable characters." in answer.text
    assert "x" * limits.TITLE_CHARS_MAX in answer.text


async def test_only_so_many_are_open_at_once(site: Site) -> None:
    statuses = [(await sent(site)).status_code for _ in range(limits.OPEN_INVITATIONS_MAX + 1)]

    assert [201] * limits.OPEN_INVITATIONS_MAX + [429] == statuses


async def test_form_of_another_session_makes_nothing(site: Site) -> None:
    answer = await sent(site, form_token="stolen")

    assert 403 == answer.status_code
    assert "Not used yet" not in await shown(site)


async def test_others_see_and_take_back_nothing(site: Site) -> None:
    await sent(site, label="Jonas")
    path = re.search(r'action="(/people/invite/\w+/withdraw)"', await shown(site))
    assert path is not None
    await site.sign_in(OTHER, "other")

    async with site.browser("other") as browser:
        page = (await browser.get(PATH)).text
        answer = await browser.post(path[1], data={"form_token": form_token("other")})

    assert "Jonas" not in page
    assert 404 == answer.status_code
    assert "Jonas" in await shown(site)


def test_codes_are_spelt_with_a_hyphen() -> None:
    assert re.fullmatch(r"[A-Z]{5}-[A-Z]{5}", code_from_random(bytes(16)))
