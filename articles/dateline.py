"""The dateline that opens a story: where and when, in the wire's style."""

import re
from collections.abc import Iterable
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article

FIRST_PARAGRAPH = re.compile(r"<p>")


def dateline_html(story: Article) -> SafeString:
    """`PORT SALDANE, July 3, 2026 (EIRNS)—`; empty when the story has none.

    The capitals are left to the stylesheet, so that a screen reader hears a name.
    """
    place = format_html('<span class="dateline__place">{}</span>', story.dateline_place)
    day = format_html('<time datetime="{}">{}</time>', story.dateline_date, _day(story.dateline_date))
    source = format_html('(<abbr class="dateline__source">{}</abbr>)', story.dateline_source)
    where_and_when = _join(", ", (place if story.dateline_place else "", day if story.dateline_date else ""))
    text = _join(" ", (where_and_when, source if story.dateline_source else ""))
    return format_html('<span class="dateline">{}—</span>', text) if text else SafeString("")


def dateline_text(story: Article) -> str:
    """`PORT SALDANE, July 3, 2026 (EIRNS)—` as plain text; empty when the story has none."""
    where_and_when = ", ".join(filter(None, (story.dateline_place.upper(), _day(story.dateline_date))))
    source = f"({story.dateline_source})" if story.dateline_source else ""
    text = " ".join(filter(None, (where_and_when, source)))
    return f"{text}—" if text else ""


def run_in(dateline: SafeString, html: str) -> str:
    """`html` with the dateline at the head of its first paragraph."""
    return FIRST_PARAGRAPH.sub(lambda found: found[0] + dateline, html, count=1) if dateline else html


def _join(separator: str, parts: Iterable[str]) -> SafeString:
    return format_html_join(separator, "{}", ((part,) for part in parts if part))


def _day(day: date | None) -> str:
    return format_date(day, "F j, Y") if day else ""
