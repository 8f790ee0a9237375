"""``trailmark open`` as a process: who is answered, and how it ends."""

import stat
from pathlib import Path

import httpx

from tests.support.own_pages import PagesProcess


def test_link_opens_once_and_nothing_is_left_behind(tmp_path: Path) -> None:
    pages = PagesProcess(tmp_path / "home")
    pages.start()
    port = pages.host.rpartition(":")[2]
    here = {"Host": pages.host}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=here, trust_env=False) as client:
        stranger = client.get("/")
        other_name = client.get("/", headers={"Host": f"127.0.0.1:{port}"})
        path = pages.link.removeprefix(pages.url)
        entered = client.get(path)
        again = client.get(path)
        cookie = entered.headers["set-cookie"].partition(";")[0]
        inside = client.get("/help", headers={"Cookie": cookie})
        with client.stream("GET", "/events", headers={"Cookie": cookie}) as news:
            first = next(news.iter_text())
            code = pages.stop()

    statuses = [each.status_code for each in (stranger, other_name, entered, again, inside)]
    assert [403, 421, 200, 403, 200] == statuses
    assert first.startswith("retry:")
    assert 0 == code
    assert 0o700 == stat.S_IMODE(pages.home.stat().st_mode)
    assert not (pages.home / "open.html").exists()


def test_two_may_be_open_at_once(tmp_path: Path) -> None:
    with PagesProcess(tmp_path / "home") as one, PagesProcess(tmp_path / "home") as other:
        assert one.host != other.host


def test_what_changed_since_a_page_was_drawn_is_told_at_once(tmp_path: Path) -> None:
    with PagesProcess(tmp_path / "home") as pages:
        _, _, port = pages.host.rpartition(":")
        here = {"Host": pages.host, "Origin": pages.url}
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=address, headers=here, trust_env=False) as client:
            entered = client.get(pages.link.removeprefix(pages.url))
            cookie = {"Cookie": entered.headers["set-cookie"].partition(";")[0]}
            drawn = client.get("/help", headers=cookie).text
            recorded = client.post("/win", data={"text": "Swam"}, headers=cookie)
            after = drawn.partition('data-news="')[2].partition('"')[0]
            with client.stream("GET", f"/events?after={after}", headers=cookie) as news:
                told = ""
                for text in news.iter_text():
                    told += text
                    if "event:" in told or "alive" in told:
                        break

    assert 303 == recorded.status_code
    assert "event: changed" in told
