"""Drawings: bars to scale, a title for who can't see them, a table for who would rather read."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from privacy.charts import HEIGHT, MOST_DRAWN, Chart, Series, in_full, in_short, last_months
from tests.site.pages import Elements


def chart(*series: Series, most: int = 0) -> Chart:
    labels = [f"label {number}" for number in range(len(series[0].values))]
    return Chart(
        name="some",
        title="Some title",
        over="thing",
        labels=labels,
        short=labels,
        series=series,
        nothing="None.",
        most=most,
    )


def drawn(what: Chart) -> str:
    with translation.override("en"):
        return render_to_string("privacy/chart.html", {"chart": what})


def test_bars_are_to_scale_and_stand_on_each_other_without_a_gap() -> None:
    bars = list(chart(Series("a", [1, 3, 0]), Series("b", [2, 3, 0])).bars)

    assert [[(piece.y, piece.height) for piece in bar.pieces] for bar in bars] == [
        [(134, 26), (80, 54)],
        [(80, 80), (0, 80)],
        [(160, 0), (160, 0)],
    ]
    assert [bar.total for bar in bars] == [3, 6, 0]
    assert [(bar.x, bar.middle) for bar in bars] == [(20, 60), (140, 180), (260, 300)]


def test_a_drawing_has_a_title_no_style_and_a_table_that_says_the_same() -> None:
    page = drawn(chart(Series("one kind", [1, 12000]), Series("another", [2, 0])))

    found = Elements(page)
    assert found.all("svg", role="img")[0]["aria-labelledby"] == "drawn-some"
    assert '<title id="drawn-some">Some title.' in page
    assert not [given for _, given in found.found if "style" in given or "fill" in given]
    assert len(found.all("rect")) == 3
    assert '<td class="number">12,000</td>' in page


def test_what_is_drawn_is_escaped() -> None:
    page = drawn(chart(Series("<script>", [1]), Series('" onload="', [1])))

    assert "<script>" not in page
    assert 'onload="' not in page


def test_many_kinds_are_drawn_as_few_and_all_stand_in_the_table() -> None:
    many = chart(*(Series(f"kind {number}", [number, number]) for number in range(1, 12)))

    assert [str(series.name) for series in many.drawn[:-1]] == ["kind 7", "kind 8", "kind 9", "kind 10", "kind 11"]
    assert len(many.drawn) == MOST_DRAWN
    assert sum(series.total for series in many.drawn) == many.total
    assert [piece.y + piece.height for bar in many.bars for piece in bar.pieces[:1]] == [HEIGHT, HEIGHT]
    assert len(next(many.rows)[1]) == 11


def test_nothing_is_said_in_words() -> None:
    page = drawn(chart(Series("a", [0, 0])))

    assert "<svg" not in page
    assert "None." in page


@pytest.mark.parametrize(("values", "said"), [([10, 3], False), ([11, 3], True)])
def test_where_counting_stopped_is_said(values: list[int], said: bool) -> None:
    assert ("Counting stops at 10." in drawn(chart(Series("a", values), most=10))) == said


def test_months_end_with_this_one_across_years() -> None:
    months = last_months(date(2026, 2, 28), 4)

    with translation.override("fr"):
        assert in_full(months) == ["novembre 2025", "décembre 2025", "janvier 2026", "février 2026"]
        assert in_short(months) == ["nov.", "déc.", "janv.", "févr."]
