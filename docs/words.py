"""Collect all text that people see into one catalogue, and hold translations to it.

``shared/trailmark_adapters/locale/trailmark.pot`` is written from what the code says: calls of
``trailmark_shared.words``, the templates of pages, and the help of both programs. A translation,
``locale/<tag>/LC_MESSAGES/trailmark.po``, gets what is new, untranslated, and loses what is gone;
the ``.mo`` beside it is what runs. Files are sorted and carry no dates, addresses or line numbers,
so that the same code writes the same bytes. With ``--check`` stale ones are only named, and the
exit status is 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final, cast

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).parents[1]))  # run by path: the project's root is not known

from trailmark_adapters.command_help import help_texts
from trailmark_adapters.languages import DOMAIN, FOLDER
from trailmark_adapters.page_templates import EXTRACTION
from trailmark_client.cli.spelling import build
from trailmark_server.cli import app as server_app

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = (
    ("shared/trailmark_shared", "*.py"),
    ("shared/trailmark_adapters", "*.py"),
    ("client/trailmark_client", "*.py"),
    ("client/trailmark_client", "*.html"),
    ("server/trailmark_server", "*.py"),
    ("server/trailmark_server", "*.html"),
)
"""Folders and the files in them that may speak to people."""

_METHODS: Final[Mapping[str, str]] = {".py": "python", ".html": "jinja2"}
_KEYWORDS: Final[Mapping[str, tuple[int | tuple[int, str], ...] | None]] = {
    "gettext": None,
    "marked": None,
    "marked_plural": (1, 2),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_FILLED: Final = re.compile(r"%\(\w+\)s")
"""What pages fill into a text; commands fill in ``{name}``."""

_COMMENT_TAG: Final = "For translators:"
_WIDTH: Final = 96

_HEADER: Final = """\
# What Trailmark says to people{of}. `make words` keeps it in step with the code.
msgid ""
msgstr ""
"Project-Id-Version: Trailmark\\n"
"Language: {tag}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def collected() -> Catalog:
    """Return all texts that the code says, in English, without translations."""
    catalog = Catalog(locale="en", domain=DOMAIN)
    for folder, pattern in SOURCES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            _take_file(catalog, path, path.relative_to(ROOT).as_posix())
    for name, app in (("trailmark", build()), ("trailmark-server", server_app)):
        for text in help_texts(app):
            catalog.add(text, locations=[(f"help/{name}", 1)])
    return catalog


def _take_file(catalog: Catalog, path: Path, name: str) -> None:
    found = extract_from_file(
        _METHODS[path.suffix],
        path,
        _KEYWORDS,
        (_COMMENT_TAG,),
        dict(EXTRACTION),
        strip_comment_tags=True,
    )
    for _, message, comments, context in found:
        catalog.add(message, locations=[(name, 1)], auto_comments=list(comments), context=context)


def _bytes_of(catalog: Catalog, tag: str, of: str = "") -> bytes:
    header = _HEADER.format(of=of, tag=tag, plurals=catalog.plural_forms)
    for each in catalog:
        # The library takes any "% l" for something to fill in; others check translations by that.
        if "python-format" in each.flags and not any(map(_FILLED.search, _forms(each.id))):
            each.flags.remove("python-format")
    file = BytesIO()
    write_po(file, catalog, width=_WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    return header.encode() + file.getvalue()


def _forms(said: object) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(map(str, cast("Sequence[str]", said)))


def _translation(path: Path, template: Catalog) -> Iterator[tuple[Path, bytes]]:
    tag = path.parents[1].name
    catalog = _read(path.read_bytes(), tag)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    text = _bytes_of(catalog, tag, f" in {tag}")
    yield path, text
    yield path.with_suffix(".mo"), _compiled(_read(text, tag))


def _read(text: bytes, tag: str) -> Catalog:
    return read_po(BytesIO(text), locale=tag.replace("-", "_"), domain=DOMAIN)


def _compiled(catalog: Catalog) -> bytes:
    # The library writes a header of its own into what is compiled; it must not tell of today.
    catalog.creation_date = catalog.revision_date = datetime.fromtimestamp(0, UTC)
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def stale(folder: Path = FOLDER) -> dict[Path, bytes]:
    """Return the files of a folder of catalogues that are not what they should be, and what is."""
    template = collected()
    files = {folder / f"{DOMAIN}.pot": _bytes_of(template, "en")}
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        files.update(_translation(path, template))
    return {
        path: new for path, new in files.items() if not path.exists() or path.read_bytes() != new
    }


def main(arguments: Sequence[str]) -> int:
    """Rewrite or check; return the exit status."""
    files = stale()
    for path, new in files.items():
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(new)
    return int(bool(files) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
