"""What both sides say to a goal, side by side: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trailmark_server.members.dates import short_day
from trailmark_server.pages.goal_view import field_label
from trailmark_server.pages.proposal_view import Choice, reason_words
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.words import gettext, listed, marked

_ANSWERS: Final[Mapping[Acceptance, str]] = {
    "agree": marked("Agrees with it as it stands"),
    "disagree": marked("Does not agree with it as it stands"),
    "pending": marked("Would like time to think about it"),
}
_OWN_ANSWERS: Final[Mapping[Acceptance, str]] = {
    "agree": marked("I agree with it as it stands"),
    "disagree": marked("I do not agree with it as it stands"),
    "pending": marked("I would like time to think about it"),
}
_NOBODY: Final = marked("Nothing said yet")


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says.

    Attributes:
        who: Their name.
        answers: What they say to the goal, the latest in front; several where two devices differ.
        why: Why, where they say so.
        when: The day on which they said it; empty where they did not.
        changed: Fields that stand otherwise now than for them, in words.
        view: How they see it go; empty where they did not say.
        note: Their words for that.
    """

    who: str
    answers: Sequence[str]
    why: str = ""
    when: str = ""
    changed: str = ""
    view: str = ""
    note: str = ""


class AgreementForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader can say to a goal.

    Attributes:
        agree_url: Where the answer is sent.
        assess_url: Where their view is sent.
        agree_id: Id of the form of the answer.
        assess_id: Id of the form of the view.
        lane: The lane.
        seen: What the form was drawn from.
        answers: Answers to choose from.
        views: Views to choose from; an empty one takes an earlier view back.
        answer: The present answer.
        view: The present view, a code.
        note: The words for it.
    """

    agree_url: str
    assess_url: str
    agree_id: str
    assess_id: str
    lane: str
    seen: str
    answers: Sequence[Choice]
    views: Sequence[Choice]
    answer: str
    view: str
    note: str


def sides_of(document: GoalDocument, names: Mapping[str, str], reader: str) -> list[Side]:
    """Return what everybody says to a goal, the person first and the reader next.

    Args:
        document: The goal.
        names: Name of each actor.
        reader: Who looks, an actor.
    """
    said = {each.by for each in (*document.agreements, *document.assessments)}
    order = list(dict.fromkeys(["person", reader, *sorted(said)]))
    return [_side(document, actor, names.get(actor, actor)) for actor in order]


def _side(document: GoalDocument, actor: str, name: str) -> Side:
    mine = [each for each in document.agreements if each.by == actor]
    views = [each for each in document.assessments if each.by == actor]
    view = ACHIEVEMENT_WORDS[views[0].achievement] if views else ""
    note = (views[0].note or "") if views else ""
    if actor == "person" and document.achievement.value is not None:
        view = ACHIEVEMENT_WORDS[document.achievement.value]
    if not mine:
        return Side(who=name, answers=[gettext(_NOBODY)], view=view, note=note)
    changed = dict.fromkeys(
        f"“{field_label(name)}”" for each in mine for name in each.changed_since
    )
    return Side(
        who=name,
        answers=[gettext(_ANSWERS[each.answer]) for each in mine],
        why=reason_words(mine[0].reason),
        when=short_day(mine[0].day),
        changed=listed(list(changed)),
        view=view,
        note=note,
    )


def answer_choices() -> list[Choice]:
    """Return the answers that a side can give."""
    return [Choice(code, gettext(words)) for code, words in _OWN_ANSWERS.items()]


def view_choices() -> list[Choice]:
    """Return the views that a member can hold of how a goal goes, and none."""
    return [
        Choice("", gettext("no view")),
        *(Choice(code, words) for code, words in ACHIEVEMENT_WORDS.items()),
    ]
