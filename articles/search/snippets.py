"""Where the words stand: a passage of a text as page HTML, the words marked."""

from collections.abc import Iterable
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.search.typed import Wanted
from articles.search.words import WORD, stem

PASSAGE_WORDS: Final = 36
BEFORE: Final = 8
"""How many words a passage shows before the first that was looked for."""

Marked = frozenset[str]


def words_to_mark(wanted: Iterable[Wanted]) -> Marked:
    return frozenset(word for each in wanted for words in each.terms for word in words)


def highlight(text: str, marked: Marked, language: str) -> SafeString:
    """The whole text, escaped, each word looked for in `<mark>`."""
    found = (match for match in WORD.finditer(text) if stem(match[0], language) in marked)
    return _as_html(text, [match.span() for match in found])


def passage(text: str, marked: Marked, language: str) -> SafeString:
    """Some forty words of the text where most of the words looked for stand, or else its beginning."""
    words = list(WORD.finditer(text))
    if not words:
        return SafeString("")
    stems = [stem(word[0], language) for word in words]
    hits = [number for number, found in enumerate(stems) if found in marked]
    first = max(0, min(_densest(hits, stems) - BEFORE, len(words) - PASSAGE_WORDS))
    last = min(first + PASSAGE_WORDS, len(words)) - 1
    start = words[first].start() if first else 0
    end = words[last].end() if last + 1 < len(words) else len(text)
    shown = [words[number] for number in hits if first <= number <= last]
    marks = [(word.start() - start, word.end() - start) for word in shown]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark_safe(f"{before}{_as_html(text[start:end], marks)}{after}")  # noqa: S308 (escaped by `_as_html`)


def _densest(hits: list[int], stems: list[str]) -> int:
    """The first word of the passage that holds most different words looked for; the earliest of several."""
    room = PASSAGE_WORDS - BEFORE

    def variety(hit: int) -> int:
        return len({stems[other] for other in hits if hit <= other < hit + room})

    return max(hits[:200], key=variety, default=0)


def _as_html(text: str, places: Iterable[tuple[int, int]]) -> SafeString:
    pieces, done = [], 0
    for start, end in places:
        pieces += [escape(text[done:start]), f"<mark>{escape(text[start:end])}</mark>"]
        done = end
    return mark_safe("".join([*pieces, escape(text[done:])]))  # noqa: S308 (every text is escaped)
