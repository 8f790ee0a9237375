"""A few words about a browser, so that somebody knows their own in a list: "Firefox on Windows".

What a browser says of itself is not believed for anything else, and only names from the tables
below are kept of it: in English, and told in the language of whoever reads them.
"""

from __future__ import annotations

from typing import Final

from trailmark_shared.words import gettext

UNKNOWN: Final = "A browser"
_ON: Final = " on "

_NAMES: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Mark in ``User-Agent`` -> name. The first that is found counts: most claim to be others too."""

_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser_kept(user_agent: str) -> str:
    """Return what is kept of a browser.

    Args:
        user_agent: The header, as it was sent.

    Returns:
        Names of this module, none of the header itself.
    """
    name = _first(user_agent, _NAMES) or UNKNOWN
    system = _first(user_agent, _SYSTEMS)
    return f"{name}{_ON}{system}" if system else name


def browser_words(kept: str) -> str:
    """Return what a browser is called in a list of one's own.

    Args:
        kept: What ``browser_kept`` returned; nothing is an unknown one.
    """
    name, _, system = kept.partition(_ON)
    name = gettext("A browser") if name in {"", UNKNOWN} else name
    if not system:
        return name
    return gettext("{browser} on {system}").format(browser=name, system=system)


def _first(text: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((words for mark, words in marks if mark in text), "")
