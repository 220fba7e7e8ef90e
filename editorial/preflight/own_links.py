"""Links to our own pages: whether a reader who follows them gets anywhere. Answered without any request."""

from collections.abc import Callable, Iterable
from types import MappingProxyType

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone

from articles.models import Article, Author, FormerSlug, Page, Section, Topic
from editorial.addresses import own_path

NEWSROOM = "leads into the newsroom, where no reader gets in"
NOT_PUBLIC = "leads to a story that readers cannot see now"
NOWHERE = "leads to a page that we do not have"

Slugs = set[str]


def trouble_with_own(hrefs: Iterable[str]) -> dict[str, str]:
    """What is wrong with each address of our own that leads readers nowhere; others are left out."""
    matches = {href: _match(path) for href in hrefs if (path := own_path(href)) is not None}
    troubles = {href: NOWHERE for href, match in matches.items() if match is None}
    wanted: dict[str, dict[str, str]] = {}
    for href, match in matches.items():
        if match is None:
            continue
        name = match.url_name or ""
        if match.namespace in ("admin", "desk") or match.route.startswith("admin/"):
            troubles[href] = NEWSROOM
        elif name in FOUND and not match.namespace:
            wanted.setdefault(name, {})[href] = match.kwargs["slug"]
    for name, slugs in wanted.items():
        found = FOUND[name](set(slugs.values()))
        missing = NOT_PUBLIC if name == "article" else NOWHERE
        troubles |= {href: missing for href, slug in slugs.items() if slug not in found}
    return troubles


def _match(path: str) -> ResolverMatch | None:
    """The page at a path; like the site, it forgives a missing slash at the end."""
    for each in (path, f"{path}/"):
        try:
            return resolve(each)
        except Resolver404:
            continue
    return None


def _public_stories(slugs: Slugs) -> Slugs:
    public = Article.objects.visible(at=timezone.now())
    moved = FormerSlug.objects.filter(slug__in=slugs, article__in=public)
    found = public.filter(slug__in=slugs)
    return {*found.values_list("slug", flat=True), *moved.values_list("slug", flat=True)}


FOUND: MappingProxyType[str, Callable[[Slugs], Slugs]] = MappingProxyType(
    {
        "article": _public_stories,
        "author": lambda slugs: set(Author.objects.filter(slug__in=slugs).values_list("slug", flat=True)),
        "page": lambda slugs: set(Page.objects.filter(slug__in=slugs).values_list("slug", flat=True)),
        "section": lambda slugs: set(Section.objects.filter(slug__in=slugs).values_list("slug", flat=True)),
        "topic": lambda slugs: set(Topic.objects.filter(slug__in=slugs).values_list("slug", flat=True)),
    }
)
"""By the name of an address, which of these slugs a reader can open."""
