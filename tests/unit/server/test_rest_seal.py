"""Bodies at rest open only with the right key, in the right space, for the right event."""

import pytest

from tests.support.fakes import SeededRandomness
from tests.support.lane_devices import CARE, CIRCLE, OTHER_SPACE, SPACE
from trailmark_adapters.nacl import NaclCipher
from trailmark_server.rest_seal import SPACE_KEY_BYTES, RestSeal
from trailmark_shared.errors import SealError
from trailmark_shared.ids import EventId, SpaceId

EVENT = EventId(b"e" * 16)
KEY = b"k" * SPACE_KEY_BYTES


def seal(space: SpaceId = SPACE, key: bytes = KEY) -> RestSeal:
    return RestSeal(NaclCipher(), SeededRandomness(), space, key)


def test_a_body_comes_back() -> None:
    mine = seal()
    stored = mine.seal(EVENT, b"words")
    assert b"words" == mine.open(EVENT, stored)
    assert b"words" not in stored
    assert stored != mine.seal(EVENT, b"words")


def test_a_body_fits_nowhere_else() -> None:
    stored = seal().seal(EVENT, b"words")
    for other, event in (
        (seal(), EventId(b"f" * 16)),
        (seal(OTHER_SPACE), EVENT),
        (seal(key=b"l" * SPACE_KEY_BYTES), EVENT),
    ):
        with pytest.raises(SealError):
            other.open(event, stored)


def test_a_document_fits_only_its_subject_and_lane() -> None:
    mine, subject = seal(), b"u" * 16
    stored = mine.seal_document(CARE, subject, b"words")
    assert b"words" == mine.open_document(CARE, subject, stored)
    assert b"words" not in stored
    for other, lane, about in (
        (mine, CIRCLE, subject),
        (mine, CARE, b"v" * 16),
        (seal(OTHER_SPACE), CARE, subject),
        (seal(key=b"l" * SPACE_KEY_BYTES), CARE, subject),
    ):
        with pytest.raises(SealError):
            other.open_document(lane, about, stored)
    with pytest.raises(SealError):
        mine.open(EventId(subject), stored)


def test_altered_bytes_do_not_open() -> None:
    stored = seal().seal(EVENT, b"words")
    for place in range(len(stored)):
        altered = stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :]
        with pytest.raises(SealError):
            seal().open(EVENT, altered)
