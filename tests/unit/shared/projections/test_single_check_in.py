"""What is written at once is what the fold says, byte for byte."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.support.entries import a_text, an_entry
from trailmark_shared.domain.progress import Measure
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections.check_in import fold_check_in
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import Document, fold_subject
from trailmark_shared.projections.single_check_in import single_check_in_json

MEASURES: list[Measure] = ["rating", "count", "value"]

ids = st.binary(min_size=16, max_size=16)
moments = st.integers(0, 2**53)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
check_ins = st.builds(
    CheckInRecorded,
    goal=st.integers(1, 9).map(a_text),
    measure=st.sampled_from(MEASURES),
    value_tenths=st.none() | st.integers(-(2**53), 2**53),
    unit=st.none() | texts,
    note=st.none() | texts,
    private=st.booleans(),
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Draw one entry of a check-in, confirmed or not, by anybody."""
    is_confirmed = draw(st.booleans())
    return msgspec.structs.replace(
        an_entry(1, draw(check_ins)),
        id=draw(ids),
        device=draw(ids),
        actor=draw(st.sampled_from(["person", f"member/{a_text(3)}"]) | texts),
        seq=draw(moments) if is_confirmed else None,
        received_at=draw(moments) if is_confirmed else None,
        offset=draw(st.integers(-(2**40), 2**40)) if is_confirmed else None,
    )


@given(entries())
def test_it_is_the_document_that_the_fold_makes(entry: Entry) -> None:
    data = entry.body.data
    assert isinstance(data, CheckInRecorded)
    folded = fold_check_in([entry])
    encoded = msgspec.json.Encoder(order="deterministic").encode(folded)

    assert single_check_in_json(entry, data) == encoded
    assert fold_subject(entry.lane, [entry]) == Document(
        lane=entry.lane,
        kind="check_in",
        subject=entry.body.subject,
        parent=id_from_text(data.goal),
        json=encoded,
        day=folded.day.value,
    )
