"""A phone, a laptop and a device that is stolen, around a graph of signed statements."""

from random import Random

from tests.support.graph_devices import GraphDevice, Operator, Secrets, Thief, found
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.statements import Admitted, Saying, Statement
from trailmark_shared.ids import KeyId


class Scene:
    """A phone, a laptop and a device that is stolen; an operator who helps the thief."""

    def __init__(self) -> None:
        self.random = Random(7)
        self.operator = Operator()
        self.phone = found(self.random)
        self.operator.collect(self.phone)
        self.laptop = self.add("laptop", self.phone)
        self.stolen = self.add("stolen", self.phone)
        self.thief = Thief(self.random, self.phone.space)
        self.thief.secrets.append(self.stolen.secrets)
        self.operator.sync(self.phone, self.laptop, self.stolen)

    def add(self, name: str, by: GraphDevice) -> GraphDevice:
        device = GraphDevice(name, self.random, self.phone.space, Secrets(self.random))
        by.let_in(device)
        self.operator.collect(by)
        self.operator.sync(by, device)
        return device

    def says(self, says: Saying, by: Secrets | None = None, *, late: bool = False) -> Statement:
        """The thief says it, as if it had seen nothing but its own admission."""
        by = by or self.stolen.secrets
        seen = [
            each.id
            for each in self.operator.log
            if isinstance(each.says, Admitted) and each.says.holder.id == by.id
        ][:1]
        if late:
            seen = list(duties.heads(self.phone.view, by.id))
        said = self.thief.say(by, seen, says)
        self.operator.log.append(said)
        return said

    def removed(self) -> None:
        self.phone.remove([self.stolen.id])
        self.settle()

    def settle(self, *more: GraphDevice) -> None:
        self.operator.sync(self.phone, self.laptop, *more)

    def one_key(self, *devices: GraphDevice) -> KeyId:
        found_keys = {each.held(each.view).sealing_key for each in devices}
        assert 1 == len(found_keys)
        (key,) = found_keys
        assert key is not None
        return key
