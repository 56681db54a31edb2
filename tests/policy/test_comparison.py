"""What changed between two texts is told by paragraph and by word."""

from hypothesis import given
from hypothesis import strategies as st

from privacy.policy.comparison import Passage, Words, compare, paragraphs


def test_headings_paragraphs_items_and_rows_are_told_apart() -> None:
    html = "<h2>1. Un</h2><p>Deux <strong>mots</strong></p><ul><li>a</li><li>b</li></ul><tr><th>c</th><td>d</td></tr>"

    assert paragraphs(html) == ["1. Un", "Deux mots", "a", "b", "c · d"]


def test_a_changed_word_is_shown_inside_its_paragraph() -> None:
    old = "<p>Gardé 30 jours après la clôture.</p><p>Fin</p>"
    new = "<p>Gardé 60 jours après la clôture.</p><p>Fin</p>"

    assert compare(old, new) == [
        Passage(
            [
                Words("Gardé"),
                Words("30", is_removed=True),
                Words("60", is_added=True),
                Words("jours après la clôture."),
            ]
        ),
        Passage(same=1),
    ]


def test_a_paragraph_with_nothing_in_common_replaces_the_other_whole() -> None:
    assert compare("<p>Ni facebook ni autre</p>", "<p>Tout est dit ici</p>") == [
        Passage([Words("Ni facebook ni autre", is_removed=True)]),
        Passage([Words("Tout est dit ici", is_added=True)]),
    ]


def test_a_first_version_is_all_added() -> None:
    assert compare("", "<p>Un</p>") == [Passage([Words("Un", is_added=True)])]


LINES = st.lists(st.text("abc ", min_size=1, max_size=12).filter(str.strip), max_size=6)


@given(LINES, LINES)
def test_every_word_of_both_texts_is_accounted_for(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"<p>{line}</p>" for line in lines) for lines in (old, new))

    passages = compare(before, after)

    rest_of_old, rest_of_new = iter(paragraphs(before)), iter(paragraphs(after))
    for passage in passages:
        for _ in range(passage.same):
            assert next(rest_of_old) == next(rest_of_new)
        kept_or_removed = " ".join(run.text for run in passage.words if not run.is_added)
        kept_or_added = " ".join(run.text for run in passage.words if not run.is_removed)
        if kept_or_removed:
            assert kept_or_removed == next(rest_of_old)
        if kept_or_added:
            assert kept_or_added == next(rest_of_new)
    assert (list(rest_of_old), list(rest_of_new)) == ([], [])
