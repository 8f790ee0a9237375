"""Numbers to call: each can be dialled."""

import re
from datetime import date

from trailmark_client.web.helplines import CHECKED_ON, COUNTRIES


def test_every_country_has_an_emergency_number_and_somebody_who_listens() -> None:
    numbers = [
        number
        for each in COUNTRIES.values()
        for number in (each.emergency, *(line.number for line in each.lines))
    ]

    assert [] == [each for each in numbers if not re.fullmatch(r"[0-9]+( [0-9]+)*", each)]
    assert all(each.lines for each in COUNTRIES.values())
    assert all(re.fullmatch("[A-Z]{2}", code) for code in COUNTRIES)


def test_each_number_says_who_publishes_it_and_when_it_was_looked_up() -> None:
    lines = [line for each in COUNTRIES.values() for line in each.lines]

    assert all(re.fullmatch(r"[a-z0-9]+(\.[a-z]+)+", line.source) for line in lines)
    assert date(2026, 11, 26) <= date.fromisoformat(CHECKED_ON)
