"""Small charts: one scale throughout, what is not known left open, the number beside it."""

from trailmark_client.cli.charting import ROWS_MAX, ChartRow, chart_lines, top_of


def day(number: int, value: float | None) -> ChartRow:
    on = f"2026-03-{number:02}"
    return ChartRow(on, value, "" if value is None else str(value), on, on)


def test_a_bar_has_the_mark_of_what_is_hoped_for() -> None:
    lines = list(
        chart_lines([day(2, 5), day(3, None), day(4, 10)], top=10, hoped=7, has_periods=False)
    )

    assert [
        "  2026-03-02  ██████████···┃······  5",
        "  2026-03-03               ┃",
        "  2026-03-04  █████████████┃██████  10",
    ] == lines


def test_periods_without_an_entry_are_left_open() -> None:
    rows = [day(2, 1), day(3, 1), day(5, 1)]

    lines = list(chart_lines(rows, top=1, hoped=None, has_periods=True))

    assert "  (nothing written down in between)" == lines[2]
    assert len(list(chart_lines(rows, top=1, hoped=None, has_periods=False))) == len(rows)


def test_a_long_chart_shows_the_latest_and_tells_of_the_rest() -> None:
    rows = [day(1, 1)] * (ROWS_MAX + 2)

    first, *rest = chart_lines(rows, top=1, hoped=None, has_periods=False)

    assert first == "  (2 earlier ones: see --json)"
    assert len(rest) == ROWS_MAX


def test_numbers_beyond_the_scale_are_cut_and_the_scale_is_never_nothing() -> None:
    [line] = chart_lines([day(2, -5)], top=10, hoped=0, has_periods=False)

    assert line == "  2026-03-02  ┃···················  -5"
    assert top_of([None, 3], None, 1) == 3
    assert top_of([], 8, 1) == 8
    assert top_of([None], None, 10) == 10
