"""An answer is a document and the same in words."""

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.failures import OK


def test_an_answer_ends_well_by_default() -> None:
    saved = Saved(id="0", kind="goal", lane="self", seen_by=[], events=[], saved=True, unsent=0)

    assert Answer(saved, ("Saved.",)).exit_code == OK
