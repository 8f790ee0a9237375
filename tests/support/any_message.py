"""Messages with any content that their types allow: what a hostile peer may send as well-formed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from trailmark_shared import limits

T = TypeVar("T", bound=msgspec.Struct)

_LIST_MAX = 4
_BYTES_MAX = 300
_LANES = ("self", "care/0" + "0" * 25, "care/7" + "z" * 25, "circle/0" + "1" * 25)


def any_of(kinds: Sequence[type[T]]) -> st.SearchStrategy[T]:
    """Return messages of these kinds, with any values."""
    return st.one_of([_struct(inspect.type_info(kind)) for kind in kinds])


def _struct(info: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  (msgspec's own tree of types)
    fields = {field.name: _value(field.type) for field in info.fields}
    return st.builds(info.cls, **fields)


def _value(info: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401, C901, PLR0911, PLR0912  (one kind a line)
    match info:
        case inspect.StructType():
            return _struct(info)
        case inspect.UnionType():
            return st.one_of([_value(each) for each in info.types])
        case inspect.NoneType():
            return st.none()
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            low, high = info.ge or 0, limits.INTEGER_MAX if info.le is None else info.le
            if info.ge is not None:
                low = info.ge
            return st.one_of(st.integers(low, min(high, low + 5)), st.integers(low, high))
        case inspect.BytesType():
            least = info.min_length or 0
            most = _BYTES_MAX if info.max_length is None else min(info.max_length, 4096)
            few = st.sampled_from([bytes([n]) * least for n in range(3)])
            return st.one_of(few, st.binary(min_size=least, max_size=max(least, most)))
        case inspect.StrType():
            if info.pattern is not None and re.search(info.pattern, "self"):
                return st.sampled_from(_LANES)
            return st.text(max_size=min(info.max_length or 20, 20))
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.ListType():
            least = info.min_length or 0
            return st.lists(_value(info.item_type), min_size=least, max_size=least + _LIST_MAX)
        case inspect.TupleType():
            return st.tuples(*(_value(each) for each in info.item_types))
        case inspect.DictType():
            keys, values = _value(info.key_type), _value(info.value_type)
            return st.dictionaries(keys, values, max_size=_LIST_MAX)
        case _:
            raise NotImplementedError(type(info).__name__)
