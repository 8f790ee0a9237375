"""``trailmark proposal …``: what your therapist suggests, and your answer to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, GoalOption, Private, Reason, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.proposed import proposal_lines
from trailmark_client.cli.reasons import reason_from_text
from trailmark_client.cli.wording import field_words, time_words
from trailmark_client.commands import answers, proposals
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.documents import find
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.proposals import (
    ProposalAnswered,
    ProposalLine,
    ProposalView,
    list_proposals,
    show_proposal,
)
from trailmark_shared.dates import day_text
from trailmark_shared.domain.reasons import reason_clause
from trailmark_shared.domain.targets import parse_target, tenths_from_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, listed

if TYPE_CHECKING:
    from trailmark_shared.events.body import Reason as ReasonGiven
    from trailmark_shared.events.proposals import ProposedValues

ProposalId = Annotated[str, Parameter(help="Id of the proposal, or the beginning of it")]
"""A proposal named by a prefix of its id."""

_NONE: Final = "none"
_FIELD_BY_NAME: Final = {"status": "lifecycle", "baseline": "baseline_tenths"}


class Proposals(msgspec.Struct, frozen=True, kw_only=True):
    """Proposals.

    Attributes:
        proposals: A line each, the oldest first.
    """

    proposals: list[ProposalLine]


class ProposalAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal was accepted and carried out on this device.

    Attributes:
        id: Id of the proposal.
        goal: Id of the goal that it changed or became.
        step: Id of the step that it changed or became, or null.
        private: What it became stays on your devices.
        lane: The lane of the proposal.
        seen_by: Names of those who will see your answer.
        events: Ids of the events recorded, in order; the last one is your answer.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    id: str
    goal: str
    step: str | None
    private: bool
    lane: str
    seen_by: list[str]
    events: list[str]
    saved: bool
    unsent: int


def list_all(
    *,
    goal: GoalOption = None,
    answered: Annotated[
        bool, Parameter(name="--all", negative="", help="Those too that wait no longer")
    ] = False,
    common: Common = PLAIN,
) -> Answer[Proposals]:
    """Show what waits for your answer; nothing of yours changes unless you accept it."""
    with opened(common) as here:
        about = None if goal is None else here.read(lambda conn: find(conn, "goal", goal))
        day = here.when().day
        lines = here.read(lambda conn: list_proposals(conn, day, about, answered=answered))
    short = shortest([each.id for each in lines])
    words = [line for each in lines for line in proposal_lines(each, short[each.id])]
    if any(each.standing == "open" for each in lines):
        words.append(
            gettext("Answer with: trailmark proposal accept ID, or trailmark proposal decline ID")
        )
    return Answer(Proposals(proposals=lines), words or [gettext("Nothing waits for an answer.")])


def show(proposal: ProposalId, /, *, common: Common = PLAIN) -> Answer[ProposalView]:
    """Show one proposal beside what stands there now, and everything that was said to it."""
    with opened(common) as here:
        subject, day = _proposal(here, proposal), here.when().day
        view = here.read(lambda conn: show_proposal(conn, subject, day))
        device, zone = here.device, here.zone
    return Answer(view, tuple(_view_lines(view, device, zone)))


def _view_lines(view: ProposalView, device: str, zone: str) -> Iterator[str]:
    line = view.proposal
    yield from proposal_lines(line, line.id[:8])
    if view.needs_review:
        fields = listed([field_words(each) for each in view.needs_review])
        yield gettext("It cannot be accepted as it is; check: {fields}.").format(fields=fields)
    for each in view.answers:
        yield _answer_line(each, device)
    if view.withdrawn_at is not None:
        yield gettext("{name} took it back, {time}").format(
            name=line.by, time=time_words(view.withdrawn_at, zone)
        )
    if line.standing == "open":
        yield f"  trailmark proposal accept {line.id[:8]}"
        yield f"  trailmark proposal decline {line.id[:8]}"


def _answer_line(answer: ProposalAnswered, device: str) -> str:
    said = _answered_words(answer)
    if answer.device != device:
        said = gettext("{what}, on device {device}").format(what=said, device=answer.device[:6])
    else:
        said = gettext("{what}, on this device").format(what=said)
    if answer.reason is not None:
        said = gettext("{what_happened}, {why}").format(
            what_happened=said, why=reason_clause(answer.reason)
        )
    text = f": {answer.reason_text}" if answer.reason_text else ""
    return f"{day_text(answer.day)}  {said}{text}"


def _answered_words(answer: ProposalAnswered) -> str:
    if answer.no_longer_shared:
        return gettext("closed, as its goal is no longer shared")
    if answer.with_changes:
        return gettext("accepted with changes")
    if answer.answer == "accepted":
        return gettext("accepted")
    return gettext("declined")


def accept(
    proposal: ProposalId,
    /,
    *,
    with_title: Annotated[Words | None, Parameter(help="Your wording instead")] = None,
    with_why: Annotated[Words | None, Parameter(help="Why it matters to you, or none")] = None,
    with_area: Annotated[Words | None, Parameter(help="The part of life, or none")] = None,
    with_target: Annotated[str | None, Parameter(help="Your target, or none")] = None,
    with_baseline: Annotated[
        str | None, Parameter(help="Where you stand today", allow_leading_hyphen=True)
    ] = None,
    with_due: Annotated[str | None, Parameter(help="A day to hope for, or none")] = None,
    with_text: Annotated[Words | None, Parameter(help="Your words for a step")] = None,
    without: Annotated[
        tuple[str, ...], Parameter(help="A field to leave out; may be repeated", negative="")
    ] = (),
    private: Private = False,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[ProposalAccepted]:
    """Accept a proposal, as it is or with your changes: your goal changes, here and now."""
    with opened(common) as here:
        subject, when = _proposal(here, proposal), here.when()
        said = {
            "title": with_title,
            "why": with_why,
            "area": with_area,
            "target": with_target,
            "baseline_tenths": with_baseline,
            "due": with_due,
            "text": with_text,
        }
        what = here.read(lambda conn: show_proposal(conn, subject, when.day)).proposal.what
        edits = proposals.Edits(
            values=_values(here, {name: text for name, text in said.items() if text is not None}),
            without=frozenset(_field(each, what) for each in without),
            reason=proposals.SUGGESTED if reason is None else reason_from_text(reason),
            private=private,
        )
        accepted = here.app.write(
            lambda conn: proposals.accept_proposal(conn, here.app.recorder, subject, edits, when)
        )
        return _accepted(here, accepted)


def _values(here: Here, said: dict[str, str]) -> ProposedValues | None:
    from trailmark_shared.events.proposals import ProposedValues

    if not said:
        return None
    return ProposedValues(**{name: _value(here, name, text) for name, text in said.items()})


def _value(here: Here, name: str, text: str) -> Any:  # noqa: ANN401  (as the field has it)
    if name == "due":
        return parse_due(text, now_ms=here.now_ms, zone=here.zone)
    if name == "baseline_tenths":
        return tenths_from_text(text)
    if text == _NONE and name not in {"title", "text"}:
        return None
    if not text.strip():
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("these words are empty"))
    return parse_target(text) if name == "target" else text


def _field(name: str, what: str | None) -> str:
    """Return the field that a person names; a step's status is its own."""
    return name if what == "step_change" else _FIELD_BY_NAME.get(name, name)


def _accepted(here: Here, accepted: proposals.Accepted) -> Answer[ProposalAccepted]:
    from trailmark_client.queries.outbox import unsent

    written = accepted.written
    waiting = here.read(lambda conn: unsent(conn, here.app.identity))
    document = ProposalAccepted(
        id=text_from_id(written.subject),
        goal=text_from_id(accepted.goal),
        step=None if accepted.step is None else text_from_id(accepted.step),
        private=accepted.private,
        lane=written.lane,
        seen_by=list(written.seen_by),
        events=[text_from_id(each) for each in written.events],
        saved=True,
        unsent=waiting,
    )
    seen = gettext("Saved on this device. {names} will see that you accepted it.")
    lines = (
        gettext("Accepted: it is yours now."),
        seen.format(names=listed(written.seen_by)),
        *([gettext("What it became stays on your devices.")] if accepted.private else []),
        *waiting_words(waiting),
        gettext("Goal: {goal}").format(goal=document.goal),
    )
    return Answer(document, lines)


def decline(
    proposal: ProposalId, /, *, reason: Reason = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Decline a proposal; no reason is needed, and nothing of yours changes."""
    with opened(common) as here:
        subject, when = _proposal(here, proposal), here.when()
        said: ReasonGiven | None = None if reason is None else reason_from_text(reason)
        return here.record(
            lambda conn, recorder: answers.decline_proposal(conn, recorder, subject, when, said),
            gettext("Declined. Your word stands."),
        )


def _proposal(here: Here, prefix: str) -> bytes:
    return here.read(lambda conn: find(conn, "proposal", prefix))
