"""Whoever holds an export finds what was changed in it, and which entry is the first."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.support.exports import (
    CIPHER,
    KEYS,
    SEEDS,
    a_lane,
    check,
    consents,
    header_for,
    lines_of,
    placed,
    row_of,
    signed,
    words_at,
    written_again,
)
from tests.support.lane_devices import ACTOR, LaneDevice
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.exports import check as check_module
from trailmark_shared.exports.check import LaneCheck
from trailmark_shared.exports.format import ExportHeader, exported_key, line_from_header
from trailmark_shared.ids import text_from_id
from trailmark_shared.phrases import ToldHead, told_head_from_text

Lines = list[bytes]


def changed(line: bytes, **members: Any) -> bytes:  # noqa: ANN401
    return json.dumps({**json.loads(line), **members}).encode()


def what(lines: Lines, told: ToldHead | None = None) -> list[tuple[str, int | None]]:
    return [(each.what, each.seq) for each in check(lines, told).misfits]


def with_header(lines: Lines, change: Callable[[ExportHeader], ExportHeader]) -> Lines:
    header = LaneCheck(CIPHER).begin(lines[0])
    return [line_from_header(change(header)), *lines[1:]]


def cut(rows: list[Row]) -> list[Row]:
    """Cut the tail off."""
    return rows[:-1]


def reorder(rows: list[Row]) -> list[Row]:
    """Let one device's entry come before another's."""
    return [rows[0], rows[3], *rows[1:3], *rows[4:]]


def another_actor(rows: list[Row]) -> list[Row]:
    """Say that the person wrote what a member wrote."""
    return [*rows[:6], msgspec.structs.replace(rows[6], actor="person"), rows[7]]


def another_time(rows: list[Row]) -> list[Row]:
    """Say that the last entry arrived long ago."""
    return [*rows[:7], msgspec.structs.replace(rows[7], received_at=1)]


def refuse_afterwards(rows: list[Row]) -> list[Row]:
    """Say that the last entry was refused."""
    stub = without_body(rows[7].event)
    return [*rows[:7], msgspec.structs.replace(rows[7], event=stub, code="too_large")]


UNSEEN = [cut, reorder, another_actor, another_time, refuse_afterwards]
"""What a server can do to a log before it signs it without leaving a trace in the log itself."""


class TestWhole:
    """An export that nobody touched."""

    def test_it_verifies_to_its_end(self) -> None:
        rows = a_lane()
        found = check(lines_of(rows), words_at(rows, 8))

        assert (8, 8, (), 0, True) == (
            found.entries,
            found.verified_to,
            found.misfits,
            found.aside,
            found.words_match,
        )
        assert words_at(rows, 8).words == found.words

    @pytest.mark.parametrize("seq", [1, 5, 8])
    def test_words_of_an_earlier_entry_are_found_there(self, seq: int) -> None:
        rows = a_lane()

        assert check(lines_of(rows), words_at(rows, seq)).words_match

    def test_words_without_a_number_are_of_the_last_entry(self) -> None:
        rows = a_lane()
        typed = words_at(rows, 8).words.upper().replace(" ", "-")

        assert check(lines_of(rows), told_head_from_text(typed)).words_match

    def test_a_lane_without_entries_verifies(self) -> None:
        header = msgspec.structs.replace(header_for([], None), made_for=None)
        found = check([line_from_header(header)])

        assert (0, 0, (), "", None) == (
            found.entries,
            found.verified_to,
            found.misfits,
            found.words,
            found.words_match,
        )

    def test_a_head_of_a_former_key_counts(self) -> None:
        rows = a_lane()

        assert [] == what(lines_of(rows, header_for(rows, signed(rows, SEEDS[0]))))

    def test_rows_taken_back_after_a_restore_are_no_misfits(self) -> None:
        """They stand again under a new place, as a repeated stub, or aside."""
        device, lost = LaneDevice(), LaneDevice(seed=2)
        grant, goal = device.grants(), device.shares()
        lost.shares("nobody has this one any more")
        rows = placed(
            [
                row_of(grant),
                row_of(goal),
                row_of(lost.shares("behind a gap"), code="aside"),
                row_of(without_body(goal), code="duplicate"),
                row_of(lost.shares("goes on"), code="aside"),
                row_of(device.shares()),
            ]
        )
        found = check(lines_of(rows))

        assert (6, (), 2) == (found.verified_to, found.misfits, found.aside)

    def test_words_may_stand_before_or_behind_a_stub_of_them(self) -> None:
        device = LaneDevice()
        grant, goal = row_of(device.grants()), device.shares()
        whole, stub = row_of(goal), row_of(without_body(goal))

        assert [] == what(lines_of(placed([grant, stub, whole])))
        assert [] == what(lines_of(placed([grant, whole, stub])))

    def test_the_first_of_two_grants_under_one_id_counts(self) -> None:
        device = LaneDevice()
        rows = placed(
            [
                row_of(device.grants()),
                row_of(device.revokes()),
                row_of(device.grants()),
                row_of(device.revokes()),
            ]
        )
        header = msgspec.structs.replace(header_for(rows, signed(rows)), consents=consents(2))

        assert [] == what(lines_of(rows, header))


class TestChangedFile:
    """A line was changed, taken away or moved, and nothing else."""

    @pytest.mark.parametrize(
        ("members", "expected"),
        [
            ({"body": "{}"}, {"body"}),
            ({"salt": "00" * 16}, {"body"}),
            ({"salt": None}, {"body"}),
            ({"body": None}, {"body"}),
            ({"commit": "00" * 32}, {"body", "hash"}),
            ({"id": text_from_id(bytes(16))}, {"hash"}),
            ({"device": text_from_id(bytes(16))}, {"hash", "chain"}),
            ({"dseq": 9}, {"hash", "chain"}),
            ({"key": "11" * 8}, {"hash"}),
            ({"prev": "00" * 32}, {"hash", "chain"}),
            ({"received_at": 1}, {"lane"}),
            ({"offset": 1}, {"lane"}),
            ({"actor": ACTOR}, {"lane"}),
            ({"code": "too_large"}, {"lane", "body"}),
            ({"code": "aside"}, {"lane"}),
            ({"hash": "zz"}, {"format"}),
        ],
    )
    def test_the_entry_is_named(self, members: dict[str, Any], expected: set[str]) -> None:
        lines = lines_of(a_lane())
        lines[2] = changed(lines[2], **members)
        found = check(lines)

        assert expected == {each.what for each in found.misfits if each.seq == 2}
        assert 1 == found.verified_to

    def test_a_row_that_is_gone_is_missed_in_its_place(self) -> None:
        lines = lines_of(a_lane())
        del lines[4]

        assert ("seq", 4) in what(lines)
        assert 3 == check(lines).verified_to

    def test_rows_that_changed_places_are_named(self) -> None:
        lines = lines_of(a_lane())
        lines[4], lines[5] = lines[5], lines[4]

        assert 3 == check(lines).verified_to

    def test_a_cut_file_says_so(self) -> None:
        rows = a_lane()
        found = check(lines_of(rows)[:-1], words_at(rows, 8))

        assert {"entries", "head", "words"} == {each.what for each in found.misfits}
        assert (7, False) == (found.verified_to, found.words_match)

    def test_no_more_misfits_are_told_than_the_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(check_module, "MISFITS_MAX", 2)
        lines = lines_of(a_lane())
        found = check([lines[0], *(changed(line, actor="x") for line in lines[1:])])

        assert (2, 8, 0) == (len(found.misfits), found.misfits_in_all, found.verified_to)


class TestRewrittenLog:
    """Whoever holds the server's key changed the log and computed every hash again."""

    def rewritten(self, change: Callable[[list[Row]], list[Row]]) -> tuple[Lines, list[Row]]:
        rows = a_lane()
        return lines_of(placed(change(list(rows)))), rows

    def test_other_words_break_the_chain_of_their_device(self) -> None:
        def alter(rows: list[Row]) -> list[Row]:
            event = written_again(rows[1].event, body=rows[3].event.body)
            rows[1] = msgspec.structs.replace(rows[1], event=event)
            return rows

        lines, _ = self.rewritten(alter)

        assert [("chain", 5)] == what(lines)

    def test_a_row_dropped_in_the_middle_leaves_a_gap_in_its_device(self) -> None:
        lines, _ = self.rewritten(lambda rows: [*rows[:1], *rows[2:]])

        assert [("chain", 4)] == what(lines)

    def test_rows_of_one_device_cannot_change_places(self) -> None:
        lines, _ = self.rewritten(lambda rows: [rows[0], rows[4], *rows[1:4], *rows[5:]])

        assert ("chain", 2) == what(lines)[0]

    @pytest.mark.parametrize("change", UNSEEN)
    def test_what_only_the_words_tell(self, change: Callable[[list[Row]], list[Row]]) -> None:
        """It verifies in itself; the person's device shows other words."""
        lines, rows = self.rewritten(change)

        assert [] == what(lines)
        assert [("words", None)] == what(lines, words_at(rows, 8))

    def test_a_row_in_somebodys_name_is_not_found_but_by_the_words(self) -> None:
        """Devices do not sign yet: a made-up device of the person writes what it likes."""
        invented = LaneDevice(seed=9).shares("never written")
        lines, rows = self.rewritten(lambda kept: [*kept, row_of(invented)])

        assert [] == what(lines)
        assert check(lines, words_at(rows, 8)).words_match
        assert [("words", None)] == what(
            lines_of(placed([*rows[:4], row_of(invented), *rows[4:]])), words_at(rows, 8)
        )

    def test_two_entries_with_words_under_one_id_are_named(self) -> None:
        """The later one would be shown in place of the first."""

        def repeat(event: Event) -> Event:
            other = LaneDevice(seed=9)
            return other.write(b'{"other":"words"}', event_id=event.id)

        lines, _ = self.rewritten(lambda rows: [*rows, row_of(repeat(rows[1].event))])

        assert [("id", 9)] == what(lines)

    def test_the_same_words_twice_are_named_too(self) -> None:
        lines, _ = self.rewritten(lambda rows: [*rows, rows[1]])

        assert [("id", 9)] == what(lines)

    def test_words_gone_without_a_reason_are_named(self) -> None:
        def strip(rows: list[Row]) -> list[Row]:
            rows[1] = msgspec.structs.replace(rows[1], event=without_body(rows[1].event))
            return rows

        lines, _ = self.rewritten(strip)

        assert [("body", 2)] == what(lines)
        assert 1 == check(lines).verified_to


class TestTop:
    """The header: keys, head, terms."""

    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            (KEYS[1:], ["keys"]),
            ([KEYS[0], msgspec.structs.replace(KEYS[1], since=9)], ["keys"]),
            (KEYS[:1], ["head"]),
        ],
    )
    def test_keys_that_do_not_follow_are_named(self, keys: list[Any], expected: list[str]) -> None:
        told = tuple(map(exported_key, keys))
        lines = with_header(
            lines_of(a_lane()), lambda header: msgspec.structs.replace(header, keys=told)
        )

        assert expected == [each.what for each in check(lines).misfits]

    def test_entries_without_a_signature_are_named(self) -> None:
        rows = a_lane()

        assert [("head", None)] == what(lines_of(rows, header_for(rows, None)))

    def test_terms_that_are_not_those_of_the_entries_are_named(self) -> None:
        (consent,) = consents()
        for changed_one in (
            msgspec.structs.replace(consent, version=1),
            msgspec.structs.replace(consent, name="Dr Other"),
            msgspec.structs.replace(consent, classes=("goals", "reflections")),
            msgspec.structs.replace(consent, until="2030-01-01"),
            msgspec.structs.replace(consent, actions=("view", "comment", "export")),
            msgspec.structs.replace(consent, purpose="treatment"),
            msgspec.structs.replace(consent, history="all"),
            msgspec.structs.replace(consent, since="2020-01-01"),
            msgspec.structs.replace(consent, text="All of it."),
            msgspec.structs.replace(consent, revoked_seq=3),
            msgspec.structs.replace(consent, grant=text_from_id(bytes(16))),
        ):
            lines = with_header(
                lines_of(a_lane()),
                lambda header, one=changed_one: msgspec.structs.replace(header, consents=(one,)),
            )

            assert [("consent", None)] == what(lines)

    def test_a_grant_that_stands_on_top_twice_is_named(self) -> None:
        def twice(header: ExportHeader) -> ExportHeader:
            return msgspec.structs.replace(header, consents=header.consents * 2)

        assert [("consent", None)] == what(with_header(lines_of(a_lane()), twice))

    def test_a_writer_that_does_not_know_a_consent_text_may_leave_it_out(self) -> None:
        def without_text(header: ExportHeader) -> ExportHeader:
            (consent,) = header.consents
            bare = msgspec.structs.replace(consent, text=None)
            return msgspec.structs.replace(header, consents=(bare,))

        assert [] == what(with_header(lines_of(a_lane()), without_text))

    @pytest.mark.parametrize(
        "members", [{"id": text_from_id(bytes(16))}, {"name": "Dr Other"}, {"role": "supporter"}]
    )
    def test_a_copy_for_somebody_who_was_never_let_in_is_named(
        self, members: dict[str, str]
    ) -> None:
        def for_another(header: ExportHeader) -> ExportHeader:
            assert header.made_for is not None
            other = msgspec.structs.replace(header.made_for, **members)
            return msgspec.structs.replace(header, made_for=other)

        assert [("consent", None)] == what(with_header(lines_of(a_lane()), for_another))

    def test_something_else_than_an_export_is_refused(self) -> None:
        with pytest.raises(EventDataError):
            LaneCheck(CIPHER).begin(b"{}")

    def test_words_before_the_first_entry_are_no_words(self) -> None:
        rows = a_lane()

        assert [("words", None)] == what(lines_of(rows), ToldHead(0, words_at(rows, 1).words))


def test_bodies_that_only_look_like_grants_say_nothing() -> None:
    device = LaneDevice()
    rows = placed(
        [
            row_of(device.grants()),
            row_of(device.write(b'["access_granted"')),
            row_of(device.shares("access_granted")),
        ]
    )

    assert [] == what(lines_of(rows))
