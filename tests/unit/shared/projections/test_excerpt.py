"""Excerpts: frozen, and without a word once withdrawn."""

from tests.support.entries import CARE, a_text, an_entry
from trailmark_shared.events.sharing import ExcerptLinked, ExcerptShared, ExcerptWithdrawn
from trailmark_shared.projections.excerpt import fold_excerpt

SHARED = an_entry(
    1,
    ExcerptShared(
        text="I walked home.", title="Tuesday", written_on="2026-09-20", goal=a_text(100)
    ),
    lane=CARE,
)


def test_an_excerpt_shows_the_chosen_characters() -> None:
    excerpt = fold_excerpt([SHARED])

    assert (
        excerpt.text,
        excerpt.title,
        excerpt.written_on,
    ) == ("I walked home.", "Tuesday", "2026-09-20")
    assert (a_text(100), a_text(1)) == (excerpt.goal, excerpt.shared_event)


def test_a_second_copy_changes_nothing() -> None:
    again = an_entry(2, ExcerptShared(text="Other words."), lane=CARE)

    assert fold_excerpt([SHARED, again]).text == "I walked home."


def test_a_withdrawn_excerpt_keeps_only_that_it_was() -> None:
    withdrawn = [an_entry(number, ExcerptWithdrawn(), lane=CARE) for number in (2, 3)]
    excerpt = fold_excerpt([SHARED, *withdrawn])

    assert (excerpt.text, excerpt.title, excerpt.written_on) == (None, None, None)
    assert (withdrawn[0].effective_at, a_text(1)) == (excerpt.withdrawn_at, excerpt.shared_event)


def test_a_link_tells_the_source() -> None:
    link = ExcerptLinked(
        lane=CARE, reflection=a_text(130), revision_sha256="0" * 64, start=1, end=2
    )
    excerpt = fold_excerpt([an_entry(1, link)])

    assert (link, None) == (excerpt.link, excerpt.text)


def test_a_withdrawal_of_what_is_gone_is_still_told() -> None:
    withdrawn = an_entry(2, ExcerptWithdrawn(), lane=CARE)

    assert fold_excerpt([withdrawn]).withdrawn_at == withdrawn.effective_at
