"""Supporters' links on this device: the newest of each, and what the server said last."""

from msgspec.structs import replace

from tests.support.person import Person
from trailmark_client.storage.links import (
    KnownLink,
    MadeLink,
    change_made,
    keep_known,
    keep_made,
    known_links,
    made_links,
    waiting_links,
)

SAM = MadeLink(member="sam", lane="circle/s", token_hash="a" * 64, made_at=1)
KIM = MadeLink(member="kim", lane="circle/k", token_hash="b" * 64, made_at=2)


def test_nothing_is_known_at_first(person: Person) -> None:
    assert ([], []) == (person.read(made_links), person.read(known_links))


def test_the_newest_link_of_each_supporter_is_kept(person: Person) -> None:
    newer = replace(SAM, token_hash="c" * 64, made_at=3)
    for link in (SAM, KIM, newer):
        person.write(lambda c, _r, link=link: keep_made(c, link))

    replaced = replace(newer, replaces=(SAM.token_hash,))
    assert [KIM, replaced] == person.read(made_links)


def test_links_wait_until_they_were_told_or_refused(person: Person) -> None:
    for link in (SAM, replace(KIM, is_told=True), replace(KIM, member="x", refused="no")):
        person.write(lambda c, _r, link=link: keep_made(c, link))

    assert [SAM] == person.read(waiting_links)


def test_a_change_may_forget_some(person: Person) -> None:
    for link in (SAM, KIM):
        person.write(lambda c, _r, link=link: keep_made(c, link))

    told = replace(KIM, is_told=True)
    person.write(lambda c, _r: change_made(c, lambda e: None if e == SAM else told))

    assert [told] == person.read(made_links)


def test_what_the_server_said_last_is_kept(person: Person) -> None:
    known = [KnownLink(member="sam", token_hash="a" * 64, expires_at=9)]
    person.write(lambda c, _r: keep_known(c, [replace(known[0], expires_at=1)]))
    person.write(lambda c, _r: keep_known(c, known))

    assert known == person.read(known_links)
