"""Wishes that stand alone: an excerpt to be."""

from tests.support.entries import an_entry
from trailmark_shared.events.sharing import SharingWished, SharingWishSettled
from trailmark_shared.projections.wish import fold_wish

WISHED = an_entry(1, SharingWished(what="excerpt", text="I walked home."))


def test_an_open_wish_keeps_its_words() -> None:
    wish = fold_wish([WISHED]).wish

    assert wish is not None
    assert wish.wished.text == "I walked home."


def test_a_settled_wish_is_closed() -> None:
    settled = an_entry(2, SharingWishSettled(outcome="shared"), base=(1,))

    assert fold_wish([WISHED, settled]).wish is None
