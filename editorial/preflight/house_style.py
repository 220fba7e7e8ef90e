"""The house's words, found as the editor marks them (static/js/prose-style.js)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from editorial.preflight.check import Remark
from editorial.preflight.subject import Subject, Term

Patterns = dict[str, re.Pattern[str]]

_TOKEN = re.compile(r"\w+|[^\w\s]")


def house_style(subject: Subject) -> Iterator[Remark]:
    """One remark for each word or phrase, however often it stands. What is preferred is never a hit."""
    terms = {_plain(term.avoid): term for term in subject.terms if term.avoid.strip()}
    patterns = _patterns(tuple(sorted(terms, key=len, reverse=True)))
    content = subject.content
    places = [("headline", content.headline), ("standfirst", content.standfirst)]
    hits: dict[str, list[tuple[str, str]]] = {}
    for field, text in [*places, *(("body", text) for text in subject.texts)]:
        for words in _hits(text, patterns):
            key = _plain(words)
            if key in terms and words != terms[key].prefer:
                hits.setdefault(key, []).append((field, words))
    for key, found in hits.items():
        field, words = found[0]
        yield Remark(_advice(terms[key], words, len(found)), field, words)


def _advice(term: Term, words: str, times: int) -> str:
    often = f" ({times} times)" if times > 1 else ""
    instead = f"write “{term.prefer}”" if term.prefer else "the house leaves it out"
    note = f" {term.note.rstrip('.')}." if term.note else ""
    return f"“{words}”{often}: {instead}.{note}"


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[’‘]", "'", words.strip().lower()))


def _hits(text: str, patterns: Patterns) -> Iterator[str]:
    """Where one phrase begins inside another, the one that begins first counts."""
    end = 0
    for token in _TOKEN.finditer(text):
        pattern = patterns.get(token[0].lower())
        found = pattern.match(text, token.start()) if pattern and token.start() >= end else None
        if found:
            end = found.end()
            yield found[0]


@lru_cache(maxsize=16)
def _patterns(words: tuple[str, ...]) -> Patterns:
    """Whole words in whatever case, by their first token: a long dictionary costs no more than a short one.

    Made once for a dictionary, which seldom changes.
    """
    starting: dict[str, list[str]] = {}
    for one in words:
        each = re.escape(one).replace("'", "['’‘]").replace(r"\ ", r"\s+")
        first = _TOKEN.match(one)
        starting.setdefault(first[0] if first else one, []).append(each)
    return {
        token: re.compile(rf"(?:{'|'.join(some)})(?!\w)", re.IGNORECASE) for token, some in starting.items()
    }
