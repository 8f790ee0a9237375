"""The generated parts of docs/protocol.md and docs/errors.md: messages, states, codes, limits."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from docs.parts.error_words import MEANINGS
from docs.parts.markdown import prose, table
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.close_codes import BY_ERROR, LOST, NORMAL, Closing
from trailmark_shared.protocol.packing import Packed
from trailmark_shared.protocol.states import (
    CLIENT_MESSAGES,
    CLIENT_TABLE,
    SERVER_MESSAGES,
    SERVER_TABLE,
    State,
)

GOLDEN: Final = Path(__file__).parents[2] / "tests" / "golden"

_Struct = type[msgspec.Struct]

PIECES: Final[tuple[_Struct, ...]] = (
    messages.LaneHello,
    messages.LaneWelcome,
    messages.Rewind,
    messages.SignedHead,
    messages.SigningKey,
    messages.Refusal,
    messages.Run,
)
"""Maps that stand inside messages."""

_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.MULTILINE)


def _tag(kind: _Struct) -> str:
    return str(kind.__struct_config__.tag)


def message_list() -> str:
    """Return every message with who sends it and what it means."""
    both = {Packed, *(set(CLIENT_MESSAGES) & set(SERVER_MESSAGES))}
    kinds = _messages()
    return table(
        ("message", "from", "meaning"),
        (
            (
                f"[`{_tag(kind)}`](#{_tag(kind)})",
                "both" if kind in both else "client" if kind in CLIENT_MESSAGES else "server",
                prose((inspect.getdoc(kind) or "").split("\n\n")[0]),
            )
            for kind in kinds
        ),
    )


def _messages() -> list[_Struct]:
    return list(dict.fromkeys((*CLIENT_MESSAGES, *SERVER_MESSAGES, Packed)))


def message_fields() -> str:
    """Return a section for every message and every map inside one."""
    named = [(f"`{_tag(kind)}`", kind) for kind in _messages()]
    named += [(f"Inside messages: {kind.__name__}", kind) for kind in PIECES]
    return "\n".join(_section(title, kind) for title, kind in named)


def _section(title: str, kind: _Struct) -> str:
    doc = inspect.getdoc(kind) or ""
    words = dict(_ATTRIBUTE.findall(doc))
    rows = [
        (
            f"`{field.encode_name}`",
            _shape(field.type),
            prose(words.get(field.encode_name, ""), none="nil"),
        )
        for field in _fields(kind)
    ]
    intro = prose(doc.split("\nAttributes:")[0])
    body = table(("field", "type", "meaning"), rows) if rows else "No fields besides `t`.\n"
    return f"#### {title}\n\n{intro}\n\n{body}"


def _fields(kind: _Struct) -> tuple[msgspec.inspect.Field, ...]:
    told = msgspec.inspect.type_info(kind)
    assert isinstance(told, msgspec.inspect.StructType)
    return told.fields


def _shape(told: msgspec.inspect.Type) -> str:
    match told:
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(_shape(each) for each in types)
        case msgspec.inspect.ListType(item_type=item, min_length=least, max_length=most):
            bounds = "" if most is None else f" ({least or 0}-{most})"
            return f"array{bounds} of {_shape(item)}"
        case msgspec.inspect.TupleType(item_types=items):
            return f"[{', '.join(_shape(each) for each in items)}]"
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return f"map of {_shape(key)} to {_shape(value)}"
        case msgspec.inspect.StructType(cls=kind):
            return kind.__name__
        case _:
            return _scalar(told)


def _text(told: msgspec.inspect.StrType) -> str:
    if told.pattern and told.max_length == limits.LANE_NAME_CHARS_MAX:
        return "lane name"
    kind = "visible ASCII" if told.pattern else "str"
    return kind if told.max_length is None else f"{kind} (at most {told.max_length})"


def _scalar(told: msgspec.inspect.Type) -> str:
    match told:
        case msgspec.inspect.IntType(ge=least, le=most):
            kind = {0: "u53", 1: "u53 from 1"}.get(least or 0, "i53")
            return kind if most == limits.INTEGER_MAX else f"{kind} to {most}"
        case msgspec.inspect.BytesType(min_length=None, max_length=int(most)):
            return f"bin (at most {most})"
        case msgspec.inspect.BytesType(min_length=length):
            return "bin" if length is None else f"bin {length}"
        case msgspec.inspect.StrType():
            return _text(told)
        case msgspec.inspect.LiteralType(values=values):
            return " or ".join(f"`{value}`" for value in values)
        case msgspec.inspect.NoneType():
            return "nil"
        case _:
            raise TypeError(told)


def client_states() -> str:
    """Return what a client does with each message, by state."""
    return _states(CLIENT_TABLE, SERVER_MESSAGES)


def server_states() -> str:
    """Return what a server does with each message, by state."""
    return _states(SERVER_TABLE, CLIENT_MESSAGES)


def _states(told: Mapping[State, Mapping[Any, str]], known: tuple[_Struct, ...]) -> str:
    return table(
        ("message", *State),
        ((f"`{_tag(kind)}`", *(told[state][kind] for state in State)) for kind in known),
    )


def close_codes() -> str:
    """Return every close code with its error and what a client does about it."""
    named: list[tuple[str, Closing]] = [("", NORMAL), ("", LOST)]
    named += [(f"`{error}`", closing) for error, closing in BY_ERROR.items()]
    return table(
        ("code", "error", "meaning", "connect again"),
        (
            (str(closing.code), error, closing.meaning, closing.retry.replace("_", " "))
            for error, closing in sorted(named, key=lambda each: each[1].code)
        ),
    )


def error_codes() -> str:
    """Return every error code with when it comes and what to do."""
    return table(
        ("code", "when", "what to do"),
        ((f"`{code}`", *MEANINGS[code]) for code in ErrorCode),
    )


def bounds() -> str:
    """Return every bound with its value and meaning."""
    return table(
        ("bound", "value", "meaning"),
        ((f"`{name}`", f"{getattr(limits, name):,}", words) for name, words in _limits()),
    )


def _limits() -> Iterator[tuple[str, str]]:
    package = ast.parse(inspect.getsource(limits)).body
    themes = [each.module or "" for each in package if isinstance(each, ast.ImportFrom)]
    modules = [ast.parse(inspect.getsource(import_module(each))).body for each in themes]
    for node, follower in chain.from_iterable(map(pairwise, modules)):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            assert isinstance(follower, ast.Expr)
            assert isinstance(follower.value, ast.Constant)
            yield node.target.id, prose(str(follower.value.value))


def hash_example() -> str:
    """Return the first event of the vectors, its row and a signed head, value by value."""
    told = json.loads((GOLDEN / "header_and_hashes.json").read_text(encoding="utf-8"))
    event, row, head = told["events"][0], told["rows"][0], told["head"]
    lines = [
        *(f"{name:12} {event[name]}" for name in ("id", "space", "lane", "device", "epoch")),
        *(f"{name:12} {event[name]}" for name in ("dseq", "key", "salt", "body", "prev")),
        f"header       {event['header']}",
        f"commit       {event['commit']}   SHA-256(salt, body)",
        f"hash         {event['hash']}   SHA-256(prev, header, commit)",
        "",
        *(f"{name:12} {row[name]}" for name in ("seq", "received_at", "offset", "actor", "code")),
        f"fields       {row['fields']}",
        f"lane_hash    {row['lane_hash']}   SHA-256(previous, hash, fields)",
        "",
        f"head bytes   {head['bytes']}",
        f"signature    {head['signature']}",
        f"public key   {head['public_key']}",
    ]
    return "```text\n" + "\n".join(lines) + "\n```\n"


def transcript() -> str:
    """Return the worked session: a server that came back from an old backup."""
    path = GOLDEN / "transcripts" / "rewind_and_offer.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    rows = ((step["from"], f"`{step['message']['t']}`", _said(step)) for step in told["steps"])
    return f"{told['about']}.\n\n" + table(("from", "message", "says", "bytes"), _sized(rows, told))


def _sized(rows: Iterator[tuple[str, str, str]], told: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for row, step in zip(rows, told["steps"], strict=True):
        yield (*row, str(len(step["frame"]) // 2))


def _said(step: dict[str, Any]) -> str:
    """Return the numbers of a message: what a reader follows it by."""
    message = step["message"]
    said = [f"{name} {message[name]}" for name in ("after", "first", "upto") if name in message]
    for lane in message.get("lanes", ()):
        said += [
            f"{name} {lane[name]}" for name in ("cursor", "head", "device_high") if name in lane
        ]
        if lane.get("rewind"):
            said.append(f"rewind to {lane['rewind']['seq']}")
    runs = message.get("runs", [message])
    events = [event for run in runs for event in run.get("events", ())]
    if events:
        bare = sum(event[3] is None for event in events)
        said.append(f"{len(events)} events" + (f", {bare} without body" if bare else ""))
    return ", ".join(said)


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "message-list": message_list,
    "message-fields": message_fields,
    "client-states": client_states,
    "server-states": server_states,
    "close-codes": close_codes,
    "error-codes": error_codes,
    "limits": bounds,
    "hash-example": hash_example,
    "transcript": transcript,
}
"""Name of a part to what writes it."""
