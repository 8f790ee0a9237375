"""``/people/<space>/goals/<goal>/audit``: the fourteen questions about one goal, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from trailmark_server.members.audience import Audience
from trailmark_server.members.auditing import (
    GoalAudit,
    at_instant,
    between,
    check_lane,
    read_audit,
)
from trailmark_server.members.dates import (
    end_of_day_ms,
    iso_day,
    moment_day,
    moment_words,
    short_day,
)
from trailmark_server.members.surroundings import home_of, read_goals
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.pages.audit_files import csv_pieces, fhir_bundle
from trailmark_server.pages.audit_view import (
    QUESTIONS,
    Asked,
    asked_events,
    change_rows,
    clock_words,
    completion_words,
    consent_rows,
    difference_rows,
    fields_of_audit,
    state_rows,
    writers_of,
)
from trailmark_server.pages.replies import page
from trailmark_server.pages.timeline import watched
from trailmark_server.pages.views import Person
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn
from trailmark_shared.domain.consent import CLASS_NAMES
from trailmark_shared.domain.looks import Look
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.events.registry import WHOLE_GOAL
from trailmark_shared.exports.check import Checked
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.phrases import ToldHead, told_head_from_text
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.sentences import target_words
from trailmark_shared.words import gettext

_CSV: Final = "text/csv"
_FHIR: Final = "application/fhir+json"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A goal that is audited.

    Attributes:
        audience: Who asks.
        person: The head of the page.
        lane: The lane that it is read from.
        goal: Its id, as text.
        document: As it stands.
        audit: All that the lane tells of it.
    """

    audience: Audience
    person: Person
    lane: Lane
    goal: str
    document: GoalDocument
    audit: GoalAudit


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """How the goal stood at one moment of its history.

    Attributes:
        place: Which of the moments, from 0.
        last: The last one.
        words: When it was.
        then: As the server had it then: labels and values.
        now: As it is known today.
        learned: What came later: label, before, after.
        before_url: Address of the page at the moment before; empty at the first.
        after_url: Address of the page at the moment after; empty at the last.
    """

    place: int
    last: int
    words: str
    then: Sequence[tuple[str, str]]
    now: Sequence[tuple[str, str]]
    learned: Sequence[tuple[str, str, str]]
    before_url: str
    after_url: str


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """What stood otherwise on a second day than on a first one."""

    since: str
    until: str
    rows: Sequence[tuple[str, str, str]]


@get("/people/{space:str}/goals/{goal:str}/audit")
async def show_audit(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    goal: FromPath[str],
) -> Response[str]:
    """Show the audit of a goal; the address says which changes and which moment."""
    signed_in = await services.web.require(request, services.now())
    found = await _found(services, signed_in, space, goal, Look.AUDIT)
    query = dict(request.query_params)
    audit, names = found.audit, found.audience.names
    asked = Asked(**{name: query.get(name, "") for name in Asked.__struct_fields__})
    checked, problem = None, ""
    if "check" in query:
        checked, problem = await _checked(services, found, query.get("words", ""))
    url = f"/people/{text_from_id(found.audience.space)}/goals/{found.goal}"
    return page(
        "audit.html",
        signed_in,
        person=found.person,
        title=found.document.title.value or gettext("A goal"),
        goal_url=url,
        url=f"{url}/audit",
        questions=QUESTIONS,
        asked=asked,
        writers=writers_of(audit, names),
        fields=fields_of_audit(audit),
        changes=change_rows(asked_events(audit.events, asked), audit.events, names),
        moment=_moment(found, f"{url}/audit", query.get("moment", "")),
        span=_span(found, query),
        consents=consent_rows(audit.readings, CLASS_NAMES),
        numberings=audit.numberings,
        erasures=[
            (moment_words(each.at), names.get(each.by, each.by), each.events)
            for each in audit.erasures
        ],
        clocks=[clock_words(each) for each in audit.clocks],
        original="" if audit.story.original is None else target_words(audit.story.original),
        moves=len(audit.story.moves),
        completions=[completion_words(each) for each in audit.story.completions],
        checked=checked,
        problem=problem,
        words=query.get("words", ""),
        compared=(query.get("diff_since", ""), query.get("diff_until") or iso_day(services.now())),
        made=moment_day(services.now()),
    )


@get("/people/{space:str}/goals/{goal:str}/audit.csv")
async def take_csv(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    goal: FromPath[str],
) -> Response[bytes]:
    """Return the changes of a goal as a table for spreadsheets."""
    signed_in = await services.web.require(request, services.now())
    found = await _found(services, signed_in, space, goal, Look.EXPORT)
    content = b"".join(csv_pieces(found.audit, found.audience.names))
    return _file(content, _CSV, f"audit-{found.goal[:8]}.csv")


@get("/people/{space:str}/goals/{goal:str}/audit.fhir")
async def take_fhir(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    goal: FromPath[str],
) -> Response[bytes]:
    """Return a goal with its history and consents as a FHIR R4 bundle."""
    signed_in = await services.web.require(request, services.now())
    found = await _found(services, signed_in, space, goal, Look.EXPORT)
    whose = text_from_id(found.audience.space)
    content = fhir_bundle(found.audit, found.goal, whose, services.now())
    return _file(content, _FHIR, f"goal-{found.goal[:8]}.fhir.json")


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


async def _found(
    services: Services, signed_in: SignedIn, space: str, goal: str, look: Look
) -> Found:
    audience = await open_space(services, signed_in, space)
    person = await watched(services, audience)
    subject = id_from_text(goal)
    text = text_from_id(subject)
    lane, document = home_of(await read_goals(services, audience), text)
    audit = await read_audit(services, audience, lane, subject)
    await note_visit(services, audience.space, audience.member, look)
    return Found(
        audience=audience, person=person, lane=lane, goal=text, document=document, audit=audit
    )


async def _checked(services: Services, found: Found, words: str) -> tuple[Checked | None, str]:
    told: ToldHead | None = None
    if words.strip():
        try:
            told = told_head_from_text(words)
        except TrailmarkError:
            return None, gettext("These are not words that a device shows; look at each of them.")
    return await check_lane(services, found.audience, found.lane, told), ""


def _moment(found: Found, url: str, text: str) -> Moment | None:
    """Return how the goal stood when its n-th entry had arrived; the last one by default."""
    times = sorted(
        {each.received_at for each in found.audit.entries if each.received_at is not None}
    )
    if not times:
        return None
    last = len(times) - 1
    asked = typed_number(text)
    place = last if asked is None else min(asked, last)
    state = at_instant(found.audit.entries, times[place])
    return Moment(
        place=place,
        last=last,
        words=gettext("{time} (UTC)").format(time=moment_words(times[place])),
        then=state_rows(state.then, WHOLE_GOAL),
        now=state_rows(state.now, WHOLE_GOAL),
        learned=difference_rows(state.learned),
        before_url=f"{url}?{urlencode({'moment': place - 1})}#instant" if place else "",
        after_url=f"{url}?{urlencode({'moment': place + 1})}#instant" if place < last else "",
    )


def _span(found: Found, query: Mapping[str, str]) -> Span | None:
    """Return what stood otherwise at the end of a second day; ``None`` where none are asked for."""
    days = query.get("diff_since", ""), query.get("diff_until", "")
    since, until = map(end_of_day_ms, days)
    if since is None or until is None:
        return None
    rows = difference_rows(between(found.audit.entries, since, until))
    return Span(since=short_day(days[0]), until=short_day(days[1]), rows=rows)
