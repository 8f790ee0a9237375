"""Vault keys: which seals, who lacks which, who is not to have one."""

from random import Random

import pytest

from tests.support.graph_devices import GraphDevice, Operator, Secrets, found
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Admitted, Holder, KeyMade, KeysHanded, Wrap
from trailmark_shared.sealing import vault_key_id

KEY = b"b" * 32
KEY_ID = vault_key_id(KEY)


def pair() -> tuple[GraphDevice, GraphDevice, Operator]:
    random, operator = Random(4), Operator()
    phone = found(random)
    laptop = GraphDevice("laptop", random, phone.space, Secrets(random))
    phone.let_in(laptop)
    operator.sync(phone, laptop)
    return phone, laptop, operator


def test_a_newcomer_gets_every_key() -> None:
    phone, laptop, operator = pair()
    phone.rotate()
    operator.sync(phone, laptop)

    assert 2 == len(phone.keys)
    assert phone.keys == laptop.keys


def test_the_last_made_seals_while_only_members_had_it() -> None:
    phone, laptop, operator = pair()
    phone.rotate()
    operator.sync(phone, laptop)
    before = phone.held(phone.view).sealing_key
    phone.remove([laptop.id])
    after = phone.held(phone.view).sealing_key

    assert before is not None
    assert after not in {None, before}
    assert laptop.id in phone.held(phone.view).holders(before)


def test_a_key_brought_along_never_seals() -> None:
    phone, laptop, operator = pair()
    laptop.keys[KEY_ID] = KEY
    laptop.tend()
    operator.sync(phone, laptop)

    assert KEY_ID in phone.keys
    assert KEY_ID != phone.held(phone.view).sealing_key
    assert not phone.held(phone.view).may_seal(KEY_ID)


def test_a_holder_whose_key_is_none_stops_nobody() -> None:
    phone, laptop, operator = pair()
    phone.say(Admitted(Holder("device", b"s" * 32, bytes(32)), "broken"))
    phone.rotate()
    operator.sync(phone, laptop)

    assert phone.keys == laptop.keys


def test_of_each_author_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    phone, laptop, operator = pair()
    monkeypatch.setattr(limits, "KEYS_PER_AUTHOR_MAX", 2)
    for _ in range(4):
        phone.rotate()
    operator.collect(phone)
    laptop.take([each.raw for each in operator.log if isinstance(each.says, KeyMade)])

    assert 2 == len(laptop.keys)


def test_rubbish_gives_nobody_anything() -> None:
    phone, laptop, operator = pair()
    tablet = GraphDevice("tablet", phone.random, phone.space, Secrets(phone.random))
    laptop.say(Admitted(tablet.secrets.holder, "tablet"))
    [key] = laptop.keys
    laptop.say(KeysHanded((Wrap(key, tablet.id, b"rubbish" * 16),)))
    operator.collect(laptop)
    operator.deliver(tablet, operator.lacking(tablet))
    assert key not in tablet.keys

    operator.sync(phone, laptop, tablet)

    assert phone.keys == tablet.keys


def test_whoever_lets_many_in_crowds_out_none_that_a_device_let_in_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WRAPS_MAX", 4)
    phone, laptop, operator = pair()
    other, later = (
        GraphDevice(name, phone.random, phone.space, Secrets(phone.random)) for name in ("o", "n")
    )
    phone.let_in(other)
    operator.sync(phone, laptop, other)
    for _ in range(4):
        laptop.say(Admitted(Secrets(phone.random).holder, "friend"))
    operator.sync(phone, laptop, other)
    other.let_in(later)
    operator.sync(phone, laptop, other, later)

    assert list(phone.view.members).index(later.id) >= limits.WRAPS_MAX
    assert phone.keys.keys() == later.keys.keys()
