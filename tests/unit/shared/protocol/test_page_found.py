"""What a server found: by itself it claims nothing about what stands behind it."""

from trailmark_shared.protocol.page_found import PageFound


def test_nobody_looked_behind_the_rows_unless_said() -> None:
    found = PageFound(rows=[], signed_head=None)

    assert not found.is_last
    assert found.whole is None
