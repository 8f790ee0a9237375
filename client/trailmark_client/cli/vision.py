"""The vision, the plan for afterwards, and the end of therapy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, changed
from trailmark_client.cli.here import Here, names_words, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Words, Yes
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.commands import vision
from trailmark_client.commands.vision import QUESTIONS
from trailmark_client.queries.cards import CardLine, list_cards
from trailmark_client.queries.members import members
from trailmark_client.queries.outbox import unsent
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import Kind
from trailmark_shared.events.vision import Question
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

PLAN: Final = {
    "exercise": marked("Moving"),
    "mindfulness": marked("Being still"),
    "relationships": marked("People"),
    "signs": marked("How I notice that it gets harder, and what I do then"),
    "text": marked("Anything else"),
}
_NOT_RECALLED: Final = marked("What was read, printed or exported before cannot be taken back.")


class TherapyOver(msgspec.Struct, frozen=True, kw_only=True):
    """Therapy came to its end on this device; the server follows with the next sync.

    Attributes:
        id: Id of the entry that says so.
        stopped: Names of those who are let in no more.
        events: Ids of the events recorded, in order.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    id: str
    stopped: list[str]
    events: list[str]
    saved: bool
    unsent: int


def write(
    *,
    feelings: Annotated[Words | None, Parameter(help=QUESTIONS["feelings"])] = None,
    relationships: Annotated[Words | None, Parameter(help=QUESTIONS["relationships"])] = None,
    overcome: Annotated[Words | None, Parameter(help=QUESTIONS["overcome"])] = None,
    text: Annotated[Words | None, Parameter(help=QUESTIONS["text"])] = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write down what you would like your life to be. Three questions; none has to be answered."""
    with opened(common) as here:
        given = {
            "feelings": feelings,
            "relationships": relationships,
            "overcome": overcome,
            "text": text,
        }
        answers = _answers(here, given, QUESTIONS)
        when = here.when()
        return here.record(
            lambda conn, recorder: vision.write_vision(conn, recorder, answers, when),
            gettext("An answer can become a goal: trailmark vision goal"),
        )


def _answers(here: Here, given: dict[str, Any], questions: dict[str, str]) -> dict[str, Any]:
    """Return what was given as options, else what is typed; an empty line leaves one open."""
    answers = changed(given)
    if answers:
        return answers
    if not here.terminal.may_ask:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("say at least one answer; see --help"))
    typed = {name: here.terminal.ask(gettext(asked)) for name, asked in questions.items()}
    answers = {name: words for name, words in typed.items() if words}
    if not answers:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("nothing was written down"))
    return answers


def show(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you would like your life to be, and which goals came out of it."""
    nothing = gettext("Nothing written down yet: trailmark vision write")
    return _show(common, "vision", nothing, QUESTIONS)


def _show(common: Common, kind: Kind, nothing: str, questions: dict[str, str]) -> Answer[Cards]:
    with opened(common) as here:
        found = here.read(lambda conn: list_cards(conn, kind, here.when().day))

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(nothing)
        for each in found:
            terminal.say(*_card_lines(each, questions))

    return Answer(Cards(cards=found), draw)


def _card_lines(line: CardLine, questions: dict[str, str]) -> Iterator[str]:
    for name, question in questions.items():
        if line.said.get(name):
            yield gettext(question)
            yield f"  {line.said[name]}"
            drawn = [each.link or "" for each in line.uses if each.part == name]
            yield from ("  " + gettext("became a goal: {id}").format(id=each[:8]) for each in drawn)


def draw_goal(
    question: Annotated[Question, Parameter(help="Which answer")],
    title: Annotated[
        Words | None, Parameter(help="The goal; without it, the answer as it stands")
    ] = None,
    /,
    *,
    why: Annotated[Words | None, Parameter(help="Why it matters; by itself, the answer")] = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Turn an answer into a goal, in one step; where it came from is kept."""
    with opened(common) as here:
        when = here.when()
        return here.record(
            lambda conn, recorder: vision.draw_goal(conn, recorder, question, title, why, when),
            gettext("A goal out of your own words."),
        )


def write_maintenance(
    *,
    exercise: Annotated[Words | None, Parameter(help=PLAN["exercise"])] = None,
    mindfulness: Annotated[Words | None, Parameter(help=PLAN["mindfulness"])] = None,
    relationships: Annotated[Words | None, Parameter(help=PLAN["relationships"])] = None,
    signs: Annotated[Words | None, Parameter(help=PLAN["signs"])] = None,
    text: Annotated[Words | None, Parameter(help=PLAN["text"])] = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write down how you keep it up after therapy."""
    with opened(common) as here:
        given = {
            "exercise": exercise,
            "mindfulness": mindfulness,
            "relationships": relationships,
            "signs": signs,
            "text": text,
        }
        answers = _answers(here, given, PLAN)
        when = here.when()
        return here.record(
            lambda conn, recorder: vision.write_maintenance(conn, recorder, answers, when)
        )


def show_maintenance(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show how you keep it up after therapy."""
    nothing = gettext("Nothing written down yet: trailmark afterwards write")
    return _show(common, "maintenance", nothing, PLAN)


def end(
    text: Annotated[Words | None, Parameter(help="What you want to remember of it")] = None,
    /,
    *,
    yes: Annotated[Yes, Parameter(help="End it without asking")] = False,
    common: Common = PLAIN,
) -> Answer[TherapyOver]:
    """End therapy: therapists see nothing any more, everything stays with you."""
    with opened(common) as here:
        if not yes:
            _ask(here)
        when = here.when()
        ended = here.app.write(lambda conn: vision.end_therapy(conn, here.app.recorder, text, when))
        names = list(dict.fromkeys(each.name for each in ended.stopped))
        document = TherapyOver(
            id=text_from_id(ended.written.subject),
            stopped=names,
            events=[
                text_from_id(event)
                for some in (*(each.events for each in ended.stopped), ended.written.events)
                for event in some
            ],
            saved=True,
            unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
        )
    lines = [gettext("Saved on this device. Everything you wrote stays with you.")]
    if names:
        lines += [
            gettext("{names}: let in no more, from the next sync on.").format(
                names=names_words(names)
            ),
            gettext(_NOT_RECALLED),
        ]
    lines.append(gettext("For later: trailmark afterwards write, trailmark export FILE.zip"))
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def _ask(here: Here) -> None:
    if not here.terminal.may_ask:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("this is asked on a terminal; --yes ends it without asking"),
        )
    known = here.read(members)
    names = [each.name for each in known if each.role == "therapist" and each.unrevoked]
    if names:
        here.terminal.say(
            gettext("{names} will see nothing of yours any more.").format(names=names_words(names))
        )
    here.terminal.say(gettext("Everything you wrote stays with you."))
    if not here.terminal.agrees(gettext("End therapy?")):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("nothing was changed"))
