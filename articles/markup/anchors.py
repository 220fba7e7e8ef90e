"""Where a comment's passage stands: the text it is counted in, and where it is after an edit."""

from dataclasses import dataclass
from typing import Final

from .document import Inline
from .inline import Piece, tidy
from .moves import Moves
from .read import read
from .sanitize import sanitize_body
from .texts import full_text, rewrite, texts_of
from .write import write

PARTING: Final = "\n"
"""Between two texts of a passage text; a line break within one looks the same."""


class PassageSpansBlocks(Exception):
    """The passage begins in one paragraph, item, cell or caption and ends in another."""


def passage_text(html: str) -> str:
    r"""The text of a stored body that passages are counted in, from ``start`` to before ``end``.

    It has every paragraph, heading, list item, table cell, caption and embed's title, in the order of
    reading, parted by "\n"; empty ones are skipped, so are pictures, rules and the paywall divider. A line
    break is "\n". A footnote's text stands where its mark stands, as it does in the editor. Characters are
    Unicode code points, as Python counts them; JavaScript counts UTF-16 units, so a browser counts with
    ``Array.from(text).length``.

    The editor has the same text of the document it opened (the ProseMirror document of the stored body)::

        const lines = []
        doc.descendants((node) => {
          if (node.type.name === "embed") lines.push(node.attrs.title)
          if (!node.isTextblock) return true
          let line = ""
          node.forEach((child) => { line += child.isText ? child.text : "\n" })
          lines.push(line)
          return false
        })
        return lines.filter((line) => line !== "").join("\n")

    The only inline node that is no text is the hard break. What is being typed may have spaces and empty
    paragraphs that storing removes: then the texts differ until the next save, and ``moves`` tells where a
    passage of the one is in the other.
    """
    return PARTING.join(filter(None, map(full_text, texts_of(read(html)))))


def moves(old_text: str, new_text: str) -> Moves:
    """How passages move when one passage text becomes another. Made once, it moves any number of them."""
    return Moves(old_text, new_text)


def move_range(old_text: str, new_text: str, start: int, end: int) -> tuple[int, int] | None:
    """``Moves.move`` for a single passage."""
    return Moves(old_text, new_text).move(start, end)


def replace_passage(html: str, start: int, end: int, replacement: str) -> str:
    """The stored body with that passage of its text replaced by plain text, for instance a suggested edit.

    The new text takes the marks of the first character it replaces; where it replaces nothing, those of the
    character before it, as typing does. A paragraph or item left without text goes. Raises
    PassageSpansBlocks, and ValueError when the text has no such passage.
    """
    document = read(html)
    passage = _Passage(start, end, replacement)
    changed = rewrite(document, passage.replace_in)
    if passage.is_replaced:
        return sanitize_body(write(changed))
    if 0 <= start <= end < passage.position:
        raise PassageSpansBlocks
    raise ValueError(f"The text has no passage from {start} to {end}.")


@dataclass
class _Passage:
    """A passage to be replaced, and how far the text has been read."""

    start: int
    end: int
    replacement: str
    position: int = 0
    is_replaced: bool = False

    def replace_in(self, inline: Inline) -> Inline:
        chars: list[Piece] = [(char, frozenset(run.marks)) for run in inline for char in run.text]
        first, last = self.start - self.position, self.end - self.position
        if not chars:
            return inline
        self.position += len(chars) + len(PARTING)
        if not 0 <= first <= last <= len(chars):
            return inline
        self.is_replaced = True
        _, marks = chars[first if first < last else max(first - 1, 0)]
        return tidy([*chars[:first], *((char, marks) for char in self.replacement), *chars[last:]])
