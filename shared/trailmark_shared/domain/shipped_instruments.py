"""The instruments that come with Trailmark: PHQ-9 and GAD-7, their words unaltered.

Source:
    K. Kroenke, R. L. Spitzer, J. B. W. Williams, "The PHQ-9", Journal of General Internal Medicine
    16 (2001). R. L. Spitzer, K. Kroenke, J. B. W. Williams, B. Löwe, "A brief measure for assessing
    generalized anxiety disorder: the GAD-7", Archives of Internal Medicine 166 (2006). Their notice
    allows to reproduce, translate, display and distribute them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.domain.instruments import AnswerChoice, Instrument, Item

_NOTICE: Final = (
    "Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with "
    "an educational grant from Pfizer Inc. No permission required to reproduce, translate, display "
    "or distribute."
)


def _choices(*words: str) -> tuple[AnswerChoice, ...]:
    return tuple(AnswerChoice(value=value, words=each) for value, each in enumerate(words))


_HOW_OFTEN: Final = _choices(
    "Not at all", "Several days", "More than half the days", "Nearly every day"
)

_DIFFICULTY: Final = Item(
    words=(
        "If you checked off any problems, how difficult have these problems made it for you to do "
        "your work, take care of things at home, or get along with other people?"
    ),
    choices=_choices(
        "Not difficult at all", "Somewhat difficult", "Very difficult", "Extremely difficult"
    ),
    is_scored=False,
)

PHQ_9: Final = Instrument(
    code="phq-9",
    version="2001-en",
    title="PHQ-9",
    notice=_NOTICE,
    stem=(
        "Over the last 2 weeks, how often have you been bothered by any of the following problems?"
    ),
    choices=_HOW_OFTEN,
    items=(
        Item(words="Little interest or pleasure in doing things"),
        Item(words="Feeling down, depressed, or hopeless"),
        Item(words="Trouble falling or staying asleep, or sleeping too much"),
        Item(words="Feeling tired or having little energy"),
        Item(words="Poor appetite or overeating"),
        Item(
            words=(
                "Feeling bad about yourself — or that you are a failure or have let yourself or "
                "your family down"
            )
        ),
        Item(
            words=(
                "Trouble concentrating on things, such as reading the newspaper or watching "
                "television"
            )
        ),
        Item(
            words=(
                "Moving or speaking so slowly that other people could have noticed? Or the "
                "opposite — being so fidgety or restless that you have been moving around a lot "
                "more than usual"
            )
        ),
        Item(
            words="Thoughts that you would be better off dead or of hurting yourself in some way",
            offers_help=True,
        ),
        _DIFFICULTY,
    ),
)
"""Patient Health Questionnaire, nine items."""

GAD_7: Final = Instrument(
    code="gad-7",
    version="2006-en",
    title="GAD-7",
    notice=_NOTICE,
    stem="Over the last 2 weeks, how often have you been bothered by the following problems?",
    choices=_HOW_OFTEN,
    items=(
        Item(words="Feeling nervous, anxious, or on edge"),
        Item(words="Not being able to stop or control worrying"),
        Item(words="Worrying too much about different things"),
        Item(words="Trouble relaxing"),
        Item(words="Being so restless that it is hard to sit still"),
        Item(words="Becoming easily annoyed or irritable"),
        Item(words="Feeling afraid as if something awful might happen"),
        _DIFFICULTY,
    ),
)
"""Generalized Anxiety Disorder scale, seven items."""

SHIPPED: Final[Mapping[str, Instrument]] = {each.code: each for each in (PHQ_9, GAD_7)}
"""By code."""
