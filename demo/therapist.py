"""The therapist of the demo: signs in by the one-time link and reads the page as text."""

from __future__ import annotations

import re
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

from stage import Server, StageError

TIMEOUT_SECONDS = 20
_DAY = "h2"
_ROW = "li"
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Therapist:
    """A signed-in therapist with the cookie that the server gave."""

    def __init__(self, server: Server, email: str) -> None:
        self._server = server
        self._email = email
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )
        self._post(urlsplit(self.fresh_link()).path)

    def timeline(self) -> str:
        """Return the person's shared timeline, newest day first.

        Raises:
            StageError: Nobody has let this therapist in.
        """
        found = re.search(r'href="(/people/[^"/]+/timeline)"', self._get("/people"))
        if found is None:
            raise StageError("nobody is on the therapist's page")
        reader = _TimelineText()
        reader.feed(self._get(found.group(1)))
        return "\n".join(reader.lines)

    def fresh_link(self) -> str:
        """Return a new one-time link for a browser."""
        link = self._server.admin("therapist", "link", "--email", self._email)["link"]
        return f"{self._server.address}{urlsplit(str(link)).path}"

    def _get(self, path: str) -> str:
        with self._opener.open(f"{self._server.address}{path}", timeout=TIMEOUT_SECONDS) as answer:
            return answer.read().decode()

    def _post(self, path: str) -> None:
        request = urllib.request.Request(  # noqa: S310  (the demo's own server on loopback)
            f"{self._server.address}{path}",
            data=b"",
            headers={"Origin": self._server.address},
            method="POST",
        )
        self._opener.open(request, timeout=TIMEOUT_SECONDS).close()


class _TimelineText(HTMLParser):
    """Reads days and rows of the timeline; everything else of the page is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._words: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where the text that follows belongs."""
        if tag in _VOID:
            return
        classes = dict(attrs).get("class") or ""
        self._open.append((tag, classes))
        if tag == _ROW and classes == "row":
            self._words = {}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over shapes of drawings, which hold no words."""

    def handle_endtag(self, tag: str) -> None:
        """Print a day or a row when it is complete."""
        while self._open:
            opened, classes = self._open.pop()
            if opened == tag:
                break
        else:
            return
        if tag == _ROW and classes == "row":
            self.lines.append(self._row())
        elif tag == _DAY and "day" in self._words:
            self.lines.append("")
            self.lines.append(" ".join(self._words.pop("day")))

    def handle_data(self, data: str) -> None:
        """Keep the words of a part of a row, or of a day."""
        words = " ".join(data.split())
        part = self._part()
        if words and part:
            self._words.setdefault(part, []).append(words)

    def _part(self) -> str:
        if (_ROW, "row") not in self._open:
            return "day" if any(tag == _DAY for tag, _ in self._open) else ""
        for tag, classes in reversed(self._open):
            if tag in {"details", "ul"} or "visually-hidden" in classes:
                return ""
            for name in ("sentence", "words", "goal-link", "badge"):
                if name in classes.split():
                    return name
            if tag == "time":
                return tag
        return ""

    def _row(self) -> str:
        parts = {name: " ".join(words) for name, words in self._words.items()}
        row = f"  {parts.get('time', ''):<6} {parts.get('sentence', '')}"
        if "words" in parts:
            row += f" “{parts['words']}”"
        if "goal-link" in parts:
            row += f" [{parts['goal-link']}]"
        return row + (f"  ({parts['badge']})" if "badge" in parts else "")
