"""Stories as RSS 2.0 and Atom (RFC 4287), as much of each as its reader may have (rules F1 to F7)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import format_html
from django.utils.xmlutils import SimplerXMLGenerator

from articles.markup.render import FindPicture
from articles.models import Article
from articles.paywall import VISITOR, Reader, Reading, read
from articles.queries import pictures_in
from articles.story import body_html
from kit.xml import for_xml

OWN_ADDRESS = re.compile(r'(href|src)="/(?!/)')
OWN_ANCHOR = 'href="#'
CHOICE_OF_FILES = re.compile(r"</?picture>|<source[^>]*>")
HOST = urlsplit(settings.SITE_URL).hostname or ""
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""In the identities of feeds, and when a feed without stories was last changed: Atom demands a date."""


class Format(StrEnum):
    RSS = "rss"
    ATOM = "atom"


@dataclass(frozen=True)
class Channel:
    """What a feed is of: `key` names it for ever, `page` and `address` begin at the site's root."""

    key: str
    title: str
    description: str
    page: str
    address: str


@dataclass(frozen=True)
class Entry:
    """One item of a feed; `guid` never changes, `updated_at` moves with a correction (rule F3)."""

    guid: str
    title: str
    link: str
    html: str
    published_at: datetime
    updated_at: datetime
    summary: str = ""
    authors: tuple[str, ...] = ()
    category: str = ""
    language: str = ""


class Rss(Rss201rev2Feed):
    """An item's `description` is its text."""

    updated_at: datetime

    def latest_post_date(self) -> datetime:
        return self.updated_at


class Atom(Atom1Feed):
    """Every entry has its own text, standfirst, language, and as many authors as the story."""

    updated_at: datetime

    def latest_post_date(self) -> datetime:
        return self.updated_at

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]} if item["language"] else {}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        for author in item["authors"]:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", author)
            handler.endElement("author")
        if item["summary"]:
            handler.addQuickElement("summary", item["summary"])
        handler.addQuickElement("content", item["description"], {"type": "html"})
        super().add_item_elements(handler, item | {"author_name": None, "description": None})


def story_guid(story: Article) -> str:
    """A tag URI (RFC 4151) made of the key and the day of making, so that no change of address alters it."""
    return f"tag:{HOST},{story.created_at:%Y-%m-%d}:article-{story.pk}"


def story_entries(stories: Iterable[Article], reader: Reader = VISITOR, *, at: datetime) -> list[Entry]:
    """Each story with as much of its text as `reader` may have, all their pictures found in one query."""
    readings = [(story, read(story, reader, at=at)) for story in stories]
    picture = pictures_in("".join(reading.text for _, reading in readings))
    return [_entry(story, reading, picture) for story, reading in readings]


def write_feed(channel: Channel, entries: Iterable[Entry], kind: Format) -> tuple[str, str]:
    """The XML document, and its media type."""
    entries = list(entries)
    feed = (Rss if kind is Format.RSS else Atom)(
        title=for_xml(channel.title),
        link=settings.SITE_URL + channel.page,
        description=for_xml(channel.description),
        subtitle=for_xml(channel.description) or None,
        language=settings.LANGUAGE_CODE,
        author_name=for_xml(settings.PUBLICATION["name"]),
        feed_url=settings.SITE_URL + channel.address,
        feed_guid=f"tag:{HOST},{SINCE:%Y-%m-%d}:{channel.key}",
    )
    feed.updated_at = max((entry.updated_at for entry in entries), default=SINCE)
    for entry in entries:
        _add(feed, entry)
    return feed.writeString("utf-8"), feed.content_type


def _add(feed: Rss | Atom, entry: Entry) -> None:
    feed.add_item(
        title=for_xml(entry.title),
        link=entry.link,
        description=for_xml(entry.html),
        author_name=for_xml(", ".join(entry.authors)) or None,
        pubdate=entry.published_at,
        updateddate=entry.updated_at,
        unique_id=entry.guid,
        unique_id_is_permalink=False,
        categories=[for_xml(entry.category)] if entry.category else [],
        authors=[for_xml(author) for author in entry.authors],
        summary=for_xml(entry.summary),
        language=entry.language,
    )


def _entry(story: Article, reading: Reading, picture: FindPicture) -> Entry:
    published_at = story.first_published_at or story.published_at or story.created_at
    link = settings.SITE_URL + story.get_absolute_url()
    return Entry(
        guid=story_guid(story),
        title=story.headline,
        link=link,
        html=_html(story, reading, picture, link),
        published_at=published_at,
        updated_at=max(published_at, story.updated_at or story.published_at or published_at),
        summary=story.standfirst,
        authors=tuple(author.name for author in story.credited_authors),
        category=story.section.name,
        language=story.language,
    )


def _html(story: Article, reading: Reading, picture: FindPicture, link: str) -> str:
    """The standfirst and what the reader may read, every address in it absolute (F4, F6)."""
    standfirst = format_html("<p><em>{}</em></p>", story.standfirst) if story.standfirst else ""
    html = CHOICE_OF_FILES.sub("", standfirst + body_html(story, reading, picture=picture))
    if not reading.is_whole:
        html += format_html('<p><a href="{}">Read on.</a> {}</p>', link, reading.decision.reason)
    html = OWN_ADDRESS.sub(rf'\1="{settings.SITE_URL}/', html)
    return html.replace(OWN_ANCHOR, f'href="{link}#')
