"""``trailmark journey``: a way as a page that is theirs to keep, to print, or to show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.files import refuse_taken, write_whole
from trailmark_client.cli.here import opened
from trailmark_client.cli.journey_page import journey_page
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import day_words
from trailmark_client.queries.journey import Journey, journey
from trailmark_shared.words import gettext


class JourneyWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A way was written into a page.

    Attributes:
        file: Where it is.
        journey: What is in it.
    """

    file: str
    journey: Journey


def write(
    file: Annotated[Path, Parameter(help="Name of a file that does not exist yet: way.html")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[JourneyWritten]:
    """Write your way into a page: where you began, what you did, what you take along.

    It opens in every browser and prints well. It is not sealed: whoever has it can read it.
    """
    refuse_taken(file)
    with opened(common) as here:
        day = here.when().day
        told = here.read(lambda conn: journey(conn, day))
        write_whole(file, journey_page(told, day_words(day)))
    return Answer(
        JourneyWritten(file=str(file), journey=told),
        (
            gettext("Written: {file}").format(file=file),
            gettext("It is not sealed: whoever has it can read it. It is yours to keep."),
        ),
    )
