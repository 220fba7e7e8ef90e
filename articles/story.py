"""Everything the page of one story shows."""

from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from articles.cards import card_address
from articles.dateline import dateline_html, run_in
from articles.markup.lead import reading_minutes
from articles.markup.render import FindPicture, render_body
from articles.models import Article
from articles.paywall import Reader, Reading, read
from articles.queries import pictures_in, related_stories, stories_after
from articles.structured import (
    as_script,
    canonical_address,
    describe,
    news_article,
)
from subscriptions.shop import EARLY_START, shop_window


def story_page(
    story: Article, reader: Reader, *, reading: Reading | None = None, at: datetime
) -> dict[str, Any]:
    """The template's context for `story` as `reader` may see it at `at`; `reading` if it is known already."""
    reading = reading or read(story, reader, at=at)
    related = list(related_stories(story, at=at))
    shown = {other.pk for other in related}
    return {
        "article": story,
        "current_section": story.section,
        "reading": reading,
        "reader": reader,
        "body": body_html(story, reading),
        "minutes": reading_minutes(story.word_count),
        "plans": () if reading.is_whole else shop_window(at=at).readers,
        "early_start": EARLY_START,
        "typed": {"next": story.get_absolute_url(), "wall": reading.decision.verdict},
        "corrections": story.corrections.all(),
        "related": related,
        "after": [other for other in stories_after(story, at=at) if other.pk not in shown],
        "canonical": canonical_address(story),
        "description": describe(story, at=at),
        "card": card_address(story),
        "structured": as_script(news_article(story, at=at)),
    }


def body_html(story: Article, reading: Reading, *, picture: FindPicture | None = None) -> SafeString:
    """The text that was granted as page HTML, its dateline run into the first paragraph.

    `picture` knows the pictures of several texts, fetched together.
    """
    html = render_body(reading.text, picture=picture or pictures_in(reading.text))
    return mark_safe(run_in(dateline_html(story), html))  # noqa: S308 (rendering escapes every text)
