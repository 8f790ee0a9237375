"""design.md promise 10: every bound is named, has a unit, and fits the others."""

from trailmark_shared import limits
from trailmark_shared.ids import DEVICES, SELF, care_lane

_UNITS = (
    "BYTES",
    "CHARS",
    "MS",
    "MAX",
    "WINDOW",
    "SECOND",
    "BURST",
    "DEPTH",
    "DAYS",
    "BITS",
    "LOG10",
    "AT_ONCE",
    "PAGE",
    "PASSES",
)


def bounds() -> dict[str, int]:
    return {name: value for name, value in vars(limits).items() if name.isupper()}


def test_every_bound_is_a_positive_integer() -> None:
    assert {name: value for name, value in bounds().items() if value <= 0} == {}


def test_every_bound_says_what_it_counts() -> None:
    assert [name for name in bounds() if not any(unit in name for unit in _UNITS)] == []


def test_integers_are_exact_in_a_double() -> None:
    assert limits.INTEGER_MAX == int(float(limits.INTEGER_MAX))
    assert limits.INTEGER_MAX + 2 != int(float(limits.INTEGER_MAX + 2))


def test_a_full_page_fits_into_a_frame_with_everything_around_it() -> None:
    around_a_run = 250

    assert limits.FRAME_BYTES_MAX > limits.PAGE_BYTES_MAX + limits.PAGE_EVENTS_MAX * around_a_run


def test_a_hello_with_every_field_full_fits_into_a_frame() -> None:
    lane = limits.BACK_POINTS_MAX * 45 + 120
    hello = limits.LANES_PER_SESSION_MAX * lane + limits.REVOKED_GRANTS_MAX * 18 + 500

    assert limits.FRAME_BYTES_MAX > hello


def test_a_hello_names_every_lane_of_a_person_who_has_as_many_as_there_may_be() -> None:
    shared = {care_lane(bytes([number]) * 16) for number in range(limits.LANES_PER_SPACE_MAX - 1)}

    assert limits.LANES_PER_SESSION_MAX == len({SELF, DEVICES, *shared})
