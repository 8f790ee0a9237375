"""Ids of what members write: which form it came from, and what was said."""

from trailmark_server.forms import STEM_BYTES, event_id, is_of, stem_of
from trailmark_shared import limits
from trailmark_shared.ids import EventId

FORM = b"f" * 16
STEM = stem_of("member/a", FORM)


def test_each_form_of_each_member_has_a_stem_of_its_own() -> None:
    stems = {stem_of(actor, form) for actor in ("member/a", "member/b") for form in (FORM, b"g")}

    assert 4 == len(stems)
    assert {STEM_BYTES} == {len(each) for each in stems}


def test_forms_that_begin_alike_do_not_meet() -> None:
    """Programs that call the API may count their ids."""
    assert stem_of("member/a", bytes(16)) != stem_of("member/a", bytes(15) + b"1")


def test_an_id_tells_its_form_and_what_was_said() -> None:
    one, other = event_id(STEM, b"1" * 32), event_id(STEM, b"2" * 32)

    assert one != other
    assert {limits.ID_BYTES} == {len(one), len(other)}
    assert is_of(one, STEM)
    assert is_of(other, STEM)
    assert not is_of(one, stem_of("member/b", FORM))
    assert not is_of(EventId(b"1" * 16), STEM)
