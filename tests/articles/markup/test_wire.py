"""Wire copy: each sample has its own difficulty, named by its file."""

# ruff: noqa: E501 (markup is easier to compare on one line)

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.markup.dateline import find_dateline
from articles.markup.quotations import read_quotation
from articles.markup.sanitize import sanitize_body
from articles.markup.wire import NotAStory, WireStory, parse_wire

SAMPLES = Path(__file__).parent / "wire"
STORIES = sorted(path.stem for path in SAMPLES.glob("*.txt") if not path.stem.startswith("bad_"))
FAILURES = sorted(path.stem for path in SAMPLES.glob("bad_*.txt"))


def sample(name: str) -> tuple[bytes, dict[str, Any]]:
    expected = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return (SAMPLES / f"{name}.txt").read_bytes(), expected


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_read_rightly(name: str) -> None:
    raw, expected = sample(name)
    story = parse_wire(raw)
    assert story.body == "".join(expected["body"])
    assert story.headline == expected["headline"]
    assert story.place == expected["place"]
    assert story.date == dt.date.fromisoformat(expected["date"])
    assert story.source == expected["source"]
    assert sanitize_body(story.body) == story.body


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_no_story_says_where_and_why(name: str) -> None:
    raw, expected = sample(name)
    with pytest.raises(NotAStory) as caught:
        parse_wire(raw, name=f"{name}.txt")
    assert (caught.value.line, caught.value.problem) == (expected["line"], expected["problem"])
    assert str(caught.value).startswith(f"{name}.txt, line {expected['line']}: {expected['problem']}. ")


DASHES = ["—", "–", "--", "-", "―", "---", " — ", " -- ", " - ", " ", ": "]


@pytest.mark.parametrize("dash", DASHES)
def test_dashes_of_every_kind(dash: str) -> None:
    story = parse_wire(f"Head\n\nPORT SALDANE, July 3, 2017 (EIRNS){dash}It rained—again.".encode())
    assert (story.place, story.body) == ("PORT SALDANE", "<p>It rained—again.</p>")


@pytest.mark.parametrize(
    ("line", "place", "date"),
    [
        ("July 3, 2017 (EIRNS)—x", "", (2017, 7, 3)),
        ("Feb. 3, 2026 (EIRNS)—x", "", (2026, 2, 3)),
        ("Sept. 30, 2026 (EIRNS)—x", "", (2026, 9, 30)),
        ("MAY 1st, 2026 (EIRNS)—x", "", (2026, 5, 1)),
        ("3 July 2017 [EIRNS]—x", "", (2017, 7, 3)),
        ("ST. ORLAN, July 3, 2017 (EIRNS)—x", "ST. ORLAN", (2017, 7, 3)),
        ("ST. ORLAN July 3, 2017 (EIRNS)—x", "ST. ORLAN", (2017, 7, 3)),
        (
            "Port d'Or-sur-Mer, Upper Ostra, July 3 2017 (EIRNS)—x",
            "Port d'Or-sur-Mer, Upper Ostra",
            (2017, 7, 3),
        ),
    ],
)
def test_datelines(line: str, place: str, date: tuple[int, int, int]) -> None:
    found = find_dateline(line)
    assert found is not None
    assert (found.place, found.date, line[found.length :]) == (place, dt.date(*date), "x")


@pytest.mark.parametrize(
    "line",
    [
        "July 3, 2017—x",
        "He came on July 3, 2017 (EIRNS) and left.",
        "The talks ended. Later, July 3, 2017 (EIRNS)—x",
        "On 7 July 3, 2017 (EIRNS)—x",
        "",
    ],
)
def test_what_is_no_dateline(line: str) -> None:
    assert find_dateline(line) is None


@pytest.mark.parametrize(
    ("paragraph", "text"),
    [
        ("“One ‘two’ three.”", "One ‘two’ three."),
        ("“One “two” three”.", "One “two” three."),
        ('"One "two," three"', 'One "two," three'),
        ("‘We don’t know’", "We don’t know"),
        ("„Eins“", "Eins"),
        ("«Un»,", "Un,"),
    ],
)
def test_the_outer_marks_are_dropped_and_the_inner_kept(paragraph: str, text: str) -> None:
    quotation = read_quotation(paragraph)
    assert quotation is not None
    assert (quotation.text, quotation.is_closed) == (text, True)


@pytest.mark.parametrize(
    "paragraph", ["One.", "“One,” he said. “Two.”", '"One," he said. "Two."', "“One” two", ""]
)
def test_a_paragraph_that_goes_on_outside_the_marks_is_no_quotation(paragraph: str) -> None:
    assert read_quotation(paragraph) is None


def test_a_corrected_text_keeps_its_fingerprint_and_another_story_has_another() -> None:
    first = parse_wire(b"Ferry Runs\n\nOSTRA, July 3, 2017 (EIRNS)--It runs.").fingerprint
    assert (
        parse_wire("Ferry Runs\r\n\r\nOstra, July 3, 2017 (EIRNS)—It ran late.".encode()).fingerprint == first
    )
    assert parse_wire(b"Ferry Runs\n\nOSTRA, July 4, 2017 (EIRNS)--It runs.").fingerprint != first
    assert parse_wire(b"Ferry Stops\n\nOSTRA, July 3, 2017 (EIRNS)--It runs.").fingerprint != first


WORDS = st.text(st.sampled_from("abcdefgh éüñ,."), min_size=1, max_size=60).map(
    lambda text: f"N{text}ä".strip()
)
PARAGRAPH = WORDS | WORDS.map("“{}”".format) | WORDS.map('"{}"'.format) | st.just("he added.")
TEXT = st.lists(PARAGRAPH, min_size=1, max_size=6).map(
    lambda paragraphs: (
        "Große Fähre\n\nOSTRA, July 3, 2017 (EIRNS)—Begun.\n\n" + "\n\n".join(paragraphs) + "\n"
    )
)


@given(TEXT, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(),
       st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]))  # fmt: skip
def test_line_ends_and_encodings_change_nothing(
    text: str, line_end: str, is_ended: bool, encoding: str
) -> None:
    raw = (text if is_ended else text.rstrip("\n")).replace("\n", line_end).encode(encoding)
    assert parse_wire(raw) == parse_wire(text.encode())


NOISE = st.sampled_from(
    ["Head", "July 3, 2017 (EIRNS)—", "OSTRA, Feb. 30, 2026 (EIRNS) --", "“", "”", '"', "\n", "\n\n", "\r", " ", "he", "<p>",
     "\x00", "\x1a", "Subscribe to EIR", "EIR", "- ", "· x", "\ufeff", "* * *"]
)  # fmt: skip


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.lists(NOISE, max_size=20).map(lambda parts: "".join(parts).encode())
)
def test_any_bytes_are_a_story_or_not_a_story(raw: bytes) -> None:
    outcome = read_or_refuse(raw)
    if isinstance(outcome, NotAStory):
        assert 1 <= outcome.line <= raw.count(b"\n") + raw.count(b"\r") + 9
    else:
        assert outcome.headline
        assert sanitize_body(outcome.body) == outcome.body


def read_or_refuse(raw: bytes) -> WireStory | NotAStory:
    try:
        return parse_wire(raw)
    except NotAStory as error:
        return error
