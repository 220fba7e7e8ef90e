"""Stored markup on the page."""

# ruff: noqa: E501 (markup is easier to compare on one line)

import re

import pytest
from bs4 import BeautifulSoup

from articles.markup.render import ImageSource, render_body


def test_plain_blocks_are_set_as_stored() -> None:
    html = "<p>One <em>two</em>.</p><ul><li><p>a</p></li></ul><blockquote><p>b</p></blockquote><hr>"
    assert render_body(html).replace("\n", "") == html


def test_footnotes_are_numbered_and_linked_both_ways() -> None:
    html = (
        '<p>First<span class="footnote">The <em>log</em>.</span> and '
        'second<span class="footnote">A &lt; B</span>.</p>'
        '<ul><li><p>Third<span class="footnote">Last.</span></p></li></ul>'
    )
    page = BeautifulSoup(render_body(html), "html.parser")
    assert [str(mark) for mark in page.select("sup.fn-ref")] == [
        f'<sup class="fn-ref"><a href="#fn-{number}" id="fnref-{number}" role="doc-noteref">{number}</a></sup>'
        for number in (1, 2, 3)
    ]
    assert [
        str(note) for note in page.select("section.footnotes[role=doc-endnotes][aria-label=Notes] > ol > li")
    ] == [
        f'<li id="fn-{number}">{text} <a aria-label="Back to text" href="#fnref-{number}" role="doc-backlink">↩</a></li>'
        for number, text in enumerate(("The <em>log</em>.", "A &lt; B", "Last."), start=1)
    ]
    assert page.p is not None
    assert page.p.get_text() == "First1 and second2."


def test_a_text_without_footnotes_has_no_notes() -> None:
    assert render_body("<p>x</p>") == "<p>x</p>"


def test_headings_have_stable_distinct_ids() -> None:
    html = render_body(
        "<h2>The Señor’s Quay</h2><h2>Notes 2</h2><h2>Notes</h2><h3>Notes</h3><h2>港</h2><h2>湾</h2>"
    )
    ids = re.findall(r'id="([^"]+)"', html)
    assert ids == ["h-the-senors-quay", "h-notes-2", "h-notes", "h-notes-3", "h-section", "h-section-2"]


def test_the_divider_leaves_no_trace() -> None:
    assert render_body('<p>a</p><hr class="paywall"><p>b</p>') == "<p>a</p>\n<p>b</p>"


def test_the_sentence_goes_on_after_a_display_quote() -> None:
    quote = '<blockquote class="display"><p>q</p></blockquote>'
    html = render_body(
        f"{quote}<p>he said.</p><p>they left.</p>{quote}<p>New start.</p><blockquote><p>q</p></blockquote><p>x</p>"
    )
    assert re.findall(r"<p[^>]*>[^<]{2,}</p>", html) == [
        '<p class="runon">he said.</p>',
        "<p>they left.</p>",
        "<p>New start.</p>",
    ]


def test_an_embed_is_a_card_that_loads_nothing() -> None:
    html = '<div class="embed"><a href="https://www.films.example/v?a=1&amp;b=2">A &amp; B</a></div>'
    assert render_body(html) == (
        '<div class="embed"><a class="embed-card" href="https://www.films.example/v?a=1&amp;b=2" rel="noopener">'
        '<span class="embed-title">A &amp; B</span> <span class="embed-host">films.example</span></a></div>'
    )


def test_a_table_scrolls_and_names_its_headers() -> None:
    html = (
        "<table><tbody><tr><th>Port</th><th>Ships</th></tr><tr><th>Saldane</th><td>4</td></tr></tbody></table>"
        "<table><tbody><tr><td>x</td></tr></tbody></table>"
    )
    assert render_body(html).replace("\n", "") == (
        '<div class="table-wrap" tabindex="0" role="region" aria-label="Table 1"><table><thead><tr><th scope="col">Port'
        '</th><th scope="col" class="number">Ships</th></tr></thead><tbody><tr><th scope="row">Saldane</th>'
        '<td class="number">4</td></tr></tbody>'
        '</table></div><div class="table-wrap" tabindex="0" role="region" aria-label="Table 2"><table><tbody><tr>'
        "<td>x</td></tr></tbody></table></div>"
    )


@pytest.mark.parametrize(
    ("cells", "is_number"),
    [
        (("4", "1,200", "−46,000"), True),
        (("0.7%", "$9.50", "12 per cent"), True),
        (("none", "—", "3"), True),
        (("none", "—", ""), False),
        (("4", "about four", "5"), False),
        (("1887", "1888 to 1890", "3"), False),
    ],
)
def test_a_column_of_figures_is_marked(cells: tuple[str, ...], is_number: bool) -> None:
    rows = "".join(f"<tr><td>1</td><td>{cell}</td></tr>" for cell in cells)
    page = BeautifulSoup(
        render_body(f"<table><tbody><tr><th>No.</th><th>How many</th></tr>{rows}</tbody></table>"),
        "html.parser",
    )
    marked = [cell.get_text() for cell in page.select(".number")]
    assert marked == (["How many", *cells] if is_number else [])


@pytest.mark.parametrize(
    ("paragraph", "is_turn"),
    [
        ("<p><strong>And what do <em>you</em> do?</strong></p>", True),
        ('<p><strong>And you?</strong><span class="footnote">A note.</span></p>', True),
        ("<p><strong>And you?</strong> I wait.</p>", False),
        ("<p>And <strong>you</strong></p>", False),
    ],
)
def test_a_paragraph_bold_throughout_is_a_turn_of_an_interview(paragraph: str, is_turn: bool) -> None:
    page = BeautifulSoup(render_body(paragraph), "html.parser")
    assert len(page.select("p.turn")) == is_turn


FIGURE = (
    '<figure><img src="/media/quay.jpg" width="1200" height="800" alt="A &quot;quay&quot;">'
    '<figcaption>The quay. <span class="credit">Ada Venn</span></figcaption></figure>'
)


def test_a_figure_keeps_its_size_and_waits_to_load() -> None:
    assert render_body(FIGURE) == (
        '<figure><img src="/media/quay.jpg" alt="A &quot;quay&quot;" width="1200" height="800" loading="lazy" '
        'decoding="async"><figcaption>The quay. <span class="credit">Ada Venn</span></figcaption></figure>'
    )


def test_a_known_picture_offers_its_sizes() -> None:
    asked: list[str] = []

    def picture(key: str) -> ImageSource:
        asked.append(key)
        return ImageSource(
            "/media/q-800.jpg", 800, 533, (("image/avif", "/media/q-400.avif 400w, /media/q-800.avif 800w"),)
        )

    html = render_body(FIGURE + '<figure><img data-picture="41" alt=""></figure>', picture=picture)
    assert asked == ["/media/quay.jpg", "41"]
    assert html.split("<figcaption>", maxsplit=1)[0] == (
        '<figure><picture><source type="image/avif" srcset="/media/q-400.avif 400w, /media/q-800.avif 800w"'
        ' sizes="(min-width: 38rem) 35rem, 100vw">'
        '<img src="/media/q-800.jpg" alt="A &quot;quay&quot;" width="800" height="533" loading="lazy" decoding="async">'
        "</picture>"
    )


def test_a_picture_nobody_knows_is_left_out() -> None:
    assert render_body('<p>x</p><figure><img data-picture="41" alt=""></figure>') == "<p>x</p>"
