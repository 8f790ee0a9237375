"""Fields of documents: the value shown, all current values, and whether to ask."""

import msgspec
import pytest

from tests.support.entries import START, a_text, an_entry
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalDrafted, GoalMoved, GoalReworded
from trailmark_shared.events.sharing import SharingWished, SharingWishSettled
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Field, Values, facts_of, fields_of, set_values


def read(entry: Entry, data: EventData) -> Values:
    return set_values(entry, data, {"lifecycle": "planned", "home": entry.lane})


def test_a_value_tells_where_it_comes_from() -> None:
    fields = fields_of([an_entry(1, GoalDrafted(title="Sleep"))], read)
    [value] = fields["title"].values

    assert ("Sleep", a_text(1), "person", a_text(200)) == (
        value.value,
        value.event,
        value.actor,
        value.device,
    )
    assert (value.effective_at, value.received_at) == (START + 1_000, START + 6_000)


def test_values_that_differ_are_a_conflict() -> None:
    entries = [
        an_entry(number, GoalReworded(title=title)) for number, title in ((1, "a"), (2, "b"))
    ]
    field = fields_of(entries, read)["title"]

    assert (field.value, field.conflict) == ("b", True)
    assert [each.value for each in field.values] == ["b", "a"]


def test_values_that_agree_are_none() -> None:
    entries = [an_entry(number, GoalReworded(title="a")) for number in (1, 2)]

    assert not fields_of(entries, read)["title"].conflict


def test_a_field_that_is_only_carried_is_not_there() -> None:
    moved = an_entry(1, GoalMoved(lane="self", shared=a_text(9)))

    assert "title" not in fields_of([moved], read)


def test_what_is_not_understood_is_passed_over() -> None:
    entry = an_entry(1, GoalDrafted(title="Sleep"))
    later = msgspec.structs.replace(
        entry, body=msgspec.structs.replace(entry.body, data=UnknownData(b"{}"))
    )

    assert fields_of([later], read) == {}
    assert fields_of([later, entry], read) == fields_of([entry], read)


def test_one_entry_says_what_it_says_among_others() -> None:
    entry = an_entry(1, GoalDrafted(title="Sleep", rank=3))
    moved = an_entry(2, GoalMoved(lane="self", shared=a_text(9)))
    alone, among = fields_of([entry], read), fields_of([entry, moved], read)

    assert alone["title"] == among["title"]
    assert alone["rank"] == among["rank"]


def test_an_unset_field_says_nothing() -> None:
    assert Field[str]() == Field(value=None, values=(), conflict=False)


class TestFacts:
    def test_times_are_the_earliest_and_the_latest(self) -> None:
        entries = [
            an_entry(1, GoalDrafted(title="t"), at=50),
            an_entry(2, GoalReworded(title="u"), at=20, actor="member/x"),
        ]
        facts = facts_of(entries)

        assert (facts["created_at"], facts["changed_at"]) == (START + 20_000, START + 50_000)
        assert (facts["created_by"], facts["changed_by"]) == ("person", "member/x")
        assert (facts["first_seq"], facts["last_seq"]) == (1, 2)

    def test_a_wish_is_open_until_it_is_settled(self) -> None:
        wished = an_entry(1, SharingWished(what="goal"))
        settled = an_entry(2, SharingWishSettled(outcome="let_go"), base=(1,))

        assert facts_of([wished])["wish"].event == a_text(1)
        assert facts_of([wished, settled])["wish"] is None

    @pytest.mark.parametrize("settled_at", [0, 99])
    def test_a_wish_that_was_not_settled_stays_open(self, settled_at: int) -> None:
        """Settling one wish does not settle another, whatever the clocks say."""
        wished = an_entry(1, SharingWished(what="goal"))
        settled = an_entry(2, SharingWishSettled(outcome="let_go"), base=(9,), at=settled_at)

        assert facts_of([wished, settled])["wish"].event == a_text(1)
