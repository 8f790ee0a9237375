"""PHQ-9 and GAD-7 as they ship: their words as published, their sums, their notice."""

from hashlib import sha256

import msgspec
import pytest

from trailmark_shared.domain.instruments import Instrument, decode_instrument, offers_help, score_of
from trailmark_shared.domain.shipped_instruments import GAD_7, PHQ_9, SHIPPED


@pytest.mark.parametrize(
    ("instrument", "scored", "highest"), [(PHQ_9, 9, 27), (GAD_7, 7, 21)], ids=["phq-9", "gad-7"]
)
def test_it_adds_up_as_published(instrument: Instrument, scored: int, highest: int) -> None:
    assert scored == sum(each.is_scored for each in instrument.items)
    assert len(instrument.items) == scored + 1
    assert score_of(instrument, [3] * (scored + 1)) == highest
    assert score_of(instrument, [0] * (scored + 1)) == 0


@pytest.mark.parametrize("instrument", SHIPPED.values(), ids=SHIPPED)
def test_it_says_whose_it_is_and_what_is_allowed(instrument: Instrument) -> None:
    assert "No permission required to reproduce, translate, display or distribute." in (
        instrument.notice
    )
    assert "Spitzer" in instrument.notice
    assert decode_instrument(msgspec.json.encode(instrument)) == instrument


def test_only_the_ninth_question_offers_help() -> None:
    assert [9] == [n for n, each in enumerate(PHQ_9.items, start=1) if each.offers_help]
    assert offers_help(PHQ_9, [*[0] * 8, 1, 0])
    assert not offers_help(PHQ_9, [*[3] * 8, 0, 3])
    assert not offers_help(GAD_7, [3] * 8)


def test_a_changed_word_is_another_version() -> None:
    """The words are what scores are compared by: whoever changes one gives a new version."""
    words = {
        (each.code, each.version): sha256(msgspec.json.encode(each)).hexdigest()[:16]
        for each in SHIPPED.values()
    }

    assert words == {
        ("phq-9", "2001-en"): "af622c34aaba394f",
        ("gad-7", "2006-en"): "4666098d92130890",
    }
