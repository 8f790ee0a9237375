"""What somebody may see and do: asked one by one, nothing chosen beforehand, or named beforehand.

On a terminal every kind of data and every action is a question of its own, and no is the answer
that an empty line gives. In a script each is named by an option; what is not named is not agreed
to. At the end all of it is said again before it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from trailmark_client.cli.here import Here, names_words
from trailmark_client.cli.parameters import Parameter, spread
from trailmark_client.cli.wording import action_names, class_names, day_words, seen_words
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.lanes import OpenLane, lanes_named, open_lanes
from trailmark_client.queries.pending import Agreed
from trailmark_client.queries.picking import Candidate, candidates, find_picks
from trailmark_client.queries.sharing import seen_in
from trailmark_shared.domain.consent import (
    CLASS_WORDS,
    CONSENT_TEXTS,
    CONSENT_VERSION,
)
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import Texts, gettext, listed, marked, ngettext

Class = Literal[
    "goals",
    "steps",
    "check-ins",
    "wins-setbacks",
    "excerpts",
    "plan",
    "barriers-coping",
    "measures",
    "vision",
    "occurrences",
    "scales",
]
Action = Literal["comment", "propose"]
History = Literal["everything", "from-now", "since"]

_MAY_THEY: Final = Texts(
    {
        "comment": marked("May {name} write comments on it?"),
        "propose": marked(
            "May {name} propose changes and new goals? Nothing of yours changes unless you "
            "accept it."
        ),
    }
)
_ASKED_ACTIONS: Final = tuple(_MAY_THEY)
_NOBODY_YET: Final = "picked"

Share = Annotated[
    tuple[Class, ...],
    Parameter(
        name="--share",
        help="A kind of thing that they may see; named one by one, as often as you like",
        negative="",
    ),
]
May = Annotated[
    tuple[Action, ...],
    Parameter(name="--may", help="What they may do besides seeing it", negative=""),
]
Until = Annotated[
    str | None,
    Parameter(name="--until", help="Last day: YYYY-MM-DD, in 12 weeks; none: until you stop it"),
]


@spread
@dataclass(frozen=True)
class Named:
    """What was named on the command line.

    Attributes:
        share: Kinds of things that they may see.
        may: What they may do besides seeing it.
        until: Last day.
        history: What they see of the time before.
        since: The day from which something is picked.
        of: Whose past they see, where several therapists are let in.
        pick: What is picked of the time before.
    """

    share: Share = ()
    may: May = ()
    until: Until = None
    history: Annotated[
        History | None,
        Parameter(
            help="What they see of the time before: everything that another therapist sees, "
            "nothing, or what you pick since a day"
        ),
    ] = None
    since: Annotated[str | None, Parameter(help="With --history since: the day")] = None
    of: Annotated[str | None, Parameter(help="With --history everything: of whom you let in")] = (
        None
    )
    pick: Annotated[
        tuple[str, ...],
        Parameter(help="Id of something from before that they get; may be repeated", negative=""),
    ] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the consent text."""
        named = {each.replace("-", "_") for each in self.share}
        return tuple(each for each in CLASS_WORDS if each in named)

    @property
    def is_empty(self) -> bool:
        """Nothing was named."""
        return self == Named()


NOTHING: Final = Named()


def agreed_beforehand(here: Here, named: Named) -> Agreed:
    """Return what the options name; what they do not name is not agreed to.

    Raises:
        DomainError: ``invalid_input``: the options contradict each other; ``not_found``,
            ``ambiguous_id``, ``not_agreed``: of what was picked.
    """
    classes = named.classes
    agreed = Agreed(
        classes=classes,
        actions=tuple(each for each in _ASKED_ACTIONS if each in named.may),
        until=last_day(here, named.until),
    )
    if named.since is not None and named.history != "since":
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("--since belongs to --history since"))
    if named.history == "everything":
        lane = _lane_meant(here, named)
        return _everything(agreed, lane)
    picks = here.read(lambda conn: find_picks(conn, named.pick, classes))
    ids = tuple(text_from_id(each.id) for each in picks)
    if named.history == "since":
        return _since(agreed, _day(here, named.since), ids)
    if not ids:
        return agreed
    if named.history == "from-now":
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("--pick is of the time before, not from now")
        )
    return _replaced(agreed, history=_NOBODY_YET, picks=ids)


def asked(here: Here, name: str, named: Named) -> Agreed | None:
    """Ask what somebody may see and do, and say all of it again at the end.

    Args:
        here: Where the command runs, with somebody to answer.
        name: Of whom.
        named: What was named beforehand is not asked.

    Returns:
        What was agreed to; ``None`` where the person did not confirm it.

    Raises:
        DomainError: As ``agreed_beforehand``.
    """
    terminal = here.terminal
    terminal.say("", *CONSENT_TEXTS[CONSENT_VERSION].splitlines(), "")
    if named.share or named.may or named.history or named.pick:
        agreed = agreed_beforehand(here, named)
    else:
        classes = tuple(
            code
            for code, words in CLASS_WORDS.items()
            if terminal.agrees(gettext("May {name} see {words}?").format(name=name, words=words))
        )
        actions = tuple(
            code for code in _ASKED_ACTIONS if terminal.agrees(_MAY_THEY[code].format(name=name))
        )
        agreed = Agreed(classes=classes, actions=actions, until=_until(here, named.until))
        agreed = _history(here, name, agreed)
    terminal.say("", *agreed_words(name, agreed), "")
    return (
        agreed if terminal.agrees(gettext("Let {name} in like this?").format(name=name)) else None
    )


def agreed_words(name: str, agreed: Agreed) -> Sequence[str]:
    """Return what was agreed to as a person reads it, line by line."""
    seen = listed(class_names(agreed.classes)) or gettext("nothing but what you share one by one")
    does = listed(action_names(each for each in agreed.actions if each in _ASKED_ACTIONS))
    lines = [
        gettext("{name} may see: {things}.").format(name=name, things=seen),
        gettext("{name} may: {actions}.").format(name=name, actions=does)
        if does
        else gettext("{name} may do nothing else.").format(name=name),
        gettext("Until you stop it.")
        if agreed.until is None
        else gettext("Until the end of {day}.").format(day=day_words(agreed.until)),
    ]
    if agreed.history == "everything":
        lines.append(gettext("Of the time before: everything there so far."))
    elif agreed.picks:
        lines.append(
            ngettext(
                "Of the time before: the one thing that you picked.",
                "Of the time before: what you picked, {n} in all.",
                len(agreed.picks),
            ).format(n=len(agreed.picks))
        )
    else:
        lines.append(gettext("Of the time before: nothing."))
    return lines


def last_day(here: Here, text: str | None) -> str | None:
    """Return a last day, ``YYYY-MM-DD``, or ``None`` for no last day.

    Raises:
        DomainError: ``invalid_input``: no such day, or one that is over.
    """
    if text is None:
        return None
    day = parse_due(text, now_ms=here.now_ms, zone=here.zone)
    if day is not None and day < here.when().day:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("that day is over; choose a later one"))
    return day


def _until(here: Here, text: str | None) -> str | None:
    if text is not None:
        return last_day(here, text)
    typed = here.terminal.ask(gettext("Until when? A day, or an empty line for until you stop it:"))
    return last_day(here, typed or None)


def _day(here: Here, text: str | None) -> str:
    if text is None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("--history since wants --since DATE"))
    return here.when(text).day


def _lane_meant(here: Here, named: Named) -> OpenLane:
    today = here.when().day
    who = named.of
    if named.pick:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("with everything there is nothing to pick")
        )
    lanes = here.read(
        lambda conn: (
            open_lanes(conn, today) if who is None else lanes_named(conn, today, [who], None)
        )
    )
    if len(lanes) != 1:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("everything of whom? name a therapist whom you let in: --of NAME")
            if lanes
            else gettext("nobody is let in yet, so there is no past to open; use --pick"),
        )
    return lanes[0]


def _everything(agreed: Agreed, lane: OpenLane) -> Agreed:
    if lane.classes != frozenset(agreed.classes):
        names = ", ".join(f"--share {each.replace('_', '-')}" for each in sorted(lane.classes))
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "everything of the time before can be opened only with the same kinds of things "
                "({names}); for other kinds choose --history from-now or since"
            ).format(names=names),
        )
    return _replaced(agreed, history="everything", lane=lane.lane)


def _since(agreed: Agreed, day: str, picks: tuple[str, ...]) -> Agreed:
    return _replaced(agreed, history="since", since=day, picks=picks)


def _replaced(agreed: Agreed, **terms: object) -> Agreed:
    import msgspec

    return msgspec.structs.replace(agreed, **terms)


def _history(here: Here, name: str, agreed: Agreed) -> Agreed:
    lanes = here.read(lambda conn: open_lanes(conn, here.when().day))
    if not lanes:
        picks = _picked(here, name, agreed, None)
        return _replaced(agreed, history=_NOBODY_YET, picks=picks) if picks else agreed
    choices = [
        (each.lane, _everything_words(here, name, each))
        for each in lanes
        if each.classes == frozenset(agreed.classes)
    ]
    chosen = here.terminal.chooses(
        gettext("What may {name} see of the time before?").format(name=name),
        [
            ("from_now", gettext("nothing: only what you share from now on")),
            ("since", gettext("what you pick of the time since a day")),
            *choices,
        ],
    )
    if chosen == "from_now":
        return agreed
    if chosen == "since":
        day = _day(here, here.terminal.ask(gettext("Since which day?")))
        return _since(agreed, day, _picked(here, name, agreed, day))
    return _replaced(agreed, history="everything", lane=chosen)


def _everything_words(here: Here, name: str, lane: OpenLane) -> str:
    seen = here.read(lambda conn: seen_in(conn, lane.lane))
    others = names_words(lane.names)
    return gettext(
        "everything that {others} can see: {name} will see {seen}; {others} and "
        "{name} will each see that the other is let in"
    ).format(others=others, name=name, seen=seen_words(seen))


def _picked(here: Here, name: str, agreed: Agreed, since: str | None) -> tuple[str, ...]:
    offered = here.read(lambda conn: candidates(conn, agreed.classes, since))
    if not offered:
        return ()
    here.terminal.say(
        "", gettext("Of the time before, {name} gets only what you pick here:").format(name=name)
    )
    here.terminal.say(*(f"  {n}. {each.words}" for n, each in enumerate(offered, start=1)))
    while True:
        typed = here.terminal.ask(gettext("Numbers, with blanks between; an empty line for none:"))
        wanted = {typed_number(each) or 0 for each in typed.replace(",", " ").split()}
        if wanted <= set(range(1, len(offered) + 1)):
            return _ids(here, [offered[each - 1] for each in sorted(wanted)])
        here.terminal.say(gettext("Numbers from 1 to {n}.").format(n=len(offered)))


def _ids(here: Here, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """Return the ids of what was chosen; what hangs under a goal that was not chosen stays."""
    goals = {each.ids[0] for each in chosen if each.kind == "goal"}
    kept = [each for each in chosen if each.goal is None or each.goal in goals]
    if len(kept) < len(chosen):
        here.terminal.say(gettext("Check-ins go with their goal: those without it stay with you."))
    return tuple(text_from_id(id_) for each in kept for id_ in each.ids)
