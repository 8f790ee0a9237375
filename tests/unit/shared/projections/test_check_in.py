"""Check-ins: the number, the day it belongs to, and corrections."""

import msgspec
from msgspec import structs

from tests.support.entries import a_text, an_entry
from trailmark_shared.domain.progress import Point
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.projections.check_in import Answer, fold_check_in, points_of

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


def test_numbers_are_told_by_day_late_ones_as_such() -> None:
    day_ms = 24 * 60 * 60 * 1000
    prompt = an_entry(1, CheckInRecorded(goal=a_text(100), value_tenths=60))
    assert prompt.received_at is not None
    late = an_entry(2, CheckInRecorded(goal=a_text(100), measure="count", unit="walks"))
    late = structs.replace(late, received_at=prompt.received_at + 3 * day_ms)
    gone = an_entry(3, CheckInCorrected(value_tenths=70, happened_on="2026-09-20"))
    unsaid = fold_check_in([an_entry(4, CheckInCorrected(value_tenths=70))])

    documents = [fold_check_in([each]) for each in (prompt, late, gone)]
    points = [point for _, point in points_of([*documents, unsaid])]

    assert [
        Point(day="2026-09-21", measure="rating", value_tenths=60),
        Point(day="2026-09-21", measure="count", value_tenths=None, unit="walks", is_late=True),
        Point(day="2026-09-20", measure="rating", value_tenths=70),
    ] == points


def test_an_answer_is_what_charts_read_of_a_check_in() -> None:
    late = structs.replace(RECORDED, received_at=RECORDED.effective_at + 3 * 24 * 3600 * 1000)
    check_in = fold_check_in([late])

    answer = msgspec.json.decode(msgspec.json.encode(check_in), type=Answer)

    assert points_of([check_in]) == points_of([answer])
