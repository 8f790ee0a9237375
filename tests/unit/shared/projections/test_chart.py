"""Charts as values: what may be left out is left out by itself."""

from trailmark_shared.projections.chart import Chart, Tick


def test_a_chart_without_anything_to_compare_with_has_none() -> None:
    chart = Chart(measure="rating", ticks=(Tick(0.0, "10"),), days=(), table=(), phases=())

    assert (None, (), "", 0) == (chart.baseline, chart.levels, chart.unit, chart.left_out)
