"""All text that people see, asked of the language in force by the English that stands for it.

English is the source: what the code says is what English readers see, and what names a text in the
catalogue (``trailmark_adapters/locale``). Rules of a text:

1. It is a whole sentence or a whole label. Nothing is glued: other languages order words otherwise.
2. What changes has a name: ``gettext("Sent at {time}").format(time=…)``, never an f-string.
3. What depends on a number is asked by ``ngettext``, which knows more forms than two.
4. A word that means two things is told apart by ``pgettext``.
5. A text in a table of a module is ``marked`` there, and asked for by ``gettext`` when it is shown;
   a table of ``Texts`` does that by itself.

The language in force is a context variable, because a server answers many readers at once. Reading
catalogues from files is ``trailmark_adapters.languages``. Codes, ``--json`` and logs have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from gettext import NullTranslations
from types import MappingProxyType
from typing import Final, NamedTuple, ParamSpec, Protocol, TypeVar

from trailmark_shared import limits

Key = TypeVar("Key")
_Asked = ParamSpec("_Asked")


class Translations(Protocol):
    """A catalogue in one language, as ``gettext.NullTranslations`` and its kin are."""

    def gettext(self, message: str, /) -> str:
        """Return what stands for a text."""
        ...

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """Return the form of a text that fits a number."""
        ...

    def pgettext(self, context: str, message: str, /) -> str:
        """Return what stands for a text in one of its meanings."""
        ...


class Language(NamedTuple):
    """A language that people can be spoken to in.

    Attributes:
        tag: Its BCP 47 name, as ``lang`` of an HTML page: ``en``, ``pt-BR``.
        translations: Its catalogue.
    """

    tag: str
    translations: Translations


ENGLISH: Final = Language("en", NullTranslations())
"""The language of the code; it needs no catalogue."""

_IN_FORCE: Final = ContextVar("language", default=ENGLISH)


def language() -> Language:
    """Return the language in force."""
    return _IN_FORCE.get()


class _Speaking:
    """A block with a language; smaller than a generator, for sockets stay in it for days."""

    __slots__ = ("_before", "_chosen")

    def __init__(self, chosen: Language) -> None:
        self._chosen = chosen

    def __enter__(self) -> None:
        self._before = _IN_FORCE.set(self._chosen)

    def __exit__(self, *_: object) -> None:
        _IN_FORCE.reset(self._before)


def speaking(chosen: Language) -> AbstractContextManager[None]:
    """Let a language be in force within a block, for this thread or task and those it starts."""
    return _Speaking(chosen)


def gettext(message: str) -> str:
    """Return a text in the language in force.

    Args:
        message: The English text, a literal or one that is ``marked`` where it stands.
    """
    return _IN_FORCE.get().translations.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return a text in the form that fits a number.

    Args:
        singular: The English text for one.
        plural: The English text for any other number; usually with ``{n}`` in it.
        n: The number.
    """
    return _IN_FORCE.get().translations.ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """Return a text in one of its meanings.

    Args:
        context: A few words for translators that tell this meaning from others; never shown.
        message: The English text.
    """
    return _IN_FORCE.get().translations.pgettext(context, message)


def for_pages(asked: Callable[_Asked, str]) -> Callable[_Asked, str]:
    """Return what asks for a text, in a form that may stand within the quotes of an attribute, too.

    Pages take texts of the catalogue as they are, because some hold markup; those stand in no
    attribute. A translation may say "such" where the English text does not.

    Args:
        asked: ``gettext``, ``ngettext`` or ``pgettext``.
    """

    def ask(*words: _Asked.args, **named: _Asked.kwargs) -> str:
        text = asked(*words, **named)
        return text if "<" in text else text.replace('"', "&#34;")

    return ask


def marked(message: str) -> str:
    """Return ``message`` itself: it is collected here and shown later, by ``gettext``."""
    return message


class Counted(NamedTuple):
    """A text that depends on a number, in English.

    Attributes:
        singular: For one.
        plural: For any other number.
    """

    singular: str
    plural: str


def marked_plural(singular: str, plural: str) -> Counted:
    """Return a text for a table: it is collected here and shown later, by ``counted``."""
    return Counted(singular, plural)


def counted(text: Counted, n: int, **named: object) -> str:
    """Return a text in the form that fits ``n``, filled in.

    Args:
        text: The text.
        n: The number, in place of ``{n}``.
        named: What else the text names.
    """
    return ngettext(text.singular, text.plural, n).format(n=n, **named)


class Texts(Mapping[Key, str]):
    """A table of texts by their codes, which answers in the language in force.

    Its texts are ``marked`` where the table is written.
    """

    def __init__(self, english: Mapping[Key, str]) -> None:
        """Keep a table of English texts.

        Args:
            english: Text by code.
        """
        self._english = MappingProxyType(dict(english))

    def __getitem__(self, code: Key) -> str:
        """Return the text of a code, in the language in force."""
        return gettext(self._english[code])

    def __iter__(self) -> Iterator[Key]:
        """Iterate over the codes, in the order of the table."""
        return iter(self._english)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self._english)


def listed(items: Sequence[str]) -> str:
    """Return items as people name them: "a", "a and b", "a, b and c"; nothing for none."""
    if not items:
        return ""
    *others, last = items
    if not others:
        return last
    before = others[0]
    for each in others[1:]:
        before = pgettext("a list, but for its end", "{before}, {next}").format(
            before=before, next=each
        )
    return pgettext("the end of a list", "{before} and {last}").format(before=before, last=last)


def capital(words: str) -> str:
    """Return words with a capital letter in front; the others stay: many languages need theirs."""
    return words[:1].upper() + words[1:]


def wanted_languages(header: str) -> list[str]:
    """Return the tags that an ``Accept-Language`` names, the most wanted first.

    Args:
        header: The header's text; whatever is no language with a weight is passed over, and so is
            what stands behind the first ``WANTED_LANGUAGES_MAX``.

    Source:
        RFC 9110 section 12.5.4; weights as in its section 12.4.2.
    """
    weighed: list[tuple[float, str]] = []
    most = limits.WANTED_LANGUAGES_MAX
    for part in header.split(",", most)[:most]:
        tag, _, weight = part.partition(";")
        said = weight.strip().removeprefix("q=")
        if tag.strip() and (value := _weight(said)) > 0:
            weighed.append((value, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def _weight(said: str) -> float:
    if not said:
        return 1.0
    whole, _, part = said.partition(".")
    if whole not in {"0", "1"} or len(part) > len("000") or not (part + "0").isdecimal():
        return 0.0
    return min(float(said), 1.0)


def best_tag(wanted: Iterable[str], available: Iterable[str]) -> str:
    """Return which available language fits best.

    Args:
        wanted: Tags, the most wanted first; in the spelling of BCP 47 or of a POSIX locale
            (``de_AT.UTF-8``).
        available: Tags that there are catalogues for.

    Returns:
        A tag of ``available``, or that of English, which is always there. ``de-AT`` is also served
        by ``de``, and ``de`` by nothing but ``de``.

    Source:
        RFC 4647 section 3.4 (lookup).
    """
    known: Mapping[str, str] = {tag.lower(): tag for tag in (*available, ENGLISH.tag)}
    for each in wanted:
        parts = each.partition(".")[0].partition("@")[0].replace("_", "-").lower().split("-")
        while parts:
            if (found := known.get("-".join(parts))) is not None:
                return found
            parts.pop()
    return ENGLISH.tag
