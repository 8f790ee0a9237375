"""Drafts: kept in place, bounded, gone once recorded."""

import pytest

from tests.support.person import Person
from trailmark_client.storage.drafts import draft, drop_draft, keep_draft
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError


def keep(person: Person, name: str, text: str, now_ms: int = 1) -> None:
    person.write(lambda conn, _: keep_draft(conn, name, {"text": [text]}, now_ms))


def test_later_words_take_the_place_of_earlier_ones(person: Person) -> None:
    keep(person, "win", "Sw")
    keep(person, "win", "Swam")

    assert {"text": ("Swam",)} == person.read(lambda conn: draft(conn, "win"))


def test_dropped_draft_is_gone(person: Person) -> None:
    keep(person, "win", "Swam")
    person.write(lambda conn, _: drop_draft(conn, "win"))

    assert {} == person.read(lambda conn: draft(conn, "win"))


def test_form_has_a_plain_name(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        keep(person, "../win", "Swam")
    assert ErrorCode.INVALID_INPUT == refused.value.code


def test_draft_that_is_too_large_leaves_the_one_before(person: Person) -> None:
    keep(person, "win", "Swam")
    with pytest.raises(LimitExceededError) as refused:
        keep(person, "win", "x" * limits.DRAFT_BYTES_MAX)

    assert ErrorCode.TOO_LARGE == refused.value.code
    assert {"text": ("Swam",)} == person.read(lambda conn: draft(conn, "win"))


def test_beyond_the_bound_the_one_touched_longest_ago_is_let_go(person: Person) -> None:
    def many(first: int, behind: int) -> None:
        def work(conn: object, _: object) -> None:
            for each in range(first, behind):
                keep_draft(conn, f"form-{each}", {"text": ["x"]}, each)  # pyright: ignore[reportArgumentType]

        person.write(work)

    many(0, limits.DRAFTS_MAX + 1)

    assert {} == person.read(lambda conn: draft(conn, "form-0"))
    assert {} != person.read(lambda conn: draft(conn, "form-1"))
    assert {} != person.read(lambda conn: draft(conn, f"form-{limits.DRAFTS_MAX}"))
