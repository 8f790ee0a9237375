"""The home server as the pages ask for it; what it answers is tried by tests of the whole."""

import pytest

from tests.support.person import Person
from trailmark_client.behind_pages.far import HomeServer
from trailmark_client.web.desk import Looked
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError


def test_nobody_looked_where_no_server_is(person: Person) -> None:
    assert Looked() == HomeServer(person.app).looked()


@pytest.mark.parametrize("invitation", ["", "https://home.example", "trailmark://home.example/A B"])
def test_half_an_invitation_is_named(person: Person, invitation: str) -> None:
    with pytest.raises(DomainError) as refused:
        HomeServer(person.app).redeem(invitation)
    assert ErrorCode.INVALID_INPUT == refused.value.code


@pytest.mark.parametrize(
    "message",
    [
        "I would like to invite you.\n\ntrailmark connect 'trailmark://127.0.0.1:9/AB'\n\nOnce.",
        "Here it is: trailmark://127.0.0.1:9/AB",
        " trailmark://127.0.0.1:9/AB ",
    ],
)
def test_an_invitation_is_found_in_the_message_it_came_in(person: Person, message: str) -> None:
    with pytest.raises(RefusedError) as refused:
        HomeServer(person.app).redeem(message)
    assert ErrorCode.UNREACHABLE == refused.value.code


def test_server_that_is_not_there_is_named(person: Person) -> None:
    with pytest.raises(RefusedError) as refused:
        HomeServer(person.app).redeem("http://127.0.0.1:9 ABCD-EFGH")
    assert ErrorCode.UNREACHABLE == refused.value.code
