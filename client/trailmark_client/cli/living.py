"""Self-care, habits, rewards and celebrations."""

from __future__ import annotations

from collections.abc import Iterator

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, id_of, part_lines, use_lines
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import (
    PLAIN,
    At,
    Common,
    EntryId,
    GoalOption,
    Note,
    Often,
    StepOption,
    Words,
)
from trailmark_client.queries.cards import CardLine
from trailmark_shared.dates import day_text
from trailmark_shared.events.living import (
    CelebrationHeld,
    HabitChosen,
    HabitPractised,
    RewardGiven,
    RewardPlanned,
    SelfCareDone,
    SelfCarePlanned,
)
from trailmark_shared.words import gettext


def plan_self_care(
    text: Words,
    /,
    *,
    often: Often = None,
    goal: GoalOption = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Plan something that does you good.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        data = SelfCarePlanned(text=text, often=often, goal=id_of(here, "goal", goal))
        return cards.write(here, data)


def do_self_care(
    self_care: EntryId, /, *, note: Note = None, at: At = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Note that you did it."""
    with opened(common) as here:
        words = gettext("Something that does you good. That counts.")
        return cards.log(here, "self_care", self_care, SelfCareDone(note=note), words, at=at)


def list_self_care(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show what does you good, and when you did it."""
    return cards.show(
        common, "self_care", gettext("Nothing planned, and that is fine."), _logged, goal
    )


def _logged(line: CardLine) -> Iterator[str]:
    yield line.words
    yield from part_lines(line, "often")
    yield from use_lines(line)


def revise_self_care(
    self_care: EntryId,
    /,
    *,
    text: Words | None = None,
    often: Often = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Change what is planned.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "self_care", self_care, {"text": text, "often": often})


def choose_habit(
    old: Words, new: Words, /, *, goal: GoalOption = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Choose a habit or thought that may stand in the place of another.

    Args:
        old: What it is now.
        new: What may stand in its place.
    """
    with opened(common) as here:
        return cards.write(here, HabitChosen(old=old, new=new, goal=id_of(here, "goal", goal)))


def practise_habit(
    habit: EntryId, /, *, note: Note = None, at: At = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Note that you chose the new one. The old one is never counted."""
    with opened(common) as here:
        words = gettext("You chose the new one.")
        return cards.log(here, "habit", habit, HabitPractised(note=note), words, at=at)


def list_habits(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show which habits give way to which, and when you chose the new one."""
    return cards.show(common, "habit", gettext("No habit stands here."), _logged, goal)


def revise_habit(
    habit: EntryId,
    /,
    *,
    old: Words | None = None,
    new: Words | None = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say a habit in other words.

    Args:
        old: What it is now.
        new: What may stand in its place.
    """
    with opened(common) as here:
        return cards.revise(here, "habit", habit, {"old": old, "new": new})


def plan_reward(
    text: Words,
    /,
    *,
    goal: GoalOption = None,
    step: StepOption = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Promise yourself something.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        data = RewardPlanned(
            text=text, goal=id_of(here, "goal", goal), step=id_of(here, "step", step)
        )
        return cards.write(here, data)


def give_reward(reward: EntryId, /, *, at: At = None, common: Common = PLAIN) -> Answer[Saved]:
    """Note that you gave it to yourself."""
    with opened(common) as here:
        return cards.log(
            here, "reward", reward, RewardGiven(), gettext("Enjoy it. It is yours."), at=at
        )


def list_rewards(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you promised yourself, and what you gave yourself."""
    return cards.show(common, "reward", gettext("Nothing promised yet."), _reward_words, goal)


def _reward_words(line: CardLine) -> Iterator[str]:
    given = line.status == "given"
    yield gettext("{reward}, given").format(reward=line.words) if given else line.words


def revise_reward(reward: EntryId, /, *, text: Words, common: Common = PLAIN) -> Answer[Saved]:
    """Say a reward in other words.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "reward", reward, {"text": text})


def celebrate(
    text: Words,
    /,
    *,
    goal: GoalOption = None,
    step: StepOption = None,
    at: At = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Celebrate something you reached, however small.

    Args:
        text: How, or in which words.
    """
    with opened(common) as here:
        data = CelebrationHeld(
            text=text, goal=id_of(here, "goal", goal), step=id_of(here, "step", step)
        )
        return cards.write(here, data, gettext("You did a hard thing."), at=at)


def list_celebrations(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you celebrated."""
    nothing = gettext("Nothing celebrated yet. A small thing is a good one to begin with.")
    return cards.show(common, "celebration", nothing, _celebration_words, goal)


def _celebration_words(line: CardLine) -> Iterator[str]:
    yield f"{day_text(line.day)}  {line.words}"


def revise_celebration(
    celebration: EntryId, /, *, text: Words, common: Common = PLAIN
) -> Answer[Saved]:
    """Say a celebration in other words.

    Args:
        text: How, or in which words.
    """
    with opened(common) as here:
        return cards.revise(here, "celebration", celebration, {"text": text})
