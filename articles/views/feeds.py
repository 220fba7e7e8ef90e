"""The public feeds: of the site, of a section, a topic and an author; and the page that lists them."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from articles.caching import public_file, public_page
from articles.feeds import Channel, Format, story_entries, write_feed
from articles.models import Article, Author, Section, Topic
from articles.queries import (
    latest_stories,
    listed_authors,
    listed_topics,
    stories_by_author,
    stories_for_feed,
    stories_in_section,
    stories_on_topic,
)


def site_channel(address: str) -> Channel:
    """The whole magazine; `address` is the feed's own."""
    publication = settings.PUBLICATION
    return Channel("site", publication["name"], publication["tagline"], reverse("front_page"), address)


@public_file
def site_feed(request: HttpRequest, kind: Format) -> HttpResponse:
    now = timezone.now()
    return _feed(site_channel(reverse(kind)), latest_stories(at=now), kind, at=now)


@public_file
def section_feed(request: HttpRequest, slug: str, kind: Format) -> HttpResponse:
    now, section = timezone.now(), get_object_or_404(Section, slug=slug)
    return _feed(_channel(section, kind), stories_in_section(section, at=now), kind, at=now)


@public_file
def topic_feed(request: HttpRequest, slug: str, kind: Format) -> HttpResponse:
    now, topic = timezone.now(), get_object_or_404(Topic, slug=slug)
    return _feed(_channel(topic, kind), stories_on_topic(topic, at=now), kind, at=now)


@public_file
def author_feed(request: HttpRequest, slug: str, kind: Format) -> HttpResponse:
    now, author = timezone.now(), get_object_or_404(Author, slug=slug)
    return _feed(_channel(author, kind), stories_by_author(author, at=now), kind, at=now)


@public_page
def feeds(request: HttpRequest) -> HttpResponse:
    """Every feed there is, those of topics and authors without a story left out."""
    now = timezone.now()
    lists = (
        ("Sections", Section.objects.all(), "section_feed"),
        ("Topics", listed_topics(at=now), "topic_feed"),
        ("Authors", listed_authors(at=now), "author_feed"),
    )
    return render(request, "articles/feeds.html", {"lists": lists})


def _channel(listed: Section | Topic | Author, kind: Format) -> Channel:
    name = settings.PUBLICATION["name"]
    noun = listed._meta.model_name  # noqa: SLF001 (Django's documented API)
    about = listed.role if isinstance(listed, Author) else listed.description
    return Channel(
        key=f"{noun}-{listed.pk}",
        title=f"{listed} · {name}",
        description=about or f"{listed} in {name}",
        page=listed.get_absolute_url(),
        address=reverse(f"{noun}_feed", args=(listed.slug, kind)),
    )


def _feed(channel: Channel, stories: QuerySet[Article], kind: Format, *, at: datetime) -> HttpResponse:
    text, content_type = write_feed(channel, story_entries(stories_for_feed(stories), at=at), kind)
    return HttpResponse(text, content_type=content_type)
