"""Devices around a graph of signed statements, a thief among them, an operator who delivers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from hashlib import sha256
from random import Random

from trailmark_adapters.nacl import NaclCipher
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.boxes import box_for, key_proof
from trailmark_shared.device_graph.graph import DeviceGraph
from trailmark_shared.device_graph.keys import HeldKeys, Opening, opened_keys
from trailmark_shared.device_graph.resolution import Firm, View, resolve
from trailmark_shared.device_graph.statements import (
    Admitted,
    Erased,
    Founded,
    Holder,
    HolderId,
    KeyMade,
    Removed,
    Saying,
    Statement,
    StatementId,
    Wrap,
    make_statement,
    read_statement,
    space_of,
)
from trailmark_shared.errors import ErrorCode, SealError
from trailmark_shared.ids import KeyId, SpaceId
from trailmark_shared.sealing import Cipher, vault_key_id

ROUNDS_MAX = 40


class PaperCipher(NaclCipher):
    """Signatures and boxes of hashes: fast, sound for who only calls them, worthless elsewhere."""

    def is_signed(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        return signature == paper_signature(public_key, message)

    def box_public_key(self, private_key: bytes) -> bytes:
        return sha256(b"box" + private_key).digest()

    def seal_box(self, public_key: bytes, fresh_key: bytes, plaintext: bytes) -> bytes:
        if public_key == bytes(32):
            raise SealError(ErrorCode.SEAL_BROKEN, "this is no key to seal for")
        return public_key + sha256(public_key + fresh_key).digest() + plaintext

    def open_box(self, private_key: bytes, box: bytes) -> bytes:
        if box[:32] != self.box_public_key(private_key):
            raise SealError(ErrorCode.SEAL_BROKEN, "a box does not open")
        return box[64:]


def paper_signature(public_key: bytes, message: bytes) -> bytes:
    return sha256(public_key + message).digest() * 2


class PaperSigner:
    """Signs as a paper key."""

    def __init__(self, public_key: bytes) -> None:
        self._public_key = public_key

    def sign(self, message: bytes) -> bytes:
        return paper_signature(self._public_key, message)


CIPHER: Cipher = PaperCipher()
BOXES: dict[tuple[KeyId, HolderId], bytes | None] = {}


class Secrets:
    """The keys of one holder."""

    def __init__(self, random: Random, kind: str = "device") -> None:
        self.private_key = random.randbytes(32)
        self.holder = Holder(
            "device" if kind == "device" else "code",
            random.randbytes(32),
            CIPHER.box_public_key(self.private_key),
        )
        self.signer = PaperSigner(self.holder.sign_key)

    @property
    def id(self) -> HolderId:
        return self.holder.id


@lru_cache(100_000)
def read(space: SpaceId, raw: bytes) -> Statement:
    """Every device reads what comes; that it reads the same every time is tested elsewhere."""
    return read_statement(CIPHER, space, raw)


class GraphDevice:
    """An honest device: reads what is delivered, does its duties, seals and obeys."""

    def __init__(self, name: str, random: Random, space: SpaceId, secrets: Secrets) -> None:
        self.name = name
        self.random = random
        self.space = space
        self.secrets = secrets
        self.code: Secrets | None = None
        self.graph = DeviceGraph()
        self.firm = Firm()
        self.keys: dict[KeyId, bytes] = {}
        self.sealed: list[tuple[KeyId, View]] = []
        self.made: list[tuple[KeyId, bytes, View]] = []
        self.ordered: list[Erased] = []
        self.obeyed: dict[bytes, StatementId] = {}
        self.outbox: list[Statement] = []
        self.own_before: list[KeyId] = []
        self.repeats = 0
        self.now = 0
        self._state = (-1, self.firm)
        self.knew_removed: dict[HolderId, int] = {}

    @property
    def id(self) -> HolderId:
        return self.secrets.id

    @property
    def view(self) -> View:
        state = len(self.graph.statements), self.firm
        if self._state != state:
            self._state, self._view = state, resolve(self.graph, self.firm)
        return self._view

    @property
    def is_in(self) -> bool:
        return self.id in self.view.members

    def held(self, view: View) -> HeldKeys:
        return HeldKeys(CIPHER, self.opening, view, BOXES)

    @property
    def opening(self) -> Opening:
        private = {self.id: self.secrets.private_key}
        if self.code is not None:
            private[self.code.id] = self.code.private_key
        return Opening(space=self.space, private_keys=private, keys=self.keys)

    def say(self, says: Saying, secrets: Secrets | None = None) -> Statement:
        by = secrets or self.secrets
        seen = duties.heads(self.view, by.id)
        said = make_statement(by.signer, self.space, by.holder, seen, says)
        assert self.graph.add(said)
        assert said.id in self.graph.index
        self.outbox.append(said)
        return said

    def take(self, raws: Iterable[bytes]) -> None:
        """Read a page, as it comes, and do what is to be done."""
        for raw in raws:
            self.graph.add(read(self.space, raw))
        self.tend()

    def look(self) -> View:
        """Keep what was seen: firm removals and opened keys."""
        view = self.view
        self.firm = self.firm.and_held(view.firm())
        for each in view.removed:
            self.knew_removed.setdefault(each, self.now)
        self.keys = opened_keys(CIPHER, view, self.opening)
        return view

    def tend(self) -> None:
        """Say what is to be said, until nothing is left."""
        for _ in range(10):
            view = self.look()
            if not self.is_in or not self._say_next(view):
                break
        else:
            raise AssertionError("a device never ends to speak")
        self._obey()

    def _say_next(self, view: View) -> bool:  # noqa: PLR0911
        repeat = duties.removals_to_repeat(view, self.firm, self.id)
        if repeat is not None:
            self.repeats += 1
            self.say(repeat)
            return True
        held = self.held(view)
        for key_id in [*held.brought(), *self.own_before]:
            self.own_before = [each for each in self.own_before if each != key_id]
            key = self.keys[key_id]
            self.say(duties.key_to_make(held, self.space, view, key, self.id, seals=False))
            return True
        if held.sealing_key is None:
            self.rotate()
            return True
        again = duties.key_to_make_again(held, self.space, view, self.firm, self.id)
        if again is not None:
            self.say(again)
            return True
        for handed in duties.keys_to_hand(held):
            self.say(handed)
            return True
        for order in duties.orders_to_repeat(view, self.ordered):
            self.say(order)
            return True
        return False

    def _obey(self) -> None:
        for order in duties.orders_to_obey(self.view, self.firm, self.id):
            says = self.graph.statements[self.graph.index[order]].says
            for event in says.events if isinstance(says, Erased) else ():
                self.obeyed.setdefault(event, order)

    # --- what the person does ---

    def let_in(self, other: GraphDevice) -> None:
        self.say(Admitted(other.secrets.holder, other.name))
        told = duties.firm_to_tell(self.view, self.firm)
        other.firm = told.and_held(other.firm.held).and_void(other.firm.void)
        self.tend()

    def remove(self, holders: Collection[HolderId]) -> None:
        view = self.view
        holders = {*holders, *(code for each in holders for code in view.codes_of(each))}
        if view.asked:
            self.firm = duties.settled(self.graph, self.firm, holders, self.id)
        said = self.say(Removed(tuple(sorted(holders))))
        self.firm = self.firm.and_confirmed({said.id})
        self.tend()

    def replace_code(self, code: Secrets, old: Collection[HolderId]) -> None:
        self.say(Admitted(code.holder, "code"))
        if old:
            said = self.say(Removed(tuple(sorted(old))))
            self.firm = self.firm.and_confirmed({said.id})
        self.tend()

    def order(self) -> Erased:
        event = self.random.randbytes(16)
        order = Erased("self", event, (event,))
        self.ordered.append(order)
        self.say(order)
        self.tend()
        return order

    def seal(self) -> None:
        view = self.look()
        key = self.held(view).sealing_key
        assert key is not None
        self.sealed.append((key, view))

    def rotate(self) -> None:
        view = self.look()
        fresh = self.random.randbytes(32)
        self.keys[vault_key_id(fresh)] = fresh
        self.made.append((vault_key_id(fresh), fresh, view))
        self.say(duties.key_to_make(self.held(view), self.space, view, fresh, self.id))


def found(random: Random, name: str = "phone") -> GraphDevice:
    """Return the first device of a space."""
    secrets = Secrets(random)
    founded = Founded(random.randbytes(32))
    space = space_of(secrets.holder, founded)
    device = GraphDevice(name, random, space, secrets)
    said = make_statement(secrets.signer, space, secrets.holder, (), founded)
    device.graph.add(said)
    device.outbox.append(said)
    device.tend()
    return device


class Operator:
    """Holds all that was ever said; hands it out as it likes."""

    def __init__(self) -> None:
        self.log: list[Statement] = []
        self.delivered: dict[str, set[StatementId]] = {}

    def collect(self, device: GraphDevice) -> None:
        self.log += device.outbox
        self.delivered.setdefault(device.name, set()).update(each.id for each in device.outbox)
        device.outbox = []

    def lacking(self, device: GraphDevice) -> list[Statement]:
        given = self.delivered.setdefault(device.name, set())
        return [each for each in self.log if each.id not in given]

    def deliver(self, device: GraphDevice, statements: Collection[Statement]) -> None:
        self.delivered.setdefault(device.name, set()).update(each.id for each in statements)
        device.take([each.raw for each in statements])
        self.collect(device)

    def sync(self, *devices: GraphDevice) -> None:
        """Let an honest server carry all to all until nobody has anything to say."""
        for _ in range(ROUNDS_MAX):
            for device in devices:
                self.collect(device)
                self.deliver(device, self.lacking(device))
            if not any(self.lacking(device) for device in devices):
                return
        raise AssertionError("devices never end to speak")


class Thief:
    """Holds keys of some holders, sees all, and says what it likes."""

    def __init__(self, random: Random, space: SpaceId) -> None:
        self.random = random
        self.space = space
        self.secrets: list[Secrets] = []
        self.said: list[Statement] = []

    @property
    def ids(self) -> frozenset[HolderId]:
        return frozenset(each.id for each in self.secrets)

    def say(self, by: Secrets, seen: Iterable[StatementId], says: Saying) -> Statement:
        names = tuple(dict.fromkeys(seen))
        said = make_statement(by.signer, self.space, by.holder, names, says)
        self.said.append(said)
        return said

    def keys(self, log: Iterable[Statement], start: dict[KeyId, bytes]) -> dict[KeyId, bytes]:
        """All vault keys that it can get at, by any box that ever went by."""
        known = dict(start)
        private = {each.id: each.private_key for each in self.secrets}
        for statement in log:
            for wrap in getattr(statement.says, "wraps", ()):
                key = private.get(HolderId(wrap.holder))
                if key is None:
                    continue
                try:
                    plain = CIPHER.open_box(key, wrap.box)
                except SealError:
                    continue
                if vault_key_id(plain[-32:]) == wrap.key:
                    known[KeyId(wrap.key)] = plain[-32:]
        return known


def made_by_thief(
    space: SpaceId,
    by: Secrets,
    value: bytes,
    holders: Iterable[Holder],
    without: tuple[bytes, ...] = (),
) -> KeyMade:
    key_id = vault_key_id(value)
    wraps = [
        Wrap(key_id, each.id, box)
        for each in holders
        if (box := box_for(CIPHER, space, value, each)) is not None
    ]
    proof = key_proof(space, value, by.id, without)
    return KeyMade(key_id, without, proof, tuple(wraps), seals=True)
