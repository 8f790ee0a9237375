"""``serve``: run the server in the foreground."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number
from msgspec.structs import replace

from trailmark_server import settings as settings_module
from trailmark_server.cli.output import DEFAULTS, Shared, show
from trailmark_server.http.addresses import TrustedProxies
from trailmark_server.labels import clean_text
from trailmark_server.settings import Kept, SignIn
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_server.serving import Certificate

NONE: Final = "none"
"""Said instead of a proxy: none is trusted any more."""

Port = Annotated[int, Parameter(validator=Number(gte=0, lte=65_535))]
Days = Annotated[int, Parameter(validator=Number(gte=1, lte=settings_module.ACCESS_LOG_DAYS_MAX))]


def serve(
    *,
    host: str = settings_module.DEFAULT_HOST,
    port: Port = settings_module.DEFAULT_PORT,
    public_url: str | None = None,
    name: str | None = None,
    access_log_days: Days | None = None,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    trusted_proxy: list[str] | None = None,
    sign_in: SignIn | None = None,
    metrics_port: Port | None = None,
    metrics_host: str = settings_module.DEFAULT_HOST,
    shared: Shared = DEFAULTS,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        host: Address to listen at.
        port: Port, 0 for any free one.
        public_url: Where people reach the server; remembered in the data folder.
        name: What joining devices show as the server's name; remembered too.
        access_log_days: For how many days the log of who looked is kept; remembered too.
        tls_cert: Certificate chain in PEM, for TLS on the server itself.
        tls_key: Its private key in PEM.
        trusted_proxy: Address or block (CIDR) of a proxy whose X-Forwarded-For is believed when
            tries are counted; give it once for each. Remembered; "none" forgets them.
        sign_in: "passkey": no password is taken from therapists, "any": it is. Remembered.
        metrics_port: Show numbers for Prometheus at /metrics of this port; 0 for any free one.
        metrics_host: Address for that port. Let nobody but your own Prometheus reach it.
        shared: Options of every command.

    Raises:
        DomainError: ``invalid_input``: an address or what is remembered is not usable, or the two
            files of TLS are no pair. Nothing was remembered.
    """
    import uvicorn

    from trailmark_server import serving
    from trailmark_server.logs import set_up_logs

    certificate = _certificate(tls_cert, tls_key)
    databases = shared.databases
    data = settings_module.data_folder(shared.data)
    before = settings_module.read_kept(data)
    kept = _kept(before, public_url, name, trusted_proxy, sign_in)
    if access_log_days is not None:
        kept = replace(kept, access_log_days=access_log_days)
    set_up_logs()
    opened = serving.listening_socket(host, port)
    watched = None if metrics_port is None else serving.listening_socket(metrics_host, metrics_port)
    if kept != before:
        settings_module.write_kept(data, kept)
    url = serving.url_of(opened, tls=certificate is not None)
    settings = settings_module.Settings(
        data=data,
        databases=databases,
        public_url=kept.public_url or url,
        name=kept.name,
        own_urls=serving.own_urls(url),
        trusted_proxies=TrustedProxies(kept.trusted_proxies),
        access_log_days=kept.access_log_days,
        takes_passwords=kept.sign_in != "passkey",
    )

    def on_ready(server: uvicorn.Server) -> None:
        serving.stop_on_signals(server)
        serving.spare_what_was_loaded()
        settings_module.note_listening(data, url)
        words, numbers = gettext("Trailmark server on {url}").format(url=url), _metrics_url(watched)
        values = {"url": url, "public_url": settings.public_url}
        if numbers is not None:
            words += "\n" + gettext("Numbers for Prometheus at {url}").format(url=numbers)
            values["metrics"] = numbers
        show(words, values, as_json=shared.as_json)

    serving.run(serving.serve(settings, opened, on_ready, certificate, watched))


def _certificate(chain: Path | None, key: Path | None) -> Certificate | None:
    from trailmark_server import serving

    if (chain is None) != (key is None):
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("--tls-cert and --tls-key belong together")
        )
    if chain is None or key is None:
        return None
    certificate = serving.Certificate(certificate=chain, key=key)
    serving.require_usable(certificate)
    return certificate


def _metrics_url(watched: socket.socket | None) -> str | None:
    from trailmark_server import metrics, serving

    return None if watched is None else f"{serving.url_of(watched, tls=False)}{metrics.PATH}"


def _kept(
    before: Kept,
    public_url: str | None,
    name: str | None,
    trusted_proxy: list[str] | None,
    sign_in: SignIn | None,
) -> Kept:
    """Return what the folder is to remember, after what it remembers and what was given now."""
    from trailmark_server.therapists.passkeys import site_of

    kept = before
    if public_url:
        kept = replace(kept, public_url=settings_module.checked_url(public_url))
    if name:
        kept = replace(kept, name=clean_text(name, gettext("a name")))
    if trusted_proxy is not None:
        named = () if trusted_proxy == [NONE] else tuple(trusted_proxy)
        TrustedProxies(named)
        kept = replace(kept, trusted_proxies=named)
    if sign_in is not None:
        kept = replace(kept, sign_in=sign_in)
    if kept.sign_in == "passkey" and site_of(kept.public_url or "") is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("passkeys need a --public-url with https and a name, or http://localhost"),
        )
    return kept
