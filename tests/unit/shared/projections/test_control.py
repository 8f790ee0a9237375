"""Control events as a lane knows them."""

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.goals import GoalActivated
from trailmark_shared.projections.control import fold_control


def test_erasures_name_every_event_once() -> None:
    entries = [
        an_entry(1, SubjectErased(events=(a_text(3), a_text(2)))),
        an_entry(2, SubjectErased(events=(a_text(2),))),
    ]
    control = fold_control(entries)

    assert (a_text(2), a_text(3)) == control.erased_events
    assert control.erased_at == entries[1].effective_at


def test_what_is_no_control_event_changes_nothing() -> None:
    erased = an_entry(1, SubjectErased(events=(a_text(2),)))

    assert fold_control([erased, an_entry(2, GoalActivated())]).erased_events == (a_text(2),)
