"""An exchange without a server ends with its reason."""

from pathlib import Path

from tests.support.person import Person
from trailmark_client.cli.syncing import exchange, keep_in_step
from trailmark_client.session_status import Status
from trailmark_shared.errors import ErrorCode


def test_an_exchange_without_a_server_says_so(tmp_path: Path) -> None:
    person = Person(tmp_path)

    ended = exchange(person.app)
    person.app.close()

    assert (ended.code, ended.is_done) == (ErrorCode.NOT_CONNECTED, False)


def test_staying_in_step_without_a_server_ends_at_once(tmp_path: Path) -> None:
    person = Person(tmp_path)
    told: list[Status] = []

    ended = keep_in_step(person.app, told.append)
    person.app.close()

    assert ended.code == ErrorCode.NOT_CONNECTED
    assert [each.phase for each in told] == ["connecting", "stopped"]
