"""What the tests of members' pages share: six weeks of a person who let a therapist in."""

import pytest

from tests.support.journey import Journey, tell
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site


@pytest.fixture
async def story(mira: Writer) -> tuple[Site, Journey]:
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    return site, journey
