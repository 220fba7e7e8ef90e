"""A document as a set of tokens, and a question as conditions on such a set: what both databases understand.

A token is a word, a pair of neighbours, or a facet. Words of the headline stand in it a second time with `h:`
before them, those around the text with `t:`: so no position has to be kept or read, and a ranking costs three
look-ups instead of a look into each text. Tokens hold letters, digits, `_`, `:` and `-` only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from articles.search.documents import Document, months_of
from articles.search.engines import ANYWHERE, AROUND, HEADLINE, Question
from articles.search.typed import Wanted
from articles.search.words import Words, as_tokens, pairs

ZONES: Final = {HEADLINE: "h:", AROUND: "t:", ANYWHERE: ""}


def tokens_of(document: Document) -> set[str]:
    headline, top = [document.headline], [document.headline, *document.around]
    return {
        *as_tokens(headline, ZONES[HEADLINE]),
        *as_tokens(top, ZONES[AROUND]),
        *as_tokens([*top, document.text]),
        *document.facets,
        *months_of(document.published_at),
    }


def zones_for(question: Question) -> list[float]:
    """Where to look: without words to look for, it is all the same."""
    return list(ZONES) if question.has_terms else [ANYWHERE]


@dataclass(frozen=True)
class Condition:
    """On a set of tokens: all of `required`, and of each group of `unwanted` at least one missing."""

    required: tuple[str, ...]
    unwanted: tuple[tuple[str, ...], ...]


def conditions(question: Question, zone: float) -> list[Condition]:
    """One for each language, without doubles: any of them is to be met, besides the facets."""
    found = dict.fromkeys(_condition(wanted, ZONES[zone]) for wanted in question.wanted)
    return [condition for condition in found if condition.required or condition.unwanted]


def _condition(wanted: Wanted, zone: str) -> Condition:
    required = dict.fromkeys(f"{zone}{token}" for words in wanted.terms for token in _tokens(words))
    return Condition(tuple(required), tuple(tuple(_tokens(words)) for words in wanted.unwanted))


def _tokens(words: Words) -> Iterable[str]:
    """A phrase of three words is taken for its two pairs."""
    return pairs(words) if len(words) > 1 else words
