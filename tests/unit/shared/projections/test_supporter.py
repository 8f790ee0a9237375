"""What a supporter is to the person: fields like any other, for the person alone."""

from tests.support.entries import an_entry
from trailmark_shared.events.supporting import SupporterDescribed
from trailmark_shared.projections.supporter import fold_supporter

FIRST = an_entry(1, SupporterDescribed(relation="my sister", helps=("emotional",)))


def test_a_later_description_replaces_the_one_it_saw() -> None:
    told = fold_supporter([FIRST, an_entry(2, SupporterDescribed(helps=("practical",)), base=(1,))])

    assert (None, ("practical",)) == (told.relation.value, told.helps.value)


def test_two_devices_that_describe_apart_are_both_kept() -> None:
    told = fold_supporter([FIRST, an_entry(2, SupporterDescribed(relation="Sam"))])

    assert told.relation.conflict
    assert {"my sister", "Sam"} == {each.value for each in told.relation.values}
