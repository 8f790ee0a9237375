"""A person with two devices, and a therapist who writes into the lane that they share.

The home server is in memory; devices meet it when a test says so, in any order.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.support.devices import connect_to, same_person, sync
from tests.support.entries import a_body
from tests.support.home import Home
from tests.support.person import THERAPIST, Person
from trailmark_client.commands.sharing import share_goal
from trailmark_client.commands.steps import add_step
from trailmark_client.queries.documents import of_subject
from trailmark_client.storage.state_hashes import state_hash
from trailmark_shared import chain, ids
from trailmark_shared.events.body import Reason
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import write_event
from trailmark_shared.events.proposals import ProposalMade, ProposalWithdrawn, ProposedValues
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import DeviceId, Epoch, EventId, text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.proposal import ProposalDocument

CARE = ids.care_lane(bytes(15) + b"\x09")
ACTOR = f"member/{THERAPIST.id}"
WHY = Reason(code="too-easy", text="Twice happens by itself.")


class TwoSides:
    """Who takes part.

    Attributes:
        home: The home server.
        phone: The device on which everything begins.
        laptop: The person's other device.
        goal: A goal that is shared.
    """

    def __init__(self, folder: Path) -> None:
        self.phone = Person(folder / "phone", seed=1)
        self.laptop = Person(folder / "laptop", seed=2)
        same_person(self.laptop.app, self.phone.app)
        self.home = Home(self.phone.app.identity.space, self.phone.clock)
        for each in (self.phone, self.laptop):
            connect_to(each.app, self.home)
        self.goal = b""
        self._written = 0
        self._last = chain.GENESIS

    async def begin(self) -> "TwoSides":
        """Let the therapist in, share a goal, and let both devices and the server know of it."""
        self.phone.let_in(lane=CARE)
        self.goal = self.shared_goal()
        await self.meet(self.phone, self.laptop)
        return self

    def shared_goal(self, title: str = "Two walks a week") -> bytes:
        goal = self.phone.goal(title)
        self.phone.write(lambda c, r: share_goal(c, r, goal, r.now()))
        return goal

    def step(self, text: str = "Find the shoes") -> bytes:
        """Add a step to the goal, on the phone."""
        data = StepAdded(goal=text_from_id(self.goal), text=text)
        return self.phone.write(lambda c, r: add_step(c, r, data, r.now())).subject

    async def meet(self, *devices: Person) -> None:
        """Let devices exchange everything with the server, one after the other."""
        for each in devices:
            assert (await sync(each.app, self.home)).is_done

    def says(
        self, subject: bytes, data: EventData, *, base: Sequence[bytes] = (), actor: str = ACTOR
    ) -> EventId:
        """Let a member write into the lane on the server; devices learn of it when they meet."""
        self._written += 1
        event_id = EventId(bytes([0xEE]) * 8 + self._written.to_bytes(8, "big"))
        self.home.clock.advance(1000)
        body = msgspec.structs.replace(
            a_body(data, reason=WHY),
            subject=subject,
            base=tuple(base),
            recorded_at=self.home.clock.ms,
        )
        event = write_event(
            event_id=event_id,
            space=self.home.space,
            lane=CARE,
            device=DeviceId(b"member-device-id"),
            epoch=Epoch(bytes(8)),
            dseq=self._written,
            key=ids.PLAIN,
            prev=self._last,
            salt=bytes(16),
            body=encode_body(body),
        )
        self._last = event.hash
        self.home.lane(CARE).put(event, self.home.clock.ms, 0, actor, None)
        return event_id

    def proposes(self, data: ProposalMade, proposal: bytes = b"a-proposal-by-dr") -> bytes:
        """Let the therapist propose something, drawn from what the phone shows; return its id."""
        self.says(proposal, data, base=[ids.id_from_text(each) for each in self._seen(data)])
        return proposal

    def _seen(self, data: ProposalMade) -> list[str]:
        if data.what != "goal_change":
            return []
        goal = self.goal_on(self.phone)
        fields = (getattr(goal, name) for name in goal.__struct_fields__)
        return [value.event for field in fields for value in getattr(field, "values", ())]

    def proposes_change(self, **values: object) -> bytes:
        """Let the therapist propose a change of the goal."""
        changed = ProposedValues(**values)  # pyright: ignore[reportArgumentType]
        goal = text_from_id(self.goal)
        return self.proposes(ProposalMade(what="goal_change", goal=goal, values=changed))

    def withdraws(self, proposal: bytes) -> None:
        self.says(proposal, ProposalWithdrawn())

    def goal_on(self, device: Person) -> GoalDocument:
        return device.read(lambda conn: of_subject(conn, "goal", self.goal, GoalDocument))[CARE]

    def proposal_on(self, device: Person, proposal: bytes) -> ProposalDocument:
        found = device.read(lambda conn: of_subject(conn, "proposal", proposal, ProposalDocument))
        return found[CARE]

    def hashes(self) -> set[bytes]:
        """Return the state hashes of the lane on both devices: one, once they know the same."""
        return {
            each.read(lambda conn: state_hash(conn, CARE)) for each in (self.phone, self.laptop)
        }

    def close(self) -> None:
        for each in (self.phone, self.laptop):
            each.app.close()
