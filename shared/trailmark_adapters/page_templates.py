"""Templates of pages, and the addresses of the static files that these name; the door to Jinja.

Everything that is put into a template is escaped; no template switches that off, as tests read.
Its own texts are asked of the language in force: ``{% trans %}`` and ``gettext``; what is put into
one of them keeps its reading direction to itself.
Addresses of static files carry a piece of their hash, so that browsers may keep them for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from trailmark_shared import words
from trailmark_shared.reading_direction import isolated

EXTRACTION: Final[Mapping[str, str]] = {
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
"""How templates are read when their texts are collected; as here, or texts would not be found."""


def _isolating(ask: Callable[..., str]) -> Callable[..., str]:
    """Return what asks for a text, and keeps apart in it what is read from right to left."""

    @pass_context
    def asked(context: Context, *texts: object, **values: object) -> str:
        apart = {
            name: type(each)(isolated(each)) if isinstance(each, str) else each
            for name, each in values.items()
        }
        return ask(context, *texts, **apart)

    return asked


class PageTemplates:
    """Renders pages and fragments by the name of their template; all files are read once."""

    def __init__(
        self,
        folder: Path,
        static: Path,
        names: Mapping[str, object],
        compiled: Path | None = None,
    ) -> None:
        """Hash the static files and make ready to read templates.

        Args:
            folder: The templates.
            static: The static files.
            names: What every template may use, beside ``asset`` and ``language``.
            compiled: Where ``compile_to`` wrote them; where nothing is, ``folder`` is read.
        """
        self._environment = Environment(
            auto_reload=False,
            autoescape=True,
            extensions=["jinja2.ext.i18n"],
            loader=ModuleLoader(compiled)
            if compiled and compiled.is_dir()
            else FileSystemLoader(folder),
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
            path.relative_to(static).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
            for path in static.rglob("*")
            if path.is_file()
        }
        known = cast("dict[str, Any]", self._environment.globals)
        known.update(
            {name: _isolating(known[name]) for name in ("gettext", "ngettext", "pgettext")}
        )
        known.update(names, asset=self.asset, language=lambda: words.language().tag)

    def asset(self, name: str) -> str:
        """Return the address of a static file.

        Args:
            name: Its path within the folder of static files.

        Returns:
            The address, with a piece of the file's hash.
        """
        return f"/static/{name}?v={self._versions[name]}"

    def compile_to(self, folder: Path) -> None:
        """Write every template as a module of Python, which then need not be done on a phone."""
        self._environment.compile_templates(folder, zip=None, ignore_errors=False)

    def render(self, template: str, /, **values: object) -> str:
        """Return the HTML of a template.

        Args:
            template: Its path within the folder of templates.
            values: What it shows.

        Returns:
            HTML, every value escaped.
        """
        return self._environment.get_template(template).render(values)
