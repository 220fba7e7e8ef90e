"""What someone typed into a story's form, as it stands: raw values by field, however incomplete.

A headline that is not written yet, half a date, a section that was deleted meanwhile: all of it can be kept,
put back and brought together with another text. Only saving asks whether it makes sense.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache

from django.http import QueryDict

from articles.markup.sanitize import sanitize_body
from editorial.content import Content, Json

Typed = dict[str, list[str]]

BODY = "body"
SEVERAL = ("topics", "byline")
FIELDS = tuple("byline" if field.name == "authors" else field.name for field in fields(Content))
"""The fields of the story's form that hold its text, by their names there."""


def read_typed(given: object) -> Typed:
    """What of it is text of a story; anything else is left out. Never raises."""
    if not isinstance(given, Mapping):
        return {}
    return {name: _values(given[name]) for name in FIELDS if name in given}


def posted_text(post: QueryDict) -> Typed:
    """The same from a form that was sent; nothing, if it was not the form of a story's text."""
    if BODY not in post:
        return {}
    return {name: post.getlist(name) for name in FIELDS if name in post or name in SEVERAL}


def typed_of(content: Content) -> Typed:
    """A text as its form would hold it."""
    values: Json = content.as_json()
    values["byline"] = values.pop("authors")
    return {name: _values(value) for name, value in values.items()}


def settled(typed: Typed) -> Typed:
    """The values as saving would read them: spaces trimmed, markup cleaned, topics in order."""
    return {name: _settle(name, values) for name, values in typed.items()}


def is_news(typed: Typed, text: Typed) -> bool:
    """Whether anything typed is not in this text already."""
    return bool(changed_from(typed, text))


def changed_from(typed: Typed, text: Typed) -> Typed:
    """The fields that are not as they are in this text.

    A field that is missing says nothing, nor does an empty address, which is made when the story is saved.
    """
    known, said = settled(text), settled(typed)
    if said.get("slug") == [""]:
        del said["slug"]
    return {name: values for name, values in said.items() if values != known.get(name)}


def _values(given: object) -> list[str]:
    values = given if isinstance(given, list | tuple) else [given]
    # PostgreSQL stores no NUL, neither as text nor as JSON.
    return ["" if value is None else str(value).replace("\0", "") for value in values]


def _settle(name: str, values: list[str]) -> list[str]:
    if name in SEVERAL:
        return sorted(values) if name == "topics" else values
    first = values[0].replace("\r\n", "\n").strip() if values else ""
    return [_clean(first) if name == BODY else first]


@lru_cache(maxsize=4)  # one text is held against many revisions
def _clean(body: str) -> str:
    return sanitize_body(body)
