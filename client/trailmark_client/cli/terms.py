"""``trailmark sharing extend | narrow | widen``: changing what was agreed to, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.agreeing import Action, Class, last_day
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, names_words, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Who
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import action_names, class_names, day_words
from trailmark_client.commands.terms import Changed, NewTerms, change_terms, text_shown_now
from trailmark_client.queries.members import member_meant, members
from trailmark_client.queries.outbox import unsent
from trailmark_shared.domain.consent import (
    CLASS_WORDS,
    CONSENT_ACTIONS,
    CONSENT_TEXTS,
    CONSENT_VERSION,
    allowed_actions,
)
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, listed, marked

_NOTHING_SAID: Final = marked("name what changes: a kind of thing, or what they may do")


class TermsChanged(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed to with somebody is something else now, on this device.

    Attributes:
        name: With whom.
        grants: Ids of the grants that count now.
        replaced: Ids of those that are over.
        lanes: The lanes that they read.
        classes: What they may be shown now.
        actions: What they may do now.
        until: Last day, or null.
        also_seen_by: Names of others who read the same lanes.
        events: Ids of the events recorded, in order.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    name: str
    grants: list[str]
    replaced: list[str]
    lanes: list[str]
    classes: list[str]
    actions: list[str]
    until: str | None
    also_seen_by: list[str]
    events: list[str]
    saved: bool
    unsent: int


def extend(
    who: Who,
    /,
    *,
    until: Annotated[
        str, Parameter(help="Last day: YYYY-MM-DD, in 12 weeks; none: until you stop it")
    ],
    common: Common = PLAIN,
) -> Answer[TermsChanged]:
    """Choose another last day for somebody who is let in."""
    with opened(common) as here:
        day = last_day(here, until)
        changed = _change(here, who, lambda terms: msgspec.structs.replace(terms, until=day))
        words = (
            gettext("{name} is let in until you stop it.")
            if day is None
            else gettext("{name} is let in to the end of {day}.")
        )
        return _answer(
            here,
            changed,
            words.format(name=_name(changed), day=day_words(day) if day else ""),
        )


def narrow(
    who: Who,
    /,
    *,
    without: Annotated[
        tuple[Class, ...],
        Parameter(help="A kind of thing that they get no more of; may be repeated", negative=""),
    ] = (),
    may_not: Annotated[
        tuple[Action, ...],
        Parameter(help="What they may not do any more; may be repeated", negative=""),
    ] = (),
    common: Common = PLAIN,
) -> Answer[TermsChanged]:
    """Share less with somebody from now on. What they saw of it until now stays where it is."""
    if not (without or may_not):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_NOTHING_SAID))
    gone = {each.replace("-", "_") for each in without}

    def less(terms: AccessGranted) -> AccessGranted:
        actions = allowed_actions(terms.actions).difference(may_not)
        return msgspec.structs.replace(
            terms,
            classes=tuple(each for each in terms.classes if each not in gone),
            actions=_in_order(actions) if may_not else terms.actions,
        )

    with opened(common) as here:
        changed = _change(here, who, less)
        return _answer(
            here,
            changed,
            gettext("From now on {name} gets less.").format(name=_name(changed)),
            *([gettext(_STAYS)] if without else []),
            *_others_words(
                changed,
                gettext(
                    "These read the same and get no more of it by themselves, either: {names}."
                ),
            ),
        )


_STAYS: Final = marked(
    "What you shared of it until now can still be seen there: take a goal back "
    "with goal withdraw, or stop sharing."
)


def widen(
    who: Who,
    /,
    *,
    share: Annotated[
        tuple[Class, ...],
        Parameter(help="A kind of thing that they may see, too; may be repeated", negative=""),
    ] = (),
    may: Annotated[
        tuple[Action, ...],
        Parameter(help="What they may do, too; may be repeated", negative=""),
    ] = (),
    common: Common = PLAIN,
) -> Answer[TermsChanged]:
    """Share more kinds of things with somebody from now on, or let them do more."""
    if not (share or may):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_NOTHING_SAID))
    more = {each.replace("-", "_") for each in share}

    def wider(terms: AccessGranted) -> AccessGranted:
        classes = more.union(terms.classes)
        actions = allowed_actions(terms.actions).union(may)
        if classes <= set(terms.classes) and actions <= allowed_actions(terms.actions):
            return terms
        return msgspec.structs.replace(
            terms,
            classes=tuple(each for each in CLASS_WORDS if each in classes),
            actions=_in_order(actions),
            consent=text_shown_now(),
        )

    with opened(common) as here:
        _confirm(here, share, may)
        changed = _change(here, who, wider)
        return _answer(
            here,
            changed,
            gettext("From now on {name} may see or do more.").format(name=_name(changed)),
            *_others_words(
                changed,
                gettext(
                    "These see it by themselves, once you agree to it with them as well: {names}."
                ),
            ),
        )


def _confirm(here: Here, share: Sequence[Class], may: Sequence[Action]) -> None:
    """Show the text that is agreed to, where somebody is there to read it."""
    if here.terminal.may_ask:
        here.terminal.say("", *CONSENT_TEXTS[CONSENT_VERSION].splitlines(), "")
        named = [*class_names(each.replace("-", "_") for each in share), *action_names(may)]
        if not here.terminal.agrees(gettext("Add {things}?").format(things=listed(named))):
            raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("nothing was changed"))


def _change(here: Here, who: str, change: NewTerms) -> list[Changed]:
    when, recorder = here.when(), here.app.recorder

    def work(conn: Connection) -> list[Changed]:
        # What a supporter sees is sent to them one by one: there are no terms to change.
        therapists = (each for each in members(conn) if each.role == "therapist")
        return change_terms(conn, recorder, member_meant(therapists, who), change, when)

    return here.app.write(work)


def _answer(here: Here, changed: Sequence[Changed], *lines: str) -> Answer[TermsChanged]:
    terms = changed[-1].terms
    document = TermsChanged(
        name=terms.name,
        grants=[text_from_id(each.grant) for each in changed],
        replaced=[text_from_id(each.replaced) for each in changed],
        lanes=[each.lane for each in changed],
        classes=list(terms.classes),
        actions=list(_in_order(allowed_actions(terms.actions))),
        until=terms.until,
        also_seen_by=_others(changed),
        events=[text_from_id(event) for each in changed for event in each.events],
        saved=True,
        unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
    )
    first = gettext("Saved on this device; the server knows it with the next sync.")
    return Answer(document, (first, *lines, *waiting_words(document.unsent)))


def _name(changed: Sequence[Changed]) -> str:
    return changed[-1].terms.name


def _others(changed: Sequence[Changed]) -> list[str]:
    return list(dict.fromkeys(name for each in changed for name in each.also_seen_by))


def _others_words(changed: Sequence[Changed], words: str) -> Iterator[str]:
    if others := _others(changed):
        yield words.format(names=names_words(others))


def _in_order(actions: frozenset[str]) -> tuple[str, ...]:
    known = [each for each in CONSENT_ACTIONS if each in actions]
    return (*known, *sorted(actions.difference(CONSENT_ACTIONS)))
