"""Data of excerpts and wishes: what leaves holds no link to its source."""

from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.events.sharing import ExcerptLinked, ExcerptShared


def test_an_excerpt_names_no_source() -> None:
    """The link from a copy to its private source lives in ``self`` only."""
    source = {"reflection", "revision_sha256", "start", "end"}

    assert source & set(ExcerptShared.__struct_fields__) == set()
    assert source <= set(ExcerptLinked.__struct_fields__)
    assert EVENT_TYPES["excerpt_linked"].lanes == {"self"}
    assert EVENT_TYPES["sharing_wished"].lanes == {"self"}
