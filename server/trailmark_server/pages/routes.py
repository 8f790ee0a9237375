"""All routes of the members' web, for the application to put beside its API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.static_files import (
    create_static_files_router,  # pyright: ignore[reportUnknownVariableType]
)
from litestar.types import ControllerRouterHandler

from trailmark_server.pages import circle, proposals
from trailmark_server.pages.account import (
    add_passkey,
    ask_for_new_passkey,
    ask_for_proof,
    end_all_sessions,
    end_session,
    prove_by_passkey,
    prove_by_password,
    remove_passkey,
    rename_passkey,
    set_password,
    show_account,
)
from trailmark_server.pages.agreements import say_agreement, say_assessment
from trailmark_server.pages.audit import show_audit, take_csv, take_fhir
from trailmark_server.pages.browser_app import show_app, take_file
from trailmark_server.pages.comments import add_comment
from trailmark_server.pages.enter import enter, show_enter, sign_out
from trailmark_server.pages.goal import show_goal
from trailmark_server.pages.hand_over import (
    propose_colleague,
    show_hand_over,
    withdraw_colleague,
)
from trailmark_server.pages.invite import invite, show_invite, withdraw
from trailmark_server.pages.joint import add_entry, answer_entry, end_entry, reword_entry
from trailmark_server.pages.live import live
from trailmark_server.pages.live_together import live_together
from trailmark_server.pages.people import PEOPLE_PATH, confirm, people, search_people
from trailmark_server.pages.plan import show_plan
from trailmark_server.pages.preparing import note_session, show_preparation
from trailmark_server.pages.rendering import STATIC_FOLDER
from trailmark_server.pages.replies import answer_failure, answer_refusal, page
from trailmark_server.pages.sign_in import (
    SIGN_IN_PATH,
    ask_passkey,
    show_sign_in,
    sign_in,
    sign_in_by_passkey,
)
from trailmark_server.pages.timeline import filter_timeline, timeline
from trailmark_server.pages.typed import hold_typed
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.words import gettext

STATIC_SECONDS: Final = 365 * 24 * 3600
"""How long browsers keep static files; their addresses change with their content."""


@get("/")
async def welcome() -> Response[str]:
    """Say what this is to somebody who is not signed in."""
    return page(
        "message.html",
        None,
        title=gettext("Goals and reflections, shared on the person's own terms"),
        paragraphs=[
            gettext("Therapists sign in here; the first time with the link that they were given."),
            gettext(
                "If you write your own goals, this page is not needed: everything is on your "
                "device."
            ),
        ],
        link={"url": SIGN_IN_PATH, "words": gettext("Sign in")},
    )


@get("/people/{space:str}")
async def person(space: FromPath[str]) -> Redirect:
    """Lead to a person's timeline."""
    return Redirect(f"{PEOPLE_PATH}/{space}/timeline", status_code=303)


_ACCOUNT: Final = (
    show_enter,
    enter,
    sign_out,
    show_sign_in,
    sign_in,
    ask_passkey,
    sign_in_by_passkey,
    show_account,
    prove_by_password,
    ask_for_proof,
    prove_by_passkey,
    set_password,
    ask_for_new_passkey,
    add_passkey,
    rename_passkey,
    remove_passkey,
    end_session,
    end_all_sessions,
)
"""A therapist's own account."""

_PEOPLE: Final = (
    people,
    search_people,
    show_invite,
    invite,
    withdraw,
    person,
    confirm,
    timeline,
    filter_timeline,
    live,
    live_together,
    show_preparation,
    note_session,
    show_plan,
    show_goal,
    show_audit,
    take_csv,
    take_fhir,
    say_agreement,
    say_assessment,
    proposals.show_form,
    proposals.send,
    proposals.withdraw,
    add_entry,
    end_entry,
    reword_entry,
    answer_entry,
    add_comment,
    show_hand_over,
    propose_colleague,
    withdraw_colleague,
)
"""The people who share with a therapist."""


async def _begin(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Hold the words of a form, and refuse what a browser asks for before anybody wants to see it.

    Else the person would be told that somebody looked, and a session would go on, because an
    address was about to be typed; a browser that is refused asks again once it is wanted.

    Returns:
        The refusal, or ``None`` where the request goes on.

    Source: WHATWG HTML, section "Speculative loading", and W3C Fetch Metadata, ``Sec-Purpose``.
    """
    if request.headers.get("sec-purpose", "").startswith("prefetch"):
        return Response(b"", status_code=403)
    await hold_typed(request)
    return None


def page_handlers() -> Sequence[ControllerRouterHandler]:
    """Return the routes of all pages and of the static files."""
    pages = Router(
        path="/",
        route_handlers=[welcome, show_app, take_file, *_ACCOUNT, *_PEOPLE],
        before_request=_begin,
        exception_handlers={TrailmarkError: answer_refusal, Exception: answer_failure},
    )
    supporters = Router(
        path="/",
        route_handlers=[
            circle.show_link,
            circle.open_link,
            circle.show_circle,
            circle.encourage,
            circle.leave,
            circle.show_left,
        ],
        before_request=_begin,
        exception_handlers={
            TrailmarkError: circle.answer_refusal,
            Exception: circle.answer_failure,
        },
    )
    static = create_static_files_router(
        path="/static",
        directories=[STATIC_FOLDER],
        cache_control=CacheControlHeader(max_age=STATIC_SECONDS, public=True, immutable=True),
        include_in_schema=False,
    )
    return (pages, supporters, static)
