"""What both sides said to a goal, and what of it went to supporters, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trailmark_adapters.clock import local_time
from trailmark_client.cli.proposed import proposal_lines
from trailmark_client.cli.wording import day_words, field_words, value_words
from trailmark_client.queries.documents import KIND_WORDS
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.goals import GoalView
from trailmark_shared.dates import day_text
from trailmark_shared.words import Texts, gettext, listed, marked

_ACCEPTANCES: Final = Texts(
    {
        "agree": marked("{day}  {name} agreed with it"),
        "disagree": marked("{day}  {name} did not agree with it"),
        "pending": marked("{day}  {name} asked for time to think about it"),
    }
)


def party_lines(view: GoalView) -> Iterator[str]:
    """Yield what each side says to a goal, and what is proposed for it."""
    for each in view.agreements:
        said = _ACCEPTANCES[each.answer].format(day=day_text(each.day), name=each.by)
        if each.reason_text:
            said = gettext("{what}: {words}").format(what=said, words=each.reason_text)
        if each.changed_since:
            fields = listed([field_words(field) for field in each.changed_since])
            said = gettext("{what} (changed since: {fields})").format(what=said, fields=fields)
        yield said
    for view_of in view.assessments:
        how = value_words("achievement", view_of.achievement)
        seen = gettext("{day}  How it goes, as {name} sees it: {how}").format(
            day=day_text(view_of.day), name=view_of.by, how=how
        )
        yield f"{seen}: {view_of.note}" if view_of.note else seen
    short = shortest([each.id for each in view.proposals])
    if view.proposals:
        yield gettext("Proposed")
    for proposal in view.proposals:
        yield from (f"  {line}" for line in proposal_lines(proposal, short[proposal.id]))


def sent_lines(view: GoalView, zone: str) -> Iterator[str]:
    """Yield what of a goal was sent to supporters, and what came back."""
    for each in view.sent:
        item = each.item
        sent = gettext("Sent to {name} on {day}").format(name=each.to, day=_day(item.sent_at, zone))
        if item.kind != "goal":
            sent = f"{sent}: {item.words or KIND_WORDS.get(item.kind, item.kind)}"
        if item.taken_back_at is not None:
            sent = gettext("{what}, taken back {day}").format(
                what=sent, day=_day(item.taken_back_at, zone)
            )
        yield sent
        yield from (f"  {each.to}: {said.text}" for said in item.encouragements)


def _day(ms: int, zone: str) -> str:
    return day_words(local_time(ms, zone).date().isoformat())
