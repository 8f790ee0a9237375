"""docs/protocol.md, "Ids and lanes": Crockford base 32, one canonical form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared import ids, limits
from trailmark_shared.errors import ErrorCode, EventDataError

ONES = "0" * 25 + "1"


class TestText:
    """26 characters, most significant first, two zero bits on the left."""

    @given(st.binary(min_size=16, max_size=16))
    def test_comes_back(self, value: bytes) -> None:
        text = ids.text_from_id(value)

        assert value == ids.id_from_text(text)
        assert ids.is_canonical_id(text)

    @given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
    def test_sorts_as_the_bytes_do(self, one: bytes, other: bytes) -> None:
        assert (one < other) == (ids.text_from_id(one) < ids.text_from_id(other))

    def test_known_values(self) -> None:
        assert "0" * 26 == ids.text_from_id(bytes(16))
        assert "7" + "z" * 25 == ids.text_from_id(b"\xff" * 16)
        assert ONES == ids.text_from_id(bytes(15) + b"\x01")

    @pytest.mark.parametrize("typed", [ONES.upper(), "O" * 25 + "I", "o" * 25 + "l"])
    def test_look_alikes_are_read_as_meant(self, typed: str) -> None:
        assert bytes(15) + b"\x01" == ids.id_from_text(typed)
        assert not ids.is_canonical_id(typed) or typed == ONES

    @pytest.mark.parametrize(
        "text", ["", "0" * 25, "0" * 27, "8" + "0" * 25, "u" + "0" * 25, "0" * 25 + "\n"]
    )
    def test_what_is_no_id_is_named(self, text: str) -> None:
        assert not ids.is_canonical_id(text)
        with pytest.raises(EventDataError) as caught:
            ids.id_from_text(text)

        assert caught.value.code is ErrorCode.MALFORMED_ID


class TestLanes:
    """``self``, ``care/<id>``, ``circle/<id>``."""

    @given(st.binary(min_size=16, max_size=16))
    def test_made_names_are_names(self, random: bytes) -> None:
        for lane in (ids.care_lane(random), ids.circle_lane(random)):
            assert ids.is_lane(lane)
            assert limits.LANE_NAME_CHARS_MAX >= len(lane)

    def test_self_is_one(self) -> None:
        assert ids.is_lane(ids.SELF)

    @pytest.mark.parametrize(
        "name", ["", "self\n", "care/", "plan/" + "0" * 26, "care/8" + "0" * 25]
    )
    def test_others_are_not(self, name: str) -> None:
        assert not ids.is_lane(name)


def test_second_marks_of_two_people_differ() -> None:
    assert "000-000" == ids.second_mark(ids.SpaceId(bytes(16)))
    assert "000-001" == ids.second_mark(ids.SpaceId(bytes(15) + b"\1"))


class TestNeighbouringId:
    def test_events_that_follow_each_other_stand_together_in_an_index(self) -> None:
        made = [
            ids.neighbouring_id(bytes((number % 251,)) * 16, ids.Epoch(b"\7" * 8), number)
            for number in range(1, ids.NEIGHBOURS + 1)
        ]

        assert {each[0] for each in made} == {7}

    def test_all_but_the_first_byte_is_chance(self) -> None:
        token = bytes(range(16))

        assert ids.neighbouring_id(token, ids.Epoch(b"\7" * 8), 3)[1:] == token[1:]

    def test_later_ones_stand_behind_and_begin_again_after_the_last_place(self) -> None:
        epoch = ids.Epoch(b"\xfe" * 8)

        made = [
            ids.neighbouring_id(bytes(16), epoch, ids.NEIGHBOURS * turn + 1) for turn in range(3)
        ]

        assert [each[0] for each in made] == [254, 255, 0]
