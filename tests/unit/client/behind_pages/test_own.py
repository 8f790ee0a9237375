"""The person's devices as the pages ask for them, over the real server's API."""

from pathlib import Path

import pytest

from tests.support.own_windows import windows
from tests.support.server_api import ServerHome
from trailmark_client.behind_pages.own import GROUPS_ASKED
from trailmark_client.web.own import Asker
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id


def test_only_who_waits_now_is_let_in(tmp_path: Path, server_home: ServerHome) -> None:
    with windows(tmp_path, server_home) as both:
        own = both.first.own
        nobody = Asker(device="0" * 26, name="", asked_at=0, phrase="one two three four")
        both.code()
        with pytest.raises(RefusedError) as raised:
            own.let_in(nobody)
        assert ErrorCode.WRONG_CODE == raised.value.code

        both.ask()
        with pytest.raises(DomainError) as differs:
            own.let_in(nobody)
        assert ErrorCode.WORDS_DIFFER == differs.value.code


def test_a_fresh_code_is_kept_nowhere_and_asks_for_some_of_its_groups(
    tmp_path: Path, server_home: ServerHome
) -> None:
    with windows(tmp_path, server_home) as both:
        before = both.first.person.app.identity
        code = both.first.own.fresh_code()

        assert GROUPS_ASKED == len(set(code.asked))
        assert max(code.asked) < len(code.text.split("-"))
        assert before == both.first.person.app.identity


def test_who_is_removed_is_no_device_any_more(tmp_path: Path, server_home: ServerHome) -> None:
    with windows(tmp_path, server_home) as both:
        both.let_in()
        second = text_from_id(both.second.person.app.identity.device)

        assert both.first.own.remove([second])
        assert 1 == len(both.first.own.devices())
