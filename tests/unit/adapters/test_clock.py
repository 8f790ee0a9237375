"""The clock and the zones of this machine."""

from datetime import timedelta

import pytest

from trailmark_adapters.clock import SystemClock, local_time, zone_from_name


def test_now_is_in_milliseconds_and_does_not_stand_still() -> None:
    clock = SystemClock()

    assert clock.now_ms() > 1_600_000_000_000
    assert clock.monotonic_ms() <= clock.monotonic_ms()


def test_zone_name_is_the_one_given() -> None:
    assert SystemClock("Asia/Tokyo").zone_name() == "Asia/Tokyo"


def test_zone_name_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Europe/Lisbon")

    assert SystemClock().zone_name() == "Europe/Lisbon"


def test_zone_name_follows_a_machine_that_travels(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    monkeypatch.setenv("TZ", "Europe/Lisbon")
    assert "Europe/Lisbon" == clock.zone_name()

    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert "Pacific/Auckland" == clock.zone_name()


class Waiting(SystemClock):
    """A clock that runs when it is told."""

    at = 0

    def monotonic_ms(self) -> int:
        return self.at


def test_zone_name_is_looked_for_again_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Waiting(), list[str]()

    def link(zone: str) -> None:
        def realpath(path: str) -> str:
            asked.append(path)
            return f"/usr/share/zoneinfo/{zone}"

        monkeypatch.setattr("os.path.realpath", realpath)

    monkeypatch.delenv("TZ", raising=False)
    link("Europe/Lisbon")
    assert ["Europe/Lisbon"] * 2 == [clock.zone_name(), clock.zone_name()]
    assert 1 == len(asked)

    link("Pacific/Auckland")
    clock.at = 1000
    assert "Pacific/Auckland" == clock.zone_name()


def test_zone_name_is_always_a_zone_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "not a zone")

    assert zone_from_name(SystemClock().zone_name()) is not None


def test_unknown_zone_is_none() -> None:
    assert zone_from_name("Nowhere/Land") is None
    assert zone_from_name("../etc/passwd") is None


def test_local_time_has_the_offset_of_the_zone() -> None:
    at = local_time(1_700_000_000_123, "Europe/Berlin")

    assert at.isoformat(timespec="milliseconds") == "2023-11-14T23:13:20.123+01:00"


def test_local_time_in_an_unknown_zone_is_utc() -> None:
    assert local_time(0, "Nowhere/Land").utcoffset() == timedelta(0)


@pytest.mark.parametrize("ms", [2**53 - 1, 253_402_300_799_999, -(2**53 - 1)])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
def test_local_time_of_an_absurd_clock_is_cut_off(ms: int, zone: str) -> None:
    assert local_time(ms, zone).year == (9999 if ms > 0 else 1)
