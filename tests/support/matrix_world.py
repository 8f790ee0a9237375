"""One person's space and everybody who may try to get at it, before a server in memory."""

from collections.abc import Mapping
from typing import Any, Final

import httpx
import msgspec

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, URL, Site, new_site
from trailmark_server import credentials
from trailmark_server.app import create_app
from trailmark_server.hand_overs import propose
from trailmark_server.invitations import Code, add_invitation
from trailmark_server.members import circle
from trailmark_server.members.comments import NewComment, add_comment
from trailmark_server.members.surroundings import new_id
from trailmark_server.pages.circle import cookie_name
from trailmark_server.sessions import form_token, open_web_session
from trailmark_server.storage.accounts import AccountRows, Acquaintance, Therapist
from trailmark_server.supporters import NewLink, register_link
from trailmark_server.therapists import accounts
from trailmark_server.tokens import secret_hash
from trailmark_shared.codes import LINK_TOKEN_BYTES, link_token_hash, text_from_link_token
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import DeviceId, Lane, SpaceId, text_from_id

CANARY: Final = "Sing in the choir again"
"""Title of the goal: whoever may not read it must never be sent these words."""

CIRCLE_CANARY: Final = "I sang on the bridge"
"""What the supporter was sent."""

SUPPORTER: Final = bytes([210]) * 16
LINK_TOKEN: Final = text_from_link_token(bytes([7]) * LINK_TOKEN_BYTES)
ENTER_TOKEN: Final = "one-time-link"
INVITED: Final = Code(text="BBBBB-CCCCC", key=b"k" * 32)
OTHER_SPACE: Final = SpaceId(b"o" * 16)

ACTORS: Final = (
    "owner",
    "other_device",
    "linked",
    "unlinked",
    "revoked",
    "expired",
    "disabled",
    "supporter",
    "anonymous",
)
"""Who tries; the first two are devices, the next five therapists."""

THERAPISTS: Final[Mapping[str, Therapist]] = {
    "linked": THERAPIST,
    **{
        name: Therapist(
            id=bytes([220 + number]) * 16,
            name=f"Dr {name.title()}",
            email=f"{name}@example.org",
            created_at=0,
        )
        for number, name in enumerate(("unlinked", "revoked", "expired", "disabled"))
    },
}


class MatrixWorld(msgspec.Struct, frozen=True, kw_only=True):
    """The world.

    Attributes:
        site: The server.
        mira: The owner of the space.
        care: Her lane for therapists.
        invitation: An open invitation of the linked therapist.
        goal: Her goal.
        shared: The event that shared it.
        comment: A comment of the linked therapist.
        grants: Her grants, by whom they let in.
        encouraged: What the supporter may answer: the event, as text.
        app: The application over it.
        cookies: Cookies of each actor.
        headers: Headers of each actor.
        tokens: Form token of each actor.
    """

    site: Site
    mira: Writer
    care: Lane
    invitation: bytes
    goal: bytes
    shared: bytes
    comment: bytes
    grants: Mapping[str, bytes]
    encouraged: str
    app: Any
    cookies: Mapping[str, Mapping[str, str]]
    headers: Mapping[str, Mapping[str, str]]
    tokens: Mapping[str, str]

    @property
    def space(self) -> str:
        """The owner's space, as addresses name it."""
        return text_from_id(self.mira.space)

    def client(self, actor: str) -> httpx.AsyncClient:
        """Return a client with everything that an actor has; close it."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url=URL,
            cookies=dict(self.cookies.get(actor, {})),
            headers={"Origin": URL, **self.headers.get(actor, {})},
        )

    async def standing(self) -> object:
        """Return everything of the owner that somebody else's request must not change.

        What is left out is what such a request is meant to leave: who looked, and sessions.
        """
        space, services = self.mira.space, self.site.services
        kept = await services.accounts.read(
            lambda rows: (
                rows.space(space),
                rows.devices(space),
                rows.acquaintances_of_space(space),
                rows.hand_overs(space),
                rows.supporter_links(space),
                rows.erasure(space),
            )
        )
        lanes = await services.events.lanes(space)
        return kept, lanes, await services.events.grants(space)

    async def offer_link(self) -> None:
        """Make the one-time sign-in link good again."""
        now = self.site.clock.ms

        def work(rows: AccountRows) -> None:
            accounts.add_sign_in_link(rows, THERAPIST, ENTER_TOKEN, now)

        await self.site.services.accounts.write(work)


async def matrix_world() -> MatrixWorld:
    """Return a world; everything that an actor does in it, it does first."""
    site, mira = await new_site(), Writer(1)
    care, goal = mira.lane, mira.new_id()
    grants = {
        name: mira.let_in(
            THERAPISTS[name].id,
            THERAPISTS[name].name,
            START,
            until="2026-09-29" if name == "expired" else None,
        )
        for name in ("linked", "revoked", "expired", "disabled")
    }
    shared = mira.write(goal, GoalShared(title=CANARY, lifecycle="active"), at=START + 1)
    mira.stop_sharing(grants["revoked"], START + 2)
    await mira.deliver(site.services.events, site.clock)
    mira.let_supporter_in(SUPPORTER, "Sam", START + 3)
    win = mira.write(mira.new_id(), WinNoted(text=CIRCLE_CANARY), at=START + 4)
    await mira.deliver(site.services.events, site.clock)
    site.clock.ms = START + 9 * DAY_MS
    await site.services.accounts.write(lambda rows: _fill(rows, mira, site.clock.ms))
    session = await circle.open_link(site.services, LINK_TOKEN)
    visit = await circle.find_visit(site.services, session)
    world = MatrixWorld(
        site=site,
        mira=mira,
        care=care,
        invitation=INVITED.lookup_hash[:16],
        goal=goal,
        shared=shared,
        comment=b"",
        grants=grants,
        encouraged=text_from_id(win),
        app=create_app(site.services),
        cookies={
            **{name: {site.services.web.cookie_name: name} for name in THERAPISTS},
            "supporter": {cookie_name(site.services): session},
        },
        headers={
            "owner": {"Authorization": f"Bearer {_credential('owner')}"},
            "other_device": {"Authorization": f"Bearer {_credential('other_device')}"},
        },
        tokens={
            **{name: form_token(name) for name in THERAPISTS},
            "supporter": visit.form_token,
        },
    )
    return msgspec.structs.replace(world, comment=await _commented(world))


def _credential(name: str) -> str:
    return credentials.credential_text(secret_hash(name))


def _fill(rows: AccountRows, mira: Writer, now: int) -> None:
    phone, laptop = DeviceId(b"p" * 16), DeviceId(b"l" * 16)
    credentials.admit_device(rows, mira.space, phone, "phone", _credential("owner"), now)
    credentials.admit_device(rows, mira.space, laptop, "laptop", _credential("laptop"), now)
    credentials.admit_device(rows, OTHER_SPACE, phone, "phone", _credential("other_device"), now)
    for name, therapist in THERAPISTS.items():
        rows.save_therapist(therapist)
        open_web_session(rows, therapist, name, now)
        if name != "unlinked":
            rows.save_acquaintance(
                Acquaintance(
                    therapist=therapist.id,
                    space=mira.space,
                    device=phone,
                    label="Mira",
                    joined_at=START,
                )
            )
    add_invitation(rows, THERAPIST, INVITED, now)
    propose(rows, mira.space, THERAPIST, THERAPISTS["unlinked"].email, now)
    disabled = THERAPISTS["disabled"]
    rows.save_therapist(msgspec.structs.replace(disabled, disabled_at=now))
    link = NewLink(
        hash=link_token_hash(LINK_TOKEN),
        space=mira.space,
        lane=mira.lane,
        member=SUPPORTER,
        made_at=now,
        until=None,
    )
    register_link(rows, link, now)


async def _commented(world: MatrixWorld) -> bytes:
    site = world.site
    audience = await Site(services=site.services, clock=site.clock, token="linked").audience(
        world.mira
    )
    comment = NewComment(
        id=new_id(site.services),
        lane=world.care,
        about=text_from_id(world.goal),
        cause=text_from_id(world.shared),
        text="Well done",
        zone="UTC",
    )
    return await add_comment(site.services, audience, comment)
