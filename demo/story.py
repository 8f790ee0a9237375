"""Twelve weeks of one person, as data: when, on which device, and the words of the command.

``{name}`` in the words stands for an id that an earlier beat was kept under. Each beat names the
rows of ``docs/rows.md`` that it lives. Mira and Dr Okafor exist only in this demo.
"""

from __future__ import annotations

import shlex
from typing import NamedTuple

WEEKS = 12

PHONE = "phone"
LAPTOP = "laptop"


class Beat(NamedTuple):
    """One thing that the person does.

    Attributes:
        week: Week of the story, from 0.
        weekday: Day of that week, from 0.
        hour: Hour of the day, UTC.
        device: On which device.
        words: The command, without ``trailmark``.
        keep: Name under which the new id is kept for later beats.
        rows: Rows of ``docs/rows.md``.
    """

    week: int
    weekday: int
    hour: int
    device: str
    words: tuple[str, ...]
    keep: str = ""
    rows: tuple[str, ...] = ()


def _phone(when: tuple[int, int, int], text: str, rows: str = "", keep: str = "") -> Beat:
    return Beat(*when, PHONE, tuple(shlex.split(text)), keep, tuple(rows.split()))


def _laptop(when: tuple[int, int, int], text: str, rows: str = "") -> Beat:
    return _phone(when, text, rows)._replace(device=LAPTOP)


ALONE = (
    _phone((0, 0, 18), "first-steps", "G62"),
    _phone((0, 0, 18), "about myths", "G61"),
    _phone(
        (0, 0, 18),
        "challenge add 'Work follows me home' --effect 'Sundays are gone' --area work",
        "G03",
        "hard",
    ),
    _phone(
        (0, 0, 18),
        "vision write --feelings 'Calm in the evening' --relationships 'Time for Sam'"
        " --overcome 'Dreading Mondays'",
        "G05",
    ),
    _phone(
        (0, 0, 19),
        "goal add 'Do two enjoyable activities every week'"
        " --why 'I want evenings that feel like mine again' --area mood"
        " --target 'at-least 2 per week' --baseline 0 --limits 'Two free evenings a week'",
        "G01 G02 G13 G14",
        "joy",
    ),
    _phone((0, 0, 19), "step add {joy} 'List ten things I used to enjoy'", "G16", "list"),
    _phone((0, 0, 19), "step add {joy} 'Ask Sam along' --due 'in 3 weeks'", "G18", "sam"),
    _phone((0, 0, 19), "step rank {list} --importance high --urgency high", "G17"),
    _phone((0, 0, 19), "start-here", "G17"),
    _phone(
        (0, 0, 20),
        "goal add 'Be half as anxious at work'"
        " --why 'So that Sundays are not spent dreading Mondays' --area 'work'"
        " --target 'reduce-by 50% by {in_six_months}' --baseline 8 --challenge {hard}",
        "G04",
        "calm",
    ),
    _phone(
        (0, 0, 20),
        "goal add 'Fewer panic attacks' --area anxiety --target 'at-most 1 per week' --baseline 4",
        "",
        "panic",
    ),
    _phone((0, 0, 20), "vision goal relationships 'Cook with Sam on Fridays'", "G06", "sam_goal"),
    _phone((0, 0, 20), "goal guide {sam_goal}", "G07 G08"),
    _phone((0, 0, 20), "goal part-of {sam_goal} {joy}"),
    _phone((0, 0, 20), "goal priority {joy} high --place 1 --reason new-insight", "G15"),
    _phone(
        (0, 0, 21),
        "reflect 'Wrote this on the bus. Nobody needs to read it but me.' --mood 3"
        " --tag work --tag evening --feeling tired",
        "G29 G33",
        "diary",
    ),
    _phone((0, 1, 19), "measure answer gad-7 1 0 2 1 0 0 1 1", "", "gad"),
    _phone((0, 1, 19), "reminder {papers}/evening.ics --at 19:30 --on mon --on thu", "G55"),
)
"""The first evenings: no account, no network."""

WITH_THERAPIST = (
    _phone((0, 2, 18), "goal share {joy}"),
    _phone((0, 2, 18), "goal share {calm}"),
    _phone((0, 2, 18), "goal share {panic}"),
    _phone((0, 2, 18), "share {diary} --excerpt 'Wrote this on the bus.'", "G32"),
    _phone((0, 2, 18), "share {gad}"),
    _phone((0, 2, 18), "goal agree {joy}", "G48"),
    _phone((0, 2, 18), "expectation add 'We say it when something does not help'", "G53"),
    _phone((0, 2, 18), "review plan 'in 6 weeks' 'How work goes'", "G27", "review"),
    _phone((0, 2, 18), "contact add 'Dr Okafor' --hours 'Mon to Fri, 8 to 20'", "G63"),
)
"""After the first session: three goals and one sentence are shared, the rest stays private."""

FIRST_WEEKS = (
    _phone((1, 1, 20), "check-in {joy} 1 --note 'Swam for half an hour'"),
    _phone((1, 1, 20), "goal progress {joy}", "G09"),
    _phone((1, 2, 8), "happened 'panic attack' 7 --goal {panic}", "G11 G24 G25"),
    _phone((1, 3, 8), "check-in {panic} 3"),
    _phone(
        (1, 4, 18),
        "barrier add 'Meetings until six' --where practical --goal {calm}",
        "G20",
        "late",
    ),
    _phone(
        (1, 4, 18),
        "coping add 'breathe slowly, ten times' --if 'the room gets loud' --barrier {late}",
        "G21",
        "breathe",
    ),
    _phone((1, 5, 18), "check-in {calm} 8", "G26"),
    _phone((1, 5, 18), "goal progress {calm}", "G10 G12"),
    _phone((2, 1, 19), "step reach {list}"),
    _phone((2, 1, 19), "celebration hold 'Ice cream by the river' --step {list}", "G39"),
    _phone((2, 2, 19), "check-in {joy} 2 --note 'Choir, and cooking with Sam'"),
    _phone((2, 3, 8), "coping use {breathe} --helped 3", "G22"),
    _phone((2, 4, 9), "win 'Told my manager that the deadline is too tight'", "G40"),
    _phone((2, 5, 10), "step due {sam} 'in 2 weeks'", "G19"),
    _phone((2, 5, 10), "ahead", "G18"),
    _phone((2, 5, 11), "reward plan 'Cinema after the review' --goal {calm}", "", "cinema"),
    _phone((3, 0, 8), "check-in {panic} 2"),
    _phone((3, 1, 20), "habit choose 'e-mail in bed' 'ten pages of a book'", "", "pages"),
    _phone((3, 2, 22), "habit done {pages}", "G23"),
    _phone((3, 3, 21), "reflect 'The Tuesday meeting.' --mood 4 --tag work", "", "tuesday"),
    _phone((3, 3, 21), "attention mark {tuesday} 'always that meeting'", "G28"),
    _phone((3, 4, 20), "journal patterns", "G30"),
    _phone((3, 5, 18), "check-in {calm} 7"),
    _phone((3, 5, 19), "support add Sam --relation friend --help-with come_along", "G43"),
    _phone((3, 5, 19), "support ask 'Come along to choir' --who Sam --goal {joy}", "G44"),
    _phone((3, 6, 10), "self-care plan 'Walk by the river' --often Sundays", "", "river"),
    _phone((3, 6, 11), "self-care done {river}", "G47"),
    _phone((3, 6, 12), "resource add 'The choir' --form group --source 'Tuesdays'", "G46", "choir"),
    _phone((3, 6, 12), "coping add 'hum a song' --from {choir}", "G45"),
)
"""Three weeks on the phone, with no network."""

APART_ON_PHONE = (
    _phone((5, 1, 20), "check-in {joy} 2"),
    _phone(
        (5, 2, 7),
        "goal reword {calm} 'Feel steady at work on most days'"
        " --reason 'new-insight:steady is what I want, not less of something'",
        "G34",
    ),
    _phone(
        (6, 4, 9),
        "setback 'Two panic attacks in one week' --goal {panic} --barrier {late}"
        " --helped 'Sam on the phone'",
        "G38",
    ),
    _phone((6, 4, 9), "check-in {panic} 2 --note 'Slept badly all week'"),
    _phone((6, 4, 10), "agenda ideas", "G52"),
    _phone((6, 4, 10), "agenda add 'That week of panic' --goal {panic}", "G52"),
    _phone((6, 5, 20), "insight add 'It is worst on Sunday evening' --goal {calm}", "G57"),
)
"""Weeks in the mountains without a network: the phone's half."""

APART_ON_LAPTOP = (
    _laptop(
        (5, 3, 20),
        "goal reword {calm} 'Handle work stress without losing the weekend'"
        " --reason 'obstacle:the weekends are what I miss most'",
    ),
    _laptop((6, 1, 21), "reflect 'Typed at night; long.' --mood 5 --tag night"),
    _laptop(
        (6, 5, 18),
        "goal target {joy} 'at-least 3 per week' --reason 'too-easy:two happen by themselves now'",
        "G34",
    ),
)
"""The laptop's half of the same weeks, at home."""

LAST_WEEKS = (
    _phone(
        (8, 1, 18),
        "review hold {review} 'Slower, and it holds' --changed {calm} --kept {joy}",
        "G27",
    ),
    _phone((8, 1, 19), "intervention add 'Say no once a week' --goal {calm}", "G50"),
    _phone((8, 2, 19), "check-in {joy} 3"),
    _phone((8, 3, 8), "check-in {panic} 1"),
    _phone((8, 4, 20), "reward give {cinema}", "G41"),
    _laptop((9, 5, 18), "check-in {calm} 5"),
    _laptop((10, 1, 20), "goal pause {calm} --reason 'life-event:moving house'", "G37"),
    _phone(
        (10, 3, 20),
        "goal replace {panic} 'Ride the bus alone twice a week' --reason new-issue",
        "G36",
        "bus",
    ),
    _phone((11, 1, 20), "check-in {joy} 3 --note 'Painted again'"),
    _laptop((11, 4, 20), "goal resume {calm} --reason 'other:the move is done'", "G37"),
    _phone((11, 6, 19), "history {joy}", "G35"),
    _phone((11, 6, 19), "look-back", "G31"),
    _phone((11, 6, 20), "goal achieve {joy} --reason 'other:it is a habit now'"),
    _phone((11, 6, 20), "goal keep-up {joy}", "G59"),
    _phone((11, 6, 20), "goal look-back {joy} --learnt 'Rest is allowed' --thanks Sam", "G56"),
    _phone(
        (11, 6, 20), "afterwards write --exercise 'Swim on Thursdays' --signs 'No singing'", "G59"
    ),
    _phone((11, 6, 20), "win 'I look forward to Thursdays' --goal {joy}", "G40"),
    _phone((11, 6, 20), "journey {papers}/way.html", "G58"),
)
"""The last weeks, on both devices."""

STORY = (*(*ALONE, *WITH_THERAPIST, *FIRST_WEEKS, *APART_ON_PHONE, *APART_ON_LAPTOP, *LAST_WEEKS),)
"""All of it, in the order in which it is told."""
