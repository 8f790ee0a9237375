"""Hints for a goal's words: helpful where it says little, silent where it says enough."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.domain.guidance import QUESTIONS, Letter, Shape, letters_of, rewrite_of


@pytest.mark.parametrize(
    "title",
    [
        "Feel happier",
        "be better",
        "I want to feel better about myself.",
        "I would like to be less anxious",
        "Become more confident",
        "not so sad".replace("not", "be not"),
        "Sleep better",
        "relax more",
        "have less stress",
        "have better relationships",
        "Be a better person",
    ],
)
def test_what_says_little_gets_an_example(title: str) -> None:
    example = rewrite_of(title)

    assert example is not None
    assert rewrite_of(example) is None
    assert letters_of(Shape(title=example))["specific"]
    assert not letters_of(Shape(title=title))["specific"]


@pytest.mark.parametrize(
    "title", ["Two walks a week", "Feel better prepared for the exam in May", "Call my sister"]
)
def test_what_says_enough_is_left_alone(title: str) -> None:
    assert rewrite_of(title) is None
    assert letters_of(Shape(title=title))["specific"]


def test_a_letter_is_there_by_what_the_goal_has() -> None:
    bare = letters_of(Shape(title="Walk"))
    whole = letters_of(
        Shape(title="Two walks a week", has_target=True, has_step=True, has_why=True, has_day=True)
    )

    assert not any(bare.values())
    assert all(whole.values())
    assert set(get_args(Letter)) == set(bare) == set(QUESTIONS)


@given(st.text(max_size=300))
def test_no_words_are_too_strange(title: str) -> None:
    assert len(letters_of(Shape(title=title))) == len(get_args(Letter))
