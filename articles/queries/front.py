"""The front page, laid out as an editor would: a lead, a second rank, briefs, then the sections."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from articles.models import Article, Prominence, Section

LEAD_DAYS = 7
SECOND_RANK = 3
BRIEFS = 6
BLOCK_LENGTH = 4
PER_SECTION = LEAD_DAYS + SECOND_RANK + BRIEFS + BLOCK_LENGTH


@dataclass(frozen=True)
class SectionBlock:
    section: Section
    stories: list[Article]


@dataclass(frozen=True)
class FrontPage:
    """Every story stands in one place only."""

    lead: Article | None = None
    second: list[Article] = field(default_factory=list)
    briefs: list[Article] = field(default_factory=list)
    blocks: list[SectionBlock] = field(default_factory=list)


def front_page_layout(*, at: datetime) -> FrontPage:
    """The front page at the moment `at`: two queries, however many stories and sections there are."""
    stories = _latest_by_section(at)
    recent = [
        story
        for story in stories
        if story.published_at and story.published_at > at - timedelta(days=LEAD_DAYS)
    ]
    ranked = sorted(
        (story for story in recent or stories if not is_brief(story)),
        key=_rank,
        reverse=True,
    )
    lead, second = (ranked or stories)[:1], ranked[1 : 1 + SECOND_RANK]
    rest = _without(stories, (*lead, *second))
    briefs = [story for story in rest if is_brief(story)][:BRIEFS]
    return FrontPage(lead[0] if lead else None, second, briefs, _blocks(_without(rest, briefs)))


def is_brief(story: Article) -> bool:
    """A short item: ranked so, or copy from the wire that no editor ranked higher."""
    return story.prominence == Prominence.BRIEF or bool(
        story.dateline_source and story.prominence == Prominence.NORMAL
    )


def _latest_by_section(at: datetime) -> list[Article]:
    """The newest stories of each section, so that a quiet section keeps its block."""
    place = Window(
        RowNumber(),
        partition_by=F("section_id"),
        order_by=(F("published_at").desc(), F("pk").desc()),
    )
    return list(
        Article.objects.visible(at=at).for_lists().annotate(place=place).filter(place__lte=PER_SECTION)
    )


def _rank(story: Article) -> tuple[int, float]:
    return (
        story.prominence,
        story.published_at.timestamp() if story.published_at else 0.0,
    )


def _without(stories: Iterable[Article], taken: Iterable[Article]) -> list[Article]:
    keys = {story.pk for story in taken}
    return [story for story in stories if story.pk not in keys]


def _blocks(stories: list[Article]) -> list[SectionBlock]:
    sections = sorted(
        {story.section for story in stories},
        key=lambda section: (section.position, section.name),
    )
    return [
        SectionBlock(
            section,
            [story for story in stories if story.section_id == section.pk][:BLOCK_LENGTH],
        )
        for section in sections
    ]
