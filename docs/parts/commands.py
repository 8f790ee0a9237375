"""The generated parts of docs/cli.md: commands, their documents, and the exit codes."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from docs.parts.markdown import prose, table
from trailmark_client.cli.catalogue import COMMANDS, GROUPS, Command
from trailmark_client.cli.failures import EXIT_CODES, Failed
from trailmark_client.cli.options import Common
from trailmark_client.cli.parameters import Parameter

_Struct = type[msgspec.Struct]

_ITEM: Final = re.compile(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_MEANING: Final = re.compile(r"^ {4}(\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)
_FLAG: Final = bool


def commands() -> str:
    """Return every command with its words, options and the document that it answers with."""
    return "\n".join(_section(each) for each in COMMANDS)


def _section(command: Command) -> str:
    module, _, name = command.function.partition(":")
    function = getattr(importlib.import_module(module), name)
    answers = [_link(kind) for kind in _answers(function)]
    usage = " ".join(("trailmark", *command.words, *_usage(function)))
    lines = [f"### {' '.join(command.words)}\n", f"    {usage}\n", f"{command.purpose}\n"]
    options = list(_options(function))
    if options:
        lines.append(table(("word", "meaning"), options))
    lines.append(f"Answers with {' or '.join(answers)}.\n")
    return "\n".join(lines)


def _answers(function: Callable[..., Any]) -> list[_Struct]:
    """Return the documents that a command answers with."""
    hint = typing.get_type_hints(function)["return"]
    is_union = typing.get_origin(hint) in {typing.Union, types.UnionType}
    kinds = typing.get_args(hint) if is_union else [hint]
    # One that goes on tells its document when it has begun, and nothing at its end.
    return [typing.get_args(each)[0] for each in kinds if each is not types.NoneType]


def _parameters(function: Callable[..., Any]) -> Iterator[tuple[inspect.Parameter, Any, Parameter]]:
    hints = typing.get_type_hints(function, include_extras=True)
    for each in inspect.signature(function).parameters.values():
        if hints[each.name] is Common:
            continue
        if dataclasses.is_dataclass(hints[each.name]):
            # Options that belong together; what it keeps them in is nothing that people type.
            for inner, hint, said in _parameters(hints[each.name]):
                yield inner.replace(kind=inspect.Parameter.KEYWORD_ONLY), hint, said
            continue
        found = list(_annotations(hints[each.name]))
        merged = Parameter.combine(*reversed(found))
        yield each, typing.get_type_hints(function)[each.name], merged


def _annotations(hint: object) -> Iterator[Parameter]:
    """Yield what is said about a parameter, the outermost words first."""
    metadata: tuple[object, ...] = getattr(hint, "__metadata__", ())
    for each in reversed(metadata):
        if isinstance(each, Parameter):
            yield each
    arguments = typing.get_args(hint)
    for each in arguments[:1] if metadata else arguments:
        yield from _annotations(each)


def _is_word(each: inspect.Parameter) -> bool:
    return each.kind in {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL}


def _name(each: inspect.Parameter, said: Parameter) -> str:
    if _is_word(each):
        return each.name.upper()
    return said.name or f"--{each.name.replace('_', '-')}"


def _usage(function: Callable[..., Any]) -> Iterator[str]:
    for each, hint, said in _parameters(function):
        name = _name(each, said)
        if each.kind is inspect.Parameter.VAR_POSITIONAL:
            yield f"[{name}]…"
        elif _is_word(each):
            yield name if each.default is inspect.Parameter.empty else f"[{name}]"
        elif hint is _FLAG:
            yield f"[{name}]"
        elif each.default is inspect.Parameter.empty:
            yield f"{name} {_value(each, hint)}"
        else:
            more = "…" if typing.get_origin(hint) is tuple else ""
            yield f"[{name} {_value(each, hint)}]{more}"


def _value(each: inspect.Parameter, hint: object) -> str:
    choices = [
        str(value)
        for option in (hint, *typing.get_args(hint))
        if typing.get_origin(option) is typing.Literal
        for value in typing.get_args(option)
    ]
    return "|".join(choices) or each.name.upper()


def _options(function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    told = dict(_ITEM.findall((inspect.getdoc(function) or "").partition("Args:")[2]))
    for each, _, said in _parameters(function):
        words = said.help or told.get(each.name, "")
        yield f"`{_name(each, said)}`", prose(words)


def documents() -> str:
    """Return the keys of every document that ``--json`` prints, with what stands in them."""
    found: dict[str, _Struct] = {"Failed": Failed}
    for command in COMMANDS:
        module, _, name = command.function.partition(":")
        function = getattr(importlib.import_module(module), name)
        for answer in _answers(function):
            _collect(answer, found)
    _collect(Failed, found)
    return "\n".join(_document(found[name]) for name in sorted(found))


def _collect(kind: object, found: dict[str, _Struct]) -> None:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        found[kind.__name__] = kind
        for field in msgspec.structs.fields(kind):
            _collect(field.type, found)
        return
    for inner in typing.get_args(kind):
        if inner is not kind:
            _collect(inner, found)


def _document(kind: _Struct) -> str:
    doc = inspect.getdoc(kind) or ""
    meanings: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        meanings.update(_MEANING.findall(inspect.getdoc(each) or ""))
    rows = [
        (
            f"`{each.encode_name}`",
            _type_words(each.type),
            prose(meanings[each.name]) + _left_out(kind, each),
        )
        for each in msgspec.structs.fields(kind)
    ]
    head = doc.partition("\n")[0]
    return f"### {kind.__name__}\n\n{head}\n\n{table(('key', 'type', 'meaning'), rows)}"


def _left_out(kind: _Struct, field: msgspec.structs.FieldInfo) -> str:
    """Return what is to be said of a key that is not there where it says nothing new."""
    if field.required or not kind.__struct_config__.omit_defaults:
        return ""
    return f" Left out where it is `{msgspec.json.encode(field.default).decode()}`."


def _link(kind: _Struct) -> str:
    """Return a link to a document; a command of the same name comes first on the page."""
    name = kind.__name__.lower()
    is_second = any(name == "-".join(each.words) for each in COMMANDS)
    return f"[`{kind.__name__}`](#{name}{'-1' if is_second else ''})"


def _type_words(kind: Any) -> str:  # noqa: ANN401  (any annotation)
    if typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    plain: Mapping[Any, str] = {
        str: "text",
        int: "number",
        float: "number",
        bool: "true or false",
        type(None): "null",
        Any: "any",
    }
    if kind in plain:
        return plain[kind]
    arguments = typing.get_args(kind)
    match typing.get_origin(kind):
        case typing.Union | types.UnionType:
            return " or ".join(dict.fromkeys(_type_words(each) for each in arguments))
        case origin if origin in {list, tuple, Sequence}:
            return f"list of {_type_words(arguments[0])}"
        case origin if origin is dict:
            return "object"
        case typing.Literal:
            return "text"
        case _:
            return _link(kind)


def exit_codes() -> str:
    """Return what the program ends with."""
    return table(("code", "meaning"), ((str(code), words) for code, words in EXIT_CODES.items()))


def groups() -> str:
    """Return the words that stand before other words."""
    return table(("words", "about"), ((f"`{name}`", words) for name, words in GROUPS.items()))


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "commands": commands,
    "documents": documents,
    "exit-codes": exit_codes,
    "groups": groups,
}
"""Name of a part to what writes it."""
