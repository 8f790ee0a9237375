"""The person's client inside the browser: files that ``make app`` built, and nothing of a person.

The app asks this server for its files once; from then on it runs without it. What it sends is what
any device sends: ``/api`` and ``/sync``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_304_NOT_MODIFIED

from trailmark_server.http import headers
from trailmark_server.pages.replies import page
from trailmark_shared.words import gettext

APP_PATH: Final = "/app/"

BUILT_FOLDER: Final = Path(__file__).parents[1] / "built_app"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""As on every page, and besides: workers, and WebAssembly that is compiled from our own files."""

PERMISSIONS_POLICY: Final = headers.PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")
"""As everywhere, but for the camera, which reads invitations; the browser asks the person first."""

_SHELL: Final = "index.html"
_COMPRESSED: Final = ".br"
_UNWANTED: Final = re.compile(r"\s*q=0(?:\.0*)?\s*")
"""What an encoding is named with by who takes anything but it."""

_MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".bin": "application/octet-stream",
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".zip": "application/zip",
}

_NOT_BUILT: Final = 503


class BuiltApp:
    """The files of a build."""

    def __init__(self, folder: Path = BUILT_FOLDER) -> None:
        """Look what is there.

        Args:
            folder: Where ``make app`` writes; it may be missing.
        """
        self._folder = folder
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        self._tags = {
            path.name: f'"{sha256(path.read_bytes()).hexdigest()[:32]}"'
            for path in found
            if path.suffix in _MEDIA_TYPES
        }
        self._compressed = {path.stem for path in found if path.suffix == _COMPRESSED}

    @property
    def is_built(self) -> bool:
        """Whether there is an app to serve."""
        return _SHELL in self._tags

    def answer(self, name: str, known: str, accepted: str) -> Response[bytes]:
        """Return a file.

        Args:
            name: Its name.
            known: What the browser has of it: its ``If-None-Match``.
            accepted: The encodings that the browser takes: its ``Accept-Encoding``.

        Raises:
            NotFoundException: The build has no such file.
        """
        tag = self._tags.get(name)
        if tag is None:
            raise NotFoundException
        sent = {
            "content-security-policy": CONTENT_SECURITY_POLICY,
            "permissions-policy": PERMISSIONS_POLICY,
            "cache-control": "no-cache",
            "etag": tag,
            "vary": "accept-encoding",
        }
        if tag in known:
            return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=sent)
        path = self._folder / name
        if name in self._compressed and _takes_brotli(accepted):
            path = self._folder / f"{name}{_COMPRESSED}"
            sent["content-encoding"] = "br"
        media_type = _MEDIA_TYPES[PurePosixPath(name).suffix]
        return Response(path.read_bytes(), headers=sent, media_type=media_type)


def _takes_brotli(accepted: str) -> bool:
    named = (each.partition(";") for each in accepted.lower().split(","))
    return any(name.strip() == "br" and not _UNWANTED.fullmatch(how) for name, _, how in named)


_APP: Final = BuiltApp()


def not_built() -> Response[str]:
    """Say that this server has no app, and what there is instead."""
    return page(
        "message.html",
        None,
        _NOT_BUILT,
        title=gettext("The app is not here yet"),
        paragraphs=[
            gettext(
                "This server was installed without the app for the browser. Whoever runs it can "
                "add it: make app, then install it and start it again."
            ),
            gettext("Until then, Trailmark works on a computer: trailmark open."),
        ],
        link=None,
    )


@get("/app", sync_to_thread=True)
def show_app(request: Request[Any, Any, Any]) -> Response[bytes] | Response[str] | Redirect:
    """Answer with the app's page, or say that there is none."""
    if not _APP.is_built:
        return not_built()
    # Its files are named from here on.
    if not request.scope["raw_path"].endswith(b"/"):
        return Redirect(APP_PATH)
    return _file(request, _SHELL)


@get("/app/{name:str}", sync_to_thread=True)
def take_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Answer with a file of the app."""
    return _file(request, name)


def _file(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
    asked = request.headers
    known, accepted = asked.get("if-none-match", ""), asked.get("accept-encoding", "")
    return _APP.answer(name, known, accepted)
