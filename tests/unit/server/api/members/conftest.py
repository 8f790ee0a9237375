"""What tests of the members' API share: six weeks of a person who let a therapist in."""

import pytest

from tests.support.journey import Journey, tell
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site


@pytest.fixture
def journey(mira: Writer) -> Journey:
    return tell(mira, START)


@pytest.fixture
async def site(mira: Writer, journey: Journey) -> Site:
    del journey
    site = await sharing_site(mira)
    await site.deliver(mira)
    return site
