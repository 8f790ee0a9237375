"""Data of goals: what is not given stays, ``None`` takes away, and setting nothing is refused."""

import msgspec
import pytest

from tests.support.entries import a_body
from trailmark_shared.domain.targets import Target
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import (
    GoalDrafted,
    GoalReprioritised,
    GoalReworded,
    GoalTargetSet,
    GoalWithdrawn,
)


@pytest.mark.parametrize(
    ("data", "written"),
    [
        (GoalReworded(why=None), b'{"why":null}'),
        (GoalReworded(title="t", area="a"), b'{"title":"t","area":"a"}'),
        (GoalReprioritised(rank=2), b'{"rank":2}'),
        (GoalTargetSet(target=Target(kind="done")), b'{"target":{"kind":"done"}}'),
        (GoalDrafted(title="t"), b'{"title":"t"}'),
    ],
)
def test_only_what_is_said_is_written(data: EventData, written: bytes) -> None:
    assert msgspec.json.encode(data) == written


@pytest.mark.parametrize("data", [GoalReworded, GoalReprioritised])
def test_a_change_that_changes_nothing_is_refused(data: type[EventData]) -> None:
    with pytest.raises(ValueError, match="sets nothing"):
        data()
    with pytest.raises(msgspec.ValidationError, match="sets nothing"):
        msgspec.json.decode(b"{}", type=data)


def test_a_withdrawal_names_what_it_takes_back() -> None:
    with pytest.raises(EventDataError, match=r"\$\.data\.shares"):
        encode_body(a_body(GoalWithdrawn(shares=())))
