"""Every row of the account tables says of itself what it is when it is kept elsewhere."""

import msgspec

from tests.contracts.account_sign_in import CHALLENGE, NOTICE, PASSKEY, PASSWORD, SESSION, TRIES
from tests.contracts.accounts import PHONE, THERAPIST


def test_rows_survive_a_round_trip_as_plain_values() -> None:
    kept = (THERAPIST, PHONE, PASSWORD, PASSKEY, CHALLENGE, NOTICE, TRIES, SESSION)
    for row in kept:
        assert row == msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=type(row))
