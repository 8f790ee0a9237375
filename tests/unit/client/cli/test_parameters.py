"""What several annotations say about one parameter is said together."""

from trailmark_client.cli.options import Common
from trailmark_client.cli.parameters import Parameter, is_spread


def test_the_later_word_counts() -> None:
    first, second = Parameter(help="one", name="--a"), Parameter(help="two", negative="")

    said = Parameter.combine(first, second)

    assert said == Parameter(name="--a", help="two", negative="")
    assert said.told == {"name": "--a", "help": "two", "negative": ""}
    assert Parameter.combine() == Parameter()


def test_a_class_is_marked_for_itself_alone() -> None:
    class Another(Common):
        pass

    assert is_spread(Common)
    assert not is_spread(Another)
    assert not is_spread("Common")
