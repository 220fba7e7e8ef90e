"""How stories are named and shown in templates."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article, Picture
from articles.pictures import image_source

register = template.Library()


@register.filter
def byline(story: Article) -> SafeString:
    """The authors as links: `A`, `A and B`, `A, B and C`; empty when no name stands over the story."""
    links = [
        format_html('<a rel="author" href="{}">{}</a>', author.get_absolute_url(), author.name)
        for author in story.credited_authors
    ]
    if len(links) < 2:
        return links[0] if links else SafeString("")
    return format_html(
        "{} and {}",
        format_html_join(", ", "{}", ((link,) for link in links[:-1])),
        links[-1],
    )


@register.filter
def access(story: Article) -> str:
    """Who may read the whole of it now: a value of `Access`."""
    return story.ruling(at=timezone.now()).access


@register.inclusion_tag("articles/_picture.html")
def picture(shown: Picture, sizes: str, *, is_first: bool = False) -> dict[str, Any]:
    """A stored picture; `sizes` says how wide it is shown, `is_first` that it is in view from the start."""
    return {
        "picture": shown,
        "source": image_source(shown),
        "sizes": sizes,
        "is_first": is_first,
    }
