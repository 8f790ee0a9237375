"""Check-ins: the number, the day it belongs to, and corrections."""

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.projections.check_in import fold_check_in

RECORDED = an_entry(1, CheckInRecorded(goal=a_text(100), value_tenths=60, note="Fine"))


def test_a_check_in_is_what_was_recorded() -> None:
    check_in = fold_check_in([RECORDED])

    assert (
        check_in.value_tenths.value,
        check_in.note.value,
        check_in.day.value,
    ) == (60, "Fine", "2026-09-21")
    assert (a_text(100), "rating") == (check_in.goal, check_in.measure)


def test_a_correction_without_a_day_keeps_it() -> None:
    corrected = an_entry(
        2, CheckInCorrected(value_tenths=70), base=(1,), occurred_at="2026-09-23T08:00:00+02:00"
    )
    check_in = fold_check_in([RECORDED, corrected])

    assert (
        check_in.value_tenths.value,
        check_in.note.value,
        check_in.day.value,
    ) == (70, None, "2026-09-21")


def test_a_correction_may_move_the_day() -> None:
    corrected = an_entry(2, CheckInCorrected(happened_on="2026-09-20"), base=(1,))

    assert fold_check_in([RECORDED, corrected]).day.value == "2026-09-20"


def test_a_correction_of_what_is_gone_is_still_told() -> None:
    check_in = fold_check_in([an_entry(2, CheckInCorrected(value_tenths=70))])

    assert (check_in.goal, check_in.value_tenths.value) == (None, 70)
