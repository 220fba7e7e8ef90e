"""A text as it stands in a form that is still being filled in."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import QueryDict

from editorial.content import PLAIN, Content
from editorial.numbers import whole_number

_TEXTS = tuple(name for name in PLAIN if name != "dateline_date")


def as_typed(values: QueryDict, saved: Content) -> Content:
    """The saved text with all that the story's form says now. What makes no sense yet counts as empty."""
    typed: dict[str, Any] = {name: values[name] for name in _TEXTS if name in values}
    if "dateline_date" in values:
        typed["dateline_date"] = _day(values.get("dateline_date", ""))
    if "section" in values:
        typed["section"] = next(_numbers(values.getlist("section")), 0)
    if "headline" in values:  # the form is there: an empty choice sends no name at all
        typed["topics"] = tuple(_numbers(values.getlist("topics")))
        typed["authors"] = tuple(_numbers(values.getlist("byline")))
        typed["lead_picture"] = next(_numbers(values.getlist("lead_picture")), None)
    return replace(saved, **typed)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _numbers(texts: Iterable[str]) -> Iterator[int]:
    return (number for text in texts if (number := whole_number(text)) is not None)
