"""Files of an audit: columns that programs can rely on."""

from tests.support.journey import tell
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, sharing_site
from trailmark_server.members.auditing import read_audit
from trailmark_server.pages.audit_files import COLUMNS, csv_pieces


async def test_every_row_has_every_column() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    audience = await site.audience(mira)
    audit = await read_audit(site.services, audience, mira.lane, journey.panic)

    header, *rows = [piece.decode() for piece in csv_pieces(audit, audience.names)]

    assert ",".join(COLUMNS) + "\r\n" == header
    assert sum(len(each.changes) for each in audit.events) == len(rows)
    assert "at most 3 panic attacks per week,at most 2 panic attacks per week" in "".join(rows)
