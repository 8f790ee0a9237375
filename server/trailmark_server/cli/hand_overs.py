"""``therapist hand-over``: the operator proposes a colleague to a therapist's persons."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from trailmark_server.cli.folders import present_folder
from trailmark_server.cli.output import DEFAULTS, Shared, show
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SpaceId, text_from_id
from trailmark_shared.words import gettext, ngettext


def hand_over(
    *,
    giver: Annotated[str, Parameter(name="--from")],
    email: Annotated[str, Parameter(name="--to")],
    person: str | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Propose a colleague to the persons who share with a therapist now, or to one of them.

    Nobody is let in by it. Each person sees it on their own device and decides.

    Args:
        giver: Email of the therapist who hands over; the account may be disabled.
        email: Email of the colleague.
        person: The mark or the id of one person's space, from ``person list``.
        shared: Options of every command.

    Raises:
        DomainError: ``not_found``: no such therapist or person; ``invalid_input``.
    """
    import asyncio

    from trailmark_adapters.clock import SystemClock
    from trailmark_adapters.randomness import SystemRandomness
    from trailmark_server.hand_overs import propose
    from trailmark_server.persons import find_person
    from trailmark_server.storage.accounts import AccountRows, Therapist
    from trailmark_server.stores import open_stores
    from trailmark_server.therapists.accounts import email_form

    def find(rows: AccountRows) -> tuple[Therapist, SpaceId | None]:
        found = rows.therapist_by_email(email_form(giver))
        if found is None:
            raise DomainError(ErrorCode.NOT_FOUND, gettext("no therapist has this email"))
        return found, None if person is None else find_person(rows, person)

    data = present_folder(shared)

    async def work() -> list[SpaceId]:
        clock = SystemClock.from_environment()
        async with open_stores(data, clock, SystemRandomness(), shared.databases) as stores:
            therapist, only = await stores.accounts.read(find)
            grants = await stores.events.grants_of_member(therapist.id)
            spaces = sorted({each.space for each in grants if each.is_live})
            chosen = [space for space in spaces if only in {None, space}]
            now = clock.now_ms()

            def propose_to_all(rows: AccountRows) -> None:
                for space in chosen:
                    propose(rows, space, therapist, email, now)

            await stores.accounts.write(propose_to_all)
            return chosen

    proposed = [text_from_id(space) for space in asyncio.run(work())]
    show(
        ngettext(
            "Proposed to {n} of those who share now. They decide on their own devices; until then "
            "nothing changes.",
            "Proposed to {n} of those who share now. They decide on their own devices; until then "
            "nothing changes.",
            len(proposed),
        ).format(n=len(proposed)),
        {"proposed_to": proposed},
        as_json=shared.as_json,
    )
