"""``open_cold``: ten years of entries, 73 000 events, and a program that has just been started.

The whole process each time, from the shell's point of view: ``trailmark status`` to its end, and
``trailmark open`` until the first page was read.
"""

from __future__ import annotations

import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bench.figures import Figure, figure
from bench.measures.logs import store
from bench.programs import Device, Program, trailmark
from bench.running import Run

EVENTS: Final = 73_000
_DAYS: Final = 3650
_TIMES: Final = 3


def prepare(place: Path) -> None:
    """Fill a device."""
    device = Device(place / "home")
    device.run("goal", "add", "Go out more", "--target", "reach 7")
    with store(device) as program:
        program.ask("fill", EVENTS, _DAYS)
        program.tell("quit")


def measure(run: Run) -> list[Figure]:
    """Measure both."""
    device = Device(run.place / "home")
    status, page = list[float](), list[float]()
    for _ in run.turns("open_cold"):
        for _ in range(_TIMES):
            status.append(device.timed("status") * 1000)
            page.append(_first_page(device) * 1000)
    return [
        figure("open_cold_status", status, "ms", "lower"),
        figure("open_cold_page", page, "ms", "lower"),
    ]


def _first_page(device: Device) -> float:
    began = time.perf_counter()
    words = ("open", "--no-browser", "--plain-address", "--json")
    errors = device.home.with_name("open.log")
    with Program([trailmark(), *words], errors, device.home) as program:
        link = urlsplit(str(program.answer()["link"]))
        return _read(link.hostname or "", link.port or 0, f"{link.path}?{link.query}") - began


def _read(host: str, port: int, path: str) -> float:
    """Follow a link that works once, with its cookie, until a page was read; return when."""
    connection = HTTPConnection(host, port, timeout=60)
    cookie = ""
    for _ in range(4):
        connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
        answer = connection.getresponse()
        body = answer.read()
        cookie = answer.getheader("Set-Cookie", cookie).partition(";")[0]
        if answer.status == 200:  # noqa: PLR2004
            assert b"</html>" in body, body[:200]
            break
        parts = urlsplit(answer.getheader("Location", ""))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
    else:
        raise AssertionError(path)
    ended = time.perf_counter()
    connection.close()
    return ended
