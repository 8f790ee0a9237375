"""Help at once, whatever state the store is in."""

from pathlib import Path

from tests.unit.client.cli.conftest import Cli
from trailmark_client.web.helplines import COUNTRIES


def test_every_number_is_there_and_nobody_is_told(cli: Cli, tmp_path: Path) -> None:
    told = cli("help-now")

    assert 0 == told.code
    for place in COUNTRIES.values():
        assert place.emergency in told.out
        assert all(each.number in told.out and each.source in told.out for each in place.lines)
    assert "Nobody is watching this app." in told.out
    assert not (tmp_path / "home").exists()


def test_one_country_is_enough(cli: Cli) -> None:
    [place] = cli.ok("help-now", "--country", "ie")["places"]

    assert ("IE", "112", "116 123") == (
        place["country"],
        place["emergency"],
        place["lines"][0]["number"],
    )


def test_a_country_that_is_not_listed_is_named_as_such(cli: Cli) -> None:
    assert (2, "invalid_input") == cli("help-now", "--country", "XX", "--json").error
