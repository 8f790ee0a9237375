"""The vectors are facts: the code computes today what the files say."""

import json
from pathlib import Path

import pytest

from tests.support.vector_frames import message_as_json
from tests.support.vectors import FILES, GOLDEN, text_of
from trailmark_shared import ids
from trailmark_shared.errors import EventDataError
from trailmark_shared.protocol import frames
from trailmark_shared.protocol.states import CLIENT_MESSAGES, SERVER_MESSAGES

READ_ALONE = {
    "carried.json": "libraries of zlib pack differently; tests/unit/shared/exports reads it",
}
"""Files that are read and not computed anew -> why."""


@pytest.mark.parametrize("name", FILES)
def test_the_code_computes_what_the_file_says(name: str) -> None:
    assert (GOLDEN / name).read_text() == text_of(FILES[name])


def test_every_file_is_computed() -> None:
    folders = (GOLDEN, GOLDEN / "transcripts")
    found = {
        path.relative_to(GOLDEN).as_posix() for folder in folders for path in folder.glob("*.json")
    }

    assert {*FILES, *READ_ALONE} == found


def test_every_message_has_its_frame() -> None:
    told = json.loads((GOLDEN / "frames.json").read_text())

    assert {kind.__name__.lower() for kind in CLIENT_MESSAGES} == {
        case["message"]["t"].replace("_", "") for case in told["client"]
    }
    assert {kind.__name__.lower() for kind in SERVER_MESSAGES} == {
        case["message"]["t"].replace("_", "") for case in told["server"]
    }


@pytest.mark.parametrize(
    "path", sorted((GOLDEN / "transcripts").glob("*.json")), ids=lambda path: path.stem
)
def test_a_transcript_is_made_of_frames(path: Path) -> None:
    for step in json.loads(path.read_text())["steps"]:
        decode = (
            frames.decode_client_frame if step["from"] == "client" else frames.decode_server_frame
        )

        assert step["message"] == message_as_json(decode(bytes.fromhex(step["frame"])))


def test_a_packed_frame_counts_as_the_message_inside() -> None:
    push, page = json.loads((GOLDEN / "frames.json").read_text())["packed"]

    said = frames.decode_client_frame(bytes.fromhex(push["frame"]))
    told = frames.decode_server_frame(bytes.fromhex(page["frame"]))

    assert [push["message"], page["message"]] == [message_as_json(each) for each in (said, told)]


def test_ids_are_read_and_refused_as_the_file_says() -> None:
    told = json.loads((GOLDEN / "ids.json").read_text())

    for case in told["read_as_the_same"]:
        assert ids.id_from_text(case["text"]) == ids.id_from_text(case["typed"])
    for text in told["refused"]:
        with pytest.raises(EventDataError):
            ids.id_from_text(text)
    assert [True] * len(told["lanes"]) == [ids.is_lane(name) for name in told["lanes"]]
    assert [False] * len(told["not_lanes"]) == [ids.is_lane(name) for name in told["not_lanes"]]
