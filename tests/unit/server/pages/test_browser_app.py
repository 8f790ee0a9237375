"""The app's files: each with its type and policy, once per version; without a build, words."""

from pathlib import Path

import pytest
from litestar.exceptions import NotFoundException

from trailmark_server.pages.browser_app import CONTENT_SECURITY_POLICY, BuiltApp, not_built


@pytest.fixture
def built(tmp_path: Path) -> BuiltApp:
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "page.js").write_text("0")
    (tmp_path / "page.js.br").write_bytes(b"small")
    (tmp_path / "notes.md").write_text("not a part of it")
    return BuiltApp(tmp_path)


def test_a_file_comes_with_its_type_and_the_policy(built: BuiltApp) -> None:
    answer = built.answer("index.html", "", "gzip")

    assert built.is_built
    assert "text/html" == answer.media_type
    assert CONTENT_SECURITY_POLICY == answer.headers["content-security-policy"]
    assert "no-cache" == answer.headers["cache-control"]


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "unsafe-inline" not in CONTENT_SECURITY_POLICY
    assert "'unsafe-eval'" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


def test_browsers_that_can_are_sent_the_small_form(built: BuiltApp) -> None:
    small = built.answer("page.js", "", "gzip, br")

    assert b"small" == small.content
    assert "br" == small.headers["content-encoding"]
    assert b"0" == built.answer("page.js", "", "gzip").content


@pytest.mark.parametrize("accepted", ["br;q=0", "gzip, BR ; q=0.0", "brotli", "br;q=0, gzip;q=1"])
def test_whoever_does_not_want_the_small_form_is_sent_the_whole(
    built: BuiltApp, accepted: str
) -> None:
    assert b"0" == built.answer("page.js", "", accepted).content


@pytest.mark.parametrize("accepted", ["br;q=0.5", "gzip;q=0, br", "BR"])
def test_whoever_wants_it_less_is_sent_it_too(built: BuiltApp, accepted: str) -> None:
    assert b"small" == built.answer("page.js", "", accepted).content


def test_what_a_browser_has_is_not_sent_again(built: BuiltApp) -> None:
    tag = built.answer("page.js", "", "").headers["etag"]

    assert 304 == built.answer("page.js", tag, "").status_code


@pytest.mark.parametrize("name", ["notes.md", "page.js.br", "..", "nothing.js"])
def test_nothing_else_is_there(built: BuiltApp, name: str) -> None:
    with pytest.raises(NotFoundException):
        built.answer(name, "", "br")


def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    assert not BuiltApp(tmp_path / "missing").is_built
    assert "make app" in str(not_built().content)
