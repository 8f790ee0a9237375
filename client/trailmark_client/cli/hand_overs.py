"""``trailmark hand-over …``: a colleague whom your therapist proposes, and your answer."""

from __future__ import annotations

from typing import Annotated

import msgspec

from trailmark_client.cli.agreeing import NOTHING, Named
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.connected import Connected
from trailmark_client.cli.connecting import let_in_pending
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common, Yes
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import day_words
from trailmark_client.queries.pending import pending_grant
from trailmark_client.queries.sharing import list_grants
from trailmark_client.server_answers import HandOverAnswer
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

Colleague = Annotated[str, Parameter(help="Name of the colleague, or a part of it")]
"""Who is proposed, as the person says it."""


class HandOverLine(msgspec.Struct, frozen=True, kw_only=True):
    """A colleague who is proposed; nobody is let in by it.

    Attributes:
        therapist: Name of who proposes.
        colleague: Name of who is to go on.
        colleague_id: Id of the colleague.
        until: Last day on which it is shown.
    """

    therapist: str
    colleague: str
    colleague_id: str
    until: str


class HandOvers(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for an answer.

    Attributes:
        hand_overs: A line each, the oldest first.
    """

    hand_overs: list[HandOverLine]


class HandOverDeclined(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal is gone; who proposed it was not told.

    Attributes:
        therapist: Name of who proposed.
        colleague: Name of who is not let in.
        was_taken: It was taken up before: the colleague was shown four words, and no name.
    """

    therapist: str
    colleague: str
    was_taken: bool


def list_all(*, common: Common = PLAIN) -> Answer[HandOvers]:
    """Show which colleague your therapist proposes to you."""
    from trailmark_client import hand_overs

    with opened(common) as here:
        found = hand_overs.list_hand_overs(here.app)
        document = HandOvers(hand_overs=[_line(here, each) for each in found])
    lines: list[str] = []
    for each in document.hand_overs:
        lines += [
            gettext("{therapist} proposes that {colleague} goes on with you.").format(
                therapist=each.therapist, colleague=each.colleague
            ),
            gettext("  shown until {day}; {colleague} sees nothing by it").format(
                day=day_words(each.until), colleague=each.colleague
            ),
            gettext('  yes         trailmark hand-over accept "{colleague}"').format(
                colleague=each.colleague
            ),
            gettext('  no          trailmark hand-over decline "{colleague}"').format(
                colleague=each.colleague
            ),
        ]
    return Answer(document, tuple(lines or [gettext("Nobody proposes a colleague to you.")]))


def accept(
    who: Colleague,
    /,
    *,
    yes: Annotated[
        Yes, Parameter(help="The four words are the same on both sides; it agrees to nothing else")
    ] = False,
    named: Named = NOTHING,
    wait: Annotated[int, Parameter(help="Seconds to wait for the colleague")] = 60,
    common: Common = PLAIN,
) -> Answer[Connected]:
    """Let the colleague in, as you would with a code from them.

    What they may see is asked one by one, or named one by one; what you let others see does not
    carry over. Your therapist stays let in until you stop it: trailmark sharing stop.
    """
    from trailmark_client import hand_overs

    with opened(common) as here:
        chosen = _meant(here, who)
        pending = here.read(lambda conn: pending_grant(conn, chosen.colleague.id))
        if pending is None:
            standing = hand_overs.take_up(here.app, chosen).standing
            pending = standing or here.read(lambda conn: pending_grant(conn, chosen.colleague.id))
        assert pending is not None, "who was taken up waits for their grant, or has it"
        answer = let_in_pending(here, pending, named, yes=yes, wait=wait)
        if _is_let_in(here, chosen.therapist.id):
            here.terminal.warn(
                gettext(
                    '{name} is let in as before; to end it: trailmark sharing stop "{name}"'
                ).format(name=chosen.therapist.name)
            )
        return answer


def decline(who: Colleague, /, *, common: Common = PLAIN) -> Answer[HandOverDeclined]:
    """Let the proposal go, without a reason. Who proposed it is not told."""
    from trailmark_client import hand_overs

    with opened(common) as here:
        chosen = _meant(here, who)
        hand_overs.decline(here.app, chosen)
    document = HandOverDeclined(
        therapist=chosen.therapist.name,
        colleague=chosen.colleague.name,
        was_taken=chosen.taken,
    )
    if not chosen.taken:
        return Answer(
            document,
            (
                gettext("{colleague} is not let in. Nobody is told.").format(
                    colleague=document.colleague
                ),
            ),
        )
    told = gettext("{colleague} is not let in, and {therapist} is not told.").format(
        colleague=document.colleague, therapist=document.therapist
    )
    seen = gettext(
        "{colleague} was shown four words since you said yes, and no name. If they "
        "confirmed them, they still see that somebody is there, and nothing else."
    ).format(colleague=document.colleague)
    return Answer(document, (told, seen))


def _line(here: Here, answer: HandOverAnswer) -> HandOverLine:
    return HandOverLine(
        therapist=answer.therapist.name,
        colleague=answer.colleague.name,
        colleague_id=answer.colleague.id,
        until=here.local_day(answer.expires_at),
    )


def _is_let_in(here: Here, member: str) -> bool:
    today = here.when().day
    grants = here.read(lambda conn: list_grants(conn, today))
    return any((each.member, each.state) == (member, "live") for each in grants)


def _meant(here: Here, who: str) -> HandOverAnswer:
    """Return the proposal that the person means.

    Raises:
        DomainError: ``not_found``; ``invalid_input``: several fit.
    """
    from trailmark_client import hand_overs

    words = who.casefold()
    found = [
        each
        for each in hand_overs.list_hand_overs(here.app)
        if words in each.colleague.name.casefold() or who == each.colleague.id
    ]
    if len(found) > 1:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("several fit; say more of the name"))
    if not found:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("nobody of this name is proposed to you"))
    return found[0]
