"""Templates and static files of the person's pages, loaded once.

Everything that is put into a template is escaped; no template switches that off, as a test reads.
Its own texts are asked of the language in force: ``{% trans %}`` and ``gettext``.
Addresses of static files carry a piece of their hash, so that browsers may keep them.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined

from trailmark_client.web.dating import clock_words, day_words, short_day
from trailmark_shared import words

FOLDER: Final = Path(__file__).parent
STATIC_FOLDER: Final = FOLDER / "static"
TEMPLATE_FOLDER: Final = FOLDER / "templates"
COMPILED_FOLDER: Final = FOLDER / "compiled"
"""Where templates stand that were compiled before; only the app for browsers has them."""


class Templates:
    """Renders pages by the name of their template."""

    def __init__(self, compiled: Path = COMPILED_FOLDER) -> None:
        """Read the folder of templates and hash the static files.

        Args:
            compiled: Where ``compile_to`` wrote them, if it did.
        """
        self._environment = Environment(
            auto_reload=False,
            autoescape=True,
            extensions=["jinja2.ext.i18n"],
            loader=(
                ModuleLoader(compiled) if compiled.is_dir() else FileSystemLoader(TEMPLATE_FOLDER)
            ),
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
            "clock_words": clock_words,
            "day_words": day_words,
            "language": lambda: words.language().tag,
            "short_day": short_day,
        }
        cast("dict[str, object]", self._environment.globals).update(shared)

    def asset(self, name: str) -> str:
        """Return the address of a static file, with a piece of the file's hash."""
        return f"/static/{name}?v={self._versions[name]}"

    def compile_to(self, folder: Path) -> None:
        """Write every template as a module of Python, which then need not be done on a phone."""
        self._environment.compile_templates(folder, zip=None, ignore_errors=False)

    def render(self, template: str, /, **values: object) -> str:
        """Return the HTML of a template, every value escaped."""
        return self._environment.get_template(template).render(values)


@cache
def templates() -> Templates:
    """Return the templates; they are read once."""
    return Templates()
