"""Two edits of one text brought together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.markup.merge import Chunk, Kind, has_conflict, merge_bodies, merge_line, merged
from articles.markup.read import read
from articles.markup.sanitize import sanitize_body
from articles.markup.texts import words_of

from .markups import BODY, THREE_BODIES

P = "<p>The old quay lies under water at spring tide.</p>"
Q = "<p>Nobody asked the pilots what they thought of it.</p>"
R = "<p>By noon the market had closed for want of fish.</p>"
NEW = "<p>A storm is coming in from beyond the lighthouse tonight.</p>"
OTHER = "<p>Seven boats stayed out, and their crews sang through darkness.</p>"
MY_P, THEIR_P = P.replace("old", "ancient"), P.replace("spring", "every")
MY_Q, THEIR_Q = Q.replace("pilots", "masters"), Q.replace("Nobody", "Somebody")
DIVIDER = '<hr class="paywall">'


def kinds(chunks: tuple[Chunk, ...]) -> list[str]:
    return [str(chunk.kind) for chunk in chunks]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "expected", "text"),
    [
        ("", "", "", [], ""),
        (P + Q, P + Q, P + Q, ["same", "same"], P + Q),
        (P + Q, MY_P + Q, P + Q, ["mine", "same"], MY_P + Q),
        (P + Q, P + Q, P + THEIR_Q, ["same", "theirs"], P + THEIR_Q),
        (P + Q, MY_P + Q, P + THEIR_Q, ["mine", "theirs"], MY_P + THEIR_Q),
        (P + Q, MY_P + Q, MY_P + Q, ["both", "same"], MY_P + Q),
        (P + Q, P + NEW + Q, P + Q, ["same", "mine", "same"], P + NEW + Q),
        (P + Q, P + NEW + Q, P + Q + OTHER, ["same", "mine", "same", "theirs"], P + NEW + Q + OTHER),
        (P + Q, P + NEW + Q, P + NEW + Q, ["same", "both", "same"], P + NEW + Q),
        (P, P + NEW + OTHER, P + NEW, ["same", "both", "mine"], P + NEW + OTHER),
        (P + Q, Q, P + Q, ["mine", "same"], Q),
        (P + Q, Q, Q, ["both", "same"], Q),
        (P + Q, Q, P, ["mine", "theirs"], ""),
        (P + Q, MY_P + NEW + Q, P + THEIR_Q, ["mine", "mine", "theirs"], MY_P + NEW + THEIR_Q),
        (P + DIVIDER + Q + R, P + Q + DIVIDER + R, MY_P + DIVIDER + Q + R,
         ["theirs", "mine", "same", "mine", "same"], MY_P + Q + DIVIDER + R),
    ],
)  # fmt: skip
def test_changes_that_do_not_touch_go_together(
    base: str, mine: str, theirs: str, expected: list[str], text: str
) -> None:
    chunks = merge_bodies(base, mine, theirs)
    assert kinds(chunks) == expected
    assert not has_conflict(chunks)
    assert merged(chunks) == text


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "conflict"),
    [
        (P, MY_P, THEIR_P, (P, MY_P, THEIR_P)),
        (P + Q + R, P + MY_Q + R, P + THEIR_Q + R, (Q, MY_Q, THEIR_Q)),
        (P, P + NEW, P + OTHER, ("", NEW, OTHER)),
        (P + Q, Q, THEIR_P + Q, (P, "", THEIR_P)),
        (P, NEW, OTHER, (P, NEW, OTHER)),
        (P, NEW, THEIR_P, (P, NEW, THEIR_P)),
    ],
)
def test_changes_of_the_same_paragraph_are_a_conflict(
    base: str, mine: str, theirs: str, conflict: tuple[str, str, str]
) -> None:
    chunks = merge_bodies(base, mine, theirs)
    assert has_conflict(chunks)
    assert [(one.base, one.mine, one.theirs) for one in chunks if one.kind == Kind.CONFLICT] == [conflict]
    assert merged(chunks, ["mine"]) == mine
    assert merged(chunks, ["theirs"]) == theirs


def test_both_stand_one_after_the_other() -> None:
    chunks = merge_bodies(P + Q + R, MY_P + Q + NEW + R, THEIR_P + Q + OTHER + R)
    assert kinds(chunks) == ["conflict", "same", "conflict", "same"]
    assert merged(chunks, ["both", "both"]) == MY_P + THEIR_P + Q + NEW + OTHER + R
    assert merged(chunks, ["theirs", "mine"]) == THEIR_P + Q + NEW + R


def test_a_paragraph_split_by_one_and_edited_by_the_other_is_one_conflict() -> None:
    """Else the sentence would stand twice: in the paragraph kept whole, and in what was split off it."""
    one, other = "<p>The quay sank at dawn. ", "Nobody saw it go.</p>"
    whole = one + other
    parts = "<p>The quay sank at dawn.</p><p>Nobody saw it go.</p>"
    mine = whole.replace("dawn", "noon")
    (chunk,) = merge_bodies(whole, mine, parts)
    assert chunk == Chunk(Kind.CONFLICT, whole, mine, parts)
    (chunk,) = merge_bodies(parts, whole, parts.replace("Nobody", "Somebody"))
    assert chunk == Chunk(Kind.CONFLICT, parts, whole, parts.replace("Nobody", "Somebody"))


def test_a_list_is_one_block() -> None:
    items = "<ul><li><p>one fish</p></li><li><p>two fish</p></li></ul>"
    (chunk,) = merge_bodies(items, items.replace("one", "red"), items.replace("two", "blue"))
    assert chunk.kind == Kind.CONFLICT


def test_when_both_move_the_divider_the_first_one_stands() -> None:
    base = P + DIVIDER + Q + R + NEW
    chunks = merge_bodies(base, P + Q + DIVIDER + R + NEW, P + Q + R + DIVIDER + NEW)
    assert merged(chunks) == P + Q + DIVIDER + R + NEW


@pytest.mark.parametrize("choices", [[], ["mine", "mine"], ["base"], [""]])
def test_a_conflict_needs_one_choice(choices: list[str]) -> None:
    with pytest.raises(ValueError, match="conflict"):
        merged(merge_bodies(P, MY_P, THEIR_P), choices)


@pytest.mark.parametrize(
    ("mine", "theirs", "kind"),
    [
        ("Quay", "Quay", "same"),
        ("Old quay", "Quay", "mine"),
        ("Quay", "", "theirs"),
        ("Old <quay", "Old <quay", "both"),
        ("Old quay", "New quay", "conflict"),
    ],
)
def test_a_line_is_merged_whole(mine: str, theirs: str, kind: str) -> None:
    assert merge_line("Quay", mine, theirs) == Chunk(Kind(kind), "Quay", mine, theirs)


def test_the_result_of_a_line_is_one_of_its_forms() -> None:
    assert merge_line("Quay", "Old quay", "Quay").result() == "Old quay"
    assert merge_line("Quay", "Quay", "New quay").result() == "New quay"
    assert merge_line("Quay", "Old quay", "New quay").result("theirs") == "New quay"
    with pytest.raises(ValueError, match="conflict"):
        merge_line("Quay", "Old quay", "New quay").result()


@settings(max_examples=50)
@given(BODY, BODY)
def test_without_changes_on_one_side_the_other_is_taken_exactly(base: str, new: str) -> None:
    for chunks in (
        merge_bodies(base, base, new),
        merge_bodies(base, new, base),
        merge_bodies(base, new, new),
    ):
        assert not has_conflict(chunks)
        assert merged(chunks) == new


@settings(max_examples=50)
@given(THREE_BODIES)
def test_the_chunks_hold_each_form_of_the_text_whole(bodies: tuple[str, str, str]) -> None:
    chunks = merge_bodies(*bodies)
    whole = (
        "".join(forms) for forms in zip(*((one.base, one.mine, one.theirs) for one in chunks), strict=True)
    )
    assert tuple(whole) == (bodies if chunks else ())


@settings(max_examples=50)
@given(THREE_BODIES, st.sampled_from(["mine", "theirs", "both"]))
def test_the_merged_text_is_in_its_stored_form(bodies: tuple[str, str, str], choice: str) -> None:
    chunks = merge_bodies(*bodies)
    text = merged(chunks, [choice] * sum(one.kind == Kind.CONFLICT for one in chunks))
    assert sanitize_body(text) == text
    assert text.count(DIVIDER) <= 1


@settings(max_examples=50)
@given(THREE_BODIES)
def test_with_both_everywhere_no_inserted_word_is_lost(bodies: tuple[str, str, str]) -> None:
    base, mine, theirs = bodies
    chunks = merge_bodies(base, mine, theirs)
    words = words_of(read(merged(chunks, ["both"] * sum(one.kind == Kind.CONFLICT for one in chunks))))
    known = set(words_of(read(base)))
    assert words.count("my") == words_of(read(mine)).count("my")
    assert words.count("their") == words_of(read(theirs)).count("their")
    assert {*words_of(read(mine)), *words_of(read(theirs))} - known <= set(words)


@settings(max_examples=50)
@given(THREE_BODIES)
def test_the_sides_are_alike(bodies: tuple[str, str, str]) -> None:
    base, mine, theirs = bodies
    swapped = {Kind.MINE: Kind.THEIRS, Kind.THEIRS: Kind.MINE}
    chunks = merge_bodies(base, theirs, mine)
    if Kind.CONFLICT not in [one.kind for one in chunks]:
        there = [Chunk(swapped.get(one.kind, one.kind), one.base, one.theirs, one.mine) for one in chunks]
        assert merged(there) == merged(merge_bodies(base, mine, theirs))
