"""What stands on top of an export: whose it is, who may use it, how to check it."""

from tests.support.exports import READER
from trailmark_shared.exports.notice import PART_2, notice_for_member, notice_for_person
from trailmark_shared.ids import SELF, care_lane


def test_a_members_copy_names_them_the_consent_and_the_law() -> None:
    notice = " ".join(notice_for_member(READER))

    assert "Dr Demo" in notice
    assert "new consent" in notice
    assert PART_2 in notice
    assert "trailmark verify FILE --head WORDS" in notice


def test_a_persons_copy_is_theirs_to_give() -> None:
    shared, private = (" ".join(notice_for_person(lane)) for lane in (care_lane(bytes(16)), SELF))

    assert "nobody may demand it of you" in shared
    assert "can read everything" in shared
    assert "sealed" in private
    assert PART_2 in shared
