"""Each request is answered in the language that its reader asks for: an ASGI layer.

What a request starts, such as a page that stays live, goes on in the same language.
"""

from __future__ import annotations

from litestar.types import ASGIApp, Receive, Scope, Send

from trailmark_adapters.languages import Languages
from trailmark_shared.words import speaking

_HEADER = b"accept-language"


class ReaderLanguage:
    """Puts the language of ``Accept-Language`` in force while the application answers.

    Attributes:
        inner: The application that it wraps.
    """

    def __init__(self, app: ASGIApp, languages: Languages) -> None:
        """Wrap ``app``.

        Args:
            app: The application.
            languages: What there is to choose from.
        """
        self.inner = app
        self._languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        said = ",".join(
            value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER
        )
        with speaking(self._languages.of_reader(said)):
            await self.inner(scope, receive, send)
