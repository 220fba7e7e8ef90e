"""The text of a story with all that belongs to it, as one value: what a revision keeps and an editor changes.

Who may read, the place on the front page and the embargo are not part of it: they are settings of the story
that hold at once (`editorial.actions.place_article`), whatever text is being worked on.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from articles.markup.lead import word_count
from articles.models import Article, Author, Byline, Topic
from editorial.models import Revision

Json = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """Everything of a story that readers read. Rows are named by their keys, authors in order."""

    headline: str = ""
    slug: str = ""
    slugline: str = ""
    standfirst: str = ""
    body: str = ""
    dateline_place: str = ""
    dateline_date: date | None = None
    dateline_source: str = ""
    section: int = 0
    topics: tuple[int, ...] = ()
    authors: tuple[int, ...] = ()
    language: str = "en"
    lead_picture: int | None = None
    seo_title: str = ""
    seo_description: str = ""
    canonical_url: str = ""

    def as_json(self) -> Json:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        day = self.dateline_date
        return values | {"dateline_date": day.isoformat() if day else None}

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Read what `as_json` wrote; names unknown today are left out, missing ones are empty."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        day = known.get("dateline_date")
        known["dateline_date"] = date.fromisoformat(day) if day else None
        for name in ("topics", "authors"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


PLAIN = tuple(
    field.name
    for field in fields(Content)
    if field.name not in {"section", "topics", "authors", "lead_picture"}
)
"""The names that content and row have in common; the others name rows."""


def content_of(article: Article) -> Content:
    """The text in the story's own row: the public one, once it is public."""
    return Content(
        **{name: getattr(article, name) for name in PLAIN},
        section=article.section_id,
        lead_picture=article.lead_picture_id,
        topics=tuple(sorted(topic.pk for topic in article.topics.all())),
        authors=tuple(byline.author_id for byline in article.bylines.all()),
    )


def head_content(article: Article) -> Content:
    """The latest saved text: a working draft's, where there is one."""
    if not article.has_working_draft:
        return content_of(article)
    return Content.from_json(article.revisions.get(number=article.version).content)


def set_fields(article: Article, content: Content) -> None:
    """Give the row in memory the content's own values; topics and bylines are rows of their own."""
    article.word_count = word_count(content.body)
    for name in PLAIN:
        setattr(article, name, getattr(content, name))
    article.section_id, article.lead_picture_id = content.section, content.lead_picture


def store_relations(article: Article, content: Content) -> None:
    """Make the topics and the bylines of the row those of the content."""
    article.topics.set(content.topics)
    if tuple(article.bylines.values_list("author_id", flat=True)) == content.authors:
        return
    article.bylines.all().delete()
    rows = (
        Byline(article=article, author_id=author, position=position)
        for position, author in enumerate(content.authors)
    )
    Byline.objects.bulk_create(rows)


def overlay(article: Article, content: Content) -> Article:
    """The story as it would be with this content: a copy for forms and previews, not to be saved."""
    copy = Article.objects.get(pk=article.pk)
    set_fields(copy, content)
    topics = Topic.objects.filter(pk__in=content.topics)
    authors = Author.objects.in_bulk(content.authors)
    bylines = Byline.objects.none()
    bylines._result_cache = [  # noqa: SLF001 (a prefetch of rows that are not stored yet)
        Byline(article=copy, author=authors[key], position=place)
        for place, key in enumerate(content.authors)
        if key in authors
    ]
    copy._prefetched_objects_cache = {"topics": topics, "bylines": bylines}  # type: ignore[attr-defined]  # noqa: SLF001
    return copy


def latest_text(article: Article) -> Article:
    """The story with its latest text, whether or not readers see that one yet."""
    return overlay(article, head_content(article)) if article.has_working_draft else article


def content_at(article: Article, number: int) -> Content:
    """The text of one revision. Raises `Revision.DoesNotExist`."""
    return Content.from_json(Revision.objects.get(article=article, number=number).content)
