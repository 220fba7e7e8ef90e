"""Where a story could show: an address for every route of the site, taken from the URL configuration itself.

A route without parts to fill in is a surface as it stands. For one with parts, whoever owns it says here (or
in their own app's `surfaces.py`) at which addresses a given story would stand; `surfaces_of` refuses to leave
a route out, so that a new page cannot be forgotten.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode

from articles.cards import card_path
from articles.markup.lead import plain_text
from articles.models import Article
from articles.paywall import SUBSCRIBER, read
from articles.sitemaps import SITEMAPS

Addresses = Callable[[Article], Iterable[str]]

_addresses: dict[str, Addresses] = {}

FORMATS = ("rss", "atom")
"""The endings of feeds."""

NO_SURFACE = {
    "admin/": "the desk, for staff",
    "review/": "the desk, for invited guests",
    "accounts/": "signing in and out",
    "account/": "one person's own affairs",
    "seats/": "one person's own affairs",
    "subscribe/": "paying",
    "gift/": "paying",
    "withdraw/": "contracts",
    "stripe/": "Stripe's own address",
    "media/": "files",
    "newsletters/confirm/": "one person's own affairs",
    "newsletters/preferences/": "one person's own affairs",
    "newsletters/unsubscribe/": "one person's own affairs",
    "newsletters/resubscribe/": "one person's own affairs",
}
"""Beginnings of routes that show no story, and why. Those without parts to fill in are surfaces anyway."""


PARTS = re.compile(r"[<^$(\\\[*+?]")
"""What shows that a route has parts to fill in, or is a regular expression."""


class RouteForgotten(Exception):
    """A route says nowhere at which addresses a story would stand on it."""


def surface(name: str) -> Callable[[Addresses], Addresses]:
    """Register the addresses at which a story stands on the route of this name."""

    def register(addresses: Addresses) -> Addresses:
        _addresses[name] = addresses
        return addresses

    return register


def surfaces_of(story: Article) -> list[str]:
    """Every address of the site where `story` could show. Raises `RouteForgotten`."""
    found: dict[str, None] = {}
    for route, name in _routes(get_resolver().url_patterns):
        if name in _addresses:
            found.update(dict.fromkeys(_placed(route, name, list(_addresses[name](story)))))
        elif not PARTS.search(route):
            found[f"/{route}"] = None
        elif not route.startswith(tuple(NO_SURFACE)):
            raise RouteForgotten(f"{route} ({name}): say in surfaces.py where a story would stand on it.")
    return list(found)


def _placed(route: str, name: str, addresses: list[str]) -> list[str]:
    """The addresses, unless they all lead to another route that has the same name."""
    routes = {resolve(urlsplit(address).path).route for address in addresses}
    if routes and route not in routes:
        raise RouteForgotten(f"{route} has the name of another route, {name}: give it one of its own.")
    return addresses


def _routes(
    patterns: Sequence[URLPattern | URLResolver], before: str = "", spaces: str = ""
) -> Iterator[tuple[str, str]]:
    """Every route from the root on, as `ResolverMatch.route` has it, with its name as `reverse` takes it."""
    for pattern in patterns:
        own = str(pattern.pattern)
        route = before + (own.removeprefix("^") if before else own)
        if isinstance(pattern, URLResolver):
            within = f"{spaces}{pattern.namespace}:" if pattern.namespace else spaces
            yield from _routes(pattern.url_patterns, route, within)
        else:
            yield route, f"{spaces}{pattern.name}" if pattern.name else ""


@surface("article")
def article(story: Article) -> list[str]:
    return [story.get_absolute_url()]


@surface("article_markdown")
def article_markdown(story: Article) -> list[str]:
    return [reverse("article_markdown", args=(story.slug,))]


@surface("article_print")
def article_print(story: Article) -> list[str]:
    return [reverse("article_print", args=(story.slug,))]


@surface("card")
def card(story: Article) -> list[str]:
    """With the digest it has now, and with another that leads there."""
    return [card_path(story), reverse("card", args=(story.slug, "0" * 16))]


@surface("open_article")
def open_article(story: Article) -> list[str]:
    return [reverse("open_article", args=(story.slug,))]


@surface("give_article")
def give_article(story: Article) -> list[str]:
    return [reverse("give_article", args=(story.slug,))]


@surface("gift_link")
def gift_link(story: Article) -> list[str]:
    """With a token that was never given."""
    return [reverse("gift_link", args=(story.slug, "x" * 32))]


@surface("mail_link")
def mail_link(story: Article) -> list[str]:
    """With a token that was never given."""
    return [reverse("mail_link", args=(story.slug, "x" * 32))]


@surface("section")
def section(story: Article) -> list[str]:
    address = story.section.get_absolute_url()
    return [address, f"{address}?{urlencode({'page': 2})}"]


@surface("topic")
def topic(story: Article) -> list[str]:
    return [found.get_absolute_url() for found in story.topics.all()]


@surface("search")
def search(story: Article) -> list[str]:
    """Looked for by its headline, and by the last words that only those find who may read them."""
    words = plain_text(read(story, SUBSCRIBER, at=timezone.now()).text).split()
    asked = [story.headline, " ".join(words[-6:]), f'"{" ".join(words[-4:])}"']
    address = reverse("search")
    return [address, *(f"{address}?{urlencode({'q': text})}" for text in asked if text.strip())]


@surface("author")
def author(story: Article) -> list[str]:
    return [found.get_absolute_url() for found in story.credited_authors]


@surface("sitemap_part")
def sitemap_part(story: Article) -> list[str]:
    return [reverse("sitemap_part", args=(part,)) for part in SITEMAPS]


@surface("news_sitemap_part")
def news_sitemap_part(story: Article) -> list[str]:
    return [reverse("news_sitemap_part", args=(1,))]


@surface("page")
def page(story: Article) -> list[str]:
    """A standing page holds no story; one that has a story's slug for its address would."""
    return [reverse("page", args=(story.slug,))]


@surface("section_feed")
def section_feed(story: Article) -> list[str]:
    return [reverse("section_feed", args=(story.section.slug, kind)) for kind in FORMATS]


@surface("topic_feed")
def topic_feed(story: Article) -> list[str]:
    return [
        reverse("topic_feed", args=(topic.slug, kind)) for topic in story.topics.all() for kind in FORMATS
    ]


@surface("author_feed")
def author_feed(story: Article) -> list[str]:
    return [
        reverse("author_feed", args=(author.slug, kind))
        for author in story.credited_authors
        for kind in FORMATS
    ]


@surface("personal_feed")
def personal_feed(story: Article) -> list[str]:
    """With a key that was never given."""
    return [reverse("personal_feed", args=("x" * 43, kind)) for kind in FORMATS]


@surface("api_stories")
def api_stories(story: Article) -> list[str]:
    """With every text, and by each filter; without a key they hold nothing."""
    address = reverse("api_stories")
    filters = [{"section": story.section.slug}, {"language": story.language}]
    filters += [{"topic": found.slug} for found in story.topics.all()]
    filters += [{"author": found.slug} for found in story.credited_authors]
    return [address, *(f"{address}?{urlencode({'text': 'both', **asked})}" for asked in [{}, *filters])]


@surface("api_story")
def api_story(story: Article) -> list[str]:
    address = reverse("api_story", args=(story.slug,))
    return [address, f"{address}?{urlencode({'text': 'both'})}"]


@surface("api_section")
def api_section(story: Article) -> list[str]:
    return [reverse("api_section", args=(story.section.slug,))]


@surface("api_topic")
def api_topic(story: Article) -> list[str]:
    return [reverse("api_topic", args=(found.slug,)) for found in story.topics.all()]


@surface("api_author")
def api_author(story: Article) -> list[str]:
    return [reverse("api_author", args=(found.slug,)) for found in story.credited_authors]


@surface("api_nowhere")
def api_nowhere(story: Article) -> list[str]:
    """Below the API's addresses, where nothing stands."""
    return [reverse("api_nowhere", args=(f"articles/{story.slug}",))]
