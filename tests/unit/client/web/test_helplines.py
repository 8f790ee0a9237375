"""Numbers to call: each can be dialled."""

import re

from trailmark_client.web.helplines import COUNTRIES


def test_every_country_has_an_emergency_number_and_somebody_who_listens() -> None:
    numbers = [
        number
        for each in COUNTRIES.values()
        for number in (each.emergency, *(line.number for line in each.lines))
    ]

    assert [] == [each for each in numbers if not re.fullmatch(r"[0-9]+( [0-9]+)*", each)]
    assert all(each.lines for each in COUNTRIES.values())
    assert all(re.fullmatch("[A-Z]{2}", code) for code in COUNTRIES)
