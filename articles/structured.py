"""What machines are told about a story: schema.org's words by Google's rules for paywalls (P1 to P3)."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from articles.cards import card_address
from articles.markup.lead import plain_text
from articles.models import Article, Correction
from articles.paywall import VISITOR, read
from articles.pictures import image_source

DESCRIPTION_LENGTH = 200
# A script element ends at the first "</script", whatever JSON says about quotation marks.
ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def canonical_address(story: Article) -> str:
    return story.canonical_url or settings.SITE_URL + story.get_absolute_url()


def describe(story: Article, *, at: datetime) -> str:
    """A sentence or two for search results and cards, from nothing but what anyone may read."""
    if given := story.seo_description or story.standfirst:
        return given
    return shorten(plain_text(read(story, VISITOR, at=at).text))


def shorten(text: str) -> str:
    """The text's first words, as one line, with an ellipsis when there were more."""
    line = " ".join(text.split())
    if len(line) <= DESCRIPTION_LENGTH:
        return line
    return line[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:–—-.") + "…"


def picture_address(story: Article) -> str:
    """The absolute address of the lead picture as a JPEG; empty when there is none."""
    if story.lead_picture is None:
        return ""
    return settings.SITE_URL + image_source(story.lead_picture).url


def news_article(story: Article, *, at: datetime) -> dict[str, Any]:
    """The story as a `NewsArticle`. Paid text is withheld from the page, so there is no `hasPart` (P2)."""
    authors = [
        {
            "@type": "Person",
            "name": author.name,
            "url": settings.SITE_URL + author.get_absolute_url(),
        }
        for author in story.credited_authors
    ]
    publisher = {
        "@type": "NewsMediaOrganization",
        "name": settings.PUBLICATION["name"],
        "url": settings.SITE_URL + "/",
    }
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": canonical_address(story),
        "headline": story.headline,
        "description": describe(story, at=at),
        "inLanguage": story.language,
        "articleSection": story.section.name,
        "keywords": [topic.name for topic in story.topics.all()],
        "datePublished": _moment(story.first_published_at or story.published_at),
        "dateModified": _moment(story.updated_at or story.published_at),
        "dateline": story.dateline_place,
        "author": authors or [publisher],
        "publisher": publisher,
        "image": [*filter(None, [picture_address(story)]), card_address(story)],
        "isAccessibleForFree": not story.ruling(at=at).is_gated,
        "correction": [_correction(correction) for correction in story.corrections.all()],
    }
    return {name: value for name, value in facts.items() if value not in ("", [], None)}


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "@type": "CorrectionComment",
        "text": correction.notice,
        "datePublished": _moment(correction.at),
    }


def as_script(facts: dict[str, Any]) -> SafeString:
    """The JSON, safe to stand inside a `<script type="application/ld+json">`."""
    return mark_safe(json.dumps(facts, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 (escaped)


def _moment(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
