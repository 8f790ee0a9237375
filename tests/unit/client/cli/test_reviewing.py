"""Reviews and contact cards, as typed."""

from tests.unit.client.cli.conftest import Cli


def test_a_review_is_planned_held_and_told(cli: Cli) -> None:
    ride, swim = cli.goal("Ride"), cli.goal("Swim")
    cli.ok("setback", "before it", "--at", "2020-01-01")
    review = cli.ok("review", "plan", "2026-01-05", "How the trains go")["id"]

    cli.ok(
        *("review", "hold", review, "Slower, and it holds", "--changed", ride, "--kept", swim),
        *("--next", "2030-01-05"),
    )
    cli.ok("review", "agree", review)

    [told] = cli.ok("review")["cards"]
    assert ("held", "2030-01-05", {(ride, "changed"), (swim, "kept")}) == (
        told["status"],
        told["outcome"]["next"],
        {(each["goal"], each["outcome"]) for each in told["outcome"]["decisions"]},
    )
    words = cli("review").out
    assert f"goal {ride[:8]} changes" in words
    assert "next: 5 Jan 2030" in words
    assert [] == cli.ok("agenda", "ideas")["ideas"]
    assert "active" == cli.ok("goal", "show", ride)["goal"]["status"]


def test_a_review_needs_a_day(cli: Cli) -> None:
    assert (2, "invalid_input") == cli("review", "plan", "none", "--json").error
    assert "No review is planned." in cli("review").out


def test_a_contact_card_says_that_a_reply_takes_time(cli: Cli) -> None:
    card = cli.ok("contact", "add", "Dr Okafor", "--phone", "030 1234", "--hours", "8 to 20")["id"]

    cli.ok("contact", "revise", card, "--address", "12 Garden Street", "--hours", "none")

    words = cli("contact").out
    assert "phone: 030 1234" in words
    assert "12 Garden Street" in words
    assert "8 to 20" not in words
    assert "A reply is not immediate" in words
