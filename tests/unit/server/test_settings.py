"""Settings: what the folder remembers, and which address wins."""

import json
import stat
from pathlib import Path

import pytest

from trailmark_server import settings
from trailmark_shared.errors import DomainError, ErrorCode, StorageError


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = settings.data_folder(tmp_path / "new" / "data")

    assert 0o700 == stat.S_IMODE(made.stat().st_mode)


def test_the_folder_comes_from_the_environment_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(settings.DATA_VARIABLE, str(tmp_path / "named"))
    assert tmp_path / "named" == settings.data_folder(None)

    monkeypatch.setenv(settings.DATA_VARIABLE, f" {tmp_path / 'named'}\n")
    assert tmp_path / "named" == settings.data_folder(None)

    monkeypatch.setenv(settings.DATA_VARIABLE, " ")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert settings.data_folder(None).is_relative_to(tmp_path)


def test_addresses_win_in_order(tmp_path: Path) -> None:
    assert settings.DEFAULT_URL == settings.settings_of_folder(tmp_path).public_url

    settings.note_listening(tmp_path, "http://127.0.0.1:1234")
    assert "http://127.0.0.1:1234" == settings.settings_of_folder(tmp_path).public_url

    settings.write_kept(tmp_path, settings.Kept(public_url="https://trail.example.org"))
    kept = settings.settings_of_folder(tmp_path)
    assert ("https://trail.example.org", True) == (kept.public_url, kept.tls)

    settings.write_kept(tmp_path, settings.Kept(public_url="http://Other.example:80/"))
    plain = settings.settings_of_folder(tmp_path)
    assert ("http://other.example:80", False) == (plain.public_url, plain.tls)


def test_links_begin_with_an_address_that_is_known(tmp_path: Path) -> None:
    """A server on another machine is not reached at this one's."""

    def told(named: str | None, *, has_databases: bool) -> str:
        return settings.told_url(tmp_path, named, has_databases=has_databases)

    assert settings.DEFAULT_URL == told(None, has_databases=False)
    with pytest.raises(DomainError) as raised:
        told(None, has_databases=True)
    assert ErrorCode.INVALID_INPUT == raised.value.code
    assert "https://a.example" == told("https://A.example", has_databases=True)

    settings.write_kept(tmp_path, settings.Kept(public_url="https://trail.example.org"))
    assert "https://trail.example.org" == told(None, has_databases=True)
    assert "https://a.example" == told("https://a.example", has_databases=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "trail.example.org",
        "ftp://x",
        "https://",
        "https://x/y",
        "https://u@x",
        "http://x?y",
        "https://[::1",
        "https://h:99999",
        "https://h:0",
        "https://a b",
        "https://trail.example.org,",
        "https://über.example",
    ],
)
def test_strange_addresses_are_refused(url: str) -> None:
    with pytest.raises(DomainError):
        settings.checked_url(url)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "server.json").mkdir()

    with pytest.raises(StorageError, match=r"server\.json .* cannot be read"):
        settings.read_kept(tmp_path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text("{")
    with pytest.raises(DomainError, match=r"server\.json"):
        settings.read_kept(tmp_path)

    (tmp_path / "server.json").unlink()
    (tmp_path / "listening.json").write_text("{")
    assert settings.DEFAULT_URL == settings.settings_of_folder(tmp_path).public_url


@pytest.mark.parametrize(
    "noted", ["[]", "{}", '{"url": "http://[::1"}', '{"url": "http://h:99999"}']
)
def test_what_is_no_address_where_a_server_was_reached_is_passed_over(
    tmp_path: Path, noted: str
) -> None:
    (tmp_path / "listening.json").write_text(noted)

    assert settings.last_url(tmp_path) is None
    assert settings.DEFAULT_URL == settings.settings_of_folder(tmp_path).public_url


def test_a_name_is_read_without_blanks_around_it(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(json.dumps({"name": " Practice "}))

    assert "Practice" == settings.read_kept(tmp_path).name


@pytest.mark.parametrize(
    ("kept", "named"),
    [
        ({"public_url": "https://h:99999"}, "public URL"),
        ({"trusted_proxies": ["my-proxy"]}, "proxy"),
        ({"access_log_days": 0}, "access_log_days"),
        ({"access_log_days": -1}, "access_log_days"),
        ({"acces_log_days": 30}, "acces_log_days"),
        ({"sign_in": "anything"}, "sign_in"),
        ({"name": " "}, "a name"),
        ({"name": "Practice\nby the river"}, "a name"),
    ],
)
def test_what_was_written_wrong_into_the_file_is_named(
    tmp_path: Path, kept: dict[str, object], named: str
) -> None:
    (tmp_path / "server.json").write_text(json.dumps(kept))

    with pytest.raises(DomainError, match=rf"server\.json.*{named}"):
        settings.read_kept(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xfe", "no text"), (None, "No such file or directory")],
)
def test_a_file_with_an_address_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "address"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(DomainError, match=rf"{file}.*\({why}\)"):
        settings.named_databases(f"@{file}", None)


def test_a_file_with_two_addresses_is_none(tmp_path: Path) -> None:
    (tmp_path / "address").write_text("postgresql://one/trailmark\npostgresql://two/trailmark\n")

    with pytest.raises(DomainError, match="looks like"):
        settings.named_databases(f"@{tmp_path / 'address'}", None)


def test_an_address_that_is_taken_for_a_file_is_not_repeated() -> None:
    """It may hold a password, and what is said stands in the machine's journal."""
    with pytest.raises(DomainError) as refused:
        settings.named_databases("@postgresql://one:secret@host/trailmark", None)

    assert "secret" not in refused.value.message


@pytest.mark.parametrize("place", ["host:{}", "[::1]:{}", "one:2,two:{}", "user:1@host:{}"])
@pytest.mark.parametrize("port", ["0", "65536", "-1", "many", "9" * 5000, "\u0663"])
def test_a_port_that_no_database_has_is_refused(place: str, port: str) -> None:
    with pytest.raises(DomainError, match="port"):
        settings.named_databases(f"postgresql://{place.format(port)}/trailmark", None)


@pytest.mark.parametrize("port", ["0", "5432,many"])
def test_a_port_behind_the_name_is_looked_at_too(port: str) -> None:
    with pytest.raises(DomainError, match="port"):
        settings.named_databases(f"postgresql:///trailmark?host=a,b&port={port}", None)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///trailmark",
        "postgresql://user:12:34@host/trailmark",
        "postgresql://[::1]/trailmark",
        "postgresql://[::1]:65535,two/trailmark",
        "postgresql:///trailmark?host=a,b&port=5432,",
        "postgres://host:1/trailmark",
    ],
)
def test_an_address_without_a_port_or_with_one_that_can_be_is_taken(url: str) -> None:
    named = settings.named_databases(url, "postgresql:///keys")

    assert named is not None
    assert url == named.main


def test_keys_in_a_database_and_a_log_in_files_are_what_nobody_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One name that was typed wrong would make a new, empty server in a folder."""
    monkeypatch.setenv(settings.KEYS_DATABASE_VARIABLE, "postgresql:///keys")

    with pytest.raises(DomainError, match="--database"):
        settings.named_databases(None, None)


def test_a_database_may_stand_on_several_machines() -> None:
    named = settings.named_databases("postgresql://one:5432,two:5432/trailmark", None)

    assert named is not None
    assert "postgresql://one:5432,two:5432/trailmark_keys" == named.keys
