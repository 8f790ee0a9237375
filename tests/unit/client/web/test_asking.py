"""What a browser asked: fields, their line ends, their bound."""

import pytest

from trailmark_client.web.asking import Asked, WordsNeededError, fields_of, form_from_body, go_on
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, LimitExceededError


def test_words_arrive_as_they_were_typed() -> None:
    body = b"text=Two+words%0D%0A%C3%BCber+%E2%9C%93&tag=a&tag=b&empty="
    asked = Asked(form=form_from_body(body))

    assert "Two words\nüber ✓" == asked.typed("text")
    assert ("a", "b") == asked.chosen("tag")
    assert asked.words("empty") is None
    assert "else" == asked.typed("absent", "else")


def test_a_field_that_is_the_thing_itself_needs_words() -> None:
    asked = Asked(form=fields_of([("text", " one "), ("note", " ")]))

    assert "one" == asked.needed("text")
    for name in ("note", "absent"):
        with pytest.raises(WordsNeededError, match="one is enough"):
            asked.needed(name)


def test_what_nobody_sees_was_not_typed() -> None:
    assert {"title": ("",)} == form_from_body(b"title=+%E2%80%8B%E3%85%A4%0D%0A")


def test_form_that_is_too_large_is_refused_by_name() -> None:
    fits = b"a=" + b"x" * (limits.PAGE_FORM_BYTES_MAX - 2)

    assert len(fits) - 2 == len(form_from_body(fits)["a"][0])
    with pytest.raises(LimitExceededError) as refused:
        form_from_body(fits + b"x")
    assert ErrorCode.TOO_LARGE == refused.value.code


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert {"a": ("\N{REPLACEMENT CHARACTER}",)} == form_from_body(b"a=\xff")


def test_of_several_values_the_last_one_is_what_was_typed() -> None:
    assert "2" == Asked(form=fields_of([("n", "1"), ("n", "2")])).typed("n")


def test_going_on_is_a_get() -> None:
    told = go_on("/")

    assert (303, "/") == (told.status, told.location)
