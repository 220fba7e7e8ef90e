"""The text of a story with the passages marked that comments are about, for pages without the editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from articles.markup.anchors import PARTING, passage_text
from editorial.models import Comment


@dataclass(frozen=True)
class Piece:
    """Words of a line in the passages of the same comments; if any, the one that began last is named."""

    text: str
    comment: int | None
    begins: bool


@dataclass(frozen=True)
class Line:
    """A paragraph, item, cell or caption; `start` is the place of its first character in the passage text."""

    start: int
    pieces: tuple[Piece, ...]


def marked_lines(body: str, comments: Sequence[Comment]) -> list[Line]:
    """The text line by line, cut where passages begin and end."""
    places = [(comment.pk, *comment.passage) for comment in comments if comment.passage]
    cuts = sorted({place for _, start, end in places for place in (start, end)})
    lines, start = [], 0
    for text in passage_text(body).split(PARTING):
        end = start + len(text)
        edges = [start, *(cut for cut in cuts if start < cut < end), end]
        pieces = (_piece(text[a - start : b - start], a, places) for a, b in pairwise(edges))
        lines.append(Line(start, tuple(pieces)))
        start = end + len(PARTING)
    return lines


def _piece(text: str, at: int, places: Sequence[tuple[int, int, int]]) -> Piece:
    within = [(start, key) for key, start, end in places if start <= at < end]
    start, key = max(within, default=(-1, None))
    return Piece(text, key, start == at)
