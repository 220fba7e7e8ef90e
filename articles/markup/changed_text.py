"""One text out of two, its words marked where they differ."""

from collections.abc import Iterator, Sequence
from typing import Final

from .document import LINE_BREAK, Inline, Mark, Run
from .words import changes, is_space, tokens_in

INSERTED: Final = Mark("ins")
DELETED: Final = Mark("del")

RETURN: Final = "↵"
"""Shows a line break that came or went."""


def merge_inline(old: Inline, new: Inline) -> Inline:
    """The words of both, in order. A word whose marks changed is deleted and inserted."""
    before, after = list(_tokens(old)), list(_tokens(new))
    merged: list[Run] = []
    for tag, i1, i2, j1, j2 in changes(before, after, lambda token: is_space(token.text)):
        if tag == "equal":
            merged.extend(after[j1:j2])
        else:
            merged.extend(mark_all(_with_signs(before[i1:i2], RETURN), DELETED))
            merged.extend(mark_all(_with_signs(after[j1:j2], RETURN + LINE_BREAK), INSERTED))
    return tuple(merged)


def mark_all(inline: Sequence[Run], mark: Mark) -> Inline:
    """The change goes outside all other marks."""
    return tuple(Run(run.text, (mark, *run.marks)) for run in inline)


def _with_signs(tokens: Sequence[Run], line_break: str) -> list[Run]:
    return [Run(line_break, token.marks) if token.text == LINE_BREAK else token for token in tokens]


def _tokens(inline: Inline) -> Iterator[Run]:
    return (Run(token, run.marks) for run in inline for token in tokens_in(run.text))
