"""First steps, and short answers to what people ask; both work without a network."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.queries.first_steps import FirstStep, FirstStepName, first_steps
from trailmark_shared.words import gettext, marked

Topic = Literal["myths", "hard", "pace", "private", "questions"]
"""What can be read about."""

_FIRST: Final[dict[FirstStepName, str]] = {
    "goal": marked("Say what you would like to be different: trailmark goal add"),
    "track": marked("Look at how it goes, whenever you like: check-in, happened, reflect"),
    "adapt": marked("Change a goal when life changes: goal reword, goal target, step due"),
    "celebrate": marked("Celebrate what you did, however small: win, celebration hold"),
    "afterwards": marked("Think of what keeps you well: self-care plan, afterwards write"),
}

_TITLES: Final[dict[Topic, str]] = {
    "myths": marked("What goals in therapy are not"),
    "hard": marked("When it is hard"),
    "pace": marked("Your own pace"),
    "private": marked("Who sees what"),
    "questions": marked("What people ask"),
}

_TEXTS: Final[dict[Topic, tuple[str, ...]]] = {
    "myths": (
        marked("A goal is no test. Nobody marks it, and it may change as often as you do."),
        marked("A goal need not be big. One phone call can be one."),
        marked("Your therapist does not set your goals. They can suggest; your word stands."),
        marked("You need no goal to begin. To say what is hard is a beginning, too."),
    ),
    "hard": (
        marked("Not wanting to go on is part of the way. It often comes when something matters."),
        marked("Progress is no straight line. Weeks that go back belong to it; nothing resets."),
        marked("A goal that weighs on you can rest (goal pause), shrink (goal reword) or go."),
        marked("Tell somebody. What you would like to speak about can wait in: agenda add"),
        marked("Nobody watches this app. Whom to call, if you are in danger: trailmark help-now"),
    ),
    "pace": (
        marked("No day must be filled in. What you leave out is not counted."),
        marked("A day that you hoped for can be moved at any time, with or without a reason."),
        marked("Resting is a way of going on. A goal that rests is there when you come back."),
    ),
    "private": (
        marked("What you write stays on your devices until you share it, kind by kind."),
        marked("Reflections are never shared whole; you choose the words: share --excerpt"),
        marked("Who looked at what you share stands in: access log"),
        marked("Sharing can stop at any time, without a reason: sharing stop"),
    ),
    "questions": (
        marked("How many goals should I have? One to three at a time is plenty; others can rest."),
        marked("What makes a goal clear? Something that you would do or notice: goal guide"),
        marked("May I change a goal? Yes. It is how goals grow, and the earlier words are kept."),
        marked("Must I share my goals? No. All of it works for you alone."),
        marked("What if I never reach it? Then you know more than before; that is no loss."),
        marked("What happens after therapy? Access ends, and everything stays with you."),
    ),
}


class FirstSteps(msgspec.Struct, frozen=True, kw_only=True):
    """The five first steps.

    Attributes:
        steps: Each with whether there is something of it already.
    """

    steps: list[FirstStep]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A short text in plain words.

    Attributes:
        topic: What it is about.
        title: Its heading.
        words: Its sentences.
        topics: What else can be read about.
    """

    topic: Topic
    title: str
    words: list[str]
    topics: list[str]


def show_first_steps(*, common: Common = PLAIN) -> Answer[FirstSteps]:
    """Show five first steps. None of them is a must, and their order is yours."""
    with opened(common) as here:
        found = here.read(first_steps)

    def draw(terminal: Terminal) -> None:
        for each in found:
            terminal.say(f"{'[x]' if each.taken else '[ ]'} {gettext(_FIRST[each.name])}")

    return Answer(FirstSteps(steps=found), draw)


def about(
    topic: Annotated[Topic, Parameter(help="What to read about")] = "questions",
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Told]:
    """Read a short text in plain words: on myths, hard days, your pace, who sees what."""
    with opened(common):
        told = Told(
            topic=topic,
            title=gettext(_TITLES[topic]),
            words=[gettext(each) for each in _TEXTS[topic]],
            topics=[each for each in get_args(Topic) if each != topic],
        )

    def draw(terminal: Terminal) -> None:
        terminal.say(told.title, *(f"  {each}" for each in told.words))
        others = ", ".join(told.topics)
        terminal.say(gettext("More: trailmark about {topics}").format(topics=others))

    return Answer(told, draw)
