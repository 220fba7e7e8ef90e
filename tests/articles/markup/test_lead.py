"""What is free, and what must never be."""

# ruff: noqa: E501 (markup is easier to compare on one line)

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.markup.lead import free_part, plain_text, reading_minutes, word_count
from articles.markup.sanitize import sanitize_body

FILLER = "<p>" + "The river rose again and the pilots waited at the lower quay. " * 12 + "</p>"


def test_the_part_above_the_divider_is_free_whatever_its_length() -> None:
    above = "<p>One.</p><p>Two, and</p><ul><li><p>three</p></li></ul>"
    assert free_part(above + '<hr class="paywall"><p>Secret.</p>') == above


def test_a_divider_at_the_top_leaves_nothing_free() -> None:
    assert free_part(f'<hr class="paywall">{FILLER}') == ""


@pytest.mark.parametrize(
    "below",
    [
        '<blockquote><p>Secret.</p><hr class="paywall"><p>Secret.</p></blockquote>',
        '<ul><li><p>Secret.</p><ul><li><hr class="paywall"></li></ul></li></ul>',
        '<table><tr><td>Secret<hr class="paywall"></td></tr></table>',
        '<h2>Secret<hr class="paywall"></h2>',
    ],
)
def test_p4_a_divider_where_none_can_stand_withholds_all_that_holds_it(below: str) -> None:
    assert free_part(sanitize_body(f"<p>Free.</p>{below}<p>Secret.</p>")) == "<p>Free.</p>"


def test_the_free_part_never_ends_in_a_heading_or_rule() -> None:
    html = '<p>One.</p><hr><h2>Two</h2><h3>Three</h3><hr class="paywall"><p>Secret.</p>'
    assert free_part(html) == "<p>One.</p>"
    assert free_part(f"<p>One.</p><h2>Two</h2>{FILLER}", blocks=1) == "<p>One.</p>"


def test_without_a_divider_the_first_two_blocks_are_free() -> None:
    assert free_part(f"<h2>Top</h2><p>One.</p><p>Two.</p><p>Three.</p>{FILLER}") == (
        "<h2>Top</h2><p>One.</p><p>Two.</p>"
    )


def test_a_long_block_is_cut_at_a_sentence_and_keeps_its_marks() -> None:
    html = (
        '<p>Dr. Ada Venn of the U.S. Survey <em>counted.</em><span class="footnote">Free note.</span> She '
        'counted <strong>again</strong>.<span class="footnote">Paid note.</span> '
        + "Nobody else did so at all. " * 10
        + "</p>"
    )
    assert free_part(html, share=0.2) == (
        '<p>Dr. Ada Venn of the U.S. Survey <em>counted.</em><span class="footnote">Free note.</span> She '
        'counted <strong>again</strong>.<span class="footnote">Paid note.</span></p>'
    )
    assert free_part(html, share=0.15) == (
        '<p>Dr. Ada Venn of the U.S. Survey <em>counted.</em><span class="footnote">Free note.</span></p>'
    )


def test_a_one_paragraph_story_gives_no_more_than_its_share() -> None:
    free = free_part(FILLER)
    assert word_count(free) == 48  # four sentences of twelve words: 40% of 144 words is 57
    assert free.endswith("quay.</p>")


def test_when_no_sentence_fits_nothing_is_free() -> None:
    assert free_part("<p>" + "word " * 100 + "end.</p>") == ""


def test_a_short_notice_is_free_as_a_whole() -> None:
    assert free_part("<p>The office is closed on Monday</p>") == "<p>The office is closed on Monday</p>"


def test_a_lead_that_runs_into_a_display_quote_stops_before() -> None:
    html = (
        "<p>The talks ended. The envoy said:</p>"
        f'<blockquote class="display"><p>We shall meet again,</p></blockquote><p class="runon">he said.</p>{FILLER}'
    )
    assert free_part(html, blocks=1) == "<p>The talks ended.</p>"
    assert free_part(html, blocks=2) == "<p>The talks ended.</p>"
    assert free_part(html, blocks=3).endswith('<p class="runon">he said.</p>')


def test_a_list_too_long_for_the_share_is_left_whole_to_the_paid_part() -> None:
    items = "".join(f"<li><p>{'word ' * 12}end.</p></li>" for _ in range(6))
    assert free_part(f"<p>Six points.</p><ul>{items}</ul>") == "<p>Six points.</p>"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("He saw Mr. Bell. Then he left.", "He saw Mr. Bell."),
        ("It grew 3.5 percent. Good.", "It grew 3.5 percent."),
        ("“We go. We stay.” They stayed.", "“We go. We stay.”"),
        ("Is it so? (Yes.) It is.", "Is it so?"),
        ("At No. 4, J. Moor spoke… Again.", "At No. 4, J. Moor spoke…"),
    ],
)
def test_where_a_sentence_ends(text: str, first: str) -> None:
    free = free_part(f"<p>{text}</p>", share=len(first.split()) / len(text.split()) + 0.01, whole_below=0)
    assert free == f"<p>{first}</p>"


def test_plain_text_has_paragraphs_apart_and_no_footnotes() -> None:
    html = (
        '<h2>Head</h2><p>One<span class="footnote">hidden</span> two<br>three.</p><ul><li><p>a</p></li><li><p>b</p>'
        '</li></ul><figure><img src="/media/a.jpg" alt="not read"><figcaption>Cap. <span class="credit">Me</span>'
        "</figcaption></figure><table><tbody><tr><th>x</th><td>y<br>z</td></tr></tbody></table><hr>"
        '<div class="embed"><a href="https://example.org/">Film</a></div>'
    )
    assert plain_text(html) == "Head\n\nOne two\nthree.\n\na\n\nb\n\nCap. Me\n\nx y z\n\nFilm"
    assert word_count(html) == 12


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (230, 1), (460, 2), (900, 4)])
def test_reading_minutes(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes


_numbers = iter(range(10**9))
SENTENCE = st.integers(3, 14).map(
    lambda size: " ".join(f"w{next(_numbers)}" for _ in range(size)).capitalize() + "."
)
PROSE = st.lists(SENTENCE, min_size=1, max_size=5).map(" ".join)
NOTED = st.tuples(PROSE, PROSE, PROSE).map(
    lambda parts: '{} <span class="footnote">{}</span> {}'.format(*parts)
)
BLOCK = st.one_of(
    (PROSE | NOTED).map("<p>{}</p>".format),
    PROSE.map("<p>{} He said:</p>".format),
    PROSE.map('<p class="runon">he added, {}</p>'.format),
    PROSE.map("<h2>{}</h2>".format),
    PROSE.map('<blockquote class="display"><p>{}</p></blockquote>'.format),
    PROSE.map("<ul><li><p>{0}</p></li><li><p>x{0}</p></li></ul>".format),
    PROSE.map('<figure><img src="/media/a.jpg" alt=""><figcaption>{}</figcaption></figure>'.format),
    PROSE.map("<table><tbody><tr><td>{}</td></tr></tbody></table>".format),
    st.just("<hr>"),
)
TEXT = st.lists(BLOCK, min_size=1, max_size=9).map("".join).map(sanitize_body)


def all_words(html: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"<[^>]+>", " ", html)))


@given(TEXT)
def test_the_free_part_is_a_true_beginning(html: str) -> None:
    free = free_part(html)
    assert plain_text(html).startswith(plain_text(free))
    assert not re.search(r"</h\d>$|<hr>$|:</p>$", free) or free == html
    assert sanitize_body(free) == free
    if word_count(html) >= 40:
        assert word_count(free) <= 0.4 * word_count(html)


@given(TEXT, TEXT)
def test_no_word_from_below_the_divider_is_free(above: str, below: str) -> None:
    free = free_part(above + '<hr class="paywall">' + below)
    assert all_words(free) <= all_words(above)
    assert plain_text(above).startswith(plain_text(free))


@given(TEXT)
def test_no_word_of_the_paid_part_is_free(html: str) -> None:
    free = free_part(html)
    paid = plain_text(html)[len(plain_text(free)) :]
    common = {"He", "said", "he", "added"}
    if "footnote" not in html:
        assert all_words(free) & all_words(paid) <= common


SPACELESS = {
    "zh": "港口的灯塔在夜里照亮了整个海湾。",
    "ja": "夜明けの港では漁師たちが網を繕いながら潮の変わり目を待っていた。",
    "th": "ชาวประมงที่ท่าเรือซ่อมอวนขณะรอกระแสน้ำเปลี่ยนทิศในยามเช้า",
}


@pytest.mark.parametrize("sentence", SPACELESS.values(), ids=SPACELESS)
def test_a_text_without_spaces_is_not_taken_for_a_few_words(sentence: str) -> None:
    html = f"<p>{sentence * 8}</p>" * 12
    assert word_count(html) > 1000
    assert 0 <= len(plain_text(free_part(html))) <= 0.4 * len(plain_text(html))


def test_sentences_end_where_no_space_follows() -> None:
    html = f"<p>{SPACELESS['zh'] * 40}</p>"
    free = plain_text(free_part(html))
    assert (free[-1], len(free) % len(SPACELESS["zh"])) == ("。", 0)
