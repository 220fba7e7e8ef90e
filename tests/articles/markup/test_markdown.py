"""Stored markup as Markdown, read back by a parser of CommonMark."""

# ruff: noqa: E501 (markup is easier to compare on one line)

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from articles.markup.document import (
    Block,
    Blocks,
    Embed,
    Figure,
    Heading,
    Inline,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Table,
)
from articles.markup.inline import join
from articles.markup.markdown import to_markdown
from articles.markup.outside import with_whole_addresses
from articles.markup.read import read
from articles.markup.render import ImageSource
from articles.markup.sanitize import sanitize_body
from articles.markup.write import write, write_text
from tests.articles.markup.markups import BODY

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def parsed(markdown: str) -> BeautifulSoup:
    return BeautifulSoup(MARKDOWN.render(markdown), "html.parser")


def understood(markdown: str) -> Blocks:
    """What a reader of Markdown understands, as our own document."""
    return read(MARKDOWN.render(markdown))


def comparable(blocks: Blocks) -> Blocks:
    """Without what Markdown cannot say, and without what it says by other blocks."""
    kept = (block for block in blocks if not isinstance(block, Figure | Embed | Table))
    return tuple(found for block in kept if (found := _comparable(block)) is not None)


def _comparable(block: Block) -> Block | None:
    match block:
        case Rule(is_paywall):
            return None if is_paywall else block
        case Quote(blocks):
            return Quote(comparable(blocks))
        case ListBlock(items):
            return replace(block, items=tuple(map(comparable, items)))
        case Heading(inline, level):
            return Heading(join([_one_line(inline)], ""), level)
        case _:
            return Paragraph(block.inline) if isinstance(block, Paragraph) else block


def _one_line(inline: Inline) -> Inline:
    return tuple(replace(run, text=run.text.replace("\n", " ")) for run in inline)


WITHOUT_NOTES = BODY.map(lambda body: sanitize_body(body.replace('<span class="footnote">', "<span>")))


@example('<ol><li><p>quay</p></li></ol><hr class="paywall"><ol><li><p>lock</p></li></ol>')
@given(WITHOUT_NOTES)
def test_a_parser_reads_the_same_text(body: str) -> None:
    stored = tuple(block for block in read(body) if not isinstance(block, Figure | Embed | Table))
    assert comparable(understood(to_markdown(write(stored)))) == comparable(stored)


SIGNS = st.text(st.sampled_from("ab1 .)(*_~`#+-=<>[]!&;|\\:x“”—é語\"'/\n"), max_size=24)
MARKED = st.sampled_from(["{}", "<strong>{}</strong>", "<em>{}</em>", "<s>{}</s>", '<a href="/a">{}</a>'])


@given(st.lists(st.tuples(MARKED, MARKED, SIGNS), min_size=1, max_size=4))
@settings(max_examples=300)
def test_no_sign_in_a_text_is_taken_for_markdown(pieces: list[tuple[str, str, str]]) -> None:
    html = "".join(one.format(other.format(write_text(text))) for one, other, text in pieces)
    body = sanitize_body(f"<p>{html}</p>")
    assert write(understood(to_markdown(body))) == body


@pytest.mark.parametrize(
    "line", ["1. no", "12) no", "- no", "+ no", "# no", "> no", "=====", "---", "~~~", "```"]
)
def test_a_line_of_a_paragraph_begins_no_block(line: str) -> None:
    body = sanitize_body(f"<p>{write_text(line)}<br>{write_text(line)}</p>")
    assert understood(to_markdown(body)) == read(body)


def test_a_display_quote_is_a_quotation_and_what_goes_on_after_it_a_paragraph() -> None:
    body = '<p>She said:</p><blockquote class="display"><p>One.</p><p>Two.</p></blockquote><p class="runon">and left.</p>'
    assert to_markdown(body) == "She said:\n\n> One.\n>\n> Two.\n\nand left."


def test_footnotes_are_numbered_and_stand_at_the_end() -> None:
    body = '<p>One<span class="footnote">The <em>log</em>.</span>, two<span class="footnote">Ibid.</span>.</p><p>Three.</p>'
    assert to_markdown(body) == "One[^1], two[^2].\n\nThree.\n\n[^1]: The *log*.\n\n[^2]: Ibid."


def test_a_table_has_a_head_and_columns_of_numbers_to_the_right() -> None:
    body = (
        "<table><tbody><tr><th>Quay | berth</th><th>Tons</th></tr>"
        "<tr><td>East<br>side</td><td>1,200</td></tr><tr><td>West</td></tr></tbody></table>"
    )
    assert to_markdown(body).splitlines() == [
        "| Quay \\| berth | Tons |",
        "| --- | --: |",
        "| East<br>side | 1,200 |",
        "| West |  |",
    ]
    assert [cell.get_text() for cell in parsed(to_markdown(body)).select("th, td")] == [
        *("Quay | berth", "Tons"),
        *("Eastside", "1,200"),
        *("West", ""),
    ]


def test_a_table_without_headings_gets_an_empty_head() -> None:
    body = "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    assert to_markdown(body) == "|  |  |\n| --- | --- |\n| a | b |"


def test_a_picture_has_its_alternative_text_caption_and_credit() -> None:
    body = (
        '<figure><img data-picture="7" alt="A [low] quay"><figcaption>The quay.'
        '<span class="credit">Ann Orley</span></figcaption></figure>'
    )
    found = to_markdown(body, picture=lambda key: ImageSource(f"https://a.example/{key}.jpg", 3, 2))
    assert found == "![A \\[low\\] quay](https://a.example/7.jpg)\\\nThe quay. — Ann Orley"


def test_an_embed_is_a_link_that_names_where_it_leads() -> None:
    body = '<div class="embed"><a href="https://www.film.example/v_(1)">The *film*</a></div>'
    link = parsed(to_markdown(body)).a
    assert link is not None
    assert (link["href"], link.get_text()) == ("https://www.film.example/v_(1)", "The *film*")
    assert to_markdown(body).endswith(" (film.example)")


def test_links_keep_their_address_and_title() -> None:
    body = sanitize_body('<p>Wow!<a href="https://a.example/?a=1&amp;copy;b" title="a &quot;b\\">x*y</a></p>')
    link = parsed(to_markdown(body)).a
    assert link is not None
    assert (link["href"], link["title"], link.get_text()) == (
        "https://a.example/?a=1&copy;b",
        'a "b\\',
        "x*y",
    )


def test_two_lists_in_a_row_stay_two() -> None:
    assert to_markdown("<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>") == "- a\n\n* b"


def test_an_opening_runs_into_the_first_paragraph_and_is_text() -> None:
    assert to_markdown("<h2>A</h2><p>b</p><p>c</p>", opening="*Quay*—") == "## A\n\n\\*Quay\\*—b\n\nc"


def test_the_paywall_divider_leaves_no_trace() -> None:
    assert to_markdown('<p>a</p><hr class="paywall"><p>b</p><hr><p>c</p>') == "a\n\nb\n\n___\n\nc"


def test_a_text_that_leaves_the_site_names_it_in_its_links() -> None:
    body = '<p><a href="/about/">a</a> <a href="https://b.example/">b</a></p>'
    assert with_whole_addresses(body, site="https://eir.example") == body.replace(
        "/about/", "https://eir.example/about/"
    )
