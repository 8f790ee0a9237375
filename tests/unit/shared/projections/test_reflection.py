"""Reflections: the newest words, and how often they were revised."""

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten
from trailmark_shared.projections.reflection import fold_reflection

WRITTEN = an_entry(1, ReflectionWritten(text="Long day.", tags=("work",), goal=a_text(100)))


def test_a_revision_replaces_every_part_and_keeps_the_day() -> None:
    revised = an_entry(
        2, ReflectionRevised(text="Good day."), base=(1,), occurred_at="2026-09-25T08:00:00+02:00"
    )
    reflection = fold_reflection([WRITTEN, revised])

    assert (
        reflection.text.value,
        reflection.tags.value,
        reflection.revisions,
    ) == ("Good day.", (), 1)
    assert ("2026-09-21", a_text(100)) == (reflection.day, reflection.goal)


def test_two_revisions_apart_are_both_kept() -> None:
    revised = [an_entry(n, ReflectionRevised(text=str(n)), base=(1,)) for n in (2, 3)]

    assert [each.value for each in fold_reflection([WRITTEN, *revised]).text.values] == ["3", "2"]


def test_a_revision_of_what_is_gone_is_still_told() -> None:
    reflection = fold_reflection([an_entry(2, ReflectionRevised(text="Good day."))])

    assert (reflection.text.value, reflection.goal) == ("Good day.", None)
