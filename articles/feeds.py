"""The stories as RSS 2.0, with no more of each than anyone may read (rules F1 to F6)."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import format_html

from articles.models import Article
from articles.paywall import VISITOR, read
from articles.queries import stories_for_feed
from articles.story import body_html
from kit.xml import for_xml

OWN_ADDRESS = re.compile(r'(href|src)="/(?!/)')
CHOICE_OF_FILES = re.compile(r"</?picture>|<source[^>]*>")


def story_guid(story: Article) -> str:
    """A tag URI (RFC 4151) made of the key and the day of making, so that no change of address alters it."""
    host = settings.SITE_URL.split("//", 1)[1].split(":", 1)[0]
    return f"tag:{host},{story.created_at:%Y-%m-%d}:article-{story.pk}"


class StoriesFeed(Feed):  # type: ignore[type-arg]  # generic in its stubs only
    feed_type = Rss201rev2Feed
    item_guid_is_permalink = False

    def title(self) -> str:
        return str(settings.PUBLICATION["name"])

    def description(self) -> str:
        return str(settings.PUBLICATION["tagline"])

    def link(self) -> str:
        return settings.SITE_URL + reverse("front_page")

    def feed_url(self) -> str:
        return settings.SITE_URL + reverse("rss")

    def items(self) -> Iterable[Article]:
        return stories_for_feed(at=timezone.now())

    def item_title(self, item: Article) -> str:
        return for_xml(item.headline)

    def item_description(self, item: Article) -> str:
        """The standfirst and what anyone may read, every address in it absolute (F4, F6)."""
        reading = read(item, VISITOR, at=timezone.now())
        standfirst = format_html("<p><em>{}</em></p>", item.standfirst) if item.standfirst else ""
        html = CHOICE_OF_FILES.sub("", standfirst + body_html(item, reading))
        if not reading.is_whole:
            html += format_html(
                '<p><a href="{}">Read on.</a> {}</p>', self.item_link(item), reading.decision.reason
            )
        return for_xml(OWN_ADDRESS.sub(rf'\1="{settings.SITE_URL}/', html))

    def item_link(self, item: Article) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item: Article) -> str:
        return story_guid(item)

    def item_author_name(self, item: Article) -> str | None:
        return for_xml(", ".join(author.name for author in item.credited_authors)) or None

    def item_categories(self, item: Article) -> list[str]:
        return [for_xml(item.section.name)]

    def item_pubdate(self, item: Article) -> datetime | None:
        return item.first_published_at or item.published_at

    def item_updateddate(self, item: Article) -> datetime | None:
        return item.updated_at or item.published_at
