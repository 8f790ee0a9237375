"""What was typed on a command line, as it is kept; files keep the names that they have."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from trailmark_shared.domain.typed_words import clean_words


def as_kept(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that gets its words as they are kept and as the own pages send them."""

    @wraps(command)
    def call(*arguments: object, **options: object) -> object:
        return command(*_kept(arguments), **{name: _kept(each) for name, each in options.items()})

    return call


def _kept(value: object) -> Any:  # noqa: ANN401  (whatever a command takes)
    if isinstance(value, str):
        return clean_words(value)
    if isinstance(value, tuple):
        return tuple(map(_kept, cast("tuple[object, ...]", value)))
    return value
