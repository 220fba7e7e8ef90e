"""Texts as the words the index knows: folded, stemmed by their language, and in pairs for phrases."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final, Protocol

import snowballstemmer

from articles.markup.sentences import BY_SIGN

Words = tuple[str, ...]

MAX_LETTERS: Final = 40
"""Longer words are cut: no language needs them, and an engine has limits."""

# An apostrophe inside a word belongs to it.
WORD: Final = re.compile(rf"[{BY_SIGN}]|(?:(?![{BY_SIGN}])[^\W_])+(?:['’](?:(?![{BY_SIGN}])[^\W_])+)*")

LANGUAGES: Final = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nb": "norwegian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "yi": "yiddish",
}  # fmt: skip


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 (snowballstemmer's name)


def stems(text: str, language: str) -> Words:
    """The words of `text` in their order, as the index keeps those of this language."""
    return tuple(filter(None, (stem(match[0], language) for match in WORD.finditer(text))))


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """One word without its ending, capitals and accents; empty if nothing is left of it."""
    plain = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")[:MAX_LETTERS]
    stemmer = _stemmer(language.partition("-")[0].lower())
    found = stemmer.stemWord(plain) if stemmer else plain
    letters = unicodedata.normalize("NFKD", found.replace("'", ""))
    return "".join(letter for letter in letters if letter.isalnum())


@cache
def _stemmer(language: str) -> _Stemmer | None:
    name = LANGUAGES.get(language)
    return snowballstemmer.stemmer(name) if name in snowballstemmer.algorithms() else None


def pairs(words: Sequence[str]) -> Iterator[str]:
    """Each two neighbours as one word: what makes a phrase as quick to find as a word is.

    No word holds the line between them.
    """
    return (f"{first}_{second}" for first, second in pairwise(words))


def as_tokens(texts: Iterable[Words], zone: str = "") -> set[str]:
    """The words and pairs of these texts, marked with the part of the story they stand in."""
    return {f"{zone}{token}" for words in texts for token in (*words, *pairs(words))}
