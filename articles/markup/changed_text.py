"""One text out of two, its words marked where they differ."""

from collections.abc import Iterator, Sequence
from typing import Final

from .document import Inline, Mark, Run
from .words import changes, is_space, tokens_in

INSERTED: Final = Mark("ins")
DELETED: Final = Mark("del")


def merge_inline(old: Inline, new: Inline) -> Inline:
    """The words of both, in order. A word whose marks changed is deleted and inserted."""
    before, after = list(_tokens(old)), list(_tokens(new))
    merged: list[Run] = []
    for tag, i1, i2, j1, j2 in changes(before, after, lambda token: is_space(token.text)):
        if tag == "equal":
            merged.extend(after[j1:j2])
        else:
            merged.extend((*mark_all(before[i1:i2], DELETED), *mark_all(after[j1:j2], INSERTED)))
    return tuple(merged)


def mark_all(inline: Sequence[Run], mark: Mark) -> Inline:
    """The change goes outside all other marks."""
    return tuple(Run(run.text, (mark, *run.marks)) for run in inline)


def _tokens(inline: Inline) -> Iterator[Run]:
    return (Run(token, run.marks) for run in inline for token in tokens_in(run.text))
