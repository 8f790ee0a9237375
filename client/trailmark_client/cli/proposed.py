"""A proposal in words: what would change, by whom, why, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from trailmark_client.cli.wording import change_words, value_words
from trailmark_client.queries.proposals import ProposalLine, ProposedValue
from trailmark_shared.domain.reasons import reason_clause

_WHAT_WORDS: Final = {
    "goal": "A new goal",
    "goal_change": "A change of",
    "step": "A new step of",
    "step_change": "A change of a step of",
}
_STANDING_WORDS: Final = {
    "open": "waits for your answer, whenever you like",
    "accepted": "you accepted it",
    "declined": "you declined it",
    "withdrawn": "taken back before you answered",
    "no_longer_shared": "its goal is no longer shared there",
}


def proposal_lines(line: ProposalLine, short: str) -> Iterator[str]:
    """Yield a proposal in a few lines: what, by whom, why, and where it stands."""
    about = "" if line.what in {None, "goal"} else f" “{line.goal_title or line.goal}”"
    what = _WHAT_WORDS.get(line.what or "", "Something")
    yield f"{short}  {what}{about}, proposed by {line.by} on {line.day}"
    is_open = line.standing == "open"
    lines = _open_lines(line.values) if is_open else _answered_lines(line.values)
    yield from (f"    {each}" for each in lines)
    if line.reason is not None:
        text = f": {line.reason_text}" if line.reason_text else ""
        yield f"    {reason_clause(line.reason)}{text}"
    apart = "; two of your devices answered differently, both are kept"
    yield f"    ({_STANDING_WORDS[line.standing]}{apart if line.answered_apart else ''})"


def _answered_lines(values: Sequence[ProposedValue]) -> Iterator[str]:
    return (change_words(each.field, each.written_for, each.proposed) for each in values)


def _open_lines(values: Sequence[ProposedValue]) -> Iterator[str]:
    for each in values:
        yield change_words(each.field, each.now, each.proposed)
        if each.is_there:
            yield "  (it says that already)"
        elif each.has_moved:
            was, now = (value_words(each.field, value) for value in (each.written_for, each.now))
            yield f"  (theirs was written for “{was}”; now it is “{now}”)"
