"""A command line in its plain form, read without cyclopts, whose import alone costs 0.1 s.

Plain is what people and scripts type nearly always: the command's words, each argument as a word
of its own, options by their whole names with their values behind them. What it means is read from
the same annotations that cyclopts reads. Whatever else is typed (help, an error, a hyphen where a
value is expected, ``--name=value``, a number) is left to cyclopts: here nothing is refused, and
nothing is guessed. A test holds both readings to each other, over every command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from types import FunctionType, NoneType, UnionType
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from trailmark_client.cli.catalogue import COMMANDS
from trailmark_client.cli.parameters import Parameter, is_spread
from trailmark_client.cli.typed import as_kept

_GROUP_WORDS_MAX: Final = 2
_TAKES_ANY_NUMBER: Final = 0x0C
"""Flags of the code of a function that takes ``*these`` or ``**those``."""

_NO_VALUE: Final = frozenset({"none", "null"})
"""Words that cyclopts reads as no value where there may be none."""

_NOT_PLAIN: Final = ("-", "[", "{")
"""How an option, or a list or an object in JSON, begins."""


class _Taken(NamedTuple):
    """How one argument is taken.

    Attributes:
        name: What is typed for an option.
        is_flag: It is typed alone.
        is_many: It may be typed again.
        choices: The only words that it takes; ``None`` for any.
    """

    name: str | None
    is_flag: bool = False
    is_many: bool = False
    choices: tuple[str, ...] | None = None

    def takes(self, word: str) -> bool:
        """Say whether this word is its value, and nothing else."""
        if self.choices is not None:
            return word in self.choices
        return bool(word) and not word.startswith(_NOT_PLAIN) and word.lower() not in _NO_VALUE


def plain_call(words: Sequence[str]) -> Callable[[], Any] | None:
    """Return the call that a command line means, or ``None`` where it is not plain.

    Args:
        words: What was typed behind ``trailmark``.
    """
    function, typed = _function(words)
    if function is None or _is_open_ended(function):
        return None
    hints = get_type_hints(function, include_extras=True)
    code = function.__code__
    count, end = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
    arguments = [_taken(hints[name], name) for name in code.co_varnames[:count]]
    options = _options({name: hints[name] for name in code.co_varnames[count:end]})
    split = _split(typed, options)
    if split is None:
        return None
    positional, given = split
    fewest = count - len(function.__defaults__ or ())
    if not fewest <= len(positional) <= count:
        return None
    for word, taken in zip(positional, arguments, strict=False):
        if taken is None or taken.is_flag or taken.is_many or not taken.takes(word):
            return None
    named = _gathered(given, hints)
    needed = set(code.co_varnames[count:end]) - (function.__kwdefaults__ or {}).keys()
    call = partial(as_kept(function), *positional, **named)
    return call if needed <= named.keys() else None


def _function(words: Sequence[str]) -> tuple[FunctionType | None, Sequence[str]]:
    for length in range(_GROUP_WORDS_MAX, 0, -1):
        for each in COMMANDS:
            if each.words == tuple(words[:length]):
                module, _, name = each.function.partition(":")
                return getattr(import_module(module), name), words[length:]
    return None, words


def _is_open_ended(function: FunctionType) -> bool:
    """Say whether words could be more of its arguments than one each, or be typed by name, too."""
    code = function.__code__
    return bool(code.co_flags & _TAKES_ANY_NUMBER) or code.co_argcount != code.co_posonlyargcount


_Where = tuple[str, str | None]
"""The parameter of a function, and the field in it where its options stand in a class."""


def _options(hints: Mapping[str, Any]) -> dict[str, tuple[_Where, _Taken]]:
    """Return where each option goes and how it is taken, by its name; odd ones are left out."""
    found: dict[str, tuple[_Where, _Taken]] = {}
    for name, hint in hints.items():
        inner = get_type_hints(hint, include_extras=True) if is_spread(hint) else {None: hint}
        for field, its in inner.items():
            taken = _taken(its, field or name)
            if taken is not None:
                spelled = taken.name or f"--{(field or name).replace('_', '-')}"
                found[spelled] = ((name, field), taken)
    return found


def _taken(hint: object, name: str) -> _Taken | None:
    """Return how an argument of this type is taken, ``None`` for types that cyclopts reads."""
    said = [each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Parameter)]
    if said:
        return _named(_taken(getattr(hint, "__origin__", None), name), Parameter.combine(*said))
    if hint is str or hint is bool:
        return _Taken(None, is_flag=hint is bool)
    kind, inner = get_origin(hint), get_args(hint)
    if kind is Literal and all(isinstance(each, str) for each in inner):
        return _Taken(None, choices=inner)
    if kind in {Union, UnionType} and inner[1:] == (NoneType,):
        taken = _taken(inner[0], name)
        return None if taken is None or taken.is_flag or taken.is_many else taken
    if kind is tuple and inner[1:] == (...,):
        taken = _taken(inner[0], name)
        return None if taken is None or taken.is_flag else taken._replace(is_many=True)
    return None


def _named(taken: _Taken | None, said: Parameter) -> _Taken | None:
    if taken is None or said.converter is not None:
        return None
    return taken if said.name is None else taken._replace(name=said.name)


_Given = dict[_Where, str | bool | tuple[str, ...]]


def _split(
    words: Sequence[str], options: Mapping[str, tuple[_Where, _Taken]]
) -> tuple[list[str], _Given] | None:
    """Return what stands alone and what was given by name; ``None`` where a word is not plain."""
    alone: list[str] = []
    given: _Given = {}
    waiting = iter(words)
    for word in waiting:
        if not word.startswith("-"):
            alone.append(word)
            continue
        found = options.get(word)
        if found is None:
            return None
        where, taken = found
        value = True if taken.is_flag else next(waiting, "")
        if value is not True and not taken.takes(value):
            return None
        if taken.is_many and value is not True:
            before = given.get(where, ())
            given[where] = (*before, value) if isinstance(before, tuple) else (value,)
        elif where in given:
            return None
        else:
            given[where] = value
    return alone, given


def _gathered(given: _Given, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Return the named arguments of the function, classes of options made whole."""
    named: dict[str, Any] = {}
    fields: dict[str, dict[str, Any]] = {}
    for (name, field), value in given.items():
        if field is None:
            named[name] = value
        else:
            fields.setdefault(name, {})[field] = value
    return named | {name: hints[name](**inner) for name, inner in fields.items()}
