"""``trailmark sharing show``: what was agreed to with somebody, and all that they see of it now."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, Who
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import (
    action_names,
    day_words,
    kinds_words,
    labelled,
    role_words,
    until_words,
    value_words,
)
from trailmark_client.queries.documents import KIND_WORDS
from trailmark_client.queries.members import member_meant, members
from trailmark_client.queries.seen import SeenGoal, SeenLane, see_lane
from trailmark_client.queries.sharing import GrantLine, list_grants
from trailmark_shared.dates import day_text
from trailmark_shared.domain.consent import (
    CONSENT_TEXTS,
    HISTORY_WORDS,
    PURPOSE_WORDS,
    SUPPORTER_TEXTS,
)
from trailmark_shared.ids import Lane
from trailmark_shared.words import gettext, listed, ngettext


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
            sees=here.read(lambda conn: [see_lane(conn, lane, here.zone) for lane in lanes]),
        )
        days = {each.since: here.local_day(each.since) for each in grants if each.since is not None}

    def draw(terminal: Terminal) -> None:
        if not grants:
            terminal.say(
                gettext("{name} sees nothing: their last day is over.").format(name=document.name)
            )
        for line, text in zip(document.grants, document.texts, strict=True):
            terminal.say(*_grant_words(line, text, days), "")
        for lane in document.sees:
            terminal.say(
                gettext("What {name} sees now:").format(name=document.name), *_lane_words(lane), ""
            )

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
    yield gettext("{name} is let in ({role}).").format(name=line.name, role=role_words(line.role))
    if line.since is not None:
        yield labelled(gettext("since"), day_words(days[line.since]))
    yield labelled(gettext("until"), until_words(line.until))
    yield labelled(gettext("agreed to"), kinds_words(line.classes))
    yield labelled(gettext("they may"), listed(action_names(line.actions)))
    if line.purpose is not None:
        yield labelled(gettext("for"), PURPOSE_WORDS.get(line.purpose, line.purpose))
    if line.history is not None:
        before = HISTORY_WORDS.get(line.history, line.history)
        if line.history_since is not None:
            before = f"{before} ({day_words(line.history_since)})"
        yield labelled(gettext("before"), before)
    version = gettext("version {number}, SHA-256 {hash}")
    yield labelled(gettext("text"), version.format(number=text.version, hash=text.sha256))
    if text.text is None:
        yield gettext(
            "The words of that version are not in this program; an upgrade may have them."
        )
        return
    if not text.matches:
        yield gettext("The hash of the words below differs from what the grant has.")
    yield ""
    yield from text.text.splitlines()


def _lane_words(lane: SeenLane) -> Iterator[str]:
    for goal in lane.goals:
        yield f"  {goal.title}  ({_standing_words(goal)})"
        yield from (
            "    "
            + gettext("step: {step} ({status})").format(
                step=step.text, status=value_words("step", step.status)
            )
            for step in goal.steps
        )
        if goal.check_ins:
            first, last = (day_text(goal.check_ins[at].day) for at in (0, -1))
            counted = ngettext(
                "{n} check-in, from {first} to {last}",
                "{n} check-ins, from {first} to {last}",
                len(goal.check_ins),
            )
            yield "    " + counted.format(n=len(goal.check_ins), first=first, last=last)
    yield from (
        "  "
        + gettext("part of a reflection, {day}: {words}").format(
            day=day_text(each.day), words=each.text
        )
        for each in lane.excerpts
    )
    yield from (
        "  "
        + gettext("{thing} by {name}, {day}: {words}").format(
            thing=KIND_WORDS.get(each.kind, each.kind),
            name=each.by,
            day=day_text(each.day),
            words=each.text,
        )
        for each in lane.notes
    )
    for each in lane.entries:
        first, *rest = each.words
        yield "  " + gettext("{thing} by {name}, {day}: {words}").format(
            thing=KIND_WORDS.get(each.kind, each.kind),
            name=each.by,
            day=day_text(each.day),
            words=first,
        )
        yield from (f"    {line}" for line in rest)
    if not (lane.goals or lane.excerpts or lane.notes or lane.entries):
        yield "  " + gettext("nothing yet")
    elif lane.lane.startswith("care/"):
        yield "  " + gettext(
            "What you changed or took back stays in their timeline, marked as such, until you "
            "erase it."
        )


def _standing_words(goal: SeenGoal) -> str:
    return {
        "here": goal.status_words,
        "copy": gettext("as it was when you shared it"),
        "taken back": gettext("as it was until you took it back"),
    }[goal.standing]
