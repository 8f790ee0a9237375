"""Who and what supports a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, id_of, part_lines, use_lines
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import (
    AS_AGREED,
    PLAIN,
    Common,
    EntryId,
    GoalOption,
    MeantFor,
    Note,
    Words,
)
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import part_words
from trailmark_client.queries.cards import CardLine
from trailmark_shared.events.planning import SupportReceived, SupportRequested
from trailmark_shared.events.support import Form, ResourceAdded, SupportPersonNamed, Way
from trailmark_shared.words import gettext

Ways = Annotated[
    tuple[Way, ...],
    Parameter(name="--help-with", help="How they can help; may be repeated", negative=""),
]
Relation = Annotated[Words | None, Parameter(help="What they are to you, or none")]
Contact = Annotated[Words | None, Parameter(help="How to reach them, or none")]
Further = Annotated[Words | None, Parameter(help="Further words, or none")]
Source = Annotated[
    Words | None,
    Parameter(help="Who made it, an address, or where and when it meets; or none"),
]


def name_person(
    name: Words,
    /,
    *,
    relation: Relation = None,
    ways: Ways = (),
    contact: Contact = None,
    note: Further = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Name somebody who can help. Nobody is told; to send them something: supporter add.

    Args:
        name: Who.
    """
    with opened(common) as here:
        data = SupportPersonNamed(
            name=name, relation=relation, ways=ways, contact=contact, note=note
        )
        return cards.write(here, data)


def list_people(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show who can help, and how."""
    nothing = gettext("Nobody stands here yet. Somebody who listens is enough to begin with.")
    return cards.show(common, "support_person", nothing, _person_words)


def _person_words(line: CardLine) -> Iterator[str]:
    relation = f" ({line.said['relation']})" if line.said.get("relation") else ""
    yield f"{line.words}{relation}"
    yield from part_lines(line, "ways", "contact", "note")


def revise_person(
    person: EntryId,
    /,
    *,
    name: Words | None = None,
    relation: Relation = None,
    ways: Ways = (),
    contact: Contact = None,
    note: Further = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Change what stands here about somebody who can help.

    Args:
        name: Who.
    """
    with opened(common) as here:
        given = {
            "name": name,
            "relation": relation,
            "ways": ways,
            "contact": contact,
            "note": note,
        }
        return cards.revise(here, "support_person", person, given)


def add_resource(
    title: Words,
    /,
    *,
    form: Annotated[Form, Parameter(help="What it is; a group of peers counts too")] = "other",
    source: Source = None,
    note: Further = None,
    goal: GoalOption = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note something to read, hear, watch or go to.

    Args:
        title: What it is called.
    """
    with opened(common) as here:
        data = ResourceAdded(
            title=title, form=form, source=source, note=note, goal=id_of(here, "goal", goal)
        )
        return cards.write(here, data)


def list_resources(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you noted to come back to, and where it is from."""
    return cards.show(common, "resource", gettext("Nothing noted yet."), _resource_words, goal)


def _resource_words(line: CardLine) -> Iterator[str]:
    form = line.said.get("form")
    yield f"{line.words} ({part_words(str(form))})" if form else line.words
    yield from part_lines(line, "source", "note")


def revise_resource(
    resource: EntryId,
    /,
    *,
    title: Words | None = None,
    form: Annotated[Form | None, Parameter(help="What it is")] = None,
    source: Source = None,
    note: Further = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Change what stands here about it.

    Args:
        title: What it is called.
    """
    with opened(common) as here:
        given = {"title": title, "form": form, "source": source, "note": note}
        return cards.revise(here, "resource", resource, given)


def ask(
    text: Words,
    /,
    *,
    who: Annotated[Words | None, Parameter(help="Whom you ask")] = None,
    goal: GoalOption = None,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Ask for support. Your therapist sees it where you agreed to that; to a loved one you send it.

    Args:
        text: What would help, in your own words.
    """
    with opened(common) as here:
        data = SupportRequested(text=text, who=who, goal=id_of(here, "goal", goal))
        choice = meant_for.choice
        return cards.write_for(
            here,
            data,
            choice,
            gettext("Asking is a strong thing to do."),
            gettext("To send it to a loved one: trailmark supporter send NAME ID"),
        )


def list_asked(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you asked for, and what you got."""
    nothing = gettext("You asked for nothing yet. Whenever you like: trailmark support ask")
    return cards.show(common, "support_request", nothing, _asked_words, goal)


def _asked_words(line: CardLine) -> Iterator[str]:
    who = f" ({line.said['who']})" if line.said.get("who") else ""
    asked = f"{line.words}{who}"
    yield gettext("{words}, received").format(words=asked) if line.status == "received" else asked
    yield from use_lines(line)


def receive(
    request: Annotated[str, Parameter(help="Id of the request, or the beginning of it")],
    note: Note = None,
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note that you got the support that you had asked for."""
    with opened(common) as here:
        return cards.log(here, "support_request", request, SupportReceived(note=note))
