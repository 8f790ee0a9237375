"""What tests of proposals and agreements share: six weeks of a person, and who sees them."""

import pytest

from tests.support.journey import Journey, tell
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site
from trailmark_server.members.audience import Audience


@pytest.fixture
async def site(mira: Writer) -> Site:
    return await sharing_site(mira)


@pytest.fixture
async def journey(site: Site, mira: Writer) -> Journey:
    journey = tell(mira, START)
    await site.deliver(mira)
    return journey


@pytest.fixture
async def audience(site: Site, mira: Writer, journey: Journey) -> Audience:
    assert journey.goal
    return await site.audience(mira)
