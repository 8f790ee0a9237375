"""Members as a person names them: by the beginning of a name, of a member's id or of a grant's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents
from trailmark_client.queries.finding import folded
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.words import gettext


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was let in at some time.

    Attributes:
        id: Id of the member, as text.
        name: Their name, as it was shown when they were let in last.
        role: ``therapist`` or ``supporter``.
        grants: Their grants, the oldest first.
    """

    id: str
    name: str
    role: str
    grants: Sequence[Held[GrantDocument]]

    @property
    def unrevoked(self) -> list[Held[GrantDocument]]:
        """Grants that nobody revoked; they may be past their last day."""
        return [each for each in self.grants if each.document.revoked_at is None]


def members(conn: Connection) -> list[Member]:
    """Return everybody who was ever let in, the first one in front."""
    by_member: dict[tuple[str, str], list[Held[GrantDocument]]] = {}
    held = documents(conn, "grant", GrantDocument)
    for each in sorted(held, key=lambda each: (each.document.granted_at or 0, each.subject)):
        if (granted := each.document.granted) is not None:
            by_member.setdefault((granted.role, granted.member), []).append(each)
    return [_member(grants) for grants in by_member.values()]


def _member(grants: Sequence[Held[GrantDocument]]) -> Member:
    granted = grants[-1].document.granted
    assert granted is not None, "grouped by what was granted"
    return Member(id=granted.member, name=granted.name, role=granted.role, grants=grants)


def member_meant(among: Iterable[Member], who: str) -> Member:
    """Return the one of ``among`` with a grant not revoked whom the person means.

    Args:
        among: Whom to choose from.
        who: What the person typed; upper and lower case of a name count as the same, and so do the
            look-alikes of an id.

    Returns:
        The member. A whole name wins over the beginning of a longer one.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``; ``nothing_changed``: sharing with them is
            stopped already.
    """
    meant = [each for each in among if _is_meant(each, who)]
    going_on = [each for each in meant if each.unrevoked]
    exactly = [each for each in going_on if each.name.casefold() == who.strip().casefold()]
    if meant and not going_on:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("sharing with them is stopped already")
        )
    if not going_on:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext("nobody who is let in is called that; trailmark sharing lists everybody"),
        )
    if len(exactly) != 1 and len(going_on) > 1:
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID,
            gettext(
                "that means more than one of those let in; type more of the name, or take the id: "
                "trailmark sharing lists them"
            ),
        )
    return (exactly if len(exactly) == 1 else going_on)[0]


def _is_meant(member: Member, who: str) -> bool:
    wanted = who.strip().casefold()
    if not wanted:
        return False
    if any(_is_called(_name(each), wanted) for each in member.grants):
        return True
    try:
        prefix = folded(who)
    except DomainError:
        return False
    ids = [member.id, *(text_from_id(each.subject) for each in member.grants)]
    return any(each.startswith(prefix) for each in ids)


def _is_called(name: str, wanted: str) -> bool:
    """Say whether a name begins like that, or does without the words in front: ``okafor``."""
    words = name.casefold().split()
    return any(
        " ".join(words[first:]).startswith(" ".join(wanted.split())) for first in range(len(words))
    )


def _name(held: Held[GrantDocument]) -> str:
    return "" if held.document.granted is None else held.document.granted.name
