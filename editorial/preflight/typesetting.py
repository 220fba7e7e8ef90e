"""Slips of typing: spaces and words that stand twice, spaces before a stop."""

import re
from collections.abc import Iterator

from editorial.preflight.check import Remark
from editorial.preflight.subject import Subject

FIELDS = ("headline", "standfirst")

_SPACES = re.compile(r"[ \u00a0]{2,}|\s(?=[,;.](?:\s|$))")
_TWICE = re.compile(r"\b(\w+) \1\b(?![-’'])", re.IGNORECASE)
# Words that may follow themselves: "He knew that that had had to be done at once once it was known."
_MAY_STAND_TWICE = frozenset(
    "that had is was her you do no so very once ha sie die der das nous vous".split()
)


def spaces(subject: Subject) -> Iterator[Remark]:
    """French sets a space before some marks, but none before a comma or full stop."""
    for field, text in _texts(subject):
        for found in _SPACES.finditer(text):
            around = text[: found.start()].split()[-1:] + text[found.end() :].split()[:1]
            passage = found[0].join(around)
            yield Remark(f"Take out a space: “{passage[:60]}”.", field, passage)


def repeated_words(subject: Subject) -> Iterator[Remark]:
    for field, text in _texts(subject):
        for found in _TWICE.finditer(text):
            word = found[1]
            if word.isalpha() and word.lower() not in _MAY_STAND_TWICE and not found[0].istitle():
                yield Remark(f"“{found[0]}” says it twice: take one out.", field, found[0])


def _texts(subject: Subject) -> Iterator[tuple[str, str]]:
    for field in FIELDS:
        yield field, getattr(subject.content, field)
    for text in subject.texts:
        yield "body", text
