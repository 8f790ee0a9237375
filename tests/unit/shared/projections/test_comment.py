"""Comments: only the writer takes one back."""

from tests.support.entries import CARE, a_text, an_entry
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.projections.comment import fold_comment

ADDED = an_entry(
    1, CommentAdded(text="Courage.", about=a_text(140)), lane=CARE, actor="member/a", cause=7
)


def test_a_comment_tells_what_it_answers() -> None:
    comment = fold_comment([ADDED])

    assert ("Courage.", a_text(140), a_text(7)) == (comment.text, comment.about, comment.answers)


def test_its_writer_takes_it_back() -> None:
    withdrawn = an_entry(2, CommentWithdrawn(), lane=CARE, actor="member/a")
    comment = fold_comment([ADDED, withdrawn])

    assert (None, withdrawn.effective_at) == (comment.text, comment.withdrawn_at)


def test_nobody_else_does() -> None:
    for actor in ("person", "member/b"):
        withdrawn = an_entry(2, CommentWithdrawn(), lane=CARE, actor=actor)

        assert fold_comment([ADDED, withdrawn]).text == "Courage."


def test_a_withdrawal_of_what_is_gone_says_no_words() -> None:
    comment = fold_comment([an_entry(2, CommentWithdrawn(), lane=CARE)])

    assert (comment.text, comment.about, comment.answers) == (None, None, None)
