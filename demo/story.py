"""Twelve weeks of one person, as data: when, on which device, and the words of the command.

``{name}`` in the words stands for an id that an earlier beat was kept under. Mira and Dr Okafor
exist only in this demo.
"""

from __future__ import annotations

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
    """

    week: int
    weekday: int
    hour: int
    device: str
    words: tuple[str, ...]
    keep: str = ""


ALONE = (
    Beat(
        0,
        0,
        19,
        PHONE,
        (
            "goal",
            "add",
            "Do two enjoyable activities every week",
            "--why",
            "I want evenings that feel like mine again",
            "--area",
            "mood",
            "--target",
            "at-least 2 per week",
            "--baseline",
            "0",
        ),
        "joy",
    ),
    Beat(0, 0, 19, PHONE, ("step", "add", "{joy}", "List ten things I used to enjoy"), "list"),
    Beat(
        0,
        0,
        20,
        PHONE,
        (
            "goal",
            "add",
            "Be half as anxious at work",
            "--why",
            "So that Sundays are not spent dreading Mondays",
            "--area",
            "work stress",
            "--target",
            "reduce-by 50% by {in_six_months}",
            "--baseline",
            "8",
        ),
        "calm",
    ),
    Beat(
        0,
        0,
        20,
        PHONE,
        (
            "goal",
            "add",
            "Fewer panic attacks",
            "--area",
            "anxiety",
            "--target",
            "at-most 1 per week",
            "--baseline",
            "4",
        ),
        "panic",
    ),
    Beat(
        0,
        0,
        21,
        PHONE,
        (
            "reflect",
            "Wrote this on the bus. Nobody needs to read it but me.",
            "--mood",
            "3",
            "--tag",
            "work",
            "--tag",
            "evening",
        ),
        "diary",
    ),
)
"""The first evening: no account, no network."""

WITH_THERAPIST = (
    Beat(0, 2, 18, PHONE, ("goal", "share", "{joy}")),
    Beat(0, 2, 18, PHONE, ("goal", "share", "{calm}")),
    Beat(0, 2, 18, PHONE, ("goal", "share", "{panic}")),
    Beat(0, 2, 18, PHONE, ("share", "{diary}", "--excerpt", "Wrote this on the bus.")),
)
"""After the first session: three goals and one sentence are shared, the rest stays private."""

FIRST_WEEKS = (
    Beat(1, 1, 20, PHONE, ("check-in", "{joy}", "1", "--note", "Swam for half an hour")),
    Beat(1, 3, 8, PHONE, ("check-in", "{panic}", "3")),
    Beat(1, 5, 18, PHONE, ("check-in", "{calm}", "8")),
    Beat(2, 1, 19, PHONE, ("step", "reach", "{list}")),
    Beat(2, 2, 19, PHONE, ("check-in", "{joy}", "2", "--note", "Choir, and cooking with Sam")),
    Beat(2, 4, 9, PHONE, ("win", "Told my manager that the deadline is too tight")),
    Beat(3, 0, 8, PHONE, ("check-in", "{panic}", "2")),
    Beat(3, 3, 21, PHONE, ("reflect", "The Tuesday meeting.", "--mood", "4", "--tag", "work")),
    Beat(3, 5, 18, PHONE, ("check-in", "{calm}", "7")),
)
"""Three weeks on the phone, with no network."""

APART_ON_PHONE = (
    Beat(5, 1, 20, PHONE, ("check-in", "{joy}", "2")),
    Beat(
        5,
        2,
        7,
        PHONE,
        (
            "goal",
            "reword",
            "{calm}",
            "Feel steady at work on most days",
            "--reason",
            "new-insight:steady is what I want, not less of something",
        ),
    ),
    Beat(6, 4, 9, PHONE, ("setback", "Two panic attacks in one week", "--goal", "{panic}")),
    Beat(6, 4, 9, PHONE, ("check-in", "{panic}", "2", "--note", "Slept badly all week")),
)
"""Weeks in the mountains without a network: the phone's half."""

APART_ON_LAPTOP = (
    Beat(
        5,
        3,
        20,
        LAPTOP,
        (
            "goal",
            "reword",
            "{calm}",
            "Handle work stress without losing the weekend",
            "--reason",
            "obstacle:the weekends are what I miss most",
        ),
    ),
    Beat(6, 1, 21, LAPTOP, ("reflect", "Typed at night; long.", "--mood", "5", "--tag", "night")),
    Beat(
        6,
        5,
        18,
        LAPTOP,
        (
            "goal",
            "target",
            "{joy}",
            "at-least 3 per week",
            "--reason",
            "too-easy:two happen by themselves now",
        ),
    ),
)
"""The laptop's half of the same weeks, at home."""

LAST_WEEKS = (
    Beat(8, 2, 19, PHONE, ("check-in", "{joy}", "3")),
    Beat(8, 3, 8, PHONE, ("check-in", "{panic}", "1")),
    Beat(9, 5, 18, LAPTOP, ("check-in", "{calm}", "5")),
    Beat(10, 1, 20, LAPTOP, ("goal", "pause", "{calm}", "--reason", "life-event:moving house")),
    Beat(11, 1, 20, PHONE, ("check-in", "{joy}", "3", "--note", "Painted again")),
    Beat(11, 2, 8, PHONE, ("check-in", "{panic}", "0")),
    Beat(11, 4, 20, LAPTOP, ("goal", "resume", "{calm}", "--reason", "other:the move is done")),
    Beat(11, 6, 20, PHONE, ("goal", "achieve", "{joy}", "--reason", "other:it is a habit now")),
    Beat(11, 6, 20, PHONE, ("win", "I look forward to Thursdays", "--goal", "{joy}")),
)
"""The last weeks, on both devices."""
