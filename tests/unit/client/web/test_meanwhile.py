"""What a form takes the place of was seen by whoever sent it."""

import pytest

from trailmark_client.web.asking import Asked
from trailmark_client.web.meanwhile import FIELD, is_apart, mark_of, require_seen
from trailmark_shared.errors import DomainError


def asked(**fields: str) -> Asked:
    return Asked(method="POST", path="/", form={name: (value,) for name, value in fields.items()})


def test_a_mark_is_another_one_where_anything_else_stands() -> None:
    marks = [mark_of("a", ["b"]), mark_of("a", ["c"]), mark_of("a", []), mark_of("a", "b", None)]

    assert len(set(marks)) == len(marks)
    assert mark_of("a", ["b"]) == marks[0]


def test_only_what_was_seen_is_replaced() -> None:
    mark = mark_of("as it stands")

    require_seen(asked(**{FIELD: mark}), mark)
    require_seen(asked(), mark)
    assert is_apart(asked(**{FIELD: mark_of("as it stood")}), mark)
    with pytest.raises(DomainError, match="look at both"):
        require_seen(asked(**{FIELD: mark_of("as it stood")}), mark)
