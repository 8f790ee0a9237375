"""Templates and static files of the pages, loaded once.

Everything that is put into a template is escaped; no template switches that off, as a test reads.
Its own texts are asked of the language in force: ``{% trans %}`` and ``gettext``.
Addresses of static files carry a piece of their hash, so that browsers may keep them for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trailmark_server.members.dates import short_day
from trailmark_server.pages.outlines import outline_of
from trailmark_shared import limits, words
from trailmark_shared.projections.sentences import target_words

FOLDER: Final = Path(__file__).parent
STATIC_FOLDER: Final = FOLDER / "static"
TEMPLATE_FOLDER: Final = FOLDER / "templates"

EXTRACTION: Final[Mapping[str, str]] = {
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
"""How templates are read when their texts are collected; as here, or texts would not be found."""


class Templates:
    """Renders pages and fragments by the name of their template."""

    def __init__(self) -> None:
        """Read the folder of templates and hash the static files."""
        self._environment = Environment(
            autoescape=True,
            extensions=["jinja2.ext.i18n"],
            loader=FileSystemLoader(TEMPLATE_FOLDER),
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=StrictUndefined,
        )
        self._environment.policies["ext.i18n.trimmed"] = True
        install = cast("Any", self._environment).install_gettext_callables  # of the extension
        install(
            words.for_pages(words.gettext),
            words.for_pages(words.ngettext),
            newstyle=True,
            pgettext=words.for_pages(words.pgettext),
        )
        self._versions = {
            path.relative_to(STATIC_FOLDER).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
            for path in STATIC_FOLDER.rglob("*")
            if path.is_file()
        }
        shared: dict[str, object] = {
            "asset": self.asset,
            "comment_chars_max": limits.TEXT_CHARS_MAX,
            "here": "",
            "is_signed_out": False,
            "language": lambda: words.language().tag,
            "outline_of": outline_of,
            "short_day": short_day,
            "target_words": target_words,
            "viewer": None,
        }
        cast("dict[str, object]", self._environment.globals).update(shared)

    def asset(self, name: str) -> str:
        """Return the address of a static file.

        Args:
            name: Its path within the folder ``static``.

        Returns:
            The address, with a piece of the file's hash.
        """
        return f"/static/{name}?v={self._versions[name]}"

    def render(self, template: str, /, **values: object) -> str:
        """Return the HTML of a template.

        Args:
            template: Its path within the folder ``templates``.
            values: What it shows.

        Returns:
            HTML, every value escaped.
        """
        return self._environment.get_template(template).render(values)
