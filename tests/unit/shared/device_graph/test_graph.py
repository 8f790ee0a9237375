"""The graph: the same statements make the same one, in whatever order they come."""

from random import Random

import pytest

from tests.support.graph_devices import GraphDevice, Secrets, found
from trailmark_shared import limits
from trailmark_shared.device_graph.graph import DeviceGraph, bits
from trailmark_shared.device_graph.statements import (
    Admitted,
    Renamed,
    Statement,
    StatementId,
    make_statement,
)


def family() -> GraphDevice:
    phone = found(Random(3))
    for name in ("laptop", "tablet"):
        phone.say(Admitted(Secrets(phone.random).holder, name))
    return phone


def test_order_of_arrival_decides_nothing() -> None:
    phone = family()
    backwards = DeviceGraph(reversed(phone.graph.statements))
    inside = [phone.graph.statements[at].id for at in phone.graph.order()]

    assert inside == [backwards.statements[at].id for at in backwards.order()]
    assert backwards.waiting == frozenset()


def test_a_statement_waits_for_what_it_names() -> None:
    first, *rest = family().graph.statements
    graph = DeviceGraph(rest)

    assert {each.id for each in rest} == graph.waiting
    assert graph.founder is None
    assert graph.add(first)
    assert not graph.add(first)
    assert frozenset() == graph.waiting
    assert 0 == graph.founder


def test_a_copy_has_what_waits_too_and_grows_by_itself() -> None:
    first, second, *later = family().graph.statements
    graph = DeviceGraph([first, *later])
    copy = graph.copy()
    assert copy.add(second)

    assert frozenset() == copy.waiting
    assert {each.id for each in later} == graph.waiting
    assert [first] == graph.statements
    assert graph.add(second)
    assert copy.ancestors == graph.ancestors


def test_nobody_speaks_whom_nobody_let_in() -> None:
    phone, stranger = family(), Secrets(Random(9))
    said = make_statement(
        stranger.signer,
        phone.space,
        stranger.holder,
        (phone.graph.statements[-1].id,),
        Renamed(phone.id, "mine"),
    )
    phone.graph.add(said)

    assert said.id not in phone.graph.index


def test_who_floods_fills_only_its_own_room(monkeypatch: pytest.MonkeyPatch) -> None:
    phone = family()
    monkeypatch.setattr(limits, "STATEMENTS_PER_AUTHOR_MAX", len(phone.graph.statements))
    last = phone.graph.statements[-1]
    said = _after(phone, last)
    phone.graph.add(said)

    assert said.id not in phone.graph.index


def test_admissions_go_only_so_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ADMISSION_DEPTH_MAX", 1)
    phone = family()
    by = Secrets(phone.random)
    phone.say(Admitted(by.holder, "one"))
    deeper = make_statement(
        by.signer,
        phone.space,
        by.holder,
        (phone.graph.statements[-1].id,),
        Admitted(Secrets(phone.random).holder, "two"),
    )
    phone.graph.add(deeper)

    assert deeper.id not in phone.graph.index


def _after(phone: GraphDevice, seen: Statement) -> Statement:
    return make_statement(
        phone.secrets.signer,
        phone.space,
        phone.secrets.holder,
        (StatementId(seen.id),),
        Renamed(phone.id, "again"),
    )


def test_bits_of_a_mask() -> None:
    assert [0, 2, 70] == list(bits(1 | 4 | 1 << 70))
