"""Data of the control types: ids and signed statements, never a word of a person's life.

They are the only plain bodies in the lanes of the person's devices. What devices obey are signed
statements (``device_graph``); these events carry them, and say to everybody else what was erased.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import EventData, Ids

SignedStatement = Annotated[bytes, Meta(min_length=1, max_length=limits.STATEMENT_BYTES_MAX)]
"""Signature and signed bytes, as ``device_graph.statements`` reads them; base64 in JSON."""


class SubjectErased(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Events of the subject were erased.

    Attributes:
        events: The events whose salt and body are gone.
    """

    events: Ids


class StatementMade(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A device said something of devices, keys or erasures; the subject is the statement.

    Attributes:
        statement: What it signed.
    """

    statement: SignedStatement
