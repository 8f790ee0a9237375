"""A home server whose operator has its key and puts another log in the place of the one it signed.

The session in front of it is the real one; what lies is the log behind it, and, where a test wants
it, what ``welcome`` says of it.
"""

from collections.abc import Callable, Sequence

import msgspec

from tests.support.exports import placed
from tests.support.home import Home
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane
from trailmark_shared.protocol import effects, messages

Change = Callable[[list[Row]], Sequence[Row]]


class LyingHome(Home):
    """A server with a log that can be rewritten.

    Attributes:
        admits_nothing: It never says ``rewind``, whatever a device holds.
        drops_offers: It takes rows back and keeps none of them.
    """

    admits_nothing = False
    drops_offers = False

    def rewrite(self, lane: Lane, change: Change) -> None:
        """Put other rows in place of a lane's, and compute every lane hash again."""
        log = self.lane(lane)
        log.rows = placed(change(list(log.rows)))
        log.chains = {}
        for row in log.rows:
            event = row.event
            own = log.chains.setdefault((event.device, event.epoch), [])
            if event.dseq == len(own) + 1:
                own.append(event.hash)
        for wire in list(self.wires):
            wire.lose()
        self.wires.clear()

    def open(self, hello: messages.Hello) -> effects.Opened:
        """Answer ``hello``, without a word about what is gone where it admits nothing."""
        opened = super().open(hello)
        if not self.admits_nothing:
            return opened
        told = {each.lane: each for each in hello.lanes}
        lanes = [
            msgspec.structs.replace(
                each,
                welcome=msgspec.structs.replace(each.welcome, rewind=None),
                start=told[each.welcome.lane].cursor if each.welcome.lane in told else each.start,
            )
            for each in opened.lanes
        ]
        return msgspec.structs.replace(opened, lanes=lanes)

    def take(self, asked: effects.TakeOffer) -> tuple[int, str | None]:
        """Take an offer, or say so."""
        if self.drops_offers:
            return len(self.lane(asked.offer.lane).rows), None
        return super().take(asked)
