"""Bodies to bytes and back: every version ever shipped, every bound, and hostile bytes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.entries import a_body, body_bytes, golden_files
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError, LimitExceededError
from trailmark_shared.events.body import Body, Reason, UnknownData
from trailmark_shared.events.codec import (
    check_size_and_depth,
    decode_body,
    encode_body,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalDrafted, GoalReworded
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.registry import EVENT_TYPES, EventType

WORDS = "only for me"


def plain_body(**members: object) -> dict[str, Any]:
    body = json.loads(encode_body(a_body(GoalDrafted(title=WORDS))))
    return {name: value for name, value in {**body, **members}.items() if value is not None}


def refusal(data: bytes) -> EventDataError:
    with pytest.raises(EventDataError) as caught:
        decode_body(data)
    return caught.value


@pytest.mark.parametrize(
    "path", golden_files("events"), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
class TestGoldenBodies:
    def test_a_body_ever_shipped_is_still_read(self, path: Path) -> None:
        golden = json.loads(path.read_bytes())
        body = decode_body(body_bytes(golden["body"]))
        read = {name: getattr(body.data, name) for name in body.data.__struct_fields__}
        said = {name: value for name, value in read.items() if value is not msgspec.UNSET}
        expected = golden["expected"]["data"]
        added = {name: value for name, value in said.items() if name not in expected}
        defaults = {each.name: each.default for each in msgspec.structs.fields(body.data)}

        assert isinstance(body.data, EventData)
        assert expected == json.loads(msgspec.json.encode({k: said[k] for k in expected}))
        # A field that was added to a version since then says nothing about a body from before.
        assert added == {name: defaults[name] for name in added}

    def test_a_current_body_is_written_byte_for_byte(self, path: Path) -> None:
        golden = json.loads(path.read_bytes())
        data = body_bytes(golden["body"])
        if golden["body"]["ver"] == EVENT_TYPES[golden["body"]["type"]].ver:
            assert encode_body(decode_body(data)) == data


class TestUnknown:
    @pytest.mark.parametrize(("name", "ver"), [("goal_dreamt", 1), ("goal_drafted", 2)])
    def test_what_this_build_does_not_know_keeps_its_bytes(self, name: str, ver: int) -> None:
        data = body_bytes(plain_body(type=name, ver=ver, data=None))
        raw = b'{ "later": [1.50,  "\\u00e9"] }'
        data = data.removesuffix(b"}") + b',"data":' + raw + b"}"
        body = decode_body(data)

        assert UnknownData(raw) == body.data
        assert (name, ver) == (body.type, body.ver)
        assert encode_body(body) == data

    def test_new_optional_members_are_no_reason_to_refuse(self) -> None:
        body = decode_body(body_bytes(plain_body(later=1, data={"title": WORDS, "colour": "red"})))

        assert GoalDrafted(title=WORDS) == body.data


class Walked(EventData, frozen=True, kw_only=True):
    """A type that only this test knows, at its third version."""

    steps: int
    where: str


class TestUpcasting:
    types: Mapping[str, EventType] = {
        "walked": EventType(
            name="walked",
            ver=3,
            data=Walked,
            kind="win",
            lanes=frozenset(),
            writers=frozenset(),
            reason_required=False,
            sets=(),
            carries=(),
            is_control=False,
            meaning="",
        )
    }

    @staticmethod
    def count_steps(data: dict[str, Any]) -> dict[str, Any]:
        data["steps"] = data.pop("kilometres") * 1300
        return data

    @staticmethod
    def add_place(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "where": "outside"}

    def decode(self, ver: int, data: dict[str, Any]) -> Body:
        upcasters = {("walked", 1): self.count_steps, ("walked", 2): self.add_place}
        return decode_body(
            body_bytes(plain_body(type="walked", ver=ver, data=data)), self.types, upcasters
        )

    def test_old_data_is_made_current_step_by_step(self) -> None:
        body = self.decode(1, {"kilometres": 2})

        assert Walked(steps=2600, where="outside") == body.data
        assert body.ver == 3

    def test_a_newer_version_starts_later(self) -> None:
        assert Walked(steps=5, where="outside") == self.decode(2, {"steps": 5}).data

    def test_current_data_is_not_touched(self) -> None:
        assert Walked(steps=5, where="in") == self.decode(3, {"steps": 5, "where": "in"}).data

    def test_old_data_that_is_no_object_is_malformed(self) -> None:
        data = body_bytes(plain_body(type="walked", ver=1, data=[]))
        with pytest.raises(EventDataError, match=r"at \$\.data\Z"):
            decode_body(data, self.types, {})


class TestMalformed:
    @pytest.mark.parametrize(
        ("members", "path"),
        [
            ({"type": "Goal Drafted"}, "$.type"),
            ({"ver": 0}, "$.ver"),
            ({"ver": 10**30}, "$.ver"),
            ({"subject": "SHOUTED" + "0" * 19}, "$.subject"),
            ({"subject": "8" + "0" * 25}, "$.subject"),
            ({"occurred_at": "yesterday"}, "$.occurred_at"),
            ({"occurred_at": "2026-09-21T16:13:20"}, "$.occurred_at"),
            ({"zone": "Europe Berlin"}, "$.zone"),
            ({"day": "2026-02-29"}, "$.day"),
            ({"recorded_at": 2**53}, "$.recorded_at"),
            ({"recorded_at": 1.5}, "$.recorded_at"),
            ({"reason": {"code": "New Insight"}}, "$.reason.code"),
            ({"base": ["short"]}, "$.base[0]"),
            ({"cause": 7}, "$.cause"),
            ({"data": None}, "$"),
            ({"data": {"title": 7}}, "$.data.title"),
            ({"data": {"title": ""}}, "$.data.title"),
            ({"data": {}}, "$.data"),
            ({"data": {"title": "t", "priority": WORDS}}, "$.data.priority"),
        ],
    )
    def test_the_error_names_the_place_and_no_word(
        self, members: dict[str, Any], path: str
    ) -> None:
        error = refusal(body_bytes(plain_body(**members)))

        assert error.code == ErrorCode.MALFORMED_BODY
        assert error.message.endswith(f"at {path}")
        assert WORDS not in error.message

    @pytest.mark.parametrize(
        "data",
        [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"type":"\\ud800"}', b'{"type":"a\xc3"}'],
    )
    def test_bytes_that_are_no_body_are_malformed(self, data: bytes) -> None:
        assert refusal(data).code == ErrorCode.MALFORMED_BODY

    @given(st.binary(max_size=200))
    def test_any_bytes_give_a_body_or_our_error(self, data: bytes) -> None:
        with pytest.raises(EventDataError):
            decode_body(data)


class TestBounds:
    def test_the_longest_text_fits(self) -> None:
        text = "\N{GRINNING FACE}" * limits.TEXT_CHARS_MAX
        body = a_body(ReflectionWritten(text=text))

        assert decode_body(encode_body(body)) == body

    @pytest.mark.parametrize(
        ("members", "limit", "actual", "maximum"),
        [
            ({"data": {"title": "t" * 301}}, "$.data.title", 301, limits.TITLE_CHARS_MAX),
            ({"base": ["0" * 26] * 257}, "$.base", 257, limits.BASE_IDS_MAX),
            (
                {"reason": {"code": "other", "text": "t" * 10_001}},
                "$.reason.text",
                10_001,
                limits.TEXT_CHARS_MAX,
            ),
            (
                {"type": "reflection_written", "data": {"text": "t", "tags": ["a", "b" * 301]}},
                "$.data.tags[1]",
                301,
                limits.TITLE_CHARS_MAX,
            ),
        ],
    )
    def test_a_text_or_list_that_is_too_long_is_named(
        self, members: dict[str, Any], limit: str, actual: int, maximum: int
    ) -> None:
        error = refusal(body_bytes(plain_body(**members)))

        assert isinstance(error, LimitExceededError)
        assert (limit, actual, maximum) == (error.limit, error.actual, error.maximum)

    @pytest.mark.parametrize("number", [b"1e999", b"9" * 5000])
    def test_a_number_beside_it_that_nobody_decodes_hides_no_length(self, number: bytes) -> None:
        data = body_bytes(plain_body(data={"title": "t" * 301}))

        error = refusal(data.replace(b'{"title"', b'{"new":' + number + b',"title"'))

        assert ErrorCode.TOO_LARGE == error.code

    def test_a_body_that_is_too_large_is_not_decoded(self) -> None:
        error = refusal(b" " * (limits.BODY_BYTES_MAX + 1))

        assert isinstance(error, LimitExceededError)
        assert error.limit == "body_bytes"

    def test_the_largest_body_is_looked_at(self) -> None:
        check_size_and_depth(b" " * limits.BODY_BYTES_MAX)

    @pytest.mark.parametrize("brackets", [b"[]", b"{}"])
    def test_deep_nesting_never_reaches_the_decoder(self, brackets: bytes) -> None:
        deep = brackets[:1] * (limits.BODY_DEPTH_MAX + 1)

        assert refusal(deep + brackets[1:]).code == ErrorCode.TOO_DEEP

    @pytest.mark.parametrize(
        "data",
        [
            b"[]" * 1000,
            b"[" * limits.BODY_DEPTH_MAX + b"]" * limits.BODY_DEPTH_MAX + b"[]",
            b'["' + b"[{" * 1000 + b'"]',
            b'["\\"' + b"[" * 1000 + b'"]',
            b'["\\\\",' + b"[]," * 1000 + b"0]",
        ],
    )
    def test_brackets_beside_each_other_or_in_texts_are_not_deep(self, data: bytes) -> None:
        check_size_and_depth(data)

    def test_a_bracket_after_an_escaped_backslash_counts(self) -> None:
        data = b'["\\\\",' + b"[" * limits.BODY_DEPTH_MAX

        assert refusal(data).code == ErrorCode.TOO_DEEP

    def test_a_text_without_end_takes_linear_time(self) -> None:
        """A pattern that tried every quote as a start would take minutes here."""
        check_size_and_depth(b"[]" * 20 + b'"' + b'\\"' * 30_000)


class TestWriting:
    def test_a_change_of_meaning_says_why(self) -> None:
        body = msgspec.structs.replace(a_body(GoalReworded(title="t")), reason=None)
        with pytest.raises(EventDataError, match="goal_reworded says why") as caught:
            encode_body(body)

        assert caught.value.code == ErrorCode.REASON_REQUIRED

    def test_what_a_reader_would_refuse_is_not_written(self) -> None:
        with pytest.raises(LimitExceededError, match=r"\$\.data\.title: 301 is more than 300"):
            encode_body(a_body(GoalDrafted(title="t" * 301)))

    def test_data_of_another_type_is_not_written(self) -> None:
        body = msgspec.structs.replace(a_body(GoalDrafted(title="t")), type="goal_shared")
        with pytest.raises(EventDataError):
            encode_body(body)

    def test_half_a_character_is_not_written(self) -> None:
        with pytest.raises(EventDataError):
            encode_body(a_body(GoalDrafted(title="\ud800")))

    def test_everything_optional_survives(self) -> None:
        body = a_body(
            GoalReworded(title="t"), base=(1, 2), cause=3, reason=Reason(code="other", text="w")
        )

        assert decode_body(encode_body(body)) == body
