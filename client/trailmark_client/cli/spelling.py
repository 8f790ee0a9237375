"""The command line as cyclopts reads it: help, errors, and whatever is not typed plainly.

It reads the same annotations as ``plain_calls``. Its import costs more than most commands do, so it
is loaded only for what that leaves to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from types import FunctionType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

import cyclopts

from trailmark_adapters.command_errors import usage_message
from trailmark_adapters.command_help import PLAIN, TranslatedHelp
from trailmark_client.cli.catalogue import COMMANDS, GROUPS
from trailmark_client.cli.parameters import Parameter, is_spread
from trailmark_client.cli.typed import as_kept
from trailmark_shared.errors import DomainError, ErrorCode

_ABOUT: Final = (
    "Goals and reflections for therapy. Everything is saved on this device first and works without "
    "a network; you decide what is shared, and with whom."
)


def build() -> cyclopts.App:
    """Return the command line; no command's module is loaded yet."""
    app = cyclopts.App(
        name="trailmark",
        help=_ABOUT,
        help_format=PLAIN,
        help_formatter=TranslatedHelp(),
        version=_version,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    groups = {name: cyclopts.App(name=name, help=words) for name, words in GROUPS.items()}
    for group in groups.values():
        app.command(group)
    for each in COMMANDS:
        *group, name = each.words
        parent = groups[group[0]] if group else app
        # Asked of this module, once it is needed, as an attribute: see ``__getattr__``.
        place = each.function.replace(":", ".")
        parent.command(f"{__name__}:{place}", name=name, help=each.purpose)
    return app


def called(words: Sequence[str]) -> Any:  # noqa: ANN401  (what the command answers)
    """Do what a command line says, and return what its command answered.

    Args:
        words: What was typed behind ``trailmark``; ``help`` in front asks for what ``--help``
            behind them does.

    Raises:
        DomainError: ``invalid_input``: it cannot be understood.
    """
    if words and words[0] == "help":
        words = [*words[1:], "--help"]
    try:
        return build()(words, exit_on_error=False, print_error=False)
    except cyclopts.CycloptsError as error:
        raise DomainError(ErrorCode.INVALID_INPUT, usage_message(error, "trailmark")) from None


def _version() -> str:
    from importlib.metadata import version

    return version("trailmark")


def __getattr__(name: str) -> Callable[..., Any]:
    """Return a command as cyclopts reads it, by the dotted name of its function."""
    module, _, function = name.rpartition(".")
    if not module:
        raise AttributeError(name)
    return _for_cyclopts(getattr(import_module(module), function))


def _for_cyclopts(function: FunctionType) -> Callable[..., Any]:
    """Return the same function, with annotations that say to cyclopts what ours say."""
    told = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    told.__kwdefaults__ = function.__kwdefaults__
    told.__doc__, told.__module__ = function.__doc__, function.__module__
    told.__annotations__ = _hints(function)
    return as_kept(told)


def _hints(of: object) -> dict[str, Any]:
    found = get_type_hints(of, include_extras=True)
    return {name: _hint(each) for name, each in found.items()}


def _hint(hint: Any) -> Any:  # noqa: ANN401  (a type, or what stands for one)
    if is_spread(hint):
        return _spread(hint)
    kind, inner = get_origin(hint), get_args(hint)
    if kind is Annotated:
        said = (
            cyclopts.Parameter(**each.told) if isinstance(each, Parameter) else each
            for each in inner[1:]
        )
        return Annotated[_hint(inner[0]), *said]
    if kind in {Union, UnionType}:
        return Union[tuple(map(_hint, inner))]  # noqa: UP007  (as many as there are)
    if kind is tuple:
        return tuple[tuple(map(_hint, inner))]
    return hint


@cache
def _spread(class_: type) -> type:
    """Return a class of the same options for cyclopts; what is made of it is one of ``class_``."""
    fields = {each.name: each for each in dataclasses.fields(class_)}
    told = dataclasses.make_dataclass(
        class_.__name__,
        [
            (name, hint, dataclasses.field(default=fields[name].default))
            for name, hint in _hints(class_).items()
        ],
        bases=(class_,),
        namespace={"__doc__": class_.__doc__, "__module__": class_.__module__},
        frozen=True,
    )
    return cyclopts.Parameter(name="*")(told)
