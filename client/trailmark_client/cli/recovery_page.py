"""The page with a recovery code, for printing: a new file that only the person's account opens."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Final

from trailmark_client.cli.files import refuse_taken, write_whole
from trailmark_shared.words import gettext, language, marked

_HTML_SUFFIXES: Final = frozenset({".html", ".htm"})

_TITLE: Final = marked("Trailmark: recovery code")
_STEPS: Final = (
    marked("Install Trailmark on a new device."),
    marked("Type: trailmark recover {url}"),
    marked("Type the code when it is asked for."),
    marked("Remove devices that are lost: trailmark device list, trailmark device remove"),
    marked("Make a new code and print it: trailmark recovery new"),
)
_KEEP: Final = (
    marked(
        "Keep this page where nobody else finds it: whoever has the code can read "
        "everything of yours."
    ),
    marked("Losing all devices and this page loses your private texts. Nobody else can open them."),
)
_ONLY_SHARED: Final = marked(
    "No sealed copy of private entries was on the server when this code was "
    "made: it brings back only what you share."
)

_STYLE: Final = (
    "body{font:16px/1.5 serif;max-width:38rem;margin:3rem auto;padding:0 1rem;"
    "overflow-wrap:anywhere}"
    "p.code{font:bold 1.4rem monospace;border:2px solid;padding:1rem;text-align:center}"
    "@media print{body{margin:0}}"
)


def page_text(code: str, url: str, *, has_copy: bool) -> str:
    """Return the page as plain text.

    Args:
        code: The code in its groups.
        url: Address of the home server.
        has_copy: A sealed copy of private entries is kept on the server.
    """
    steps = [f"{n}. {step}" for n, step in enumerate(_filled(url), start=1)]
    return "\n".join(
        (gettext(_TITLE), "", f"    {code}", "", *steps, "", *_notes(has_copy=has_copy), "")
    )


def page_html(code: str, url: str, *, has_copy: bool) -> str:
    """Return the page as HTML: no script, nothing from elsewhere; arguments as ``page_text``."""
    steps = "".join(f"<li>{html.escape(step)}</li>" for step in _filled(url))
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in _notes(has_copy=has_copy))
    title = html.escape(gettext(_TITLE))
    return (
        f'<!doctype html><html lang="{language().tag}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style><main><h1>{title}</h1>"
        f'<p class="code">{html.escape(code)}</p><ol>{steps}</ol>{notes}</main></html>\n'
    )


def _filled(url: str) -> list[str]:
    return [gettext(step).format(url=url) for step in _STEPS]


def _notes(*, has_copy: bool) -> list[str]:
    return [gettext(note) for note in (_KEEP if has_copy else (*_KEEP, _ONLY_SHARED))]


def write_page(file: Path, code: str, url: str, *, has_copy: bool) -> None:
    """Write the page into a new file: HTML where its name says so, else plain text.

    Raises:
        DomainError: ``invalid_input``: the file exists already.
        StorageError: ``disk_full`` or ``storage_unavailable``: nothing was left behind.
    """
    refuse_taken(file)
    build = page_html if file.suffix.lower() in _HTML_SUFFIXES else page_text
    write_whole(file, [build(code, url, has_copy=has_copy).encode()])
