"""Where the passages of comments stand, and where they are after an edit."""

# ruff: noqa: E501 (markup is easier to compare on one line)

import time
from collections.abc import Sequence

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from articles.markup.anchors import PassageSpansBlocks, move_range, moves, passage_text, replace_passage
from articles.markup.sanitize import sanitize_body

from .markups import BODY

EVERYTHING = (
    '<h2>Tides</h2><p>One <strong>two</strong>.<span class="footnote">See the <em>log</em>.</span> Three.<br>Four.</p>'
    "<ul><li><p>a</p><ol><li><p>b</p></li></ol></li><li><p>c</p><p>d</p></li></ul><hr>"
    '<blockquote class="display"><p>Set off.</p></blockquote><hr class="paywall">'
    '<figure><img src="/media/a.jpg" alt="A ferry"><figcaption>Quay. <span class="credit">Ada Venn</span></figcaption>'
    '</figure><figure><img data-picture="4" alt="Not shown"></figure>'
    '<div class="embed"><a href="https://e.example/x">A film</a></div>'
    "<table><tbody><tr><th>Port</th><td></td></tr><tr><td>Orr<br>(new)</td><td>10&nbsp;000</td></tr></tbody></table>"
)
LINES = [
    "Tides",
    "One two.See the log. Three.",
    "Four.",
    "a",
    "b",
    "c",
    "d",
    "Set off.",
    "Quay. Ada Venn",
    "A film",
    "Port",
    "Orr",
    "(new)",
    "10\u00a0000",
]


def test_the_passage_text_has_every_text_in_the_order_of_reading() -> None:
    assert passage_text(EVERYTHING) == "\n".join(LINES)
    assert passage_text("") == ""


@given(BODY)
def test_the_passage_text_is_what_a_simple_walk_over_the_elements_finds(body: str) -> None:
    soup = BeautifulSoup(body.replace("<br>", "\n"), "html.parser")
    texts = (tag.get_text() for tag in soup.select("p, h2, h3, td, th, figcaption, .embed"))
    assert passage_text(body) == "\n".join(filter(None, texts))


OLD = "The old quay lies under water at spring tide. Nobody asked the pilots."


@pytest.mark.parametrize(
    ("passage", "new", "there"),
    [
        ("old quay", OLD, "old quay"),
        ("old quay", "At noon. " + OLD + " Or the crew.", "old quay"),
        ("old quay", OLD.replace("old", "very old"), "old quay"),
        ("old quay", OLD.replace("old", "old stone"), "old stone quay"),
        ("old quay lies", OLD.replace("quay", "harbour"), "old harbour lies"),
        ("old quay", OLD.replace("old quay", "old quay wall"), "old quay"),
        ("quay", OLD.replace("quay", "quays"), "quays"),
        ("quay", OLD.replace("quay", "harbour"), "harbour"),
        ("quay", OLD.replace("old quay", "new harbour"), "harbour"),
        ("old quay", OLD.replace("old quay", "harbour"), "harbour"),
        ("old quay", OLD.replace("The old quay lies", "It is"), None),
        ("old quay", OLD.replace("old ", ""), "quay"),
        ("old quay", OLD.replace(" quay", ""), "old"),
        ("old quay", OLD.replace("old quay ", ""), None),
        ("old quay", OLD.replace("The old quay lies under", "Under"), None),
        ("quay lies", OLD.replace("old quay", ""), "lies"),
        ("Nobody asked the pilots.", OLD.replace(" Nobody asked the pilots.", ""), None),
        ("Nobody asked the pilots.", OLD.replace("Nobody", "Somebody"), "Somebody asked the pilots."),
        ("tide. Nobody", OLD.replace(". N", ".\nN"), "tide.\nNobody"),
        ("water", "", None),
        ("ua", OLD.replace("quay", "quayside"), "ua"),
        (". ", OLD.replace(". ", ".\n"), ".\n"),
    ],
)
def test_a_passage_moves_with_its_text(passage: str, new: str, there: str | None) -> None:
    start = OLD.index(passage)
    moved = move_range(OLD, new, start, start + len(passage))
    assert (moved and new[slice(*moved)]) == there


@pytest.mark.parametrize(("start", "end"), [(3, 3), (5, 4), (-1, 2), (0, len(OLD) + 1)])
def test_what_is_no_passage_is_nowhere(start: int, end: int) -> None:
    assert move_range(OLD, OLD, start, end) is None


def test_one_of_many_alike_is_not_mistaken_for_another() -> None:
    old = "the tide, the wind, the rain, the tide"
    start = old.rindex("the tide")
    new = "the wind, the rain, the tide"
    assert move_range(old, new, start, len(old)) == (new.index("the tide"), len(new))


def test_a_passage_moves_with_its_paragraph() -> None:
    lines = ["The old quay.", "Nobody asked.", "Nobody asked.", "By noon it rained hard on the market."]
    old, new = "\n".join(lines), "\n".join([lines[3], *lines[:3]])
    assert move_range(old, new, 4, 12) == (new.index("old quay"), new.index("old quay") + 8)
    start = old.index("rained")
    assert move_range(old, new, start, len(old)) == (new.index("rained"), len(lines[3]))


def test_a_passage_does_not_jump_to_a_line_that_was_always_there() -> None:
    assert move_range("Yes.\nThe quay.\nYes.", "No.\nThe quay.\nYes.", 0, 3) == (0, 2)
    assert move_range("Yes.\nThe quay.\nYes.", "The quay.\nYes.", 0, 4) is None
    assert move_range("Yes.\nYes.\nThe quay.", "The quay.\nYes.", 0, 4) is None


def test_a_story_with_fifty_comments_is_moved_in_a_moment() -> None:
    """Half a second is ample: it takes a tenth of it."""
    old = " ".join("the" if number % 9 == 0 else f"w{number * number * 31 % 997}" for number in range(1500))
    new = " ".join("new words" if number % 31 == 0 else word for number, word in enumerate(old.split(" ")))
    start = time.perf_counter()
    moved = moves(old, new)
    places = [moved.move(number * 100, number * 100 + 60) for number in range(50)]
    assert time.perf_counter() - start < 0.5
    assert None not in places


UNIQUE = st.integers(5, 40).map(lambda size: [f"w{number}" for number in range(size)])
PARTING = st.sampled_from([" ", " ", ", ", ". ", "\n"])


@st.composite
def edits_elsewhere(draw: st.DrawFn) -> tuple[str, int, int, str]:
    """A text, a passage of whole words in it, and the text after edits outside the passage."""
    words = draw(UNIQUE)
    partings = [draw(PARTING) for _ in words]
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, len(words) - 1))
    before = _edited(draw, words[:first], partings[:first], "a")
    after = _edited(draw, words[last + 1 :], partings[last + 1 :], "b")
    passage = _joined(words[first : last + 1], partings[first:last])
    old = _joined(words, partings)
    start = len(_joined(words[:first], partings[:first]))
    new = before + passage + (partings[last] + after if after else "")
    return old, start, start + len(passage), new


def _joined(words: Sequence[str], partings: Sequence[str]) -> str:
    return "".join(
        word + (partings[index] if index < len(partings) else "") for index, word in enumerate(words)
    )


def _edited(draw: st.DrawFn, words: Sequence[str], partings: Sequence[str], name: str) -> str:
    out = ""
    for index, (word, parting) in enumerate(zip(words, partings, strict=True)):
        what = draw(st.sampled_from(["keep", "keep", "delete", "replace", "insert"]))
        out += {"keep": word, "delete": "", "replace": f"{name}{index}", "insert": f"{name}{index} {word}"}[
            what
        ]
        out += "" if what == "delete" else parting
    return out


@given(edits_elsewhere())
def test_an_untouched_passage_keeps_its_text(edit: tuple[str, int, int, str]) -> None:
    old, start, end, new = edit
    moved = move_range(old, new, start, end)
    assert moved is not None
    assert new[slice(*moved)] == old[start:end]


TEXT = (
    st.lists(st.sampled_from("the quay a , . of tide \n".split(" ")), max_size=20).map(" ".join) | st.text()
)


@given(TEXT, TEXT, st.data())
def test_a_passage_is_always_in_the_text_or_nowhere(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    moved = move_range(old, new, start, end)
    assert moved is None or 0 <= moved[0] < moved[1] <= len(new)
    assert move_range(old, old, start, end) == ((start, end) if start < end else None)


@given(edits_elsewhere())
def test_a_passage_that_was_deleted_is_nowhere(edit: tuple[str, int, int, str]) -> None:
    old, start, end, _ = edit
    assert move_range(old, old[:start] + old[end:], start, end) is None


BODY_HTML = (
    '<p>The <strong>old quay</strong> sank.<span class="footnote">See the log.</span> So it goes.</p>'
    '<ul><li><p>One <a href="/a">fish</a></p></li></ul>'
    '<div class="embed"><a href="https://e.example/x">A film</a></div>'
)


@pytest.mark.parametrize(
    ("passage", "replacement", "found", "put"),
    [
        ("sank", "drowned & died", "sank", "drowned &amp; died"),
        ("old quay", "harbour", "<strong>old quay</strong>", "<strong>harbour</strong>"),
        ("The old", "An <b>", "The <strong>old quay</strong>", "An &lt;b&gt;<strong> quay</strong>"),
        ("quay sank", "wall fell", "<strong>old quay</strong> sank", "<strong>old wall fell</strong>"),
        ("log", "book", "log", "book"),
        ("See the log.", "", '<span class="footnote">See the log.</span>', ""),
        ("fish", "bird", ">fish<", ">bird<"),
        ("One fish", "", '<ul><li><p>One <a href="/a">fish</a></p></li></ul>', ""),
        ("A film", "The film\nitself", "A film", "The film itself"),
        (" So", "\nSo", " So", "<br>So"),
    ],
)
def test_a_passage_is_replaced_and_its_marks_are_kept(
    passage: str, replacement: str, found: str, put: str
) -> None:
    start = passage_text(BODY_HTML).index(passage)
    html = replace_passage(BODY_HTML, start, start + len(passage), replacement)
    assert html == sanitize_body(BODY_HTML.replace(found, put))


def test_text_put_in_takes_the_marks_before_it() -> None:
    assert (
        replace_passage("<p><strong>Old</strong> quay</p>", 3, 3, "est")
        == "<p><strong>Oldest</strong> quay</p>"
    )
    assert (
        replace_passage("<p><strong>old</strong> quay</p>", 0, 0, "c") == "<p><strong>cold</strong> quay</p>"
    )


def test_a_passage_over_two_blocks_is_refused() -> None:
    text = passage_text(BODY_HTML)
    with pytest.raises(PassageSpansBlocks):
        replace_passage(BODY_HTML, text.index("goes"), text.index("One") + 3, "x")
    with pytest.raises(PassageSpansBlocks):
        replace_passage(BODY_HTML, text.index("goes"), text.index("\n") + 1, "x")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (4, 3), (5, 500), (500, 501)])
def test_a_passage_that_is_not_there_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no passage"):
        replace_passage(BODY_HTML, start, end, "x")


@given(BODY.filter(lambda body: bool(passage_text(body))), st.data())
def test_only_the_passage_changes(body: str, data: st.DataObject) -> None:
    text = passage_text(body)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 12, len(text))))
    try:
        html = replace_passage(body, start, end, "new")
    except PassageSpansBlocks:
        assert "\n" in text[start:end]
    else:
        assert sanitize_body(html) == html
        # Letters, not words: a space that comes to stand at the edge of a note belongs to nobody.
        assert "".join(passage_text(html).split()) == "".join((text[:start] + "new" + text[end:]).split())
