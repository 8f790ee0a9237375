"""Settings of a server: what ``serve`` is told and what its data folder remembers.

The data folder holds ``trailmark.db`` (log, read models, accounts), ``keys.db`` (what must survive
a restore) and ``server.json`` (name and public address). ``listening.json`` says where a running
server was last reached, so that commands beside it print links that work.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

import msgspec
from msgspec.structs import replace

from trailmark_server.http.addresses import TrustedProxies
from trailmark_server.labels import clean_text
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, StorageError
from trailmark_shared.words import gettext

DATA_VARIABLE: Final = "TRAILMARK_SERVER_DATA"
DATABASE_VARIABLE: Final = "TRAILMARK_SERVER_DATABASE"
KEYS_DATABASE_VARIABLE: Final = "TRAILMARK_SERVER_KEYS_DATABASE"
DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8740
DEFAULT_URL: Final = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"

ACCESS_LOG_DAYS_MAX: Final = 36_525
"""A hundred years: whoever means for ever."""

_PORT: Final = re.compile(r"[0-9]{1,5}")
_PORT_MAX: Final = 65_535

_HOST: Final = re.compile(r"[a-z0-9._:-]+")
"""A host as browsers name it in ``Origin``: other letters stand there as ``xn--…``."""

_KEPT: Final = "server.json"
_LISTENING: Final = "listening.json"


SignIn = Literal["any", "passkey"]
"""``passkey``: no password is taken."""


AccessLogDays = Annotated[int, msgspec.Meta(ge=1, le=ACCESS_LOG_DAYS_MAX)]


class Kept(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What the data folder remembers.

    Attributes:
        public_url: Where people reach the server, or ``None`` for where it listens.
        name: What joining devices show as the server's name.
        trusted_proxies: Whose ``X-Forwarded-For`` is believed, as it was typed.
        sign_in: How therapists may sign in.
        access_log_days: For how many days the access log is kept.
    """

    public_url: str | None = None
    name: str = "Trailmark"
    trusted_proxies: tuple[str, ...] = ()
    sign_in: SignIn = "any"
    access_log_days: AccessLogDays = limits.ACCESS_LOG_KEPT_DAYS


class Databases(msgspec.Struct, frozen=True, kw_only=True):
    """Where the stores are when they are no files of the data folder.

    Attributes:
        main: Address of the log and the accounts, ``postgresql://…``.
        keys: Address of the keys.
    """

    main: str
    keys: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a server needs to know before it opens its stores.

    Attributes:
        data: The data folder.
        databases: Where the stores are, ``None`` for files of the data folder.
        public_url: Where people reach the server.
        name: What joining devices show as the server's name.
        own_urls: Further addresses that are this server's own, for the check of ``Origin``.
        trusted_proxies: Whose ``X-Forwarded-For`` is believed when tries are counted.
        takes_passwords: Therapists may sign in by a password; passkeys and links always work.
        access_log_days: For how many days the access log is kept.
    """

    data: Path
    public_url: str
    name: str = "Trailmark"
    own_urls: tuple[str, ...] = ()
    trusted_proxies: TrustedProxies = msgspec.field(default_factory=TrustedProxies)
    takes_passwords: bool = True
    access_log_days: int = limits.ACCESS_LOG_KEPT_DAYS
    databases: Databases | None = None

    @property
    def tls(self) -> bool:
        """Whether people reach the server by https."""
        return self.public_url.startswith("https://")


def data_folder(data: Path | None) -> Path:
    """Return the data folder, created for the owner only when it is missing.

    Args:
        data: As of ``named_folder``.

    Raises:
        StorageError: ``storage_unavailable``: it cannot be created, or is no folder.
    """
    named = named_folder(data)
    try:
        named.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext("the data folder {folder} cannot be used ({why})").format(
                folder=named, why=error.strerror
            ),
        ) from None
    return named


def named_folder(data: Path | None) -> Path:
    """Return where the data folder is, whether it is there or not.

    Args:
        data: From the command line; else ``TRAILMARK_SERVER_DATA``, without blanks around it, as a
            file of settings may leave them there; else a folder of the user.
    """
    variable = os.environ.get(DATA_VARIABLE, "").strip()
    named = data or (Path(variable) if variable else None)
    if named is None:
        from platformdirs import user_data_path  # noqa: PLC0415  (only where nothing is named)

        named = user_data_path("trailmark-server")
    return named


def named_databases(database: str | None, keys_database: str | None) -> Databases | None:
    """Return where the stores are, ``None`` for files of the data folder.

    An address may stand in a file, ``@FILE``, so that its password is in no list of processes and
    in no environment.

    Args:
        database: From the command line; else ``TRAILMARK_SERVER_DATABASE``.
        keys_database: The same of the keys; else ``TRAILMARK_SERVER_KEYS_DATABASE``; else the
            database beside the other one whose name ends with ``_keys``.

    Raises:
        DomainError: ``invalid_input``: not an address of a PostgreSQL database.
    """
    main = _address(database or os.environ.get(DATABASE_VARIABLE))
    keys = _address(keys_database or os.environ.get(KEYS_DATABASE_VARIABLE))
    if main is None:
        if keys is not None:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("a database is named for the keys, none for the log: add --database"),
            )
        return None
    if keys is None:
        parts = urlsplit(main)
        keys = urlunsplit(parts._replace(path=f"{parts.path}_keys"))
    if keys == main:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("the keys have a database of their own"))
    return Databases(main=main, keys=keys)


def _address(named: str | None) -> str | None:
    if not named:
        return None
    url = named
    if named.startswith("@") and "://" not in named:
        try:
            url = Path(named[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("{file}, with the address of a database, cannot be read ({why})").format(
                    file=named[1:], why=getattr(error, "strerror", None) or gettext("no text")
                ),
            ) from None
    parts = _parts_of(url)
    if (
        parts is None
        or parts.scheme not in {"postgresql", "postgres"}
        or len(parts.path) < len("/x")
        or not url.isprintable()
    ):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a database looks like postgresql://host/name, or @FILE"),
        )
    if not all(_is_database_port(port) for port in _database_ports(parts)):
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("the port of a database is a number from 1 to 65535")
        )
    return url


def _database_ports(parts: SplitResult) -> list[str]:
    """Return the ports that an address names, of each machine; none may stand for the usual one."""
    hosts = parts.netloc.rpartition("@")[2].split(",")
    behind = [host.rpartition("]")[2].rpartition(":") for host in hosts]
    asked = dict(parse_qsl(parts.query)).get("port", "")
    return [*(port for _, colon, port in behind if colon), *asked.split(",")]


def _is_database_port(port: str) -> bool:
    return not port or (bool(_PORT.fullmatch(port)) and 1 <= int(port) <= _PORT_MAX)


def _parts_of(url: str) -> SplitResult | None:
    """Return the parts of an address, ``None`` where it has none, as with half a bracket."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _is_port_usable(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def checked_url(url: str) -> str:
    """Return a public address without a trailing slash.

    Raises:
        DomainError: ``invalid_input``: not an http(s) address of a host without path and query.
    """
    parts = _parts_of(url.rstrip("/"))
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not _HOST.fullmatch(parts.hostname or "")
        or not _is_port_usable(parts)
    ):
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("a public URL looks like https://host[:port]")
        )
    if parts.path or parts.query or parts.fragment or parts.username:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("a public URL has no path, query or user")
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def read_kept(data: Path) -> Kept:
    """Return what the folder remembers; defaults where it remembers nothing.

    Raises:
        DomainError: ``invalid_input``: the file is damaged, or what it says is not usable.
        StorageError: ``storage_unavailable``: it cannot be read.
    """
    path = data / _KEPT
    try:
        if not path.exists():
            return Kept()
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
        if kept.public_url is not None:
            checked_url(kept.public_url)
        TrustedProxies(kept.trusted_proxies)
        kept = replace(kept, name=clean_text(kept.name, gettext("a name")))
    except (msgspec.ValidationError, DomainError) as error:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("{file} in the data folder is not usable: {why}").format(file=_KEPT, why=error),
        ) from None
    except msgspec.MsgspecError:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("{file} in the data folder is damaged").format(file=_KEPT),
        ) from None
    except OSError as error:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext("{file} in the data folder cannot be read ({why})").format(
                file=_KEPT, why=error.strerror
            ),
        ) from None
    return kept


def write_kept(data: Path, kept: Kept) -> None:
    """Remember ``kept``, replacing the file at once."""
    _replace(data / _KEPT, msgspec.json.encode(kept))


def note_listening(data: Path, url: str) -> None:
    """Remember where the running server is reached."""
    _replace(data / _LISTENING, msgspec.json.encode({"url": url}))


def settings_of_folder(data: Path) -> Settings:
    """Return the settings of a data folder.

    Its public address is the one that it remembers, else where the server was last reached, else
    ``DEFAULT_URL``.

    Raises:
        DomainError: ``invalid_input``: the remembered settings are not usable.
    """
    kept = read_kept(data)
    return Settings(
        data=data,
        public_url=checked_url(kept.public_url or last_url(data) or DEFAULT_URL),
        name=kept.name,
        access_log_days=kept.access_log_days,
    )


def told_url(data: Path, named: str | None, *, has_databases: bool) -> str:
    """Return the address that links for people begin with.

    Args:
        data: The data folder, whether it is there or not.
        named: From the command line, if anything.
        has_databases: The stores are no files of the folder: a server may run on another machine,
            and this one know nothing of where it is reached.

    Raises:
        DomainError: ``invalid_input``: it is not usable, or not known here.
    """
    if named is not None:
        return checked_url(named)
    if has_databases and (read_kept(data).public_url or last_url(data)) is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "this machine does not know where people reach the server: name it with "
                "--public-url"
            ),
        )
    return settings_of_folder(data).public_url


def last_url(data: Path) -> str | None:
    """Return where the server of a folder was last reached, ``None`` where that is not known.

    It is a hint that the next start writes anew: one that cannot be used is none.
    """
    try:
        noted = msgspec.json.decode((data / _LISTENING).read_bytes(), type=dict[str, str])
        return checked_url(noted["url"])
    except (OSError, msgspec.MsgspecError, KeyError, DomainError):
        return None


def _replace(path: Path, content: bytes) -> None:
    written = path.with_name(f"{path.name}.new")
    written.write_bytes(content)
    written.replace(path)
