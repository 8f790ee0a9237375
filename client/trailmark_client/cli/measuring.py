"""``trailmark measure …``: questionnaires, answered for oneself.

A sum is shown beside earlier ones and never called anything: no band, no diagnosis, no alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, At, Common, Reason
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.reasons import reason_for
from trailmark_client.cli.terminal import Terminal
from trailmark_client.commands import measures
from trailmark_client.queries.documents import find, of_subject
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.measures import MeasureSeries, list_measures
from trailmark_client.storage.instruments import Instruments
from trailmark_shared.dates import day_text
from trailmark_shared.domain.instruments import Instrument, choices_of, offers_help
from trailmark_shared.domain.trends import TREND_WORDS
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF
from trailmark_shared.projections.measures import MeasureDocument
from trailmark_shared.words import gettext, marked, ngettext

LEFT_OUT: Final = "-"
"""Says that a question is left out."""

HELP_HINTS: Final = (
    marked(
        "Such thoughts come to many people in a hard time, and you do not have to carry them alone."
    ),
    marked(
        "Somebody you trust, your therapist or a helpline can be there with you: 116 123 in much "
        "of Europe, 988 in the US and Canada; where life is in danger, 112 or 911."
    ),
    marked("Trailmark tells nobody what you answered."),
)
"""What stands behind an answer that is hard to give: calm, and for the person alone."""

_Answers = Annotated[
    str,
    Parameter(
        help="The number of each answer in order, - to leave one out; none to be asked each",
        allow_leading_hyphen=True,
        negative="",
    ),
]


class InstrumentList(msgspec.Struct, frozen=True, kw_only=True):
    """Questionnaires that can be answered here.

    Attributes:
        instruments: All of them, whole.
    """

    instruments: list[Instrument]


class MeasureResults(msgspec.Struct, frozen=True, kw_only=True):
    """Answered questionnaires.

    Attributes:
        series: One for each wording of each questionnaire.
    """

    series: list[MeasureSeries]


def list_all(*, common: Common = PLAIN) -> Answer[InstrumentList]:
    """Show which questionnaires can be answered."""
    with opened(common) as here:
        found = list(Instruments(here.app.home).all().values())
    lines = [
        ngettext(
            "{code}  {title}, {n} question", "{code}  {title}, {n} questions", len(each.items)
        ).format(code=each.code, title=each.title, n=len(each.items))
        for each in found
    ]
    return Answer(InstrumentList(instruments=found), lines)


def show(code: str, /, *, common: Common = PLAIN) -> Answer[Instrument]:
    """Show the words of a questionnaire.

    Args:
        code: Its code, as in the list.
    """
    with opened(common) as here:
        found = Instruments(here.app.home).get(code)
    return Answer(found, list(_instrument_lines(found)))


def answer(
    code: str, /, *answers: _Answers, at: At = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Answer a questionnaire. Only you see it.

    Args:
        code: Its code, as in the list.
    """
    with opened(common) as here:
        instrument = Instruments(here.app.home).get(code)
        when, given = here.when(at), _answers(here, instrument, answers)
        saved = here.record(
            lambda conn, recorder: measures.answer_measure(conn, recorder, instrument, given, when)
        )
    return _with_help(saved, instrument, given)


def fix(
    measure: Annotated[str, Parameter(help="Its id, or the beginning of it")],
    /,
    *answers: _Answers,
    reason: Reason = "correction",
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Set right how you answered a questionnaire; the earlier answers stay in its history."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "measure", measure))
        document = here.read(
            lambda conn: of_subject(conn, "measure", subject, MeasureDocument)[SELF]
        )
        instrument = Instruments(here.app.home).get(document.instrument or "")
        if instrument.version != document.version:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("it answers an earlier wording, which is not here any more"),
            )
        given, said = _answers(here, instrument, answers), reason_for(reason, here.terminal)
        saved = here.record(
            lambda conn, recorder: measures.amend_measure(
                conn, recorder, subject, instrument, given, said
            )
        )
    return _with_help(saved, instrument, given)


def results(*, common: Common = PLAIN) -> Answer[MeasureResults]:
    """Show your answers to questionnaires and their sums."""
    with opened(common) as here:
        found = here.read(list_measures)
    return Answer(MeasureResults(series=found), list(_result_lines(found)))


def add(file: Path, /, *, common: Common = PLAIN) -> Answer[Instrument]:
    """Add a questionnaire from a file; make sure that its licence allows it.

    Args:
        file: JSON, as docs/operating.md describes.
    """
    with opened(common) as here:
        added = Instruments(here.app.home).add(file)
    return Answer(
        added,
        [
            gettext("{title} can be answered: trailmark measure answer {code}").format(
                title=added.title, code=added.code
            )
        ],
    )


def _with_help(
    saved: Answer[Saved], instrument: Instrument, given: Sequence[int | None]
) -> Answer[Saved]:
    lines = [] if callable(saved.words) else list(saved.words)
    hints = map(gettext, HELP_HINTS) if offers_help(instrument, given) else ()
    return Answer(saved.document, [*lines, *hints])


def _answers(here: Here, instrument: Instrument, typed: Sequence[str]) -> list[int | None]:
    if not typed and here.terminal.may_ask:
        return list(_asked(here.terminal, instrument))
    given = [_number(each) for each in typed]
    rest = instrument.items[len(given) :]
    # What does not count in the sum may be left away behind the last one that does.
    return given if any(each.is_scored for each in rest) else [*given, *(None for _ in rest)]


def _asked(terminal: Terminal, instrument: Instrument) -> Iterator[int | None]:
    terminal.say(instrument.title, instrument.notice, "", instrument.stem)
    for item in instrument.items:
        choices = choices_of(instrument, item)
        allowed = {LEFT_OUT, *(str(each.value) for each in choices)}
        terminal.say("", item.words, *(f"  {each.value}  {each.words}" for each in choices))
        terminal.say(f"  {LEFT_OUT}  " + gettext("I would rather not answer"))
        typed = terminal.ask(gettext("Number:"))
        while typed not in allowed:
            typed = terminal.ask(
                gettext("One of {choices}:").format(choices=", ".join(sorted(allowed)))
            )
        yield _number(typed)


def _number(typed: str) -> int | None:
    if typed == LEFT_OUT:
        return None
    if (number := typed_number(typed)) is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "an answer is its number, or - to leave the question out, each by itself: 0 1 - 2"
            ),
        )
    return number


def _instrument_lines(instrument: Instrument) -> Iterator[str]:
    yield from (f"{instrument.title} ({instrument.version})", instrument.notice, "")
    yield instrument.stem
    yield "  " + "  ".join(f"{each.value} {each.words}" for each in instrument.choices)
    for place, item in enumerate(instrument.items, start=1):
        yield f"{place}. {item.words}"
        if item.choices is not None:
            yield "  " + "  ".join(f"{each.value} {each.words}" for each in item.choices)


def _result_lines(found: Sequence[MeasureSeries]) -> Iterator[str]:
    if not found:
        yield gettext("Nothing yet, and that is fine.")
    short = shortest([line.id for each in found for line in each.measures])
    for each in found:
        title = f"{each.title} ({each.version})"
        if each.trend is None:
            yield title
        else:
            yield gettext("{questionnaire}: the sums are {trend}").format(
                questionnaire=title, trend=TREND_WORDS[each.trend]
            )
        for line in each.measures:
            total = (
                gettext("answers left out")
                if line.score is None
                else gettext("{score} in all").format(score=line.score)
            )
            said = " ".join(LEFT_OUT if one is None else str(one) for one in line.answers)
            yield f"  {day_text(line.day)}  {total}  ({said})  {short[line.id]}"
    if found:
        yield gettext("A sum is no diagnosis; it may be something to talk about.")
