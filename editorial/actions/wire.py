"""Wire copy becomes a story of ours."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from articles.markup.wire import WireStory
from articles.models import Article, Prominence, Section, State
from editorial.actions.drafts import begin_story, save_draft
from editorial.actions.moves import publish_article, submit_article
from editorial.actions.planning import free_slug
from editorial.actions.reviews import approve_article
from editorial.content import Content, head_content


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

    The same dispatch again updates its story: a public one gets a working draft. Publishing goes through
    every review and the gate, so that nobody publishes by importing what they could not (rule W1).

    Raises:
        CannotSave, CannotMove: not this person's to do; nothing is stored.
    """
    article = Article.objects.filter(wire_key=story.fingerprint).first()
    if article is None:
        article, is_new, is_changed = _begin(story, section, by=by, at=at), True, True
    else:
        content = _take_over(head_content(article), story)
        revision = save_draft(article=article, content=content, by=by, at=at, note="imported from the wire")
        is_new, is_changed = False, revision is not None
    if publish and article.state == State.DRAFT:
        _publish(article, by=by, at=at)
    return Imported(article, is_new, is_changed)


def _begin(story: WireStory, section: Section, *, by: User | None, at: datetime) -> Article:
    content = Content(slug=free_slug(story.headline), section=section.pk)
    return begin_story(
        content=_take_over(content, story),
        by=by,
        at=at,
        wire_key=story.fingerprint,
        prominence=Prominence.BRIEF,
    )


def _take_over(content: Content, story: WireStory) -> Content:
    """The content with what the dispatch says."""
    return replace(
        content,
        headline=story.headline,
        body=story.body,
        dateline_place=story.place,
        dateline_date=story.date,
        dateline_source=story.source,
    )


def _publish(article: Article, *, by: User | None, at: datetime) -> None:
    submit_article(article=article, by=by, at=at)
    while article.state == State.IN_REVIEW:
        approve_article(article=article, by=by, at=at)
    publish_article(article=article, by=by, at=at)
