"""Wire copy becomes a story of ours."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from articles.markup.wire import WireStory
from articles.models import Article, FormerSlug, Prominence, Section, State
from editorial.actions.drafts import save_draft
from editorial.actions.moves import approve_article, publish_article, submit_article


@dataclass(frozen=True)
class Imported:
    """What an import did to which story."""

    article: Article
    is_new: bool
    is_changed: bool


@transaction.atomic
def import_wire(
    *, story: WireStory, section: Section, publish: bool, by: User | None, at: datetime
) -> Imported:
    """Make or update the story of one dispatch, all or nothing; `by=None` is the operator at the shell.

    The same dispatch again updates its story. Publishing goes through every step of the workflow, so
    that a writer cannot publish by importing (rule W1). A story that is public already stays so.

    Raises:
        CannotSave, CannotMove: not this person's to do; nothing is stored.
    """
    article = Article.objects.filter(wire_key=story.fingerprint).first()
    is_new = article is None
    article = article or Article(wire_key=story.fingerprint, slug=_free_slug(story.headline), section=section)
    if is_new:
        article.prominence = Prominence.BRIEF
    is_changed = _take_over(article, story)
    if is_new or is_changed:
        save_draft(article=article, by=by, at=at)
    if publish and article.state == State.DRAFT:
        submit_article(article=article, by=by, at=at)
        approve_article(article=article, by=by, at=at)
        publish_article(article=article, by=by, at=at)
    return Imported(article, is_new, is_changed)


def _take_over(article: Article, story: WireStory) -> bool:
    """Set what the dispatch says; whether that changed anything."""
    values = {
        "headline": story.headline,
        "body": story.body,
        "dateline_place": story.place,
        "dateline_date": story.date,
        "dateline_source": story.source,
    }
    is_changed = any(getattr(article, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(article, name, value)
    return is_changed


def _free_slug(headline: str) -> str:
    """An address nobody has or had: `tunnel-opens`, `tunnel-opens-2`, …"""
    stem = slugify(headline)[:180] or "wire"
    number, slug = 1, stem
    while Article.objects.filter(slug=slug).exists() or FormerSlug.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
