"""How a command says what it takes: in the annotations of its function, loading nothing for it.

Two read them: ``plain_calls``, which every command passes, and ``spelling``, which hands them to
cyclopts for everything that is not typed plainly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

_Class = TypeVar("_Class", bound=type)

_SPREAD = "__spread__"


class Parameter(NamedTuple):
    """What stands beside a type: ``Annotated[str, Parameter(help="…")]``.

    A field that is ``None`` leaves it to cyclopts, whose ``Parameter`` has the same fields.

    Attributes:
        name: What is typed, with its hyphens; by default the name of the Python parameter.
        help: What ``--help`` shows.
        negative: How its contrary is typed; nothing for no such option.
        allow_leading_hyphen: Whether a value may begin with a hyphen.
        converter: Makes the value of what was typed.
        show_default: Whether ``--help`` shows the default.
    """

    name: str | None = None
    help: str | None = None
    negative: str | None = None
    allow_leading_hyphen: bool | None = None
    converter: Callable[..., Any] | None = None
    show_default: bool | None = None

    @staticmethod
    def combine(*parameters: Parameter) -> Parameter:
        """Return what all of them say together; where two say the same thing, the later counts."""
        said: dict[str, Any] = {}
        for each in parameters:
            said |= each.told
        return Parameter(**said)

    @property
    def told(self) -> dict[str, Any]:
        """Return the fields that say something, by name."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def spread(class_: _Class) -> _Class:
    """Mark a dataclass whose fields are options of every command that takes it."""
    setattr(class_, _SPREAD, True)
    return class_


def is_spread(hint: object) -> bool:
    """Say whether the options of a command stand in this class."""
    return isinstance(hint, type) and _SPREAD in vars(hint)
