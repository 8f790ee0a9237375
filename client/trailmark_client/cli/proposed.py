"""A proposal in words: what would change, by whom, why, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from trailmark_client.cli.wording import change_words, value_words
from trailmark_client.queries.proposals import ProposalLine, ProposedValue
from trailmark_shared.dates import day_text
from trailmark_shared.domain.reasons import reason_clause
from trailmark_shared.words import Texts, gettext, marked

_WHAT: Final = Texts(
    {
        "goal": marked("{short}  A new goal, proposed by {name} on {day}"),
        "goal_change": marked("{short}  A change of “{goal}”, proposed by {name} on {day}"),
        "step": marked("{short}  A new step of “{goal}”, proposed by {name} on {day}"),
        "step_change": marked(
            "{short}  A change of a step of “{goal}”, proposed by {name} on {day}"
        ),
    }
)
_STANDING_WORDS: Final = Texts(
    {
        "open": marked("waits for your answer, whenever you like"),
        "accepted": marked("you accepted it"),
        "declined": marked("you declined it"),
        "withdrawn": marked("taken back before you answered"),
        "no_longer_shared": marked("its goal is no longer shared there"),
    }
)


def proposal_lines(line: ProposalLine, short: str) -> Iterator[str]:
    """Yield a proposal in a few lines: what, by whom, why, and where it stands."""
    what = _WHAT.get(line.what or "", gettext("{short}  Something, proposed by {name} on {day}"))
    yield what.format(
        short=short, goal=line.goal_title or line.goal, name=line.by, day=day_text(line.day)
    )
    is_open = line.standing == "open"
    lines = _open_lines(line.values) if is_open else _answered_lines(line.values)
    yield from (f"    {each}" for each in lines)
    if line.reason is not None:
        text = f": {line.reason_text}" if line.reason_text else ""
        yield f"    {reason_clause(line.reason)}{text}"
    standing = _STANDING_WORDS[line.standing]
    if line.answered_apart:
        standing = gettext(
            "{standing}; two of your devices answered differently, both are kept"
        ).format(standing=standing)
    yield f"    ({standing})"


def _answered_lines(values: Sequence[ProposedValue]) -> Iterator[str]:
    return (change_words(each.field, each.written_for, each.proposed) for each in values)


def _open_lines(values: Sequence[ProposedValue]) -> Iterator[str]:
    for each in values:
        yield change_words(each.field, each.now, each.proposed)
        if each.is_there:
            yield "  " + gettext("(it says that already)")
        elif each.has_moved:
            was, now = (value_words(each.field, value) for value in (each.written_for, each.now))
            yield "  " + gettext("(theirs was written for “{before}”; now it is “{now}”)").format(
                before=was, now=now
            )
