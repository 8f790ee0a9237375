"""The people a therapist knows: who shares, who stopped, who waits to be confirmed.

Never sorted by activity or risk: the order is that of letting in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from trailmark_server.access import Verb, authorize
from trailmark_server.accounts import clean_text, confirm_acquaintance
from trailmark_server.members.audience import (
    Audience,
    actor_of,
    ended_words,
    find_audience,
    label_of,
    labels,
)
from trailmark_server.members.visits import (
    change_counts,
    last_visit,
    new_rows,
    note_refusal,
    note_visits,
)
from trailmark_server.persons import second_mark
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn
from trailmark_server.storage.accounts import AccountRows, Acquaintance
from trailmark_server.storage.ports import Grant
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import SpaceId
from trailmark_shared.phrases import comparison_phrase


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who redeemed an invitation and shares nothing yet.

    Attributes:
        space: Whose.
        label: What the therapist calls them.
        second_mark: Tells people of the same name apart.
        joined_at: When they redeemed it, milliseconds UTC.
        phrase: Words to compare with the person; empty once that was done.
    """

    space: SpaceId
    label: str
    second_mark: str
    joined_at: int
    phrase: str


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who shares something, or did.

    Attributes:
        space: Whose.
        label: What the therapist calls them.
        second_mark: Tells people of the same name apart.
        audience: What may be seen now; ``None`` once sharing has ended.
        ended: "Sharing ended on …", or ``None`` while it lasts.
        visited_at: When the therapist opened the timeline last, milliseconds UTC.
        news: What is new since then, counted by kind.
        is_cut: There is more than was counted.
    """

    space: SpaceId
    label: str
    second_mark: str
    audience: Audience | None = None
    ended: str | None = None
    visited_at: int | None = None
    news: Mapping[Kind, int] = msgspec.field(default_factory=dict[Kind, int])
    is_cut: bool = False


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody whom a therapist knows, in the order of letting in."""

    sharing: Sequence[Sharing]
    waiting: Sequence[Waiting]


async def read_people(services: Services, signed_in: SignedIn) -> People:
    """Return the people of a therapist; that what is new was counted is noted for each of them."""
    member = signed_in.therapist.id
    right = authorize(actor_of(signed_in), Verb.LIST_PEOPLE, None, None, services.now())
    known = await services.accounts.read(right.guard(lambda rows: labels(rows, member)))
    by_space: dict[SpaceId, list[Grant]] = {}
    for grant in await services.events.grants_of_member(member):
        by_space.setdefault(grant.space, []).append(grant)
    order = sorted(by_space, key=lambda space: _let_in_at(known.get(space)))
    sharing = [
        await _sharing(services, signed_in, by_space[space], known.get(space)) for space in order
    ]
    seen = [each.space for each in sharing if each.audience is not None]
    await note_visits(services, seen, member, Look.PEOPLE)
    waiting = [_waiting(services, each) for each in known.values() if each.space not in by_space]
    return People(sharing=sharing, waiting=waiting)


def _let_in_at(acquaintance: Acquaintance | None) -> int:
    return acquaintance.joined_at if acquaintance is not None else 0


def _waiting(services: Services, acquaintance: Acquaintance) -> Waiting:
    # The key of that day: the device computes its words from what it pinned then.
    key = acquaintance.signing_key or services.signer.chain[0].key
    phrase = comparison_phrase(key, acquaintance.space, acquaintance.device, acquaintance.therapist)
    return Waiting(
        space=acquaintance.space,
        label=label_of(acquaintance),
        second_mark=second_mark(acquaintance.space),
        joined_at=acquaintance.joined_at,
        phrase="" if acquaintance.confirmed_at is not None else phrase,
    )


async def _sharing(
    services: Services,
    signed_in: SignedIn,
    grants: Sequence[Grant],
    acquaintance: Acquaintance | None,
) -> Sharing:
    space = grants[0].space
    person = Sharing(space=space, label=label_of(acquaintance), second_mark=second_mark(space))
    try:
        audience = await find_audience(services, signed_in, space)
        visited = await services.accounts.read(
            lambda rows: last_visit(rows, space, audience.member)
        )
        rows, is_cut = await new_rows(services, audience, visited or 0)
    except RefusedError:
        ended = await ended_words(services, space, grants)
        return msgspec.structs.replace(person, ended=ended)
    return msgspec.structs.replace(
        person,
        audience=audience,
        visited_at=visited,
        news=change_counts(rows, audience.actor),
        is_cut=is_cut,
    )


async def confirm_person(services: Services, signed_in: SignedIn, space: SpaceId) -> None:
    """Note that the therapist and the person compared the words and found them equal.

    Raises:
        RefusedError: ``not_authorised``: nobody there redeemed an invitation of this therapist.
    """
    now, member = services.now(), signed_in.therapist.id
    await _change(
        services,
        signed_in,
        space,
        Verb.CONFIRM,
        lambda rows: confirm_acquaintance(rows, member, space, now),
    )


async def label_person(services: Services, signed_in: SignedIn, space: SpaceId, label: str) -> None:
    """Change what the therapist calls a person; an empty label takes it away.

    Raises:
        RefusedError: ``not_authorised``: nobody there redeemed an invitation of this therapist.
        DomainError: ``invalid_input``: the label is not usable.
    """
    cleaned, member = clean_text(label, "a label") if label.strip() else "", signed_in.therapist.id

    def work(rows: AccountRows) -> None:
        row = rows.acquaintance(member, space)
        assert row is not None, "the right was asked in this transaction"
        rows.save_acquaintance(msgspec.structs.replace(row, label=cleaned))

    await _change(services, signed_in, space, Verb.LABEL, work)


async def _change(
    services: Services,
    signed_in: SignedIn,
    space: SpaceId,
    verb: Verb,
    work: Callable[[AccountRows], object],
) -> None:
    """Write about somebody whom the therapist knows; who tries it with others is noted there."""
    right = authorize(actor_of(signed_in), verb, space, None, services.now())
    try:
        await services.accounts.write(right.guard(work))
    except RefusedError as error:
        if error.code == ErrorCode.NOT_AUTHORISED:
            await note_refusal(services, signed_in, space, Look.REFUSED_STRANGER)
        raise
