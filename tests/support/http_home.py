"""A home server's HTTP side, on this machine, with answers that a test writes down."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

Answer = tuple[int, object]
Route = Callable[[dict[str, Any], str], Answer]
"""Takes the JSON that was sent and the ``Authorization`` header."""


class HttpHome:
    """What the server answers and what it was asked."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.relay: dict[str, Any] = {}
        self.url = ""

    def on(self, method: str, path: str, answer: Answer) -> None:
        """Answer always the same."""
        self.routes[method, path] = lambda _body, _credential: answer

    def answer(self, method: str, path: str, body: dict[str, Any], credential: str) -> Answer:
        self.asked.append((method, path, body))
        route = self.routes.get((method, path))
        if route is None:
            return 404, {"code": "not_found", "detail": "there is no such thing"}
        return route(body, credential)


@contextmanager
def http_home(given: HttpHome | None = None) -> Generator[HttpHome]:
    """Serve a ``HttpHome`` on an ephemeral port of the loopback."""
    home = given or HttpHome()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = msgspec.json.decode(self.rfile.read(length) or b"{}", type=dict[str, Any])
            credential = self.headers.get("Authorization") or ""
            status, answer = home.answer(self.command, self.path, body, credential)
            data = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815  (names of the standard library)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    home.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield home
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
