"""Laying the desk: what both shells ask of one device."""

from tests.support.person import Person
from trailmark_client.behind_pages.desk import desk_of
from trailmark_client.behind_pages.far import HomeServer
from trailmark_client.behind_pages.own import OwnDevices


def test_desk_is_laid_with_what_the_device_knows(person: Person) -> None:
    app = person.app
    desk = desk_of(app, "waiting")

    assert "waiting" == desk.phase
    assert app.identity == desk.identity()
    assert (app.clock.now_ms(), app.clock.zone_name()) == (desk.now_ms, desk.zone)
    assert isinstance(desk.far, HomeServer)
    assert isinstance(desk.own, OwnDevices)


def test_desk_tells_nothing_that_only_one_shell_knows(person: Person) -> None:
    desk = desk_of(person.app, "alone")

    assert desk.server_address is None
    assert ("impossible", 0) == (desk.lock, desk.news)
