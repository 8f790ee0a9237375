"""What templates show: plain values, ready to read, with no decision left to make.

Ids are text. Times come as words for people and, for machines, as RFC 3339 beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_adapters.qr import Picture
from trailmark_server.members.marks import Mark
from trailmark_shared.views.goal import GoalField


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at a page: a name, and the token that forms carry."""

    name: str
    form_token: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The head of every page about one person.

    Attributes:
        space: Id of the person's space.
        label: What the therapist calls them.
        second_mark: A second sign to tell people of the same name apart.
        url: Address of their timeline.
        live_url: Address of the stream, from the places that this page shows; empty where the page
            is none that moves.
        shares: Classes that are shared now, in words.
        may: What the reader may do with it, in words.
        since: Since when.
        until: Until when.
    """

    space: str
    label: str
    second_mark: str
    url: str
    live_url: str
    shares: Sequence[str]
    may: Sequence[str]
    since: str
    until: str


class PersonCard(msgspec.Struct, frozen=True, kw_only=True):
    """One person in the list of people.

    Attributes:
        label: What the therapist calls them.
        second_mark: As in ``Person``.
        url: Address of the timeline.
        changes: What is new, counted by kind: "2 check-ins".
        changes_since: Words in front of them.
        nothing_new: Words where there are none.
        sharing: Since when, until when.
        ended: "Sharing ended on …", or ``None`` while it lasts.
        session_url: Address of the page to open before a session.
        next_session: When the next session is, in words; empty where that is not noted.
        waiting: How many proposals wait for an answer, in words; empty for none.
    """

    label: str
    second_mark: str
    url: str
    changes: Sequence[str] = ()
    changes_since: str = ""
    nothing_new: str = ""
    sharing: str = ""
    ended: str | None = None
    session_url: str = ""
    next_session: str = ""
    waiting: str = ""


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who redeemed an invitation and shares nothing yet.

    Attributes:
        label: What the therapist calls them.
        second_mark: As in ``Person``.
        phrase: Words to compare with the person; empty once that was done.
        confirm_url: Where the form that says so is sent.
        joined: When they redeemed the invitation.
    """

    label: str
    second_mark: str
    phrase: str
    confirm_url: str
    joined: str


class InvitationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that somebody could still use.

    Attributes:
        label: What the therapist calls the person.
        until: Until when it works.
        withdraw_url: Where the form that takes it back is sent.
    """

    label: str
    until: str
    withdraw_url: str


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh invitation with its code.

    Attributes:
        row: The same as a row.
        code: What the person types.
        address: Address of the server, typed before the code.
        link: Both in one piece.
        words: What can be sent to the person.
        picture: The link, for a camera.
    """

    row: InvitationRow
    code: str
    address: str
    link: str
    words: str
    picture: Picture


class HandOverView(msgspec.Struct, frozen=True, kw_only=True):
    """What a therapist proposes to a person, and the form for it.

    Attributes:
        url: Where the form is sent.
        colleague: Who is proposed; empty where nobody is.
        made: Since when.
        until: Until when it is shown to the person.
        email: What was typed before and is not usable.
        email_chars_max: How much can be typed.
        problem: Why it is not.
    """

    url: str
    colleague: str
    made: str
    until: str
    email: str
    email_chars_max: int
    problem: str


class GoalLink(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as rows name it."""

    id: str
    title: str
    url: str


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment under what it answers.

    Attributes:
        id: Id of the comment.
        author: Name of its writer.
        at: When, for machines.
        when: When, in words.
        text: The words; ``None`` once its writer took them back.
    """

    id: str
    author: str
    at: str
    when: str
    text: str | None


class CommentForm(msgspec.Struct, frozen=True, kw_only=True):
    """An empty comment.

    Attributes:
        url: Where it is sent.
        id: Id of the form, so that a form sent twice writes once.
        lane: The lane it is written into.
        about: The subject commented on.
        cause: The event answered.
        origin: The page to return to without JavaScript: ``timeline`` or ``goal``.
    """

    url: str
    id: str
    lane: str
    about: str
    cause: str
    origin: str = "timeline"


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline.

    Attributes:
        id: Id of the event.
        lane: The lane it is in.
        day: The local date meant.
        order: Its place within the day; greater comes first.
        at: When it happened, for machines.
        time: When it happened, as a clock time.
        who: Name of who did it.
        sentence: What happened.
        words: Words of a person, or ``None``.
        why: Words of the reason, or of what helped, or ``None``.
        note: A remark such as "withdrawn on 3 Nov 2026", or ``None``.
        late: "recorded 3 days before it synced", or ``None``.
        goal: The goal it belongs to.
        mark: The mark of that goal.
        comments: What was said about it.
        comment: The form for another comment, or ``None`` where none can be written.
        kind: What it is about, a code.
        arrived: When the server had it, milliseconds UTC.
    """

    id: str
    lane: str
    day: str
    order: str
    at: str
    time: str
    who: str
    sentence: str
    words: str | None
    why: str | None
    note: str | None
    late: str | None
    goal: GoalLink | None
    mark: Mark
    comments: Sequence[Comment] = ()
    comment: CommentForm | None = None
    kind: str = ""
    arrived: int = 0


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one day, newest first.

    Attributes:
        date: ``YYYY-MM-DD``.
        heading: The day in words.
        rows: Its rows.
    """

    date: str
    heading: str
    rows: Sequence[EntryRow]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a goal.

    Attributes:
        text: Its words.
        reached: Whether it was reached.
        state: What else there is to say, or ``None``.
        propose_url: Address of the form for a change of it; empty where none can be proposed.
    """

    text: str
    reached: bool
    state: str | None
    propose_url: str = ""


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """What one field was before a change, empty for nothing, and after it."""

    label: str
    before: str
    after: str


class HistoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event in a goal's history.

    Attributes:
        id: Id of the event.
        at: When it happened, for machines.
        happened: When it happened, in words.
        who: Who.
        sentence: What happened; empty where the changes say it.
        changes: From what to what, field by field.
        why: The reason.
        recorded: When it was recorded on the device.
        received: When it reached the server.
        late: How long it waited in between, or ``None``.
        concurrent: Words where another device changed the same while apart, or ``None``.
    """

    id: str
    at: str
    happened: str
    who: str
    sentence: str
    changes: Sequence[FieldChange]
    why: str
    recorded: str
    received: str
    late: str | None
    concurrent: str | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a therapist compares with a person's own device.

    Attributes:
        entry: The last entry of the lane that the page is read from.
        words: The six words as of that entry.
        export_url: Address of that lane as a file that proves itself.
    """

    entry: int
    words: str
    export_url: str


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as its page shows it.

    Attributes:
        id: Id of the goal.
        lane: The lane it is read from.
        title: In the person's own words.
        mark: Its mark.
        url: Address of its page.
        self_url: Address of the page as it is shown, the past instant included.
        notice: A remark above everything, or ``None``.
        fields: What is known about it.
        steps: Its steps, in the person's order.
        comments: What was said about it and its parts.
        comment: The form for another comment, or ``None`` where none can be written.
        comparison: How to see whether it is what the person's device holds; ``None`` on a past day.
    """

    id: str
    lane: str
    title: str
    mark: Mark
    url: str
    self_url: str
    notice: str | None
    fields: Sequence[GoalField]
    steps: Sequence[Step]
    comments: Sequence[Comment]
    comment: CommentForm | None
    comparison: Comparison | None


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """The past instant that a page shows: its form value, and a sentence."""

    value: str
    words: str
