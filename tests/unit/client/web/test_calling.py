"""Another word for "goal", never within anybody's own words."""

from gettext import NullTranslations

import pytest

from tests.support.own_pages import Window
from trailmark_client.web.calling import called, can_be_called
from trailmark_shared.domain.consent import SUPPORTER_TEXTS
from trailmark_shared.words import ENGLISH, Language, gettext, ngettext, pgettext, speaking


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("aim", "An aim of aims: {goal} for %(goal)s. Aim goalkeeper, an aim"),
        ("want", "A want of wants: {goal} for %(goal)s. Want goalkeeper, a want"),
        ("goal", "A goal of goals: {goal} for %(goal)s. Goal goalkeeper, a goal"),
        ("else", "A goal of goals: {goal} for %(goal)s. Goal goalkeeper, a goal"),
    ],
)
def test_texts_say_it_and_names_in_the_code_stay(noun: str, said: str) -> None:
    text = "A goal of goals: {goal} for %(goal)s. Goal goalkeeper, a goal"
    with speaking(called(ENGLISH, noun)):
        assert said == gettext(text)


def test_every_way_to_ask_says_it() -> None:
    with speaking(called(ENGLISH, "hope")):
        assert "2 hopes" == ngettext("{n} goal", "{n} goals", 2).format(n=2)
        assert "hope" == pgettext("a noun", "goal")


def test_what_is_agreed_to_reads_as_it_was_written() -> None:
    text = SUPPORTER_TEXTS[1]
    with speaking(called(ENGLISH, "hope")):
        assert text == gettext(text)


def test_other_languages_have_their_own_word() -> None:
    other = Language("el", NullTranslations())

    assert other is called(other, "aim")
    assert not can_be_called(other)
    assert can_be_called(Language("en-GB", NullTranslations()))


def test_pages_call_it_so_and_leave_own_words_alone(window: Window) -> None:
    goal = window.begun("My goal is the goal line")
    window.post("/state", noun="aim")
    page = window.get(f"/goals/{goal}")

    assert "How this aim has grown" in page
    assert "My goal is the goal line" in page
    assert 'option value="aim" selected' in window.get("/state")
    assert "Write down another aim" in window.get("/")

    window.post("/state", noun="else")
    assert "How this goal has grown" in window.get(f"/goals/{goal}")
