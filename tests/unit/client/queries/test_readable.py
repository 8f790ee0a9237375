"""Values as answers show them."""

import pytest

from trailmark_client.queries.readable import (
    actor_name,
    plain_field,
    plain_value,
)
from trailmark_shared.domain.targets import parse_target


@pytest.mark.parametrize(
    ("field", "value", "plain"),
    [
        ("title", "x", "x"),
        ("title", None, None),
        ("target", parse_target("reach 7"), "reach 7"),
        ("target", {"kind": "reach_rating", "value_tenths": 70}, "reach 7"),
        ("baseline_tenths", 25, 2.5),
        (None, 3, 3),
    ],
)
def test_values_are_plain(field: str | None, value: object, plain: object) -> None:
    assert plain_value(field, value) == plain


def test_fields_lose_their_unit_of_storage() -> None:
    assert (plain_field("baseline_tenths"), plain_field("title"), plain_field(None)) == (
        "baseline",
        "title",
        None,
    )


def test_actors_have_names() -> None:
    names = {"member/x": "Dr Demo"}

    assert [actor_name(each, names) for each in ("person", "member/x", "member/y")] == [
        "you",
        "Dr Demo",
        "member/y",
    ]
