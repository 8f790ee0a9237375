"""``trailmark sharing show``: what was agreed to with somebody, and all that they see of it now."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, Who
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import class_names, day_words
from trailmark_client.queries.members import member_meant, members
from trailmark_client.queries.seen import SeenGoal, SeenLane, see_lane
from trailmark_client.queries.sharing import GrantLine, list_grants
from trailmark_shared.domain.consent import (
    CONSENT_TEXTS,
    HISTORY_WORDS,
    PURPOSE_WORDS,
    SUPPORTER_TEXTS,
)
from trailmark_shared.ids import Lane


class SharingShown(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed to with somebody, and what they see.

    Attributes:
        name: With whom.
        grants: Their grants that count now.
        texts: The exact words agreed to, by grant.
        sees: Everything that they can see now, by lane.
    """

    name: str
    grants: list[GrantLine]
    texts: list[AgreedText]
    sees: list[SeenLane]


class AgreedText(msgspec.Struct, frozen=True, kw_only=True):
    """Words that a person agreed to.

    Attributes:
        grant: Id of the grant.
        version: Version of the text.
        sha256: SHA-256 of the text as the grant has it.
        text: The text, or null where this program does not have that version.
        matches: The text gives that hash.
    """

    grant: str
    version: int
    sha256: str
    text: str | None
    matches: bool


def show(who: Who, /, *, common: Common = PLAIN) -> Answer[SharingShown]:
    """Show exactly what you agreed to with somebody, and everything that they can see now."""
    with opened(common) as here:
        today = here.when().day
        member = here.read(lambda conn: member_meant(members(conn), who))
        lines = here.read(lambda conn: list_grants(conn, today))
        grants = [
            each
            for each in lines
            if (each.member, each.role) == (member.id, member.role) and each.state == "live"
        ]
        lanes = sorted({Lane(each.lane) for each in grants})
        document = SharingShown(
            name=member.name,
            grants=grants,
            texts=[_text(each) for each in grants],
            sees=here.read(lambda conn: [see_lane(conn, lane) for lane in lanes]),
        )
        days = {each.since: here.local_day(each.since) for each in grants if each.since is not None}

    def draw(terminal: Terminal) -> None:
        if not grants:
            terminal.say(f"{document.name} sees nothing: their last day is over.")
        for line, text in zip(document.grants, document.texts, strict=True):
            terminal.say(*_grant_words(line, text, days), "")
        for lane in document.sees:
            terminal.say(f"What {document.name} sees now:", *_lane_words(lane), "")

    return Answer(document, draw)


def _text(line: GrantLine) -> AgreedText:
    texts = SUPPORTER_TEXTS if line.role == "supporter" else CONSENT_TEXTS
    text = texts.get(line.consent_version)
    hashed = "" if text is None else sha256(text.encode()).hexdigest()
    return AgreedText(
        grant=line.grant,
        version=line.consent_version,
        sha256=line.consent_sha256,
        text=text,
        matches=hashed == line.consent_sha256,
    )


def _grant_words(line: GrantLine, text: AgreedText, days: dict[int, str]) -> Iterator[str]:
    yield f"{line.name} ({line.role}) is let in."
    if line.since is not None:
        yield f"  since       {day_words(days[line.since])}"
    yield f"  until       {'you stop it' if line.until is None else day_words(line.until)}"
    yield f"  agreed to   {', '.join(class_names(line.classes)) or 'no kind of thing'}"
    yield f"  they may    {', '.join(line.actions)}"
    if line.purpose is not None:
        yield f"  for         {PURPOSE_WORDS.get(line.purpose, line.purpose)}"
    if line.history is not None:
        since = "" if line.history_since is None else f" ({day_words(line.history_since)})"
        yield f"  before      {HISTORY_WORDS.get(line.history, line.history)}{since}"
    yield f"  text        version {text.version}, SHA-256 {text.sha256}"
    if text.text is None:
        yield "The words of that version are not in this program; an upgrade may have them."
        return
    if not text.matches:
        yield "The hash of the words below differs from what the grant has."
    yield ""
    yield text.text


def _lane_words(lane: SeenLane) -> Iterator[str]:
    for goal in lane.goals:
        yield f"  {goal.title}  ({_standing_words(goal)})"
        yield from (f"    step      {step.text} ({step.status})" for step in goal.steps)
        if goal.check_ins:
            first, last = goal.check_ins[0].day, goal.check_ins[-1].day
            yield f"    check-ins {len(goal.check_ins)}, from {first} to {last}"
    yield from (f"  part of a reflection, {each.day}: {each.text}" for each in lane.excerpts)
    yield from (f"  {each.kind} by {each.by}, {each.day}: {each.text}" for each in lane.notes)
    if not (lane.goals or lane.excerpts or lane.notes):
        yield "  nothing yet"


def _standing_words(goal: SeenGoal) -> str:
    return {
        "here": goal.status_words,
        "copy": "as it was when you shared it",
        "taken back": "as it was until you took it back",
    }[goal.standing]
