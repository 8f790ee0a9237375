"""What a therapist gives to a person."""

import pytest

from tests.support.web_site import START, new_site
from trailmark_server.members.invitations import (
    invitation_words,
    list_invitations,
    make_invitation,
    take_back,
    until_words,
)
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import id_from_text


async def test_made_one_is_listed_and_taken_back() -> None:
    site = await new_site()

    made = await make_invitation(site.services, site.signed_in, " Jonas ")
    listed = await list_invitations(site.services, site.signed_in)
    await take_back(site.services, site.signed_in, id_from_text(made.invitation.id))
    after = await list_invitations(site.services, site.signed_in)

    assert ([made.invitation], []) == (listed, after)
    assert ("Jonas", START + limits.INVITATION_TTL_MS) == (
        made.invitation.label,
        made.invitation.expires_at,
    )
    assert made.link.endswith(made.code)
    assert made.link in made.words


async def test_who_is_signed_out_invites_nobody() -> None:
    site = await new_site()
    await site.services.accounts.write(
        lambda rows: rows.drop_web_session(site.signed_in.session_hash)
    )

    with pytest.raises(RefusedError) as refused:
        await make_invitation(site.services, site.signed_in, "Jonas")

    assert ErrorCode.NOT_SIGNED_IN == refused.value.code


async def test_one_that_is_not_there_cannot_be_taken_back() -> None:
    site = await new_site()

    with pytest.raises(DomainError):
        await take_back(site.services, site.signed_in, bytes(16))


def test_words_to_send_say_how_long_and_how_often() -> None:
    words = invitation_words("trailmark://h/C", START)

    assert "trailmark connect 'trailmark://h/C'" in words
    assert "paste this message there under “Sharing”, “I have an invitation”" in words
    assert words.endswith(f"This works once, until {until_words(START)}.")
    assert "16:00 UTC" == until_words(START)
