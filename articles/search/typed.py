"""What somebody typed into the search: words, “phrases” and -exclusions. Any text means something."""

import re
from dataclasses import dataclass
from typing import Final

from articles.search.words import Words, stems

MAX_LENGTH: Final = 200
MAX_TERMS: Final = 12
"""What goes beyond is not looked for: nobody types it, and each word costs a look into the index."""

_TERM = re.compile(r'(?:(?<!\S)(-))?(?:["“”„]([^"“”„]*)["“”„]?|([^\s"“”„]+))')


@dataclass(frozen=True)
class Wanted:
    """What a story has to say, and what it must not, in the words of one language's index.

    Each term is a word or, with several, a phrase.
    """

    terms: tuple[Words, ...]
    unwanted: tuple[Words, ...] = ()


def read_typed(text: str, language: str) -> Wanted:
    """The terms of `text`. A word with signs inside, such as `well-kept`, is a phrase of its parts."""
    terms: list[Words] = []
    unwanted: list[Words] = []
    for match in _TERM.finditer(text[:MAX_LENGTH]):
        words = stems(match[2] or match[3] or "", language)[:MAX_TERMS]
        if words:
            (unwanted if match[1] else terms).append(words)
    return Wanted(tuple(terms[:MAX_TERMS]), tuple(unwanted[:MAX_TERMS]))
