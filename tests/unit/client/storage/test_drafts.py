"""Drafts: kept in place, bounded, gone once recorded."""

import pytest

from tests.support.person import Person
from trailmark_client.storage.drafts import draft, drop_draft, drop_drafts_about, keep_draft
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.ids import text_from_id


def keep(person: Person, name: str, text: str, now_ms: int = 1) -> None:
    person.write(lambda conn, _: keep_draft(conn, name, {"text": [text]}, now_ms))


def test_later_words_take_the_place_of_earlier_ones(person: Person) -> None:
    keep(person, "win", "Sw")
    keep(person, "win", "Swam")

    assert {"text": ("Swam",)} == person.read(lambda conn: draft(conn, "win"))


@pytest.mark.parametrize("rotted", [b'{"text"?', b'{"text":["Sw\xffm"]}'])
def test_a_draft_that_rotted_keeps_no_page_from_opening(person: Person, rotted: bytes) -> None:
    keep(person, "win", "Swam")
    person.write(
        lambda conn, _: conn.execute("UPDATE draft SET fields = CAST(? AS TEXT)", (rotted,))
    )

    assert {} == person.read(lambda conn: draft(conn, "win"))


def test_dropped_draft_is_gone(person: Person) -> None:
    keep(person, "win", "Swam")
    person.write(lambda conn, _: drop_draft(conn, "win"))

    assert {} == person.read(lambda conn: draft(conn, "win"))


@pytest.mark.parametrize(
    ("type_", "gone"),
    [
        ("reflection_written", ["entry-{}"]),
        ("scale_set", ["entry-{}", "levels-goal"]),
        ("vision_written", ["entry-{}", "vision"]),
    ],
)
def test_what_is_about_something_erased_is_gone(
    person: Person, type_: str, gone: list[str]
) -> None:
    subject, other = b"s" * 16, b"o" * 16
    own = f"entry-{text_from_id(subject)}"
    names = [own, f"entry-{text_from_id(other)}", "levels-goal", "vision", "win"]
    for name in names:
        keep(person, name, "Swam")

    person.write(lambda conn, _: drop_drafts_about(conn, [(subject, type_)]))

    left = [each for each in names if person.read(lambda conn, each=each: draft(conn, each))]
    erased = {each.format(text_from_id(subject)) for each in gone}
    assert [each for each in names if each not in erased] == left


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
