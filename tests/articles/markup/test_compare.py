"""Two revisions shown as one."""

# ruff: noqa: E501 (markup is easier to compare on one line)

import time
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.markup.compare import changed_words, compare_bodies, compare_line
from articles.markup.read import read
from articles.markup.render import ImageSource
from articles.markup.sanitize import sanitize_body
from articles.markup.texts import words_of
from articles.markup.words import words_in

from .markups import BODY, TWO_BODIES

P = "<p>The old quay lies under water at spring tide.</p>"
Q = "<p>Nobody asked the pilots what they thought of it.</p>"
R = "<p>By noon the market had closed for want of fish.</p>"


@pytest.mark.parametrize(
    ("old", "new", "page"),
    [
        (P, P, P),
        ("", P, "<p><ins>The old quay lies under water at spring tide.</ins></p>"),
        (P, "", "<p><del>The old quay lies under water at spring tide.</del></p>"),
        (P, P.replace("old quay", "new harbour"), P.replace("old quay", "<del>old quay</del><ins>new harbour</ins>")),
        (P, P.replace("spring ", ""), P.replace("spring ", "<del>spring </del>")),
        (P, P.replace("tide.", "tide!"), P.replace("tide.", "tide<del>.</del><ins>!</ins>")),
        (P + Q, P + R + Q, P + R.replace("<p>", "<p><ins>").replace("</p>", "</ins></p>") + Q),
        (
            "<p>He saw the quay.</p>",
            "<p>He saw <strong>the</strong> quay.</p>",
            "<p>He saw <del>the</del><ins><strong>the</strong></ins> quay.</p>",
        ),
        (
            '<p>See <a href="/a">the story</a> now.</p>',
            '<p>See <a href="/b">the story</a> now.</p>',
            '<p>See <del><a href="/a">the story</a></del><ins><a href="/b">the story</a></ins> now.</p>',
        ),
        (
            '<p class="runon">he said at noon.</p>',
            "<p>he said at noon.</p>",
            (
                '<p class="change"><del>Paragraph that goes on after a display quote</del> <ins>Paragraph</ins></p>'
                "<p>he said at noon.</p>"
            ),
        ),
        (
            "<h2>The Tide</h2>",
            "<h3>The Tide</h3>",
            '<p class="change"><del>Heading 2</del> <ins>Heading 3</ins></p><h3 id="h-the-tide">The Tide</h3>',
        ),
        (
            "<p>The Tide</p>",
            "<h2>The Tide</h2>",
            '<p class="change"><del>Paragraph</del> <ins>Heading 2</ins></p><h2 id="h-the-tide">The Tide</h2>',
        ),
        (
            "<blockquote><p>We sank.</p></blockquote>",
            '<blockquote class="display"><p>We sank.</p></blockquote>',
            (
                '<p class="change"><del>Quotation</del> <ins>Display quote</ins></p>'
                '<blockquote class="display"><p>We sank.</p></blockquote>'
            ),
        ),
        (
            "<ul><li><p>one</p></li><li><p>two</p></li></ul>",
            '<ol start="3"><li><p>one</p></li><li><p>half</p></li><li><p>two</p></li></ol>',
            (
                '<p class="change"><del>List</del> <ins>List numbered from 3</ins></p>'
                '<ol start="3"><li><p>one</p></li><li><p><ins>half</ins></p></li><li><p>two</p></li></ol>'
            ),
        ),
        ("<p>At noon<br>it rained.</p>", "<p>At noon it rained.</p>", "<p>At noon<del>↵</del><ins> </ins>it rained.</p>"),
        ("<p>At noon it rained.</p>", "<p>At noon<br>it rained.</p>", "<p>At noon<del> </del><ins>↵<br></ins>it rained.</p>"),
        (P + "<hr>" + Q, P + Q, f'{P}<del class="block"><hr></del>{Q}'),
    ],
)  # fmt: skip
def test_changes_are_marked_where_they_are(old: str, new: str, page: str) -> None:
    assert compare_bodies(old, new).replace("\n", "") == page


def test_a_block_that_was_moved_keeps_its_words_unmarked() -> None:
    assert compare_bodies(P + Q + R, R + P + Q).split("\n") == [
        f'<p class="change"><ins>Moved here</ins></p>{R}',
        P,
        Q,
        '<p class="change"><del>Moved from here</del></p>',
    ]


def test_a_divider_that_was_moved_is_shown_in_both_places() -> None:
    divider = '<hr class="paywall">'
    bar = '<div class="paywall-bar" role="separator">Paywall: readers see what is above</div>'
    assert compare_bodies(P + divider + Q + R, P + Q + divider + R).split("\n") == [
        P,
        f'<del class="block">{bar}</del>',
        Q,
        f'<ins class="block">{bar}</ins>',
        R,
    ]
    assert compare_bodies(P + divider + Q, P + divider + Q).split("\n") == [P, bar, Q]


def figure(src: str = "/media/a.jpg", alt: str = "A ferry", caption: str = "At the quay.") -> str:
    return f'<figure><img src="{src}" alt="{alt}"><figcaption>{caption}</figcaption></figure>'


def test_a_picture_that_was_replaced_is_shown_with_the_old_one() -> None:
    page = BeautifulSoup(compare_bodies(figure(), figure(src="/media/b.jpg")), "html.parser")
    assert [str(image["src"]) for image in page.select("figure del.block img")] == ["/media/a.jpg"]
    assert [str(image["src"]) for image in page.select("figure ins.block img")] == ["/media/b.jpg"]
    assert [str(caption) for caption in page.select("figcaption")] == [
        "<figcaption>At the quay.</figcaption>"
    ]


def test_a_new_alternative_text_is_said() -> None:
    page = BeautifulSoup(compare_bodies(figure(), figure(alt="A <red> ferry")), "html.parser")
    assert len(page.select("img")) == 1
    assert [str(line) for line in page.select("figure > p.change")] == [
        '<p class="change">Alternative text: A <ins>&lt;red&gt; </ins>ferry</p>'
    ]


def test_a_new_caption_is_marked_in_its_words() -> None:
    page = BeautifulSoup(compare_bodies(figure(), figure(caption="At the wall.")), "html.parser")
    assert str(page.figcaption) == "<figcaption>At the <del>quay</del><ins>wall</ins>.</figcaption>"
    assert len(page.select("img")) == 1


def test_pictures_of_the_library_are_shown_or_named() -> None:
    old, new = (
        '<figure><img data-picture="41" alt=""></figure>',
        '<figure><img data-picture="42" alt=""></figure>',
    )
    known = {"42": ImageSource("/media/b.jpg", 4, 3)}
    assert compare_bodies(old, new, picture=known.get) == (
        '<figure><del class="block"><span class="picture">Picture 41</span></del><ins class="block">'
        '<img src="/media/b.jpg" alt="" width="4" height="3" loading="lazy" decoding="async"></ins></figure>'
    )


def test_an_embed_tells_its_new_title_and_address() -> None:
    embed = '<div class="embed"><a href="https://e.example/{}">{}</a></div>'
    page = BeautifulSoup(
        compare_bodies(embed.format("x", "A film"), embed.format("y", "The film")), "html.parser"
    )
    assert [line.decode_contents() for line in page.select("p.change")] == [
        "Title: <del>A</del><ins>The</ins> film",
        "Address: <del>https://e.example/x</del> <ins>https://e.example/y</ins>",
    ]


def test_cells_and_rows_of_a_table_are_marked() -> None:
    table = "<table><tbody><tr><th>Port</th><th>Ships</th></tr>{}</tbody></table>".format
    old = table("<tr><td>Saldane</td><td>4</td></tr><tr><td>Orr</td><td>9</td></tr>")
    new = table(
        "<tr><td>Saldane</td><th>4</th></tr><tr><td></td><td></td></tr><tr><td>Orr</td><td>7</td></tr>"
    )
    page = BeautifulSoup(compare_bodies(old, new), "html.parser")
    assert [[cell.decode_contents() for cell in row.select("th, td")] for row in page.select("tr")] == [
        ["Port", "Ships"],
        ["Saldane", "<del>4</del><ins>4</ins>"],
        ["<ins>(empty)</ins>", "<ins>(empty)</ins>"],
        ["Orr", "<del>9</del><ins>7</ins>"],
    ]


NOTE = "<p>The quay{} stood firm for years.</p>"
LOG = '<span class="footnote">See the log.</span>'


def test_a_new_footnote_is_marked_at_its_number_and_in_its_text() -> None:
    page = BeautifulSoup(compare_bodies(NOTE.format(""), NOTE.format(LOG)), "html.parser")
    assert [mark.get_text() for mark in page.select("p ins > sup.fn-ref")] == ["1"]
    assert [note.get_text() for note in page.select("section.footnotes li > ins")] == ["See the log."]


def test_a_footnote_that_was_edited_is_marked_in_its_text_only() -> None:
    page = BeautifulSoup(
        compare_bodies(NOTE.format(LOG), NOTE.format(LOG.replace("log", "book"))), "html.parser"
    )
    assert page.select("p ins, p del") == []
    assert [str(mark) for mark in page.select("section li ins, section li del")] == [
        "<del>log</del>",
        "<ins>book</ins>",
    ]


def test_words_that_became_a_footnote_are_marked() -> None:
    page = BeautifulSoup(compare_bodies(NOTE.format(" (see the log)"), NOTE.format(LOG)), "html.parser")
    assert page.select_one("p del") is not None
    assert page.select_one("section.footnotes ins") is not None


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("", "", ""),
        ("The Quay", "The Quay", "The Quay"),
        ("The Old Quay", "The Quay", "The <del>Old </del>Quay"),
        ("", "A <b>", "<ins>A &lt;b&gt;</ins>"),
        ("Fish & chips", "Fish", "Fish<del> &amp; chips</del>"),
        ("One, two", "One two", "One<del>,</del> two"),
    ],
)
def test_lines_are_compared_as_plain_text(old: str, new: str, line: str) -> None:
    assert compare_line(old, new) == line


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        (P, P, (0, 0)),
        (P, P + Q, (9, 0)),
        (P + Q, Q, (0, 9)),
        (P + Q + R, R + P + Q, (0, 0)),
        (P, P.replace("old quay", "harbour"), (1, 2)),
        (P, P.replace("old", "<strong>old</strong>"), (0, 0)),
        (NOTE.format(""), NOTE.format(LOG), (3, 0)),
        (figure(), figure(caption="At a quay."), (1, 1)),
    ],
)
def test_words_are_counted(old: str, new: str, count: tuple[int, int]) -> None:
    assert changed_words(old, new) == count


def test_a_long_text_is_compared_in_a_moment() -> None:
    """A second is ample: it takes a tenth of it."""
    old = "".join(
        f"<p>{'the river rose and the pilots waited at the quay ' * 8}{number}.</p>" for number in range(40)
    )
    start = time.perf_counter()
    html = compare_bodies(old, old.replace("pilots", "masters"))
    assert time.perf_counter() - start < 1
    assert html.count("<ins>") == 320


@given(BODY)
def test_a_text_differs_from_itself_in_nothing(body: str) -> None:
    html = compare_bodies(body, body)
    assert "<ins" not in html
    assert "<del" not in html
    assert changed_words(body, body) == (0, 0)


@settings(max_examples=50)
@given(TWO_BODIES)
def test_texts_that_differ_always_show_it(bodies: tuple[str, str]) -> None:
    old, new = bodies
    soup = BeautifulSoup(compare_bodies(old, new), "html.parser")
    assert bool(soup.select("ins, del")) == (old != new)
    # A break between two notes of a row that is new as a whole stands alone; `↵` shows one that came by itself.
    assert all(change.get_text() or change.select("img, hr, br") for change in soup.select("ins, del"))


def letters_of(html: str) -> Counter[str]:
    return Counter("".join(words_of(read(html))))


def letters_shown(html: str, without: str) -> Counter[str]:
    """The letters of the page less those in ``without`` (ins or del) and all that no text contains."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(
        f"{without}, p.change, .fn-ref, [role=doc-backlink], .embed-host, .paywall-bar, .picture"
    ):
        tag.decompose()
    return Counter("".join(words_in(soup.get_text().replace("(empty)", ""))))


@settings(max_examples=50)
@given(TWO_BODIES)
def test_without_what_was_deleted_the_page_has_the_words_of_the_new_text(bodies: tuple[str, str]) -> None:
    old, new = bodies
    assert letters_shown(compare_bodies(old, new), "del") == letters_of(new)


@settings(max_examples=50)
@given(TWO_BODIES)
def test_without_what_was_inserted_the_page_has_the_words_of_the_old_text(bodies: tuple[str, str]) -> None:
    old, new = bodies
    html = compare_bodies(old, new)
    if "Moved here" not in html and "Title: " not in html:
        assert letters_shown(html, "ins") == letters_of(old)


@given(BODY | st.text(), BODY | st.text())
def test_the_page_holds_nothing_but_our_own_markup(old: str, new: str) -> None:
    soup = BeautifulSoup(compare_bodies(f"<p><script>{old}", new), "html.parser")
    known = "p strong em s sub sup a br h2 h3 ul ol li blockquote figure img figcaption div table thead tbody tr th td hr"
    assert {tag.name for tag in soup.find_all(True)} <= {*known.split(), "span", "section", "ins", "del"}
    assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]


@given(st.text(), st.text())
def test_a_line_is_escaped_and_whole(old: str, new: str) -> None:
    soup = BeautifulSoup(f"<p>{compare_line(old, new)}</p>", "html.parser")
    assert {tag.name for tag in soup.find_all(True)} <= {"p", "ins", "del", "br"}
    for tag in soup.find_all("del"):
        tag.decompose()
    if not {"\n", "\r", "\x00"} & {*old, *new}:
        assert soup.get_text() == new


def test_marked_up_attributes_stay_inside_their_quotes() -> None:
    old = sanitize_body(figure(alt="x"))
    new = sanitize_body(
        '<figure><img src="/media/a.jpg" alt="&quot;&gt;&lt;script&gt;x()&lt;/script&gt;"></figure>'
    )
    assert "<script" not in compare_bodies(old, new)
