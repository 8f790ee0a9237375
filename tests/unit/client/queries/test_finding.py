"""An id may be given as any beginning that names one thing only."""

import pytest

from trailmark_client.queries.finding import (
    SHOWN_MAX,
    by_prefix,
    folded,
    matches_prefix,
    shortest,
    span,
)
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import id_from_text, text_from_id

A = "0abcdef0000000000000000000"
B = "0abcdeg0000000000000000000"
C = "7zzzzzzzzzzzzzzzzzzzzzzzzz"
IDS = [id_from_text(each) for each in (A, B, C)]


def code_of(prefix: str) -> ErrorCode:
    with pytest.raises(DomainError) as refused:
        by_prefix(IDS, prefix, "goal")
    return refused.value.code


@pytest.mark.parametrize(("prefix", "text"), [("7", C), ("0abcdef", A), (B, B), (" 7Z ", C)])
def test_a_beginning_that_names_one_is_enough(prefix: str, text: str) -> None:
    assert by_prefix([*IDS, *IDS], prefix, "goal") == id_from_text(text)


def test_look_alikes_are_read_as_meant() -> None:
    assert folded("O1lI") == "0111"
    assert matches_prefix("01zz", "ol")
    assert not matches_prefix("01zz", "02")


def test_of_many_only_the_first_few_are_named() -> None:
    many = [bytes([0, each]) + bytes(14) for each in range(9)]

    with pytest.raises(DomainError) as refused:
        by_prefix(many, "0", "goal")

    assert refused.value.message.endswith(", …")
    assert SHOWN_MAX == refused.value.message.count(", ")


def test_a_beginning_of_several_is_ambiguous_and_names_them() -> None:
    with pytest.raises(DomainError) as refused:
        by_prefix(IDS, "0a", "goal")

    assert refused.value.code == ErrorCode.AMBIGUOUS_ID
    assert refused.value.message == (
        "more than one goal begins with 0a; type more of it: 0abcdef, 0abcdeg"
    )


def test_a_beginning_of_none_is_not_found() -> None:
    assert code_of("5") == ErrorCode.NOT_FOUND


def test_what_was_not_found_is_named_as_it_was_typed() -> None:
    with pytest.raises(DomainError, match="begins with Walk;"):
        by_prefix(IDS, "Walk", "goal")


@pytest.mark.parametrize("prefix", ["", "  ", "u", "0-1", "0" * 27, "é"])
def test_what_no_id_begins_with_is_invalid(prefix: str) -> None:
    assert code_of(prefix) == ErrorCode.INVALID_INPUT


@pytest.mark.parametrize("prefix", ["7", "0abc", "O1", A, A.upper()])
def test_every_id_of_a_span_begins_alike_and_no_other_does(prefix: str) -> None:
    first, last = span(prefix)
    before, after = (int.from_bytes(first) - 1, int.from_bytes(last) + 1)
    neighbours = [each.to_bytes(16) for each in (before, after) if 0 <= each < 1 << 128]

    assert all(matches_prefix(text_from_id(each), prefix) for each in (first, last))
    assert not any(matches_prefix(text_from_id(each), prefix) for each in neighbours)


def test_nothing_lies_in_the_span_of_what_no_id_begins_with() -> None:
    first, last = span("8")

    assert not any(first <= each <= last for each in (bytes(16), b"\xff" * 16))


def test_ids_are_shown_as_short_as_they_stay_unique() -> None:
    assert shortest([A, B, C, C]) == {A: "0abcdef", B: "0abcdeg", C: "7zzzzz"}
    assert shortest([]) == {}
