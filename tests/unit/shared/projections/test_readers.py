"""Who could see a lane when: replaying the grants gives exactly who was let in."""

from datetime import UTC, datetime

import pytest

from tests.support.entries import CARE, START, a_text, an_entry
from trailmark_shared.domain.consent import CONSENT_TEXTS, consent_sha256
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.readers import could_see, readings

HOUR = 3600_000


def granted(number: int, grant: int, *, confirmed: bool = True, **terms: object) -> Entry:
    consent = terms.pop("consent", ConsentText(version=2, sha256=consent_sha256(2)))
    data = AccessGranted(
        member=a_text(7),
        name="Dr Demo",
        role="therapist",
        classes=("goals",),
        consent=consent,  # pyright: ignore[reportArgumentType]
        **terms,  # pyright: ignore[reportArgumentType]
    )
    return an_entry(number, data, subject=grant, lane=CARE, confirmed=confirmed, delay=0)


def revoked(number: int, grant: int, replaced_by: str | None = None) -> Entry:
    data = AccessRevoked(replaced_by=replaced_by)
    return an_entry(number, data, subject=grant, lane=CARE, delay=0)


def names(grants: list[list[Entry]], at: int, lane: str = CARE) -> list[str]:
    return [each.name for each in could_see(readings(grants), lane, START + at * 1000)]


def test_from_the_grant_to_its_end_and_in_no_other_lane() -> None:
    grants = [[granted(10, 50), revoked(20, 50)]]

    assert [names(grants, at) for at in (9, 10, 19, 20)] == [[], ["Dr Demo"], ["Dr Demo"], []]
    assert names(grants, 15, "care/other") == []


def test_a_grant_that_is_not_sent_lets_nobody_in() -> None:
    assert names([[granted(10, 50, confirmed=False)]], 15) == []


def test_a_revocation_alone_tells_of_nobody() -> None:
    assert readings([[revoked(10, 50)], []]) == ()


@pytest.mark.parametrize(("hours", "seen"), [(35, ["Dr Demo"]), (36, [])])
def test_a_last_day_lasts_until_it_has_ended_everywhere(hours: int, seen: list[str]) -> None:
    day = datetime(2026, 9, 22, tzinfo=UTC)
    grants = [[granted(10, 50, until="2026-09-22")]]
    at = (int(day.timestamp() * 1000) + hours * HOUR - START) // 1000

    assert names(grants, at) == seen


@pytest.mark.parametrize(("at", "seen"), [(2**53 - 1, []), (-(2**53), [])])
def test_an_absurd_time_is_before_or_behind_everything(at: int, seen: list[str]) -> None:
    grants = [[granted(10, 50, until="2026-09-22")]]

    assert [each.name for each in could_see(readings(grants), CARE, at)] == seen


def test_the_words_are_those_that_were_shown() -> None:
    [known] = readings([[granted(10, 50)]])
    [other] = readings([[granted(10, 50, consent=ConsentText(version=2, sha256="0" * 64))]])
    [newer] = readings([[granted(10, 50, consent=ConsentText(version=9, sha256="0" * 64))]])

    assert [known.words, other.words, newer.words] == [CONSENT_TEXTS[2], None, None]


def test_other_terms_go_on_where_the_earlier_ones_end() -> None:
    grants = [
        [granted(10, 50), revoked(20, 50, a_text(51))],
        [granted(20, 51, replaces=a_text(50))],
    ]

    assert [names(grants, at) for at in (15, 25)] == [["Dr Demo"], ["Dr Demo"]]


def test_a_stop_ends_what_took_its_place_on_another_device_too() -> None:
    grants = [[granted(10, 50), revoked(30, 50)], [granted(20, 51, replaces=a_text(50))]]

    assert [names(grants, at) for at in (25, 35)] == [["Dr Demo"] * 2, []]


def test_grants_that_name_each_other_end_nowhere_else() -> None:
    """No honest device writes a ring; reading one comes to an end all the same."""
    grants = [[granted(10, 50, replaces=a_text(51))], [granted(10, 51, replaces=a_text(50))]]
    unknown = [[granted(10, 50, replaces=a_text(99))]]

    assert names(grants, 15) == ["Dr Demo"] * 2
    assert names(unknown, 15) == ["Dr Demo"]
