"""``serve``: run the server in the foreground."""

from __future__ import annotations

from pathlib import Path

import msgspec

from trailmark_server import settings as settings_module
from trailmark_server.accounts import clean_text
from trailmark_server.cli.output import DEFAULTS, Shared, show
from trailmark_shared.errors import DomainError, ErrorCode


def serve(
    *,
    host: str = settings_module.DEFAULT_HOST,
    port: int = settings_module.DEFAULT_PORT,
    public_url: str | None = None,
    name: str | None = None,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        host: Address to listen at.
        port: Port, 0 for any free one.
        public_url: Where people reach the server; remembered in the data folder.
        name: What joining devices show as the server's name; remembered too.
        tls_cert: Certificate chain in PEM, for TLS on the server itself.
        tls_key: Its private key in PEM.
        shared: Options of every command.

    Raises:
        DomainError: ``invalid_input``: an address is not usable, or half of a TLS pair is missing.
    """
    import asyncio

    import uvicorn

    from trailmark_server import serving
    from trailmark_server.logs import set_up_logs

    if (tls_cert is None) != (tls_key is None):
        raise DomainError(ErrorCode.INVALID_INPUT, "--tls-cert and --tls-key belong together")
    data = settings_module.data_folder(shared.data)
    kept = settings_module.read_kept(data)
    if public_url is not None or name is not None:
        kept = msgspec.structs.replace(
            kept,
            public_url=settings_module.checked_url(public_url) if public_url else kept.public_url,
            name=clean_text(name, "a name") if name else kept.name,
        )
        settings_module.write_kept(data, kept)
    set_up_logs()
    certificate = (
        serving.Certificate(certificate=tls_cert, key=tls_key) if tls_cert and tls_key else None
    )
    opened = serving.listening_socket(host, port)
    url = serving.url_of(opened, tls=certificate is not None)
    settings_module.note_listening(data, url)
    settings = settings_module.Settings(
        data=data,
        public_url=kept.public_url or url,
        name=kept.name,
        own_urls=serving.own_urls(url),
    )

    def on_ready(server: uvicorn.Server) -> None:
        serving.stop_on_signals(server)
        show(
            f"Trailmark server on {url}",
            {"url": url, "public_url": settings.public_url},
            as_json=shared.as_json,
        )

    asyncio.run(serving.serve(settings, opened, on_ready, certificate))
