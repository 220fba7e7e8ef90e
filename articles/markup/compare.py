"""Two texts shown as one, in the set text: what was inserted in ``<ins>``, what was deleted in ``<del>``."""

from collections import Counter

from .changed_page import ChangedPage, Passage
from .changed_text import merge_inline
from .document import Block, Blocks, Run
from .read import read
from .render import FindPicture, no_picture
from .texts import words_of
from .words import changes
from .write import write_inline


def compare_bodies(old: str, new: str, *, picture: FindPicture = no_picture) -> str:
    """The page HTML of two stored texts merged, made as ``render_body`` makes it and as safe.

    Blocks are aligned first, then the words of each. A word whose marks changed (bold, the address of a
    link) is deleted and inserted. What no word shows is said in a line ``<p class="change">``: that a block
    became another kind or was moved, a new alternative text. Pictures, embeds and dividers that came or went
    stand in ``<ins class="block">`` and ``<del class="block">``. The paywall divider is a
    ``<div class="paywall-bar">``.

    Equal texts show no change; texts that differ in their stored form show at least one.
    """
    page = ChangedPage(picture)
    return page.changed_blocks(read(old), read(new)) + page.notes_section()


def compare_in_passages(old: str, new: str, *, picture: FindPicture = no_picture) -> list[Passage]:
    """`compare_bodies` in pieces, so that what is unchanged can be folded away."""
    return list(ChangedPage(picture).passages(read(old), read(new)))


def compare_line(old: str, new: str) -> str:
    """The same for a line of plain text, such as a headline."""
    return write_inline(merge_inline((Run(old),), (Run(new),)))


def changed_words(old: str, new: str) -> tuple[int, int]:
    """How many words were inserted into and deleted from a stored text, footnotes and captions included.

    Blocks that were only moved do not count, nor do words that only changed their marks.
    """
    before, after = read(old), read(new)
    kept = Counter(before) & Counter(after)
    edits = changes(_words_beyond(before, kept), _words_beyond(after, kept))
    changed = [change for change in edits if change[0] != "equal"]
    return sum(j2 - j1 for *_, j1, j2 in changed), sum(i2 - i1 for _, i1, i2, _, _ in changed)


def _words_beyond(blocks: Blocks, kept: Counter[Block]) -> list[str]:
    """The words of the blocks that are not in both texts."""
    left = kept.copy()
    words: list[str] = []
    for block in blocks:
        left[block] -= 1
        if left[block] < 0:
            words.extend(words_of((block,)))
    return words
