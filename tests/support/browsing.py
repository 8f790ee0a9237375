"""A browser that asks again where the server that it spoke to was killed and others went on."""

from __future__ import annotations

import httpx

from tests.support.processes import DeviceFolder, ServerProcess

PATIENCE_S = 60


class _Again(httpx.HTTPTransport):
    """Sends a request anew when its connection was cut by a kill."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of whichever server gives one."""
        tries = DeviceFolder.tries
        while True:
            try:
                return super().handle_request(request)
            except httpx.TransportError:
                tries -= 1
                if not tries:
                    raise


def browser_at(server: ServerProcess, *, follow: bool = False) -> httpx.Client:
    """Return a browser at a server's pages; it is signed in nowhere yet."""
    accepted = {"Accept": "text/html"} if follow else {}
    return httpx.Client(
        base_url=server.url,
        headers={"Origin": server.url, **accepted},
        follow_redirects=follow,
        trust_env=False,
        timeout=PATIENCE_S,
        transport=_Again(trust_env=False),
    )
