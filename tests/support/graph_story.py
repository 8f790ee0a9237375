"""A story out of a seed: honest devices, a thief, an operator who withholds; and what must hold."""

from __future__ import annotations

from random import Random

from tests.support.graph_devices import (
    CIPHER,
    GraphDevice,
    Operator,
    Secrets,
    Thief,
    found,
    made_by_thief,
)
from trailmark_shared.device_graph.boxes import box_for
from trailmark_shared.device_graph.duties import settled
from trailmark_shared.device_graph.graph import DeviceGraph
from trailmark_shared.device_graph.resolution import View
from trailmark_shared.device_graph.statements import (
    Admitted,
    Erased,
    Holder,
    HolderId,
    KeyMade,
    KeysHanded,
    Removed,
    Renamed,
    Saying,
    Statement,
    StatementId,
    Wrap,
)
from trailmark_shared.ids import KeyId


class Story:
    """One run."""

    def __init__(self, seed: int, *, has_thief: bool = True) -> None:
        self.random = Random(seed)
        self.operator = Operator()
        first = found(self.random)
        self.space = first.space
        self.honest: list[GraphDevice] = [first]
        self.gone: list[GraphDevice] = []
        self.thief = Thief(self.random, self.space)
        self.thief_start: dict[KeyId, bytes] = {}
        self.codes: list[Secrets] = []
        self.has_thief = has_thief
        self.stolen: HolderId | None = None
        self.accomplices: set[HolderId] = set()
        self.is_known = False
        self.clock = 0
        self.thief_orders: dict[bytes, tuple[int, Statement]] = {}
        self.defeats = 0
        self.operator.collect(first)

    def tick(self) -> None:
        self.clock += 1
        for each in self.honest:
            each.now = self.clock

    def run(self, steps: int) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.newcomer(self.random.choice(self.honest))
            self.operator.sync(*self.honest)
        theft = self.random.randrange(steps) if self.has_thief else -1
        for step in range(steps):
            self.tick()
            if step == theft and len(self.honest) > 1:
                self.steal()
            self.step()
        self.heal()

    # --- what happens ---

    def newcomer(self, by: GraphDevice) -> GraphDevice | None:
        if not by.is_in or len(self.honest) > 6:
            return None
        name = f"device{len(self.honest)}.{self.random.randrange(10**9)}"
        device = GraphDevice(name, self.random, self.space, Secrets(self.random))
        device.now = self.clock
        by.let_in(device)
        self.honest.append(device)
        self.operator.collect(by)
        device.graph = DeviceGraph()
        if self.random.random() < 0.8:
            self.operator.deliver(
                device, [each for each in self.operator.log if each.id in by.graph.index]
            )
        else:
            self.operator.collect(device)
        return device

    def steal(self) -> None:
        victim = self.random.choice(self.honest)
        self.operator.collect(victim)
        self.honest.remove(victim)
        self.gone.append(victim)
        self.stolen = victim.id
        self.thief.secrets.append(victim.secrets)
        if victim.code is not None:
            self.thief.secrets.append(victim.code)
        self.thief_start = dict(victim.keys)
        if self.codes and self.random.random() < 0.2:
            self.thief.secrets.append(self.random.choice(self.codes))

    def step(self) -> None:
        random = self.random
        device = random.choice(self.honest)
        choice = random.random()
        if choice < 0.35:
            self.deliver_some(device)
        elif choice < 0.45:
            self.operator.collect(device)
            self.operator.deliver(device, self.operator.lacking(device))
        elif choice < 0.55 and self.thief.secrets:
            for _ in range(random.randint(1, 3)):
                self.mischief()
        elif choice < 0.60 and self.thief.secrets and device.is_in:
            gone = self.thief.ids & device.view.members.keys()
            if gone:
                self.is_known = True
                device.remove(gone)
        elif device.is_in:
            self.honest_act(device)
        self.operator.collect(device)

    def honest_act(self, device: GraphDevice) -> None:
        random = self.random
        choice = random.random()
        if choice < 0.2:
            device.seal()
        elif choice < 0.35:
            device.order()
        elif choice < 0.5:
            device.rotate()
        elif choice < 0.65:
            self.newcomer(device)
        elif choice < 0.75:
            known = {each.id for each in self.codes} & device.view.members.keys()
            code = Secrets(random, "code")
            self.codes.append(code)
            device.replace_code(code, known)
        elif choice < 0.82 and len(self.honest) > 2:
            other = random.choice([each for each in self.honest if each is not device])
            # Where the person is asked, removing one of those concerned would be the answer.
            if other.id in device.view.members.keys() - concerned(device.view):
                device.remove([other.id])
                if random.random() < 0.8:
                    self.operator.collect(other)
                    self.honest.remove(other)
                    self.gone.append(other)
        elif choice < 0.9:
            self.recover(device)

    def recover(self, by: GraphDevice) -> None:
        """A device comes in by the code alone, the others offline."""
        codes = [each for each in self.codes if each.id in by.view.members]
        if not codes or len(self.honest) > 6 or codes[-1].id in self.thief.ids:
            return
        device = GraphDevice(
            f"recovered{self.random.randrange(10**9)}",
            self.random,
            self.space,
            Secrets(self.random),
        )
        device.code = codes[-1]
        device.now = self.clock
        for each in self.operator.log:
            device.graph.add(each)
        self.operator.delivered[device.name] = {each.id for each in self.operator.log}
        device.look()
        if device.code.id in device.view.members:
            device.say(Admitted(device.secrets.holder, "recovered"), device.code)
            device.tend()
            self.honest.append(device)
            self.operator.collect(device)

    def deliver_some(self, device: GraphDevice) -> None:
        self.operator.collect(device)
        lacking = self.operator.lacking(device)
        self.random.shuffle(lacking)
        self.operator.deliver(device, lacking[: self.random.randint(0, len(lacking))])

    # --- the thief ---

    def mischief(self) -> None:
        random, thief = self.random, self.thief
        by = random.choice(thief.secrets)
        log = self.operator.log
        at_random = [each.id for each in random.sample(log, min(len(log), random.randint(1, 4)))]
        whole = DeviceGraph(log)
        tips = [whole.statements[at].id for at in whole.tips((1 << len(whole.statements)) - 1)]
        own = [
            each.id
            for each in log
            if isinstance(each.says, Admitted) and each.says.holder.id == by.id
        ][:1]
        if not own:
            own = [log[0].id]
        seen: list[StatementId] = [*own, *(at_random if random.random() < 0.5 else tips[:60])]
        said = thief.say(by, seen, self._lie(by))
        if isinstance(said.says, Erased):
            self.thief_orders[said.says.subject] = (self.clock, said)
        log.append(said)

    def _lie(self, by: Secrets) -> Saying:  # noqa: PLR0911
        random, thief = self.random, self.thief
        known = [each.secrets.holder for each in self.honest]
        keys = thief.keys(self.operator.log, self.thief_start)
        choice = random.random()
        if choice < 0.2:
            targets = random.sample(known, random.randint(1, max(1, len(known) // 2)))
            return Removed(tuple(sorted(each.id for each in targets)))
        if choice < 0.45:
            if random.random() < 0.3 and known:
                return Admitted(random.choice(known), "x")
            accomplice = Secrets(random, random.choice(["device", "code"]))
            thief.secrets.append(accomplice)
            self.accomplices.add(accomplice.id)
            if random.random() < 0.1:
                return Admitted(Holder("device", random.randbytes(32), bytes(32)), "bad key")
            return Admitted(accomplice.holder, "accomplice")
        if choice < 0.6:
            value = random.choice([*keys.values(), random.randbytes(32)])
            holders = [*known, *(each.holder for each in thief.secrets)]
            random.shuffle(holders)
            return made_by_thief(
                self.space,
                by,
                value,
                holders[: random.randint(0, 6)],
                tuple(sorted(each.id for each in random.sample(known, min(1, len(known))))),
            )
        if choice < 0.75:
            made = [e.says for e in self.operator.log if isinstance(e.says, KeyMade)]
            some = random.choice(made)
            return KeysHanded(tuple(Wrap(some.key, each.id, b"rubbish") for each in known))
        if choice < 0.85 and keys:
            key_id, value = random.choice(list(keys.items()))
            target = random.choice([*known, *(each.holder for each in thief.secrets)])
            box = box_for(CIPHER, self.space, value, target)
            return KeysHanded(() if box is None else (Wrap(key_id, target.id, box),))
        if choice < 0.9:
            return Renamed(random.choice(known).id, "the stolen one")
        event = random.randbytes(16)
        return Erased("self", event, (event,))

    # --- the end ---

    def heal(self) -> None:
        """The operator is honest at last, and the person says on each device who goes."""
        self.random.shuffle(self.operator.log)
        for _ in range(6):
            self.operator.sync(*self.honest)
            if not self._answer():
                break
        else:
            raise AssertionError("the person is asked without end")
        clusters: dict[frozenset[HolderId], list[GraphDevice]] = {}
        for each in self.honest:
            if each.is_in:
                clusters.setdefault(frozenset(each.view.members), []).append(each)
        if not clusters:
            self.defeats += 1
            return
        self.group = max(clusters.values(), key=len)
        heart = self.group[0]
        for old in [each for each in self.honest if each not in self.group]:
            fresh = GraphDevice(old.name + "'", self.random, self.space, Secrets(self.random))
            fresh.keys, fresh.ordered = dict(old.keys), list(old.ordered)
            fresh.own_before = [key for key, _, _ in old.made]
            fresh.sealed, fresh.now = list(old.sealed), self.clock
            if old.id in heart.view.members:
                heart.remove([old.id])
            heart.let_in(fresh)
            self.group.append(fresh)
        self.operator.sync(*self.group)
        sealed = {key for each in self.group for key, _ in each.sealed}
        for device in self.group[1:]:
            if not sealed <= device.keys.keys():
                heart.let_in(device)
        self.operator.sync(*self.group)

    def _answer(self) -> bool:
        """The person says on each device who goes, where it is asked or shows one that is not."""
        has_answered = False
        for device in self.honest:
            view = device.view
            thieves = self.thief.ids if self.has_thief else frozenset[HolderId]()
            bad = thieves & view.members.keys()
            if device.is_in and bad:
                device.remove(bad)
                self.operator.collect(device)
                has_answered = True
            elif view.asked:
                lost = {
                    view.graph.statements[view.graph.index[each]].author_id for each in view.asked
                }
                goes = (concerned(view) & self.thief.ids) or lost
                firm = settled(device.graph, device.firm, goes, device.id)
                if firm != device.firm:
                    if device.is_in:
                        device.remove(goes)
                    else:
                        device.firm = firm
                    self.operator.collect(device)
                    has_answered = True
        return has_answered


def concerned(view: View) -> set[HolderId]:
    """Who removed, and who was removed, in what the person is asked."""
    found: set[HolderId] = set()
    for each in view.disputed():
        assert isinstance(each.says, Removed)
        found |= {each.author_id, *map(HolderId, each.says.holders)}
    return found
