"""The line a dispatch opens with: place, date and source."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip

MAX_PLACE: Final = 80

_PLACE = r"(?P<place>[^\W\d_][^()\[\]\n\d:;!?]*?)(?P<comma>,?)\s+"
_DATE_US = r"(?P<month>[^\W\d_]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4}),?"
_DATE_INTERNATIONAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month>[^\W\d_]{3,12})\.?,?\s+(?P<year>\d{4}),?"
_SOURCE = r"\s*[(\[]\s*(?P<source>[^()\[\]]{2,40}?)\s*[)\]]"
_DASH = r"\s*(?:[-\u2010-\u2015\u2212\uff0d\uff1a:]{1,4}\s*|(?=\s|$))"
_DATELINES = [
    re.compile(rf"(?:{_PLACE})??{date}{_SOURCE}{_DASH}", re.UNICODE)
    for date in (_DATE_US, _DATE_INTERNATIONAL)
]


class NoSuchDate(ValueError):
    """A dateline names a day that no calendar has."""


@dataclass(frozen=True)
class Dateline:
    place: str
    date: dt.date
    source: str
    length: int
    """How many characters of the paragraph it takes, the dash and the space after it included."""


def find_dateline(paragraph: str) -> Dateline | None:
    """The dateline this paragraph opens with, such as ``BEIJING, July 3, 2017 (EIRNS)—``.

    The place may be missing or of several words; months may be abbreviated; the dash may be any or none.
    Raises ``NoSuchDate`` when it is a dateline in all but its date.
    """
    for pattern in _DATELINES:
        if (found := pattern.match(paragraph)) and _is_place(found["place"] or "", found["comma"] or ""):
            place = " ".join((found["place"] or "").split()).rstrip(",")
            source = " ".join(found["source"].split())
            return Dateline(place, _date_of(found), source, found.end() + _spaces(paragraph[found.end() :]))
    return None


def _is_place(place: str, comma: str) -> bool:
    """Nothing at all, or a name set off from the date by a comma or by capitals, and no sentence."""
    is_set_off = comma != "" or place.isupper()
    return not place or (is_set_off and len(place) <= MAX_PLACE and not re.search(r"[a-z]{3}\. ", place))


def _date_of(found: re.Match[str]) -> dt.date:
    name = found["month"].lower()
    months = [number for number, month in enumerate(MONTHS, start=1) if month.startswith(name[:3])]
    if len(months) != 1 or not (MONTHS[months[0] - 1].startswith(name) or name == "sept"):
        raise NoSuchDate(f"“{found['month']}” is no month")
    try:
        return dt.date(int(found["year"]), months[0], int(found["day"]))
    except ValueError:
        raise NoSuchDate(f"there is no {found['month']} {found['day']}, {found['year']}") from None


def _spaces(text: str) -> int:
    return len(text) - len(text.lstrip())
