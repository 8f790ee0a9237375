"""One subject, one document: golden documents, and the same document however entries arrived."""

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.entries import (
    a_text,
    an_entry,
    an_id,
    body_bytes,
    entry_from_json,
    golden_files,
)
from trailmark_shared.events import codec
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import (
    GoalCancelled,
    GoalCompleted,
    GoalDrafted,
    GoalPutOnHold,
    GoalReworded,
)
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.proposals import (
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalWithdrawn,
    ProposedValues,
)
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.events.sharing import SharingWished
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections import fold
from trailmark_shared.projections.entries import Entry, entries_of_subject
from trailmark_shared.projections.fold import (
    DOCUMENT_TYPES,
    FOLDS,
    PROJECTION_VERSION,
    Document,
    decode_document,
    fold_subject,
    make_decoders,
)
from trailmark_shared.projections.history import goal_history
from trailmark_shared.projections.state_hash import state_hash
from trailmark_shared.projections.timeline import Names, timeline_row


@pytest.mark.parametrize(
    "path",
    golden_files("folds") + golden_files("conflicts"),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_golden_entries_fold_to_their_document(path: Path) -> None:
    golden = json.loads(path.read_bytes())
    expected = golden["document"]
    document = fold_subject(
        golden["lane"], [entry_from_json(golden["lane"], each) for each in golden["entries"]]
    )

    assert document is not None
    assert golden["projection_version"] == PROJECTION_VERSION
    assert expected["json"] == json.loads(document.json)
    assert (expected["kind"], id_from_text(expected["subject"])) == (
        document.kind,
        document.subject,
    )
    assert (expected["parent"] and id_from_text(expected["parent"])) == document.parent
    assert golden["state_hash"] == state_hash([document]).hex()


@pytest.mark.parametrize(
    "path", golden_files("folds") + golden_files("conflicts"), ids=lambda path: path.stem
)
def test_a_document_reads_back_as_its_struct(path: Path) -> None:
    golden = json.loads(path.read_bytes())
    entries = [entry_from_json(golden["lane"], each) for each in golden["entries"]]
    document = fold_subject(golden["lane"], entries)
    assert document is not None
    struct = decode_document(document)

    assert isinstance(struct, DOCUMENT_TYPES[document.kind])
    assert msgspec.json.encode(struct, order="deterministic") == document.json


def unknown(number: int) -> Entry:
    entry = an_entry(number, WinNoted(text="t"))
    body = msgspec.structs.replace(entry.body, type="goal_dreamt", data=UnknownData(b"{}"))
    return msgspec.structs.replace(entry, body=body)


class TestKinds:
    def test_every_kind_has_a_fold_and_a_document(self) -> None:
        assert set(FOLDS) == set(DOCUMENT_TYPES)

    def test_nothing_understood_is_no_document(self) -> None:
        assert fold_subject("self", [unknown(1)]) is None
        assert fold_subject("self", []) is None

    def test_what_is_not_understood_is_passed_over(self) -> None:
        draft = an_entry(2, GoalDrafted(title="t"))

        assert fold_subject("self", [unknown(1), draft]) == fold_subject("self", [draft])

    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            ((SharingWished(what="goal"), GoalDrafted(title="t")), "goal"),
            ((SubjectErased(events=()), GoalReworded(title="t")), "goal"),
            ((SubjectErased(events=()), SharingWished(what="goal")), "wish"),
            ((GoalDrafted(title="t"), WinNoted(text="t")), "goal"),
            ((SubjectErased(events=()),), "control"),
        ],
    )
    def test_a_subject_is_what_its_entries_say_first(
        self, data: Sequence[EventData], kind: str
    ) -> None:
        entries = [an_entry(number, each) for number, each in enumerate(data, start=1)]
        document = fold_subject("self", entries)

        assert document is not None
        assert document.kind == kind


class TestParents:
    @pytest.mark.parametrize(
        ("data", "parent"),
        [
            (StepAdded(goal=a_text(7), text="t"), an_id(7)),
            (WinNoted(text="t", goal=a_text(7)), an_id(7)),
            (WinNoted(text="t"), None),
            (CommentAdded(text="t", about=a_text(8), goal=a_text(7)), an_id(7)),
            (CommentAdded(text="t", about=a_text(8)), an_id(8)),
            (GoalDrafted(title="t"), None),
        ],
    )
    def test_a_document_hangs_under_its_goal(self, data: EventData, parent: bytes | None) -> None:
        document = fold_subject("self", [an_entry(1, data)])

        assert document is not None
        assert document.parent == parent


_CHANGES = st.sampled_from(
    (
        GoalDrafted(title="draft"),
        GoalReworded(title="a"),
        GoalReworded(title="b", why=None),
        GoalPutOnHold(until="2026-12-01"),
        GoalCompleted(),
        GoalCancelled(),
        SharingWished(what="goal"),
        AgreementRecorded(answer="agree"),
        AgreementRecorded(answer="disagree"),
        GoalAssessedByMember(achievement="improving"),
        ProposalMade(what="goal", values=ProposedValues(title="a")),
        ProposalAccepted(),
        ProposalDeclined(),
        ProposalWithdrawn(),
    )
)


@st.composite
def lanes(draw: st.DrawFn) -> list[Entry]:
    """A confirmed lane of two subjects, written by two devices with any clocks."""
    return [
        an_entry(
            number,
            draw(_CHANGES),
            subject=draw(st.sampled_from((100, 101))),
            device=draw(st.sampled_from((200, 201))),
            at=draw(st.integers(min_value=-100, max_value=100)),
            base=sorted(draw(st.sets(st.integers(min_value=1, max_value=number)))),
        )
        for number in range(1, draw(st.integers(min_value=1, max_value=10)) + 1)
    ]


def documents(entries: Sequence[Entry]) -> list[Document]:
    subjects = {each.body.subject for each in entries}
    folded = [
        fold_subject("self", entries_of_subject(e for e in entries if e.body.subject == subject))
        for subject in subjects
    ]
    return [each for each in folded if each is not None]


def pages(entries: Sequence[Entry], random: Random) -> list[Sequence[Entry]]:
    """Cut a lane into pages; some are sent twice."""
    cuts = sorted({0, len(entries), *(random.randrange(len(entries) + 1) for _ in range(3))})
    cut = [entries[start:end] for start, end in pairwise(cuts)]
    return [page for each in cut for page in [each] * random.choice((1, 1, 2))]


@given(lanes(), st.randoms(use_true_random=False))
def test_a_replica_that_folds_as_pages_arrive_shows_the_same(
    lane: list[Entry], random: Random
) -> None:
    """Only touched subjects are folded again; own entries wait until their page comes."""
    own = [
        msgspec.structs.replace(each, seq=None, received_at=None, offset=None)
        for each in lane
        if each.device == an_id(200)
    ]
    stored: dict[bytes, Entry] = {}
    shown: dict[bytes, Document] = {each.subject: each for each in documents(own)}
    for page in pages(lane, random):
        stored.update((each.id, each) for each in page)
        view = [*stored.values(), *(each for each in own if each.id not in stored)]
        touched = {each.body.subject for each in page}
        fresh = documents([each for each in view if each.body.subject in touched])
        shown.update((each.subject, each) for each in fresh)

    assert state_hash(shown.values()) == state_hash(documents(lane))


@given(lanes())
def test_folding_never_fails_and_never_loses_the_subject(lane: list[Entry]) -> None:
    assert {each.subject for each in documents(lane)} == {each.body.subject for each in lane}


_BODIES = [
    decode_body(body_bytes(json.loads(path.read_bytes())["body"]))
    for path in golden_files("events")
]


@given(st.lists(st.sampled_from(_BODIES), min_size=1, max_size=8))
def test_any_mixture_of_events_about_one_subject_is_folded(bodies: list[Body]) -> None:
    """A hostile or broken writer can put anything under one subject; nothing may raise."""
    entries = [
        msgspec.structs.replace(
            an_entry(number, WinNoted(text="t")),
            body=msgspec.structs.replace(body, subject=an_id(100)),
        )
        for number, body in enumerate(bodies, start=1)
    ]
    document = fold_subject("self", entries)

    assert document is not None
    assert isinstance(decode_document(document), DOCUMENT_TYPES[document.kind])
    assert len(goal_history(entries)) >= len(entries)
    assert all(timeline_row(entry, Names()) is None or entry.body for entry in entries)


THREADS = """
import json
import sys
from pathlib import Path
from threading import Barrier, Thread

from trailmark_shared.projections.fold import Document, decode_document, make_decoders

said = [json.loads(Path(each).read_bytes())["document"] for each in sys.argv[1:]]
documents = [
    Document(
        lane="care",
        kind=each["kind"],
        subject=b"",
        parent=None,
        json=json.dumps(each["json"]).encode(),
    )
    for each in said
]
together = Barrier(len(documents))


def read(document):
    together.wait()
    decode_document(document)


make_decoders()
sys.setswitchinterval(1e-6)
threads = [Thread(target=read, args=(each,)) for each in documents]
for each in threads:
    each.start()
for each in threads:
    each.join()
"""


def test_threads_that_need_the_same_structs_at_once_do_not_end_the_process() -> None:
    words = [sys.executable, "-c", THREADS, *map(str, golden_files("folds"))]
    done = subprocess.run(words, capture_output=True, check=False)

    assert (0, b"") == (done.returncode, done.stderr)


LEARNED = list[str]()


def learned() -> type[int]:
    LEARNED.append("field")
    return int


def test_nothing_is_left_to_be_learned_of_any_struct_that_is_loaded() -> None:
    names = {"__annotations__": {"field": "learned()"}, "__module__": __name__}
    make: Any = type(msgspec.Struct)
    odd = make("Odd", (msgspec.Struct,), names)

    make_decoders()

    assert ["field"] == LEARNED
    assert odd(field=1) == msgspec.json.decode(b'{"field": 1}', type=odd)
    assert ["field"] == LEARNED


def test_all_are_made_beforehand() -> None:
    fold._decoder.cache_clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    codec._data_decoder.cache_clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    make_decoders()

    documents = fold._decoder.cache_info()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    data = codec._data_decoder.cache_info()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    assert len(DOCUMENT_TYPES) == documents.currsize
    assert len({each.data for each in EVENT_TYPES.values()}) == data.currsize
